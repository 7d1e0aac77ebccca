package dev.camelfeishu.sandbox.im;

import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Pushes;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.time.Duration;

/**
 * Takes messages back, and tells the bot of it where it is in the chat.
 *
 * <p>Not documented, and so chosen: what the creator of a group recalls is told as {@code group_manager}.
 */
public final class Recalls {
    /** How old a message may be that the owner, a manager or the creator of the group recalls. */
    private static final Duration BY_OTHERS = Duration.ofDays(365);

    private final Messages messages;
    private final Conversations conversations;
    private final Chats chats;
    private final Pushes pushes;
    private final SandboxProperties properties;

    public Recalls(
            Messages messages, Conversations conversations, Chats chats, Pushes pushes, SandboxProperties properties) {
        this.messages = messages;
        this.conversations = conversations;
        this.chats = chats;
        this.pushes = pushes;
        this.properties = properties;
    }

    /**
     * Recalls a message that the current transaction has locked.
     *
     * @throws Denial 230110, 230054, 230002, 230026 or 230009
     */
    void recall(Actor actor, Message message) {
        if (message.deleted()) {
            throw new Denial(230110);
        }
        if (message.batchId() != null) {
            throw new Denial(230054);
        }
        Chat chat = conversations.chat(message);
        conversations.active(actor, chat);
        boolean own = actor.sent(message);
        boolean manages = actor.operator().manages(chat, chats) || actor.id().equals(chat.createdBy());
        if (!own && (chat.p2p() || !manages)) {
            throw new Denial(230026);
        }
        if (message.olderThan(own ? properties.recallWindow() : BY_OTHERS)) {
            throw new Denial(230009);
        }
        String other = actor.operator().owns(chat) ? "group_owner" : "group_manager";
        delete(chat, message, own ? "message_owner" : other);
    }

    void delete(Chat chat, Message message, String type) {
        messages.delete(message);
        if (chat.bot()) {
            pushes.event(
                    "im.message.recalled_v1",
                    Json.object()
                            .put("message_id", message.id())
                            .put("chat_id", chat.id())
                            .put("recall_time", Long.toString(System.currentTimeMillis()))
                            .put("recall_type", type));
        }
    }
}
