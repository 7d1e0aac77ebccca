package dev.camelfeishu.component.typed;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * {@code im.chat.member.user.added_v1}, {@code …deleted_v1} and {@code …withdrawn_v1}: people joined a group or left it. The header
 * {@code CamelFeishuEventType} tells which.
 *
 * @param external whether people of other tenants are in the group
 */
public record MembersChanged(String chatId, String chatName, Person operator, boolean external, List<Member> members)
        implements TypedEvent {

    /** Who joined or left. */
    public record Member(Person person, String name, String tenantKey) {}

    static MembersChanged of(JsonNode event) {
        return new MembersChanged(
                event.path("chat_id").asText(""),
                event.path("name").asText(""),
                Person.of(event.path("operator_id")),
                event.path("external").asBoolean(),
                StreamSupport.stream(event.path("users").spliterator(), false)
                        .map(user -> new Member(
                                Person.of(user.path("user_id")),
                                user.path("name").asText(""),
                                user.path("tenant_key").asText("")))
                        .toList());
    }
}
