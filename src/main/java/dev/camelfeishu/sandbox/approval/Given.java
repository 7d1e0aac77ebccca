package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What an approval call gives. What does not fit is 1390001. */
final class Given {
    private Given() {}

    static Refusal invalid(String reason) {
        return new Refusal(400, 1390001, "param is invalid: " + reason);
    }

    /** A string that must be there. */
    static String text(JsonNode body, String name) {
        String value = optional(body, name);
        if (value == null) {
            throw invalid(name + " is missing");
        }
        return value;
    }

    /** A string, or null when it is absent or empty. */
    static String optional(JsonNode body, String name) {
        return body.path(name).isTextual() && !body.path(name).asText().isEmpty()
                ? body.path(name).asText()
                : null;
    }

    /** A string that is one of those known; {@code otherwise} when it is absent. */
    static String oneOf(JsonNode body, String name, Set<String> known, String otherwise) {
        String value = optional(body, name);
        if (value == null && otherwise != null) {
            return otherwise;
        }
        if (value == null || !known.contains(value)) {
            throw invalid(name);
        }
        return value;
    }

    /** A list of strings that must be there. */
    static List<String> texts(JsonNode body, String name, int most) {
        JsonNode list = body.path(name);
        if (!list.isArray() || list.isEmpty() || list.size() > most) {
            throw invalid(name + " must be a list of 1 to " + most);
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode entry : list) {
            if (!entry.isTextual() || entry.asText().isEmpty()) {
                throw invalid(name + " holds strings");
            }
            texts.add(entry.asText());
        }
        return List.copyOf(texts);
    }

    /** A whole number written in digits. */
    static long number(String text) {
        if (!text.matches("\\d{1,15}")) {
            throw invalid("a number or a time in milliseconds is missing");
        }
        return Long.parseLong(text);
    }

    /** The page size of a call. */
    static int size(Call call, int otherwise, int least, int most) {
        long size = number(call.query("page_size", Integer.toString(otherwise)));
        if (size < least || size > most) {
            throw invalid("page_size must be from " + least + " to " + most);
        }
        return (int) size;
    }
}
