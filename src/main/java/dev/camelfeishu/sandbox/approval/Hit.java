package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Json;
import java.util.List;
import java.util.Locale;

/**
 * An instance as searches see it, whoever's engine drives it.
 *
 * @param group {@code {"external_id","name"}} of a third party's definition
 * @param code instance code, empty for a third party's
 * @param externalId the third party's own id, empty for the platform's
 * @param openId the applicant
 * @param status in capitals
 * @param links {@code {"pc_link","mobile_link"}}
 */
record Hit(
        String approvalCode,
        String approvalName,
        String approvalId,
        boolean external,
        ObjectNode group,
        String code,
        String externalId,
        String openId,
        long startMs,
        long endMs,
        String status,
        String title,
        String serial,
        JsonNode links,
        List<Step> steps) {
    /** A task in it. */
    record Step(
            String id,
            String externalId,
            String openId,
            String status,
            String title,
            long startMs,
            long endMs,
            long updateMs,
            JsonNode links) {}

    /** The members that every search shows of its instance. */
    ObjectNode json(String userId) {
        ObjectNode item = Json.object();
        ObjectNode approval = item.putObject("approval")
                .put("code", approvalCode)
                .put("name", approvalName)
                .put("is_external", external)
                .put("approval_id", approvalId)
                .put("icon", "");
        approval.putObject("external").put("batch_cc_read", false);
        item.set("group", group);
        item.putObject("instance")
                .put("code", code)
                .put("external_id", externalId)
                .put("user_id", userId)
                .put("start_time", Long.toString(startMs))
                .put("end_time", Long.toString(endMs))
                .put("status", status.toLowerCase(Locale.ROOT))
                .put("title", title)
                .put("extra", "")
                .put("serial_id", serial)
                .set("link", links);
        return item;
    }
}
