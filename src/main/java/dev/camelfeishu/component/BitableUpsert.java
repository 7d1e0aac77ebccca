package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuRejectedException;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * {@code bitable/upsert}: one-way. Each row of the body (a map, or a list of maps, field name to value) becomes or updates
 * the record with the same text in the key field; what is equal already is not written. The body becomes a map with
 * {@code created}, {@code updated} and {@code unchanged}.
 *
 * <p>Values as {@link BitableCell} takes them; null clears the cell.
 *
 * @see <a href="https://open.feishu.cn/document/docs/bitable-v1/app-table-record/bitable-record-data-structure-overview">Cell shapes</a>
 */
final class BitableUpsert {

    private static final String TABLES = "/open-apis/bitable/v1/apps/:app_token/tables";
    private static final String FIELDS = TABLES + "/:table_id/fields";
    private static final String RECORDS = TABLES + "/:table_id/records";
    /** One search names at most 50 conditions. */
    private static final int KEYS_PER_SEARCH = 50;

    private static final int RECORDS_PER_WRITE = 500;
    private static final int TEXT = 1;
    private static final int NUMBER = 2;
    private static final int DATE = 5;
    private static final int CHECKBOX = 7;

    private final FeishuClient client;
    private final String app;
    private final String key;

    private final BitableFields fields;

    private BitableUpsert(FeishuClient client, BitableFields fields, String app, String key) {
        this.client = client;
        this.fields = fields;
        this.app = app;
        this.key = key;
    }

    /** One for each endpoint, which remembers the types of the fields. */
    static Action action() {
        BitableFields fields = new BitableFields();
        return (exchange, options, platform) -> {
            Object body = exchange.getMessage().getBody();
            List<Map<String, JsonNode>> rows = rows(body);
            var upsert =
                    new BitableUpsert(platform.client(exchange, options), fields, options.getApp(), options.getKey());
            exchange.getMessage().setBody(upsert.apply(rows, options.getTable(), options.isCreate(), dates(body)));
        };
    }

    private Map<String, Object> apply(
            List<Map<String, JsonNode>> given, String tableName, boolean create, Set<String> dates) {
        if (given.isEmpty()) {
            return counts(0, 0, 0);
        }
        // of two rows with one key the later counts: both would become records of their own
        Map<String, Map<String, JsonNode>> rows = new LinkedHashMap<>();
        given.forEach(row -> rows.put(keyOf(row), row));
        String table = table(tableName, create);
        if (create) {
            makeMissingFields(table, rows.values(), dates);
        }
        Map<String, JsonNode> existing = find(table, List.copyOf(rows.keySet()));
        ArrayNode created = JsonNodeFactory.instance.arrayNode();
        ArrayNode updated = JsonNodeFactory.instance.arrayNode();
        int unchanged = 0;
        for (Map.Entry<String, Map<String, JsonNode>> row : rows.entrySet()) {
            JsonNode record = existing.get(row.getKey());
            ObjectNode changes = changes(table, row.getValue(), record);
            if (record == null) {
                created.addObject().set("fields", changes);
            } else if (!changes.isEmpty()) {
                ObjectNode change = updated.addObject();
                change.put("record_id", record.path("record_id").asText());
                change.set("fields", changes);
            } else {
                unchanged++;
            }
        }
        write(table, "batch_create", created);
        write(table, "batch_update", updated);
        return counts(created.size(), updated.size(), unchanged);
    }

    private String table(String nameOrId, boolean create) {
        for (JsonNode table : items(ApiRequest.get(TABLES).with("app_token", app), 100)) {
            if (nameOrId.equals(table.path("table_id").asText())
                    || nameOrId.equals(table.path("name").asText())) {
                return table.path("table_id").asText();
            }
        }
        if (!create) {
            String hint = "Make it, or set the option create=true.";
            throw new FeishuRejectedException(
                    "The Base has no table \"" + nameOrId + "\". " + hint, 0, 0, null, hint, false, null);
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ObjectNode table = body.putObject("table");
        table.put("name", nameOrId).put("default_view_name", "Grid");
        table.putArray("fields").addObject().put("field_name", key).put("type", TEXT);
        return client.call(ApiRequest.post(TABLES).with("app_token", app).body(body))
                .data()
                .path("table_id")
                .asText();
    }

    private void makeMissingFields(String table, Collection<Map<String, JsonNode>> rows, Set<String> dates) {
        Set<String> present = new HashSet<>();
        items(at(ApiRequest.get(FIELDS), table), 100)
                .forEach(field -> present.add(field.path("field_name").asText()));
        // a column's type shows in the first row that has a value in it
        Map<String, JsonNode> samples = new LinkedHashMap<>();
        rows.forEach(row -> row.forEach(
                (name, value) -> samples.merge(name, value, (first, next) -> first.isNull() ? next : first)));
        samples.forEach((name, value) -> {
            if (!present.contains(name)) {
                ObjectNode field = JsonNodeFactory.instance.objectNode();
                int type = dates.contains(name) ? DATE : typeFor(value);
                field.put("field_name", name).put("type", type);
                if (type == NUMBER) {
                    field.putObject("property").put("formatter", "0.00");
                }
                client.call(at(ApiRequest.post(FIELDS), table).body(field));
            }
        });
    }

    private Map<String, JsonNode> find(String table, List<String> keys) {
        Map<String, JsonNode> found = new HashMap<>();
        for (int from = 0; from < keys.size(); from += KEYS_PER_SEARCH) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            ObjectNode filter = body.putObject("filter").put("conjunction", "or");
            ArrayNode conditions = filter.putArray("conditions");
            for (String wanted : keys.subList(from, Math.min(keys.size(), from + KEYS_PER_SEARCH))) {
                ObjectNode condition =
                        conditions.addObject().put("field_name", key).put("operator", "is");
                condition.putArray("value").add(wanted);
            }
            items(at(ApiRequest.post(RECORDS + "/search"), table).body(body).onlyReads(), 500)
                    .forEach(item -> found.putIfAbsent(
                            plain(item.path("fields").path(key)).asText(), item));
        }
        return found;
    }

    /** The items of all pages. */
    private List<JsonNode> items(ApiRequest request, int pageSize) {
        List<JsonNode> items = new ArrayList<>();
        String page = null;
        do {
            JsonNode data = client.call(
                            request.query("page_size", String.valueOf(pageSize)).query("page_token", page))
                    .data();
            data.path("items").forEach(items::add);
            page = data.path("has_more").asBoolean() ? data.path("page_token").asText() : null;
        } while (page != null);
        return items;
    }

    private ObjectNode changes(String table, Map<String, JsonNode> row, JsonNode record) {
        ObjectNode changes = JsonNodeFactory.instance.objectNode();
        row.forEach((name, value) -> {
            BitableCell field = fields.named(client, app, table, name);
            JsonNode cell = record == null
                    ? JsonNodeFactory.instance.nullNode()
                    : record.path("fields").path(name);
            // the platform refuses the name of no field, and says so
            JsonNode wanted = field == null ? value : field.write(value);
            JsonNode present = field == null ? plain(cell) : field.write(field.read(cell));
            if (!same(wanted, present)) {
                changes.set(name, wanted);
            }
        });
        return changes;
    }

    private void write(String table, String call, ArrayNode records) {
        for (int from = 0; from < records.size(); from += RECORDS_PER_WRITE) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            ArrayNode part = body.putArray("records");
            for (int i = from; i < Math.min(records.size(), from + RECORDS_PER_WRITE); i++) {
                part.add(records.get(i));
            }
            ApiRequest request =
                    at(ApiRequest.post(RECORDS + "/" + call), table).body(body);
            client.call(call.equals("batch_create") ? request.query("client_token", randomToken()) : request);
        }
    }

    /** The platform wants a version 4 UUID; it guards the gate's own retries, the search guards everything else. */
    private static String randomToken() {
        return UUID.randomUUID().toString();
    }

    private ApiRequest at(ApiRequest request, String table) {
        return request.with("app_token", app).with("table_id", table);
    }

    private String keyOf(Map<String, JsonNode> row) {
        JsonNode value = row.get(key);
        if (value == null || value.isNull() || value.asText().isBlank()) {
            throw new IllegalArgumentException("feishu:bitable/upsert: a row has no value in its key field " + key);
        }
        return value.asText();
    }

    private static List<Map<String, JsonNode>> rows(Object body) {
        List<Map<String, JsonNode>> rows = new ArrayList<>();
        if (body instanceof Iterable<?> several) {
            several.forEach(row -> rows.add(row(row)));
        } else {
            rows.add(row(body));
        }
        return rows;
    }

    private static Map<String, JsonNode> row(Object body) {
        if (!(body instanceof Map<?, ?> row)) {
            throw new IllegalArgumentException("feishu:bitable/upsert needs a map or a list of maps as its body, not "
                    + (body == null ? "nothing" : body.getClass().getSimpleName()));
        }
        Map<String, JsonNode> values = new LinkedHashMap<>();
        row.forEach((name, value) -> values.put(String.valueOf(name), cell(value)));
        return values;
    }

    /** The columns that hold a point in time, which is a number once it is a cell. */
    private static Set<String> dates(Object body) {
        Set<String> dates = new HashSet<>();
        for (Object row : body instanceof Iterable<?> several ? several : List.of(body)) {
            ((Map<?, ?>) row).forEach((name, value) -> {
                if (value instanceof Date || isPointInTime(value)) {
                    dates.add(String.valueOf(name));
                }
            });
        }
        return dates;
    }

    private static boolean isPointInTime(Object value) {
        return value instanceof TemporalAccessor time && time.isSupported(ChronoField.INSTANT_SECONDS);
    }

    private static JsonNode cell(Object value) {
        if (value instanceof Date date) {
            return JsonNodeFactory.instance.numberNode(date.getTime());
        }
        if (isPointInTime(value)) {
            return JsonNodeFactory.instance.numberNode(
                    Instant.from((TemporalAccessor) value).toEpochMilli());
        }
        return FeishuConverters.toJson(value);
    }

    private static int typeFor(JsonNode value) {
        if (value.isBoolean()) {
            return CHECKBOX;
        }
        return value.isNumber() ? NUMBER : TEXT;
    }

    /** A cell as it was written: text comes back in segments, an absent cell is null. */
    private static JsonNode plain(JsonNode cell) {
        if (cell.isMissingNode()) {
            return JsonNodeFactory.instance.nullNode();
        }
        if (cell.isArray() && !cell.isEmpty() && cell.get(0).has("text")) {
            var text = new StringBuilder();
            cell.forEach(segment -> text.append(segment.path("text").asText()));
            return JsonNodeFactory.instance.textNode(text.toString());
        }
        return cell;
    }

    private static boolean same(JsonNode wanted, JsonNode present) {
        if (wanted.isNumber() && present.isNumber()) {
            return Double.compare(wanted.doubleValue(), present.doubleValue()) == 0;
        }
        if (wanted.isBoolean() && !wanted.booleanValue()) {
            return present.isNull() || present.equals(wanted);
        }
        return Objects.equals(wanted, present) || (isEmpty(wanted) && isEmpty(present));
    }

    private static boolean isEmpty(JsonNode value) {
        return value.isNull() || (value.isTextual() && value.textValue().isEmpty());
    }

    private static Map<String, Object> counts(int created, int updated, int unchanged) {
        return Map.of("created", created, "updated", updated, "unchanged", unchanged);
    }
}
