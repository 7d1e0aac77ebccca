package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Pushes;
import dev.camelfeishu.sandbox.SandboxProperties;

/** The events of instances and tasks, in the old envelope; sent only for definitions the app has subscribed. */
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
        if (!definition.subscribed()) {
            return;
        }
        Definition.Node node = definition.nodes().get(task.node());
        pushes.eventV1(event("approval_task", instance)
                .put("open_id", task.openId())
                .put("user_id", instances.userId(task.openId()))
                .put("task_id", task.id())
                .put("status", status)
                .put("operate_time", Long.toString(now))
                .put("custom_key", node.customId())
                .put("def_key", node.id()));
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
