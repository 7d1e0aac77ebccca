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
import java.util.List;
import java.util.Set;

/**
 * Forms, which are views of the type form, and their questions, which are fields that people can fill in.
 *
 * <p>Not documented, and so chosen: at first a form asks every such field, none of them required, and is not shared.
 */
final class FormApi implements Api {
    private static final int LARGEST_PAGE = 100;
    private static final Set<String> LIMITS = Set.of("off", "tenant_editable", "anyone_editable");
    private static final String PATH = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/forms/:form_id";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Documented documented;
    private final Tables tables;
    private final Directory directory;

    FormApi(Documented documented, Tables tables, Directory directory) {
        this.documented = documented;
        this.tables = tables;
        this.directory = directory;
    }

    @Override
    public void register(Routes routes) {
        documented.on(routes, "GET", PATH, this::get);
        documented.on(routes, "PATCH", PATH, this::patch);
        documented.on(routes, "GET", PATH + "/fields", this::questions);
        documented.on(routes, "PATCH", PATH + "/fields/:field_id", this::patchQuestion);
    }

    private Answer get(Call call) {
        return Answer.ok(JSON.objectNode().set("form", form(view(call))));
    }

    private Answer patch(Call call) {
        JsonNode body = call.json(1254000);
        return tables.write(
                call.variable("app_token"), call.variable("table_id"), Author.app(call, directory), draft -> {
                    View view = of(draft.view(Id.VIEW.checked(call.variable("form_id"))));
                    if (body.has("name")) {
                        if (body.path("name").asText("").isBlank()) {
                            throw new Denied(1254021, "");
                        }
                        view = view.named(body.path("name").asText());
                    }
                    ObjectNode property = view.property().deepCopy();
                    ObjectNode form = property.withObject("/form");
                    text(body, form, "description");
                    flag(body, form, "shared");
                    flag(body, form, "submit_limit_once");
                    if (body.has("shared_limit")) {
                        if (!LIMITS.contains(body.path("shared_limit").asText())) {
                            throw new Denied(1254001, "shared_limit");
                        }
                        form.put("shared_limit", body.path("shared_limit").asText());
                    }
                    view = view.with(property);
                    draft.putView(view);
                    return Answer.ok(JSON.objectNode().set("form", form(view)));
                });
    }

    private static ObjectNode form(View view) {
        JsonNode stored = view.property().path("form");
        boolean shared = stored.path("shared").asBoolean();
        return JSON.objectNode()
                .put("name", view.name())
                .put("description", stored.path("description").asText(""))
                .put("shared", shared)
                .put("shared_url", shared ? "https://feishu.cn/share/base/form/" + view.id() : "")
                .put("shared_limit", stored.path("shared_limit").asText("off"))
                .put("submit_limit_once", stored.path("submit_limit_once").asBoolean());
    }

    private Answer questions(Call call) {
        Table table = tables.table(call.variable("app_token"), call.variable("table_id"));
        View view = of(table.view(call.variable("form_id")));
        Page page = Page.of(call, 20, LARGEST_PAGE, view.id() + "/questions");
        return Answer.ok(page.of(questions(table.fields(), view), question -> question));
    }

    /** The questions in their order. */
    private static List<ObjectNode> questions(List<Field> fields, View view) {
        List<ObjectNode> questions = new ArrayList<>();
        JsonNode stored = view.property().path("questions");
        for (JsonNode known : stored) {
            fields.stream()
                    .filter(field -> field.id().equals(known.path("field_id").asText()))
                    .forEach(field -> questions.add(known.deepCopy()));
        }
        for (Field field : fields) {
            boolean asked = questions.stream()
                    .anyMatch(known -> known.path("field_id").asText().equals(field.id()));
            if (!asked && !field.type().computed()) {
                questions.add(JSON.objectNode()
                        .put("field_id", field.id())
                        .put("title", field.name())
                        .put("description", "")
                        .put("required", false)
                        .put("visible", true));
            }
        }
        return questions;
    }

    private Answer patchQuestion(Call call) {
        JsonNode body = call.json(1254000);
        String fieldId = Id.FIELD.checked(call.variable("field_id"));
        return tables.write(
                call.variable("app_token"), call.variable("table_id"), Author.app(call, directory), draft -> {
                    View view = of(draft.view(Id.VIEW.checked(call.variable("form_id"))));
                    List<ObjectNode> questions = questions(draft.fields(), view);
                    int place = place(questions, fieldId);
                    ObjectNode question = questions.get(place);
                    text(body, question, "title");
                    text(body, question, "description");
                    flag(body, question, "required");
                    flag(body, question, "visible");
                    if (body.has("pre_field_id")) {
                        questions.remove(place);
                        String before = body.path("pre_field_id").asText("");
                        questions.add(before.isEmpty() ? 0 : place(questions, before) + 1, question);
                    }
                    ObjectNode property = view.property().deepCopy();
                    ArrayNode stored = property.putArray("questions");
                    questions.forEach(stored::add);
                    draft.putView(view.with(property));
                    int now = questions.indexOf(question);
                    ObjectNode shown = question.deepCopy();
                    shown.remove("field_id");
                    shown.put(
                            "pre_field_id",
                            now == 0
                                    ? ""
                                    : questions.get(now - 1).path("field_id").asText());
                    return Answer.ok(JSON.objectNode().set("field", shown));
                });
    }

    private static int place(List<ObjectNode> questions, String fieldId) {
        for (int i = 0; i < questions.size(); i++) {
            if (questions.get(i).path("field_id").asText().equals(fieldId)) {
                return i;
            }
        }
        throw new Denied(1254049, "");
    }

    private View view(Call call) {
        return of(tables.table(call.variable("app_token"), call.variable("table_id"))
                .view(call.variable("form_id")));
    }

    private static View of(View view) {
        if (!view.form()) {
            throw new Denied(1254019, "the view is no form");
        }
        return view;
    }

    private static void text(JsonNode body, ObjectNode target, String name) {
        if (body.has(name)) {
            if (!body.path(name).isTextual()) {
                throw new Denied(1254001, name + " is a string");
            }
            target.put(name, body.path(name).asText());
        }
    }

    private static void flag(JsonNode body, ObjectNode target, String name) {
        if (body.has(name)) {
            if (!body.path(name).isBoolean()) {
                throw new Denied(1254001, name + " is true or false");
            }
            target.put(name, body.path(name).asBoolean());
        }
    }
}
