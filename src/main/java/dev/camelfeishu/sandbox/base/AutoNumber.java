package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;

/** Type 1005: the record's number, alone or dressed by the rules of {@code auto_serial}. */
final class AutoNumber {
    private static final Set<String> TIMES = Set.of("yyyyMMdd", "yyyyMM", "yyyy", "MMdd", "MM", "dd");
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    private AutoNumber() {}

    static String of(Row row, ObjectNode property) {
        JsonNode serial = property == null ? null : property.get("auto_serial");
        if (serial == null || !serial.path("type").asText().equals("custom")) {
            return Long.toString(row.number());
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode option : serial.path("options")) {
            String value = option.path("value").asText();
            text.append(
                    switch (option.path("type").asText()) {
                        case "system_number" ->
                            String.format(Locale.ROOT, "%0" + Integer.parseInt(value) + "d", row.number());
                        case "created_time" ->
                            DateTimeFormatter.ofPattern(value, Locale.ROOT)
                                    .format(Instant.ofEpochMilli(row.createdTime())
                                            .atZone(ZONE));
                        default -> value;
                    });
        }
        return text.toString();
    }

    /** Whether the rules can be followed. */
    static boolean valid(JsonNode serial) {
        String type = serial.path("type").asText();
        if (type.equals("auto_increment_number")) {
            return true;
        }
        if (!type.equals("custom") || serial.path("options").isEmpty()) {
            return false;
        }
        for (JsonNode option : serial.path("options")) {
            String value = option.path("value").asText();
            boolean known = switch (option.path("type").asText()) {
                case "system_number" -> value.matches("[1-9]");
                case "fixed_text" -> value.length() <= 20;
                case "created_time" -> TIMES.contains(value);
                default -> false;
            };
            if (!known) {
                return false;
            }
        }
        return true;
    }
}
