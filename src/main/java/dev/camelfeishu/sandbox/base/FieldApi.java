package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Routes;

/** The fields of a table. */
final class FieldApi implements Api {
    private static final int LARGEST_PAGE = 100;
    private static final String PATH = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/fields";

    private final Documented documented;
    private final Tables tables;
    private final Directory directory;
    private final ClientTokens tokens;

    FieldApi(Documented documented, Tables tables, Directory directory, ClientTokens tokens) {
        this.documented = documented;
        this.tables = tables;
        this.directory = directory;
        this.tokens = tokens;
    }

    @Override
    public void register(Routes routes) {
        documented.on(routes, "GET", PATH, this::list);
        documented.on(routes, "POST", PATH, this::create);
        documented.on(routes, "PUT", PATH + "/:field_id", this::update);
        documented.on(routes, "DELETE", PATH + "/:field_id", this::delete);
    }

    private Answer list(Call call) {
        Table table = tables.table(call.variable("app_token"), call.variable("table_id"));
        String viewId = call.query("view_id", "");
        View view = viewId.isEmpty() ? null : table.view(viewId);
        boolean asArray = Flags.of(call, "text_field_as_array");
        Page page = Page.of(call, 20, LARGEST_PAGE, table.id() + "/fields/" + viewId);
        return Answer.ok(page.of(
                table.fields(), f -> listed(f, table, asArray).put("is_hidden", view != null && view.hides(f))));
    }

    private ObjectNode listed(Field field, Table table, boolean asArray) {
        ObjectNode json = field.json();
        if (field.type().link()) {
            ObjectNode property = (ObjectNode) json.path("property");
            property.put(
                    "table_name", tableName(table, property.path("table_id").asText()));
        }
        if (field.description() != null) {
            String text = field.description().path("text").asText();
            if (asArray) {
                ArrayNode segments = json.putArray("description");
                segments.addObject().put("type", "text").put("text", text);
            } else {
                json.put("description", text);
            }
        }
        return json;
    }

    private String tableName(Table table, String tableId) {
        return tables.list(table.appToken()).stream()
                .filter(t -> t.id().equals(tableId))
                .map(TableLine::name)
                .findFirst()
                .orElse("");
    }

    private Answer create(Call call) {
        JsonNode body = call.json(1254000);
        Table table = tables.table(call.variable("app_token"), call.variable("table_id"));
        tokens.of(call);
        return Answer.ok(tables.write(
                table.appToken(),
                table.id(),
                Author.app(call, directory),
                draft -> tokens.once(call, body, () -> {
                    Field field = definition(table).create(body, false);
                    draft.addField(field);
                    return answered(field);
                })));
    }

    private Answer update(Call call) {
        JsonNode body = call.json(1254000);
        Table table = tables.table(call.variable("app_token"), call.variable("table_id"));
        String fieldId = Id.FIELD.checked(call.variable("field_id"));
        return Answer.ok(tables.write(table.appToken(), table.id(), Author.app(call, directory), draft -> {
            Field before = draft.field(fieldId);
            Field after = definition(table).update(body, before);
            if (after.json().equals(before.json())) {
                throw new Denied(1254606, "");
            }
            draft.replaceField(after);
            return answered(after);
        }));
    }

    private Answer delete(Call call) {
        Table table = tables.table(call.variable("app_token"), call.variable("table_id"));
        String fieldId = Id.FIELD.checked(call.variable("field_id"));
        tables.write(table.appToken(), table.id(), Author.app(call, directory), draft -> {
            draft.removeField(draft.field(fieldId));
            return null;
        });
        return Answer.ok(
                JsonNodeFactory.instance.objectNode().put("field_id", fieldId).put("deleted", true));
    }

    private FieldDefinition definition(Table table) {
        return new FieldDefinition(id -> tables.list(table.appToken()).stream().anyMatch(t -> t.id().equals(id)));
    }

    private static ObjectNode answered(Field field) {
        return JsonNodeFactory.instance.objectNode().set("field", field.json());
    }
}
