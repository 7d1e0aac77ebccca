package dev.camelfeishu.component.typed;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * {@code im.chat.member.bot.added_v1} and {@code …deleted_v1}: the bot joined a group or was removed from it. The header
 * {@code CamelFeishuEventType} tells which.
 *
 * @param external whether people of other tenants are in the group
 */
public record BotMembershipChanged(String chatId, String chatName, Person operator, boolean external)
        implements TypedEvent {

    static BotMembershipChanged of(JsonNode event) {
        return new BotMembershipChanged(
                event.path("chat_id").asText(""),
                event.path("name").asText(""),
                Person.of(event.path("operator_id")),
                event.path("external").asBoolean());
    }
}
