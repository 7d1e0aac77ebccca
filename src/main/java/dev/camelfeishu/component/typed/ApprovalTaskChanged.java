package dev.camelfeishu.component.typed;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * {@code approval_task}: one approver's task changed.
 *
 * @param status such as {@code PENDING}, {@code APPROVED}, {@code REJECTED}, {@code TRANSFERRED}, {@code DONE}
 * @param approver its open_id and user_id
 * @see <a href="https://open.feishu.cn/document/server-docs/approval-v4/event/common-event/approval-task-event">Task
 *     changed</a>
 */
public record ApprovalTaskChanged(
        String approvalCode, String instanceCode, String taskId, String status, Person approver, Instant operatedAt)
        implements TypedEvent {

    static ApprovalTaskChanged of(JsonNode event) {
        return new ApprovalTaskChanged(
                event.path("approval_code").asText(""),
                event.path("instance_code").asText(""),
                event.path("task_id").asText(""),
                event.path("status").asText(""),
                Person.of(event),
                Times.of(event.path("operate_time")));
    }
}
