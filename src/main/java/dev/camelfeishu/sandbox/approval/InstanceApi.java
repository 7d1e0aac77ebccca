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
import java.util.Optional;
import java.util.Set;
import org.springframework.dao.DuplicateKeyException;

/**
 * Approval instances: preview, create, read, list, cancel.
 *
 * <p>Not documented, and so chosen: 60012 comes with HTTP 400; withdrawing what is not open is 1390001; withdrawing another
 * person's instance, or one that the definition or the applicant has made irrevocable, is 1390009; a node whose approvers the
 * applicant must choose and has not is 1390001.
 */
public final class InstanceApi implements Api {
    private static final String INSTANCES = "/open-apis/approval/v4/instances";
    private static final long LIST_WINDOW = Duration.ofHours(10).toMillis();
    private static final int MOST_COPIES = 20;
    private static final Set<String> NODE_ID_TYPES = Set.of("CUSTOM", "NON_CUSTOM");

    private final SandboxDatabase database;
    private final Definitions definitions;
    private final Instances instances;
    private final Flow flow;
    private final Approvers approvers;
    private final NodeApprovers nodeApprovers;
    private final Departments departments;
    private final Comments comments;
    private final Files files;

    public InstanceApi(
            SandboxDatabase database,
            Definitions definitions,
            Instances instances,
            Flow flow,
            Approvers approvers,
            NodeApprovers nodeApprovers,
            Departments departments,
            Comments comments,
            Files files) {
        this.database = database;
        this.definitions = definitions;
        this.instances = instances;
        this.flow = flow;
        this.approvers = approvers;
        this.nodeApprovers = nodeApprovers;
        this.departments = departments;
        this.comments = comments;
        this.files = files;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", INSTANCES, this::create);
        routes.on("GET", INSTANCES, this::list);
        routes.on("GET", INSTANCES + "/:instance_id", this::get);
        routes.on("POST", INSTANCES + "/preview", this::preview);
        routes.on("POST", INSTANCES + "/cancel", this::cancel);
    }

    private Answer create(Call call) {
        JsonNode body = call.json(1390001);
        Definition definition = definitions.get(Given.text(body, "approval_code"));
        if (definition.status().equals("DELETED")) {
            throw new Refusal(400, 1390016, "approval is deleted");
        }
        if (!definition.status().equals("ACTIVE")) {
            throw new Refusal(400, 1390015, "approval is not active");
        }
        Person applicant = body.hasNonNull("user_id")
                ? approvers.find("user_id", body.path("user_id").asText())
                : approvers.find("open_id", Given.text(body, "open_id"));
        String department = department(body.path("department_id"), applicant);
        Instances.Request request = new Instances.Request(
                chosen(definition, body, "node_approver", Integer.MAX_VALUE),
                chosen(definition, body, "node_cc", MOST_COPIES),
                automatic(definition, body.path("node_auto_approval_list")),
                !body.path("forbid_revoke").asBoolean());
        for (Definition.Node node : definition.nodes()) {
            if (node.needApprover() && request.chosen().path(node.id()).isEmpty()) {
                throw Given.invalid("node " + node.id() + " needs approvers");
            }
        }
        String uuid = body.path("uuid").asText("");
        if (uuid.length() > 64) {
            throw Given.invalid("uuid is longer than 64 characters");
        }
        String form = Json.write(Form.read(definition.form(), body.path("form"), files));
        Instance created;
        try {
            created = database.inTransaction(() -> {
                Instance added = instances.add(
                        definition.code(),
                        uuid.isEmpty() ? null : uuid,
                        applicant.openId(),
                        department,
                        form,
                        title(body),
                        request);
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
                .orElseThrow(() -> Given.invalid("department_id is unknown"));
    }

    /** A title that is a key is shown in the default language. */
    private static String title(JsonNode body) {
        String title = body.path("title").asText(null);
        for (JsonNode resource : body.path("i18n_resources")) {
            for (JsonNode text : resource.path("texts")) {
                if (resource.path("is_default").asBoolean()
                        && text.path("key").asText().equals(title)) {
                    return text.path("value").asText();
                }
            }
        }
        return title;
    }

    /** The people whom the applicant names for nodes, by user_id and by open_id, as open_ids by node_id. */
    private ObjectNode chosen(Definition definition, JsonNode body, String list, int most) {
        ObjectNode chosen = Json.object();
        for (String idType : List.of("user_id", "open_id")) {
            for (JsonNode entry : body.path(list + "_" + idType + "_list")) {
                ArrayNode people = chosen.withArray(
                        node(definition, entry.path("key").asText()).id());
                entry.path("value")
                        .forEach(id ->
                                people.add(approvers.find(idType, id.asText()).openId()));
                if (people.size() > most) {
                    throw Given.invalid(list + "_" + idType + "_list: at most " + most);
                }
            }
        }
        return chosen;
    }

    private static ArrayNode automatic(Definition definition, JsonNode list) {
        ArrayNode nodes = Json.array();
        for (JsonNode entry : list) {
            Given.oneOf(entry, "node_id_type", NODE_ID_TYPES, null);
            nodes.add(node(definition, entry.path("node_id").asText()).id());
        }
        return nodes;
    }

    private static Definition.Node node(Definition definition, String key) {
        int position = definition.position(key);
        if (position < 0) {
            throw Given.invalid("node " + key + " is not in the definition");
        }
        return definition.node(position);
    }

    /** Before an instance is made, all of its nodes; after that, those from a task's on. */
    private Answer preview(Call call) {
        JsonNode body = call.json(1390001);
        String idType = Approvers.idType(call);
        Person user = approvers.find(idType, Given.text(body, "user_id"));
        String code = Given.optional(body, "instance_code");
        Definition definition;
        JsonNode chosen;
        String applicant;
        int from = 0;
        if (code == null) {
            definition = definitions.get(Given.text(body, "approval_code"));
            Form.read(definition.form(), body.path("form"), files);
            department(body.path("department_id"), user);
            chosen = Json.object();
            applicant = user.openId();
        } else {
            Instance instance =
                    instances.find(code).orElseThrow(() -> new Refusal(400, 1390003, "instance code not found"));
            from = instances
                    .task(Given.text(body, "task_id"))
                    .filter(task -> task.instanceCode().equals(instance.code()))
                    .orElseThrow(() -> new Refusal(400, 1390010, "task not found"))
                    .node();
            definition = definitions.get(instance.approvalCode());
            chosen = instance.chosen();
            applicant = instance.openId();
        }
        ObjectNode data = Json.object();
        ArrayNode nodes = data.putArray("preview_nodes");
        for (int position = Math.max(from, 0); position < definition.nodes().size(); position++) {
            Definition.Node node = definition.node(position);
            List<String> people = nodeApprovers.of(node, applicant, chosen);
            ObjectNode shown = nodes.addObject()
                    .put("node_id", node.id())
                    .put("custom_node_id", node.customId())
                    .put("node_name", node.name())
                    .put("node_type", people.isEmpty() && !node.needApprover() ? "AUTO_PASS" : node.type())
                    .put("is_empty_logic", people.isEmpty() && !node.needApprover())
                    .put("is_approver_type_free", node.needApprover())
                    .put("has_cc_type_free", false);
            shown.putArray("comments");
            ArrayNode ids = shown.putArray("user_id_list");
            people.forEach(openId -> ids.add(approvers.find("open_id", openId).id(idType)));
            ArrayNode copied = shown.putArray("end_cc_id_list");
            nodeApprovers
                    .copies(node, applicant, Json.object())
                    .forEach(openId ->
                            copied.add(approvers.find("open_id", openId).id(idType)));
        }
        return Answer.ok(data);
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
                .put("form", Json.write(Form.withFiles(Json.read(instance.form()), files, call)))
                .put("reverted", instance.reverted())
                .put("reverted_instance_code", "")
                .put("modified_instance_code", "");
        ArrayNode tasks = data.putArray("task_list");
        for (Task task : instances.tasks(instance)) {
            Definition.Node node = definition.node(task.node());
            tasks.addObject()
                    .put("id", task.id())
                    .put("user_id", instances.userId(task.openId()))
                    .put("open_id", task.openId() == null ? "" : task.openId())
                    .put("status", task.status())
                    .put("node_id", node.id())
                    .put("node_name", node.name())
                    .put("custom_node_id", node.customId())
                    .put("type", task.openId() == null ? "AUTO_PASS" : node.type())
                    .put("start_time", Long.toString(task.startMs()))
                    .put("end_time", Long.toString(task.endMs()));
        }
        data.set("comment_list", comments.shown(instance));
        data.set("timeline", instances.timeline(instance));
        return Answer.ok(data);
    }

    private Answer list(Call call) {
        Definition definition = definitions.get(call.query("approval_code", ""));
        long from = Given.number(call.query("start_time", ""));
        long to = Given.number(call.query("end_time", ""));
        if (to < from || to - from > LIST_WINDOW) {
            throw Given.invalid("start_time and end_time must be at most 10 hours apart");
        }
        int size = Given.size(call, 100, 1, 100);
        List<Instance> found =
                instances.created(definition.code(), from, to, Given.number(call.query("page_token", "0")), size + 1);
        ObjectNode data = Json.object();
        ArrayNode codes = data.putArray("instance_code_list");
        found.stream().limit(size).forEach(instance -> codes.add(instance.code()));
        boolean more = found.size() > size;
        data.put("page_token", more ? Long.toString(found.get(size - 1).seq()) : "");
        return Answer.ok(data.put("has_more", more));
    }

    private Answer cancel(Call call) {
        JsonNode body = call.json(1390001);
        definitions.get(Given.text(body, "approval_code"));
        Person user = approvers.find(Approvers.idType(call), Given.text(body, "user_id"));
        return database.inTransaction(() -> {
            Instance instance = approvers.lock(body);
            if (!instance.openId().equals(user.openId())) {
                throw new Refusal(403, 1390009, "no operation permission");
            }
            if (instance.status().equals("APPROVED")) {
                throw new Refusal(501, 501, "not simulated: the withdrawal of an approved instance by API");
            }
            if (!instance.pending()) {
                throw Given.invalid("the instance is not open");
            }
            boolean first = instances.tasks(instance).stream()
                    .noneMatch(task -> task.status().equals("APPROVED"));
            if (!instance.revocable()
                    || !first && !definitions.get(instance.approvalCode()).revocableAfterFirstNode()) {
                throw new Refusal(403, 1390009, "no operation permission");
            }
            flow.cancel(instance);
            return Answer.ok(Json.object());
        });
    }
}
