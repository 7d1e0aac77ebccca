package dev.camelfeishu.sandbox.approval;

import java.util.List;

/**
 * How instances move. Every method runs in the caller's transaction, which has locked the instance; it changes the state,
 * notes it in the timeline and stores the events.
 */
public final class Flow {
    private final Definitions definitions;
    private final Instances instances;
    private final ApprovalEvents events;

    public Flow(Definitions definitions, Instances instances, ApprovalEvents events) {
        this.definitions = definitions;
        this.instances = instances;
        this.events = events;
    }

    void begin(Instance instance) {
        Definition definition = definitions.get(instance.approvalCode());
        long now = instance.startMs();
        instances.note(instance, "START", now, instance.openId(), null, null, null, "START");
        events.instance(definition, instance, "PENDING", now);
        enter(definition, instance, 0, now);
    }

    void approve(Instance instance, Task task, String comment) {
        Definition definition = definitions.get(instance.approvalCode());
        long now = System.currentTimeMillis();
        Definition.Node node = definition.nodes().get(task.node());
        end(definition, instance, task, "APPROVED", now);
        instances.note(instance, "PASS", now, task.openId(), null, task.id(), comment, node.id());
        List<Task> ofNode = instances.tasks(instance).stream()
                .filter(other -> other.node() == task.node())
                .toList();
        if (node.type().equals("OR")) {
            ofNode.stream().filter(Task::pending).forEach(other -> end(definition, instance, other, "DONE", now));
        } else if (ofNode.stream().anyMatch(Task::pending)) {
            return;
        } else if (node.type().equals("SEQUENTIAL")) {
            int passed = (int) ofNode.stream()
                    .filter(other -> other.status().equals("APPROVED"))
                    .count();
            if (passed < node.approvers().size()) {
                open(definition, instance, task.node(), node.approvers().get(passed), now);
                return;
            }
        }
        enter(definition, instance, task.node() + 1, now);
    }

    void reject(Instance instance, Task task, String comment) {
        Definition definition = definitions.get(instance.approvalCode());
        long now = System.currentTimeMillis();
        end(definition, instance, task, "REJECTED", now);
        instances.note(
                instance,
                "REJECT",
                now,
                task.openId(),
                null,
                task.id(),
                comment,
                definition.nodes().get(task.node()).id());
        finish(definition, instance, "REJECTED", now);
    }

    void transfer(Instance instance, Task task, String openId, String comment) {
        Definition definition = definitions.get(instance.approvalCode());
        long now = System.currentTimeMillis();
        end(definition, instance, task, "TRANSFERRED", now);
        instances.note(
                instance,
                "TRANSFER",
                now,
                task.openId(),
                openId,
                task.id(),
                comment,
                definition.nodes().get(task.node()).id());
        open(definition, instance, task.node(), openId, now);
    }

    /** The applicant withdraws an open instance. */
    void cancel(Instance instance) {
        Definition definition = definitions.get(instance.approvalCode());
        long now = System.currentTimeMillis();
        instances.note(instance, "CANCEL", now, instance.openId(), null, null, null, null);
        finish(definition, instance, "CANCELED", now);
    }

    /** Somebody withdraws an approved instance: the event says REVERTED, the instance stays APPROVED. */
    void revert(Instance instance) {
        instances.setReverted(instance);
        events.instance(definitions.get(instance.approvalCode()), instance, "REVERTED", System.currentTimeMillis());
    }

    void delete(Instance instance) {
        Definition definition = definitions.get(instance.approvalCode());
        long now = System.currentTimeMillis();
        instances.note(instance, "DELETE", now, null, null, null, null, null);
        finish(definition, instance, "DELETED", now);
    }

    private void enter(Definition definition, Instance instance, int position, long now) {
        if (position >= definition.nodes().size()) {
            finish(definition, instance, "APPROVED", now);
            return;
        }
        instances.setNode(instance, position);
        Definition.Node node = definition.nodes().get(position);
        List<String> first = node.type().equals("SEQUENTIAL") ? node.approvers().subList(0, 1) : node.approvers();
        first.forEach(approver -> open(definition, instance, position, approver, now));
    }

    private void open(Definition definition, Instance instance, int position, String openId, long now) {
        Task task = instances.addTask(instance, position, openId, now);
        events.task(definition, instance, task, "PENDING", now);
    }

    private void end(Definition definition, Instance instance, Task task, String status, long now) {
        instances.setStatus(task, status, now);
        events.task(definition, instance, task, status, now);
    }

    private void finish(Definition definition, Instance instance, String status, long now) {
        instances.tasks(instance).stream()
                .filter(Task::pending)
                .forEach(task -> end(definition, instance, task, "DONE", now));
        instances.setStatus(instance, status, now);
        events.instance(definition, instance, status, now);
    }
}
