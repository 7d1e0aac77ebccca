package dev.camelfeishu.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.ApiResponse;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuRejectedException;
import dev.camelfeishu.openapi.FeishuRetryableException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The few endpoints of one Base that a pair calls, strict about shapes. Records every call and every event. */
final class InMemoryBase implements FeishuClient {

    static final String APP = "bascnTest";
    static final String BOT = "ou_bot";
    static final String PERSON = "ou_person";
    private static final String BASE = "/open-apis/bitable/v1/apps/:app_token/tables";
    private static final String RECORDS = BASE + "/:table_id/records";

    private static final class Column {
        String id;
        String name;
        int type;
        final Map<String, String> options = new LinkedHashMap<>();
    }

    private final ObjectMapper mapper = new ObjectMapper();
    private final Map<String, Column> fields = new LinkedHashMap<>();
    private final Map<String, Map<String, JsonNode>> records = new LinkedHashMap<>();
    private final Map<String, Instant> modifiedAt = new HashMap<>();
    private final Map<String, String> modifiedBy = new HashMap<>();
    private final Map<String, String> createdBy = new HashMap<>();
    private final Map<String, Deque<JsonNode>> histories = new HashMap<>();
    private final Map<String, JsonNode> byToken = new HashMap<>();
    private String tableId;
    private long revision;
    private boolean batch;
    private int ids;

    /** Records that a view shows, by its id. */
    final Map<String, List<String>> views = new HashMap<>();
    /** Mail addresses and user_ids of people, by open_id. */
    final Map<String, String> mails = new LinkedHashMap<>();

    final List<ApiRequest> calls = new ArrayList<>();
    final Deque<ObjectNode> events = new ArrayDeque<>();
    /** How much later it is in Bitable, in milliseconds. */
    long passed;

    /** When an edit happens. */
    Supplier<Instant> now = Instant::now;
    /** What events tell of their time. */
    Supplier<Instant> eventTime = Instant::now;

    boolean historyIsOpen = true;
    boolean mayCreateFields = true;
    /** Whether the pair says that its writes may make options. */
    boolean mayCreateOptions;

    boolean tokensAreForgotten;
    int creations;
    Consumer<ApiRequest> before = request -> {};
    Consumer<ApiRequest> after = request -> {};

    void tableWithPrimaryFieldOnly() {
        tableId = "tbl1";
        addField("Order ID", 1, List.of());
    }

    void addField(String name, int type, List<String> options) {
        var field = new Column();
        field.id = "fld" + ++ids;
        field.name = name;
        field.type = type;
        options.forEach(option -> field.options.put("opt" + ++ids, option));
        fields.put(field.id, field);
    }

    void renameField(String from, String to) {
        field(from).name = to;
        revision++;
    }

    void removeField(String name) {
        var field = field(name);
        fields.remove(field.id);
        records.values().forEach(cells -> cells.remove(field.id));
        revision++;
    }

    void retypeField(String name, int type) {
        var field = field(name);
        field.type = type;
        records.values().forEach(cells -> cells.remove(field.id));
        revision++;
    }

    boolean hasField(String name) {
        return fields.values().stream().anyMatch(field -> field.name.equals(name));
    }

    /** The next event that has not been delivered, or null. */
    synchronized JsonNode nextEvent() {
        return events.poll();
    }

    // ---- a person at work

    String add(Map<String, Object> cells) {
        var id = "rec" + ++ids;
        records.put(id, new LinkedHashMap<>());
        records.get(id).putAll(checked(mapper.valueToTree(cells), true));
        changed("record_added", id, PERSON, Map.of(), records.get(id));
        return id;
    }

    synchronized void edit(String id, String fieldName, Object value) {
        var cells = new LinkedHashMap<String, Object>();
        cells.put(fieldName, value);
        edit(id, (ObjectNode) mapper.valueToTree(cells), true);
    }

    /** A write of the application that was long under way. */
    synchronized void land(String id, String fieldName, Object value) {
        edit(id, (ObjectNode) mapper.valueToTree(Map.of(fieldName, value)), false);
    }

    void delete(String id) {
        var cells = records.remove(id);
        changed("record_deleted", id, PERSON, cells, Map.of());
    }

    String copy(String id) {
        var copy = "rec" + ++ids;
        records.put(copy, new LinkedHashMap<>(records.get(id)));
        changed("record_added", copy, PERSON, Map.of(), records.get(copy));
        return copy;
    }

    List<String> recordIds() {
        return List.copyOf(records.keySet());
    }

    /** The record whose field holds the value; fails when it is not exactly one. */
    String idOf(String fieldName, String value) {
        var found = records.keySet().stream()
                .filter(id -> value.equals(text(id, fieldName)))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " records with " + fieldName + " " + value);
        }
        return found.get(0);
    }

    String text(String id, String fieldName) {
        var cell = records.get(id).get(field(fieldName).id);
        return cell == null ? null : cell.asText();
    }

    JsonNode cell(String id, String fieldName) {
        return records.get(id).get(field(fieldName).id);
    }

    int calls(String path) {
        return (int) calls.stream().filter(call -> call.path().endsWith(path)).count();
    }

    // ---- the wire

    @Override
    public synchronized ApiResponse call(ApiRequest request) {
        if (!request.isWanted()) {
            throw new FeishuRetryableException("not wanted any more", 0, 0, null, null, false, null);
        }
        calls.add(request);
        before.accept(request);
        // a batch is one version of the table
        batch = request.path().contains("/batch_");
        JsonNode data;
        try {
            data = answer(request);
            if (batch && !request.reading()) {
                revision++;
            }
        } finally {
            batch = false;
        }
        after.accept(request);
        var root = mapper.createObjectNode();
        root.putObject("bot").put("open_id", BOT);
        return new ApiResponse(data, root, 200, "log");
    }

    private JsonNode answer(ApiRequest request) {
        if (request.path().equals("/open-apis/bot/v3/info")) {
            return mapper.createObjectNode();
        }
        if (request.path().endsWith("/record_history")) {
            must(APP.equals(request.pathVariables().get("base_token")), 91403);
            return history(request);
        }
        if (request.path().startsWith("/open-apis/drive")) {
            must(request.pathVariables().get("file_token").equals(APP), 1069604);
            must("bitable".equals(request.query().get("file_type")), 1069602);
            return mapper.createObjectNode();
        }
        if (request.path().startsWith("/open-apis/contact")) {
            return people(request);
        }
        must(APP.equals(request.pathVariables().get("app_token")), 1254040);
        if (request.path().contains(":table_id")) {
            must(tableId != null && tableId.equals(request.pathVariables().get("table_id")), 1254041);
        }
        return switch (request.method() + " " + request.path()) {
            case "GET " + BASE -> tables();
            case "POST " + BASE -> createTable(request.body());
            case "GET " + BASE + "/:table_id/fields" -> fieldList();
            case "POST " + BASE + "/:table_id/fields" -> createField(request);
            case "POST " + RECORDS + "/search" -> search(request);
            case "POST " + RECORDS + "/batch_get" -> batchGet(request.body());
            case "POST " + RECORDS + "/batch_create" -> batchCreate(request);
            case "POST " + RECORDS + "/batch_update" -> batchUpdate(request.body());
            case "POST " + RECORDS + "/batch_delete" -> batchDelete(request.body());
            default -> throw new AssertionError("no such endpoint: " + request.method() + " " + request.path());
        };
    }

    private JsonNode people(ApiRequest request) {
        var data = mapper.createObjectNode();
        if (request.path().endsWith("/batch_get_id")) {
            var found = data.putArray("user_list");
            request.body().path("emails").forEach(mail -> {
                var entry = found.addObject().put("email", mail.asText());
                mails.forEach((openId, known) -> {
                    if (known.equals(mail.asText())) {
                        entry.put("user_id", openId);
                    }
                });
            });
            return data;
        }
        var items = data.putArray("items");
        var byUserId = "user_id".equals(request.query().get("user_id_type"));
        request.repeated().get("user_ids").forEach(id -> {
            var openId = byUserId ? "ou_" + id : id;
            if (mails.containsKey(openId)) {
                items.addObject()
                        .put("open_id", openId)
                        .put("user_id", openId.substring(3))
                        .put("email", mails.get(openId));
            }
        });
        return data;
    }

    private JsonNode tables() {
        var data = mapper.createObjectNode().put("has_more", false);
        var items = data.putArray("items");
        if (tableId != null) {
            items.addObject().put("table_id", tableId).put("name", "Orders").put("revision", revision);
        }
        return data;
    }

    private JsonNode createTable(JsonNode body) {
        must(tableId == null, 1254013);
        must("Orders".equals(body.at("/table/name").asText()), 1254001);
        tableId = "tbl1";
        body.at("/table/fields").forEach(this::createField);
        return mapper.createObjectNode().put("table_id", tableId);
    }

    private JsonNode fieldList() {
        var data = mapper.createObjectNode().put("has_more", false);
        var items = data.putArray("items");
        fields.values().forEach(field -> items.add(shape(field)));
        return data;
    }

    private JsonNode createField(ApiRequest request) {
        must(mayCreateFields, 1254302);
        UUID.fromString(request.query().get("client_token"));
        return mapper.createObjectNode().set("field", shape(createField(request.body())));
    }

    private Column createField(JsonNode body) {
        var name = body.path("field_name").asText();
        must(!name.isEmpty(), 1254028);
        must(fields.values().stream().noneMatch(field -> field.name.equals(name)), 1254014);
        var options = new ArrayList<String>();
        body.at("/property/options")
                .forEach(option -> options.add(option.path("name").asText()));
        addField(name, body.path("type").asInt(), options);
        revision++;
        return field(name);
    }

    private ObjectNode shape(Column field) {
        var shape = mapper.createObjectNode()
                .put("field_id", field.id)
                .put("field_name", field.name)
                .put("type", field.type);
        if (field.type == 3 || field.type == 4) {
            var options = shape.putObject("property").putArray("options");
            field.options.forEach(
                    (id, name) -> options.addObject().put("id", id).put("name", name));
        }
        return shape;
    }

    private JsonNode search(ApiRequest request) {
        var size = Integer.parseInt(request.query().get("page_size"));
        must(size >= 1 && size <= 500, 1254011);
        var filter = request.body().path("filter");
        must(filter.path("conditions").size() + filter.path("children").size() <= 50, 1254018);
        var view = request.body().path("view_id").asText("");
        must(view.isEmpty() || views.containsKey(view), 1254042);
        var matching = records.keySet().stream()
                .filter(id -> filter.isMissingNode()
                        ? view.isEmpty() || views.get(view).contains(id)
                        : matches(id, filter))
                .sorted(order(request.body().path("sort")))
                .toList();
        var from = Integer.parseInt(request.query().getOrDefault("page_token", "0"));
        var data = mapper.createObjectNode().put("total", matching.size());
        var items = data.putArray("items");
        var automatic = request.body().path("automatic_fields").asBoolean();
        matching.stream().skip(from).limit(size).forEach(id -> items.add(read(id, automatic)));
        var more = matching.size() > from + size;
        data.put("has_more", more);
        if (more) {
            data.put("page_token", Integer.toString(from + size));
        }
        return data;
    }

    private Comparator<String> order(JsonNode sort) {
        if (sort.isEmpty()) {
            return (left, right) -> 0;
        }
        must(sort.size() == 1 && sort.at("/0/desc").asBoolean(), 1254016);
        var field = known(sort.at("/0/field_name").asText());
        return Comparator.comparingLong(
                        (String id) -> records.get(id).get(field.id).asLong())
                .reversed();
    }

    private boolean matches(String id, JsonNode filter) {
        var holds = new ArrayList<Boolean>();
        for (var condition : filter.path("conditions")) {
            must("is".equals(condition.path("operator").asText()), 1254018);
            must(condition.path("value").size() == 1, 1254018);
            var cell = records.get(id).get(known(condition.path("field_name").asText()).id);
            holds.add(cell != null
                    && cell.asText().equals(condition.at("/value/0").asText()));
        }
        filter.path("children").forEach(child -> holds.add(matches(id, child)));
        return "and".equals(filter.path("conjunction").asText()) ? !holds.contains(false) : holds.contains(true);
    }

    private JsonNode batchGet(JsonNode body) {
        var asked = body.path("record_ids");
        must(asked.size() >= 1 && asked.size() <= 100, 1254104);
        var data = mapper.createObjectNode();
        var found = data.putArray("records");
        var absent = data.putArray("absent_record_ids");
        data.putArray("forbidden_record_ids");
        for (var id : asked) {
            if (records.containsKey(id.asText())) {
                found.add(read(id.asText(), body.path("automatic_fields").asBoolean()));
            } else {
                absent.add(id.asText());
            }
        }
        return data;
    }

    private JsonNode batchCreate(ApiRequest request) {
        var token = request.query().get("client_token");
        must(UUID.fromString(token).version() == 4, 1254037);
        if (byToken.containsKey(token) && !tokensAreForgotten) {
            return byToken.get(token);
        }
        must(request.body().path("records").size() <= 1000, 1254104);
        var rows = new ArrayList<Map<String, JsonNode>>();
        request.body().path("records").forEach(record -> rows.add(checked(record.path("fields"), false)));
        var data = mapper.createObjectNode();
        ArrayNode answered = data.putArray("records");
        for (var i = 0; i < rows.size(); i++) {
            var id = "rec" + ++ids;
            records.put(id, rows.get(i));
            number(id);
            creations++;
            var answer = answered.addObject().put("record_id", id);
            answer.set("fields", request.body().path("records").get(i).path("fields"));
            changed("record_added", id, BOT, Map.of(), rows.get(i));
        }
        byToken.put(token, data);
        return data;
    }

    private void number(String id) {
        fields.values().stream()
                .filter(field -> field.type == 1005)
                .forEach(field -> records.get(id).put(field.id, TextNode.valueOf("NO-" + records.size())));
    }

    private JsonNode batchUpdate(JsonNode body) {
        must(body.path("records").size() >= 1 && body.path("records").size() <= 1000, 1254104);
        for (var record : body.path("records")) {
            must(records.containsKey(record.path("record_id").asText()), 1254043);
            must(record.path("fields").size() >= 1, 1254007);
            checked(record.path("fields"), false);
        }
        body.path("records")
                .forEach(record -> edit(record.path("record_id").asText(), (ObjectNode) record.path("fields"), false));
        return mapper.createObjectNode().set("records", body.path("records"));
    }

    private JsonNode batchDelete(JsonNode body) {
        must(body.path("records").size() >= 1 && body.path("records").size() <= 500, 1254104);
        for (var id : body.path("records")) {
            must(records.containsKey(id.asText()), 1254043);
        }
        body.path("records").forEach(id -> delete(id.asText()));
        return mapper.createObjectNode();
    }

    private void edit(String id, ObjectNode cells, boolean byPerson) {
        var present = records.get(id);
        var old = new LinkedHashMap<>(present);
        var next = checked(cells, byPerson);
        cells.fieldNames().forEachRemaining(name -> present.remove(known(name).id));
        present.putAll(next);
        var before = new LinkedHashMap<String, JsonNode>();
        var after = new LinkedHashMap<String, JsonNode>();
        cells.fieldNames().forEachRemaining(name -> {
            var fieldId = known(name).id;
            before.put(fieldId, old.get(fieldId));
            after.put(fieldId, present.get(fieldId));
        });
        changed("record_edited", id, byPerson ? PERSON : BOT, before, after);
    }

    /** Cells by field id; refuses what the field does not take. */
    private Map<String, JsonNode> checked(JsonNode cells, boolean byPerson) {
        var values = new LinkedHashMap<String, JsonNode>();
        cells.fields().forEachRemaining(cell -> {
            var field = known(cell.getKey());
            var value = cell.getValue();
            if (value.isNull()) {
                return;
            }
            switch (field.type) {
                case 1 -> {
                    must(value.isTextual(), 1254060);
                    must(!value.asText().contains("\u0007"), 1254060);
                }
                case 2 -> must(value.isNumber(), 1254061);
                case 3 -> {
                    must(value.isTextual(), 1254062);
                    if (!field.options.containsValue(value.asText())) {
                        if (!byPerson && !mayCreateOptions) {
                            throw new AssertionError("an option made itself: " + value);
                        }
                        field.options.put("opt" + ++ids, value.asText());
                    }
                }
                case 4 -> {
                    must(value.isArray(), 1254063);
                    value.forEach(name -> {
                        if (!field.options.containsValue(name.asText())) {
                            must(byPerson || mayCreateOptions, 1254063);
                            field.options.put("opt" + ++ids, name.asText());
                        }
                    });
                }
                case 5 -> must(value.isIntegralNumber(), 1254064);
                case 7 -> must(value.isBoolean(), 1254065);
                case 11 -> {
                    must(value.isArray(), 1254066);
                    value.forEach(person -> must(person.path("id").asText().startsWith("ou_"), 1254066));
                }
                case 13 -> must(value.isTextual() && value.asText().matches("\\+?\\d*"), 1254070);
                case 15 -> must(value.path("link").isTextual(), 1254068);
                case 17 -> {
                    must(value.isArray(), 1254069);
                    value.forEach(file -> must(file.path("file_token").isTextual(), 1254069));
                }
                case 18, 21 -> {
                    must(value.isArray(), 1254067);
                    value.forEach(id -> must(id.asText().startsWith("rec"), 1254067));
                }
                case 1005 -> must(false, 1254060);
                default -> throw new AssertionError("type " + field.type);
            }
            if (!value.isTextual() || !value.asText().isEmpty()) {
                values.put(field.id, value);
            }
        });
        return values;
    }

    private ObjectNode read(String id, boolean automatic) {
        var record = mapper.createObjectNode().put("record_id", id);
        if (automatic) {
            record.putObject("created_by").put("id", createdBy.get(id));
            record.put("last_modified_time", modifiedAt.get(id).toEpochMilli())
                    .putObject("last_modified_by")
                    .put("id", modifiedBy.get(id));
        }
        var cells = record.putObject("fields");
        records.get(id).forEach((fieldId, value) -> {
            var field = fields.get(fieldId);
            if (field.type == 1) {
                cells.putArray(field.name).addObject().put("type", "text").put("text", value.asText());
            } else if (field.type == 18 || field.type == 21) {
                cells.putObject(field.name).set("link_record_ids", value);
            } else {
                cells.set(field.name, value);
            }
        });
        return record;
    }

    private void changed(
            String action, String id, String by, Map<String, JsonNode> before, Map<String, JsonNode> after) {
        if (!batch) {
            revision++;
        }
        createdBy.putIfAbsent(id, by);
        history(action, id, by, before, after);
        modifiedAt.put(id, now.get());
        modifiedBy.put(id, by);
        fields.values().stream()
                .filter(field -> field.type == 1002 && records.containsKey(id))
                .forEach(field -> records.get(id).put(field.id, LongNode.valueOf(System.currentTimeMillis() + passed)));
        var event = mapper.createObjectNode()
                .put("file_type", "bitable")
                .put("file_token", APP)
                .put("table_id", tableId)
                .put("revision", revision)
                .put("update_time", eventTime.get().getEpochSecond());
        event.putObject("operator_id").put("open_id", by);
        var item =
                event.putArray("action_list").addObject().put("record_id", id).put("action", action);
        cells(item.putArray("before_value"), before);
        cells(item.putArray("after_value"), after);
        events.add(event);
    }

    /** As the latest first, with the values as they are stored. */
    private void history(
            String action, String id, String by, Map<String, JsonNode> before, Map<String, JsonNode> after) {
        var item = mapper.createObjectNode()
                .put("rev", revision)
                .put("operator", by)
                .put("create_time", now.get().getEpochSecond())
                .put(
                        "activity_type",
                        Map.of("record_added", "create", "record_edited", "update", "record_deleted", "delete")
                                .get(action));
        var changes = item.putArray("field_changes");
        after.forEach((fieldId, value) -> {
            var change = changes.addObject().put("field_id", fieldId);
            change.set("before", before.get(fieldId));
            change.set("after", value);
        });
        histories.computeIfAbsent(id, record -> new ArrayDeque<>()).addFirst(item);
    }

    private JsonNode history(ApiRequest request) {
        must(historyIsOpen, 91403);
        must(request.query().get("table_id").equals(tableId), 1254041);
        var data = mapper.createObjectNode().put("has_more", false);
        var items = data.putArray("items");
        histories.get(request.query().get("record_id")).stream().limit(50).forEach(items::add);
        return data;
    }

    private void cells(ArrayNode cells, Map<String, JsonNode> values) {
        values.forEach((fieldId, value) -> {
            var field = fields.get(fieldId);
            var text = value == null ? "" : value.isContainerNode() ? value.toString() : value.asText();
            if (value != null && field.type == 3) {
                text = field.options.entrySet().stream()
                        .filter(option -> option.getValue().equals(value.asText()))
                        .map(option -> "\"" + option.getKey() + "\"")
                        .findFirst()
                        .orElseThrow();
            }
            cells.addObject().put("field_id", fieldId).put("field_value", text);
        });
    }

    private Column field(String name) {
        return fields.values().stream()
                .filter(field -> field.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no field " + name));
    }

    private Column known(String name) {
        return fields.values().stream()
                .filter(field -> field.name.equals(name))
                .findFirst()
                .orElseThrow(() -> rejected(1254045));
    }

    private static void must(boolean holds, int code) {
        if (!holds) {
            throw rejected(code);
        }
    }

    static FeishuRejectedException rejected(int code) {
        return new FeishuRejectedException("refused with " + code, 200, code, "log", "Mend it.", false, null);
    }

    static FeishuRetryableException lost() {
        return new FeishuRetryableException("no answer", 0, 0, null, null, true, null);
    }

    static FeishuRetryableException busy() {
        return new FeishuRetryableException("write conflict", 200, 1254291, "log", null, false, null);
    }
}
