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

/**
 * Tasks of approvers: approve, reject, transfer, resubmit. A task that is no longer open is 1390010, another person's 1390009;
 * the second is this sandbox's choice, as is 1390010 for resubmitting another task than the applicant's own after a roll back,
 * and for approving that one.
 */
public final class TaskApi implements Api {
    @FunctionalInterface
    private interface Step {
        void take(Instance instance, Task task, String comment);
    }

    private final SandboxDatabase database;
    private final Definitions definitions;
    private final Instances instances;
    private final Flow flow;
    private final Approvers approvers;
    private final Files files;

    public TaskApi(
            SandboxDatabase database,
            Definitions definitions,
            Instances instances,
            Flow flow,
            Approvers approvers,
            Files files) {
        this.database = database;
        this.definitions = definitions;
        this.instances = instances;
        this.flow = flow;
        this.approvers = approvers;
        this.files = files;
    }

    @Override
    public void register(Routes routes) {
        routes.on(
                "POST",
                "/open-apis/approval/v4/tasks/approve",
                call -> act(call, call.json(1390001), false, flow::approve));
        routes.on(
                "POST",
                "/open-apis/approval/v4/tasks/reject",
                call -> act(call, call.json(1390001), false, flow::reject));
        routes.on("POST", "/open-apis/approval/v4/tasks/transfer", this::transfer);
        routes.on("POST", "/open-apis/approval/v4/tasks/resubmit", this::resubmit);
    }

    private Answer resubmit(Call call) {
        JsonNode body = call.json(1390001);
        if (!body.path("form").isTextual()) {
            throw Given.invalid("form is missing");
        }
        JsonNode comment = body.path("comment");
        if (comment.isTextual() && !comment.asText().isEmpty() && Json.parse(comment.asText()) == null) {
            throw Given.invalid("comment is a string that holds {\"text\",\"files\"}");
        }
        Definition definition = definitions.get(body.path("approval_code").asText());
        String form = Json.write(Form.read(definition.form(), body.path("form"), files));
        return act(call, body, true, (instance, task, ignored) -> flow.resubmit(instance, task, form));
    }

    private Answer transfer(Call call) {
        JsonNode body = call.json(1390001);
        String target = body.path("transfer_user_id").asText();
        Person next = approvers.find(Approvers.idType(call), target);
        return act(
                call, body, false, (instance, task, comment) -> flow.transfer(instance, task, next.openId(), comment));
    }

    /** @param start whether it is about the applicant's own task after a roll back */
    private Answer act(Call call, JsonNode body, boolean start, Step step) {
        Definition definition = definitions.get(body.path("approval_code").asText());
        if (!body.path("user_id").isTextual() || !body.path("task_id").isTextual()) {
            throw new Refusal(400, 1390001, "param is invalid: user_id and task_id are required");
        }
        Person user =
                approvers.find(Approvers.idType(call), body.path("user_id").asText());
        if (body.hasNonNull("form")) {
            Form.read(definition.form(), body.path("form"), files);
        }
        return database.inTransaction(() -> {
            Instance instance = approvers.lock(body);
            Task task = instances.tasks(instance).stream()
                    .filter(any -> any.id().equals(body.path("task_id").asText()))
                    .filter(any -> any.pending() && start == (any.node() == Definition.START))
                    .findFirst()
                    .orElseThrow(() -> new Refusal(400, 1390010, "task not found"));
            if (!task.openId().equals(user.openId())) {
                throw new Refusal(403, 1390009, "no operation permission");
            }
            step.take(instance, task, body.path("comment").asText(null));
            return Answer.ok(Json.object());
        });
    }
}
