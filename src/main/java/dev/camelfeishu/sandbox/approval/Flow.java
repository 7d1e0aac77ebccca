package dev.camelfeishu.sandbox.approval;

import java.util.List;
import java.util.UUID;

/**
 * How instances move. Every method runs in the caller's transaction, which has locked the instance; it changes the state,
 * notes it in the timeline and stores the events.
 *
 * <p>Not documented, and so chosen: the task of somebody who adds signers before it is DONE, and a new one is opened when they
 * have approved; the task from which an instance is rolled back is DONE when read, ROLLBACK in its event; the applicant's task
 * after a roll back to START is DONE when it is resubmitted; a roll back to several nodes goes to the first of them; who is to
 * be told of a node is told when it has passed.
 */
public final class Flow {
    /** Where added signers stand. */
    enum Sign {
        BEFORE("ADD_APPROVER_BEFORE"),
        AFTER("ADD_APPROVER_AFTER"),
        PARALLEL("ADD_APPROVER");

        private final String entry;

        Sign(String entry) {
            this.entry = entry;
        }
    }

    private final Definitions definitions;
    private final Instances instances;
    private final NodeApprovers nodeApprovers;
    private final Copies copies;
    private final ApprovalEvents events;

    public Flow(
            Definitions definitions,
            Instances instances,
            NodeApprovers nodeApprovers,
            Copies copies,
            ApprovalEvents events) {
        this.definitions = definitions;
        this.instances = instances;
        this.nodeApprovers = nodeApprovers;
        this.copies = copies;
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
        pass(definition, instance, task, comment, now);
        settle(definition, instance, task, now);
    }

    private void pass(Definition definition, Instance instance, Task task, String comment, long now) {
        end(definition, instance, task, "APPROVED", now);
        instances.note(
                instance,
                "PASS",
                now,
                task.openId(),
                null,
                task.id(),
                comment,
                definition.node(task.node()).id());
    }

    /** Goes on after a task was approved. */
    private void settle(Definition definition, Instance instance, Task task, long now) {
        Definition.Node node = definition.node(task.node());
        if (task.sign() != null) {
            List<Task> open = ofNode(instance, task.node()).stream()
                    .filter(other -> task.sign().equals(other.sign()) && other.pending())
                    .toList();
            if (task.signAny()) {
                open.forEach(other -> end(definition, instance, other, "DONE", now));
            } else if (!open.isEmpty()) {
                return;
            }
            if (task.returnsTo() != null) {
                open(definition, instance, task.node(), task.step(), task.returnsTo(), now);
                return;
            }
        }
        List<Task> ofNode = ofNode(instance, task.node());
        if (node.type().equals("OR")) {
            ofNode.stream().filter(Task::pending).forEach(other -> end(definition, instance, other, "DONE", now));
        } else if (ofNode.stream().anyMatch(Task::pending)) {
            return;
        } else if (node.type().equals("SEQUENTIAL")) {
            List<String> approvers = nodeApprovers.of(node, instance.openId(), instance.chosen());
            int next = task.step() + 1;
            if (next < approvers.size()) {
                open(definition, instance, task.node(), next, approvers.get(next), now);
                return;
            }
        }
        leave(definition, instance, task.node(), now);
    }

    private List<Task> ofNode(Instance instance, int node) {
        return instances.tasks(instance).stream()
                .filter(task -> task.node() == node && task.round() == instance.round())
                .toList();
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
                definition.node(task.node()).id());
        if (definition.rejectReturns()) {
            instances.note(instance, "ROLLBACK", now, task.openId(), null, task.id(), comment, "START");
            restart(definition, instance, Definition.START, now);
        } else {
            finish(definition, instance, "REJECTED", now);
        }
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
                definition.node(task.node()).id());
        if (task.sign() == null) {
            open(definition, instance, task.node(), task.step(), openId, now);
        } else {
            Task next = instances.addSigner(task, openId, task.sign(), task.signAny(), task.returnsTo(), now);
            events.task(definition, instance, next, "PENDING", now);
        }
    }

    /** @param any whether one of the signers is enough, else all must approve */
    void addSigners(Instance instance, Task task, Sign sign, boolean any, List<String> signers, String comment) {
        Definition definition = definitions.get(instance.approvalCode());
        long now = System.currentTimeMillis();
        instances.note(
                instance,
                sign.entry,
                now,
                task.openId(),
                null,
                signers,
                task.id(),
                comment,
                definition.node(task.node()).id());
        switch (sign) {
            case BEFORE -> end(definition, instance, task, "DONE", now);
            case AFTER -> pass(definition, instance, task, comment, now);
            case PARALLEL -> {
                signers.forEach(signer -> open(definition, instance, task.node(), task.step(), signer, now));
                return;
            }
        }
        String together = UUID.randomUUID().toString();
        String returnsTo = sign == Sign.BEFORE ? task.openId() : null;
        for (String signer : signers) {
            Task added = instances.addSigner(task, signer, together, any, returnsTo, now);
            events.task(definition, instance, added, "PENDING", now);
        }
    }

    /** @param targets positions of nodes that the instance has been at */
    void rollBack(Instance instance, Task task, List<Integer> targets, String reason) {
        Definition definition = definitions.get(instance.approvalCode());
        long now = System.currentTimeMillis();
        instances.setStatus(task, "DONE", now);
        List<Definition.Node> nodes = targets.stream().map(definition::node).toList();
        events.rolledBack(definition, instance, task, nodes, now);
        int first = targets.stream().mapToInt(Integer::intValue).min().orElseThrow();
        instances.note(
                instance,
                "ROLLBACK_SELECTED",
                now,
                task.openId(),
                null,
                task.id(),
                reason,
                definition.node(first).id());
        restart(definition, instance, first, now);
    }

    private void restart(Definition definition, Instance instance, int position, long now) {
        endOpen(definition, instance, now);
        Instance next = instances.rollBack(instance, position);
        if (position == Definition.START) {
            open(definition, next, position, 0, next.openId(), now);
        } else {
            enter(definition, next, position, now);
        }
    }

    /** The applicant sends the instance again, after a roll back to START. */
    void resubmit(Instance instance, Task task, String form) {
        Definition definition = definitions.get(instance.approvalCode());
        long now = System.currentTimeMillis();
        instances.setForm(instance, form);
        end(definition, instance, task, "DONE", now);
        instances.note(instance, "START", now, instance.openId(), null, task.id(), null, "START");
        enter(definition, instance, 0, now);
    }

    /** Somebody tells others of the instance. */
    void copy(Instance instance, String sender, List<String> receivers, String comment) {
        copy(
                definitions.get(instance.approvalCode()),
                instance,
                sender,
                receivers,
                comment,
                System.currentTimeMillis());
    }

    private void copy(
            Definition definition, Instance instance, String sender, List<String> receivers, String comment, long now) {
        long note = instances.note(instance, "CC", now, sender, null, List.of(), null, comment, null);
        for (String receiver : receivers) {
            Copy copy = copies.add(instance.code(), receiver, sender, note, now);
            events.copy(definition, instance, copy, "CREATE");
        }
    }

    /** @return false when there was nothing unread */
    boolean read(Instance instance, String openId) {
        return copies.read(instance.code(), openId)
                .map(copy -> {
                    events.copy(definitions.get(instance.approvalCode()), instance, copy, "READ");
                    return true;
                })
                .orElse(false);
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
        Definition.Node node = definition.node(position);
        List<String> people =
                passes(instance, node) ? List.of() : nodeApprovers.of(node, instance.openId(), instance.chosen());
        if (people.isEmpty()) {
            Task task = instances.addTask(instance, position, 0, null, now);
            events.task(definition, instance, task, "APPROVED", now);
            instances.note(instance, "AUTO_PASS", now, null, null, task.id(), null, node.id());
            leave(definition, instance, position, now);
            return;
        }
        int first = node.type().equals("SEQUENTIAL") ? 1 : people.size();
        for (int step = 0; step < first; step++) {
            open(definition, instance, position, step, people.get(step), now);
        }
    }

    private static boolean passes(Instance instance, Definition.Node node) {
        for (var id : instance.automatic()) {
            if (id.asText().equals(node.id())) {
                return true;
            }
        }
        return false;
    }

    private void leave(Definition definition, Instance instance, int position, long now) {
        List<String> told = nodeApprovers.copies(definition.node(position), instance.openId(), instance.copies());
        if (!told.isEmpty()) {
            copy(definition, instance, null, told, null, now);
        }
        enter(definition, instance, position + 1, now);
    }

    private void open(Definition definition, Instance instance, int position, int step, String openId, long now) {
        Task task = instances.addTask(instance, position, step, openId, now);
        events.task(definition, instance, task, "PENDING", now);
    }

    private void end(Definition definition, Instance instance, Task task, String status, long now) {
        instances.setStatus(task, status, now);
        events.task(definition, instance, task, status, now);
    }

    private void endOpen(Definition definition, Instance instance, long now) {
        instances.tasks(instance).stream()
                .filter(Task::pending)
                .forEach(task -> end(definition, instance, task, "DONE", now));
    }

    private void finish(Definition definition, Instance instance, String status, long now) {
        endOpen(definition, instance, now);
        instances.setStatus(instance, status, now);
        events.instance(definition, instance, status, now);
    }
}
