package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.SandboxProperties;
import dev.camelfeishu.sandbox.Tokens;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Messages: send, reply, read, edit, recall, and the update of cards; by the bot, and where the platform takes a person's
 * token, in the name of that person.
 *
 * <p>Not documented, and so chosen: a uuid is one for sends and replies together; an unknown message_id is 230001; updating a
 * card that is not shared is 230001, one that somebody else has sent 230012; editing or recalling one message of a batch is
 * 230054, updating its card 230001; a time range for a thread is 230001.
 */
public final class MessageApi implements Api {
    private static final String MESSAGE = "/open-apis/im/v1/messages/:message_id";
    private static final String SEND_AS_USER = "im:message.send_as_user";
    private static final String SEND_SYSTEM = "im:message:send_sys_msg";
    private static final int MAX_EDITS = 20;
    private static final Duration CARD_AGE = Duration.ofDays(14);

    private final SandboxDatabase database;
    private final Messages messages;
    private final Chats chats;
    private final Conversations conversations;
    private final Content contents;
    private final CardSources cards;
    private final Recalls recalls;
    private final Tokens tokens;
    private final SandboxProperties properties;

    public MessageApi(
            SandboxDatabase database,
            Messages messages,
            Chats chats,
            Conversations conversations,
            Content contents,
            CardSources cards,
            Recalls recalls,
            Tokens tokens,
            SandboxProperties properties) {
        this.database = database;
        this.messages = messages;
        this.chats = chats;
        this.conversations = conversations;
        this.contents = contents;
        this.cards = cards;
        this.recalls = recalls;
        this.tokens = tokens;
        this.properties = properties;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", "/open-apis/im/v1/messages", this::send);
        routes.on("GET", "/open-apis/im/v1/messages", this::list);
        routes.on("POST", MESSAGE + "/reply", this::reply);
        routes.on("GET", MESSAGE, this::get);
        routes.on("PATCH", MESSAGE, this::updateCard);
        routes.on("PUT", MESSAGE, this::edit);
        routes.on("DELETE", MESSAGE, this::recall);
    }

    private Answer send(Call call) {
        JsonNode body = call.json(230001);
        Actor sender = sender(call);
        String type = call.query("receive_id_type", "");
        if (type.equals("thread_id")) {
            throw Content.invalid("receive_id_type must be open_id, union_id, user_id, email or chat_id");
        }
        Conversations.Target target = conversations.target(sender, type, body.path("receive_id"));
        return create(sender, body, target.chat(), null);
    }

    private Answer reply(Call call) {
        JsonNode body = call.json(230001);
        Actor sender = sender(call);
        Message parent = existing(call);
        if (parent.deleted()) {
            throw new Denial(230011);
        }
        Chat chat = conversations.chat(parent);
        conversations.open(sender, chat);
        return create(sender, body, chat, parent);
    }

    private Actor sender(Call call) {
        Actor sender = conversations.actor(call);
        if (!sender.bot()) {
            String token = call.headers().get("authorization").substring("Bearer ".length());
            tokens.user(token)
                    .filter(known -> known.scopes().contains(SEND_AS_USER))
                    .orElseThrow(() -> new Denial(230027, "the person has not granted " + SEND_AS_USER));
        }
        return sender;
    }

    private Answer create(Actor sender, JsonNode body, Chat chat, Message parent) {
        if (!body.path("msg_type").isTextual()) {
            throw Content.invalid("msg_type is missing");
        }
        String msgType = body.path("msg_type").asText();
        Content.Sent sent = contents.check(msgType, body.path("content"));
        if (msgType.equals("system")) {
            system(chat);
        }
        String uuid = Conversations.uuid(body.path("uuid").asText());
        boolean inThread = body.path("reply_in_thread").asBoolean(false);
        Message message = database.inTransaction(() -> messages.once(uuid, () -> {
            conversations.limit("chat " + chat.id());
            Messages.Draft draft = Messages.Draft.of(chat, sender, msgType, sent);
            Message added = conversations.add(
                    chat, parent == null ? draft : below(draft, parent, inThread || Conversations.threads(chat)));
            if (added.card()) {
                cards.sent(body.path("content").asText(), added);
            }
            return added;
        }));
        return Answer.ok(conversations.shown(message));
    }

    private void system(Chat chat) {
        if (!chat.p2p()) {
            throw Content.invalid("a system message can be sent in a direct chat only");
        }
        if (properties.deniedScopes().contains(SEND_SYSTEM)) {
            throw new Denial(230027, "the app has not been granted " + SEND_SYSTEM);
        }
    }

    private Messages.Draft below(Messages.Draft draft, Message parent, boolean inThread) {
        if (!inThread && parent.threadId() == null) {
            return draft.below(Optional.ofNullable(parent.rootId()).orElse(parent.id()), parent.id(), null);
        }
        String thread = messages.thread(parent);
        return draft.inThread(messages.first(thread).orElseThrow());
    }

    private Answer get(Call call) {
        String idType = Conversations.idType(call, false);
        Message message = existing(call);
        conversations.member(conversations.actor(call), conversations.chat(message));
        ObjectNode data = Json.object();
        ArrayNode items = data.putArray("items");
        items.add(conversations.shown(message, idType, original(call)));
        if (message.merged() && !message.deleted()) {
            messages.inside(message.id())
                    .forEach(inside -> items.add(
                            conversations.shown(inside, idType, original(call)).put("upper_message_id", message.id())));
        }
        return Answer.ok(data);
    }

    private Answer list(Call call) {
        Actor actor = conversations.actor(call);
        String type = call.query("container_id_type", "");
        String container = call.query("container_id", "");
        if (!(type.equals("chat") || type.equals("thread")) || container.isEmpty()) {
            throw Content.invalid("container_id_type must be chat or thread, with its container_id");
        }
        String sort = call.query("sort_type", "ByCreateTimeAsc");
        if (!sort.equals("ByCreateTimeAsc") && !sort.equals("ByCreateTimeDesc")) {
            throw Content.invalid("sort_type must be ByCreateTimeAsc or ByCreateTimeDesc");
        }
        Paging paging = Paging.of(call, 20, 50);
        List<Message> found = type.equals("chat")
                ? ofChat(call, actor, container, sort.endsWith("Desc"), paging)
                : ofThread(call, actor, container, sort.endsWith("Desc"), paging);
        return Answer.ok(paging.page(
                found,
                Message::seq,
                message -> recalledToo(conversations.shown(message, "open_id", original(call)), message)));
    }

    private static ObjectNode recalledToo(ObjectNode shown, Message message) {
        if (message.deleted()) {
            shown.putObject("body").put("content", "This message was recalled");
        }
        return shown;
    }

    private List<Message> ofChat(Call call, Actor actor, String container, boolean newestFirst, Paging paging) {
        Chat chat = chats.find(container).orElseThrow(() -> Content.invalid("container_id is unknown"));
        conversations.member(actor, chat);
        return messages.history(
                chat.id(),
                Paging.number(call, "start_time", 0) * 1000,
                Paging.number(call, "end_time", Long.MAX_VALUE / 2000) * 1000 + 999,
                newestFirst,
                paging.after(),
                paging.size() + 1);
    }

    private List<Message> ofThread(Call call, Actor actor, String container, boolean newestFirst, Paging paging) {
        if (call.query("start_time", null) != null || call.query("end_time", null) != null) {
            throw Content.invalid("a thread has no start_time and end_time");
        }
        Message first = messages.first(container).orElseThrow(() -> Content.invalid("container_id is unknown"));
        conversations.member(actor, conversations.chat(first));
        return messages.in(null, container, 0, Long.MAX_VALUE, newestFirst, paging.after(), paging.size() + 1);
    }

    private Answer updateCard(Call call) {
        Actor actor = conversations.actor(call);
        JsonNode content = call.json(230001).path("content");
        return database.inTransaction(() -> {
            Message message = lock(call);
            if (message.deleted()) {
                throw new Denial(230011);
            }
            if (!message.card() || message.batchId() != null) {
                throw Content.invalid("the message is not a card of its own");
            }
            if (!actor.sent(message)) {
                throw new Refusal(400, 230012, "The bot is not the sender of the message.");
            }
            if (conversations.chat(message).dissolved()) {
                throw new Denial(232009);
            }
            if (message.olderThan(CARD_AGE)) {
                throw new Denial(230031);
            }
            conversations.limit("card " + message.id());
            String card = contents.check("interactive", content).content();
            replaceable(message, card);
            messages.replace(message, card);
            return Answer.ok(Json.object());
        });
    }

    private static void replaceable(Message message, String content) {
        JsonNode before = Json.read(message.content());
        JsonNode after = Json.read(content);
        if (!CardCheck.shared(before) || !CardCheck.shared(after)) {
            throw Content.invalid("the cards before and after the update must both have config.update_multi true");
        }
        if (CardCheck.isSecond(before) && !CardCheck.isSecond(after)) {
            throw new Refusal(
                    400,
                    230099,
                    new CardCheck.Fault(200830, "a card of schema 2.0 cannot be updated to schema 1.0").text());
        }
    }

    private Answer edit(Call call) {
        JsonNode body = call.json(230001);
        String msgType = body.path("msg_type").asText();
        if (!msgType.equals("text") && !msgType.equals("post")) {
            throw new Denial(230054);
        }
        Content.Sent sent = contents.check(msgType, body.path("content"));
        return database.inTransaction(() -> {
            Message message = lock(call);
            if (message.deleted()) {
                throw new Denial(230110);
            }
            conversations.open(conversations.bot(), conversations.chat(message));
            if (!message.byBot()) {
                throw new Denial(230071);
            }
            boolean words =
                    message.msgType().equals("text") || message.msgType().equals("post");
            if (!words || message.batchId() != null) {
                throw new Denial(230054);
            }
            if (message.edits() >= MAX_EDITS) {
                throw new Denial(230072);
            }
            if (message.olderThan(properties.editWindow())) {
                throw new Denial(230075);
            }
            messages.edit(message, msgType, sent.content(), sent.mentions());
            return Answer.ok(conversations.shown(messages.find(message.id()).orElseThrow()));
        });
    }

    private Answer recall(Call call) {
        Actor actor = conversations.actor(call);
        return database.inTransaction(() -> {
            recalls.recall(actor, lock(call));
            return Answer.ok(Json.object());
        });
    }

    private Message existing(Call call) {
        return messages.find(call.variable("message_id")).orElseThrow(MessageApi::unknownMessage);
    }

    private Message lock(Call call) {
        return messages.lock(call.variable("message_id")).orElseThrow(MessageApi::unknownMessage);
    }

    private static boolean original(Call call) {
        return call.query("card_msg_content_type", null) != null;
    }

    private static Refusal unknownMessage() {
        return Content.invalid("message_id is unknown");
    }
}
