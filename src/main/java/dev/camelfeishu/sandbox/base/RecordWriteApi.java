package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Routes;
import java.util.Map;
import java.util.function.Function;

/** Creates, updates and deletes records. A batch is applied whole or not at all; answers repeat the written shape. */
final class RecordWriteApi implements Api {
    static final int MOST_WRITTEN = 1_000;
    static final int MOST_DELETED = 500;

    private static final String PATH = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Documented documented;
    private final Tables tables;
    private final Directory directory;
    private final ClientTokens tokens;
    private final ConnectedTables connected;

    RecordWriteApi(
            Documented documented, Tables tables, Directory directory, ClientTokens tokens, ConnectedTables connected) {
        this.documented = documented;
        this.tables = tables;
        this.directory = directory;
        this.tokens = tokens;
        this.connected = connected;
    }

    @Override
    public void register(Routes routes) {
        documented.on(routes, "POST", PATH, this::create);
        documented.on(routes, "POST", PATH + "/batch_create", this::batchCreate);
        documented.on(routes, "PUT", PATH + "/:record_id", this::update);
        documented.on(routes, "POST", PATH + "/batch_update", this::batchUpdate);
        documented.on(routes, "DELETE", PATH + "/:record_id", this::delete);
        documented.on(routes, "POST", PATH + "/batch_delete", this::batchDelete);
    }

    private Answer create(Call call) {
        JsonNode body = call.json(1254000);
        JsonNode fields = fields(body);
        tokens.of(call);
        return write(call, body, draft -> {
            Row row = draft.add(writer(call, draft).cells(Map.of(), fields));
            return JSON.objectNode().set("record", written(row.id(), fields));
        });
    }

    private Answer batchCreate(Call call) {
        JsonNode body = call.json(1254000);
        JsonNode records = records(body, MOST_WRITTEN);
        records.forEach(RecordWriteApi::fields);
        tokens.of(call);
        return write(call, body, draft -> {
            CellWriter writer = writer(call, draft);
            ArrayNode answer = JSON.arrayNode();
            for (JsonNode record : records) {
                JsonNode fields = fields(record);
                Row row = draft.add(writer.cells(Map.of(), fields));
                answer.add(written(row.id(), fields));
            }
            return JSON.objectNode().set("records", answer);
        });
    }

    private Answer update(Call call) {
        JsonNode fields = fields(call.json(1254000));
        String recordId = Id.RECORD.checked(call.variable("record_id"));
        return write(call, draft -> {
            edit(draft, writer(call, draft), recordId, fields);
            return JSON.objectNode().set("record", written(recordId, fields));
        });
    }

    private Answer batchUpdate(Call call) {
        JsonNode records = records(call.json(1254000), MOST_WRITTEN);
        for (JsonNode record : records) {
            fields(record);
            Id.RECORD.checked(record.path("record_id").asText(""));
        }
        return write(call, draft -> {
            CellWriter writer = writer(call, draft);
            ArrayNode answer = JSON.arrayNode();
            for (JsonNode record : records) {
                String recordId = record.path("record_id").textValue();
                edit(draft, writer, recordId, fields(record));
                answer.add(written(recordId, fields(record)));
            }
            return JSON.objectNode().set("records", answer);
        });
    }

    private static void edit(Draft draft, CellWriter writer, String recordId, JsonNode fields) {
        Row row = draft.row(recordId);
        draft.edit(row, writer.cells(row.cells(), fields));
    }

    private Answer delete(Call call) {
        String recordId = Id.RECORD.checked(call.variable("record_id"));
        return write(call, draft -> {
            draft.remove(draft.row(recordId));
            return deleted(recordId);
        });
    }

    private Answer batchDelete(Call call) {
        JsonNode ids = records(call.json(1254000), MOST_DELETED);
        for (JsonNode id : ids) {
            Id.RECORD.checked(id.asText(""));
        }
        return write(call, draft -> {
            ArrayNode answer = JSON.arrayNode();
            for (JsonNode id : ids) {
                draft.remove(draft.row(id.textValue()));
                answer.add(deleted(id.textValue()));
            }
            return JSON.objectNode().set("records", answer);
        });
    }

    private Answer write(Call call, Function<Draft, JsonNode> work) {
        IdType.of(call.query("user_id_type", "open_id"));
        connected.requireWritable(call.variable("table_id"));
        return Answer.ok(
                tables.write(call.variable("app_token"), call.variable("table_id"), Author.app(call, directory), work));
    }

    private Answer write(Call call, JsonNode body, Function<Draft, JsonNode> work) {
        return write(call, draft -> tokens.once(call, body, () -> work.apply(draft)));
    }

    private CellWriter writer(Call call, Draft draft) {
        String appToken = draft.before().appToken();
        return new CellWriter(
                draft,
                directory,
                IdType.of(call.query("user_id_type", "open_id")),
                (tableId, recordId) -> tables.holds(appToken, tableId, recordId));
    }

    private static JsonNode fields(JsonNode body) {
        if (!body.path("fields").isObject()) {
            throw new Denied(1254001, "fields is an object");
        }
        return body.path("fields");
    }

    private static JsonNode records(JsonNode body, int most) {
        JsonNode records = body.path("records");
        if (!records.isArray()) {
            throw new Denied(1254001, "records is a list");
        }
        if (records.isEmpty()) {
            throw new Denied(1254007, "records");
        }
        if (records.size() > most) {
            throw new Denied(1254104, "at most " + most);
        }
        return records;
    }

    private static ObjectNode written(String recordId, JsonNode fields) {
        ObjectNode json = JSON.objectNode().put("record_id", recordId).put("id", recordId);
        ObjectNode echo = json.putObject("fields");
        fields.properties().forEach(entry -> {
            if (!entry.getValue().isNull()) {
                echo.set(entry.getKey(), entry.getValue());
            }
        });
        return json;
    }

    private static ObjectNode deleted(String recordId) {
        return JSON.objectNode().put("deleted", true).put("record_id", recordId);
    }
}
