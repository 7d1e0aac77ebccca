package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.ListPage;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Groups: create, read, change, disband, list, search.
 *
 * <p>Not documented, and so chosen: a group without a name has an empty one; the bot that creates a group without an owner
 * owns it; creating a group pushes no event; the owner cannot be changed by a manager.
 */
public final class ChatApi implements Api {
    private static final String CHATS = "/open-apis/im/v1/chats";
    private static final int MOST_USERS = 50;
    private static final int MOST_BOTS = 5;

    private final SandboxDatabase database;
    private final Chats chats;
    private final ChatAccess access;
    private final ChatEvents events;
    private final People people;

    public ChatApi(SandboxDatabase database, Chats chats, ChatAccess access, ChatEvents events, People people) {
        this.database = database;
        this.chats = chats;
        this.access = access;
        this.events = events;
        this.people = people;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", CHATS, this::create);
        routes.on("GET", CHATS, this::list);
        routes.on("GET", CHATS + "/search", this::search);
        routes.on("GET", CHATS + "/:chat_id", this::get);
        routes.on("PUT", CHATS + "/:chat_id", this::update);
        routes.on("DELETE", CHATS + "/:chat_id", this::disband);
    }

    private Answer create(Call call) {
        String idType = ChatAccess.idType(call, "user_id_type");
        JsonNode body = call.json(232001);
        String uuid = call.query("uuid", "");
        if (uuid.length() > 50) {
            throw new Denial(232001, "uuid: at most 50 characters");
        }
        ObjectNode settings = ChatSettings.with(Json.object(), body);
        String name = name(body.path("name").asText(""), settings);
        Person owner = body.hasNonNull("owner_id") ? owner(idType, body.path("owner_id")) : null;
        List<Person> users = ChatAccess.ids(body.path("user_id_list"), MOST_USERS, "user_id_list").stream()
                .map(id -> people.find(idType, id).orElseThrow(() -> new Denial(232043)))
                .toList();
        if (!body.path("external").asBoolean(false) && !users.stream().allMatch(Person::colleague)) {
            throw new Denial(232043, "somebody of another tenant in a group that is not external");
        }
        List<String> bots = ChatAccess.ids(body.path("bot_id_list"), MOST_BOTS, "bot_id_list");
        if (bots.stream().anyMatch(bot -> !bot.equals(access.appId()) && !chats.knowsBot(bot))) {
            throw new Denial(232021);
        }
        Chat created = database.inTransaction(() -> {
            Optional<Chat> first = uuid.isEmpty() ? Optional.empty() : chats.claim(uuid);
            if (first.isPresent()) {
                return first.get();
            }
            Chat chat = chats.create(name, owner == null ? null : owner.openId(), settings, access.appId());
            if (owner != null) {
                chats.join(chat, owner);
            }
            users.forEach(user -> chats.join(chat, user));
            bots.stream().filter(bot -> !bot.equals(access.appId())).forEach(bot -> chats.joinOtherBot(chat, bot));
            Chat full = changed(
                    chat,
                    name,
                    chat.owner(),
                    body.path("description").asText(""),
                    body.path("avatar").asText(""),
                    settings,
                    owner != null && call.query("set_bot_manager", "").equals("true"));
            chats.update(full);
            if (!uuid.isEmpty()) {
                chats.created(uuid, full);
            }
            return full;
        });
        return Answer.ok(details(created, idType).put("chat_id", created.id()));
    }

    private Person owner(String idType, JsonNode id) {
        Person owner = access.person(idType, id).orElseThrow(() -> new Denial(232030));
        if (!owner.colleague()) {
            throw new Denial(232032);
        }
        return owner;
    }

    private static String name(String name, ObjectNode settings) {
        if (ChatSettings.value(settings, "chat_type").equals("public")) {
            if (name.isEmpty()) {
                throw new Denial(232042);
            }
            if (name.codePointCount(0, name.length()) < 2) {
                throw new Denial(232020);
            }
        }
        return name;
    }

    private Answer list(Call call) {
        String idType = ChatAccess.idType(call, "user_id_type");
        ChatOperator operator = access.operator(call);
        return page(
                call,
                chats.groups().stream().filter(chat -> operator.in(chat, chats)).toList(),
                idType);
    }

    /** Groups the caller is in or may find: public ones. Which names a query finds is not documented: those that contain it. */
    private Answer search(Call call) {
        String idType = ChatAccess.idType(call, "user_id_type");
        ChatOperator operator = access.operator(call);
        String query = call.query("query", "").toLowerCase(Locale.ROOT);
        List<Chat> found = chats.groups().stream()
                .filter(chat -> operator.in(chat, chats) || chat.open())
                .filter(chat -> chat.name().toLowerCase(Locale.ROOT).contains(query))
                .toList();
        return page(call, found, idType);
    }

    private Answer page(Call call, List<Chat> found, String idType) {
        return Answer.ok(ListPage.of(call, 20, 100, 232001, 232001)
                .of(found, "items", chat -> shown(chat, idType).put("chat_id", chat.id())));
    }

    private Answer get(Call call) {
        String idType = ChatAccess.idType(call, "user_id_type");
        Chat chat = chats.find(call.variable("chat_id")).orElseThrow(() -> new Denial(232006));
        if (!chat.dissolved() && !access.operator(call).in(chat, chats)) {
            throw new Denial(232011);
        }
        List<Person> members = chats.members(chat);
        ObjectNode data = details(chat, idType)
                .put("user_count", Integer.toString(members.size()))
                .put("bot_count", Integer.toString(chats.otherBots(chat).size() + (chat.bot() ? 1 : 0)))
                .put("chat_status", chat.status());
        ArrayNode managers = data.putArray("user_manager_id_list");
        chats.managers(chat).forEach(manager -> managers.add(manager.id(idType)));
        ArrayNode bots = data.putArray("bot_manager_id_list");
        chats.otherBotManagers(chat).forEach(bots::add);
        if (chat.botManager()) {
            bots.add(access.appId());
        }
        return Answer.ok(data);
    }

    private Answer update(Call call) {
        String idType = ChatAccess.idType(call, "user_id_type");
        JsonNode body = call.json(232001);
        return database.inTransaction(() -> {
            Chat chat = access.group(call);
            ChatOperator operator = access.operator(call);
            if (!operator.manages(chat, chats)) {
                if (chat.setting("edit_permission").equals("only_owner")) {
                    throw new Denial(232002);
                }
                if (ChatSettings.named(body)) {
                    throw new Denial(232016);
                }
            }
            ObjectNode settings = ChatSettings.with(chat.settings(), body);
            if (!chat.open() && ChatSettings.value(settings, "chat_type").equals("public") && chats.external(chat)) {
                throw new Denial(232069);
            }
            Chat after = changed(
                    chat,
                    body.path("name").asText(chat.name()),
                    body.hasNonNull("owner_id")
                            ? newOwner(chat, operator, idType, body.path("owner_id"))
                            : chat.owner(),
                    body.path("description").asText(chat.description()),
                    body.path("avatar").asText(chat.avatar()),
                    settings,
                    chat.botManager());
            if (after.open() && after.name().codePointCount(0, after.name().length()) < 2) {
                throw new Denial(232001, "name of a public group: at least 2 characters");
            }
            if (after.open() && isTaken(after)) {
                throw new Denial(232026);
            }
            chats.update(after);
            events.updated(chat, after, operator);
            return Answer.ok(Json.object());
        });
    }

    private boolean isTaken(Chat chat) {
        return chats.groups().stream()
                .anyMatch(other -> other.open()
                        && other.name().equals(chat.name())
                        && !other.id().equals(chat.id()));
    }

    private String newOwner(Chat chat, ChatOperator operator, String idType, JsonNode id) {
        if (!operator.owns(chat)) {
            throw new Denial(232016);
        }
        Person owner = access.person(idType, id).orElseThrow(() -> new Denial(232035));
        if (!owner.colleague()) {
            throw new Denial(232031);
        }
        if (!chats.members(chat).contains(owner)) {
            throw new Denial(232012);
        }
        return owner.openId();
    }

    private Answer disband(Call call) {
        return database.inTransaction(() -> {
            Chat chat = access.group(call);
            ChatOperator operator = access.operator(call);
            if (!access.asOwner(operator, chat)) {
                throw new Denial(232017);
            }
            dissolve(chat, operator);
            return Answer.ok(Json.object());
        });
    }

    /** Ends a group; the bot is told and out of it. */
    void dissolve(Chat chat, ChatOperator operator) {
        if (chat.bot()) {
            events.disbanded(chat, operator);
        }
        chats.update(new Chat(
                chat.id(),
                chat.mode(),
                chat.name(),
                chat.owner(),
                false,
                chat.description(),
                chat.avatar(),
                chat.settings(),
                "dissolved",
                chat.createdBy(),
                false));
    }

    static Chat changed(
            Chat chat,
            String name,
            String owner,
            String description,
            String avatar,
            ObjectNode settings,
            boolean botManager) {
        return new Chat(
                chat.id(),
                chat.mode(),
                name,
                owner,
                chat.bot(),
                description,
                avatar,
                settings,
                chat.status(),
                chat.createdBy(),
                botManager);
    }

    private ObjectNode details(Chat chat, String idType) {
        ObjectNode details = shown(chat, idType);
        details.put("chat_mode", chat.mode()).put("chat_tag", chats.external(chat) ? "tenant" : "inner");
        ChatSettings.show(chat, details);
        details.remove("chat_status");
        return details;
    }

    /** The owner is absent where it is the bot. */
    private ObjectNode shown(Chat chat, String idType) {
        ObjectNode shown = Json.object()
                .put("avatar", chat.avatar())
                .put("name", chat.p2p() ? "" : chat.name())
                .put("description", chat.description())
                .put("external", chats.external(chat))
                .put("tenant_key", SandboxProperties.TENANT_KEY)
                .put("chat_status", chat.status());
        people.byOpenId(chat.owner())
                .ifPresent(owner -> shown.put("owner_id", owner.id(idType)).put("owner_id_type", idType));
        return shown;
    }
}
