package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Pushes;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.io.ByteArrayInputStream;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What people do in chats: they write to the bot, add it and remove it, come and go, rename and disband groups. */
public final class ConversationControl implements Api {
    private static final String BOT_UNION_ID = "on_b0700000000000000000000000000001";

    /** The types of messages with a file, and how their upload is kept. */
    private static final Map<String, String> UPLOADS = new TreeMap<>(
            Map.of("image", "image", "file", "stream", "audio", "opus", "media", "mp4", "sticker", "sticker"));

    private final SandboxDatabase database;
    private final Chats chats;
    private final Messages messages;
    private final People people;
    private final Resources resources;
    private final CustomBots customBots;
    private final Pushes pushes;
    private final ChatEvents events;
    private final ChatApi chatApi;

    public ConversationControl(
            SandboxDatabase database,
            Chats chats,
            Messages messages,
            People people,
            Resources resources,
            CustomBots customBots,
            Pushes pushes,
            ChatEvents events,
            ChatApi chatApi) {
        this.database = database;
        this.resources = resources;
        this.customBots = customBots;
        this.chats = chats;
        this.messages = messages;
        this.people = people;
        this.pushes = pushes;
        this.events = events;
        this.chatApi = chatApi;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", "/sandbox/messages", this::write);
        routes.on("GET", "/sandbox/messages", this::messages);
        routes.on("POST", "/sandbox/chats/:chat_id/bot", this::bot);
        routes.on("POST", "/sandbox/chats/:chat_id/members", this::member);
        routes.on("PATCH", "/sandbox/chats/:chat_id", this::rename);
        routes.on("DELETE", "/sandbox/chats/:chat_id", this::disband);
        routes.on("POST", "/sandbox/chats/:chat_id/enter", this::enter);
    }

    private Answer write(Call call) {
        JsonNode body = Control.body(call);
        Chat chat = chat(Control.text(body, "chat_id"));
        Person sender = person(Control.text(body, "sender"));
        if (chat.p2p() && !chats.members(chat).contains(sender)) {
            throw Control.bad("Nobody but its owner can write in a direct chat.");
        }
        if (!body.has("text")
                && !body.path("post").isObject()
                && !body.path("file").isObject()) {
            throw Control.bad("text must be given, as a string, or post or file, as an object.");
        }
        boolean mentionBot = body.path("mention_bot").asBoolean(false);
        boolean mentionAll = body.path("mention_all").asBoolean(false);
        String type = body.path("file").isObject()
                ? fileType(body.path("file"))
                : body.path("post").isObject() ? "post" : "text";
        Message message = database.inTransaction(() -> {
            chats.join(chat, sender);
            Message parent = parent(body, chat);
            String content = Json.write(
                    switch (type) {
                        case "text" -> Json.object().put("text", text(body, mentionBot, mentionAll));
                        case "post" -> post(body.path("post"), mentionBot);
                        default -> file(type, body.path("file"), sender);
                    });
            ArrayNode mentions = Json.array();
            if (mentionBot) {
                mentions.addObject()
                        .put("key", "@_user_1")
                        .put("id", SandboxProperties.BOT_OPEN_ID)
                        .put("id_type", "open_id")
                        .put("name", SandboxProperties.BOT_NAME)
                        .put("tenant_key", SandboxProperties.TENANT_KEY);
            }
            Message added = messages.add(new Messages.Draft(
                    chat.id(),
                    sender.openId(),
                    "user",
                    type,
                    content,
                    mentions,
                    parent == null ? null : Optional.ofNullable(parent.rootId()).orElse(parent.id()),
                    parent == null ? null : parent.id(),
                    parent == null ? null : parent.threadId(),
                    null));
            if (chat.bot()) {
                boolean byBot = body.path("sender_type").asText("user").equals("bot");
                pushes.event("im.message.receive_v1", received(added, chat, sender, byBot, mentionBot));
            }
            return added;
        });
        return Answer.of(200, Json.object().put("message_id", message.id()));
    }

    private static String fileType(JsonNode file) {
        String type = file.path("type").asText("file");
        if (!UPLOADS.containsKey(type)) {
            throw Control.bad("The type of a file must be one of " + String.join(", ", UPLOADS.keySet()) + ".");
        }
        return type;
    }

    /** What a person sends has the person as its owner. */
    private ObjectNode file(String type, JsonNode file, Person sender) {
        String name = file.path("name").asText("file");
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(file.path("base64").asText());
        } catch (IllegalArgumentException e) {
            throw Control.bad("The bytes of a file must be given as base64.");
        }
        Integer duration = file.path("duration").isInt() ? file.path("duration").intValue() : null;
        String key = resources
                .add(
                        UPLOADS.get(type),
                        sender.openId(),
                        name,
                        type.equals("image") ? "image/png" : "application/octet-stream",
                        duration,
                        new ByteArrayInputStream(bytes))
                .key();
        ObjectNode content = Json.object().put(type.equals("image") ? "image_key" : "file_key", key);
        if (type.equals("file") || type.equals("media")) {
            content.put("file_name", name);
        }
        if (duration != null && (type.equals("audio") || type.equals("media"))) {
            content.put("duration", duration);
        }
        return content;
    }

    private Message parent(JsonNode body, Chat chat) {
        if (!body.hasNonNull("reply_to")) {
            return null;
        }
        return messages.find(Control.text(body, "reply_to"))
                .filter(parent -> parent.chatId().equals(chat.id()))
                .orElseThrow(() -> Control.bad("reply_to is not a message of this chat."));
    }

    private static String text(JsonNode body, boolean mentionBot, boolean mentionAll) {
        if (!body.path("text").isTextual()) {
            throw Control.bad("text must be a string.");
        }
        String text = body.path("text").asText();
        if (mentionBot && !text.contains("@_user_1")) {
            text = ("@_user_1 " + text).stripTrailing();
        }
        return mentionAll && !text.contains("@_all") ? "@_all " + text : text;
    }

    /** Rich text as it is received: flat, in one language. */
    private static ObjectNode post(JsonNode given, boolean mentionBot) {
        JsonNode post = given.path("content").isArray()
                ? given
                : given.isEmpty() ? given : given.elements().next();
        if (!post.path("content").isArray()) {
            throw Control.bad("post must have a content of paragraphs, each an array of elements.");
        }
        ObjectNode received = Json.object().put("title", post.path("title").asText(""));
        ArrayNode paragraphs = received.putArray("content");
        for (JsonNode paragraph : post.path("content")) {
            if (!paragraph.isArray()) {
                throw Control.bad("post must have a content of paragraphs, each an array of elements.");
            }
            paragraphs.add(paragraph.deepCopy());
        }
        if (mentionBot && !post.toString().contains("@_user_1")) {
            ArrayNode first = paragraphs.isEmpty() ? paragraphs.addArray() : (ArrayNode) paragraphs.get(0);
            first.insertObject(0)
                    .put("tag", "at")
                    .put("user_id", "@_user_1")
                    .put("user_name", SandboxProperties.BOT_NAME);
        }
        return received;
    }

    private static ObjectNode received(Message message, Chat chat, Person sender, boolean byBot, boolean mentionBot) {
        ObjectNode event = Json.object();
        ObjectNode from = event.putObject("sender");
        from.set("sender_id", sender.ids());
        from.put("sender_type", byBot ? "bot" : "user").put("tenant_key", sender.tenantKey());
        ObjectNode shown = event.putObject("message").put("message_id", message.id());
        if (message.parentId() != null) {
            shown.put("root_id", message.rootId()).put("parent_id", message.parentId());
        }
        shown.put("create_time", Long.toString(message.createdMs()))
                .put("update_time", Long.toString(message.updatedMs()))
                .put("chat_id", chat.id());
        if (message.threadId() != null) {
            shown.put("thread_id", message.threadId());
        }
        shown.put("chat_type", chat.mode())
                .put("message_type", message.msgType())
                .put("content", message.content());
        if (mentionBot) {
            ObjectNode mention = shown.putArray("mentions").addObject().put("key", "@_user_1");
            mention.putObject("id")
                    .put("union_id", BOT_UNION_ID)
                    .put("user_id", "")
                    .put("open_id", SandboxProperties.BOT_OPEN_ID);
            mention.put("mentioned_type", "bot")
                    .put("name", SandboxProperties.BOT_NAME)
                    .put("tenant_key", SandboxProperties.TENANT_KEY);
        }
        shown.put("user_agent", "Mozilla/5.0 (Feishu sandbox)");
        return event;
    }

    /** The messages of a chat as they were sent, newest first. */
    private Answer messages(Call call) {
        Chat chat = chat(call.query("chat_id", ""));
        int size = Control.number(call, "size", 50, 1, 200);
        String before = call.query("before", null);
        Long after = before == null ? null : Long.valueOf(Control.number(call, "before", 0, 0, 999_999_999));
        List<Message> found = messages.in(chat.id(), null, 0, Long.MAX_VALUE, true, after, size);
        ObjectNode answer = Json.object();
        ArrayNode items = answer.putArray("items");
        for (Message message : found) {
            ObjectNode item = items.addObject()
                    .put("seq", message.seq())
                    .put("message_id", message.id())
                    .put("chat_id", message.chatId())
                    .put("sender", message.byBot() ? SandboxProperties.BOT_OPEN_ID : message.sender())
                    .put("sender_type", message.senderType())
                    .put(
                            "sender_name",
                            message.byPerson() || message.byBot() ? null : customBots.name(message.sender()))
                    .put("msg_type", message.msgType())
                    .put("root_id", message.rootId())
                    .put("parent_id", message.parentId())
                    .put("thread_id", message.threadId())
                    .put("create_time", message.createdMs())
                    .put("update_time", message.updatedMs())
                    .put("updated", message.updated())
                    .put("deleted", message.deleted());
            item.set("content", Json.read(message.content()));
            item.set("mentions", message.mentions());
        }
        return Answer.of(200, answer);
    }

    private Answer bot(Call call) {
        JsonNode body = Control.body(call);
        if (!body.path("added").isBoolean()) {
            throw Control.bad("added must be true or false.");
        }
        boolean added = body.path("added").asBoolean();
        Chat chat = group(call);
        boolean changed = database.inTransaction(() -> {
            if (!chats.setBot(chat, added)) {
                return false;
            }
            events.bot(chat, operator(body, chat), added);
            return true;
        });
        return Answer.of(
                200, Json.object().put("chat_id", chat.id()).put("added", added).put("changed", changed));
    }

    /** {@code {"open_id","change":"added|deleted|withdrawn","operator"}} */
    private Answer member(Call call) {
        JsonNode body = Control.body(call);
        Chat chat = group(call);
        Person person = person(Control.text(body, "open_id"));
        String change = Control.text(body, "change");
        if (!Set.of("added", "deleted", "withdrawn").contains(change)) {
            throw Control.bad("change must be added, deleted or withdrawn.");
        }
        if (person.openId().equals(chat.owner()) && !change.equals("added")) {
            throw Control.bad("The owner of a group cannot leave it.");
        }
        boolean changed = database.inTransaction(() -> {
            boolean done = change.equals("added") ? chats.join(chat, person) : chats.leave(chat, person);
            if (done) {
                events.members(chat, operator(body, chat), change, List.of(person));
            }
            return done;
        });
        return Answer.of(200, Json.object().put("chat_id", chat.id()).put("changed", changed));
    }

    /** {@code {"name","description","operator"}} */
    private Answer rename(Call call) {
        JsonNode body = Control.body(call);
        Chat chat = group(call);
        Chat after = ChatApi.changed(
                chat,
                body.path("name").asText(chat.name()),
                chat.owner(),
                body.path("description").asText(chat.description()),
                chat.avatar(),
                chat.settings(),
                chat.botManager());
        database.inTransaction(() -> {
            chats.update(after);
            events.updated(chat, after, operator(body, chat));
            return null;
        });
        return Answer.of(200, Json.object().put("chat_id", chat.id()).put("name", after.name()));
    }

    private Answer disband(Call call) {
        Chat chat = group(call);
        ObjectNode body = Json.object();
        if (call.query().containsKey("operator")) {
            body.put("operator", call.query("operator", ""));
        }
        database.inTransaction(() -> {
            chatApi.dissolve(chat, operator(body, chat));
            return null;
        });
        return Answer.of(200, Json.object().put("chat_id", chat.id()).put("status", "dissolved"));
    }

    /** A person opens their direct chat with the bot. */
    private Answer enter(Call call) {
        Chat chat = chat(call.variable("chat_id"));
        if (!chat.p2p()) {
            throw Control.bad("Only a direct chat is entered.");
        }
        Person person = chats.members(chat).get(0);
        ObjectNode event = Json.object().put("chat_id", chat.id());
        event.set("operator_id", person.ids());
        messages.in(chat.id(), null, 0, Long.MAX_VALUE, true, null, 1).stream()
                .findFirst()
                .ifPresent(last -> event.put("last_message_id", last.id())
                        .put("last_message_create_time", Long.toString(last.createdMs())));
        pushes.event("im.chat.access_event.bot_p2p_chat_entered_v1", event);
        return Answer.of(200, Json.object().put("chat_id", chat.id()));
    }

    private Chat group(Call call) {
        Chat chat = chat(call.variable("chat_id"));
        if (chat.p2p() || chat.dissolved()) {
            throw Control.bad("This can be done to a group only, and not to one that is dissolved.");
        }
        return chat;
    }

    /** Whoever is named, else the owner, else the first member. */
    private ChatOperator operator(JsonNode body, Chat chat) {
        if (body.hasNonNull("operator")) {
            return new ChatOperator(person(Control.text(body, "operator")));
        }
        return new ChatOperator(people.byOpenId(chat.owner())
                .or(() -> chats.members(chat).stream().findFirst())
                .orElse(null));
    }

    private Chat chat(String id) {
        return chats.find(id).orElseThrow(() -> Control.bad("There is no chat with this chat_id."));
    }

    private Person person(String openId) {
        return people.byOpenId(openId).orElseThrow(() -> Control.bad("There is nobody with this open_id."));
    }
}
