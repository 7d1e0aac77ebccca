package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.SandboxProperties;

/**
 * Who does something to a chat.
 *
 * @param person null for the bot
 */
record ChatOperator(Person person) {
    static final ChatOperator BOT = new ChatOperator(null);

    static ChatOperator of(Call call, People people) {
        return call.user() == null
                ? BOT
                : new ChatOperator(people.byOpenId(call.user()).orElseThrow());
    }

    boolean isBot() {
        return person == null;
    }

    boolean in(Chat chat, Chats chats) {
        return isBot() ? chat.bot() : chats.members(chat).contains(person);
    }

    boolean owns(Chat chat) {
        return !chat.p2p() && (isBot() ? chat.owner() == null : person.openId().equals(chat.owner()));
    }

    /** Whether it is the owner or one of the managers. */
    boolean manages(Chat chat, Chats chats) {
        return owns(chat) || (isBot() ? chat.botManager() : chats.managers(chat).contains(person));
    }

    /** The ids as events carry them. */
    ObjectNode ids() {
        return isBot()
                ? Json.object()
                        .put("union_id", SandboxProperties.BOT_OPEN_ID.replaceFirst("ou_", "on_"))
                        .put("user_id", "")
                        .put("open_id", SandboxProperties.BOT_OPEN_ID)
                : person.ids();
    }

    String tenantKey() {
        return isBot() ? SandboxProperties.TENANT_KEY : person.tenantKey();
    }
}
