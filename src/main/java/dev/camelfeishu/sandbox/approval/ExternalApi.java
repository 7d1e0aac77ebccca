package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Approvals of third parties: their definitions, the instances they push, the check of what was pushed, the tasks; and, by
 * {@code POST /sandbox/external-instances/:instance_id/tasks/:task_id/act} with {@code {"action_type","reason"}}, a person's quick
 * action, of which the third party is told.
 *
 * <p>Not documented, and so chosen: an UPDATE whose {@code update_time} has not grown is answered and changes nothing; a push of
 * an instance that belongs to another definition is 1390001; 1390014 is never answered, since the period within which an
 * instance must not be pushed twice is not published.
 */
public final class ExternalApi implements Api {
    private static final String V4 = "/open-apis/approval/v4";
    private static final int MOST_TASKS = 300;
    private static final int MOST_COPIES = 200;
    private static final Set<String> STATES =
            Set.of("PENDING", "APPROVED", "REJECTED", "CANCELED", "DELETED", "HIDDEN", "TERMINATED");
    private static final Set<String> TASK_STATES = Set.of("PENDING", "APPROVED", "REJECTED", "TRANSFERRED", "DONE");
    private static final Set<String> DISPLAY = Set.of("BROWSER", "SIDEBAR", "NORMAL", "TRUSTEESHIP");
    private static final Set<String> MODES = Set.of("REPLACE", "UPDATE");
    private static final Set<String> VIEWERS = Set.of("TENANT", "DEPARTMENT", "USER", "NONE");

    private final SandboxDatabase database;
    private final Externals externals;
    private final Approvers approvers;
    private final ActionCallback callback;

    public ExternalApi(SandboxDatabase database, Externals externals, Approvers approvers, ActionCallback callback) {
        this.database = database;
        this.externals = externals;
        this.approvers = approvers;
        this.callback = callback;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", V4 + "/external_approvals", this::create);
        routes.on("GET", V4 + "/external_approvals/:approval_code", this::get);
        routes.on("POST", V4 + "/external_instances", this::push);
        routes.on("POST", V4 + "/external_instances/check", this::check);
        routes.on("GET", V4 + "/external_tasks", this::tasks);
        routes.on("POST", "/sandbox/external-instances/:instance_id/tasks/:task_id/act", this::act);
    }

    private Answer create(Call call) {
        JsonNode body = call.json(1390001);
        String idType = Approvers.idType(call);
        String code = Given.optional(body, "approval_code");
        if (code != null && code.length() > 128) {
            throw Given.invalid("approval_code is longer than 128 characters");
        }
        if (!Given.text(body, "approval_name").startsWith("@i18n@")) {
            throw Given.invalid("approval_name is a key that begins with @i18n@");
        }
        Given.text(body, "group_code");
        JsonNode external = body.path("external");
        if (!external.isObject()
                || !external.path("support_pc").asBoolean()
                        && !external.path("support_mobile").asBoolean()) {
            throw Given.invalid("external supports at least one of pc and mobile");
        }
        for (JsonNode viewer : few(body, "viewers", MOST_COPIES)) {
            if (Given.oneOf(viewer, "viewer_type", VIEWERS, null).equals("USER")) {
                approvers.find(idType, Given.text(viewer, "viewer_user_id"));
            }
        }
        for (JsonNode person : few(body, "managers", MOST_COPIES)) {
            approvers.find(idType, person.asText());
        }
        resources(body);
        String stored = code == null ? UUID.randomUUID().toString().toUpperCase(Locale.ROOT) : code;
        ObjectNode kept = body.deepCopy();
        externals.put(stored, kept.put("approval_code", stored));
        return Answer.ok(Json.object().put("approval_code", stored));
    }

    private Answer get(Call call) {
        ObjectNode data = externals.get(call.variable("approval_code")).body().deepCopy();
        if (data.path("external") instanceof ObjectNode external) {
            external.remove(List.of("action_callback_token", "action_callback_key"));
        }
        return Answer.ok(data);
    }

    private static void resources(JsonNode body) {
        boolean any = false;
        for (JsonNode resource : body.path("i18n_resources")) {
            Given.text(resource, "locale");
            any |= resource.path("is_default").asBoolean();
        }
        if (!any) {
            throw Given.invalid("i18n_resources have no default language");
        }
    }

    private static JsonNode few(JsonNode body, String name, int most) {
        if (body.path(name).size() > most) {
            throw Given.invalid(name + " has at most " + most);
        }
        return body.path(name);
    }

    private Answer push(Call call) {
        JsonNode body = call.json(1390001);
        ExternalDefinition definition = externals
                .find(Given.text(body, "approval_code"))
                .orElseThrow(() -> Given.invalid("approval_code is unknown"));
        String id = Given.text(body, "instance_id");
        checked(body, id);
        String mode = Given.oneOf(body, "update_mode", MODES, "REPLACE");
        ObjectNode stored = database.inTransaction(() -> {
            externals.lock(id);
            Optional<ExternalInstance> before = externals.instance(id);
            if (before.isPresent() && !before.get().approvalCode().equals(definition.code())) {
                throw Given.invalid("instance_id belongs to another definition");
            }
            ObjectNode next = mode.equals("UPDATE") && before.isPresent()
                    ? merged((ObjectNode) before.get().body(), body)
                    : (ObjectNode) body;
            externals.put(id, definition.code(), next, System.currentTimeMillis());
            return next;
        });
        return Answer.ok(Json.object().set("data", stored));
    }

    private void checked(JsonNode body, String id) {
        Given.oneOf(body, "status", STATES, null);
        Given.oneOf(body, "display_method", DISPLAY, "BROWSER");
        resources(body);
        time(body, "start_time");
        time(body, "end_time");
        time(body, "update_time");
        if (!body.path("links").isObject()) {
            throw Given.invalid("links is missing");
        }
        JsonNode extra = body.path("extra");
        if (extra.isTextual() && !extra.asText().isEmpty() && Json.parse(extra.asText()) == null) {
            throw Given.invalid("extra is a string that holds JSON");
        }
        for (JsonNode entry : body.path("form")) {
            if (entry.path("value").asText().length() > 2048) {
                throw Given.invalid("a value of the form is longer than 2048 characters");
            }
        }
        person(body);
        Set<String> ids = new HashSet<>(Set.of(id));
        for (JsonNode task : few(body, "task_list", MOST_TASKS)) {
            unique(ids, Given.text(task, "task_id"));
            person(task);
            Given.oneOf(task, "status", TASK_STATES, null);
            time(task, "create_time");
            time(task, "end_time");
            time(task, "update_time");
            few(task, "action_configs", 2).forEach(action -> Given.text(action, "action_type"));
        }
        for (JsonNode copy : few(body, "cc_list", MOST_COPIES)) {
            unique(ids, Given.text(copy, "cc_id"));
            person(copy);
            Given.oneOf(copy, "read_status", Set.of("READ", "UNREAD"), null);
            time(copy, "create_time");
            time(copy, "update_time");
        }
    }

    private static void unique(Set<String> ids, String id) {
        if (!ids.add(id)) {
            throw Given.invalid("the id " + id + " is used twice");
        }
    }

    private static void time(JsonNode body, String name) {
        Given.number(body.path(name).asText());
    }

    private void person(JsonNode holder) {
        String userId = Given.optional(holder, "user_id");
        if (userId != null) {
            approvers.find("user_id", userId);
        } else {
            approvers.find("open_id", Given.text(holder, "open_id"));
        }
    }

    private Person receiver(JsonNode holder) {
        String userId = Given.optional(holder, "user_id");
        return userId != null
                ? approvers.find("user_id", userId)
                : approvers.find("open_id", holder.path("open_id").asText());
    }

    /** What has grown in its time takes the place of what was there; nothing is dropped. */
    private static ObjectNode merged(ObjectNode before, JsonNode pushed) {
        ObjectNode merged = (newer(before, pushed) ? (ObjectNode) pushed : before).deepCopy();
        merged.set("task_list", merged(before.path("task_list"), pushed.path("task_list"), "task_id"));
        merged.set("cc_list", merged(before.path("cc_list"), pushed.path("cc_list"), "cc_id"));
        return merged;
    }

    private static ArrayNode merged(JsonNode before, JsonNode pushed, String id) {
        Map<String, JsonNode> now = new HashMap<>();
        pushed.forEach(entry -> now.put(entry.path(id).asText(), entry));
        ArrayNode merged = Json.array();
        for (JsonNode old : before) {
            JsonNode next = now.remove(old.path(id).asText());
            merged.add(next != null && newer(old, next) ? next : old);
        }
        pushed.forEach(entry -> {
            if (now.containsKey(entry.path(id).asText())) {
                merged.add(entry);
            }
        });
        return merged;
    }

    private static boolean newer(JsonNode before, JsonNode after) {
        return after.path("update_time").asLong() > before.path("update_time").asLong();
    }

    private Answer check(Call call) {
        JsonNode asked = call.json(1390001).path("instances");
        if (!asked.isArray() || asked.isEmpty()) {
            throw Given.invalid("instances is a list");
        }
        ObjectNode data = Json.object();
        ArrayNode different = data.putArray("diff_instances");
        for (JsonNode entry : asked) {
            String id = Given.text(entry, "instance_id");
            time(entry, "update_time");
            Optional<ExternalInstance> known = externals.instance(id);
            if (known.isEmpty()) {
                different.add(entry);
                continue;
            }
            Map<String, JsonNode> tasks = new HashMap<>();
            known.get()
                    .body()
                    .path("task_list")
                    .forEach(task -> tasks.put(task.path("task_id").asText(), task));
            ArrayNode stale = Json.array();
            for (JsonNode task : entry.path("tasks")) {
                JsonNode stored = tasks.get(Given.text(task, "task_id"));
                if (stored == null || newer(stored, task)) {
                    stale.add(task);
                }
            }
            if (newer(known.get().body(), entry) || !stale.isEmpty()) {
                different
                        .addObject()
                        .put("instance_id", id)
                        .put("update_time", entry.path("update_time").asText())
                        .set("tasks", stale);
            }
        }
        return Answer.ok(data);
    }

    private Answer tasks(Call call) {
        JsonNode body = call.body().length == 0 ? Json.object() : call.json(1390001);
        Set<String> codes = texts(body, "approval_codes");
        Set<String> ids = texts(body, "instance_ids");
        Set<String> users = texts(body, "user_ids");
        String status = Given.oneOf(body, "status", TASK_STATES, "");
        int size = Given.size(call, 100, 1, 500);
        int from = (int) Math.min(Given.number(call.query("page_token", "0")), Integer.MAX_VALUE / 2);
        List<ObjectNode> found = new ArrayList<>();
        for (ExternalInstance instance : externals.all()) {
            if (!codes.isEmpty() && !codes.contains(instance.approvalCode())
                    || !ids.isEmpty() && !ids.contains(instance.id())) {
                continue;
            }
            ArrayNode tasks = Json.array();
            for (JsonNode task : instance.body().path("task_list")) {
                if ((status.isEmpty() || status.equals(task.path("status").asText()))
                        && (users.isEmpty() || users.contains(receiver(task).userId()))) {
                    tasks.addObject()
                            .put("id", task.path("task_id").asText())
                            .put("status", task.path("status").asText())
                            .put("update_time", task.path("update_time").asText());
                }
            }
            if (!tasks.isEmpty()) {
                found.add(Json.object()
                        .put("instance_id", instance.id())
                        .put(
                                "approval_id",
                                externals.get(instance.approvalCode()).approvalId())
                        .put("approval_code", instance.approvalCode())
                        .put("status", instance.body().path("status").asText())
                        .put("update_time", instance.body().path("update_time").asText())
                        .set("tasks", tasks));
            }
        }
        ObjectNode data = Json.object();
        ArrayNode list = data.putArray("data");
        found.stream().skip(from).limit(size).forEach(list::add);
        boolean more = found.size() > from + size;
        return Answer.ok(data.put("page_token", more ? Integer.toString(from + size) : "")
                .put("has_more", more));
    }

    private static Set<String> texts(JsonNode body, String name) {
        return body.has(name) ? Set.copyOf(Given.texts(body, name, 20)) : Set.of();
    }

    private Answer act(Call call) {
        JsonNode asked = Control.body(call);
        String type = Control.text(asked, "action_type");
        ExternalInstance instance = externals
                .instance(call.variable("instance_id"))
                .orElseThrow(() -> Control.bad("There is no instance with this id."));
        ExternalDefinition definition = externals.get(instance.approvalCode());
        JsonNode to = definition.body().path("external");
        for (JsonNode task : instance.body().path("task_list")) {
            if (task.path("task_id").asText().equals(call.variable("task_id")) && offers(task, type)) {
                ObjectNode content = Json.object()
                        .put("action_type", type)
                        .put("action_context", task.path("action_context").asText(""))
                        .put("user_id", receiver(task).userId())
                        .put("approval_code", definition.code())
                        .put("instance_id", instance.id())
                        .put("task_id", task.path("task_id").asText())
                        .put("message_id", "")
                        .put("id", UUID.randomUUID().toString())
                        .put("reason", asked.path("reason").asText(""));
                content.putArray("attachments");
                return callback.send(
                        to.path("action_callback_url").asText(""),
                        to.path("action_callback_token").asText(""),
                        to.path("action_callback_key").asText(""),
                        content);
            }
        }
        throw Control.bad("The task is not there, is closed, or offers no such action.");
    }

    private static boolean offers(JsonNode task, String type) {
        for (JsonNode action : task.path("action_configs")) {
            if (action.path("action_type").asText().equals(type)) {
                return task.path("status").asText().equals("PENDING");
            }
        }
        return false;
    }
}
