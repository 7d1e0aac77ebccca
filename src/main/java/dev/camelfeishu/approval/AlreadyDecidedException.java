package dev.camelfeishu.approval;

/** A task that somebody wants to decide was decided otherwise, handed on or ended before. */
public final class AlreadyDecidedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient ApprovalInstance instance;

    AlreadyDecidedException(ApprovalInstance instance, String taskId, Throwable cause) {
        super(
                "task " + taskId + " of instance " + instance.code() + " is not pending any more: "
                        + instance.task(taskId).map(ApprovalTask::status).orElse("gone") + ", the instance is "
                        + instance.status(),
                cause);
        this.instance = instance;
    }

    /** The instance as it was read after the refusal. */
    public ApprovalInstance instance() {
        return instance;
    }
}
