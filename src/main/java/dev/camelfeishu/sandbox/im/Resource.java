package dev.camelfeishu.sandbox.im;

/**
 * An image or file of messages.
 *
 * @param type image, avatar, opus, mp4, pdf, doc, xls, ppt, stream or sticker
 * @param owner app_id of the bot or open_id of the person who uploaded it
 * @param fileId where its bytes are
 * @param duration in milliseconds, or null
 */
record Resource(
        String key, String type, String owner, String fileId, String name, String contentType, Integer duration) {
    boolean image() {
        return type.equals("image") || type.equals("avatar");
    }
}
