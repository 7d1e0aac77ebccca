package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A chat.
 *
 * @param mode p2p or group
 * @param owner open_id; null for p2p and where the bot is the owner
 * @param bot whether the bot is in it
 * @param settings those that are not the default, see {@link ChatSettings}
 * @param status normal or dissolved
 * @param createdBy app_id or open_id, null when it is not known
 * @param botManager whether the bot is one of its managers
 */
public record Chat(
        String id,
        String mode,
        String name,
        String owner,
        boolean bot,
        String description,
        String avatar,
        ObjectNode settings,
        String status,
        String createdBy,
        boolean botManager) {
    boolean p2p() {
        return mode.equals("p2p");
    }

    boolean dissolved() {
        return status.equals("dissolved");
    }

    boolean open() {
        return setting("chat_type").equals("public");
    }

    String setting(String name) {
        return ChatSettings.value(settings, name);
    }
}
