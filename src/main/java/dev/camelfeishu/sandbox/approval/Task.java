package dev.camelfeishu.sandbox.approval;

/**
 * One approver's step.
 *
 * @param openId null for one that passed by itself
 * @param node position of its node, {@link Definition#START} for the applicant's own after a roll back
 * @param round the instance's round it belongs to
 * @param step place among the approvers of its node
 * @param sign the added signers that belong together, or null
 * @param signAny whether one of them is enough
 * @param returnsTo open_id of who decides after them, or null
 * @param status PENDING, APPROVED, REJECTED, TRANSFERRED or DONE
 * @param endMs 0 while it is open
 */
record Task(
        String id,
        String instanceCode,
        String openId,
        int node,
        int round,
        int step,
        String sign,
        boolean signAny,
        String returnsTo,
        String status,
        long startMs,
        long endMs) {
    boolean pending() {
        return status.equals("PENDING");
    }

    /** When it last changed. */
    long updateMs() {
        return Math.max(startMs, endMs);
    }
}
