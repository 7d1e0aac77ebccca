package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** The stored messages. */
public final class Messages {
    private static final long UUID_MS = Duration.ofHours(1).toMillis();

    /** What a new message is made of. */
    record Draft(
            String chatId,
            String sender,
            String senderType,
            String msgType,
            String content,
            JsonNode mentions,
            String rootId,
            String parentId,
            String threadId,
            String batchId) {
        /** A message that answers none. */
        static Draft of(Chat chat, Actor sender, String msgType, Content.Sent sent) {
            return new Draft(
                    chat.id(),
                    sender.id(),
                    sender.type(),
                    msgType,
                    sent.content(),
                    sent.mentions(),
                    null,
                    null,
                    null,
                    null);
        }

        /** The same in a thread, below its first message. */
        Draft inThread(Message first) {
            return below(first.id(), first.id(), first.threadId());
        }

        Draft below(String root, String parent, String thread) {
            return new Draft(chatId, sender, senderType, msgType, content, mentions, root, parent, thread, batchId);
        }

        Draft inBatch(String batch) {
            return new Draft(chatId, sender, senderType, msgType, content, mentions, rootId, parentId, threadId, batch);
        }
    }

    private final SandboxDatabase database;

    public Messages(SandboxDatabase database) {
        this.database = database;
    }

    Message add(Draft draft) {
        String id = id("om_");
        long now = System.currentTimeMillis();
        database.jdbc()
                .update(
                        "insert into sandbox.message (message_id, chat_id, sender, sender_type, msg_type, content, mentions,"
                                + " root_id, parent_id, thread_id, created_ms, updated_ms, batch_id)"
                                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        id,
                        draft.chatId(),
                        draft.sender(),
                        draft.senderType(),
                        draft.msgType(),
                        draft.content(),
                        Json.write(draft.mentions()),
                        draft.rootId(),
                        draft.parentId(),
                        draft.threadId(),
                        now,
                        now,
                        draft.batchId());
        return find(id).orElseThrow();
    }

    /** What was sent with the uuid in the last hour, else what {@code send} sends now. Within a transaction. */
    Message once(String uuid, Supplier<Message> send) {
        if (uuid.isEmpty()) {
            return send.get();
        }
        Optional<Message> first = claim(uuid);
        if (first.isPresent()) {
            return first.get();
        }
        Message message = send.get();
        sent(uuid, message);
        return message;
    }

    /**
     * Takes a client's uuid for the current transaction; a second one waits until it has ended.
     *
     * @return the message sent with it in the last hour, or empty when it is free, in which case {@link #sent} follows
     */
    private Optional<Message> claim(String uuid) {
        long now = System.currentTimeMillis();
        int taken = database.jdbc()
                .update(
                        "insert into sandbox.message_uuid as u (uuid, message_id, created_ms) values (?, '', ?)"
                                + " on conflict (uuid) do update set message_id = '', created_ms = excluded.created_ms"
                                + " where u.created_ms < ?",
                        uuid,
                        now,
                        now - UUID_MS);
        if (taken > 0) {
            return Optional.empty();
        }
        return find(database.jdbc()
                .queryForObject("select message_id from sandbox.message_uuid where uuid = ?", String.class, uuid));
    }

    private void sent(String uuid, Message message) {
        database.jdbc().update("update sandbox.message_uuid set message_id = ? where uuid = ?", message.id(), uuid);
    }

    Optional<Message> find(String id) {
        return database
                .jdbc()
                .query("select * from sandbox.message where message_id = ?", (row, n) -> message(row), id)
                .stream()
                .findFirst();
    }

    /** Locks the message for the current transaction. */
    Optional<Message> lock(String id) {
        return database
                .jdbc()
                .query("select * from sandbox.message where message_id = ? for update", (row, n) -> message(row), id)
                .stream()
                .findFirst();
    }

    /** The newest message of a chat. */
    Optional<Message> newest(String chatId) {
        return in(chatId, null, 0, Long.MAX_VALUE, true, null, 1).stream().findFirst();
    }

    /** The first message of a thread, or empty when there is no such thread. */
    Optional<Message> first(String threadId) {
        return in(null, threadId, 0, Long.MAX_VALUE, false, null, 1).stream().findFirst();
    }

    /** A page of a chat's history, in which a thread is its first message; otherwise as {@link #in}. */
    List<Message> history(String chatId, long fromMs, long toMs, boolean newestFirst, Long after, int size) {
        long begin = after != null ? after : newestFirst ? Long.MAX_VALUE : 0;
        return database.jdbc()
                .query(
                        "select * from sandbox.message m where chat_id = ? and created_ms between ? and ?"
                                + " and (thread_id is null or seq ="
                                + " (select min(seq) from sandbox.message where thread_id = m.thread_id))"
                                + " and seq " + (newestFirst ? "< ? order by seq desc" : "> ? order by seq")
                                + " limit ?",
                        (row, n) -> message(row),
                        chatId,
                        fromMs,
                        toMs,
                        begin,
                        size);
    }

    /** Puts copies of messages into a merged one. */
    void merge(Message upper, List<Message> inside) {
        for (Message each : inside) {
            database.jdbc()
                    .update(
                            "insert into sandbox.message_copy (message_id, upper_message_id, chat_id, sender,"
                                    + " sender_type, msg_type, content, mentions, created_ms, updated_ms, updated)"
                                    + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            id("om_"),
                            upper.id(),
                            each.chatId(),
                            each.sender(),
                            each.senderType(),
                            each.msgType(),
                            each.content(),
                            Json.write(each.mentions()),
                            each.createdMs(),
                            each.updatedMs(),
                            each.updated());
        }
    }

    /** The copies inside a merged message, in order. */
    List<Message> inside(String upperId) {
        return database.jdbc()
                .query(
                        "select *, null root_id, null parent_id, null thread_id, 0 edits, false deleted, null batch_id"
                                + " from sandbox.message_copy where upper_message_id = ? order by seq",
                        (row, n) -> message(row),
                        upperId);
    }

    /** Whether the id is that of a copy inside a merged message. */
    boolean isCopy(String id) {
        return database.jdbc()
                .queryForObject(
                        "select exists (select from sandbox.message_copy where message_id = ?)", Boolean.class, id);
    }

    /** The messages of a batch. */
    List<Message> ofBatch(String batchId) {
        return database.jdbc()
                .query(
                        "select * from sandbox.message where batch_id = ? order by seq for update",
                        (row, n) -> message(row),
                        batchId);
    }

    /** A page of a chat, {@code after} being the place of the last message of the previous page or null. */
    List<Message> in(
            String chatId, String threadId, long fromMs, long toMs, boolean newestFirst, Long after, int size) {
        long begin = after != null ? after : newestFirst ? Long.MAX_VALUE : 0;
        return database.jdbc()
                .query(
                        "select * from sandbox.message where (?::text is null or chat_id = ?)"
                                + " and (?::text is null or thread_id = ?) and created_ms between ? and ? and seq "
                                + (newestFirst ? "< ? order by seq desc" : "> ? order by seq")
                                + " limit ?",
                        (row, n) -> message(row),
                        chatId,
                        chatId,
                        threadId,
                        threadId,
                        fromMs,
                        toMs,
                        begin,
                        size);
    }

    /** Replaces a card. */
    void replace(Message message, String content) {
        database.jdbc()
                .update(
                        "update sandbox.message set content = ?, updated = true, updated_ms = ? where message_id = ?",
                        content,
                        System.currentTimeMillis(),
                        message.id());
    }

    void edit(Message message, String msgType, String content, JsonNode mentions) {
        database.jdbc()
                .update(
                        "update sandbox.message set msg_type = ?, content = ?, mentions = ?, updated = true,"
                                + " updated_ms = ?, edits = edits + 1 where message_id = ?",
                        msgType,
                        content,
                        Json.write(mentions),
                        System.currentTimeMillis(),
                        message.id());
    }

    void delete(Message message) {
        database.jdbc()
                .update(
                        "update sandbox.message set deleted = true, updated_ms = ? where message_id = ?",
                        System.currentTimeMillis(),
                        message.id());
    }

    /** The message's thread, which is begun with it when there is none. */
    String thread(Message message) {
        if (message.threadId() != null) {
            return message.threadId();
        }
        String thread = id("omt_");
        database.jdbc().update("update sandbox.message set thread_id = ? where message_id = ?", thread, message.id());
        return thread;
    }

    private static String id(String prefix) {
        return prefix + hex();
    }

    static String hex() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    private static Message message(ResultSet row) throws SQLException {
        return new Message(
                row.getLong("seq"),
                row.getString("message_id"),
                row.getString("chat_id"),
                row.getString("sender"),
                row.getString("sender_type"),
                row.getString("msg_type"),
                row.getString("content"),
                Json.read(row.getString("mentions")),
                row.getString("root_id"),
                row.getString("parent_id"),
                row.getString("thread_id"),
                row.getLong("created_ms"),
                row.getLong("updated_ms"),
                row.getInt("edits"),
                row.getBoolean("updated"),
                row.getBoolean("deleted"),
                row.getString("batch_id"));
    }
}
