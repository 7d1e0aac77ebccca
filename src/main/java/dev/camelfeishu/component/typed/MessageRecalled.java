package dev.camelfeishu.component.typed;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * {@code im.message.recalled_v1}: a message was taken back.
 *
 * @param by {@code message_owner}, {@code group_owner}, {@code group_manager} or {@code enterprise_manager}
 * @see <a href="https://open.feishu.cn/document/server-docs/im-v1/message/events/recalled">Message recalled</a>
 */
public record MessageRecalled(String messageId, String chatId, String by, Instant recalledAt) implements TypedEvent {

    static MessageRecalled of(JsonNode event) {
        return new MessageRecalled(
                event.path("message_id").asText(""),
                event.path("chat_id").asText(""),
                event.path("recall_type").asText(""),
                Times.of(event.path("recall_time")));
    }
}
