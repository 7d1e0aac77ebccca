package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One message, several in one, or a whole thread sent on to a chat or thread.
 *
 * <p>Not documented, and so chosen: a message that the bot cannot see is 230050, one out of a merged message 230064; of the
 * messages to be merged the invalid ones are left out and told, as long as one is left.
 */
public final class ForwardApi implements Api {
    private static final Set<String> NOT_FORWARDED = Set.of("system", "audio");

    private final SandboxDatabase database;
    private final Messages messages;
    private final Chats chats;
    private final Conversations conversations;

    public ForwardApi(SandboxDatabase database, Messages messages, Chats chats, Conversations conversations) {
        this.database = database;
        this.messages = messages;
        this.chats = chats;
        this.conversations = conversations;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", "/open-apis/im/v1/messages/:message_id/forward", this::message);
        routes.on("POST", "/open-apis/im/v1/messages/merge_forward", this::merge);
        routes.on("POST", "/open-apis/im/v1/threads/:thread_id/forward", this::thread);
    }

    private Answer message(Call call) {
        Conversations.Target target = target(call);
        String id = call.variable("message_id");
        Message message = messages.find(id).orElseThrow(() -> new Denial(230064));
        if (message.deleted()) {
            throw new Denial(230065);
        }
        if (!visible(message)) {
            throw new Denial(230050);
        }
        if (NOT_FORWARDED.contains(message.msgType())) {
            throw new Denial(230061);
        }
        Message sent = once(call, target, () -> {
            Message added = conversations.add(
                    target.chat(),
                    target.draft(
                            conversations.bot(),
                            message.msgType(),
                            new Content.Sent(message.content(), message.mentions())));
            if (message.merged()) {
                messages.merge(added, messages.inside(message.id()));
            }
            return added;
        });
        return Answer.ok(conversations.shown(sent));
    }

    private Answer merge(Call call) {
        Conversations.Target target = target(call);
        JsonNode ids = call.json(230001).path("message_id_list");
        if (!ids.isArray() || ids.isEmpty()) {
            throw Content.invalid("message_id_list is missing");
        }
        List<Message> found = new ArrayList<>();
        ArrayNode invalid = Json.array();
        boolean recalled = true;
        for (JsonNode id : ids) {
            Optional<Message> message = messages.find(id.asText()).filter(this::visible);
            recalled &= message.map(Message::deleted).orElse(false);
            message.filter(each -> !each.deleted() && !each.msgType().equals("system"))
                    .ifPresentOrElse(found::add, () -> invalid.add(id.asText()));
        }
        if (found.isEmpty()) {
            throw new Denial(recalled ? 230065 : 230064);
        }
        compatible(found);
        Message sent = once(call, target, () -> merged(target, found));
        ObjectNode data = Json.object();
        data.set("message", conversations.shown(sent));
        data.set("invalid_message_id_list", invalid);
        return Answer.ok(data);
    }

    /** They must come from one chat, and either from no thread or from one. */
    private static void compatible(List<Message> found) {
        if (found.stream().map(Message::chatId).distinct().count() > 1) {
            throw new Denial(230069);
        }
        if (found.stream()
                        .map(each -> Optional.ofNullable(each.threadId()).orElse(""))
                        .distinct()
                        .count()
                > 1) {
            throw new Denial(230067);
        }
    }

    private Answer thread(Call call) {
        Conversations.Target target = target(call);
        String thread = call.variable("thread_id");
        Message first = messages.first(thread).orElseThrow(() -> new Denial(230064));
        if (!visible(first)) {
            throw new Denial(230073);
        }
        List<Message> found = messages.in(null, thread, 0, Long.MAX_VALUE, false, null, Integer.MAX_VALUE).stream()
                .filter(each -> !each.deleted())
                .toList();
        if (found.isEmpty()) {
            throw new Denial(230064);
        }
        return Answer.ok(conversations.shown(once(call, target, () -> merged(target, found))));
    }

    private Message merged(Conversations.Target target, List<Message> inside) {
        Message upper =
                conversations.add(target.chat(), target.draft(conversations.bot(), "merge_forward", Content.merged()));
        messages.merge(upper, inside);
        return upper;
    }

    private boolean visible(Message message) {
        return conversations.chat(message).bot();
    }

    private Conversations.Target target(Call call) {
        JsonNode receiver = call.json(230001).path("receive_id");
        String type = call.query("receive_id_type", "");
        if (type.equals("chat_id")
                && receiver.isTextual()
                && chats.find(receiver.asText()).isEmpty()) {
            throw new Denial(230063);
        }
        return conversations.target(conversations.bot(), type, receiver);
    }

    /** The same uuid sends one message to one target within an hour. */
    private Message once(Call call, Conversations.Target target, Supplier<Message> send) {
        String uuid = Conversations.uuid(call.query("uuid", ""));
        String key = uuid.isEmpty() ? "" : "to " + target.key() + " " + uuid;
        return database.inTransaction(() -> messages.once(key, () -> {
            conversations.limit("chat " + target.chat().id());
            return send.get();
        }));
    }
}
