package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.event.FeishuEvent;
import dev.camelfeishu.event.KnownChats;
import dev.camelfeishu.event.KnownChats.Chat;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuRejectedException;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages to the bot whose event never came: after a time in which nobody could store events, and once in a while, the
 * history of each chat is compared with the journal. What is there already, or comes late after all, has no second effect,
 * since a message is known by its id.
 *
 * @see <a href="https://open.feishu.cn/document/server-docs/im-v1/message/list">Get chat history</a>
 */
final class MissedMessages {

    private static final Logger LOG = LoggerFactory.getLogger(MissedMessages.class);

    private static final String TYPE = "im.message.receive_v1";
    private static final int PAGE = 50;
    /** Younger messages are left to their own event. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final Duration LEASE = Duration.ofMinutes(5);
    /** Codes about the chat itself: the bot has left it or may not read it, it is gone, it is of a kind without history. */
    private static final int FIRST_OF_CHATS = 230_000;

    private static final int LAST_OF_CHATS = 239_999;

    private final FeishuPlatform platform;
    private final KnownChats chats;
    private final String appId;

    MissedMessages(FeishuPlatform platform, String appId) {
        this.platform = platform;
        this.chats = platform.chats();
        this.appId = appId;
    }

    /**
     * Says that events can be stored, and looks when it is time to.
     *
     * @param period how often each chat is looked at without an outage
     * @param most how far back a message may be
     * @return how many messages were appended to the journal
     */
    int look(Instant now, Duration period, Duration most) {
        chats.learn();
        chats.beat(now)
                .ifPresent(
                        since -> LOG.info("Nobody could store events since {}: the chats are looked through", since));
        var due = chats.due(appId, now, period, most);
        if (due.isEmpty() || !chats.lease(now, LEASE)) {
            return 0;
        }
        int appended = 0;
        for (Chat chat : due) {
            appended += look(chat, now);
        }
        // after a failure the lease is left to run out, so that it is not tried again at once
        chats.release(now);
        if (appended > 0) {
            LOG.warn("{} messages to the bot had never been delivered; they are now", appended);
        }
        return appended;
    }

    private int look(Chat chat, Instant now) {
        int appended = 0;
        Instant until = now.minus(GRACE);
        try {
            String page = null;
            do {
                JsonNode data = platform.clients()
                        .client(platform.apps().name(appId), chat.tenantKey())
                        .call(ApiRequest.get("/open-apis/im/v1/messages")
                                .query("container_id_type", "chat")
                                .query("container_id", chat.chatId())
                                .query("start_time", Long.toString(chat.since().getEpochSecond()))
                                .query("end_time", Long.toString(until.getEpochSecond()))
                                .query("sort_type", "ByCreateTimeAsc")
                                .query("page_size", Integer.toString(PAGE))
                                .query("page_token", page))
                        .data();
                for (JsonNode message : data.path("items")) {
                    if (isToBot(message, chat)) {
                        appended += append(message, chat) ? 1 : 0;
                    }
                }
                page = data.path("has_more").asBoolean()
                        ? data.path("page_token").asText()
                        : null;
            } while (page != null);
        } catch (FeishuRejectedException e) {
            if (e.code() < FIRST_OF_CHATS || e.code() > LAST_OF_CHATS) {
                throw e;
            }
            LOG.info("Chat {} has no history to look through: {}", chat.chatId(), e.getMessage());
        }
        chats.looked(chat, until);
        return appended;
    }

    private boolean isToBot(JsonNode message, Chat chat) {
        if (!message.at("/sender/sender_type").asText().equals("user")
                || !message.at("/sender/id_type").asText().equals("open_id")
                || message.path("deleted").asBoolean()) {
            return false;
        }
        if (chat.direct()) {
            return true;
        }
        String bot = platform.bots()
                .of(platform.apps().name(appId), chat.tenantKey())
                .openId();
        for (JsonNode mention : message.path("mentions")) {
            if (bot.equals(mention.path("id").asText())) {
                return true;
            }
        }
        return false;
    }

    private boolean append(JsonNode message, Chat chat) {
        Instant created = Instant.ofEpochMilli(message.path("create_time").asLong());
        FeishuEvent event = FeishuEvent.missed(
                appId, chat.tenantKey(), message.path("message_id").asText(), TYPE, event(message, chat), created);
        return !platform.journal().append(event).join().duplicate();
    }

    /** The history's shape in the event's: ids in an object, the content a level higher. */
    private static ObjectNode event(JsonNode message, Chat chat) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        ObjectNode sender = event.putObject("sender");
        sender.putObject("sender_id").set("open_id", message.at("/sender/id"));
        sender.put("sender_type", "user").set("tenant_key", message.at("/sender/tenant_key"));
        ObjectNode content = event.putObject("message");
        for (String same :
                new String[] {"message_id", "root_id", "parent_id", "thread_id", "create_time", "update_time"}) {
            if (message.hasNonNull(same)) {
                content.set(same, message.get(same));
            }
        }
        content.put("chat_id", chat.chatId()).put("chat_type", chat.direct() ? "p2p" : "group");
        content.set("message_type", message.path("msg_type"));
        content.set("content", message.at("/body/content"));
        if (!message.path("mentions").isEmpty()) {
            var mentions = content.putArray("mentions");
            for (JsonNode mention : message.path("mentions")) {
                ObjectNode one = mentions.addObject();
                one.putObject("id").set(mention.path("id_type").asText("open_id"), mention.path("id"));
                one.set("key", mention.path("key"));
                one.set("name", mention.path("name"));
                one.set("tenant_key", mention.path("tenant_key"));
            }
        }
        return event;
    }
}
