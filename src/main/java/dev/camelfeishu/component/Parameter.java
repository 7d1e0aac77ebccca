package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.support.ObjectHelper;

/**
 * A value of a call that is no part of the exchange's body. It is given by the option {@code param.message_id}, else by the
 * option that stands for it, else by the header {@code CamelFeishuMessageId}.
 *
 * @param name the API's own name
 * @param place where the API takes it
 * @param required whether the call is refused without it
 * @param description what it is, a few words
 * @param otherwise what is sent when nobody gives it, or null
 */
record Parameter(String name, Place place, boolean required, String description, String otherwise) {

    /** Where the API takes a value. */
    enum Place {
        PATH,
        QUERY,
        /** A query parameter that is repeated, once for each value. */
        REPEATED,
        /** A member of the JSON body; it wins over the same member of the exchange's body. */
        MEMBER,
        /** A text part of a form that carries a file. */
        PART
    }

    /** Options that stand for a parameter. */
    static final Map<String, String> OPTIONS = Map.of(
            "app_token", "app",
            "table_id", "table",
            "approval_code", "code",
            "receive_id", "receiveId",
            "receive_id_type", "receiveIdType");

    /** What the names that many calls share mean. */
    private static final Map<String, String> KNOWN = Map.ofEntries(
            Map.entry("app_token", "Base (app_token)"),
            Map.entry("approval_code", "Approval definition"),
            Map.entry("card_id", "Card entity"),
            Map.entry("chat_id", "Chat"),
            Map.entry("department_id", "Department"),
            Map.entry(
                    "department_id_type", "Kind of the department ids: open_department_id (default) or department_id"),
            Map.entry("end_time", "End of the time range"),
            Map.entry("field_id", "Field of the table"),
            Map.entry("file_key", "File or image of the message"),
            Map.entry("file_token", "Document or file"),
            Map.entry("instance_code", "Approval instance"),
            Map.entry("message_id", "Message"),
            Map.entry("receive_id", "Receiver"),
            Map.entry("receive_id_type", "Kind of the receiver's id: chat_id, open_id, user_id, union_id or email"),
            Map.entry("record_id", "Record of the table"),
            Map.entry("start_time", "Begin of the time range"),
            Map.entry("table_id", "Table of the Base"),
            Map.entry("thread_id", "Thread"),
            Map.entry("user_id", "Person, of the kind that user_id_type names"),
            Map.entry("user_id_type", "Kind of the people's ids: open_id (default), union_id or user_id"),
            Map.entry("view_id", "View of the table"));

    static Parameter of(String name, Place place, boolean required) {
        return new Parameter(name, place, required, KNOWN.getOrDefault(name, words(name)), null);
    }

    /** {@code CamelFeishuMessageId} for {@code message_id}. */
    String header() {
        var header = new StringBuilder("CamelFeishu");
        for (String word : name.split("[_-]")) {
            header.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
        }
        return header.toString();
    }

    /** The value that this exchange gives as text, or null. */
    String text(Exchange exchange, FeishuConfiguration options) {
        Object given = given(exchange, options);
        String text = given instanceof String already
                ? already
                : exchange.getContext().getTypeConverter().convertTo(String.class, exchange, given);
        return text == null || text.isBlank() ? otherwise : text;
    }

    /**
     * The values that this exchange gives, each as text: a list, or text with commas between them. Empty where it gives
     * none.
     */
    List<String> texts(Exchange exchange, FeishuConfiguration options) {
        List<String> texts = new ArrayList<>();
        for (Object given : ObjectHelper.createIterable(given(exchange, options), ",")) {
            String text = given instanceof JsonNode node
                    ? node.asText()
                    : exchange.getContext().getTypeConverter().convertTo(String.class, exchange, given);
            if (text != null && !text.isBlank()) {
                texts.add(text.strip());
            }
        }
        return texts;
    }

    /** As {@link #text}, where there must be one. */
    String required(String operation, Exchange exchange, FeishuConfiguration options) {
        String value = text(exchange, options);
        if (value == null) {
            throw new IllegalArgumentException("feishu:" + operation + " has no " + name + ": set " + ways());
        }
        return value;
    }

    /** The value that this exchange gives as JSON, or null. An option is text, unless it says true or false. */
    JsonNode json(Exchange exchange, FeishuConfiguration options) {
        Object given = given(exchange, options);
        if (given instanceof String text) {
            if (text.isBlank()) {
                return null;
            }
            if (text.equals("true") || text.equals("false")) {
                return BooleanNode.valueOf(text.equals("true"));
            }
        }
        return given == null ? null : FeishuConverters.toJson(given);
    }

    private Object given(Exchange exchange, FeishuConfiguration options) {
        Object option = options.parameter(name);
        return option != null ? option : exchange.getMessage().getHeader(header());
    }

    /** The ways to give it, for a message that it is missing. */
    String ways() {
        List<String> ways = new ArrayList<>();
        if (OPTIONS.containsKey(name)) {
            ways.add("the option " + OPTIONS.get(name));
        }
        ways.add("the option param." + name);
        ways.add("the header " + header());
        return String.join(" or ", ways);
    }

    /**
     * Checks what an endpoint gives by {@code param.} options.
     *
     * @throws IllegalArgumentException for a name that is none of the parameters, or a blank value
     */
    static void check(String operation, Collection<Parameter> parameters, FeishuConfiguration options) {
        List<String> names = parameters.stream().map(Parameter::name).toList();
        options.getParam().forEach((name, value) -> {
            if (!names.contains(name)) {
                throw new IllegalArgumentException("feishu:" + operation + " has no parameter " + name + ". "
                        + (names.isEmpty()
                                ? "It takes none"
                                : "Did you mean param." + Spelling.nearest(name, names) + "? There are: "
                                        + String.join(", ", names)));
            }
            if (value == null || value.toString().isBlank()) {
                throw new IllegalArgumentException(
                        "feishu:" + operation + ": the option param." + name + " has no value");
            }
        });
    }

    private static String words(String name) {
        String words = name.replace('_', ' ');
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
