package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.card.CardValidator;
import dev.camelfeishu.card.Fault;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuRejectedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * Messages and cards. What is sent is the endpoint's {@code card} or {@code text}, filled from the body (when it is a map)
 * and the exchange's variables, else the body as text. Cards are validated before they are sent.
 *
 * @see <a href="https://open.feishu.cn/document/server-docs/im-v1/message/create">Send a message</a>
 * @see <a href="https://open.feishu.cn/document/server-docs/im-v1/message/reply">Reply to a message</a>
 * @see <a href="https://open.feishu.cn/document/server-docs/im-v1/message-card/patch">Update a card</a>
 */
final class MessageOperations {

    private record Content(String type, String json) {}

    private MessageOperations() {}

    /** {@code message/send}: the receiver is the option, else the header CamelFeishuReceiveId, else the event's chat. */
    static void send(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        Message in = exchange.getMessage();
        String receiver = firstNonBlank(
                options.getReceiveId(),
                in.getHeader(FeishuConstants.RECEIVE_ID, String.class),
                in.getHeader(FeishuConstants.CHAT_ID, String.class));
        if (receiver == null) {
            throw new IllegalArgumentException(
                    "feishu:message/send has no receiver: set the option receiveId or the header "
                            + FeishuConstants.RECEIVE_ID);
        }
        Content content = content(exchange, options, platform);
        ObjectNode body = message(content, DeliveryKey.of(exchange, "send", receiver, content.json()));
        body.put("receive_id", receiver);
        JsonNode sent = platform.client(exchange, options)
                .call(ApiRequest.post("/open-apis/im/v1/messages")
                        .query("receive_id_type", options.getReceiveIdType())
                        .body(body))
                .data();
        in.setHeader(FeishuConstants.SENT_MESSAGE_ID, sent.path("message_id").asText());
    }

    /** {@code message/reply}: one reply per message and replay, whatever it says. */
    static void reply(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        reply(exchange, platform.client(exchange, options), content(exchange, options, platform));
    }

    static void replyText(Exchange exchange, FeishuPlatform platform, String text) {
        FeishuConfiguration soon = new FeishuConfiguration();
        soon.setDeadline("5s");
        reply(exchange, platform.client(exchange, soon), text(text));
    }

    private static void reply(Exchange exchange, FeishuClient client, Content content) {
        Message in = exchange.getMessage();
        String message = in.getHeader(FeishuConstants.MESSAGE_ID, String.class);
        if (message == null) {
            throw new IllegalArgumentException("feishu:message/reply has no message to reply to: the header "
                    + FeishuConstants.MESSAGE_ID + " is not set");
        }
        int replay = in.getHeader(FeishuConstants.REPLAY, 0, Integer.class);
        JsonNode sent = client.call(ApiRequest.post("/open-apis/im/v1/messages/:message_id/reply")
                        .with("message_id", message)
                        .body(message(content, DeliveryKey.of("reply", message, String.valueOf(replay)))))
                .data();
        in.setHeader(FeishuConstants.SENT_MESSAGE_ID, sent.path("message_id").asText());
    }

    /** {@code card/update}: replaces the card of the message in CamelFeishuMessageId. */
    static void updateCard(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        String message = exchange.getMessage().getHeader(FeishuConstants.MESSAGE_ID, String.class);
        if (message == null) {
            throw new IllegalArgumentException(
                    "feishu:card/update has no message: the header " + FeishuConstants.MESSAGE_ID + " is not set");
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("content", card(exchange, options, platform).toString());
        platform.client(exchange, options)
                .call(ApiRequest.of("PATCH", "/open-apis/im/v1/messages/:message_id")
                        .with("message_id", message)
                        .body(body));
    }

    /** {@code card/answer}: the body becomes the answer of the click: a toast, a card, or both. */
    static void answerClick(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        Map<String, Object> answer = new LinkedHashMap<>();
        if (options.getToast() != null) {
            answer.put(
                    "toast",
                    Map.of(
                            "type",
                            options.getToastType(),
                            "content",
                            platform.texts().text(options.getToast(), values(exchange))));
        }
        if (options.getCard() != null) {
            answer.put("card", Map.of("type", "raw", "data", card(exchange, options, platform)));
        }
        exchange.getMessage().setBody(answer);
    }

    private static Content content(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        if (options.getCard() != null) {
            return new Content("interactive", card(exchange, options, platform).toString());
        }
        if (options.getText() != null) {
            return text(platform.texts().text(options.getText(), values(exchange)));
        }
        String body = exchange.getMessage().getBody(String.class);
        if (body == null || body.isBlank()) {
            throw new IllegalArgumentException(
                    "There is nothing to send: set the option card or text, or give the exchange a body");
        }
        return text(body);
    }

    private static Content text(String text) {
        return new Content(
                "text", JsonNodeFactory.instance.objectNode().put("text", text).toString());
    }

    private static JsonNode card(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        JsonNode card = platform.cards().fill(options.getCard(), values(exchange));
        List<Fault> faults = CardValidator.validate(card);
        if (!faults.isEmpty()) {
            String hint = "Correct config/cards/" + options.getCard() + ".json.";
            throw new FeishuRejectedException(
                    "The card " + options.getCard() + " is not valid and was not sent: "
                            + faults.get(0).path() + ": " + faults.get(0).message()
                            + (faults.size() > 1 ? " (and " + (faults.size() - 1) + " more)" : "") + ". " + hint,
                    0,
                    0,
                    null,
                    hint,
                    false,
                    null);
        }
        return card;
    }

    /** What a template may name: the body's members, the exchange's variables, the reference number. */
    private static Map<String, Object> values(Exchange exchange) {
        Map<String, Object> values = new LinkedHashMap<>();
        if (exchange.getMessage().getBody() instanceof Map<?, ?> body) {
            body.forEach((name, value) -> values.put(String.valueOf(name), value));
        }
        values.putAll(exchange.getVariables());
        values.putIfAbsent("reference", exchange.getMessage().getHeader(FeishuConstants.REFERENCE, "", String.class));
        return values;
    }

    private static ObjectNode message(Content content, String uuid) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("msg_type", content.type())
                .put("content", content.json())
                .put("uuid", uuid);
    }

    private static String firstNonBlank(String... candidates) {
        for (String candidate : candidates) {
            if (candidate != null && !candidate.isBlank()) {
                return candidate;
            }
        }
        return null;
    }
}
