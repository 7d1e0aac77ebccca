package dev.camelfeishu.ops.routetest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Compares what has happened with what a test expects, and says where they differ. */
final class Difference {

    private static final int LONGEST = 400;

    private final ObjectMapper json;

    Difference(ObjectMapper json) {
        this.json = json;
    }

    /** In order, none more and none less. */
    List<String> sends(JsonNode expected, List<Sent> sent) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < Math.max(expected.size(), sent.size()); i++) {
            if (i >= sent.size()) {
                found.add("not sent: " + brief(expected.get(i)));
            } else if (i >= expected.size()) {
                found.add("sent and not expected: " + brief(sent.get(i)));
            } else {
                send(expected.get(i), sent.get(i), found);
            }
        }
        return found;
    }

    private void send(JsonNode expected, Sent sent, List<String> found) {
        String operation =
                expected.isTextual() ? expected.asText() : expected.fieldNames().next();
        if (!operation.equals(sent.operation())) {
            found.add("sent " + brief(sent) + " in place of " + operation);
            return;
        }
        JsonNode values = expected.path(operation);
        values.properties().forEach(entry -> {
            if (entry.getKey().equals("contains")) {
                texts(entry.getValue()).stream()
                        .filter(text -> !sent.values().toString().contains(text))
                        .forEach(text ->
                                found.add(operation + " does not contain \"" + text + "\": " + brief(sent.values())));
            } else {
                part(
                        operation + ": " + entry.getKey(),
                        entry.getValue(),
                        sent.values().path(entry.getKey()),
                        found);
            }
        });
    }

    private static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(text -> texts.add(text.asText()));
        } else {
            texts.add(node.asText());
        }
        return texts;
    }

    List<String> writes(JsonNode expected, List<Written> written) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < Math.max(expected.size(), written.size()); i++) {
            if (i >= written.size()) {
                found.add("not written: " + brief(expected.get(i)));
            } else if (i >= expected.size()) {
                found.add("written and not expected: " + brief(written.get(i)));
            } else {
                write(expected.get(i), written.get(i), found);
            }
        }
        return found;
    }

    private void write(JsonNode expected, Written written, List<String> found) {
        String match = expected.path("match").asText();
        if (!flat(written.sql()).contains(flat(match))) {
            found.add("written " + brief(written) + " in place of a statement with \"" + match + "\"");
        } else if (expected.has("parameters")) {
            part(
                    "parameters of \"" + match + "\"",
                    expected.path("parameters"),
                    json.valueToTree(written.parameters()),
                    found);
        }
    }

    private static String flat(String sql) {
        return sql.replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }

    /** What is expected must be there; maps may hold more. */
    void part(String where, JsonNode expected, JsonNode actual, List<String> found) {
        if (expected.isObject() && actual.isObject()) {
            expected.properties()
                    .forEach(entry ->
                            part(where + "." + entry.getKey(), entry.getValue(), actual.path(entry.getKey()), found));
        } else if (expected.isArray() && actual.isArray() && expected.size() == actual.size()) {
            for (int i = 0; i < expected.size(); i++) {
                part(where + "[" + i + "]", expected.get(i), actual.get(i), found);
            }
        } else if (!same(expected, actual)) {
            found.add(where + " is " + (actual.isMissingNode() ? "not there" : brief(actual)) + " and not "
                    + brief(expected));
        }
    }

    private static boolean same(JsonNode expected, JsonNode actual) {
        if (expected.isNumber() && actual.isNumber()) {
            return expected.decimalValue().compareTo(actual.decimalValue()) == 0;
        }
        boolean scalars = expected.isValueNode() && actual.isValueNode() && !expected.isNull() && !actual.isNull();
        return scalars ? expected.asText().equals(actual.asText()) : expected.equals(actual);
    }

    private static String brief(Object value) {
        String text = String.valueOf(value);
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
