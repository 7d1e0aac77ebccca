package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What people do with instances in the client: approve, reject, cancel, revert, delete, and read what they were told of
 * ({@code POST /sandbox/instances/:code/read} with {@code {"open_id"}}).
 */
public final class ApprovalControl implements Api {
    private final SandboxDatabase database;
    private final Instances instances;
    private final Flow flow;

    public ApprovalControl(SandboxDatabase database, Instances instances, Flow flow) {
        this.database = database;
        this.instances = instances;
        this.flow = flow;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", "/sandbox/instances", this::list);
        routes.on("POST", "/sandbox/instances/:code/approve", this::approve);
        routes.on("POST", "/sandbox/instances/:code/reject", this::reject);
        routes.on("POST", "/sandbox/instances/:code/cancel", call -> open(call, flow::cancel));
        routes.on(
                "POST",
                "/sandbox/instances/:code/read",
                call -> change(call, instance -> {
                    if (!flow.read(instance, Control.text(Control.body(call), "open_id"))) {
                        throw Control.bad("This person was told of nothing that is unread.");
                    }
                }));
        routes.on(
                "POST",
                "/sandbox/instances/:code/delete",
                call -> change(call, instance -> {
                    if (instance.status().equals("DELETED")) {
                        throw Control.bad("The instance is deleted already.");
                    }
                    flow.delete(instance);
                }));
        routes.on(
                "POST",
                "/sandbox/instances/:code/revert",
                call -> change(call, instance -> {
                    if (!instance.status().equals("APPROVED") || instance.reverted()) {
                        throw Control.bad("Only an approved instance can be reverted, once; this one is "
                                + state(instance) + ".");
                    }
                    flow.revert(instance);
                }));
    }

    private Answer approve(Call call) {
        JsonNode body = body(call);
        boolean all = body.path("all").asBoolean(true);
        return open(call, instance -> {
            if (body.hasNonNull("open_id")) {
                flow.approve(instance, task(instance, Control.text(body, "open_id")), comment(body));
                return;
            }
            int node = instance.node();
            Optional<Instance> now = Optional.of(instance);
            while (now.isPresent() && now.get().pending() && (all || now.get().node() == node)) {
                Task next = pending(now.get()).get(0);
                flow.approve(now.get(), next, comment(body));
                now = instances.find(instance.code());
            }
        });
    }

    private Answer reject(Call call) {
        JsonNode body = body(call);
        return open(call, instance -> {
            Task task = body.hasNonNull("open_id")
                    ? task(instance, Control.text(body, "open_id"))
                    : pending(instance).get(0);
            flow.reject(instance, task, comment(body));
        });
    }

    private Task task(Instance instance, String openId) {
        return pending(instance).stream()
                .filter(task -> task.openId().equals(openId))
                .findFirst()
                .orElseThrow(() -> Control.bad("This person has no open task in the instance."));
    }

    private List<Task> pending(Instance instance) {
        List<Task> open =
                instances.tasks(instance).stream().filter(Task::pending).toList();
        if (open.get(0).node() == Definition.START) {
            throw Control.bad("The instance waits for its applicant to send it again.");
        }
        return open;
    }

    private Answer open(Call call, Consumer<Instance> step) {
        return change(call, instance -> {
            if (!instance.pending()) {
                throw Control.bad("The instance is not open any more; it is " + state(instance) + ".");
            }
            step.accept(instance);
        });
    }

    private Answer change(Call call, Consumer<Instance> step) {
        String code = call.variable("code");
        return database.inTransaction(() -> {
            step.accept(instances.lock(code).orElseThrow(() -> Control.bad("There is no instance with this code.")));
            return Answer.of(200, shown(instances.find(code).orElseThrow()));
        });
    }

    private Answer list(Call call) {
        int size = Control.number(call, "size", 50, 1, 200);
        int page = Control.number(call, "page", 0, 0, 1_000_000);
        ObjectNode answer = Json.object();
        ArrayNode items = answer.putArray("items");
        instances
                .find(null, null, null, call.query("status", null), 0, Long.MAX_VALUE, (long) page * size, size)
                .forEach(instance -> items.add(shown(instance)));
        return Answer.of(200, answer);
    }

    private ObjectNode shown(Instance instance) {
        ObjectNode shown = Json.object()
                .put("instance_code", instance.code())
                .put("approval_code", instance.approvalCode())
                .put("uuid", instance.uuid())
                .put("open_id", instance.openId())
                .put("status", instance.status())
                .put("reverted", instance.reverted())
                .put("start_time", instance.startMs())
                .put("end_time", instance.endMs());
        shown.set("form", Json.read(instance.form()));
        ArrayNode tasks = shown.putArray("tasks");
        instances
                .tasks(instance)
                .forEach(task -> tasks.addObject()
                        .put("task_id", task.id())
                        .put("open_id", task.openId())
                        .put("status", task.status()));
        return shown;
    }

    private static String state(Instance instance) {
        return instance.reverted() ? "reverted" : instance.status();
    }

    private static JsonNode body(Call call) {
        return call.body().length == 0 ? Json.object() : Control.body(call);
    }

    private static String comment(JsonNode body) {
        return body.path("comment").asText(null);
    }
}
