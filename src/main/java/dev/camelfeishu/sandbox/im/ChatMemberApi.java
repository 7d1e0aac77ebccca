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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who is in a group, manages it and may speak in it: people and bots.
 *
 * <p>Not documented, and so chosen: how many managers a group may have (10); 232017 for adding without the right, 232014 for
 * removing without it; a group that asks for approval is treated as one that does not; a private group cannot be joined by
 * oneself (232008).
 */
public final class ChatMemberApi implements Api {
    private static final String CHAT = "/open-apis/im/v1/chats/:chat_id";
    private static final int MOST_USERS = 50;
    private static final int MOST_BOTS = 5;
    private static final int MOST_MANAGERS = 10;
    /** The code for an id of one kind that does not exist. */
    private static final Map<String, Integer> UNKNOWN =
            Map.of("open_id", 99992351, "union_id", 99992360, "user_id", 99992364, "app_id", 232004);

    private final SandboxDatabase database;
    private final Chats chats;
    private final ChatAccess access;
    private final ChatEvents events;
    private final People people;

    public ChatMemberApi(SandboxDatabase database, Chats chats, ChatAccess access, ChatEvents events, People people) {
        this.database = database;
        this.chats = chats;
        this.access = access;
        this.events = events;
        this.people = people;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", CHAT + "/members", this::list);
        routes.on("POST", CHAT + "/members", this::add);
        routes.on("DELETE", CHAT + "/members", this::remove);
        routes.on("GET", CHAT + "/members/is_in_chat", this::isIn);
        routes.on("PATCH", CHAT + "/members/me_join", this::join);
        routes.on("POST", CHAT + "/managers/add_managers", call -> managers(call, true));
        routes.on("POST", CHAT + "/managers/delete_managers", call -> managers(call, false));
        routes.on("GET", CHAT + "/moderation", this::moderation);
        routes.on("PUT", CHAT + "/moderation", this::moderate);
    }

    private Answer list(Call call) {
        String type = ChatAccess.idType(call, "member_id_type");
        List<Person> members = database.inTransaction(() -> chats.members(access.entered(call)));
        return Answer.ok(ListPage.of(call, 20, 100, 232001, 232001)
                .of(
                        members,
                        "items",
                        member -> Json.object()
                                .put("member_id_type", type)
                                .put("member_id", member.id(type))
                                .put("name", member.name())
                                .put("tenant_key", member.tenantKey()))
                .put("member_total", members.size()));
    }

    private Answer isIn(Call call) {
        Chat chat = chats.find(call.variable("chat_id")).orElseThrow(() -> new Denial(232006));
        return Answer.ok(Json.object().put("is_in_chat", access.operator(call).in(chat, chats)));
    }

    private Answer join(Call call) {
        return database.inTransaction(() -> {
            Chat chat = chats.lock(call.variable("chat_id")).orElseThrow(() -> new Denial(232006));
            if (chat.dissolved()) {
                throw new Denial(232009);
            }
            if (!chat.open()) {
                throw new Denial(232008);
            }
            if (chat.setting("membership_approval").equals("approval_required")) {
                throw new Denial(232075);
            }
            ChatOperator operator = access.operator(call);
            if (operator.isBot()) {
                addBot(chat, operator, access.appId());
            } else if (chats.join(chat, operator.person())) {
                events.members(chat, operator, "added", List.of(operator.person()));
            }
            return Answer.ok(Json.object());
        });
    }

    private Answer add(Call call) {
        String type = memberType(call);
        int mode = mode(call);
        List<String> ids = ids(call, type);
        return database.inTransaction(() -> {
            Chat chat = access.group(call);
            ChatOperator operator = access.operator(call);
            boolean free = chat.setting("add_member_permission").equals("all_members");
            if (!free && !operator.manages(chat, chats) && !access.asOwner(operator, chat)) {
                throw new Denial(232017);
            }
            List<String> unknown = new ArrayList<>();
            List<String> unusable = new ArrayList<>();
            List<Person> joining = new ArrayList<>();
            List<String> bots = new ArrayList<>();
            for (String id : ids) {
                if (type.equals("app_id")) {
                    (isBot(id) ? bots : unknown).add(id);
                    continue;
                }
                Optional<Person> person = people.find(type, id);
                if (person.isEmpty()) {
                    unknown.add(id);
                } else if (!person.get().colleague() && !chats.external(chat)) {
                    unusable.add(id);
                } else {
                    joining.add(person.get());
                }
            }
            if (mode == 2 && !(unknown.isEmpty() && unusable.isEmpty())) {
                throw new Denial(232043);
            }
            if (mode == 0 && !unknown.isEmpty()) {
                throw new Denial(UNKNOWN.get(type), String.join(",", unknown));
            }
            if (mode == 0 && !unusable.isEmpty()) {
                throw new Denial(232028);
            }
            events.members(
                    chat,
                    operator,
                    "added",
                    joining.stream().filter(person -> chats.join(chat, person)).toList());
            bots.forEach(bot -> addBot(chat, operator, bot));
            ObjectNode data = Json.object();
            data.set("invalid_id_list", Json.MAPPER.valueToTree(unusable));
            data.set("not_existed_id_list", Json.MAPPER.valueToTree(unknown));
            data.putArray("pending_approval_id_list");
            return Answer.ok(data);
        });
    }

    private Answer remove(Call call) {
        String type = memberType(call);
        List<String> ids = ids(call, type);
        return database.inTransaction(() -> {
            Chat chat = access.group(call);
            ChatOperator operator = access.operator(call);
            boolean onlySelf = ids.stream().allMatch(id -> isSelf(operator, type, id));
            if (!onlySelf && !operator.manages(chat, chats) && !access.asOwner(operator, chat)) {
                throw new Denial(232014);
            }
            List<String> invalid = new ArrayList<>();
            List<Person> leaving = new ArrayList<>();
            List<String> bots = new ArrayList<>();
            for (String id : ids) {
                if (type.equals("app_id")) {
                    boolean in = id.equals(access.appId())
                            ? chat.bot()
                            : chats.otherBots(chat).contains(id);
                    (in ? bots : invalid).add(id);
                    continue;
                }
                people.find(type, id)
                        .filter(person -> chats.members(chat).contains(person))
                        .ifPresentOrElse(leaving::add, () -> invalid.add(id));
            }
            boolean owner = leaving.stream().anyMatch(person -> person.openId().equals(chat.owner()))
                    || bots.contains(access.appId()) && chat.owner() == null;
            if (owner) {
                throw new Denial(232076);
            }
            leaving.forEach(person -> chats.leave(chat, person));
            events.members(chat, operator, "deleted", leaving);
            bots.forEach(bot -> removeBot(chat, operator, bot));
            ObjectNode data = Json.object();
            data.set("invalid_id_list", Json.MAPPER.valueToTree(invalid));
            return Answer.ok(data);
        });
    }

    private Answer managers(Call call, boolean added) {
        String type = memberType(call);
        List<String> ids = ChatAccess.ids(call.json(232001).path("manager_ids"), MOST_USERS, "manager_ids");
        if (ids.isEmpty()) {
            throw new Denial(232027);
        }
        return database.inTransaction(() -> {
            Chat chat = access.group(call);
            if (!access.operator(call).owns(chat)) {
                throw new Denial(232038);
            }
            for (String id : ids) {
                if (type.equals("app_id")) {
                    botManager(chat, id, added);
                } else {
                    Person person = people.find(type, id)
                            .filter(known -> chats.members(chat).contains(known))
                            .orElseThrow(() -> new Denial(232027));
                    chats.setManager(chat, person, added);
                }
            }
            Chat after = chats.find(chat.id()).orElseThrow();
            List<Person> people = chats.managers(after);
            List<String> bots = new ArrayList<>(chats.otherBotManagers(after));
            if (after.botManager()) {
                bots.add(access.appId());
            }
            if (people.size() + bots.size() > MOST_MANAGERS) {
                throw new Denial(232040);
            }
            ObjectNode data = Json.object();
            ArrayNode shown = data.putArray("chat_managers");
            people.forEach(person -> shown.add(person.id(type.equals("app_id") ? "open_id" : type)));
            data.set("chat_bot_managers", Json.MAPPER.valueToTree(bots));
            return Answer.ok(data);
        });
    }

    private void botManager(Chat chat, String appId, boolean manager) {
        if (appId.equals(access.appId()) && chat.bot()) {
            chats.update(ChatApi.changed(
                    chat, chat.name(), chat.owner(), chat.description(), chat.avatar(), chat.settings(), manager));
        } else if (chats.otherBots(chat).contains(appId)) {
            chats.setOtherBotManager(chat, appId, manager);
        } else {
            throw new Denial(232027);
        }
    }

    private Answer moderation(Call call) {
        String type = ChatAccess.idType(call, "user_id_type");
        Chat chat = database.inTransaction(() -> access.entered(call));
        return Answer.ok(ListPage.of(call, 20, 100, 232001, 232001)
                .of(
                        chats.moderators(chat),
                        "items",
                        person -> Json.object()
                                .put("user_id_type", type)
                                .put("user_id", person.id(type))
                                .put("tenant_key", person.tenantKey()))
                .put("moderation_setting", chat.setting("moderation_permission")));
    }

    private Answer moderate(Call call) {
        String type = ChatAccess.idType(call, "user_id_type");
        JsonNode body = call.json(232001);
        return database.inTransaction(() -> {
            Chat chat = access.group(call);
            ChatOperator operator = access.operator(call);
            if (!access.asOwner(operator, chat)) {
                throw new Denial(232017);
            }
            ObjectNode settings = chat.settings().deepCopy();
            if (body.hasNonNull("moderation_setting")) {
                settings.put(
                        "moderation_permission",
                        ChatSettings.checked(
                                "moderation_permission",
                                body.path("moderation_setting").asText()));
            }
            Chat after = ChatApi.changed(
                    chat, chat.name(), chat.owner(), chat.description(), chat.avatar(), settings, chat.botManager());
            List<Person> added = moderators(chat, type, body.path("moderator_added_list"), "moderator_added_list");
            List<Person> removed =
                    moderators(chat, type, body.path("moderator_removed_list"), "moderator_removed_list");
            boolean list = after.setting("moderation_permission").equals("moderator_list");
            if (!list && !(added.isEmpty() && removed.isEmpty())) {
                throw new Denial(232001, "moderators are for moderator_list only");
            }
            added.forEach(person -> chats.setModerator(chat, person, true));
            removed.forEach(person -> chats.setModerator(chat, person, false));
            chats.update(after);
            events.moderated(chat, after, operator, added, removed);
            return Answer.ok(Json.object());
        });
    }

    private List<Person> moderators(Chat chat, String type, JsonNode list, String name) {
        List<Person> members = chats.members(chat);
        return ChatAccess.ids(list, MOST_USERS, name).stream()
                .map(id -> people.find(type, id)
                        .filter(members::contains)
                        .orElseThrow(() -> new Denial(232001, name + ": not in the group")))
                .toList();
    }

    private void addBot(Chat chat, ChatOperator operator, String appId) {
        if (!appId.equals(access.appId())) {
            chats.joinOtherBot(chat, appId);
        } else if (chats.setBot(chat, true)) {
            events.bot(chat, operator, true);
        }
    }

    private void removeBot(Chat chat, ChatOperator operator, String appId) {
        if (!appId.equals(access.appId())) {
            chats.leaveOtherBot(chat, appId);
        } else if (chats.setBot(chat, false)) {
            events.bot(chat, operator, false);
        }
    }

    private boolean isBot(String appId) {
        return appId.equals(access.appId()) || chats.knowsBot(appId);
    }

    private boolean isSelf(ChatOperator operator, String type, String id) {
        return operator.isBot()
                ? type.equals("app_id") && id.equals(access.appId())
                : !type.equals("app_id") && operator.person().id(type).equals(id);
    }

    private static String memberType(Call call) {
        return call.query("member_id_type", "open_id").equals("app_id")
                ? "app_id"
                : ChatAccess.idType(call, "member_id_type");
    }

    private static int mode(Call call) {
        String mode = call.query("succeed_type", "0");
        if (!mode.matches("[012]")) {
            throw new Denial(232001, "succeed_type");
        }
        return Integer.parseInt(mode);
    }

    private static List<String> ids(Call call, String type) {
        List<String> ids = ChatAccess.ids(
                call.json(232001).path("id_list"), type.equals("app_id") ? MOST_BOTS : MOST_USERS, "id_list");
        if (ids.isEmpty()) {
            throw new Denial(232027);
        }
        return ids;
    }
}
