package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Routes;
import java.util.Set;

/** The views of a table. */
final class ViewApi implements Api {
    private static final int LONGEST_NAME = 100;
    private static final int LARGEST_PAGE = 100;
    private static final int MOST_VIEWS = 200;
    private static final int MOST_HIDDEN = 300;
    private static final Set<String> TYPES = Set.of("grid", "kanban", "gallery", "gantt", "form");
    private static final String PATH = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/views";

    private final Documented documented;
    private final Tables tables;
    private final Directory directory;

    ViewApi(Documented documented, Tables tables, Directory directory) {
        this.documented = documented;
        this.tables = tables;
        this.directory = directory;
    }

    @Override
    public void register(Routes routes) {
        documented.on(routes, "GET", PATH, this::list);
        documented.on(routes, "POST", PATH, this::create);
        documented.on(routes, "GET", PATH + "/:view_id", this::get);
        documented.on(routes, "PATCH", PATH + "/:view_id", this::patch);
        documented.on(routes, "DELETE", PATH + "/:view_id", this::delete);
    }

    private Answer list(Call call) {
        Table table = tables.table(call.variable("app_token"), call.variable("table_id"));
        Page page = Page.of(call, 20, LARGEST_PAGE, table.id() + "/views");
        return Answer.ok(page.of(table.views(), View::line));
    }

    private Answer get(Call call) {
        Table table = tables.table(call.variable("app_token"), call.variable("table_id"));
        return view(table.view(call.variable("view_id")).json());
    }

    private Answer create(Call call) {
        JsonNode body = call.json(1254000);
        String type = body.path("view_type").asText("grid");
        if (!TYPES.contains(type)) {
            throw new Denied(1254019, type);
        }
        View view = new View(Id.VIEW.fresh(), name(body), type, JsonNodeFactory.instance.objectNode());
        return tables.write(
                call.variable("app_token"), call.variable("table_id"), Author.app(call, directory), draft -> {
                    if (draft.views().size() >= MOST_VIEWS) {
                        throw new Denied(1254101, "");
                    }
                    draft.putView(view);
                    return view(view.line());
                });
    }

    private Answer patch(Call call) {
        JsonNode body = call.json(1254000);
        Id.VIEW.checked(call.variable("view_id"));
        return tables.write(
                call.variable("app_token"), call.variable("table_id"), Author.app(call, directory), draft -> {
                    View view = draft.view(call.variable("view_id"));
                    if (body.has("view_name")) {
                        view = view.named(name(body));
                    }
                    if (body.path("property").isObject()) {
                        view = view.with(property(draft, view.property().deepCopy(), body.path("property")));
                    }
                    draft.putView(view);
                    return view(view.json());
                });
    }

    private static ObjectNode property(Draft draft, ObjectNode property, JsonNode given) {
        if (given.has("filter_info")) {
            JsonNode filter = given.path("filter_info");
            if (filter.isNull() || filter.path("conditions").isEmpty()) {
                property.remove("filter_info");
            } else {
                property.set("filter_info", filter(draft, filter));
            }
        }
        if (given.has("hidden_fields")) {
            JsonNode hidden = given.path("hidden_fields");
            if (hidden.size() > MOST_HIDDEN) {
                throw new Denied(1254001, "hidden_fields has at most " + MOST_HIDDEN);
            }
            ArrayNode ids = property.putArray("hidden_fields");
            hidden.forEach(
                    id -> ids.add(draft.field(Id.FIELD.checked(id.asText())).id()));
        }
        if (given.has("hierarchy_config")) {
            String id = given.path("hierarchy_config").path("field_id").asText("");
            if (id.isEmpty()) {
                property.remove("hierarchy_config");
            } else if (draft.field(Id.FIELD.checked(id)).type().link()) {
                property.putObject("hierarchy_config").put("field_id", id);
            } else {
                throw new Denied(1254012, "hierarchy_config");
            }
        }
        return property;
    }

    private static ObjectNode filter(Draft draft, JsonNode given) {
        String conjunction = given.path("conjunction").asText("and");
        if (!Set.of("and", "or").contains(conjunction)
                || given.path("conditions").size() > Filter.MOST_CONDITIONS) {
            throw new Denied(1254018, "conjunction is and or or; at most " + Filter.MOST_CONDITIONS + " conditions");
        }
        ObjectNode filter = JsonNodeFactory.instance.objectNode().put("conjunction", conjunction);
        filter.put("condition_omitted", false);
        ArrayNode conditions = filter.putArray("conditions");
        for (JsonNode condition : given.path("conditions")) {
            Field field =
                    draft.field(Id.FIELD.checked(condition.path("field_id").asText()));
            String operator = condition.path("operator").asText();
            JsonNode value = condition.path("value");
            boolean presence = operator.equals("isEmpty") || operator.equals("isNotEmpty");
            if (!Condition.OPERATORS.contains(operator)
                    || !presence && (!value.isTextual() || Json.parse(value.asText()) == null)) {
                throw new Denied(1254018, "a condition has an operator, and a value that is JSON in a string");
            }
            ObjectNode stored = conditions
                    .addObject()
                    .put("field_id", field.id())
                    .put("operator", operator)
                    .put("condition_id", "con" + Id.VIEW.fresh().substring(3))
                    .put("field_type", field.type().code());
            if (!presence) {
                stored.put("value", value.asText());
            }
        }
        return filter;
    }

    private Answer delete(Call call) {
        Id.VIEW.checked(call.variable("view_id"));
        tables.write(call.variable("app_token"), call.variable("table_id"), Author.app(call, directory), draft -> {
            View view = draft.view(call.variable("view_id"));
            if (draft.views().size() == 1) {
                throw new Denied(1254023, "");
            }
            draft.removeView(view);
            return null;
        });
        return Answer.ok(JsonNodeFactory.instance.objectNode());
    }

    private static String name(JsonNode body) {
        String name = body.path("view_name").asText("");
        if (name.isBlank()) {
            throw new Denied(1254021, "");
        }
        if (name.length() > LONGEST_NAME || name.contains("[") || name.contains("]")) {
            throw new Denied(1254022, "");
        }
        return name;
    }

    private static Answer view(ObjectNode view) {
        return Answer.ok(JsonNodeFactory.instance.objectNode().set("view", view));
    }
}
