package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What every call on a chat asks first: which chat, who calls, are they in it. */
public final class ChatAccess {
    static final Set<String> ID_TYPES = Set.of("open_id", "union_id", "user_id");
    private static final String AS_OWNER = "im:chat:operate_as_owner";

    private final Chats chats;
    private final People people;
    private final SandboxProperties properties;

    public ChatAccess(Chats chats, People people, SandboxProperties properties) {
        this.chats = chats;
        this.people = people;
        this.properties = properties;
    }

    ChatOperator operator(Call call) {
        return ChatOperator.of(call, people);
    }

    String appId() {
        return properties.appId();
    }

    /** The chat, locked for the current transaction; the caller is in it and it is not dissolved. */
    Chat entered(Call call) {
        Chat chat = chats.lock(call.variable("chat_id")).orElseThrow(() -> new Denial(232006));
        if (chat.dissolved()) {
            throw new Denial(232009);
        }
        if (!operator(call).in(chat, chats)) {
            throw new Denial(232011);
        }
        return chat;
    }

    /** As {@link #entered}, of a group. */
    Chat group(Call call) {
        Chat chat = entered(call);
        if (chat.p2p()) {
            throw new Denial(232008);
        }
        return chat;
    }

    /** Whether the caller may act as the owner: it is, or it created the group and has the scope for it. */
    boolean asOwner(ChatOperator operator, Chat chat) {
        String self = operator.isBot() ? appId() : operator.person().openId();
        return operator.owns(chat)
                || self.equals(chat.createdBy()) && !properties.deniedScopes().contains(AS_OWNER);
    }

    static String idType(Call call, String name) {
        String type = call.query(name, "open_id");
        if (!ID_TYPES.contains(type)) {
            throw new Denial(232001, name);
        }
        return type;
    }

    Optional<Person> person(String idType, JsonNode id) {
        return people.find(idType, id.asText());
    }

    /** The ids of a list in the body, at most so many. */
    static List<String> ids(JsonNode list, int most, String name) {
        List<String> ids = new ArrayList<>();
        list.forEach(id -> ids.add(id.asText()));
        if (ids.size() > most || !list.isMissingNode() && !list.isArray()) {
            throw new Denial(232001, name + ": at most " + most);
        }
        return ids;
    }
}
