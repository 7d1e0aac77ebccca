package dev.camelfeishu.approval;

/**
 * One person's step of an instance.
 *
 * @param id digits
 * @param openId the approver, null for an automatic step
 * @param userId the same person's user_id, null for an automatic step or when the app may not read it
 * @param status PENDING, APPROVED, REJECTED, TRANSFERRED, DONE, or what Feishu adds later
 * @param nodeName as people see it
 */
public record ApprovalTask(String id, String openId, String userId, String status, String nodeName) {

    public boolean isPending() {
        return "PENDING".equals(status);
    }
}
