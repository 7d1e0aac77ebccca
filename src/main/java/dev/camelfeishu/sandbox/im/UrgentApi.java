package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Urgent notices of the bot's own messages, in the app, by SMS or by phone. Nobody is called, and no quota is used up.
 *
 * <p>Not documented, and so chosen: a message of a batch is 230001; when one of the people has 200 unread notices nobody gets
 * one.
 */
public final class UrgentApi implements Api {
    private static final int MAX_UNREAD = 200;

    private final SandboxDatabase database;
    private final Messages messages;
    private final Chats chats;
    private final People people;
    private final Conversations conversations;

    public UrgentApi(
            SandboxDatabase database, Messages messages, Chats chats, People people, Conversations conversations) {
        this.database = database;
        this.messages = messages;
        this.chats = chats;
        this.people = people;
        this.conversations = conversations;
    }

    @Override
    public void register(Routes routes) {
        for (String kind : new String[] {"app", "sms", "phone"}) {
            routes.on(
                    "PATCH",
                    "/open-apis/im/v1/messages/:message_id/urgent_" + kind,
                    call -> database.inTransaction(() -> urge(call, kind)));
        }
    }

    private Answer urge(Call call, String kind) {
        String idType = Conversations.idType(call, true);
        JsonNode ids = call.json(230001).path("user_id_list");
        if (!ids.isArray() || ids.isEmpty()) {
            throw Content.invalid("user_id_list is missing");
        }
        Message message = messages.find(call.variable("message_id"))
                .filter(each -> each.batchId() == null)
                .orElseThrow(() -> Content.invalid("message_id is unknown"));
        if (message.deleted()) {
            throw new Denial(230110);
        }
        Chat chat = conversations.chat(message);
        conversations.active(conversations.bot(), chat);
        if (!message.byBot()) {
            throw new Denial(230012);
        }
        if (!conversations.may(conversations.bot(), chat, "urgent_setting")) {
            throw new Denial(230052);
        }
        if (chats.external(chat)) {
            throw new Denial(230027, "not in a chat with people of another tenant");
        }
        List<Person> members = chats.members(chat);
        List<Person> urged = new ArrayList<>();
        ArrayNode invalid = Json.array();
        for (JsonNode id : ids) {
            Optional<Person> person = people.find(idType, id.asText()).filter(members::contains);
            person.ifPresentOrElse(urged::add, () -> invalid.add(id.asText()));
        }
        if (urged.isEmpty()) {
            throw Content.invalid("none of user_id_list is in the chat");
        }
        urged.forEach(person -> urge(message, person, kind));
        ObjectNode data = Json.object();
        data.set("invalid_user_id_list", invalid);
        return Answer.ok(data);
    }

    private void urge(Message message, Person person, String kind) {
        Integer unread = database.jdbc()
                .queryForObject(
                        "select count(*) from sandbox.urgent where open_id = ? and not read",
                        Integer.class,
                        person.openId());
        if (unread >= MAX_UNREAD) {
            throw new Denial(230023);
        }
        database.jdbc()
                .update(
                        "insert into sandbox.urgent (message_id, open_id, kind) values (?, ?, ?)"
                                + " on conflict (message_id, open_id, kind) do update set read = false",
                        message.id(),
                        person.openId(),
                        kind);
    }
}
