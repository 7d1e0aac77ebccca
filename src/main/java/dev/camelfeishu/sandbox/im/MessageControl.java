package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;

/** What people do with messages: they read them, react to them and take their own back. */
public final class MessageControl implements Api {
    private static final String MESSAGE = "/sandbox/messages/:message_id";

    private final SandboxDatabase database;
    private final Messages messages;
    private final Chats chats;
    private final People people;
    private final Conversations conversations;
    private final Reactions reactions;
    private final Recalls recalls;
    private final Readers readers;

    public MessageControl(
            SandboxDatabase database,
            Messages messages,
            Chats chats,
            People people,
            Conversations conversations,
            Reactions reactions,
            Recalls recalls,
            Readers readers) {
        this.database = database;
        this.messages = messages;
        this.chats = chats;
        this.people = people;
        this.conversations = conversations;
        this.reactions = reactions;
        this.recalls = recalls;
        this.readers = readers;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", MESSAGE + "/read", this::read);
        routes.on("POST", MESSAGE + "/recall", this::recall);
        routes.on("POST", MESSAGE + "/reactions", this::react);
        routes.on("DELETE", MESSAGE + "/reactions/:reaction_id", this::takeBack);
    }

    private Answer read(Call call) {
        Message message = message(call);
        Person reader = person(Control.text(Control.body(call), "reader"));
        if (!chats.members(conversations.chat(message)).contains(reader)) {
            throw Control.bad("The reader is not in the chat of the message.");
        }
        readers.read(message, reader);
        return done(message);
    }

    private Answer recall(Call call) {
        Person operator = person(Control.text(Control.body(call), "operator"));
        return database.inTransaction(() -> {
            Message message = messages.lock(call.variable("message_id")).orElseThrow(MessageControl::unknown);
            recalls.recall(conversations.actor(operator), message);
            return done(message);
        });
    }

    private Answer react(Call call) {
        JsonNode body = Control.body(call);
        Person operator = person(Control.text(body, "operator"));
        String id = reactions
                .add(conversations.actor(operator), call.variable("message_id"), Control.text(body, "emoji_type"))
                .id();
        return Answer.of(200, Json.object().put("reaction_id", id));
    }

    private Answer takeBack(Call call) {
        Person operator = person(call.query("operator", ""));
        reactions.remove(conversations.actor(operator), call.variable("message_id"), call.variable("reaction_id"));
        return done(message(call));
    }

    private static Answer done(Message message) {
        return Answer.of(200, Json.object().put("message_id", message.id()));
    }

    private Message message(Call call) {
        return messages.find(call.variable("message_id")).orElseThrow(MessageControl::unknown);
    }

    private static Refusal unknown() {
        return Control.bad("There is no message with this message_id.");
    }

    private Person person(String openId) {
        return people.byOpenId(openId).orElseThrow(() -> Control.bad("There is nobody with this open_id."));
    }
}
