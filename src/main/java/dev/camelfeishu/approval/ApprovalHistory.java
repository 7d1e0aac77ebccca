package dev.camelfeishu.approval;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An instance and what has happened to it.
 *
 * @param steps the earliest first
 */
public record ApprovalHistory(ApprovalInstance instance, List<Step> steps) {

    public ApprovalHistory {
        steps = List.copyOf(steps);
    }

    /**
     * @param type START, PASS, REJECT, TRANSFER, CANCEL, or another of Feishu's
     * @param openId who did it, null when nobody did
     * @param comment null when there is none
     */
    public record Step(Instant at, String type, String openId, String comment) {}

    static ApprovalHistory of(JsonNode data, ApprovalInstance instance) {
        List<Step> steps = new ArrayList<>();
        data.path("timeline")
                .forEach(step -> steps.add(new Step(
                        Instant.ofEpochMilli(step.path("create_time").asLong()),
                        step.path("type").asText(),
                        textOf(step, "open_id"),
                        textOf(step, "comment"))));
        return new ApprovalHistory(instance, steps);
    }

    private static String textOf(JsonNode node, String name) {
        String text = node.path(name).asText("");
        return text.isEmpty() ? null : text;
    }
}
