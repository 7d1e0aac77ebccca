package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * An approval definition.
 *
 * @param status ACTIVE, INACTIVE or DELETED
 * @param form JSON array of widgets
 * @param subscribed whether the app gets the events of its instances
 */
record Definition(String code, String name, String status, JsonNode form, List<Node> nodes, boolean subscribed) {
    /**
     * A step of the flow.
     *
     * @param type AND (all approvers), OR (one of them) or SEQUENTIAL (one after the other)
     * @param approvers open_ids
     */
    record Node(String id, String customId, String name, String type, boolean needApprover, List<String> approvers) {}
}
