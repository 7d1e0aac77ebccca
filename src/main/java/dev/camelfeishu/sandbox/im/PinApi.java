package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * Pinned messages of chats. A message is pinned once: who pins it again gets the first pin.
 *
 * <p>Not documented, and so chosen: pinning and unpinning one message count together towards its five a second.
 */
public final class PinApi implements Api {
    private record Pin(long seq, String messageId, String chatId, String operator, long createdMs) {}

    private final SandboxDatabase database;
    private final Messages messages;
    private final Chats chats;
    private final Conversations conversations;
    private final SandboxProperties properties;

    public PinApi(
            SandboxDatabase database,
            Messages messages,
            Chats chats,
            Conversations conversations,
            SandboxProperties properties) {
        this.database = database;
        this.messages = messages;
        this.chats = chats;
        this.conversations = conversations;
        this.properties = properties;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", "/open-apis/im/v1/pins", this::pin);
        routes.on("GET", "/open-apis/im/v1/pins", this::list);
        routes.on("DELETE", "/open-apis/im/v1/pins/:message_id", this::unpin);
    }

    private Answer pin(Call call) {
        Actor operator = conversations.actor(call);
        Message message = message(operator, call.json(230001).path("message_id").asText());
        if (message.deleted()) {
            throw new Denial(230011);
        }
        if (message.msgType().equals("system")) {
            throw new Denial(230054);
        }
        database.jdbc()
                .update(
                        "insert into sandbox.pin (message_id, chat_id, operator, created_ms) values (?, ?, ?, ?)"
                                + " on conflict (message_id) do nothing",
                        message.id(),
                        message.chatId(),
                        operator.id(),
                        System.currentTimeMillis());
        Pin pin = database.jdbc()
                .queryForObject("select * from sandbox.pin where message_id = ?", (row, n) -> pin(row), message.id());
        ObjectNode data = Json.object();
        data.set("pin", shown(pin));
        return Answer.ok(data);
    }

    private Answer unpin(Call call) {
        Message message = message(conversations.actor(call), call.variable("message_id"));
        database.jdbc().update("delete from sandbox.pin where message_id = ?", message.id());
        return Answer.ok(Json.object());
    }

    private Message message(Actor operator, String id) {
        Message message = messages.find(id).orElseThrow(() -> Content.invalid("message_id is unknown"));
        Chat chat = conversations.chat(message);
        conversations.active(operator, chat);
        if (!conversations.may(operator, chat, "pin_manage_setting")) {
            throw new Denial(230046);
        }
        if (conversations.exceeds("pin " + id)) {
            throw new Denial(230047);
        }
        return message;
    }

    private Answer list(Call call) {
        Actor actor = conversations.actor(call);
        Paging paging = Paging.of(call, 20, 50);
        Chat chat = chats.find(call.query("chat_id", "")).orElseThrow(() -> Content.invalid("chat_id is unknown"));
        conversations.member(actor, chat);
        long from = Paging.number(call, "start_time", 0);
        long to = Paging.number(call, "end_time", Long.MAX_VALUE);
        if (from >= to) {
            throw Content.invalid("start_time must be before end_time");
        }
        List<Pin> found = database.jdbc()
                .query(
                        "select p.* from sandbox.pin p join sandbox.message m using (message_id) where p.chat_id = ?"
                                + " and not m.deleted and p.created_ms between ? and ? and p.seq < ?"
                                + " order by p.seq desc limit ?",
                        (row, n) -> pin(row),
                        chat.id(),
                        from,
                        to,
                        paging.after() == null ? Long.MAX_VALUE : paging.after(),
                        paging.size() + 1);
        return Answer.ok(paging.page(found, Pin::seq, this::shown));
    }

    private ObjectNode shown(Pin pin) {
        return Json.object()
                .put("message_id", pin.messageId())
                .put("chat_id", pin.chatId())
                .put("operator_id", pin.operator())
                .put("operator_id_type", pin.operator().equals(properties.appId()) ? "app_id" : "open_id")
                .put("create_time", Long.toString(pin.createdMs()));
    }

    private static Pin pin(ResultSet row) throws SQLException {
        return new Pin(
                row.getLong("seq"),
                row.getString("message_id"),
                row.getString("chat_id"),
                row.getString("operator"),
                row.getLong("created_ms"));
    }
}
