package dev.camelfeishu.component.typed;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * {@code approval_instance}: an instance's status changed. A hint: read the instance before you act on it.
 *
 * @param status such as {@code PENDING}, {@code APPROVED}, {@code REJECTED}, {@code CANCELED}, {@code REVERTED}
 * @param uuid that the instance was created with
 * @see <a href="https://open.feishu.cn/document/server-docs/approval-v4/event/common-event/approval-instance-event">Instance
 *     changed</a>
 */
public record ApprovalInstanceChanged(
        String approvalCode, String instanceCode, String status, String uuid, Instant operatedAt)
        implements TypedEvent {

    static ApprovalInstanceChanged of(JsonNode event) {
        return new ApprovalInstanceChanged(
                event.path("approval_code").asText(""),
                event.path("instance_code").asText(""),
                event.path("status").asText(""),
                event.path("uuid").asText(""),
                Times.of(event.path("operate_time")));
    }
}
