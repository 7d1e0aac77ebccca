package dev.camelfeishu.card;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What a value in a card must look like. The factories below are the words that {@link CardSchema} is written in. */
@FunctionalInterface
interface Shape {

    /** Reports at the spot what is wrong with the value. */
    void check(JsonNode value, Spot spot);

    /** The shape as JSON Schema, as far as JSON Schema can say it. */
    default ObjectNode schema() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** A shape whose schema is written down beside it. */
    static Shape described(Shape shape, ObjectNode schema) {
        return new Shape() {
            @Override
            public void check(JsonNode value, Spot spot) {
                shape.check(value, spot);
            }

            @Override
            public ObjectNode schema() {
                return schema.deepCopy();
            }
        };
    }

    /** The schema of a type, such as string. */
    static ObjectNode type(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    /** The schema of some words. */
    static ObjectNode words(Iterable<String> words) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        words.forEach(schema.putArray("enum")::add);
        return schema;
    }

    Pattern LENGTH = Pattern.compile("(-?\\d{1,4})(px)?");
    Pattern RGBA = Pattern.compile(
            "rgba\\(\\s*\\d{1,3}\\s*,\\s*\\d{1,3}\\s*,\\s*\\d{1,3}\\s*,\\s*(\\d{1,3}%?|\\d?\\.\\d+)\\s*\\)");
    Pattern COLOR_NAME = Pattern.compile("white|bg-white|default|neutral"
            + "|(blue|carmine|green|indigo|lime|orange|purple|red|sunflower|turquoise|violet|wathet|yellow)"
            + "(-(50|[1-9]00|350))?"
            + "|grey(-(00|50|[1-9]00|350|650|950|1000))?");
    DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd").withResolverStyle(ResolverStyle.STRICT);
    DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm").withResolverStyle(ResolverStyle.STRICT);

    static Shape any() {
        return (value, spot) -> {};
    }

    static Shape text() {
        return typed("a text", type("string"), JsonNode::isTextual);
    }

    static Shape nonEmpty() {
        return typed(
                "a text that is not empty",
                type("string").put("minLength", 1),
                value -> value.isTextual() && !value.textValue().isBlank());
    }

    static Shape bool() {
        return typed("true or false", type("boolean"), JsonNode::isBoolean);
    }

    static Shape object() {
        return typed("an object", type("object"), JsonNode::isObject);
    }

    static Shape whole(int least, int most) {
        return typed(
                "a whole number from " + least + " to " + most,
                type("integer").put("minimum", least).put("maximum", most),
                value -> value.isIntegralNumber()
                        && value.canConvertToInt()
                        && value.intValue() >= least
                        && value.intValue() <= most);
    }

    static Shape number(double least, double most) {
        return typed(
                "a number from " + least + " to " + most,
                type("number").put("minimum", least).put("maximum", most),
                value -> value.isNumber() && value.doubleValue() >= least && value.doubleValue() <= most);
    }

    static Shape oneOf(String... words) {
        var known = List.of(words);
        return typed("one of " + known, words(known), value -> value.isTextual() && known.contains(value.textValue()));
    }

    /** One, two or four lengths, as in {@code 4px 0}. */
    static Shape lengths(int least, int most) {
        return typed("1, 2 or 4 lengths from " + least + "px to " + most + "px", value -> {
            if (!value.isTextual()) {
                return false;
            }
            String[] parts = value.textValue().trim().split("\\s+");
            return Set.of(1, 2, 4).contains(parts.length)
                    && java.util.Arrays.stream(parts).allMatch(part -> isLength(part, least, most));
        });
    }

    /** One of the words, or one length. */
    static Shape length(int least, int most, String... words) {
        var known = List.of(words);
        return typed(
                (known.isEmpty() ? "" : "one of " + known + " or ") + "a length from " + least + "px to " + most + "px",
                value -> value.isTextual()
                        && (known.contains(value.textValue()) || isLength(value.textValue(), least, most)));
    }

    /** As {@link #length}, or a percentage. */
    static Shape share(int least, int most, String... words) {
        var known = List.of(words);
        return typed(
                "one of " + known + ", a length from " + least + "px to " + most + "px, or 1% to 100%",
                value -> value.isTextual()
                        && (known.contains(value.textValue())
                                || isLength(value.textValue(), least, most)
                                || value.textValue().matches("0%|[1-9]\\d?%|100%")));
    }

    static Shape color() {
        return described(
                (value, spot) -> {
                    boolean known = value.isTextual()
                            && (COLOR_NAME.matcher(value.textValue()).matches()
                                    || RGBA.matcher(value.textValue()).matches()
                                    || spot.findings().ownColors().contains(value.textValue()));
                    if (!known) {
                        spot.fault(
                                "is no color: a name of the palette (blue, grey-500), of config.style.color, or rgba(…)");
                    }
                },
                type("string").put("description", "a color of the palette, of config.style.color, or rgba(…)"));
    }

    static Shape date() {
        return typed("a date like 2025-01-31", value -> value.isTextual() && isDate(value.textValue()));
    }

    static Shape time() {
        return typed("a time like 09:30", value -> value.isTextual() && isTime(value.textValue()));
    }

    static Shape dateTime() {
        return typed("a time like 2025-01-31 09:30", value -> {
            String[] parts = value.asText().split(" ", 2);
            return value.isTextual() && parts.length == 2 && isDate(parts[0]) && isTime(parts[1]);
        });
    }

    static Shape matching(String regex, String what) {
        var pattern = Pattern.compile(regex);
        return typed(
                what,
                value -> value.isTextual() && pattern.matcher(value.textValue()).matches());
    }

    /** A text that no other of the card equals. */
    static Shape unique(String kind, Shape shape) {
        return described(
                (value, spot) -> {
                    shape.check(value, spot);
                    if (value.isTextual() && !spot.findings().isFirst(kind, value.textValue())) {
                        spot.fault("is used twice: every " + kind + " of a card is different");
                    }
                },
                shape.schema());
    }

    static Shape listOf(Shape item) {
        return listOf(0, Integer.MAX_VALUE, item);
    }

    static Shape listOf(int least, int most, Shape item) {
        return described(
                (value, spot) -> {
                    if (!value.isArray()) {
                        spot.fault("is not a list");
                        return;
                    }
                    if (value.size() < least || value.size() > most) {
                        spot.fault("has " + value.size() + " items, allowed are "
                                + (most == Integer.MAX_VALUE ? "at least " + least : least + " to " + most));
                    }
                    for (int i = 0; i < value.size(); i++) {
                        item.check(value.get(i), spot.item(i));
                    }
                },
                list(least, most, item));
    }

    private static ObjectNode list(int least, int most, Shape item) {
        ObjectNode schema = type("array");
        if (least > 0) {
            schema.put("minItems", least);
        }
        if (most < Integer.MAX_VALUE) {
            schema.put("maxItems", most);
        }
        schema.set("items", item.schema());
        return schema;
    }

    private static ObjectNode languages(Shape shape) {
        ObjectNode schema = type("object");
        schema.set("additionalProperties", shape.schema());
        return schema;
    }

    /** A map from a language to a value. */
    static Shape perLanguage(Shape shape) {
        var languages = Set.of(
                "zh_cn", "en_us", "ja_jp", "zh_hk", "zh_tw", "id_id", "vi_vn", "th_th", "pt_br", "es_es", "ko_kr",
                "de_de", "fr_fr", "it_it", "ru_ru", "ms_my");
        return described(
                (value, spot) -> {
                    if (!value.isObject()) {
                        spot.fault("is not an object from language to value");
                        return;
                    }
                    value.properties().forEach(entry -> {
                        Spot at = spot.property(entry.getKey());
                        if (languages.contains(entry.getKey())) {
                            shape.check(entry.getValue(), at);
                        } else {
                            at.fault("is no language of Feishu, such as zh_cn or en_us");
                        }
                    });
                },
                languages(shape));
    }

    /** A text in a format of its own. */
    private static Shape typed(String what, Predicate<JsonNode> allowed) {
        return typed(what, type("string").put("description", what), allowed);
    }

    private static Shape typed(String what, ObjectNode schema, Predicate<JsonNode> allowed) {
        return described(
                (value, spot) -> {
                    if (!allowed.test(value)) {
                        spot.fault("is not " + what);
                    }
                },
                schema);
    }

    private static boolean isLength(String text, int least, int most) {
        var matcher = LENGTH.matcher(text);
        if (!matcher.matches()) {
            return false;
        }
        int pixels = Integer.parseInt(matcher.group(1));
        return pixels >= least && pixels <= most && (matcher.group(2) != null || pixels == 0);
    }

    private static boolean isDate(String text) {
        try {
            return LocalDate.parse(text, DATE) != null;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static boolean isTime(String text) {
        try {
            return LocalTime.parse(text, TIME) != null;
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}
