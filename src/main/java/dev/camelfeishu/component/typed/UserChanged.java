package dev.camelfeishu.component.typed;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * {@code contact.user.created_v3}, {@code …updated_v3} and {@code …deleted_v3}. The header {@code CamelFeishuEventType} tells
 * which.
 *
 * @param departmentIds open_department_ids; of a person who left those from before, for Feishu leaves the others out
 * @param now all that the app may see of the person
 * @param before of an update the members that changed, with their former values
 * @see <a href="https://open.feishu.cn/document/server-docs/contact-v3/user/events/updated">User updated</a>
 */
public record UserChanged(Person person, String name, List<String> departmentIds, JsonNode now, JsonNode before)
        implements TypedEvent {

    static UserChanged of(JsonNode event) {
        JsonNode now = event.path("object");
        JsonNode before = event.path("old_object");
        JsonNode departments =
                now.path("department_ids").isEmpty() ? before.path("department_ids") : now.path("department_ids");
        return new UserChanged(
                Person.of(now),
                now.path("name").asText(""),
                StreamSupport.stream(departments.spliterator(), false)
                        .map(JsonNode::asText)
                        .toList(),
                now,
                before);
    }
}
