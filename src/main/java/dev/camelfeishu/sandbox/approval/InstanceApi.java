package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.contact.Department;
import dev.camelfeishu.sandbox.contact.Departments;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.springframework.dao.DuplicateKeyException;

/**
 * Approval instances: create, read, list, query, cancel.
 *
 * <p>Not documented, and so chosen: 60012 comes with HTTP 400; withdrawing what is not open is 1390001; withdrawing another
 * person's instance is 1390009.
 */
public final class InstanceApi implements Api {
    private static final String INSTANCES = "/open-apis/approval/v4/instances";
    private static final long LIST_WINDOW = Duration.ofHours(10).toMillis();
    private static final long QUERY_WINDOW = Duration.ofDays(30).toMillis();
    private static final Set<String> QUERY_STATES = Set.of("PENDING", "RECALL", "REJECT", "DELETED", "APPROVED", "ALL");

    private final SandboxDatabase database;
    private final Definitions definitions;
    private final Instances instances;
    private final Flow flow;
    private final Approvers approvers;
    private final Departments departments;

    public InstanceApi(
            SandboxDatabase database,
            Definitions definitions,
            Instances instances,
            Flow flow,
            Approvers approvers,
            Departments departments) {
        this.database = database;
        this.definitions = definitions;
        this.instances = instances;
        this.flow = flow;
        this.approvers = approvers;
        this.departments = departments;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", INSTANCES, this::create);
        routes.on("GET", INSTANCES, this::list);
        routes.on("GET", INSTANCES + "/:instance_id", this::get);
        routes.on("POST", INSTANCES + "/query", this::query);
        routes.on("POST", INSTANCES + "/cancel", this::cancel);
    }

    private Answer create(Call call) {
        JsonNode body = call.json(1390001);
        Definition definition = definitions.get(text(body, "approval_code"));
        if (definition.status().equals("DELETED")) {
            throw new Refusal(400, 1390016, "approval is deleted");
        }
        if (!definition.status().equals("ACTIVE")) {
            throw new Refusal(400, 1390015, "approval is not active");
        }
        Person applicant = body.hasNonNull("user_id")
                ? approvers.find("user_id", body.path("user_id").asText())
                : approvers.find("open_id", text(body, "open_id"));
        String department = department(body.path("department_id"), applicant);
        for (String list : List.of(
                "node_approver_user_id_list",
                "node_approver_open_id_list",
                "node_cc_user_id_list",
                "node_cc_open_id_list")) {
            checkNodes(definition, body.path(list), list.contains("open_id") ? "open_id" : "user_id");
        }
        String uuid = body.path("uuid").asText("");
        if (uuid.length() > 64) {
            throw invalid("uuid is longer than 64 characters");
        }
        String form = Json.write(Form.read(definition.form(), body.path("form")));
        Instance created;
        try {
            created = database.inTransaction(() -> {
                Instance added = instances.add(
                        definition.code(),
                        uuid.isEmpty() ? null : uuid,
                        applicant.openId(),
                        department,
                        form,
                        body.path("title").asText(null));
                flow.begin(added);
                return added;
            });
        } catch (DuplicateKeyException e) {
            throw new Refusal(400, 60012, "uuid has been used");
        }
        return Answer.ok(Json.object().put("instance_code", created.code()));
    }

    private String department(JsonNode given, Person applicant) {
        if (!given.isTextual() || given.asText().isEmpty()) {
            return departments
                    .find("open_department_id", applicant.department())
                    .map(Department::departmentId)
                    .orElse("");
        }
        return departments
                .find("department_id", given.asText())
                .filter(department -> department.departmentId().equals(given.asText()))
                .map(Department::departmentId)
                .orElseThrow(() -> invalid("department_id is unknown"));
    }

    private void checkNodes(Definition definition, JsonNode list, String idType) {
        for (JsonNode entry : list) {
            String key = entry.path("key").asText();
            if (definition.nodes().stream().noneMatch(node -> key.equals(node.id()) || key.equals(node.customId()))) {
                throw invalid("node " + key + " is not in the definition");
            }
            entry.path("value").forEach(id -> approvers.find(idType, id.asText()));
        }
    }

    private Answer get(Call call) {
        Instance instance = instances
                .find(call.variable("instance_id"))
                .orElseThrow(() -> new Refusal(400, 1390003, "instance code not found"));
        if (call.query("user_id", null) != null) {
            approvers.find(Approvers.idType(call), call.query("user_id", ""));
        }
        Definition definition = definitions.get(instance.approvalCode());
        ObjectNode data = Json.object()
                .put("approval_name", definition.name())
                .put("approval_code", instance.approvalCode())
                .put("instance_code", instance.code())
                .put("uuid", Optional.ofNullable(instance.uuid()).orElse(""))
                .put("serial_number", instance.serialNumber())
                .put("user_id", instances.userId(instance.openId()))
                .put("open_id", instance.openId())
                .put("department_id", instance.departmentId())
                .put("start_time", Long.toString(instance.startMs()))
                .put("end_time", Long.toString(instance.endMs()))
                .put("status", instance.status())
                .put("form", instance.form())
                .put("reverted", instance.reverted())
                .put("reverted_instance_code", "")
                .put("modified_instance_code", "");
        ArrayNode tasks = data.putArray("task_list");
        for (Task task : instances.tasks(instance)) {
            Definition.Node node = definition.nodes().get(task.node());
            tasks.addObject()
                    .put("id", task.id())
                    .put("user_id", instances.userId(task.openId()))
                    .put("open_id", task.openId())
                    .put("status", task.status())
                    .put("node_id", node.id())
                    .put("node_name", node.name())
                    .put("custom_node_id", node.customId())
                    .put("type", node.type())
                    .put("start_time", Long.toString(task.startMs()))
                    .put("end_time", Long.toString(task.endMs()));
        }
        data.putArray("comment_list");
        data.set("timeline", instances.timeline(instance));
        return Answer.ok(data);
    }

    private Answer list(Call call) {
        Definition definition = definitions.get(call.query("approval_code", ""));
        long from = number(call.query("start_time", ""));
        long to = number(call.query("end_time", ""));
        if (to < from || to - from > LIST_WINDOW) {
            throw invalid("start_time and end_time must be at most 10 hours apart");
        }
        int size = (int) number(call.query("page_size", "100"));
        if (size < 1 || size > 100) {
            throw invalid("page_size must be from 1 to 100");
        }
        List<Instance> found =
                instances.created(definition.code(), from, to, number(call.query("page_token", "0")), size + 1);
        ObjectNode data = Json.object();
        ArrayNode codes = data.putArray("instance_code_list");
        found.stream().limit(size).forEach(instance -> codes.add(instance.code()));
        boolean more = found.size() > size;
        data.put("page_token", more ? Long.toString(found.get(size - 1).seq()) : "");
        return Answer.ok(data.put("has_more", more));
    }

    private Answer query(Call call) {
        JsonNode body = call.json(1390001);
        int size = (int) number(call.query("page_size", "10"));
        if (size < 5 || size > 200) {
            throw invalid("page_size must be from 5 to 200");
        }
        boolean any =
                List.of("user_id", "approval_code", "instance_code", "instance_external_id", "group_external_id")
                        .stream()
                        .anyMatch(name -> !body.path(name).asText("").isEmpty());
        if (!any) {
            throw invalid("one of user_id, approval_code, instance_code and the external ids is required");
        }
        String state = body.path("instance_status").asText("ALL");
        if (!QUERY_STATES.contains(state)) {
            throw invalid("instance_status");
        }
        boolean begins = body.hasNonNull("instance_start_time_from");
        if (begins != body.hasNonNull("instance_start_time_to")) {
            throw invalid("instance_start_time_from and _to are given both or not at all");
        }
        long from = begins ? number(body.path("instance_start_time_from").asText()) : 0;
        long to = begins ? number(body.path("instance_start_time_to").asText()) : Long.MAX_VALUE;
        if (begins && (to < from || to - from > QUERY_WINDOW)) {
            throw invalid("instance_start_time_from and _to must be at most 30 days apart");
        }
        String approvalCode = optional(body, "approval_code");
        if (approvalCode != null) {
            definitions.get(approvalCode);
        }
        String user = optional(body, "user_id");
        long skip = number(call.query("page_token", "0"));
        List<Instance> found = instances.find(
                approvalCode,
                optional(body, "instance_code"),
                user == null
                        ? null
                        : approvers.find(Approvers.idType(call), user).openId(),
                switch (state) {
                    case "RECALL" -> "CANCELED";
                    case "REJECT" -> "REJECTED";
                    case "ALL" -> null;
                    default -> state;
                },
                from,
                to,
                skip,
                size + 1);
        boolean more = found.size() > size;
        ObjectNode data = Json.object().put("count", Math.min(found.size(), size));
        ArrayNode list = data.putArray("instance_list");
        found.stream().limit(size).forEach(instance -> list.add(found(instance)));
        data.put("page_token", more ? Long.toString(skip + size) : "");
        return Answer.ok(data.put("has_more", more));
    }

    private ObjectNode found(Instance instance) {
        ObjectNode item = Json.object();
        item.putObject("approval")
                .put("code", instance.approvalCode())
                .put("name", definitions.get(instance.approvalCode()).name())
                .put("is_external", false);
        ObjectNode shown = item.putObject("instance")
                .put("code", instance.code())
                .put("user_id", instances.userId(instance.openId()))
                .put("start_time", Long.toString(instance.startMs()))
                .put("end_time", Long.toString(instance.endMs()))
                .put("status", instance.status().toLowerCase(Locale.ROOT))
                .put("title", Optional.ofNullable(instance.title()).orElse(""))
                .put("extra", "")
                .put("serial_id", instance.serialNumber());
        shown.putObject("link").put("pc_link", "").put("mobile_link", "");
        return item;
    }

    private Answer cancel(Call call) {
        JsonNode body = call.json(1390001);
        definitions.get(text(body, "approval_code"));
        Person user = approvers.find(Approvers.idType(call), text(body, "user_id"));
        return database.inTransaction(() -> {
            Instance instance = approvers.lock(body);
            if (!instance.openId().equals(user.openId())) {
                throw new Refusal(403, 1390009, "no operation permission");
            }
            if (instance.status().equals("APPROVED")) {
                throw new Refusal(501, 501, "not simulated: the withdrawal of an approved instance by API");
            }
            if (!instance.pending()) {
                throw invalid("the instance is not open");
            }
            flow.cancel(instance);
            return Answer.ok(Json.object());
        });
    }

    private static String text(JsonNode body, String name) {
        String value = optional(body, name);
        if (value == null) {
            throw invalid(name + " is missing");
        }
        return value;
    }

    private static String optional(JsonNode body, String name) {
        return body.path(name).isTextual() && !body.path(name).asText().isEmpty()
                ? body.path(name).asText()
                : null;
    }

    private static long number(String text) {
        if (!text.matches("\\d{1,15}")) {
            throw invalid("a number or a time in milliseconds is missing");
        }
        return Long.parseLong(text);
    }

    private static Refusal invalid(String reason) {
        return new Refusal(400, 1390001, "param is invalid: " + reason);
    }
}
