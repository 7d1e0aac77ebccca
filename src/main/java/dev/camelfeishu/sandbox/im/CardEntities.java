package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The stored card entities. What is changed of one is changed of the message that shows it. Which code the second sending of
 * an entity gets is not documented: 230001.
 */
public final class CardEntities {
    private static final long LIFETIME_MS = Duration.ofDays(14).toMillis();
    private static final long STREAMING_MS = Duration.ofMinutes(10).toMillis();

    /** Whether text may be streamed into an entity. */
    enum Streaming {
        ON,
        OFF,
        TIMED_OUT
    }

    record Entity(String id, ObjectNode card, int sequence, long createdMs, Long streamingMs, String messageId) {
        boolean expired() {
            return createdMs + LIFETIME_MS < System.currentTimeMillis();
        }

        Streaming streaming() {
            if (streamingMs == null) {
                return Streaming.OFF;
            }
            return streamingMs + STREAMING_MS < System.currentTimeMillis() ? Streaming.TIMED_OUT : Streaming.ON;
        }
    }

    private final SandboxDatabase database;
    private final Messages messages;

    public CardEntities(SandboxDatabase database, Messages messages) {
        this.database = database;
        this.messages = messages;
    }

    Optional<Entity> find(String id) {
        return first("where card_id = ?", id);
    }

    /** Locks the entity for the current transaction. */
    Optional<Entity> lock(String id) {
        return first("where card_id = ? for update", id);
    }

    Optional<Entity> of(Message message) {
        return first("where message_id = ?", message.id());
    }

    /** @param messageId the message that shows it, or null */
    String add(ObjectNode card, String messageId) {
        String id = UUID.randomUUID().toString().replace("-", "").substring(0, 19);
        long now = System.currentTimeMillis();
        database.jdbc()
                .update(
                        "insert into sandbox.card_entity (card_id, card, created_ms, streaming_ms, message_id)"
                                + " values (?, ?, ?, ?, ?)",
                        id,
                        Json.write(card),
                        now,
                        streams(card) ? now : null,
                        messageId);
        return id;
    }

    void sent(String id, Message message) {
        int changed = database.jdbc()
                .update(
                        "update sandbox.card_entity set message_id = ? where card_id = ? and message_id is null",
                        message.id(),
                        id);
        if (changed == 0) {
            throw new Refusal(
                    400, 230001, "Your request contains an invalid request parameter, ext=card_id was sent before.");
        }
    }

    /** Stores what an operation made of an entity. */
    void replace(Entity entity, ObjectNode card, int sequence) {
        boolean before = streams(entity.card());
        Long streaming = !streams(card)
                ? null
                : before && entity.streaming() == Streaming.ON
                        ? entity.streamingMs()
                        : Long.valueOf(System.currentTimeMillis());
        database.jdbc()
                .update(
                        "update sandbox.card_entity set card = ?, sequence = ?, streaming_ms = ? where card_id = ?",
                        Json.write(card),
                        sequence,
                        streaming,
                        entity.id());
        messages.find(String.valueOf(entity.messageId()))
                .ifPresent(message -> messages.replace(message, Json.write(card)));
    }

    /**
     * Takes a client's uuid.
     *
     * @return false when the same request was made with it before
     * @throws Denial 200770 when another one was
     */
    boolean claim(Entity entity, String uuid, String request) {
        List<String> known = database.jdbc()
                .queryForList(
                        "select request from sandbox.card_uuid where card_id = ? and uuid = ?",
                        String.class,
                        entity.id(),
                        uuid);
        if (known.isEmpty()) {
            return database.jdbc().update("insert into sandbox.card_uuid values (?, ?, ?)", entity.id(), uuid, request)
                    > 0;
        }
        if (!known.get(0).equals(request)) {
            throw new Denial(200770);
        }
        return false;
    }

    private static boolean streams(ObjectNode card) {
        return card.path("config").path("streaming_mode").asBoolean(false);
    }

    private Optional<Entity> first(String where, String value) {
        return database
                .jdbc()
                .query("select * from sandbox.card_entity " + where, (row, n) -> entity(row), value)
                .stream()
                .findFirst();
    }

    private static Entity entity(ResultSet row) throws SQLException {
        return new Entity(
                row.getString("card_id"),
                (ObjectNode) Json.read(row.getString("card")),
                row.getInt("sequence"),
                row.getLong("created_ms"),
                row.getObject("streaming_ms", Long.class),
                row.getString("message_id"));
    }
}
