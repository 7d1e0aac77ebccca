package dev.camelfeishu.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Objects;

/**
 * Shows a SQL value and a Bitable cell in one canonical form, in which they are compared, and puts a canonical value back on
 * either side. The canonical form may be coarser than the SQL value (microseconds, digits beyond the scale), so two laws
 * hold: {@link #toSql} with the canonical form of the old value answers the old value, untouched (GetPut); reading what was
 * put answers what was put (PutGet).
 */
public sealed interface Lens {

    /** Longest text a Bitable cell takes. */
    int LONGEST_TEXT = 100_000;

    static Lens of(FieldType type) {
        if (type instanceof FieldType.Text) {
            return new OfText();
        } else if (type instanceof FieldType.Decimal decimal) {
            return new OfDecimal(decimal.scale());
        } else if (type instanceof FieldType.SingleSelect select) {
            return new OfSingleSelect(select);
        }
        return new OfDateTime();
    }

    /** Reads a value of the SQL side: as JDBC answers it, or as a route's transform leaves it. */
    Reading fromSql(Object value);

    /** Reads a cell as {@code records/search} and {@code batch_get} show it; null or a missing node is an empty cell. */
    Reading fromBitable(JsonNode cell);

    /** The SQL value to write: {@code old} itself when its canonical form is {@code canonical} already. */
    Object toSql(String canonical, Object old);

    /** The cell to write; JSON null clears it. */
    JsonNode toBitable(String canonical);

    /** The value as routes see it: String, BigDecimal or Instant; null when empty. */
    Object toJava(String canonical);

    /** What a later read shows when {@code canonical} was sent. */
    default String norm(String canonical) {
        return fromBitable(toBitable(canonical)).value();
    }

    /** Code of the Bitable field type. */
    int fieldType();

    /** The field as the create call wants it, without its name. */
    ObjectNode fieldShape();

    private static ObjectNode shape(int type, String uiType) {
        return JsonNodeFactory.instance.objectNode().put("type", type).put("ui_type", uiType);
    }

    private static boolean absent(JsonNode cell) {
        return cell == null || cell.isNull() || cell.isMissingNode();
    }

    /** Text of a cell, in the shape of search (segments) or in that of a write (a string); null when it is neither. */
    private static String text(JsonNode cell) {
        if (cell.isTextual()) {
            return cell.textValue();
        }
        if (!cell.isArray()) {
            return null;
        }
        var text = new StringBuilder();
        for (var segment : cell) {
            if (segment.isTextual()) {
                text.append(segment.textValue());
            } else if (segment.path("text").isTextual()) {
                text.append(segment.path("text").textValue());
            } else {
                return null;
            }
        }
        return text.toString();
    }

    /** Field type 1. */
    record OfText() implements Lens {

        @Override
        public Reading fromSql(Object value) {
            if (value == null) {
                return Reading.EMPTY;
            }
            var text = value.toString();
            if (text.isEmpty()) {
                return Reading.EMPTY;
            }
            if (text.length() > LONGEST_TEXT) {
                return Reading.invalid(text, "the text is longer than " + LONGEST_TEXT + " characters");
            }
            return Reading.of(text);
        }

        @Override
        public Reading fromBitable(JsonNode cell) {
            if (absent(cell)) {
                return Reading.EMPTY;
            }
            var text = text(cell);
            if (text == null) {
                return Reading.invalid(cell.toString(), "not a text");
            }
            if (text.indexOf('\0') >= 0) {
                return Reading.invalid(
                        text.replace("\0", "\\0"), "the text holds a NUL character, which SQL cannot keep");
            }
            return text.isEmpty() ? Reading.EMPTY : Reading.of(text);
        }

        @Override
        public Object toSql(String canonical, Object old) {
            return Objects.equals(fromSql(old).value(), canonical) ? old : canonical;
        }

        @Override
        public JsonNode toBitable(String canonical) {
            return canonical == null ? NullNode.instance : TextNode.valueOf(canonical);
        }

        @Override
        public Object toJava(String canonical) {
            return canonical;
        }

        @Override
        public int fieldType() {
            return 1;
        }

        @Override
        public ObjectNode fieldShape() {
            return shape(1, "Text");
        }
    }

    /** Field type 2. A cell is a double: comparison is at the scale, after the same rounding on both sides. */
    record OfDecimal(int scale) implements Lens {

        @Override
        public Reading fromSql(Object value) {
            if (value == null || "".equals(value)) {
                return Reading.EMPTY;
            }
            try {
                var number = value instanceof BigDecimal decimal ? decimal : new BigDecimal(value.toString());
                var coarse = number.doubleValue();
                return Double.isFinite(coarse)
                        ? Reading.of(canonical(coarse))
                        : Reading.invalid(value.toString(), "the number is too large for Bitable");
            } catch (NumberFormatException notANumber) {
                return Reading.invalid(value.toString(), "not a number");
            }
        }

        @Override
        public Reading fromBitable(JsonNode cell) {
            if (absent(cell)) {
                return Reading.EMPTY;
            }
            if (cell.isTextual()) {
                // the shape of events and of the older list call
                return fromSql(cell.textValue());
            }
            return cell.isNumber() && Double.isFinite(cell.doubleValue())
                    ? Reading.of(canonical(cell.doubleValue()))
                    : Reading.invalid(cell.toString(), "not a number");
        }

        private String canonical(double number) {
            return BigDecimal.valueOf(number)
                    .setScale(scale, RoundingMode.HALF_UP)
                    .toPlainString();
        }

        @Override
        public Object toSql(String canonical, Object old) {
            if (Objects.equals(fromSql(old).value(), canonical)) {
                return old;
            }
            return toJava(canonical);
        }

        @Override
        public JsonNode toBitable(String canonical) {
            return canonical == null ? NullNode.instance : DoubleNode.valueOf(Double.parseDouble(canonical));
        }

        @Override
        public Object toJava(String canonical) {
            return canonical == null ? null : new BigDecimal(canonical);
        }

        @Override
        public int fieldType() {
            return 2;
        }

        @Override
        public ObjectNode fieldShape() {
            var shape = shape(2, "Number");
            shape.putObject("property").put("formatter", scale == 0 ? "0" : "0." + "0".repeat(scale));
            return shape;
        }
    }

    /** Field type 3. */
    record OfSingleSelect(FieldType.SingleSelect select) implements Lens {

        @Override
        public Reading fromSql(Object value) {
            return named(value == null ? "" : value.toString());
        }

        @Override
        public Reading fromBitable(JsonNode cell) {
            if (absent(cell)) {
                return Reading.EMPTY;
            }
            return cell.isTextual() ? named(cell.textValue()) : Reading.invalid(cell.toString(), "not a single select");
        }

        private Reading named(String name) {
            if (name.isEmpty()) {
                return Reading.EMPTY;
            }
            return select.options().contains(name)
                    ? Reading.of(name)
                    : Reading.invalid(name, "not one of " + String.join(", ", select.options()));
        }

        @Override
        public Object toSql(String canonical, Object old) {
            return Objects.equals(fromSql(old).value(), canonical) ? old : canonical;
        }

        @Override
        public JsonNode toBitable(String canonical) {
            return canonical == null ? NullNode.instance : TextNode.valueOf(canonical);
        }

        @Override
        public Object toJava(String canonical) {
            return canonical;
        }

        @Override
        public int fieldType() {
            return 3;
        }

        @Override
        public ObjectNode fieldShape() {
            var shape = shape(3, "SingleSelect");
            var options = shape.putObject("property").putArray("options");
            select.options().forEach(name -> options.addObject().put("name", name));
            return shape;
        }
    }

    /** Field type 5: epoch milliseconds. */
    record OfDateTime() implements Lens {

        @Override
        public Reading fromSql(Object value) {
            if (value == null || "".equals(value)) {
                return Reading.EMPTY;
            }
            try {
                return Reading.of(Long.toString(instant(value).toEpochMilli()));
            } catch (DateTimeException | ArithmeticException notAMoment) {
                return Reading.invalid(value.toString(), "not a moment");
            }
        }

        private static Instant instant(Object value) {
            if (value instanceof Instant instant) {
                return instant;
            } else if (value instanceof OffsetDateTime moment) {
                return moment.toInstant();
            } else if (value instanceof java.sql.Timestamp timestamp) {
                return timestamp.toInstant();
            } else if (value instanceof Date date) {
                return Instant.ofEpochMilli(date.getTime());
            } else if (value instanceof Number number) {
                return Instant.ofEpochMilli(number.longValue());
            }
            return OffsetDateTime.parse(value.toString()).toInstant();
        }

        @Override
        public Reading fromBitable(JsonNode cell) {
            if (absent(cell)) {
                return Reading.EMPTY;
            }
            if (cell.isIntegralNumber()) {
                return Reading.of(Long.toString(cell.longValue()));
            }
            if (cell.isTextual() && cell.textValue().matches("-?\\d{1,18}")) {
                return Reading.of(Long.toString(Long.parseLong(cell.textValue())));
            }
            return Reading.invalid(cell.toString(), "not a moment in milliseconds");
        }

        @Override
        public Object toSql(String canonical, Object old) {
            if (Objects.equals(fromSql(old).value(), canonical)) {
                return old;
            }
            return canonical == null
                    ? null
                    : Instant.ofEpochMilli(Long.parseLong(canonical)).atOffset(ZoneOffset.UTC);
        }

        @Override
        public JsonNode toBitable(String canonical) {
            return canonical == null ? NullNode.instance : LongNode.valueOf(Long.parseLong(canonical));
        }

        @Override
        public Object toJava(String canonical) {
            return canonical == null ? null : Instant.ofEpochMilli(Long.parseLong(canonical));
        }

        @Override
        public int fieldType() {
            return 5;
        }

        @Override
        public ObjectNode fieldShape() {
            var shape = shape(5, "DateTime");
            shape.putObject("property").put("date_formatter", "yyyy-MM-dd HH:mm");
            return shape;
        }
    }
}
