package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Pushes;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.time.Duration;
import java.util.List;

/** Who has read which message. The bot is told when its messages in direct chats are read. */
public final class Readers implements Api {
    private static final Duration KNOWN = Duration.ofDays(7);

    private record Read(long seq, Person person, long readMs) {}

    private final SandboxDatabase database;
    private final Messages messages;
    private final Chats chats;
    private final People people;
    private final Conversations conversations;
    private final Pushes pushes;

    public Readers(
            SandboxDatabase database,
            Messages messages,
            Chats chats,
            People people,
            Conversations conversations,
            Pushes pushes) {
        this.database = database;
        this.messages = messages;
        this.chats = chats;
        this.people = people;
        this.conversations = conversations;
        this.pushes = pushes;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", "/open-apis/im/v1/messages/:message_id/read_users", this::readers);
    }

    /** Notes that somebody has read a message, and with it its urgent notices. */
    void read(Message message, Person person) {
        database.inTransaction(() -> {
            long now = System.currentTimeMillis();
            int first = database.jdbc()
                    .update(
                            "insert into sandbox.message_read (message_id, open_id, read_ms) values (?, ?, ?)"
                                    + " on conflict do nothing",
                            message.id(),
                            person.openId(),
                            now);
            database.jdbc()
                    .update(
                            "update sandbox.urgent set read = true where message_id = ? and open_id = ?",
                            message.id(),
                            person.openId());
            if (first > 0 && message.byBot() && conversations.chat(message).p2p()) {
                ObjectNode event = Json.object();
                ObjectNode reader = event.putObject("reader");
                reader.set("reader_id", person.ids());
                reader.put("read_time", Long.toString(now)).put("tenant_key", person.tenantKey());
                event.putArray("message_id_list").add(message.id());
                pushes.event("im.message.message_read_v1", event);
            }
            return first;
        });
    }

    private Answer readers(Call call) {
        String idType = Conversations.idType(call, true);
        Paging paging = Paging.of(call, 20, 100);
        Message message =
                messages.find(call.variable("message_id")).orElseThrow(() -> Content.invalid("message_id is unknown"));
        if (message.deleted()) {
            throw new Denial(230110);
        }
        Chat chat = conversations.chat(message);
        conversations.member(conversations.bot(), chat);
        if (!message.byBot()) {
            throw new Denial(230012);
        }
        if (chats.external(chat)) {
            throw new Denial(230027, "not in a chat with people of another tenant");
        }
        if (message.olderThan(KNOWN)) {
            throw new Denial(230033);
        }
        List<Read> found = database.jdbc()
                .query(
                        "select * from sandbox.message_read where message_id = ? and seq > ? order by seq limit ?",
                        (row, n) -> new Read(
                                row.getLong("seq"),
                                people.byOpenId(row.getString("open_id")).orElseThrow(),
                                row.getLong("read_ms")),
                        message.id(),
                        paging.begin(),
                        paging.size() + 1);
        return Answer.ok(paging.page(
                found,
                Read::seq,
                read -> Json.object()
                        .put("user_id_type", idType)
                        .put("user_id", read.person().id(idType))
                        .put("timestamp", Long.toString(read.readMs()))
                        .put("tenant_key", read.person().tenantKey())));
    }
}
