package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the guide of the data connector asks of a service's answers, and what they are in a Base. A field type has another code
 * there than in the Open API.
 */
final class DataSourceAnswers {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    static final String ID = "[A-Za-z0-9_]{1,100}";

    private static final String FIELD_ID = "[A-Za-z0-9_]{1,50}";
    private static final int MOST_FIELDS = 299;
    private static final Set<Integer> PRIMARY = Set.of(1, 2, 5, 6, 8, 9, 10);
    private static final Map<String, String> NUMBER_FORMATS = Map.of(
            "0",
            "0",
            "0.0",
            "0.0",
            "0.00",
            "0.00",
            "0.000",
            "0.000",
            "0.0000",
            "0.0000",
            "#,##0",
            "1,000",
            "#,##0.00",
            "1,000.00",
            "0%",
            "%",
            "0.00%",
            "0.00%");
    private static final Map<String, String> CURRENCY_FORMATS =
            Map.of("#,##0", "0", "#,##0.0", "0.0", "#,##0.00", "0.00", "#,##0.000", "0.000", "#,##0.0000", "0.0000");
    private static final Set<String> DATE_FORMATS = Set.of(
            "yyyy/MM/dd", "yyyy-MM-dd", "MM-dd", "MM/dd/yyyy", "dd/MM/yyyy", "yyyy/MM/dd HH:mm", "yyyy-MM-dd HH:mm");
    private static final Map<String, IdType> PERSON_IDS =
            Map.of("UserOpenID", IdType.OPEN_ID, "UserUnionID", IdType.UNION_ID, "UserEmployeeID", IdType.USER_ID);

    private DataSourceAnswers() {}

    /** Where the two endpoints of a meta.json are, by their type. */
    static Map<String, String> endpoints(JsonNode meta) {
        require(meta.path("schemaVersion").asInt() == 1, "meta.json: schemaVersion is 1");
        require("data_connector".equals(meta.path("type").asText()), "meta.json: type is data_connector");
        require(meta.path("version").isTextual(), "meta.json: version is a string");
        JsonNode extra = meta.path("extraData");
        JsonNode page = extra.path("dataSourceConfigUiUri");
        require(page.isMissingNode() || page.asText().startsWith("https://"), "meta.json: the page's address is https");
        between(extra, "initHeight", 226, 606);
        between(extra, "initWidth", 420, 840);
        require("http".equals(meta.at("/protocol/type").asText()), "meta.json: protocol.type is http");
        Map<String, String> found = new HashMap<>();
        for (JsonNode uri : meta.at("/protocol/httpProtocol/uris")) {
            require(uri.path("uri").asText().startsWith("/"), "meta.json: a uri begins with a slash");
            found.put(uri.path("type").asText(), uri.path("uri").asText());
        }
        require(
                found.containsKey("tableMeta") && found.containsKey("records"),
                "meta.json: uris has tableMeta and records");
        return found;
    }

    private static void between(JsonNode extra, String name, int least, int most) {
        JsonNode number = extra.path(name);
        require(
                number.isMissingNode() || number.asInt() >= least && number.asInt() <= most,
                "meta.json: " + name + " is " + least + " to " + most);
    }

    /** The fields of a table_meta, as the Open API would make them, the first field first. */
    static List<JsonNode> fields(JsonNode data) {
        String name = data.path("tableName").asText();
        require(
                name.matches("[^/\\\\?*\\[\\]:]{1,100}"),
                "tableName has 1 to 100 characters and none of / \\ ? * [ ] :");
        JsonNode fields = data.path("fields");
        require(fields.size() >= 1 && fields.size() <= MOST_FIELDS, "there are 1 to 299 fields");
        List<JsonNode> made = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (JsonNode field : fields) {
            require(field.path("fieldID").asText().matches(FIELD_ID), "fieldID is [A-Za-z0-9_], 1 to 50");
            require(ids.add(field.path("fieldID").asText()), "a fieldID stands twice");
            require(field.path("fieldName").asText().matches("[^\\[\\]]{1,300}"), "fieldName has 1 to 300 and no [ ]");
            require(names.add(field.path("fieldName").asText()), "a fieldName stands twice");
            require(field.path("description").asText().length() <= 1000, "description has at most 1000 characters");
            require(field.path("isPrimary").isBoolean(), "isPrimary is true or false");
            ObjectNode column = field(field);
            if (field.path("isPrimary").asBoolean()) {
                require(PRIMARY.contains(field.path("fieldType").asInt()), "the primary field cannot have this type");
                made.add(0, column);
            } else {
                made.add(column);
            }
        }
        int primary = 0;
        for (JsonNode field : fields) {
            primary += field.path("isPrimary").asBoolean() ? 1 : 0;
        }
        require(primary == 1, "exactly one field is primary");
        return made;
    }

    private static ObjectNode field(JsonNode field) {
        int type = field.path("fieldType").asInt();
        JsonNode asked = field.path("property");
        ObjectNode column =
                JSON.objectNode().put("field_name", field.path("fieldName").asText());
        ObjectNode property = JSON.objectNode();
        switch (type) {
            case 1 -> column.put("type", 1);
            case 2 -> {
                column.put("type", 2);
                format(asked, NUMBER_FORMATS, property);
            }
            case 3, 4, 7 -> column.put("type", type);
            case 5 -> {
                column.put("type", 5);
                require(
                        !asked.has("formatter")
                                || DATE_FORMATS.contains(asked.path("formatter").asText()),
                        "the formatter of a date");
                if (asked.has("formatter")) {
                    property.set("date_formatter", asked.path("formatter"));
                }
            }
            case 6 -> column.put("type", 1).put("ui_type", "Barcode");
            case 8 -> {
                column.put("type", 2).put("ui_type", "Currency");
                format(asked, CURRENCY_FORMATS, property);
                require(asked.path("currencyCode").isTextual(), "a currency has its currencyCode");
                property.set("currency_code", asked.path("currencyCode"));
            }
            case 9 -> column.put("type", 13);
            case 10 -> column.put("type", 15);
            case 11 -> column.put("type", 2).put("ui_type", "Progress");
            case 12 -> {
                column.put("type", 2).put("ui_type", "Rating");
                property.put("max", asked.path("max").asInt(5)).put("min", 0);
            }
            case 13 -> column.put("type", 22);
            case 14 -> column.put("type", 11);
            case 15 -> column.put("type", 17);
            case 16 -> column.put("type", 23);
            default -> throw Control.bad("fieldType " + type + " is none of the protocol's");
        }
        if (!property.isEmpty()) {
            column.set("property", property);
        }
        return column;
    }

    private static void format(JsonNode asked, Map<String, String> known, ObjectNode property) {
        if (asked.has("formatter")) {
            String format = known.get(asked.path("formatter").asText());
            require(format != null, "formatter is one of " + known.keySet());
            property.put("formatter", format);
        }
    }

    /** A value of a record, as the Open API would write it. */
    static JsonNode cell(int type, JsonNode value) {
        switch (type) {
            case 1, 3, 6 -> require(value.isTextual(), "a text is a string");
            case 2, 8, 11 -> require(value.isNumber(), "a number is a number");
            case 4 -> require(value.isArray(), "a multi select is a list");
            case 5 -> require(value.isIntegralNumber(), "a date is in milliseconds");
            case 7 -> require(value.isBoolean(), "a checkbox is true or false");
            case 9 ->
                require(value.asText().matches("\\d+") && value.isTextual(), "a phone number is a string of digits");
            case 10 -> {
                require(value.path("name").isTextual() && value.path("url").isTextual(), "a url is {name, url}");
                return JSON.objectNode()
                        .put("text", value.path("name").asText())
                        .put("link", value.path("url").asText());
            }
            case 12 -> require(value.isIntegralNumber(), "a rating is a whole number");
            case 13 -> {
                require(
                        value.path("latitude").isNumber()
                                && value.path("longitude").isNumber(),
                        "a location is {latitude, longitude}");
                return JSON.textNode(value.path("longitude").asText() + ","
                        + value.path("latitude").asText());
            }
            case 14, 15, 16 -> {
                return ids(type, value);
            }
            default -> throw Control.bad("fieldType " + type);
        }
        return value;
    }

    private static JsonNode ids(int type, JsonNode value) {
        String idType = value.path("idType").asText();
        boolean known =
                type == 14 ? PERSON_IDS.containsKey(idType) : idType.equals(type == 15 ? "DriveFile" : "ChatOpenID");
        require(known && value.path("ids").isArray(), "people, files and groups are {ids, idType}");
        ArrayNode list = JSON.arrayNode();
        value.path("ids").forEach(id -> list.addObject().set(type == 15 ? "file_token" : "id", id));
        return list;
    }

    /** The kind of the people's ids that a value has. */
    static IdType idType(JsonNode value) {
        return PERSON_IDS.getOrDefault(value.path("idType").asText(), IdType.OPEN_ID);
    }

    static void require(boolean right, String sentence) {
        if (!right) {
            throw refused(sentence);
        }
    }

    static Refusal refused(String sentence) {
        return Control.bad("The Base refuses what the data source answers: " + sentence);
    }
}
