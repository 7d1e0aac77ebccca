package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;

/**
 * A message.
 *
 * @param sender open_id of a person, app_id of the bot
 * @param senderType user or app
 * @param content as it was sent, with mentions replaced by their keys
 * @param mentions JSON array
 * @param seq its place in the order of all messages
 */
record Message(
        long seq,
        String id,
        String chatId,
        String sender,
        String senderType,
        String msgType,
        String content,
        JsonNode mentions,
        String rootId,
        String parentId,
        String threadId,
        long createdMs,
        long updatedMs,
        int edits,
        boolean updated,
        boolean deleted) {
    boolean byBot() {
        return senderType.equals("app");
    }

    boolean card() {
        return msgType.equals("interactive");
    }

    boolean olderThan(Duration age) {
        return Instant.ofEpochMilli(createdMs).plus(age).isBefore(Instant.now());
    }
}
