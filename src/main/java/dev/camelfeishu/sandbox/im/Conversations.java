package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.RateLimits;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.util.Optional;
import java.util.Set;

/** What the endpoints of messages have in common: who calls, what they reach, where a message goes, how it is shown. */
public final class Conversations {
    private static final Set<String> ID_TYPES = Set.of("open_id", "union_id", "user_id");

    /**
     * Where a message goes.
     *
     * @param thread the first message of the thread it goes to, or null
     */
    record Target(Chat chat, Message thread) {
        Messages.Draft draft(Actor sender, String msgType, Content.Sent sent) {
            Messages.Draft draft = Messages.Draft.of(chat, sender, msgType, sent);
            return thread == null ? draft : draft.inThread(thread);
        }

        String key() {
            return thread == null ? chat.id() : thread.threadId();
        }
    }

    private final Messages messages;
    private final Chats chats;
    private final People people;
    private final RateLimits rates;
    private final SandboxProperties properties;

    public Conversations(
            Messages messages, Chats chats, People people, RateLimits rates, SandboxProperties properties) {
        this.messages = messages;
        this.chats = chats;
        this.people = people;
        this.rates = rates;
        this.properties = properties;
    }

    Actor bot() {
        return new Actor(properties.appId(), null);
    }

    /** The person whose token the call has, else the bot. */
    Actor actor(Call call) {
        return call.user() == null
                ? bot()
                : actor(people.byOpenId(call.user()).orElseThrow(() -> new Denial(230027, "nobody has this token")));
    }

    Actor actor(Person person) {
        return new Actor(person.openId(), person);
    }

    Optional<Message> find(String messageId) {
        return messages.find(messageId);
    }

    boolean inMerged(String messageId) {
        return messages.isCopy(messageId);
    }

    Chat chat(Message message) {
        return chats.find(message.chatId()).orElseThrow();
    }

    boolean isIn(Actor actor, Chat chat) {
        return actor.bot() ? chat.bot() : chats.members(chat).contains(actor.person());
    }

    /** @throws Denial 230002 when the actor is not in the chat */
    void member(Actor actor, Chat chat) {
        if (!isIn(actor, chat)) {
            throw new Denial(230002);
        }
    }

    /** @throws Denial 232009 for a group that is dissolved, 230002 when the actor is not in the chat */
    void active(Actor actor, Chat chat) {
        if (chat.dissolved()) {
            throw new Denial(232009);
        }
        member(actor, chat);
    }

    /** Whether a setting of the group leaves something to everybody, or the actor is its owner or one of its managers. */
    boolean may(Actor actor, Chat chat, String setting) {
        return chat.p2p()
                || chat.setting(setting).equals("all_members")
                || actor.operator().manages(chat, chats);
    }

    /** Adds a message; in a group of threads one that answers none begins a thread. */
    Message add(Chat chat, Messages.Draft draft) {
        Message added = messages.add(draft);
        if (draft.threadId() != null || !threads(chat)) {
            return added;
        }
        messages.thread(added);
        return messages.find(added.id()).orElseThrow();
    }

    static boolean threads(Chat chat) {
        return !chat.p2p() && chat.setting("group_message_type").equals("thread");
    }

    /** @throws Refusal 230020 when more than five messages a second go to the chat, card or whatever the key names */
    void limit(String key) {
        if (exceeds(key)) {
            throw new Denial(230020);
        }
    }

    boolean exceeds(String key) {
        return properties.rates() && rates.count(key, "5 per second") != null;
    }

    /** @param type open_id, union_id, user_id, email, chat_id, or thread_id */
    Target target(Actor sender, String type, JsonNode receiveId) {
        if (!receiveId.isTextual() || receiveId.asText().isEmpty()) {
            throw Content.invalid("receive_id is missing");
        }
        String id = receiveId.asText();
        Target target = switch (type) {
            case "chat_id" -> new Target(chats.find(id).orElseThrow(() -> new Denial(230034)), null);
            case "thread_id" -> {
                Message first = messages.first(id).orElseThrow(() -> new Denial(230019));
                yield new Target(chat(first), first);
            }
            case "open_id", "union_id", "user_id", "email" -> new Target(direct(sender, type, id), null);
            default -> throw Content.invalid("receive_id_type is not one of the known ones");
        };
        open(sender, target.chat());
        return target;
    }

    private Chat direct(Actor sender, String type, String id) {
        Person person = people.find(type, id).orElseThrow(() -> new Denial(230034));
        if (!sender.bot()) {
            throw new Refusal(501, 501, "not simulated: direct chats between two people");
        }
        return chats.direct(person).orElseThrow(() -> new Denial(230013));
    }

    /** @throws Denial 232009, 230002, 230018 or 230038 when the sender may not write in the chat */
    void open(Actor sender, Chat chat) {
        active(sender, chat);
        boolean moderator = !sender.bot() && chats.moderators(chat).contains(sender.person());
        if (!moderator && !may(sender, chat, "moderation_permission")) {
            throw new Denial(230018);
        }
        if (chat.p2p() && chats.external(chat)) {
            throw new Denial(230038);
        }
    }

    /** A client's key of a call, empty when it has none. */
    static String uuid(String uuid) {
        if (uuid.length() > 50) {
            throw Content.invalid("uuid is longer than 50 characters");
        }
        return uuid;
    }

    /** An id type of people; open_id when the call names none, unless it must. */
    static String idType(Call call, boolean required) {
        String type = call.query("user_id_type", required ? "" : "open_id");
        if (!ID_TYPES.contains(type)) {
            throw Content.invalid("user_id_type must be open_id, union_id or user_id");
        }
        return type;
    }

    ObjectNode shown(Message message) {
        return shown(message, "open_id", false);
    }

    /**
     * A message as the endpoints answer it.
     *
     * @param idType the kind of id that people get
     * @param original whether a card is shown as it was sent
     */
    ObjectNode shown(Message message, String idType, boolean original) {
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
        Optional<Person> person = message.byPerson() ? people.byOpenId(message.sender()) : Optional.empty();
        shown.putObject("sender")
                .put("id", person.map(known -> known.id(idType)).orElse(message.sender()))
                .put("id_type", person.isPresent() ? idType : "app_id")
                .put("sender_type", message.byPerson() ? "user" : "app")
                .put("tenant_key", person.map(Person::tenantKey).orElse(SandboxProperties.TENANT_KEY));
        ObjectNode body = shown.putObject("body");
        if (!message.deleted()) {
            body.put("content", Content.read(message, original));
        }
        if (!message.mentions().isEmpty() && !message.deleted()) {
            shown.set("mentions", mentions(message.mentions(), idType));
        }
        return shown;
    }

    private JsonNode mentions(JsonNode stored, String idType) {
        JsonNode mentions = stored.deepCopy();
        mentions.forEach(mention -> people.byOpenId(mention.path("id").asText())
                .ifPresent(person ->
                        ((ObjectNode) mention).put("id", person.id(idType)).put("id_type", idType)));
        return mentions;
    }
}
