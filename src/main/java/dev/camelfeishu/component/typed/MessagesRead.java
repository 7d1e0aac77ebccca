package dev.camelfeishu.component.typed;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * {@code im.message.message_read_v1}: a person read what the bot wrote in a direct chat.
 *
 * @see <a href="https://open.feishu.cn/document/server-docs/im-v1/message/events/message_read">Message read</a>
 */
public record MessagesRead(List<String> messageIds, Person reader, Instant readAt) implements TypedEvent {

    static MessagesRead of(JsonNode event) {
        JsonNode reader = event.path("reader");
        return new MessagesRead(
                StreamSupport.stream(event.path("message_id_list").spliterator(), false)
                        .map(JsonNode::asText)
                        .toList(),
                Person.of(reader.path("reader_id")),
                Times.of(reader.path("read_time")));
    }
}
