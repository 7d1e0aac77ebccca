package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.card.CardText;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuRejectedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * Messages and cards. What is sent is the endpoint's {@code card} or {@code text}, filled from the body (when it is a map)
 * and the exchange's variables, else the body as text. Cards are validated before they are sent; of one that is not valid, its text is sent.
 *
 * @see <a href="https://open.feishu.cn/document/server-docs/im-v1/message/create">Send a message</a>
 * @see <a href="https://open.feishu.cn/document/server-docs/im-v1/message/reply">Reply to a message</a>
 * @see <a href="https://open.feishu.cn/document/server-docs/im-v1/message-card/patch">Update a card</a>
 */
final class MessageOperations {

    static final Parameter IN_THREAD = new Parameter(
            "reply_in_thread",
            Parameter.Place.MEMBER,
            false,
            "true: the reply begins a thread, or goes on in the one of the message",
            null);

    /** The code of a card that Feishu refuses. */
    private static final int CARD_REFUSED = 230099;

    private MessageOperations() {}

    /** {@code message/send}: the receiver is the option, else the header CamelFeishuReceiveId, else the event's chat. */
    static void send(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        String receiver = receiver(exchange, options, "message/send");
        send(exchange, options, platform, receiver, MessageContent.of(exchange, options, platform));
    }

    /** {@code card/send}: as {@code message/send}, of a card from any of its sources. */
    static void sendCard(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        String receiver = receiver(exchange, options, "card/send");
        send(exchange, options, platform, receiver, MessageContent.of(CardContent.of(exchange, options, platform)));
    }

    private static String receiver(Exchange exchange, FeishuConfiguration options, String operation) {
        Message in = exchange.getMessage();
        String receiver = firstNonBlank(
                options.getReceiveId(),
                in.getHeader(FeishuConstants.RECEIVE_ID, String.class),
                in.getHeader(FeishuConstants.CHAT_ID, String.class));
        if (receiver == null) {
            throw new IllegalArgumentException("feishu:" + operation
                    + " has no receiver: set the option receiveId or the header " + FeishuConstants.RECEIVE_ID);
        }
        return receiver;
    }

    private static void send(
            Exchange exchange,
            FeishuConfiguration options,
            FeishuPlatform platform,
            String receiver,
            MessageContent content) {
        FeishuClient client = platform.client(exchange, options);
        sent(exchange, content, what -> {
            ObjectNode body = message(what, DeliveryKey.of(exchange, "send", receiver, what.json()));
            body.put("receive_id", receiver);
            return client.call(ApiRequest.post("/open-apis/im/v1/messages")
                            .query("receive_id_type", firstNonBlank(options.getReceiveIdType(), "chat_id"))
                            .body(body))
                    .data();
        });
    }

    /** Sends what there is; where Feishu itself refuses a card (230099), what it says is sent as text. */
    private static void sent(Exchange exchange, MessageContent content, Function<MessageContent, JsonNode> sending) {
        JsonNode sent;
        try {
            sent = sending.apply(content);
        } catch (FeishuRejectedException e) {
            if (e.code() != CARD_REFUSED || CardText.of(content.content()).isEmpty()) {
                throw e;
            }
            CardContent words = CardContent.refused(exchange, content.content(), e.getMessage());
            sent = sending.apply(MessageContent.of(words));
        }
        exchange.getMessage()
                .setHeader(
                        FeishuConstants.SENT_MESSAGE_ID, sent.path("message_id").asText());
    }

    /** {@code message/reply}: one reply per message and replay, whatever it says. */
    static void reply(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        JsonNode inThread = IN_THREAD.json(exchange, options);
        reply(
                exchange,
                platform.client(exchange, options),
                MessageContent.of(exchange, options, platform),
                inThread != null && inThread.asBoolean());
    }

    static void replyText(Exchange exchange, FeishuPlatform platform, String text) {
        FeishuConfiguration soon = new FeishuConfiguration();
        soon.setDeadline("5s");
        reply(exchange, platform.client(exchange, soon), MessageContent.text(text), false);
    }

    private static void reply(Exchange exchange, FeishuClient client, MessageContent content, boolean inThread) {
        Message in = exchange.getMessage();
        String message = in.getHeader(FeishuConstants.MESSAGE_ID, String.class);
        if (message == null) {
            throw new IllegalArgumentException("feishu:message/reply has no message to reply to: the header "
                    + FeishuConstants.MESSAGE_ID + " is not set");
        }
        String chat = in.getHeader(FeishuConstants.CHAT_ID, String.class);
        int replay = in.getHeader(FeishuConstants.REPLAY, 0, Integer.class);
        sent(exchange, content, what -> {
            ObjectNode body = message(what, DeliveryKey.of("reply", message, String.valueOf(replay)));
            if (inThread) {
                body.put("reply_in_thread", true);
            }
            return client.call(ApiRequest.post("/open-apis/im/v1/messages/:message_id/reply")
                            .with("message_id", message)
                            .chat(chat)
                            .body(body))
                    .data();
        });
    }

    /** {@code message/edit}: replaces what a text or post of this app says. */
    static void edit(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        String message = exchange.getMessage().getHeader(FeishuConstants.MESSAGE_ID, String.class);
        if (message == null) {
            throw new IllegalArgumentException(
                    "feishu:message/edit has no message: the header " + FeishuConstants.MESSAGE_ID + " is not set");
        }
        MessageContent content = MessageContent.of(exchange, options, platform);
        if (!content.type().equals("text") && !content.type().equals("post")) {
            throw new IllegalArgumentException("Only a text or a post can be edited, not a message of type "
                    + content.type() + "; feishu:card/update replaces a card");
        }
        platform.client(exchange, options)
                .call(ApiRequest.of("PUT", "/open-apis/im/v1/messages/:message_id")
                        .with("message_id", message)
                        .body(JsonNodeFactory.instance
                                .objectNode()
                                .put("msg_type", content.type())
                                .put("content", content.json())));
    }

    /** {@code card/update}: replaces the card of the message in CamelFeishuMessageId. */
    static void updateCard(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        String message = exchange.getMessage().getHeader(FeishuConstants.MESSAGE_ID, String.class);
        if (message == null) {
            throw new IllegalArgumentException(
                    "feishu:card/update has no message: the header " + FeishuConstants.MESSAGE_ID + " is not set");
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("content", CardContent.of(exchange, options, platform).json().toString());
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
                            platform.texts().text(options.getToast(), CardContent.values(exchange))));
        }
        if (options.getCard() != null) {
            answer.put(
                    "card",
                    Map.of(
                            "type",
                            "raw",
                            "data",
                            CardContent.of(exchange, options, platform).json()));
        }
        exchange.getMessage().setBody(answer);
    }

    private static ObjectNode message(MessageContent content, String uuid) {
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
