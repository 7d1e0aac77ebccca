package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Reads the field object of a create or update call and applies its rules. */
final class FieldDefinition {
    static final int MOST_FIELDS = 300;

    private static final int LONGEST_NAME = 100;
    private static final int MOST_OPTIONS = 20_000;
    private static final int LAST_COLOR = 54;
    private static final Set<String> NUMBER_FORMATS = Set.of(
            "0", "0.0", "0.00", "0.000", "0.0000", "1,000", "1,000.00", "%", "0.00%", "¥", "¥0.00", "$", "$0.00");
    private static final Set<String> PROGRESS_FORMATS = Set.of("0", "0.0", "0.00", "0%", "0.0%", "0.00%");
    private static final Set<String> CURRENCY_FORMATS = Set.of("0", "0.0", "0.00", "0.000", "0.0000");
    private static final Set<String> CURRENCIES = Set.of(
            "CNY", "USD", "EUR", "GBP", "AED", "AUD", "BRL", "CAD", "CHF", "HKD", "INR", "IDR", "JPY", "KRW", "MOP",
            "MXN", "MYR", "PHP", "PLN", "RUB", "SGD", "THB", "TRY", "TWD", "VND");
    private static final Set<String> SYMBOLS =
            Set.of("star", "heart", "thumbsup", "fire", "smile", "lightning", "flower", "number");
    private static final Set<String> DATE_FORMATS = Set.of(
            "yyyy/MM/dd", "yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy/MM/dd HH:mm", "MM-dd", "MM/dd/yyyy", "dd/MM/yyyy");

    private final Predicate<String> tableExists;

    /** @param tableExists whether a link may point to the table_id */
    FieldDefinition(Predicate<String> tableExists) {
        this.tableExists = tableExists;
    }

    /** A new field. */
    Field create(JsonNode body, boolean primary) {
        FieldType type = type(body);
        if (type == FieldType.LOOKUP) {
            throw new Denied(1254012, "a lookup cannot be created by the API");
        }
        if (primary && !type.mayBePrimary()) {
            throw new Denied(1254012, "the first field cannot have this type");
        }
        return field(body, Id.FIELD.fresh(), type, Options.NONE, primary);
    }

    /** The field as the call leaves it: what the call does not repeat is gone. */
    Field update(JsonNode body, Field before) {
        FieldType type = type(body);
        if (type != before.type()) {
            throw new Denied(1254012, "the sandbox does not change the type of a field");
        }
        return field(body, before.id(), type, before.options(), before.primary());
    }

    private Field field(JsonNode body, String id, FieldType type, Options known, boolean primary) {
        String uiType = body.path("ui_type").asText(type.uiTypes().get(0));
        if (!type.uiTypes().contains(uiType)) {
            throw new Denied(1254001, "ui_type " + uiType + " does not fit the type");
        }
        JsonNode property = body.path("property");
        if (!property.isMissingNode() && !property.isNull() && !property.isObject()) {
            throw new Denied(type.propertyError(), "property is an object");
        }
        return new Field(
                id,
                name(body),
                type,
                uiType,
                property(property, type, uiType),
                type.select() ? options(property, type, known) : Options.NONE,
                description(body.path("description")),
                primary);
    }

    private static FieldType type(JsonNode body) {
        if (!body.path("type").isInt()) {
            throw new Denied(1254001, "type is an integer");
        }
        return FieldType.of(body.path("type").intValue())
                .orElseThrow(() -> new Denied(1254012, "type " + body.path("type")));
    }

    static String name(JsonNode body) {
        JsonNode value = body.path("field_name");
        if (value.isMissingNode() || value.isNull()) {
            throw new Denied(1254028, "");
        }
        if (!value.isTextual()) {
            throw new Denied(1254001, "field_name is a string");
        }
        String name = value.textValue().strip();
        if (name.isEmpty()) {
            throw new Denied(1254028, "");
        }
        if (name.length() > LONGEST_NAME || name.matches("(?s).*[\\[\\]\\p{Cntrl}].*")) {
            throw new Denied(1254029, "");
        }
        return name;
    }

    private static ObjectNode description(JsonNode description) {
        if (description.isMissingNode() || description.isNull()) {
            return null;
        }
        if (!description.isObject()) {
            throw new Denied(1254001, "description is {\"text\",\"disable_sync\"}");
        }
        return JsonNodeFactory.instance
                .objectNode()
                .put("disable_sync", description.path("disable_sync").asBoolean(true))
                .put("text", description.path("text").asText(""));
    }

    private static Options options(JsonNode property, FieldType type, Options known) {
        JsonNode list = property.path("options");
        if (list.isMissingNode() || list.isNull()) {
            return Options.NONE;
        }
        if (!list.isArray() || list.size() > MOST_OPTIONS) {
            throw new Denied(type.propertyError(), "options is a list of up to " + MOST_OPTIONS);
        }
        List<Option> options = new ArrayList<>();
        for (JsonNode entry : list) {
            options.add(option(entry, type, known, options.size()));
        }
        return new Options(options);
    }

    private static Option option(JsonNode entry, FieldType type, Options known, int place) {
        String name = entry.path("name").asText("");
        if (name.isBlank()) {
            throw new Denied(1254026, "");
        }
        JsonNode color = entry.path("color");
        if (!color.isMissingNode() && (!color.isInt() || color.intValue() < 0 || color.intValue() > LAST_COLOR)) {
            throw new Denied(type.propertyError(), "color is 0 to " + LAST_COLOR);
        }
        String id = entry.path("id").asText("");
        if (id.isEmpty()) {
            return new Option(Id.OPTION.fresh(), name, color.asInt(place % (LAST_COLOR + 1)));
        }
        Option before = known.withId(id);
        if (before == null) {
            throw new Denied(type.propertyError(), "the field has no option with this id");
        }
        return new Option(id, name, color.asInt(before.color()));
    }

    private ObjectNode property(JsonNode given, FieldType type, String uiType) {
        ObjectNode kept = given.isObject() ? given.deepCopy() : JsonNodeFactory.instance.objectNode();
        switch (type) {
            case NUMBER -> number(kept, uiType);
            case DATE, CREATED_TIME, MODIFIED_TIME -> {
                oneOf(kept, "date_formatter", DATE_FORMATS, "yyyy/MM/dd", type);
                if (type == FieldType.DATE) {
                    flag(kept, "auto_fill", false, type);
                }
            }
            case PERSON, GROUP_CHAT -> flag(kept, "multiple", true, type);
            case LINK, DUPLEX_LINK -> link(kept, type);
            case LOCATION -> location(kept);
            case FORMULA -> {
                if (!kept.path("formula_expression").isTextual()) {
                    throw new Denied(type.propertyError(), "formula_expression is a string");
                }
            }
            case AUTO_NUMBER -> {
                if (!kept.has("auto_serial")) {
                    kept.putObject("auto_serial").put("type", "auto_increment_number");
                } else if (!AutoNumber.valid(kept.path("auto_serial"))) {
                    throw new Denied(type.propertyError(), "auto_serial");
                }
            }
            case SINGLE_SELECT, MULTI_SELECT -> kept.remove("options");
            default -> {
                return null;
            }
        }
        return kept;
    }

    private static void number(ObjectNode property, String uiType) {
        FieldType type = FieldType.NUMBER;
        switch (uiType) {
            case "Progress" -> oneOf(property, "formatter", PROGRESS_FORMATS, "0%", type);
            case "Currency" -> {
                oneOf(property, "formatter", CURRENCY_FORMATS, "0.00", type);
                oneOf(property, "currency_code", CURRENCIES, "CNY", type);
            }
            case "Rating" -> rating(property);
            default -> oneOf(property, "formatter", NUMBER_FORMATS, "0.0", type);
        }
    }

    private static void rating(ObjectNode property) {
        FieldType type = FieldType.NUMBER;
        oneOf(property, "formatter", Set.of("0"), "0", type);
        int min = property.path("min").asInt(1);
        int max = property.path("max").asInt(5);
        if (min < 0 || min > 1 || max < 1 || max > 10) {
            throw new Denied(type.propertyError(), "min is 0 or 1, max is 1 to 10");
        }
        property.put("min", min).put("max", max);
        String symbol = property.path("rating").path("symbol").asText("star");
        if (!SYMBOLS.contains(symbol)) {
            throw new Denied(type.propertyError(), "rating.symbol");
        }
        property.putObject("rating").put("symbol", symbol);
    }

    private void link(ObjectNode property, FieldType type) {
        flag(property, "multiple", true, type);
        if (!tableExists.test(property.path("table_id").asText(""))) {
            throw new Denied(type.propertyError(), "table_id is a table of this base");
        }
        property.remove("table_name");
    }

    private static void location(ObjectNode property) {
        String input = property.path("location").path("input_type").asText("not_limit");
        if (!Set.of("only_mobile", "not_limit").contains(input)) {
            throw new Denied(FieldType.LOCATION.propertyError(), "location.input_type");
        }
        property.putObject("location").put("input_type", input);
    }

    private static void flag(ObjectNode property, String name, boolean otherwise, FieldType type) {
        JsonNode value = property.path(name);
        if (value.isMissingNode() || value.isNull()) {
            property.put(name, otherwise);
        } else if (!value.isBoolean()) {
            throw new Denied(type.propertyError(), name + " is true or false");
        }
    }

    private static void oneOf(ObjectNode property, String name, Set<String> known, String otherwise, FieldType type) {
        JsonNode value = property.path(name);
        if (value.isMissingNode() || value.isNull()) {
            property.put(name, otherwise);
        } else if (!value.isTextual() || !known.contains(value.textValue())) {
            throw new Denied(type.propertyError(), name);
        }
    }
}
