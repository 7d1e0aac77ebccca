package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Searches and reads records: search and batch_get, and the superseded list and get. */
final class RecordReadApi implements Api {
    static final int LARGEST_PAGE = 500;
    static final int MOST_GOT = 100;

    private static final int MOST_FIELD_NAMES = 200;
    private static final String PATH = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Documented documented;
    private final Tables tables;
    private final Directory directory;
    private final ObjectMapper mapper;
    private final Clock clock;

    RecordReadApi(Documented documented, Tables tables, Directory directory, ObjectMapper mapper, Clock clock) {
        this.documented = documented;
        this.tables = tables;
        this.directory = directory;
        this.mapper = mapper;
        this.clock = clock;
    }

    @Override
    public void register(Routes routes) {
        documented.on(routes, "POST", PATH + "/search", this::search);
        documented.on(routes, "POST", PATH + "/batch_get", this::batchGet);
        documented.on(routes, "GET", PATH, this::list);
        documented.on(routes, "GET", PATH + "/:record_id", this::get);
    }

    private Answer search(Call call) {
        JsonNode body = call.body().length == 0 ? JSON.objectNode() : call.json(1254000);
        Table table = table(call);
        Reading reading = reading(call.query("user_id_type", "open_id"));
        boolean automatic = flag(body, "automatic_fields");
        List<Field> shown = shown(table, body.path("field_names"));
        List<Sorting.Key> keys = keys(table, body.path("sort"));
        if (!Filter.present(body.path("filter")) && keys.isEmpty()) {
            view(table, body.path("view_id").asText(""));
        }
        Predicate<Row> filter =
                new Filter(table, reading, tables.base(table.appToken()).timeZone(), clock).parse(body.path("filter"));
        Page page = Page.of(
                call, 20, LARGEST_PAGE, table.id() + body.path("filter") + body.path("sort") + body.path("view_id"));
        List<Row> rows = Sorting.sorted(table.inOrder().stream().filter(filter).toList(), keys);
        RecordShape shape = new RecordShape(reading);
        return Answer.ok(page.of(rows, row -> shape.json(row, shown, automatic)));
    }

    private Answer batchGet(Call call) {
        JsonNode body = call.json(1254000);
        Table table = table(call);
        JsonNode ids = body.path("record_ids");
        if (!ids.isArray()) {
            throw new Denied(1254001, "record_ids is a list");
        }
        if (ids.isEmpty()) {
            throw new Denied(1254007, "record_ids");
        }
        if (ids.size() > MOST_GOT) {
            throw new Denied(1254104, "at most " + MOST_GOT);
        }
        boolean automatic = flag(body, "automatic_fields");
        boolean shared = flag(body, "with_shared_url");
        RecordShape shape = new RecordShape(reading(body.path("user_id_type").asText("open_id")));
        ObjectNode data = JSON.objectNode();
        ArrayNode records = data.putArray("records");
        data.putArray("forbidden_record_ids");
        ArrayNode absent = data.putArray("absent_record_ids");
        for (JsonNode id : ids) {
            Optional<Row> row = table.row(Id.RECORD.checked(id.asText("")));
            if (row.isEmpty()) {
                absent.add(id);
                continue;
            }
            ObjectNode json = shape.json(row.get(), table.fields(), automatic);
            if (shared) {
                json.put("shared_url", "https://feishu.cn/record/" + id.textValue());
            }
            records.add(json);
        }
        return Answer.ok(data);
    }

    private Answer list(Call call) {
        Table table = table(call);
        String filter = call.query("filter", "");
        if (filter.length() > 2_000) {
            throw new Denied(1254107, "");
        }
        if (!filter.isEmpty()) {
            throw new Denied(1254018, "the sandbox reads no formulas; search has filters");
        }
        String sort = call.query("sort", "");
        if (sort.length() > 1_000) {
            throw new Denied(1254108, "");
        }
        List<Sorting.Key> keys = historicKeys(table, sort);
        if (keys.isEmpty()) {
            view(table, call.query("view_id", ""));
        }
        List<Field> shown = shown(table, parsed(call.query("field_names", "[]"), 1254024));
        Reading reading = reading(call.query("user_id_type", "open_id"));
        HistoricShape shape = new HistoricShape(reading, Flags.of(call, "text_field_as_array"));
        RecordShape automatic = new RecordShape(reading);
        boolean withAutomatic = Flags.of(call, "automatic_fields");
        Page page = Page.of(call, 20, LARGEST_PAGE, table.id() + sort + call.query("view_id", ""));
        List<Row> rows = Sorting.sorted(List.copyOf(table.inOrder()), keys);
        return Answer.ok(page.of(rows, row -> {
            ObjectNode json = shape.json(row, shown);
            if (withAutomatic) {
                automatic.automatic(json, row);
            }
            return json;
        }));
    }

    private Answer get(Call call) {
        Table table = table(call);
        Row row = table.row(Id.RECORD.checked(call.variable("record_id"))).orElseThrow(Id.RECORD::notFound);
        Reading reading = reading(call.query("user_id_type", "open_id"));
        ObjectNode json = new HistoricShape(reading, Flags.of(call, "text_field_as_array")).json(row, table.fields());
        if (Flags.of(call, "automatic_fields")) {
            new RecordShape(reading).automatic(json, row);
        }
        return Answer.ok(JSON.objectNode().set("record", json));
    }

    private Table table(Call call) {
        return tables.table(call.variable("app_token"), call.variable("table_id"));
    }

    private Reading reading(String idType) {
        return new Reading(directory, IdType.of(idType));
    }

    private static void view(Table table, String viewId) {
        if (!viewId.isEmpty()) {
            if (table.view(viewId).filtered()) {
                throw new Refusal(501, 501, "not simulated: the filter of a view");
            }
        }
    }

    private static boolean flag(JsonNode body, String name) {
        JsonNode value = body.path(name);
        if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
            throw new Denied(1254001, name + " is true or false");
        }
        return value.asBoolean(false);
    }

    private static List<Field> shown(Table table, JsonNode names) {
        if (names.isMissingNode() || names.isNull()) {
            return table.fields();
        }
        if (!names.isArray() || names.size() > MOST_FIELD_NAMES) {
            throw new Denied(1254024, "field_names is a list of up to " + MOST_FIELD_NAMES);
        }
        List<Field> fields = new ArrayList<>();
        for (JsonNode name : names) {
            if (!name.isTextual()) {
                throw new Denied(1254024, "field_names holds strings");
            }
            fields.add(table.fieldNamed(name.textValue()));
        }
        return fields.isEmpty() ? table.fields() : fields;
    }

    private static List<Sorting.Key> keys(Table table, JsonNode sort) {
        if (sort.isMissingNode() || sort.isNull()) {
            return List.of();
        }
        if (!sort.isArray() || sort.size() > Sorting.MOST) {
            throw new Denied(1254016, "sort is a list of up to " + Sorting.MOST);
        }
        List<Sorting.Key> keys = new ArrayList<>();
        for (JsonNode entry : sort) {
            JsonNode descending = entry.path("desc");
            if (!entry.path("field_name").isTextual() || !(descending.isMissingNode() || descending.isBoolean())) {
                throw new Denied(1254016, "sort holds {\"field_name\",\"desc\"}");
            }
            keys.add(new Sorting.Key(
                    table.fieldNamed(entry.path("field_name").textValue()), descending.asBoolean(false)));
        }
        return keys;
    }

    private List<Sorting.Key> historicKeys(Table table, String sort) {
        List<Sorting.Key> keys = new ArrayList<>();
        for (JsonNode entry : parsed(sort.isEmpty() ? "[]" : sort, 1254016)) {
            String text = entry.asText("");
            int space = text.lastIndexOf(' ');
            String direction = space < 0 ? "" : text.substring(space + 1);
            if (!direction.equals("ASC") && !direction.equals("DESC")) {
                throw new Denied(1254016, "sort holds \"field DESC\"");
            }
            keys.add(new Sorting.Key(table.fieldNamed(text.substring(0, space)), direction.equals("DESC")));
        }
        return keys;
    }

    private JsonNode parsed(String json, int code) {
        try {
            JsonNode list = mapper.readTree(json);
            if (list.isArray()) {
                return list;
            }
        } catch (JsonProcessingException e) {
            throw new Denied(code, "a list as JSON");
        }
        throw new Denied(code, "a list as JSON");
    }
}
