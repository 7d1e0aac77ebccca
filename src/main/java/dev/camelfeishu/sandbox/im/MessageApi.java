package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.RateLimits;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Messages of the bot: send, reply, read, edit, recall, and the update of cards.
 *
 * <p>Not documented, and so chosen: a uuid is one for sends and replies together; updating a card that is not shared is
 * 230001, one that the bot has not sent 230012.
 */
public final class MessageApi implements Api {
    private static final String MESSAGE = "/open-apis/im/v1/messages/:message_id";
    private static final int MAX_EDITS = 20;
    private static final Duration CARD_AGE = Duration.ofDays(14);

    private final SandboxDatabase database;
    private final Messages messages;
    private final Chats chats;
    private final People people;
    private final Content contents;
    private final RateLimits rates;
    private final SandboxProperties properties;

    public MessageApi(
            SandboxDatabase database,
            Messages messages,
            Chats chats,
            People people,
            Content contents,
            RateLimits rates,
            SandboxProperties properties) {
        this.database = database;
        this.messages = messages;
        this.chats = chats;
        this.people = people;
        this.contents = contents;
        this.rates = rates;
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
        Chat chat = target(call.query("receive_id_type", ""), body.path("receive_id"));
        return create(body, chat, null, false);
    }

    private Answer reply(Call call) {
        JsonNode body = call.json(230001);
        Message parent = existing(call);
        if (parent.deleted()) {
            throw new Refusal(400, 230011, "The message is recalled.");
        }
        Chat chat = chats.find(parent.chatId()).orElseThrow();
        return create(body, chat, parent, body.path("reply_in_thread").asBoolean(false));
    }

    private Answer create(JsonNode body, Chat chat, Message parent, boolean inThread) {
        if (!chat.bot()) {
            throw new Refusal(400, 230002, "The bot can not be outside the group.");
        }
        if (chat.p2p() && chats.external(chat)) {
            throw new Refusal(400, 230038, "Cross tenant p2p chat operate forbid.");
        }
        if (!body.path("msg_type").isTextual()) {
            throw Content.invalid("msg_type is missing");
        }
        String msgType = body.path("msg_type").asText();
        Content.Sent sent = contents.check(msgType, body.path("content"));
        JsonNode uuid = body.path("uuid");
        if (uuid.isTextual() && uuid.asText().length() > 50) {
            throw Content.invalid("uuid is longer than 50 characters");
        }
        boolean once = uuid.isTextual() && !uuid.asText().isEmpty();
        Message message = database.inTransaction(() -> {
            if (once) {
                Optional<Message> first = messages.claim(uuid.asText());
                if (first.isPresent()) {
                    return first.get();
                }
            }
            limit("chat " + chat.id());
            String root =
                    parent == null ? null : Optional.ofNullable(parent.rootId()).orElse(parent.id());
            String thread = parent == null ? null : parent.threadId();
            if (inThread) {
                thread = messages.thread(parent);
            }
            Message added = messages.add(new Messages.Draft(
                    chat.id(),
                    properties.appId(),
                    "app",
                    msgType,
                    sent.content(),
                    sent.mentions(),
                    root,
                    parent == null ? null : parent.id(),
                    thread));
            if (once) {
                messages.sent(uuid.asText(), added);
            }
            return added;
        });
        return Answer.ok(shown(message, false));
    }

    private Chat target(String type, JsonNode receiveId) {
        if (!receiveId.isTextual() || receiveId.asText().isEmpty()) {
            throw Content.invalid("receive_id is missing");
        }
        String id = receiveId.asText();
        switch (type) {
            case "chat_id" -> {
                return chats.find(id).orElseThrow(MessageApi::unknownReceiver);
            }
            case "open_id", "union_id", "user_id", "email" -> {
                Person person = people.find(type, id).orElseThrow(MessageApi::unknownReceiver);
                return chats.direct(person)
                        .orElseThrow(() -> new Refusal(400, 230013, "Bot has NO availability to this user."));
            }
            default -> throw Content.invalid("receive_id_type must be open_id, union_id, user_id, email or chat_id");
        }
    }

    private static Refusal unknownReceiver() {
        return new Refusal(400, 230034, "The receive_id is invalid.");
    }

    private Answer get(Call call) {
        Message message = existing(call);
        inChat(message);
        ObjectNode data = Json.object();
        data.putArray("items").add(shown(message, original(call)));
        return Answer.ok(data);
    }

    private Answer list(Call call) {
        String type = call.query("container_id_type", "");
        String container = call.query("container_id", "");
        if (!(type.equals("chat") || type.equals("thread")) || container.isEmpty()) {
            throw Content.invalid("container_id_type must be chat or thread, with its container_id");
        }
        if (type.equals("chat")) {
            Chat chat = chats.find(container).orElseThrow(() -> Content.invalid("container_id is unknown"));
            if (!chat.bot()) {
                throw new Refusal(400, 230002, "The bot can not be outside the group.");
            }
        }
        int size = (int) number(call, "page_size", 20);
        if (size < 1 || size > 50) {
            throw Content.invalid("page_size must be from 1 to 50");
        }
        boolean newestFirst = call.query("sort_type", "ByCreateTimeAsc").equals("ByCreateTimeDesc");
        String token = call.query("page_token", null);
        List<Message> found = messages.in(
                type.equals("chat") ? container : null,
                type.equals("thread") ? container : null,
                number(call, "start_time", 0) * 1000,
                number(call, "end_time", Long.MAX_VALUE / 2000) * 1000 + 999,
                newestFirst,
                token == null ? null : Long.valueOf(number(call, "page_token", 0)),
                size + 1);
        boolean more = found.size() > size;
        List<Message> page = more ? found.subList(0, size) : found;
        ObjectNode data = Json.object().put("has_more", more);
        data.put("page_token", more ? Long.toString(page.get(size - 1).seq()) : "");
        ArrayNode items = data.putArray("items");
        page.forEach(message -> items.add(shown(message, original(call))));
        return Answer.ok(data);
    }

    private Answer updateCard(Call call) {
        JsonNode content = call.json(230001).path("content");
        return database.inTransaction(() -> {
            Message message = messages.lock(call.variable("message_id")).orElseThrow(MessageApi::unknownMessage);
            if (message.deleted()) {
                throw new Refusal(400, 230011, "The message is recalled.");
            }
            if (!message.card()) {
                throw Content.invalid("the message is not a card");
            }
            if (!message.byBot()) {
                throw new Refusal(400, 230012, "The bot is not the sender of the message.");
            }
            if (message.olderThan(CARD_AGE)) {
                throw new Refusal(400, 230031, "Message can only be modified within 14 days after sending.");
            }
            limit("card " + message.id());
            contents.check("interactive", content);
            replaceable(message, content.asText());
            messages.replace(message, content.asText());
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
            throw new Refusal(400, 230054, "This operation is not supported for this message type.");
        }
        Content.Sent sent = contents.check(msgType, body.path("content"));
        return database.inTransaction(() -> {
            Message message = messages.lock(call.variable("message_id")).orElseThrow(MessageApi::unknownMessage);
            if (message.deleted()) {
                throw new Refusal(400, 230110, "Action unavailable as the message has been deleted.");
            }
            if (!message.byBot()) {
                throw new Refusal(400, 230071, "The operator is not the sender of the message.");
            }
            if (message.card()) {
                throw new Refusal(400, 230054, "This operation is not supported for this message type.");
            }
            if (message.edits() >= MAX_EDITS) {
                throw new Refusal(400, 230072, "The message has reached the number of times it can be edited.");
            }
            messages.edit(message, msgType, sent.content(), sent.mentions());
            return Answer.ok(shown(messages.find(message.id()).orElseThrow(), false));
        });
    }

    private Answer recall(Call call) {
        return database.inTransaction(() -> {
            Message message = messages.lock(call.variable("message_id")).orElseThrow(MessageApi::unknownMessage);
            if (message.deleted()) {
                throw new Refusal(400, 230110, "Action unavailable as the message has been deleted.");
            }
            if (!message.byBot()) {
                throw new Refusal(400, 230026, "No permission to recall this message.");
            }
            messages.delete(message);
            return Answer.ok(Json.object());
        });
    }

    private Message existing(Call call) {
        return messages.find(call.variable("message_id")).orElseThrow(MessageApi::unknownMessage);
    }

    private void inChat(Message message) {
        if (!chats.find(message.chatId()).orElseThrow().bot()) {
            throw new Refusal(400, 230002, "The bot can not be outside the group.");
        }
    }

    private void limit(String key) {
        if (properties.rates() && rates.count(key, "5 per second") != null) {
            throw new Refusal(400, 230020, "This operation triggers the frequency limit.");
        }
    }

    private static boolean original(Call call) {
        return call.query("card_msg_content_type", null) != null;
    }

    private static Refusal unknownMessage() {
        return Content.invalid("message_id is unknown");
    }

    private static long number(Call call, String name, long otherwise) {
        String value = call.query(name, null);
        if (value == null) {
            return otherwise;
        }
        if (!value.matches("\\d{1,15}")) {
            throw Content.invalid(name + " is not a number");
        }
        return Long.parseLong(value);
    }

    private ObjectNode shown(Message message, boolean original) {
        ObjectNode shown = Json.object().put("message_id", message.id());
        if (message.rootId() != null) {
            shown.put("root_id", message.rootId()).put("parent_id", message.parentId());
        }
        if (message.threadId() != null) {
            shown.put("thread_id", message.threadId());
        }
        shown.put("msg_type", message.msgType())
                .put("create_time", Long.toString(message.createdMs()))
                .put("update_time", Long.toString(message.updatedMs()))
                .put("deleted", message.deleted())
                .put("updated", message.updated())
                .put("chat_id", message.chatId());
        String tenant = message.byBot()
                ? SandboxProperties.TENANT_KEY
                : people.byOpenId(message.sender()).map(Person::tenantKey).orElse(SandboxProperties.TENANT_KEY);
        shown.putObject("sender")
                .put("id", message.sender())
                .put("id_type", message.byBot() ? "app_id" : "open_id")
                .put("sender_type", message.senderType())
                .put("tenant_key", tenant);
        shown.putObject("body").put("content", Content.read(message, original));
        if (!message.mentions().isEmpty()) {
            shown.set("mentions", message.mentions());
        }
        return shown;
    }
}
