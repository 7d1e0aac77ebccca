package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Routes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.transaction.support.TransactionTemplate;

/** The tables of a Base. */
final class TableApi implements Api {
    private static final int LONGEST_NAME = 100;
    private static final int LARGEST_PAGE = 100;
    private static final int MOST_DELETED = 50;
    private static final String PATH = "/open-apis/bitable/v1/apps/:app_token/tables";

    private final Documented documented;
    private final Tables tables;
    private final Directory directory;
    private final TransactionTemplate transactions;

    TableApi(Documented documented, Tables tables, Directory directory, TransactionTemplate transactions) {
        this.documented = documented;
        this.tables = tables;
        this.directory = directory;
        this.transactions = transactions;
    }

    @Override
    public void register(Routes routes) {
        documented.on(routes, "GET", PATH, this::list);
        documented.on(routes, "POST", PATH, this::create);
        documented.on(routes, "POST", PATH + "/batch_create", this::batchCreate);
        documented.on(routes, "PATCH", PATH + "/:table_id", this::rename);
        documented.on(routes, "DELETE", PATH + "/:table_id", this::delete);
        documented.on(routes, "POST", PATH + "/batch_delete", this::batchDelete);
    }

    private Answer list(Call call) {
        String appToken = tables.base(call.variable("app_token")).appToken();
        Page page = Page.of(call, 20, LARGEST_PAGE, "tables");
        return Answer.ok(page.of(tables.list(appToken), TableLine::json));
    }

    private Answer create(Call call) {
        JsonNode json = call.json(1254000).path("table");
        String appToken = tables.base(call.variable("app_token")).appToken();
        if (!json.isObject()) {
            throw new Denied(1254001, "table is an object");
        }
        JsonNode fields = json.path("fields");
        boolean withFields = !fields.isMissingNode() && !fields.isNull();
        String viewName = viewName(json, withFields);
        Table table;
        if (withFields) {
            table = Table.empty(
                    appToken,
                    Id.TABLE.fresh(),
                    name(json),
                    fields(appToken, fields),
                    List.of(NewBase.view(viewName.isEmpty() ? "Grid" : viewName)));
        } else {
            table = NewBase.table(appToken, name(json), "Text");
        }
        tables.create(table);
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("table_id", table.id());
        if (withFields) {
            data.put("default_view_id", table.views().get(0).id());
            ArrayNode ids = data.putArray("field_id_list");
            table.fields().forEach(f -> ids.add(f.id()));
        }
        return Answer.ok(data);
    }

    private static String viewName(JsonNode json, boolean withFields) {
        if (!json.has("default_view_name")) {
            return "";
        }
        String name = json.path("default_view_name").asText("");
        if (!withFields) {
            throw new Denied(1254001, "default_view_name needs fields");
        }
        if (name.isBlank()) {
            throw new Denied(1254021, "");
        }
        if (name.length() > LONGEST_NAME || name.contains("[") || name.contains("]")) {
            throw new Denied(1254022, "");
        }
        return name;
    }

    private List<Field> fields(String appToken, JsonNode json) {
        if (!json.isArray() || json.isEmpty()) {
            throw new Denied(1254001, "fields is a list");
        }
        if (json.size() > FieldDefinition.MOST_FIELDS) {
            throw new Denied(1254105, "");
        }
        FieldDefinition definition =
                new FieldDefinition(id -> tables.list(appToken).stream().anyMatch(t -> t.id().equals(id)));
        List<Field> fields = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode entry : json) {
            Field field = definition.create(entry, fields.isEmpty());
            if (!names.add(field.name())) {
                throw new Denied(1254014, "");
            }
            fields.add(field);
        }
        return fields;
    }

    private Answer batchCreate(Call call) {
        JsonNode list = call.json(1254000).path("tables");
        String appToken = tables.base(call.variable("app_token")).appToken();
        if (!list.isArray() || list.isEmpty()) {
            throw new Denied(1254001, "tables is a list");
        }
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        ArrayNode ids = data.putArray("table_ids");
        transactions.executeWithoutResult(status -> {
            for (JsonNode json : list) {
                Table table = NewBase.table(appToken, name(json), "Text");
                tables.create(table);
                ids.add(table.id());
            }
        });
        return Answer.ok(data);
    }

    private Answer rename(Call call) {
        JsonNode body = call.json(1254001);
        Table table = tables.table(call.variable("app_token"), call.variable("table_id"));
        String asked = body.path("name").asText("").strip();
        if (!asked.isEmpty() && !asked.equals(table.name())) {
            String name = name(body);
            tables.write(table.appToken(), table.id(), Author.app(call, directory), draft -> {
                tables.requireFreeName(table.appToken(), table.id(), name);
                draft.rename(name);
                return null;
            });
        }
        return Answer.ok(JsonNodeFactory.instance.objectNode().put("name", asked.isEmpty() ? table.name() : asked));
    }

    private Answer delete(Call call) {
        tables.delete(call.variable("app_token"), call.variable("table_id"), Author.app(call, directory));
        return Answer.ok(JsonNodeFactory.instance.objectNode());
    }

    private Answer batchDelete(Call call) {
        JsonNode ids = call.json(1254000).path("table_ids");
        String appToken = tables.base(call.variable("app_token")).appToken();
        if (!ids.isArray() || ids.isEmpty() || ids.size() > MOST_DELETED) {
            throw new Denied(1254001, "table_ids has 1 to " + MOST_DELETED);
        }
        transactions.executeWithoutResult(
                status -> ids.forEach(id -> tables.delete(appToken, id.asText(""), Author.app(call, directory))));
        return Answer.ok(JsonNodeFactory.instance.objectNode());
    }

    private static String name(JsonNode json) {
        if (!json.path("name").isTextual()) {
            throw new Denied(1254001, "name is a string");
        }
        String name = json.path("name").textValue().strip();
        if (name.isEmpty()) {
            throw new Denied(1254007, "name");
        }
        if (name.length() > LONGEST_NAME || name.matches("(?s).*[/\\\\?*:\\[\\]].*")) {
            throw new Denied(1254001, "name has at most 100 characters and none of / \\ ? * : [ ]");
        }
        return name;
    }
}
