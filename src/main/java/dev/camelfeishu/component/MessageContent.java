package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;

/**
 * What a message says. A card or text of the configuration, else the exchange's body in the shape of the option
 * {@code type}: a short form (a text, a key, Markdown) or the content as the platform documents it.
 *
 * @param type the platform's {@code msg_type}
 * @param content the content, not yet a string
 * @see <a href="https://open.feishu.cn/document/server-docs/im-v1/message-content-description/create_json">Contents</a>
 */
record MessageContent(String type, ObjectNode content) {

    /** Values of the option: those of the platform's msg_type, and markdown, which becomes a post. */
    static final String TYPES =
            "text,markdown,post,image,file,audio,media,sticker,share_chat,share_user,interactive,system";

    /** The member that a body that is only a text stands for. */
    private static final Map<String, String> SHORT_FORMS = Map.of(
            "text", "text",
            "image", "image_key",
            "file", "file_key",
            "audio", "file_key",
            "media", "file_key",
            "sticker", "file_key",
            "share_chat", "chat_id",
            "share_user", "user_id");

    /** What a custom bot and a batch can send. */
    private static final Set<String> PLAIN_TYPES = Set.of("text", "post", "image", "share_chat", "interactive");

    /** @throws IllegalArgumentException when there is nothing to send, or the body does not fit the type */
    static MessageContent of(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        if (options.getCard() != null) {
            return of(CardContent.of(exchange, options, platform));
        }
        if (options.getText() != null) {
            return text(platform.texts().text(options.getText(), CardContent.values(exchange)));
        }
        String type = options.getType() == null ? "text" : options.getType();
        Object body = exchange.getMessage().getBody();
        if (type.equals("markdown")) {
            return new MessageContent("post", localized(MarkdownPost.of(text(exchange, body)), platform));
        }
        if (SHORT_FORMS.containsKey(type) && !isObject(body)) {
            return new MessageContent(type, object().put(SHORT_FORMS.get(type), text(exchange, body)));
        }
        if (!(RequestBody.json(exchange, body) instanceof ObjectNode given)) {
            throw new IllegalArgumentException(
                    "The body must be the content of a message of type " + type + ": a map, a JSON object or its text");
        }
        return switch (type) {
            case "post" -> new MessageContent(type, localized(given, platform));
            case "interactive" -> interactive(exchange, given);
            default -> new MessageContent(type, given);
        };
    }

    /** A card, or what one that is not valid says. */
    static MessageContent of(CardContent card) {
        return card.text() == null ? new MessageContent("interactive", (ObjectNode) card.json()) : text(card.text());
    }

    static MessageContent text(String text) {
        return new MessageContent("text", object().put("text", text));
    }

    /** As the message API takes it: a string that holds JSON. */
    String json() {
        return content.toString();
    }

    /**
     * As batches and custom bots take it: {@code msg_type} with an object, a card under a member of its own.
     *
     * @throws IllegalArgumentException when they cannot send this type
     */
    ObjectNode plain() {
        if (!PLAIN_TYPES.contains(type)) {
            throw new IllegalArgumentException(
                    "A message of type " + type + " cannot be sent this way; it must be one of "
                            + String.join(", ", PLAIN_TYPES.stream().sorted().toList()));
        }
        ObjectNode body = object().put("msg_type", type);
        switch (type) {
            case "interactive" -> body.set("card", content);
            case "post" -> body.putObject("content").set("post", content);
            case "share_chat" -> body.putObject("content").set("share_chat_id", content.path("chat_id"));
            default -> body.set("content", content);
        }
        return body;
    }

    /** A card of one's own, a template of the platform by its template_id, or a card entity by its card_id. */
    private static MessageContent interactive(Exchange exchange, ObjectNode given) {
        for (var kind : Map.of("template_id", "template", "card_id", "card").entrySet()) {
            if (given.has(kind.getKey())) {
                ObjectNode reference = object().put("type", kind.getValue());
                reference.set("data", given);
                return new MessageContent("interactive", reference);
            }
        }
        return of(CardContent.checked(exchange, given));
    }

    /** A post without languages is one in the application's. */
    private static ObjectNode localized(ObjectNode post, FeishuPlatform platform) {
        if (!post.has("content")) {
            return post;
        }
        ObjectNode localized = object();
        localized.set(platform.texts().locale().toLowerCase(Locale.ROOT).replace('-', '_'), post);
        return localized;
    }

    private static boolean isObject(Object body) {
        return body instanceof Map<?, ?> || body instanceof ObjectNode;
    }

    private static String text(Exchange exchange, Object body) {
        String text = body instanceof JsonNode json && json.isValueNode()
                ? json.asText()
                : exchange.getContext().getTypeConverter().convertTo(String.class, exchange, body);
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException(
                    "There is nothing to send: set the option card or text, or give the exchange a body");
        }
        return text;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
