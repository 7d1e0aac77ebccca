package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.util.List;
import java.util.Set;

/** Chats and their members, read only. */
public final class ChatApi implements Api {
    private static final Set<String> ID_TYPES = Set.of("open_id", "union_id", "user_id");

    private final Chats chats;

    public ChatApi(Chats chats) {
        this.chats = chats;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", "/open-apis/im/v1/chats", this::list);
        routes.on("GET", "/open-apis/im/v1/chats/:chat_id", this::get);
        routes.on("GET", "/open-apis/im/v1/chats/:chat_id/members", this::members);
        routes.on("GET", "/open-apis/im/v1/chats/:chat_id/members/is_in_chat", this::inChat);
    }

    private Answer list(Call call) {
        ObjectNode data = Json.object().put("has_more", false).put("page_token", "");
        ArrayNode items = data.putArray("items");
        chats.groups().forEach(chat -> items.add(shown(chat).put("chat_id", chat.id())));
        return Answer.ok(data);
    }

    private Answer get(Call call) {
        Chat chat = chat(call);
        List<Person> members = chats.members(chat);
        return Answer.ok(shown(chat)
                .put("chat_mode", chat.mode())
                .put("chat_type", "private")
                .put("user_count", Integer.toString(members.size()))
                .put("bot_count", "1"));
    }

    private Answer members(Call call) {
        String type = call.query("member_id_type", "open_id");
        if (!ID_TYPES.contains(type)) {
            throw new Refusal(400, 232001, "Your request contains an invalid request parameter.");
        }
        List<Person> members = chats.members(chat(call));
        ObjectNode data =
                Json.object().put("has_more", false).put("page_token", "").put("member_total", members.size());
        ArrayNode items = data.putArray("items");
        members.forEach(member -> items.addObject()
                .put("member_id_type", type)
                .put("member_id", member.id(type))
                .put("name", member.name())
                .put("tenant_key", member.tenantKey()));
        return Answer.ok(data);
    }

    private Answer inChat(Call call) {
        Chat chat = chats.find(call.variable("chat_id")).orElseThrow(ChatApi::unknown);
        return Answer.ok(Json.object().put("is_in_chat", chat.bot()));
    }

    private Chat chat(Call call) {
        Chat chat = chats.find(call.variable("chat_id")).orElseThrow(ChatApi::unknown);
        if (!chat.bot()) {
            throw new Refusal(400, 232011, "Operator can NOT be out of the chat.");
        }
        return chat;
    }

    private static Refusal unknown() {
        return new Refusal(400, 232006, "Your request specifies a chat_id which is invalid.");
    }

    private ObjectNode shown(Chat chat) {
        ObjectNode shown = Json.object()
                .put("avatar", "")
                .put("name", chat.p2p() ? "" : chat.name())
                .put("description", "")
                .put("external", chats.external(chat))
                .put("tenant_key", SandboxProperties.TENANT_KEY)
                .put("chat_status", "normal");
        if (chat.owner() != null) {
            shown.put("owner_id", chat.owner()).put("owner_id_type", "open_id");
        }
        return shown;
    }
}
