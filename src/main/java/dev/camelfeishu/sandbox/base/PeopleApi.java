package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Routes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What people do in the Base's own page. The same rules for cells hold, but a person waits for another writer instead of
 * being refused. Every write names its {@code operator}, the open_id of a member of the tenant.
 *
 * <pre>
 * GET    /sandbox/bases                                          {"bases":[{"app_token","name",…,"tables":[{"table_id","name","revision"}]}]}
 * GET    /sandbox/bases/:app_token/tables/:table_id?page&amp;size&amp;q  {"name","revision","fields","records","total"}
 * POST   …/records            {"fields","operator"}              {"record"}
 * PUT    …/records/:record_id {"fields","operator"}              {"record"}
 * DELETE …/records/:record_id?operator=                          {"record_id","deleted"}
 * POST   …/records/:record_id/copy {"operator"}                  {"record"}
 * POST   …/fields             field object with "operator"       {"field"}
 * PATCH  …/fields/:field_id   {"field_name","operator"}          {"field"}
 * DELETE …/fields/:field_id?operator=                            {"field_id","deleted"}
 * </pre>
 *
 * Answers have no envelope. Refusals carry the platform's codes.
 */
final class PeopleApi implements Api {
    private static final String BASES = "/sandbox/bases";
    private static final String TABLE = BASES + "/:app_token/tables/:table_id";
    private static final String RECORDS = TABLE + "/records";
    private static final String FIELDS = TABLE + "/fields";
    private static final int LARGEST_PAGE = 1_000;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Documented documented;
    private final BaseStore store;
    private final Tables tables;
    private final Directory directory;
    private final Reading reading;
    private final ConnectedTables connected;

    PeopleApi(Documented documented, BaseStore store, Tables tables, Directory directory, ConnectedTables connected) {
        this.documented = documented;
        this.store = store;
        this.tables = tables;
        this.directory = directory;
        this.connected = connected;
        this.reading = new Reading(directory, IdType.OPEN_ID);
    }

    @Override
    public void register(Routes routes) {
        documented.on(routes, "GET", BASES, this::bases);
        documented.on(routes, "GET", TABLE, this::table);
        documented.on(routes, "POST", RECORDS, this::insert);
        documented.on(routes, "PUT", RECORDS + "/:record_id", this::edit);
        documented.on(routes, "DELETE", RECORDS + "/:record_id", this::delete);
        documented.on(routes, "POST", RECORDS + "/:record_id/copy", this::copy);
        documented.on(routes, "POST", FIELDS, this::addField);
        documented.on(routes, "PATCH", FIELDS + "/:field_id", this::renameField);
        documented.on(routes, "DELETE", FIELDS + "/:field_id", this::deleteField);
    }

    private Answer bases(Call call) {
        ObjectNode answer = JSON.objectNode();
        ArrayNode bases = answer.putArray("bases");
        for (Base base : store.bases()) {
            ArrayNode list = bases.add(base.json()).path(bases.size() - 1).withArray("tables");
            tables.list(base.appToken()).forEach(t -> list.add(t.json()));
        }
        return Answer.of(200, answer);
    }

    private Answer table(Call call) {
        Table table = tables.table(call.variable("app_token"), call.variable("table_id"));
        int size = number(call, "size", 50, LARGEST_PAGE);
        long skipped = (number(call, "page", 1, Integer.MAX_VALUE) - 1L) * size;
        List<Row> rows = matching(table, call.query("q", ""));
        ObjectNode answer = JSON.objectNode().put("name", table.name()).put("revision", table.revision());
        ArrayNode fields = answer.putArray("fields");
        table.fields().forEach(f -> fields.add(f.json()));
        ArrayNode records = answer.putArray("records");
        rows.stream().skip(skipped).limit(size).forEach(row -> records.add(record(table, row)));
        return Answer.of(200, answer.put("total", rows.size()));
    }

    private static int number(Call call, String name, int otherwise, int most) {
        try {
            int number = Integer.parseInt(call.query(name, Integer.toString(otherwise)));
            if (number > 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new Denied(1254001, name + " is a number");
        }
        throw new Denied(1254001, name + " is 1 to " + most);
    }

    private List<Row> matching(Table table, String words) {
        if (words.isBlank()) {
            return List.copyOf(table.inOrder());
        }
        String wanted = words.strip().toLowerCase(Locale.ROOT);
        return table.inOrder().stream()
                .filter(row -> row.id().equals(words.strip())
                        || table.fields().stream().anyMatch(f -> shows(row, f, wanted)))
                .toList();
    }

    private static boolean shows(Row row, Field field, String wanted) {
        JsonNode stored = field.type().value(row, field);
        return stored != null
                && field.type()
                        .cell()
                        .text(stored, field)
                        .toLowerCase(Locale.ROOT)
                        .contains(wanted);
    }

    private ObjectNode record(Table table, Row row) {
        return new RecordShape(reading).json(row, table.fields(), true).put("revision", row.revision());
    }

    private Answer insert(Call call) {
        JsonNode body = call.json(1254000);
        return record(call, operator(body), draft -> draft.add(writer(draft).cells(Map.of(), fields(body))));
    }

    private Answer edit(Call call) {
        JsonNode body = call.json(1254000);
        return record(call, operator(body), draft -> {
            Row row = draft.row(call.variable("record_id"));
            return draft.edit(row, writer(draft).cells(row.cells(), fields(body)));
        });
    }

    private Answer copy(Call call) {
        JsonNode body = call.json(1254000);
        return record(
                call,
                operator(body),
                draft -> draft.add(draft.row(call.variable("record_id")).cells()));
    }

    private Answer delete(Call call) {
        connected.requireWritable(call.variable("table_id"));
        write(call, editor(call), draft -> {
            draft.remove(draft.row(call.variable("record_id")));
            return null;
        });
        return Answer.of(
                200,
                JSON.objectNode().put("record_id", call.variable("record_id")).put("deleted", true));
    }

    private Answer addField(Call call) {
        ObjectNode body = (ObjectNode) call.json(1254000);
        Person person = operator(body);
        List<String> ids = tables.list(call.variable("app_token")).stream()
                .map(TableLine::id)
                .collect(Collectors.toList());
        return field(call, person, draft -> {
            Field field = new FieldDefinition(ids::contains).create(body, false);
            draft.addField(field);
            return field;
        });
    }

    private Answer renameField(Call call) {
        JsonNode body = call.json(1254000);
        return field(call, operator(body), draft -> {
            Field field = draft.field(call.variable("field_id")).named(FieldDefinition.name(body));
            draft.replaceField(field);
            return field;
        });
    }

    private Answer deleteField(Call call) {
        write(call, editor(call), draft -> {
            draft.removeField(draft.field(call.variable("field_id")));
            return null;
        });
        return Answer.of(
                200,
                JSON.objectNode().put("field_id", call.variable("field_id")).put("deleted", true));
    }

    private Answer record(Call call, Person person, Function<Draft, Row> work) {
        connected.requireWritable(call.variable("table_id"));
        return Answer.of(200, write(call, person, draft -> {
            Row row = work.apply(draft);
            return JSON.objectNode().set("record", record(draft.after(), row));
        }));
    }

    private Answer field(Call call, Person person, Function<Draft, Field> work) {
        return Answer.of(
                200,
                write(
                        call,
                        person,
                        draft ->
                                JSON.objectNode().set("field", work.apply(draft).json())));
    }

    private JsonNode write(Call call, Person person, Function<Draft, JsonNode> work) {
        return tables.write(call.variable("app_token"), call.variable("table_id"), Author.person(person), work);
    }

    private Person operator(JsonNode body) {
        return directory.editor(body.path("operator").asText(""));
    }

    private Person editor(Call call) {
        return directory.editor(call.query("operator", ""));
    }

    private CellWriter writer(Draft draft) {
        String appToken = draft.before().appToken();
        return new CellWriter(
                draft, directory, IdType.OPEN_ID, (tableId, recordId) -> tables.holds(appToken, tableId, recordId));
    }

    private static JsonNode fields(JsonNode body) {
        if (!body.path("fields").isObject()) {
            throw new Denied(1254001, "fields is an object");
        }
        return body.path("fields");
    }
}
