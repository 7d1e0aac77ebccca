package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * Events of some types, narrowed by the endpoint's options. The body is the event as a map.
 *
 * <p>The types are separated by commas; one that ends in {@code .*} stands for all that begin so, {@code *} for all there are.
 * An option's values are separated by commas too. The link preview is a callback: the members {@code inline} and {@code card}
 * of the route's last body are its answer.
 */
final class EventsOfType implements EventSource {

    private static final Pattern TYPE = Pattern.compile("\\*|[A-Za-z0-9_][A-Za-z0-9_.]*?(\\.\\*)?");
    private static final String LINK_PREVIEW = "url.preview.get";

    private final FeishuEndpoint endpoint;
    private final Set<String> types;
    private final List<String> families;
    private final FeishuConfiguration options;

    EventsOfType(FeishuEndpoint endpoint) {
        this.endpoint = endpoint;
        this.options = endpoint.getConfiguration();
        List<String> names = split(endpoint.getName());
        for (String name : names) {
            if (!TYPE.matcher(name).matches()) {
                throw new IllegalArgumentException("feishu:" + endpoint.operation() + ": " + name
                        + " is not a type of event; write one such as im.message.receive_v1, the beginning of several such as"
                        + " im.chat.*, or *");
            }
        }
        this.types = names.stream().filter(name -> !name.endsWith("*")).collect(Collectors.toUnmodifiableSet());
        this.families = names.stream()
                .filter(name -> name.endsWith("*"))
                .map(name -> name.substring(0, name.length() - 1))
                .toList();
    }

    private static List<String> split(String values) {
        return Stream.of(values.split(",")).map(String::strip).toList();
    }

    @Override
    public boolean accepts(FeishuEvent event) {
        JsonNode content = event.event();
        return isOfType(event.type())
                && matches(options.getApp(), content.path("file_token"))
                && matches(options.getTable(), content.path("table_id"))
                && matches(options.getChat(), chat(content))
                && matches(options.getCode(), first(content, "/approval_code", "/object/approval_code"))
                && matches(options.getStatus(), first(content, "/status", "/object/status"));
    }

    private boolean isOfType(String type) {
        return types.contains(type) || families.stream().anyMatch(type::startsWith);
    }

    @Override
    public boolean fill(EventJournal.Delivery delivery, Exchange exchange) {
        JsonNode content = delivery.event().event();
        Message message = exchange.getMessage();
        message.setBody(FeishuConverters.toMap(content));
        setText(message, FeishuConstants.CHAT_ID, chat(content));
        setText(
                message,
                FeishuConstants.MESSAGE_ID,
                first(content, "/message/message_id", "/message_id", "/context/open_message_id", "/open_message_id"));
        for (String operator : List.of(
                "/sender/sender_id/open_id",
                "/operator_id/open_id",
                "/operator/operator_id/open_id",
                "/operator/open_id",
                "/open_id")) {
            setText(message, FeishuConstants.OPERATOR_ID, content.at(operator));
        }
        return true;
    }

    @Override
    public void done(EventJournal.Delivery delivery, Exchange exchange) {
        if (delivery.event().type().equals(LINK_PREVIEW)
                && exchange.getMessage().getBody() instanceof Map<?, ?> body) {
            Map<Object, Object> answer = new LinkedHashMap<>(body);
            answer.keySet().retainAll(List.of("inline", "card"));
            endpoint.platform().answers().give(delivery.event(), FeishuConverters.toJson(answer));
        }
    }

    static void setText(Message message, String header, JsonNode value) {
        if (value.isTextual() && !value.textValue().isEmpty() && message.getHeader(header) == null) {
            message.setHeader(header, value.textValue());
        }
    }

    private static JsonNode chat(JsonNode content) {
        return first(content, "/chat_id", "/message/chat_id", "/context/open_chat_id", "/open_chat_id");
    }

    private static JsonNode first(JsonNode content, String... places) {
        for (String place : places) {
            if (content.at(place).isTextual()) {
                return content.at(place);
            }
        }
        return MissingNode.getInstance();
    }

    private static boolean matches(String wanted, JsonNode actual) {
        return wanted == null || wanted.isEmpty() || split(wanted).contains(actual.asText());
    }
}
