package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Pushes;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.util.List;

/**
 * The events of instances, tasks and copies, in the old envelope, and of definitions, in the new one; sent only for
 * definitions the app has subscribed.
 */
public final class ApprovalEvents {
    private final Pushes pushes;
    private final Instances instances;
    private final SandboxProperties properties;

    public ApprovalEvents(Pushes pushes, Instances instances, SandboxProperties properties) {
        this.pushes = pushes;
        this.instances = instances;
        this.properties = properties;
    }

    /** @param status an instance's status, or REVERTED, which carries its time as a number */
    void instance(Definition definition, Instance instance, String status, long now) {
        if (!definition.subscribed()) {
            return;
        }
        ObjectNode event = event("approval_instance", instance).put("status", status);
        if (status.equals("REVERTED")) {
            event.put("operate_time", now).put("instance_operate_time", now);
        } else {
            event.put("operate_time", Long.toString(now)).put("instance_operate_time", Long.toString(now));
        }
        if (instance.uuid() != null) {
            event.put("uuid", instance.uuid());
        }
        pushes.eventV1(event);
    }

    void task(Definition definition, Instance instance, Task task, String status, long now) {
        if (definition.subscribed()) {
            pushes.eventV1(taskEvent(definition, instance, task, status, now));
        }
    }

    /** A task rolled its instance back to nodes. */
    void rolledBack(Definition definition, Instance instance, Task task, List<Definition.Node> targets, long now) {
        if (!definition.subscribed()) {
            return;
        }
        ObjectNode extra = Json.object();
        var ids = extra.putArray("rollback_node_ids");
        var customIds = extra.putArray("rollback_custom_node_ids");
        for (Definition.Node target : targets) {
            ids.add(target.id());
            customIds.add(target.customId());
        }
        pushes.eventV1(taskEvent(definition, instance, task, "ROLLBACK", now).put("extra", Json.write(extra)));
    }

    private ObjectNode taskEvent(Definition definition, Instance instance, Task task, String status, long now) {
        Definition.Node node = definition.node(task.node());
        return event("approval_task", instance)
                .put("open_id", task.openId() == null ? "" : task.openId())
                .put("user_id", instances.userId(task.openId()))
                .put("task_id", task.id())
                .put("status", status)
                .put("operate_time", Long.toString(now))
                .put("custom_key", node.customId())
                .put("def_key", node.id());
    }

    /** @param operate CREATE or READ */
    void copy(Definition definition, Instance instance, Copy copy, String operate) {
        if (!definition.subscribed()) {
            return;
        }
        pushes.eventV1(event("approval_cc", instance)
                .put("id", copy.id())
                .put("user_id", instances.userId(copy.openId()))
                .put("create_time", copy.createMs())
                .put("operate", operate)
                .put("from", instances.userId(copy.sender())));
    }

    /** A definition was written anew. */
    void definition(Definition definition, long now) {
        if (!definition.subscribed()) {
            return;
        }
        ObjectNode event = Json.object();
        event.putObject("object")
                .put("approval_id", definition.approvalId())
                .put("approval_code", definition.code())
                .put("version_id", definition.approvalId() + "-" + definition.version())
                .put("widget_group_type", 0)
                .put("form_definition_id", definition.approvalId() + "-form-" + definition.version())
                .put("process_obj", "{}")
                .put("timestamp", Long.toString(now / 1000))
                .put("extra", "{}");
        pushes.event("approval.approval.updated_v4", event);
    }

    private ObjectNode event(String type, Instance instance) {
        return Json.object()
                .put("type", type)
                .put("app_id", properties.appId())
                .put("tenant_key", SandboxProperties.TENANT_KEY)
                .put("approval_code", instance.approvalCode())
                .put("instance_code", instance.code());
    }
}
