package dev.camelfeishu.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * How a kind of value looks on each side, written once more from the documentation and not from the product: both sides are
 * compared in this form. Null is an empty value.
 */
enum ChaosKind {
    TEXT("text") {
        @Override
        String fresh(Random random, int number) {
            return "v" + number;
        }
    },
    NUMBER("numeric") {
        @Override
        String of(JsonNode value) {
            return number(value.decimalValue(), 4);
        }

        @Override
        String ofJournal(String text) {
            return number(new BigDecimal(text), 4);
        }

        @Override
        JsonNode cell(String value) {
            return JSON.numberNode(new BigDecimal(value));
        }

        @Override
        String fresh(Random random, int number) {
            return number(BigDecimal.valueOf(number).add(BigDecimal.valueOf(random.nextInt(100), 2)), 4);
        }
    },
    YES("boolean") {
        @Override
        String of(JsonNode value) {
            return value.booleanValue() ? "true" : null;
        }

        @Override
        String ofJournal(String text) {
            return "true";
        }

        @Override
        JsonNode cell(String value) {
            return JSON.booleanNode(true);
        }

        @Override
        JsonNode emptyCell() {
            return JSON.booleanNode(false);
        }

        @Override
        String fresh(Random random, int number) {
            return random.nextBoolean() ? "true" : null;
        }
    },
    DAY("date") {
        @Override
        String ofCell(JsonNode cell) {
            return Instant.ofEpochMilli(cell.longValue())
                    .atZone(SHANGHAI)
                    .toLocalDate()
                    .toString();
        }

        @Override
        JsonNode cell(String value) {
            return JSON.numberNode(
                    LocalDate.parse(value).atStartOfDay(SHANGHAI).toInstant().toEpochMilli());
        }

        @Override
        String fresh(Random random, int number) {
            return LocalDate.of(2026, 1, 1).plusDays(number).toString();
        }
    },
    MOMENT("timestamptz") {
        @Override
        String ofSql(JsonNode value) {
            return Long.toString(
                    OffsetDateTime.parse(value.textValue()).toInstant().toEpochMilli());
        }

        @Override
        String sql(String value) {
            return Instant.ofEpochMilli(Long.parseLong(value)).toString();
        }

        @Override
        JsonNode cell(String value) {
            return JSON.numberNode(Long.parseLong(value));
        }

        @Override
        String fresh(Random random, int number) {
            return Long.toString(1_780_000_000_000L + 1000L * number + random.nextInt(1000));
        }
    },
    LOCAL("timestamp") {
        @Override
        String ofSql(JsonNode value) {
            return Long.toString(LocalDateTime.parse(value.textValue())
                    .atZone(SHANGHAI)
                    .toInstant()
                    .toEpochMilli());
        }

        @Override
        String sql(String value) {
            return LocalDateTime.ofInstant(Instant.ofEpochMilli(Long.parseLong(value)), SHANGHAI)
                    .toString();
        }

        @Override
        JsonNode cell(String value) {
            return MOMENT.cell(value);
        }

        @Override
        String fresh(Random random, int number) {
            return MOMENT.fresh(random, number);
        }
    },
    STATUS("text") {
        @Override
        String fresh(Random random, int number) {
            return List.of("NEW", "PAID", "SHIPPED", "DONE", "CANCELED").get(random.nextInt(5));
        }

        @Override
        String ofEvent(String text, Map<String, String> options) {
            return option(text, options);
        }
    },
    SHADE("text") {
        @Override
        String fresh(Random random, int number) {
            return List.of("red", "green", "blue").get(random.nextInt(3));
        }

        @Override
        String ofEvent(String text, Map<String, String> options) {
            return option(text, options);
        }
    },
    TAGS("text[]") {
        @Override
        String of(JsonNode value) {
            List<String> names = new ArrayList<>();
            value.forEach(name -> names.add(name.textValue()));
            return names.isEmpty()
                    ? null
                    : String.join(",", names.stream().distinct().sorted().toList());
        }

        @Override
        String ofEvent(String text, Map<String, String> options) {
            ArrayNode names = JSON.arrayNode();
            json(text).forEach(id -> names.add(options.getOrDefault(id.textValue(), id.textValue())));
            return of(names);
        }

        @Override
        String ofJournal(String text) {
            return of(json(text));
        }

        @Override
        String sql(String value) {
            return "{" + value + "}";
        }

        @Override
        JsonNode cell(String value) {
            ArrayNode names = JSON.arrayNode();
            List.of(value.split(",")).forEach(names::add);
            return names;
        }

        @Override
        String fresh(Random random, int number) {
            int set = random.nextInt(16);
            List<String> names = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                if ((set >> i & 1) == 1) {
                    names.add(List.of("a", "b", "c", "d").get(i));
                }
            }
            return names.isEmpty() ? null : String.join(",", names);
        }
    },
    PERSON("text") {
        @Override
        String ofCell(JsonNode cell) {
            return cell.isEmpty() ? null : cell.path(0).path("id").textValue();
        }

        @Override
        String ofEvent(String text, Map<String, String> options) {
            return ofCell(json(text));
        }

        @Override
        JsonNode cell(String value) {
            ArrayNode people = JSON.arrayNode();
            people.addObject().put("id", value);
            return people;
        }

        @Override
        String fresh(Random random, int number) {
            return Person.values()[random.nextInt(5)].openId();
        }
    },
    PHONE("text") {
        @Override
        String fresh(Random random, int number) {
            return "+86%011d".formatted(13_000_000_000L + number);
        }
    },
    LINK("text") {
        @Override
        String ofCell(JsonNode cell) {
            return cell.path("link").textValue();
        }

        @Override
        JsonNode cell(String value) {
            return JSON.objectNode().put("text", value).put("link", value);
        }

        @Override
        String ofEvent(String text, Map<String, String> options) {
            return ofCell(json(text));
        }

        @Override
        String fresh(Random random, int number) {
            return "https://example.com/" + number;
        }
    },
    MAIL("text") {
        @Override
        String fresh(Random random, int number) {
            return "m" + number + "@example.com";
        }
    },
    /** A row of {@link ChaosPair#ITEMS}: its key, and the id of its record until that is known as a row's. */
    ROW("text") {
        @Override
        String ofCell(JsonNode cell) {
            JsonNode ids = cell.isArray() ? cell : cell.path("link_record_ids");
            return ids.isEmpty() ? null : ids.path(0).textValue();
        }

        @Override
        String ofJournal(String text) {
            return text.startsWith("[") ? ofCell(json(text)) : text;
        }

        @Override
        JsonNode cell(String record) {
            return JSON.arrayNode().add(record);
        }

        @Override
        String fresh(Random random, int number) {
            return "IT-" + (1 + random.nextInt(40));
        }

        @Override
        String named(String id, Map<String, String> rows) {
            return rows.getOrDefault(id, id);
        }
    },
    STRUCTURE("jsonb") {
        @Override
        String ofSql(JsonNode value) {
            return sorted(value);
        }

        @Override
        String ofCell(JsonNode cell) {
            return sorted(json(text(cell)));
        }

        @Override
        String ofEvent(String text, Map<String, String> options) {
            return sorted(json(text));
        }

        @Override
        String ofJournal(String text) {
            return sorted(json(text));
        }

        @Override
        String fresh(Random random, int number) {
            return "{\"n\":" + number + "}";
        }
    };

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");

    private final String type;

    ChaosKind(String type) {
        this.type = type;
    }

    /** What the SQL side calls it. */
    String type() {
        return type;
    }

    /** A new value, which for most kinds is never drawn a second time; null for an empty one. */
    abstract String fresh(Random random, int number);

    /** Whether no two values that were drawn are the same. */
    boolean unique() {
        return this != YES && this != STATUS && this != SHADE && this != TAGS && this != PERSON && this != ROW;
    }

    String of(JsonNode value) {
        String text = text(value);
        return text.isEmpty() ? null : text;
    }

    /** From a member of {@code to_jsonb(row)}. */
    String ofSql(JsonNode value) {
        return of(value);
    }

    /** From a cell as search shows it. */
    String ofCell(JsonNode cell) {
        return this == MOMENT || this == LOCAL ? Long.toString(cell.longValue()) : of(cell);
    }

    /** From {@code field_value} of a change event. */
    String ofEvent(String text, Map<String, String> options) {
        return switch (this) {
            case TEXT, PHONE, MAIL, STATUS, SHADE -> text;
            default -> ofCell(json(text));
        };
    }

    /** From a value of the journal. */
    String ofJournal(String text) {
        return text;
    }

    /** The literal that SQL casts to {@link #type}. */
    String sql(String value) {
        return value;
    }

    JsonNode cell(String value) {
        return JSON.textNode(value);
    }

    JsonNode emptyCell() {
        return JSON.nullNode();
    }

    /** The value when some ids are known as rows. */
    String named(String value, Map<String, String> rows) {
        return value;
    }

    final String sqlOrNull(JsonNode value) {
        return value.isNull() || value.isMissingNode() ? null : ofSql(value);
    }

    final String cellOrNull(JsonNode cell) {
        return cell.isNull() || cell.isMissingNode() ? null : ofCell(cell);
    }

    final String eventOrNull(String text, Map<String, String> options) {
        return text.isEmpty() ? null : ofEvent(text, options);
    }

    final String journalOrNull(String text) {
        return text == null ? null : ofJournal(text);
    }

    private static String option(String text, Map<String, String> options) {
        String id = text.startsWith("\"") ? json(text).textValue() : text;
        return options.getOrDefault(id, id);
    }

    private static String text(JsonNode value) {
        if (!value.isArray()) {
            return value.asText("");
        }
        StringBuilder text = new StringBuilder();
        value.forEach(
                segment -> text.append(segment.isObject() ? segment.path("text").asText() : segment.asText()));
        return text.toString();
    }

    private static String number(BigDecimal value, int scale) {
        BigDecimal plain = value.setScale(scale, RoundingMode.HALF_UP).stripTrailingZeros();
        return plain.signum() == 0 ? "0" : plain.toPlainString();
    }

    private static String sorted(JsonNode value) {
        if (!value.isObject()) {
            return value.toString();
        }
        Map<String, String> members = new TreeMap<>();
        value.properties().forEach(member -> members.put(member.getKey(), sorted(member.getValue())));
        return members.toString();
    }

    private static JsonNode json(String text) {
        try {
            return Http.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }
}
