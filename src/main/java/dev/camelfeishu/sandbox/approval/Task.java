package dev.camelfeishu.sandbox.approval;

/**
 * One approver's step.
 *
 * @param node position of its node
 * @param status PENDING, APPROVED, REJECTED, TRANSFERRED or DONE
 * @param endMs 0 while it is open
 */
record Task(String id, String instanceCode, String openId, int node, String status, long startMs, long endMs) {
    boolean pending() {
        return status.equals("PENDING");
    }
}
