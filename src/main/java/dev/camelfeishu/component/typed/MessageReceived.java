package dev.camelfeishu.component.typed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * {@code im.message.receive_v1}: somebody wrote to the bot, or to a group it listens in.
 *
 * @param rootId of the message that a thread of replies began with
 * @param parentId of the message that this one replies to
 * @param threadId of the topic, {@code omt_…}
 * @param chatType {@code p2p} or {@code group}
 * @param messageType such as {@code text}, {@code post}, {@code image}, {@code file}
 * @param content what the message type holds, such as {@code text}, {@code image_key} or {@code file_key}
 * @param senderType {@code user} or {@code bot}
 * @see <a href="https://open.feishu.cn/document/server-docs/im-v1/message/events/receive">Receive message</a>
 */
public record MessageReceived(
        String messageId,
        String rootId,
        String parentId,
        String threadId,
        String chatId,
        String chatType,
        String messageType,
        JsonNode content,
        Person sender,
        String senderType,
        String senderTenantKey,
        List<Mention> mentions,
        Instant createdAt)
        implements TypedEvent {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Somebody who is mentioned.
     *
     * @param key what stands for the mention in the text, {@code @_user_1}
     */
    public record Mention(String key, Person person, String name) {}

    static MessageReceived of(JsonNode event) {
        JsonNode message = event.path("message");
        JsonNode sender = event.path("sender");
        return new MessageReceived(
                message.path("message_id").asText(""),
                message.path("root_id").asText(""),
                message.path("parent_id").asText(""),
                message.path("thread_id").asText(""),
                message.path("chat_id").asText(""),
                message.path("chat_type").asText(""),
                message.path("message_type").asText(""),
                content(message.path("content").asText("")),
                Person.of(sender.path("sender_id")),
                sender.path("sender_type").asText(""),
                sender.path("tenant_key").asText(""),
                StreamSupport.stream(message.path("mentions").spliterator(), false)
                        .map(mention -> new Mention(
                                mention.path("key").asText(""),
                                Person.of(mention.path("id")),
                                mention.path("name").asText("")))
                        .toList(),
                Times.of(message.path("create_time")));
    }

    /** The text of a text message, mentions as their keys; "" for every other type. */
    public String text() {
        return content.path("text").asText("");
    }

    /** Content that is not JSON is a text that cannot be read: there is nothing in it. */
    private static JsonNode content(String json) {
        try {
            JsonNode content = JSON.readTree(json);
            return content.isObject() ? content : JsonNodeFactory.instance.objectNode();
        } catch (JsonProcessingException e) {
            return JsonNodeFactory.instance.objectNode();
        }
    }
}
