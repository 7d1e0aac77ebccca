package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What goes beside approving and rejecting: telling others, rolling back, adding signers. */
public final class StepApi implements Api {
    private static final String INSTANCES = "/open-apis/approval/v4/instances";
    private static final int MOST = 100;

    private final SandboxDatabase database;
    private final Definitions definitions;
    private final Instances instances;
    private final Flow flow;
    private final Approvers approvers;

    public StepApi(
            SandboxDatabase database, Definitions definitions, Instances instances, Flow flow, Approvers approvers) {
        this.database = database;
        this.definitions = definitions;
        this.instances = instances;
        this.flow = flow;
        this.approvers = approvers;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", INSTANCES + "/cc", this::copy);
        routes.on("POST", INSTANCES + "/specified_rollback", this::rollBack);
        routes.on("POST", INSTANCES + "/add_sign", this::addSigners);
    }

    private Answer copy(Call call) {
        JsonNode body = call.json(1390001);
        String idType = Approvers.idType(call);
        definitions.get(Given.text(body, "approval_code"));
        String sender = approvers.find(idType, Given.text(body, "user_id")).openId();
        List<String> receivers = people(idType, Given.texts(body, "cc_user_ids", MOST));
        return database.inTransaction(() -> {
            flow.copy(
                    approvers.lock(body),
                    sender,
                    receivers,
                    body.path("comment").asText(null));
            return Answer.ok(Json.object());
        });
    }

    private Answer rollBack(Call call) {
        JsonNode body = call.json(1390001);
        Person user = approvers.find(Approvers.idType(call), Given.text(body, "user_id"));
        String taskId = Given.text(body, "task_id");
        List<String> keys = Given.texts(body, "task_def_key_list", MOST);
        return database.inTransaction(() -> {
            Instance instance = instances
                    .task(taskId)
                    .flatMap(task -> instances.lock(task.instanceCode()))
                    .orElseThrow(() -> Given.invalid("task_id is unknown"));
            Task task = instances
                    .task(taskId)
                    .filter(Task::pending)
                    .filter(open -> open.openId().equals(user.openId()) && open.node() != Definition.START)
                    .orElseThrow(() -> Given.invalid("the task is not open, or another person's"));
            Set<String> passed = new HashSet<>(Set.of("START"));
            for (JsonNode entry : instances.timeline(instance)) {
                if (entry.path("type").asText().equals("PASS")) {
                    passed.add(entry.path("node_key").asText());
                }
            }
            if (!passed.containsAll(keys)) {
                throw Given.invalid("task_def_key_list holds node_keys of the timeline's PASS entries, or START");
            }
            Definition definition = definitions.get(instance.approvalCode());
            flow.rollBack(
                    instance,
                    task,
                    keys.stream().map(definition::position).toList(),
                    body.path("reason").asText(null));
            return Answer.ok(Json.object());
        });
    }

    private Answer addSigners(Call call) {
        JsonNode body = call.json(1390001);
        definitions.get(Given.text(body, "approval_code"));
        Person user = approvers.find("user_id", Given.text(body, "user_id"));
        String taskId = Given.text(body, "task_id");
        List<String> signers = people("user_id", Given.texts(body, "add_sign_user_ids", MOST));
        Flow.Sign sign = switch (body.path("add_sign_type").asInt()) {
            case 1 -> Flow.Sign.BEFORE;
            case 2 -> Flow.Sign.AFTER;
            case 3 -> Flow.Sign.PARALLEL;
            default -> throw Given.invalid("add_sign_type is 1, 2 or 3");
        };
        int method = body.path("approval_method").asInt();
        if (sign != Flow.Sign.PARALLEL && method != 1 && method != 2) {
            throw Given.invalid("approval_method is 1 or 2");
        }
        return database.inTransaction(() -> {
            Instance instance = approvers.lock(body);
            Task task = instances
                    .task(taskId)
                    .filter(any -> any.instanceCode().equals(instance.code()))
                    .filter(any -> any.pending() && any.node() != Definition.START)
                    .orElseThrow(() -> new Refusal(400, 1390010, "task not found"));
            if (!task.openId().equals(user.openId())) {
                throw new Refusal(403, 1390009, "no operation permission");
            }
            flow.addSigners(
                    instance,
                    task,
                    sign,
                    method == 1,
                    signers,
                    body.path("comment").asText(null));
            return Answer.ok(Json.object());
        });
    }

    private List<String> people(String idType, List<String> ids) {
        return ids.stream()
                .map(id -> approvers.find(idType, id).openId())
                .distinct()
                .toList();
    }
}
