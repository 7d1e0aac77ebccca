package dev.camelfeishu.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.openapi.FeishuRejectedException;
import dev.camelfeishu.openapi.Priority;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The calls of one Base that a pair makes. Retries and pace are the gate's. */
final class BitableTable {

    static final int MOST_WRITTEN = 1000;
    static final int MOST_DELETED = 500;
    static final int MOST_READ = 100;
    private static final int PAGE = 500;
    private static final int SMALL_PAGE = 100;
    private static final int RESPONSE_TOO_LARGE = 1254030;
    private static final String BASE = "/open-apis/bitable/v1/apps/:app_token";
    private static final String TABLE = BASE + "/tables/:table_id";
    private static final String RECORDS = TABLE + "/records";

    record TableInfo(String id, String name, long revision) {}

    /** @param options names a select knows by the option's id, empty for other types */
    record Field(String id, String name, int type, Map<String, String> options) {}

    /**
     * @param modifiedAt when it was last changed, null where that was not asked for
     */
    record Remote(String id, JsonNode fields, Instant modifiedAt) {}

    /**
     * A change of one cell, as the history of its record tells it. The values have the shapes of base/v3, which no page
     * describes in full.
     *
     * @param operator who changed it, "" where the history does not tell
     */
    record Change(String operator, String fieldId, JsonNode before, JsonNode after) {}

    /** @param absent ids of records that do not exist
     *  @param forbidden ids of records that the app may not read */
    record Found(Map<String, Remote> records, Set<String> absent, Set<String> forbidden) {}

    private final FeishuClient client;
    private final ObjectMapper mapper;
    private final String appToken;
    private final boolean automatic;

    BitableTable(FeishuClient client, ObjectMapper mapper, String appToken) {
        this(client, mapper, appToken, false);
    }

    private BitableTable(FeishuClient client, ObjectMapper mapper, String appToken, boolean automatic) {
        this.client = client;
        this.mapper = mapper;
        this.appToken = appToken;
        this.automatic = automatic;
    }

    /** The same table, with records that tell when they were changed last. */
    BitableTable withTimes() {
        return new BitableTable(client, mapper, appToken, true);
    }

    /**
     * The same table, watched.
     *
     * @param check is done before each call and may refuse it
     * @param changed is done after each call that has changed records
     * @param priority of its calls
     */
    BitableTable before(Runnable check, Runnable changed, Priority priority) {
        return new BitableTable(
                request -> {
                    check.run();
                    var response = client.call(request.priority(priority));
                    if (!request.reading()) {
                        changed.run();
                    }
                    return response;
                },
                mapper,
                appToken,
                automatic);
    }

    /** The open_id of the application's bot; null when it has none. */
    String ownId() {
        try {
            return client.call(ApiRequest.get("/open-apis/bot/v3/info"))
                    .root()
                    .at("/bot/open_id")
                    .textValue();
        } catch (FeishuRejectedException noBot) {
            return null;
        }
    }

    /** The latest 50 changes of a record, the latest first. */
    List<Change> history(String tableId, String recordId) {
        var data = client.call(ApiRequest.get("/open-apis/base/v3/bases/:base_token/record_history")
                        .with("base_token", appToken)
                        .query("table_id", tableId)
                        .query("record_id", recordId)
                        .query("page_size", "50"))
                .data();
        var changes = new ArrayList<Change>();
        data.path("items")
                .forEach(item -> item.path("field_changes")
                        .forEach(change -> changes.add(new Change(
                                item.path("operator").asText(),
                                change.path("field_id").asText(),
                                change.path("before"),
                                change.path("after")))));
        return changes;
    }

    void subscribe() {
        client.call(ApiRequest.post("/open-apis/drive/v1/files/:file_token/subscribe")
                .with("file_token", appToken)
                .query("file_type", "bitable"));
    }

    List<TableInfo> tables() {
        var tables = new ArrayList<TableInfo>();
        String page = null;
        do {
            var data = client.call(ApiRequest.get(BASE + "/tables")
                            .with("app_token", appToken)
                            .query("page_size", "100")
                            .query("page_token", page))
                    .data();
            data.path("items")
                    .forEach(item -> tables.add(new TableInfo(
                            item.path("table_id").asText(),
                            item.path("name").asText(),
                            item.path("revision").asLong())));
            page = nextPage(data);
        } while (page != null);
        return tables;
    }

    /** Answers the id of the new table. */
    String createTable(String name, List<ObjectNode> fields) {
        var body = mapper.createObjectNode();
        var table = body.putObject("table").put("name", name).put("default_view_name", name);
        table.putArray("fields").addAll(fields);
        return client.call(ApiRequest.post(BASE + "/tables")
                        .with("app_token", appToken)
                        .body(body))
                .data()
                .path("table_id")
                .asText();
    }

    List<Field> fields(String tableId) {
        var fields = new ArrayList<Field>();
        String page = null;
        do {
            var data = client.call(on(ApiRequest.get(TABLE + "/fields"), tableId)
                            .query("page_size", "100")
                            .query("page_token", page))
                    .data();
            data.path("items").forEach(item -> fields.add(field(item)));
            page = nextPage(data);
        } while (page != null);
        return fields;
    }

    Field createField(String tableId, ObjectNode field, String clientToken) {
        return field(client.call(on(ApiRequest.post(TABLE + "/fields"), tableId)
                        .query("client_token", clientToken)
                        .body(field))
                .data()
                .path("field"));
    }

    private static Field field(JsonNode item) {
        var options = new HashMap<String, String>();
        item.path("property")
                .path("options")
                .forEach(option -> options.put(
                        option.path("id").asText(), option.path("name").asText()));
        return new Field(
                item.path("field_id").asText(),
                item.path("field_name").asText(),
                item.path("type").asInt(),
                Map.copyOf(options));
    }

    /**
     * A page of records.
     *
     * @param total records of the whole search
     * @param next token of the next page, null when this is the last
     */
    record Page(List<Remote> records, long total, String next) {}

    /** Every record, in pages of 500. What is changed meanwhile may come twice or not at all. */
    void scan(String tableId, Priority priority, Consumer<Page> page) {
        String token = null;
        do {
            var read = page(tableId, priority, token);
            page.accept(read);
            token = read.next();
        } while (token != null);
    }

    /**
     * A page of all records.
     *
     * @param token null for the first
     */
    Page page(String tableId, Priority priority, String token) {
        var body = mapper.createObjectNode();
        try {
            return search(tableId, body, PAGE, token, priority);
        } catch (FeishuException refused) {
            if (refused.code() == RESPONSE_TOO_LARGE) {
                return search(tableId, body, SMALL_PAGE, token, priority);
            }
            throw refused;
        }
    }

    /**
     * A page of all records, those that changed last first.
     *
     * @param field of type ModifiedTime, by name
     */
    Page latest(String tableId, String field, String token) {
        var body = mapper.createObjectNode();
        body.putArray("sort").addObject().put("field_name", field).put("desc", true);
        return search(tableId, body, PAGE, token, Priority.NORMAL);
    }

    /** Records of which one of the text fields holds one of its values; at most 50 values in all. */
    Map<String, Remote> searchAny(String tableId, Map<String, List<String>> valuesByField) {
        var filter = mapper.createObjectNode().put("conjunction", "or");
        var conditions = filter.putArray("conditions");
        valuesByField.forEach((field, values) -> values.forEach(value -> {
            var condition = conditions.addObject().put("field_name", field).put("operator", "is");
            condition.putArray("value").add(value);
        }));
        return search(tableId, (ObjectNode) asking().set("filter", filter));
    }

    /** Records whose fields hold one of these combinations of texts; at most 50 conditions in all. */
    Map<String, Remote> searchAll(String tableId, List<Map<String, String>> combinations) {
        var filter = mapper.createObjectNode().put("conjunction", "or");
        var children = filter.putArray("children");
        combinations.forEach(texts -> {
            var conditions = children.addObject().put("conjunction", "and").putArray("conditions");
            texts.forEach((field, value) -> conditions
                    .addObject()
                    .put("field_name", field)
                    .put("operator", "is")
                    .putArray("value")
                    .add(value));
        });
        return search(tableId, (ObjectNode) asking().set("filter", filter));
    }

    /** Ids of the records that a view shows. */
    Set<String> idsIn(String tableId, String viewId) {
        return search(tableId, asking().put("view_id", viewId)).keySet();
    }

    private Map<String, Remote> search(String tableId, ObjectNode body) {
        var records = new LinkedHashMap<String, Remote>();
        String token = null;
        do {
            var page = search(tableId, body, PAGE, token, Priority.NORMAL);
            page.records().forEach(remote -> records.put(remote.id(), remote));
            token = page.next();
        } while (token != null);
        return records;
    }

    private Page search(String tableId, ObjectNode body, int size, String token, Priority priority) {
        var data = client.call(on(ApiRequest.post(RECORDS + "/search"), tableId)
                        .query("page_size", Integer.toString(size))
                        .query("page_token", token)
                        .body(body)
                        .priority(priority)
                        .onlyReads())
                .data();
        var records = new ArrayList<Remote>();
        data.path("items").forEach(item -> records.add(remote(item)));
        return new Page(records, data.path("total").asLong(), nextPage(data));
    }

    Found get(String tableId, Collection<String> recordIds) {
        var records = new LinkedHashMap<String, Remote>();
        var absent = new HashSet<String>();
        var forbidden = new HashSet<String>();
        var ids = List.copyOf(new java.util.LinkedHashSet<>(recordIds));
        for (var from = 0; from < ids.size(); from += MOST_READ) {
            var body = asking();
            var asked = body.putArray("record_ids");
            ids.subList(from, Math.min(ids.size(), from + MOST_READ)).forEach(asked::add);
            var data = client.call(on(ApiRequest.post(RECORDS + "/batch_get"), tableId)
                            .body(body)
                            .onlyReads())
                    .data();
            data.path("records").forEach(item -> add(records, item));
            data.path("absent_record_ids").forEach(id -> absent.add(id.asText()));
            data.path("forbidden_record_ids").forEach(id -> forbidden.add(id.asText()));
        }
        return new Found(records, absent, forbidden);
    }

    /** Sends a frozen {@code batch_create}; answers the records as they were written. */
    List<Remote> create(String tableId, JsonNode body, String clientToken) {
        var data = client.call(on(ApiRequest.post(RECORDS + "/batch_create"), tableId)
                        .query("client_token", clientToken)
                        .body(body))
                .data();
        var records = new ArrayList<Remote>();
        data.path("records").forEach(item -> records.add(remote(item)));
        return records;
    }

    void update(String tableId, JsonNode body) {
        update(tableId, body, () -> true);
    }

    /** @param steady whether the records are still as they were read: Bitable has no conditional write; asked before each attempt */
    void update(String tableId, JsonNode body, BooleanSupplier steady) {
        client.call(on(ApiRequest.post(RECORDS + "/batch_update"), tableId)
                .body(body)
                .onlyWhile(steady));
    }

    /** @param steady as for an update */
    void delete(String tableId, JsonNode body, BooleanSupplier steady) {
        client.call(on(ApiRequest.post(RECORDS + "/batch_delete"), tableId)
                .body(body)
                .onlyWhile(steady));
    }

    ObjectNode deleteBody(Collection<String> recordIds) {
        var body = mapper.createObjectNode();
        ArrayNode records = body.putArray("records");
        recordIds.forEach(records::add);
        return body;
    }

    private ObjectNode asking() {
        var body = mapper.createObjectNode();
        return automatic ? body.put("automatic_fields", true) : body;
    }

    private ApiRequest on(ApiRequest request, String tableId) {
        return request.with("app_token", appToken).with("table_id", tableId);
    }

    private static void add(Map<String, Remote> records, JsonNode item) {
        var remote = remote(item);
        records.put(remote.id(), remote);
    }

    private static Remote remote(JsonNode item) {
        var modified = item.path("last_modified_time");
        return new Remote(
                item.path("record_id").asText(),
                item.path("fields"),
                modified.isIntegralNumber() ? Instant.ofEpochMilli(modified.longValue()) : null);
    }

    private static String nextPage(JsonNode data) {
        var token = data.path("page_token").asText("");
        return data.path("has_more").asBoolean(false) && !token.isEmpty() ? token : null;
    }
}
