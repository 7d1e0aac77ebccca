package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;

/**
 * A message.
 *
 * @param sender open_id of a person, app_id of the bot, bot_id of a custom bot
 * @param senderType user, app or custom
 * @param content as it was sent, with mentions replaced by their keys
 * @param mentions JSON array
 * @param seq its place in the order of all messages
 * @param batchId the batch it was sent with, or null
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
        boolean deleted,
        String batchId) {
    /** Whether the app's own bot has sent it. */
    boolean byBot() {
        return senderType.equals("app");
    }

    boolean byPerson() {
        return senderType.equals("user");
    }

    boolean card() {
        return msgType.equals("interactive");
    }

    boolean merged() {
        return msgType.equals("merge_forward");
    }

    boolean olderThan(Duration age) {
        return Instant.ofEpochMilli(createdMs).plus(age).isBefore(Instant.now());
    }
}
