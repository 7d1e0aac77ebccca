package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * An approval definition, its texts in its default language.
 *
 * @param status ACTIVE, INACTIVE or DELETED
 * @param form JSON array of widgets
 * @param subscribed whether the app gets the events of its instances
 * @param approvalId the id beside the code
 * @param source body of the call that made it, or null for one made in the console
 * @param settings {@code revert_option}, {@code reject_option} and their like
 * @param version how often it was written
 */
record Definition(
        String code,
        String name,
        String status,
        JsonNode form,
        List<Node> nodes,
        boolean subscribed,
        String approvalId,
        JsonNode source,
        JsonNode settings,
        int version) {
    /** The place of the applicant's own task after a roll back. */
    static final int START = -1;

    private static final Node BEGIN =
            new Node("START", "START", "START", "AND", false, List.of(), List.of(), "STARTER");

    /**
     * A step of the flow.
     *
     * @param type AND (all approvers), OR (one of them) or SEQUENTIAL (one after the other)
     * @param needApprover whether the applicant must choose approvers
     * @param starterAssignee what happens where an approver is the applicant: STARTER, AUTO_PASS, SUPERVISOR or
     *     DEPARTMENT_MANAGER
     */
    record Node(
            String id,
            String customId,
            String name,
            String type,
            boolean needApprover,
            List<Rule> approvers,
            List<Rule> copies,
            String starterAssignee) {}

    /**
     * Who is meant.
     *
     * @param type Personal, Supervisor, SupervisorTopDown, DepartmentManager, DepartmentManagerTopDown or Free
     * @param openId the person of Personal, or null
     * @param level how many steps up, or from the top down; from 1
     */
    record Rule(String type, String openId, int level) {}

    /** The node at a position, {@link #START} included. */
    Node node(int position) {
        return position == START ? BEGIN : nodes.get(position);
    }

    /** @return its position, {@link #START} for START, or -2 */
    int position(String nodeId) {
        if (nodeId.equals(BEGIN.id())) {
            return START;
        }
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).id().equals(nodeId) || nodes.get(i).customId().equals(nodeId)) {
                return i;
            }
        }
        return START - 1;
    }

    boolean rejectReturns() {
        return settings.path("reject_option").asInt(0) == 1;
    }

    boolean revocableAfterFirstNode() {
        return settings.path("revert_option").asInt(1) == 1;
    }
}
