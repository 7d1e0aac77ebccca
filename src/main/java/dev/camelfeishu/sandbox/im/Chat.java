package dev.camelfeishu.sandbox.im;

/**
 * A chat.
 *
 * @param mode p2p or group
 * @param owner open_id, null for p2p
 * @param bot whether the bot is in it
 */
public record Chat(String id, String mode, String name, String owner, boolean bot) {
    boolean p2p() {
        return mode.equals("p2p");
    }
}
