package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Pushes;
import java.util.List;

/**
 * Tells the app what happens to the chats its bot is in. That it is also told of what it did itself is not documented, but
 * for the events' "a group in which the bot is".
 */
public final class ChatEvents {
    private final Pushes pushes;
    private final Chats chats;
    private final People people;

    public ChatEvents(Pushes pushes, Chats chats, People people) {
        this.pushes = pushes;
        this.chats = chats;
        this.people = people;
    }

    void bot(Chat chat, ChatOperator operator, boolean added) {
        pushes.event(added ? "im.chat.member.bot.added_v1" : "im.chat.member.bot.deleted_v1", about(chat, operator));
    }

    void disbanded(Chat chat, ChatOperator operator) {
        pushes.event("im.chat.disbanded_v1", about(chat, operator));
    }

    /** @param what added, deleted or withdrawn */
    void members(Chat chat, ChatOperator operator, String what, List<Person> members) {
        if (!chat.bot() || members.isEmpty()) {
            return;
        }
        ObjectNode event = about(chat, operator);
        ArrayNode users = event.putArray("users");
        members.forEach(member -> users.add(shown(member).put("name", member.name())));
        pushes.event("im.chat.member.user." + what + "_v1", event);
    }

    /** What changed of a chat; nothing is pushed when nothing did. */
    void updated(Chat before, Chat after, ChatOperator operator) {
        ObjectNode was = Json.object();
        ObjectNode is = Json.object();
        difference("name", before.name(), after.name(), was, is);
        difference("description", before.description(), after.description(), was, is);
        difference("avatar", before.avatar(), after.avatar(), was, is);
        if (!ids(before.owner()).equals(ids(after.owner()))) {
            was.set("owner_id", ids(before.owner()));
            is.set("owner_id", ids(after.owner()));
        }
        ChatSettings.differences(before.settings(), after.settings(), was, is);
        if (!is.isEmpty()) {
            updated(after, operator, was, is, List.of(), List.of());
        }
    }

    void moderated(Chat before, Chat after, ChatOperator operator, List<Person> added, List<Person> removed) {
        ObjectNode was = Json.object();
        ObjectNode is = Json.object();
        ChatSettings.differences(before.settings(), after.settings(), was, is);
        if (!is.isEmpty() || !added.isEmpty() || !removed.isEmpty()) {
            updated(after, operator, was, is, added, removed);
        }
    }

    private void updated(
            Chat chat, ChatOperator operator, ObjectNode was, ObjectNode is, List<Person> added, List<Person> removed) {
        if (!chat.bot()) {
            return;
        }
        ObjectNode event = about(chat, operator);
        event.remove(List.of("name", "i18n_names"));
        event.set("after_change", is);
        event.set("before_change", was);
        ObjectNode moderators = event.putObject("moderator_list");
        ArrayNode in = moderators.putArray("added_member_list");
        added.forEach(person -> in.add(shown(person)));
        ArrayNode out = moderators.putArray("removed_member_list");
        removed.forEach(person -> out.add(shown(person)));
        pushes.event("im.chat.updated_v1", event);
    }

    private static void difference(String name, String before, String after, ObjectNode was, ObjectNode is) {
        if (!before.equals(after)) {
            was.put(name, before);
            is.put(name, after);
        }
    }

    private ObjectNode ids(String openId) {
        return openId == null
                ? ChatOperator.BOT.ids()
                : people.byOpenId(openId).orElseThrow().ids();
    }

    private static ObjectNode shown(Person person) {
        ObjectNode shown = Json.object().put("tenant_key", person.tenantKey());
        shown.set("user_id", person.ids());
        return shown;
    }

    private ObjectNode about(Chat chat, ChatOperator operator) {
        ObjectNode event = Json.object().put("chat_id", chat.id());
        event.set("operator_id", operator.ids());
        event.put("external", chats.external(chat))
                .put("operator_tenant_key", operator.tenantKey())
                .put("name", chat.name());
        event.putObject("i18n_names")
                .put("zh_cn", chat.name())
                .put("en_us", chat.name())
                .put("ja_jp", chat.name());
        return event;
    }
}
