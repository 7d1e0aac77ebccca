package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Events of one type, narrowed by the endpoint's options. The body is the event as a map. */
final class EventsOfType implements EventSource {

    private final String type;
    private final FeishuConfiguration options;

    EventsOfType(FeishuEndpoint endpoint) {
        this.type = endpoint.getName();
        this.options = endpoint.getConfiguration();
    }

    @Override
    public boolean accepts(FeishuEvent event) {
        JsonNode content = event.event();
        return event.type().equals(type)
                && matches(options.getApp(), content.path("file_token"))
                && matches(options.getTable(), content.path("table_id"))
                && matches(options.getChat(), chat(content))
                && matches(options.getCode(), content.path("approval_code"))
                && matches(options.getStatus(), content.path("status"));
    }

    @Override
    public boolean fill(EventJournal.Delivery delivery, Exchange exchange) {
        JsonNode content = delivery.event().event();
        Message message = exchange.getMessage();
        message.setBody(FeishuConverters.toMap(content));
        setText(message, FeishuConstants.CHAT_ID, chat(content));
        setText(message, FeishuConstants.MESSAGE_ID, content.at("/message/message_id"));
        for (String operator : List.of("/sender/sender_id/open_id", "/operator_id/open_id", "/open_id")) {
            setText(message, FeishuConstants.OPERATOR_ID, content.at(operator));
        }
        return true;
    }

    static void setText(Message message, String header, JsonNode value) {
        if (value.isTextual() && !value.textValue().isEmpty() && message.getHeader(header) == null) {
            message.setHeader(header, value.textValue());
        }
    }

    private static JsonNode chat(JsonNode content) {
        return content.has("chat_id") ? content.path("chat_id") : content.at("/message/chat_id");
    }

    private static boolean matches(String wanted, JsonNode actual) {
        return wanted == null || wanted.isEmpty() || wanted.equals(actual.asText());
    }
}
