package dev.camelfeishu.component.typed;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/** Times as events give them: seconds or milliseconds since 1970, as a number or as text. */
final class Times {

    private static final long FIRST_MILLIS = 100_000_000_000L;

    private Times() {}

    /** Null when there is none. */
    static Instant of(JsonNode time) {
        String text = time.asText("");
        if (!text.matches("\\d{1,15}")) {
            return null;
        }
        long value = Long.parseLong(text);
        return value < FIRST_MILLIS ? Instant.ofEpochSecond(value) : Instant.ofEpochMilli(value);
    }
}
