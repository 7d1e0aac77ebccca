package dev.camelfeishu.sandbox;

import com.fasterxml.jackson.databind.JsonNode;

/** What a control call gives. A mistake in it is answered with HTTP 400 and a sentence. */
public final class Control {
    private Control() {}

    /** The refusal of a control call. */
    public static Refusal bad(String sentence) {
        return new Refusal(400, 400, sentence);
    }

    /** The body, a JSON object. */
    public static JsonNode body(Call call) {
        JsonNode body = Json.parse(new String(call.body(), java.nio.charset.StandardCharsets.UTF_8));
        if (body == null || !body.isObject()) {
            throw bad("The body must be a JSON object.");
        }
        return body;
    }

    /** A string that must be there. */
    public static String text(JsonNode body, String name) {
        if (!body.path(name).isTextual() || body.path(name).asText().isEmpty()) {
            throw bad(name + " must be given, as a string.");
        }
        return body.path(name).asText();
    }

    /** A whole number within limits, or {@code otherwise} when it is absent. */
    public static int number(JsonNode body, String name, int otherwise, int least, int most) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isInt() || value.asInt() < least || value.asInt() > most) {
            throw bad(name + " must be a whole number from " + least + " to " + most + ".");
        }
        return value.asInt();
    }

    /** A whole number of the query within limits, or {@code otherwise} when it is absent. */
    public static int number(Call call, String name, int otherwise, int least, int most) {
        String value = call.query(name, null);
        if (value == null) {
            return otherwise;
        }
        if (!value.matches("\\d{1,9}") || Integer.parseInt(value) < least || Integer.parseInt(value) > most) {
            throw bad(name + " must be a whole number from " + least + " to " + most + ".");
        }
        return Integer.parseInt(value);
    }
}
