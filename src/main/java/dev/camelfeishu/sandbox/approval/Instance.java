package dev.camelfeishu.sandbox.approval;

/**
 * An approval instance.
 *
 * @param uuid the client's id, or null
 * @param openId the applicant
 * @param form JSON array in the shape in which it is read
 * @param status PENDING, APPROVED, REJECTED, CANCELED or DELETED
 * @param reverted whether it was withdrawn after it had been approved; the status stays APPROVED
 * @param node position of the current node
 * @param endMs 0 while it is open
 */
record Instance(
        long seq,
        String code,
        String approvalCode,
        String uuid,
        String serialNumber,
        String openId,
        String departmentId,
        String form,
        String title,
        String status,
        boolean reverted,
        int node,
        long startMs,
        long endMs) {
    boolean pending() {
        return status.equals("PENDING");
    }
}
