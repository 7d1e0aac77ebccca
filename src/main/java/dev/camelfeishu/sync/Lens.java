package dev.camelfeishu.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Shows a SQL value and a Bitable cell in one canonical form, in which they are compared, and puts a canonical value back on
 * either side. The canonical form may be coarser than the SQL value (microseconds, digits beyond the scale), so two laws
 * hold: {@link #toSql} with the canonical form of the old value answers the old value, untouched (GetPut); reading what was
 * put answers what was put (PutGet).
 */
public sealed interface Lens {

    /** Numbers of a JSON value keep their digits. */
    ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    /** Longest text a Bitable cell takes. */
    int LONGEST_TEXT = 100_000;

    static Lens of(FieldType type) {
        return type.lens();
    }

    /** Reads a value of the SQL side: as JDBC answers it, or as a route's transform leaves it. */
    Reading fromSql(Object value);

    /** Reads a cell as {@code records/search} and {@code batch_get} show it; null or a missing node is an empty cell. */
    Reading fromBitable(JsonNode cell);

    /** The SQL value to write: {@code old} itself when its canonical form is {@code canonical} already. */
    default Object toSql(String canonical, Object old) {
        return Objects.equals(fromSql(old).value(), canonical) ? old : toJava(canonical);
    }

    /** The cell to write; JSON null clears it. */
    JsonNode toBitable(String canonical);

    /**
     * The value as routes see it: String, BigDecimal, Boolean (an empty checkbox is false), LocalDate, Instant,
     * LocalDateTime or a List of String; null when empty.
     */
    Object toJava(String canonical);

    /** What a later read shows when {@code canonical} was sent. */
    default String norm(String canonical) {
        return fromBitable(toBitable(canonical)).value();
    }

    /** Code of the Bitable field type. */
    int fieldType();

    /** The field as the create call wants it, without its name. */
    ObjectNode fieldShape();

    /** Whether the field can be made by a call that knows no more than the declaration. */
    default boolean creatable() {
        return true;
    }

    private static ObjectNode shape(int type, String uiType) {
        return JsonNodeFactory.instance.objectNode().put("type", type).put("ui_type", uiType);
    }

    private static ObjectNode withOptions(ObjectNode shape, List<String> names) {
        if (!names.isEmpty()) {
            var options = shape.putObject("property").putArray("options");
            names.forEach(name -> options.addObject().put("name", name));
        }
        return shape;
    }

    /** The strings of an array cell or of a JSON text; empty when it is something else. */
    private static Optional<List<String>> strings(JsonNode array) {
        var names = new ArrayList<String>();
        for (var item : array) {
            if (!item.isTextual()) {
                return Optional.empty();
            }
            names.add(item.textValue());
        }
        return array.isArray() ? Optional.of(names) : Optional.empty();
    }

    /** Canonical form of a set: a JSON array in alphabetical order, each once; null when there is none. */
    static String set(Collection<?> names) {
        var array = JsonNodeFactory.instance.arrayNode();
        names.stream().map(Object::toString).sorted().distinct().forEach(array::add);
        return array.isEmpty() ? null : array.toString();
    }

    private static List<String> members(String canonical) {
        if (canonical == null) {
            return List.of();
        }
        try {
            return strings(JSON.readTree(canonical)).orElseThrow();
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException("not a canonical set: " + canonical, broken);
        }
    }

    /** The members of a SQL array, a list of a route, or a JSON array in a text column; empty when it is something else. */
    static Optional<List<String>> listed(Object value) {
        if (value == null || "".equals(value)) {
            return Optional.of(List.of());
        }
        if (value instanceof Collection<?> items) {
            return items.stream().allMatch(String.class::isInstance)
                    ? Optional.of(items.stream().map(String.class::cast).toList())
                    : Optional.empty();
        }
        try {
            return strings(JSON.readTree(value.toString()));
        } catch (JsonProcessingException notAList) {
            return Optional.empty();
        }
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

    /**
     * Field type 2. A cell is a double: comparison is at the scale, after the same rounding on both sides.
     *
     * @param scale decimals that are compared
     * @param currency code of a currency field, null for a plain number
     */
    record OfDecimal(int scale, String formatter, String currency) implements Lens {

        /** Most decimals that a formatter shows. */
        private static final int SHOWN = 4;

        static OfDecimal number(int scale) {
            return new OfDecimal(scale, decimals(scale), null);
        }

        static OfDecimal currency(int scale, String code) {
            return new OfDecimal(scale, decimals(scale), code);
        }

        /** @param scale decimals of the percentage */
        static OfDecimal percent(int scale) {
            return new OfDecimal(scale + 2, scale == 0 ? "%" : "0.00%", null);
        }

        private static String decimals(int scale) {
            return scale == 0 ? "0" : "0." + "0".repeat(Math.min(scale, SHOWN));
        }

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
            var shape = shape(2, currency == null ? "Number" : "Currency");
            var property = shape.putObject("property").put("formatter", formatter);
            if (currency != null) {
                property.put("currency_code", currency);
            }
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
            return select.open() || select.options().contains(name)
                    ? Reading.of(name)
                    : Reading.invalid(name, "not one of " + String.join(", ", select.options()));
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
            return withOptions(shape(3, "SingleSelect"), select.options());
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

    /** Field type 7. */
    record OfCheckbox() implements Lens {

        private static final String YES = "true";

        @Override
        public Reading fromSql(Object value) {
            if (value == null || "".equals(value)) {
                return Reading.EMPTY;
            }
            var text = value.toString();
            if (value instanceof Boolean || YES.equals(text) || "false".equals(text)) {
                return YES.equals(text) ? Reading.of(YES) : Reading.EMPTY;
            }
            if (value instanceof Number number && (number.doubleValue() == 0 || number.doubleValue() == 1)) {
                return number.doubleValue() == 1 ? Reading.of(YES) : Reading.EMPTY;
            }
            return Reading.invalid(text, "neither true nor false");
        }

        @Override
        public Reading fromBitable(JsonNode cell) {
            if (absent(cell)) {
                return Reading.EMPTY;
            }
            return cell.isBoolean() ? fromSql(cell.booleanValue()) : Reading.invalid(cell.toString(), "not a checkbox");
        }

        @Override
        public Object toSql(String canonical, Object old) {
            if (Objects.equals(fromSql(old).value(), canonical)) {
                return old;
            }
            if (old instanceof Number) {
                return canonical == null ? 0 : 1;
            }
            return canonical != null;
        }

        @Override
        public JsonNode toBitable(String canonical) {
            return BooleanNode.valueOf(canonical != null);
        }

        @Override
        public Object toJava(String canonical) {
            return canonical != null;
        }

        @Override
        public int fieldType() {
            return 7;
        }

        @Override
        public ObjectNode fieldShape() {
            return shape(7, "Checkbox");
        }
    }

    /** Field type 5, the canonical form is the day in ISO 8601. */
    record OfDay(ZoneId zone) implements Lens {

        @Override
        public Reading fromSql(Object value) {
            if (value == null || "".equals(value)) {
                return Reading.EMPTY;
            }
            try {
                return day(value instanceof LocalDate date ? date : LocalDate.parse(value.toString()));
            } catch (DateTimeException notADay) {
                return Reading.invalid(value.toString(), "not a day");
            }
        }

        @Override
        public Reading fromBitable(JsonNode cell) {
            var moment = new OfDateTime().fromBitable(cell);
            if (!moment.valid() || moment.empty()) {
                return moment;
            }
            try {
                return day(Instant.ofEpochMilli(Long.parseLong(moment.value()))
                        .atZone(zone)
                        .toLocalDate());
            } catch (DateTimeException tooFar) {
                return Reading.invalid(moment.value(), "not a day");
            }
        }

        private static Reading day(LocalDate date) {
            return fourDigits(date.getYear())
                    ? Reading.of(date.toString())
                    : Reading.invalid(date.toString(), "the year is not between 1 and 9999");
        }

        @Override
        public JsonNode toBitable(String canonical) {
            return canonical == null
                    ? NullNode.instance
                    : LongNode.valueOf(LocalDate.parse(canonical)
                            .atStartOfDay(zone)
                            .toInstant()
                            .toEpochMilli());
        }

        @Override
        public Object toJava(String canonical) {
            return canonical == null ? null : LocalDate.parse(canonical);
        }

        @Override
        public int fieldType() {
            return 5;
        }

        @Override
        public ObjectNode fieldShape() {
            var shape = shape(5, "DateTime");
            shape.putObject("property").put("date_formatter", "yyyy/MM/dd");
            return shape;
        }
    }

    private static boolean fourDigits(int year) {
        return year >= 1 && year <= 9999;
    }

    /**
     * Field type 5. The canonical form is that of a moment, but two moments that a change of the clocks gives the same time
     * of day are one.
     */
    record OfLocalTime(ZoneId zone) implements Lens {

        @Override
        public Reading fromSql(Object value) {
            if (value == null || "".equals(value)) {
                return Reading.EMPTY;
            }
            try {
                var time = value instanceof LocalDateTime local ? local : LocalDateTime.parse(value.toString());
                return fourDigits(time.getYear())
                        ? Reading.of(Long.toString(time.atZone(zone).toInstant().toEpochMilli()))
                        : Reading.invalid(time.toString(), "the year is not between 1 and 9999");
            } catch (DateTimeException notATime) {
                return Reading.invalid(value.toString(), "not a date and time without zone");
            }
        }

        @Override
        public Reading fromBitable(JsonNode cell) {
            var moment = new OfDateTime().fromBitable(cell);
            if (!moment.valid() || moment.empty()) {
                return moment;
            }
            try {
                return fromSql(toJava(moment.value()));
            } catch (DateTimeException tooFar) {
                return Reading.invalid(moment.value(), "not a date and time");
            }
        }

        @Override
        public JsonNode toBitable(String canonical) {
            return canonical == null ? NullNode.instance : LongNode.valueOf(Long.parseLong(canonical));
        }

        @Override
        public Object toJava(String canonical) {
            return canonical == null
                    ? null
                    : LocalDateTime.ofInstant(Instant.ofEpochMilli(Long.parseLong(canonical)), zone);
        }

        @Override
        public int fieldType() {
            return 5;
        }

        @Override
        public ObjectNode fieldShape() {
            return new OfDateTime().fieldShape();
        }
    }

    /** Field type 4. */
    record OfMultiSelect(FieldType.MultiSelect select) implements Lens {

        @Override
        public Reading fromSql(Object value) {
            return listed(value)
                    .map(this::named)
                    .orElseGet(() -> Reading.invalid(value.toString(), "not a list of options"));
        }

        @Override
        public Reading fromBitable(JsonNode cell) {
            return absent(cell)
                    ? Reading.EMPTY
                    : strings(cell)
                            .map(this::named)
                            .orElseGet(() -> Reading.invalid(cell.toString(), "not a multi select"));
        }

        private Reading named(List<String> names) {
            return select.open() || select.options().containsAll(names)
                    ? Reading.of(set(names))
                    : Reading.invalid(set(names), "not all of them are one of " + String.join(", ", select.options()));
        }

        @Override
        public JsonNode toBitable(String canonical) {
            if (canonical == null) {
                return NullNode.instance;
            }
            var names = JsonNodeFactory.instance.arrayNode();
            members(canonical).forEach(names::add);
            return names;
        }

        @Override
        public Object toJava(String canonical) {
            return canonical == null ? null : members(canonical);
        }

        @Override
        public int fieldType() {
            return 4;
        }

        @Override
        public ObjectNode fieldShape() {
            return withOptions(shape(4, "MultiSelect"), select.options());
        }
    }

    /** Field type 11, by open_id; several people are a set. */
    record OfPerson(boolean multiple) implements Lens {

        private static final Pattern OPEN_ID = Pattern.compile("ou_[A-Za-z0-9]{1,64}");

        @Override
        public Reading fromSql(Object value) {
            return multiple
                    ? listed(value)
                            .map(this::people)
                            .orElseGet(() -> Reading.invalid(value.toString(), "not a list of open_ids"))
                    : people(value == null || "".equals(value) ? List.of() : List.of(value.toString()));
        }

        private Reading people(List<String> ids) {
            var canonical = multiple ? set(ids) : ids.isEmpty() ? null : String.join(", ", ids);
            if (ids.size() > 1 && !multiple) {
                return Reading.invalid(canonical, "more than one person");
            }
            return ids.stream().allMatch(id -> OPEN_ID.matcher(id).matches())
                    ? Reading.of(canonical)
                    : Reading.invalid(canonical, "not an open_id");
        }

        @Override
        public Reading fromBitable(JsonNode cell) {
            if (absent(cell)) {
                return Reading.EMPTY;
            }
            // created by and modified by are documented as one object and shown as a list
            var people =
                    cell.isArray() ? cell : JsonNodeFactory.instance.arrayNode().add(cell);
            var ids = JsonNodeFactory.instance.arrayNode();
            people.forEach(person -> ids.add(person.path("id")));
            return strings(ids).map(this::people).orElseGet(() -> Reading.invalid(cell.toString(), "not a person"));
        }

        @Override
        public JsonNode toBitable(String canonical) {
            if (canonical == null) {
                return NullNode.instance;
            }
            var people = JsonNodeFactory.instance.arrayNode();
            (multiple ? members(canonical) : List.of(canonical))
                    .forEach(id -> people.addObject().put("id", id));
            return people;
        }

        @Override
        public Object toJava(String canonical) {
            return canonical == null || !multiple ? canonical : members(canonical);
        }

        @Override
        public int fieldType() {
            return 11;
        }

        @Override
        public ObjectNode fieldShape() {
            var shape = shape(11, "User");
            shape.putObject("property").put("multiple", multiple);
            return shape;
        }
    }

    /** Field types 18 and 21, by record ids, as a set. The table it points to is added by whoever makes the field. */
    record OfLink(FieldType.Link link) implements Lens {

        private static final Pattern RECORD_ID = Pattern.compile("rec[A-Za-z0-9]{1,40}");

        @Override
        public Reading fromSql(Object value) {
            return (value instanceof String id && RECORD_ID.matcher(id).matches()
                            ? Optional.of(List.of(id))
                            : listed(value))
                    .map(this::records)
                    .orElseGet(() -> Reading.invalid(value.toString(), "not a list of record ids"));
        }

        private Reading records(List<String> ids) {
            if (ids.size() > 1 && !link.multiple()) {
                return Reading.invalid(set(ids), "more than one record");
            }
            return ids.stream().allMatch(id -> RECORD_ID.matcher(id).matches())
                    ? Reading.of(set(ids))
                    : Reading.invalid(set(ids), "not a record id");
        }

        @Override
        public Reading fromBitable(JsonNode cell) {
            if (absent(cell)) {
                return Reading.EMPTY;
            }
            var ids = cell.isArray() ? cell : cell.path("link_record_ids");
            return (ids.isArray() ? strings(ids) : Optional.<List<String>>empty())
                    .map(this::records)
                    .orElseGet(() -> Reading.invalid(cell.toString(), "not a link to records"));
        }

        @Override
        public JsonNode toBitable(String canonical) {
            if (canonical == null) {
                return NullNode.instance;
            }
            var ids = JsonNodeFactory.instance.arrayNode();
            members(canonical).forEach(ids::add);
            return ids;
        }

        @Override
        public Object toJava(String canonical) {
            return canonical == null ? null : members(canonical);
        }

        @Override
        public int fieldType() {
            return link.backField() == null ? 18 : 21;
        }

        @Override
        public ObjectNode fieldShape() {
            var shape = shape(fieldType(), link.backField() == null ? "SingleLink" : "DuplexLink");
            var property = shape.putObject("property").put("multiple", link.multiple());
            if (link.backField() != null) {
                property.put("back_field_name", link.backField());
            }
            return shape;
        }
    }

    /** Field type 13. */
    record OfPhone() implements Lens {

        private static final Pattern DECORATION = Pattern.compile("[\\s().-]+");
        private static final Pattern NUMBER = Pattern.compile("(?=.{1,64}$)\\+?\\d+");

        @Override
        public Reading fromSql(Object value) {
            var number =
                    value == null ? "" : DECORATION.matcher(value.toString()).replaceAll("");
            if (number.isEmpty()) {
                return Reading.EMPTY;
            }
            return NUMBER.matcher(number).matches()
                    ? Reading.of(number)
                    : Reading.invalid(value.toString(), "not a telephone number of at most 64 characters");
        }

        @Override
        public Reading fromBitable(JsonNode cell) {
            if (absent(cell)) {
                return Reading.EMPTY;
            }
            return cell.isTextual()
                    ? fromSql(cell.textValue())
                    : Reading.invalid(cell.toString(), "not a telephone number");
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
            return 13;
        }

        @Override
        public ObjectNode fieldShape() {
            return shape(13, "Phone");
        }
    }

    /** Field type 15. */
    record OfUrl() implements Lens {

        @Override
        public Reading fromSql(Object value) {
            if (value == null || "".equals(value)) {
                return Reading.EMPTY;
            }
            try {
                return new URI(value.toString()).isAbsolute()
                        ? Reading.of(value.toString())
                        : Reading.invalid(value.toString(), "not an absolute link");
            } catch (URISyntaxException notALink) {
                return Reading.invalid(value.toString(), "not a link");
            }
        }

        @Override
        public Reading fromBitable(JsonNode cell) {
            if (absent(cell)) {
                return Reading.EMPTY;
            }
            return cell.path("link").isTextual()
                    ? fromSql(cell.path("link").textValue())
                    : Reading.invalid(cell.toString(), "not a link");
        }

        @Override
        public JsonNode toBitable(String canonical) {
            return canonical == null
                    ? NullNode.instance
                    : JsonNodeFactory.instance
                            .objectNode()
                            .put("text", canonical)
                            .put("link", canonical);
        }

        @Override
        public Object toJava(String canonical) {
            return canonical;
        }

        @Override
        public int fieldType() {
            return 15;
        }

        @Override
        public ObjectNode fieldShape() {
            return shape(15, "Url");
        }
    }

    /** Field type 1, shown as a mail address. */
    record OfEmail() implements Lens {

        private static final Pattern ADDRESS = Pattern.compile("[^@\\s]+@[^@\\s]+");

        @Override
        public Reading fromSql(Object value) {
            return address(new OfText().fromSql(value));
        }

        @Override
        public Reading fromBitable(JsonNode cell) {
            return address(new OfText().fromBitable(cell));
        }

        private static Reading address(Reading text) {
            return text.valid()
                            && !text.empty()
                            && !ADDRESS.matcher(text.value()).matches()
                    ? Reading.invalid(text.value(), "not a mail address")
                    : text;
        }

        @Override
        public JsonNode toBitable(String canonical) {
            return new OfText().toBitable(canonical);
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
            return shape(1, "Email");
        }
    }

    /** Field type 1 with JSON in it: members in alphabetical order, no spaces. */
    record OfJson() implements Lens {

        @Override
        public Reading fromSql(Object value) {
            return json(value == null ? "" : value.toString());
        }

        @Override
        public Reading fromBitable(JsonNode cell) {
            var text = new OfText().fromBitable(cell);
            return text.valid() && !text.empty() ? json(text.value()) : text;
        }

        private static Reading json(String text) {
            if (text.isBlank()) {
                return Reading.EMPTY;
            }
            try {
                return new OfText().fromSql(sorted(JSON.readTree(text)).toString());
            } catch (JsonProcessingException notJson) {
                return Reading.invalid(text, "not JSON");
            }
        }

        private static JsonNode sorted(JsonNode node) {
            if (node.isArray()) {
                var array = JsonNodeFactory.instance.arrayNode();
                node.forEach(item -> array.add(sorted(item)));
                return array;
            }
            if (node.isBigDecimal()) {
                return plain(node.decimalValue().stripTrailingZeros());
            }
            if (!node.isObject()) {
                return node;
            }
            var members = new TreeMap<String, JsonNode>();
            node.properties().forEach(member -> members.put(member.getKey(), sorted(member.getValue())));
            return JsonNodeFactory.instance.objectNode().setAll(members);
        }

        /** Without exponent, as databases show it, unless that were a page of zeros. */
        private static JsonNode plain(BigDecimal number) {
            return DecimalNode.valueOf(number.scale() < 0 && number.scale() > -100 ? number.setScale(0) : number);
        }

        @Override
        public JsonNode toBitable(String canonical) {
            return new OfText().toBitable(canonical);
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

    /** Field type 17: the tokens of the files. The files themselves stay where they are. */
    record OfAttachments() implements Lens {

        @Override
        public Reading fromSql(Object value) {
            return listed(value)
                    .map(tokens -> Reading.of(set(tokens)))
                    .orElseGet(() -> Reading.invalid(value.toString(), "not a list of file tokens"));
        }

        @Override
        public Reading fromBitable(JsonNode cell) {
            if (absent(cell)) {
                return Reading.EMPTY;
            }
            var tokens = JsonNodeFactory.instance.arrayNode();
            cell.forEach(file -> tokens.add(file.path("file_token")));
            return (cell.isArray() ? strings(tokens) : Optional.<List<String>>empty())
                    .map(names -> Reading.of(set(names)))
                    .orElseGet(() -> Reading.invalid(cell.toString(), "not attachments"));
        }

        @Override
        public JsonNode toBitable(String canonical) {
            if (canonical == null) {
                return NullNode.instance;
            }
            var files = JsonNodeFactory.instance.arrayNode();
            members(canonical).forEach(token -> files.addObject().put("file_token", token));
            return files;
        }

        @Override
        public Object toJava(String canonical) {
            return canonical == null ? null : members(canonical);
        }

        @Override
        public int fieldType() {
            return 17;
        }

        @Override
        public ObjectNode fieldShape() {
            return shape(17, "Attachment");
        }
    }

    /**
     * A field that Bitable works out. A formula and a lookup show {@code {"type","value":[…]}}, with what is worked out in the
     * shape of that type.
     */
    record OfComputed(FieldType.Computed.Kind kind, Lens result) implements Lens {

        @Override
        public Reading fromSql(Object value) {
            return result.fromSql(value);
        }

        @Override
        public Reading fromBitable(JsonNode cell) {
            if (absent(cell) || !cell.path("value").isArray()) {
                return result.fromBitable(cell);
            }
            var values = cell.path("value");
            if (values.isEmpty()) {
                return Reading.EMPTY;
            }
            if (result instanceof OfText || result instanceof OfMultiSelect || result instanceof OfPerson) {
                // these types show a list themselves
                return result.fromBitable(values);
            }
            return values.size() == 1
                    ? result.fromBitable(values.path(0))
                    : Reading.invalid(values.toString(), "more than one value");
        }

        @Override
        public Object toSql(String canonical, Object old) {
            return result.toSql(canonical, old);
        }

        @Override
        public JsonNode toBitable(String canonical) {
            return result.toBitable(canonical);
        }

        @Override
        public Object toJava(String canonical) {
            return result.toJava(canonical);
        }

        @Override
        public int fieldType() {
            return kind.code;
        }

        @Override
        public ObjectNode fieldShape() {
            return shape(kind.code, kind.uiType);
        }

        @Override
        public boolean creatable() {
            return kind.creatable;
        }
    }
}
