package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;

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
 * @param round how often it was rolled back
 * @param chosen open_ids of the approvers that the applicant chose, by node_id
 * @param copies open_ids of who is told when a node has passed, by node_id
 * @param automatic node_ids of the nodes that pass by themselves
 * @param revocable whether the applicant may withdraw it
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
        long endMs,
        int round,
        JsonNode chosen,
        JsonNode copies,
        JsonNode automatic,
        boolean revocable) {
    boolean pending() {
        return status.equals("PENDING");
    }
}
