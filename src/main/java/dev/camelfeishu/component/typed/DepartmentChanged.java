package dev.camelfeishu.component.typed;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * {@code contact.department.created_v3}, {@code …updated_v3} and {@code …deleted_v3}. The header {@code CamelFeishuEventType} tells
 * which.
 *
 * @param openDepartmentId {@code od-…}
 * @param parentId the department above, "0" for the company
 * @param now all that the app may see of the department
 * @param before what it was
 * @see <a href="https://open.feishu.cn/document/server-docs/contact-v3/department/events/updated">Department updated</a>
 */
public record DepartmentChanged(String openDepartmentId, String name, String parentId, JsonNode now, JsonNode before)
        implements TypedEvent {

    static DepartmentChanged of(JsonNode event) {
        JsonNode now = event.path("object");
        return new DepartmentChanged(
                now.path("open_department_id").asText(""),
                now.path("name").asText(""),
                now.path("parent_department_id").asText(""),
                now,
                event.path("old_object"));
    }
}
