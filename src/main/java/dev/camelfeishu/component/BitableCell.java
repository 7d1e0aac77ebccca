package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;

/**
 * The values of a Bitable field, in Java and in the shapes of the platform. Null clears a cell, and an empty cell is null.
 *
 * <table>
 * <caption>By type</caption>
 * <tr><th>field</th><th>read</th><th>also written</th></tr>
 * <tr><td>text, barcode, e-mail, phone, auto number</td><td>text</td><td>whatever has a text</td></tr>
 * <tr><td>number, progress, currency, rating</td><td>BigDecimal</td><td>any number, a number as text</td></tr>
 * <tr><td>single select</td><td>text</td><td></td></tr>
 * <tr><td>multi-select</td><td>list of text</td><td>one text</td></tr>
 * <tr><td>date, created and modified time</td><td>Instant</td><td>Date, other points of java.time, milliseconds, ISO 8601; without a
 *     zone in that of this process</td></tr>
 * <tr><td>checkbox</td><td>Boolean</td><td>"true", "false"</td></tr>
 * <tr><td>person, creator, editor, group</td><td>list of ids</td><td>one id, maps with {@code id}</td></tr>
 * <tr><td>link to records, both ways</td><td>list of record_ids</td><td>one record_id, {@code {"link_record_ids"}}</td></tr>
 * <tr><td>URL</td><td>map {@code text}, {@code link}</td><td>the link as text</td></tr>
 * <tr><td>attachment</td><td>list of maps with {@code file_token}, {@code name}, {@code type}, {@code size}</td><td>file tokens</td></tr>
 * <tr><td>location</td><td>map with {@code location} ("longitude,latitude"), {@code full_address} and the rest</td>
 *     <td>"longitude,latitude"</td></tr>
 * <tr><td>formula, look-up</td><td>list of values of its own type</td><td>not written</td></tr>
 * </table>
 *
 * @param name of the field
 * @param type the platform's number for its type
 */
record BitableCell(String name, int type) {

    private static final int NUMBER = 2;
    private static final int SINGLE_SELECT = 3;
    private static final int MULTI_SELECT = 4;
    private static final int DATE = 5;
    private static final int CHECKBOX = 7;
    private static final int PERSON = 11;
    private static final int PHONE = 13;
    private static final int URL = 15;
    private static final int ATTACHMENT = 17;
    private static final int LINK = 18;
    private static final int LOOKUP = 19;
    private static final int FORMULA = 20;
    private static final int DUPLEX_LINK = 21;
    private static final int LOCATION = 22;
    private static final int GROUP = 23;
    private static final int STAGE = 24;
    private static final int CREATED_TIME = 1001;
    private static final int MODIFIED_TIME = 1002;
    private static final int CREATED_BY = 1003;
    private static final int MODIFIED_BY = 1004;
    private static final int AUTO_NUMBER = 1005;
    private static final int BUTTON = 3001;

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /**
     * The shape in which a value is written.
     *
     * @throws IllegalArgumentException when the field does not take it; the message names the field
     */
    JsonNode write(Object value) {
        if (readOnly()) {
            throw new IllegalArgumentException(
                    "The field \"" + name + "\" is filled by the platform and cannot be written");
        }
        Object given = value instanceof JsonNode json ? FeishuConverters.plain(json) : value;
        if (given == null) {
            return JSON.nullNode();
        }
        return switch (type) {
            case NUMBER -> given instanceof Integer whole ? JSON.numberNode(whole) : JSON.numberNode(number(given));
            case DATE -> JSON.numberNode(milliseconds(given));
            case CHECKBOX -> JSON.booleanNode(flag(given));
            case MULTI_SELECT -> texts(given, null);
            case LINK, DUPLEX_LINK ->
                texts(given instanceof Map<?, ?> map ? map.get("link_record_ids") : given, "record_id");
            case PERSON, GROUP -> objects(given, "id");
            case ATTACHMENT -> objects(given, "file_token");
            case URL -> url(given);
            case LOCATION -> JSON.textNode(text(given instanceof Map<?, ?> map ? map.get("location") : given));
            default -> JSON.textNode(text(given));
        };
    }

    /** The Java value of what search and batch_get answer; null for an empty cell. */
    Object read(JsonNode cell) {
        if (cell == null || cell.isMissingNode() || cell.isNull()) {
            return null;
        }
        return switch (type) {
            case NUMBER -> cell.isNumber() ? cell.decimalValue() : FeishuConverters.plain(cell);
            case DATE, CREATED_TIME, MODIFIED_TIME ->
                cell.isNumber() ? Instant.ofEpochMilli(cell.longValue()) : FeishuConverters.plain(cell);
            case PERSON, GROUP, CREATED_BY, MODIFIED_BY -> members(cell, "id");
            case LINK, DUPLEX_LINK -> FeishuConverters.plain(cell.path("link_record_ids"));
            case LOOKUP, FORMULA -> computed(cell);
            case CHECKBOX, SINGLE_SELECT, MULTI_SELECT, URL, ATTACHMENT, LOCATION -> FeishuConverters.plain(cell);
            default -> joined(cell);
        };
    }

    private boolean readOnly() {
        return switch (type) {
            case LOOKUP, FORMULA, STAGE, CREATED_TIME, MODIFIED_TIME, CREATED_BY, MODIFIED_BY, AUTO_NUMBER, BUTTON ->
                true;
            default -> false;
        };
    }

    /** The values of a formula or a look-up, by the type that it says they have. */
    private Object computed(JsonNode cell) {
        if (!cell.path("value").isArray()) {
            return FeishuConverters.plain(cell);
        }
        BitableCell own = new BitableCell(name, cell.path("type").asInt());
        JsonNode values = cell.path("value");
        return switch (own.type()) {
            // of these the list as a whole is one cell
            case PERSON, GROUP, CREATED_BY, MODIFIED_BY, ATTACHMENT, MULTI_SELECT -> own.read(values);
            default -> {
                List<Object> all = new ArrayList<>();
                values.forEach(value -> all.add(own.read(value)));
                yield all;
            }
        };
    }

    private static Object joined(JsonNode cell) {
        if (cell.isObject() && cell.has("text")) {
            return cell.path("text").asText();
        }
        if (!cell.isArray()) {
            return cell.isValueNode() ? cell.asText() : FeishuConverters.plain(cell);
        }
        var text = new StringBuilder();
        cell.forEach(
                segment -> text.append(segment.isObject() ? segment.path("text").asText() : segment.asText()));
        return text.toString();
    }

    private static List<String> members(JsonNode cell, String member) {
        List<String> all = new ArrayList<>();
        // creators and editors come as an object too
        Iterable<JsonNode> entries = cell.isObject() ? List.of(cell) : cell;
        entries.forEach(entry -> all.add(entry.path(member).asText()));
        return all;
    }

    private BigDecimal number(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal;
        }
        if (value instanceof Number || value instanceof CharSequence) {
            try {
                return new BigDecimal(value.toString().strip());
            } catch (NumberFormatException e) {
                throw unfit("a number", value);
            }
        }
        throw unfit("a number", value);
    }

    private boolean flag(Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        return switch (value.toString()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw unfit("true or false", value);
        };
    }

    private long milliseconds(Object value) {
        if (value instanceof Date date) {
            return date.getTime();
        }
        if (value instanceof Number number) {
            return number.longValue();
        }
        try {
            if (value instanceof TemporalAccessor time) {
                return instant(time).toEpochMilli();
            }
            String text = value.toString().strip();
            if (text.matches("-?\\d+")) {
                return Long.parseLong(text);
            }
            TemporalAccessor parsed = text.length() <= 10
                    ? LocalDate.parse(text)
                    : text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)$")
                            ? OffsetDateTime.parse(text)
                            : LocalDateTime.parse(text.replace(' ', 'T'));
            return instant(parsed).toEpochMilli();
        } catch (DateTimeException | NumberFormatException e) {
            throw unfit("a date, a time, milliseconds since 1970 or ISO 8601", value);
        }
    }

    private static Instant instant(TemporalAccessor time) {
        if (time.isSupported(ChronoField.INSTANT_SECONDS)) {
            return Instant.from(time);
        }
        LocalDateTime local =
                time instanceof LocalDateTime at ? at : LocalDate.from(time).atStartOfDay();
        return local.atZone(ZoneId.systemDefault()).toInstant();
    }

    private ArrayNode texts(Object value, String member) {
        ArrayNode all = JSON.arrayNode();
        for (Object entry : several(value)) {
            all.add(text(entry instanceof Map<?, ?> map && member != null ? map.get(member) : entry));
        }
        return all;
    }

    private ArrayNode objects(Object value, String member) {
        ArrayNode all = JSON.arrayNode();
        for (Object entry : several(value)) {
            all.addObject().put(member, text(entry instanceof Map<?, ?> map ? map.get(member) : entry));
        }
        return all;
    }

    private static Iterable<?> several(Object value) {
        if (value instanceof Object[] array) {
            return List.of(array);
        }
        return value instanceof Iterable<?> list ? list : value == null ? List.of() : List.of(value);
    }

    private JsonNode url(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return JSON.objectNode().put("text", text(value)).put("link", text(value));
        }
        ObjectNode url = JSON.objectNode().put("link", text(map.get("link")));
        return url.put("text", map.get("text") == null ? url.path("link").asText() : text(map.get("text")));
    }

    private String text(Object value) {
        if (value instanceof CharSequence || value instanceof Number || value instanceof Boolean) {
            return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
        }
        if (value == null
                || value instanceof Map<?, ?>
                || value instanceof Iterable<?>
                || value.getClass().isArray()) {
            throw unfit("a text", value);
        }
        return value.toString();
    }

    /** Names the kind of the value and not the value, which may be confidential. */
    private IllegalArgumentException unfit(String wanted, Object value) {
        return new IllegalArgumentException("The field \"" + name + "\" takes " + wanted + ", not "
                + (value == null ? "nothing" : "this " + value.getClass().getSimpleName()));
    }
}
