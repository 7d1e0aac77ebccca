package dev.camelfeishu.sandbox.push;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The stored pushes and their attempts. */
public final class PushStore {
    private final SandboxDatabase database;
    private final SandboxProperties properties;
    private final SecureRandom random = new SecureRandom();

    public PushStore(SandboxDatabase database, SandboxProperties properties) {
        this.database = database;
        this.properties = properties;
    }

    /**
     * Seals a push and stores it, in the caller's transaction.
     *
     * @param stream pushes of one stream go out in order; null for none
     * @param held whether the next one of the stream waits for this one's acknowledgement
     */
    Push add(String kind, String eventId, String type, String stream, boolean held, JsonNode plain, Duration delay) {
        String text = Json.write(plain);
        String body = text;
        Map<String, String> headers = new LinkedHashMap<>();
        if (!properties.encryptKey().isEmpty()) {
            byte[] iv = new byte[16];
            random.nextBytes(iv);
            body = Seal.envelope(Seal.encrypt(properties.encryptKey(), iv, text));
            String timestamp = Long.toString(Instant.now().getEpochSecond());
            String nonce = nonce();
            headers.put("X-Lark-Request-Timestamp", timestamp);
            headers.put("X-Lark-Request-Nonce", nonce);
            headers.put("X-Lark-Signature", Seal.signature(timestamp, nonce, properties.encryptKey(), body));
        }
        return add(kind, eventId, type, stream, held, text, body, headers, delay);
    }

    /** Stores an old card callback, which is signed with the Verification Token and not encrypted. */
    Push addOldCard(String eventId, JsonNode plain) {
        String text = Json.write(plain);
        String timestamp = Long.toString(Instant.now().getEpochSecond());
        String nonce = nonce();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Lark-Request-Timestamp", timestamp);
        headers.put("X-Lark-Request-Nonce", nonce);
        headers.put("X-Lark-Signature", Seal.oldCardSignature(timestamp, nonce, properties.verificationToken(), text));
        headers.put("X-Refresh-Token", eventId);
        return add(Push.CALLBACK, eventId, "card.action.trigger_v1", null, false, text, text, headers, Duration.ZERO);
    }

    private Push add(
            String kind,
            String eventId,
            String type,
            String stream,
            boolean held,
            String plain,
            String body,
            Map<String, String> headers,
            Duration delay) {
        Long id = database.jdbc()
                .queryForObject(
                        "insert into sandbox.push (event_id, kind, type, stream, held, plain, body, headers, state, next_at)"
                                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id",
                        Long.class,
                        eventId,
                        kind,
                        type,
                        stream,
                        held,
                        plain,
                        body,
                        Json.write(Json.MAPPER.valueToTree(headers)),
                        kind.equals(Push.EVENT) ? "PENDING" : "DROPPED",
                        Timestamp.from(Instant.now().plus(delay)));
        return new Push(id, kind, type, plain, body, headers, 0);
    }

    /** Pushes that may be sent now: due, and not behind another one of their stream. */
    List<Push> due(int limit) {
        return database.jdbc()
                .query(
                        "select p.* from sandbox.push p where p.state = 'PENDING' and p.next_at <= ? and not exists ("
                                + "select from sandbox.push q where q.state = 'PENDING' and q.stream = p.stream"
                                + " and q.id < p.id and (q.held or q.attempts = 0)) order by p.id limit ?",
                        (row, n) -> push(row),
                        Timestamp.from(Instant.now()),
                        limit);
    }

    /** Whether nothing was recorded of a pending push since it was read. */
    boolean unchanged(Push push) {
        return Boolean.TRUE.equals(database.jdbc()
                .queryForObject(
                        "select exists (select from sandbox.push where id = ? and state = 'PENDING' and attempts = ?)",
                        Boolean.class,
                        push.id(),
                        push.attempts()));
    }

    /** When the next pending push is due. */
    Optional<Instant> nextDue() {
        Timestamp next = database.jdbc()
                .queryForObject(
                        "select min(next_at) from sandbox.push where state = 'PENDING' and next_at > ?",
                        Timestamp.class,
                        Timestamp.from(Instant.now()));
        return Optional.ofNullable(next).map(Timestamp::toInstant);
    }

    Optional<Push> find(String id) {
        return database
                .jdbc()
                .query("select * from sandbox.push where id::text = ? or event_id = ?", (row, n) -> push(row), id, id)
                .stream()
                .findFirst();
    }

    /** Records an attempt of the redelivery train and what follows from it. */
    void settle(Push push, Attempt attempt) {
        database.inTransaction(() -> {
            record(push, attempt);
            int made = push.attempts() + 1;
            if (attempt.acknowledged()) {
                update(push, "ACKNOWLEDGED", made, Instant.now());
            } else if (made > properties.pushTrain().size()) {
                update(push, "DROPPED", made, Instant.now());
            } else {
                update(
                        push,
                        "PENDING",
                        made,
                        Instant.now().plus(properties.pushTrain().get(made - 1)));
            }
            return made;
        });
    }

    /** An event that never comes. */
    void lose(Push push) {
        update(push, "DROPPED", push.attempts(), Instant.now());
    }

    /** Records a delivery outside the redelivery train. */
    void record(Push push, Attempt attempt) {
        database.jdbc()
                .update(
                        "insert into sandbox.push_attempt (push_id, at, status, outcome, answer, duration_ms)"
                                + " values (?, ?, ?, ?, ?, ?)",
                        push.id(),
                        Timestamp.from(attempt.at()),
                        attempt.status() == 0 ? null : Integer.valueOf(attempt.status()),
                        attempt.outcome(),
                        attempt.answer(),
                        attempt.durationMs());
        if (push.kind().equals(Push.CALLBACK)) {
            update(push, attempt.acknowledged() ? "ACKNOWLEDGED" : "DROPPED", push.attempts() + 1, attempt.at());
        }
    }

    private void update(Push push, String state, int attempts, Instant nextAt) {
        database.jdbc()
                .update(
                        "update sandbox.push set state = ?, attempts = ?, next_at = ? where id = ?",
                        state,
                        attempts,
                        Timestamp.from(nextAt),
                        push.id());
    }

    /** Forgets the pushes that were finished with before a time. */
    void forget(Instant before) {
        database.jdbc()
                .update("delete from sandbox.push where state <> 'PENDING' and created_at < ?", Timestamp.from(before));
    }

    /** A page of the push log, newest first, as JSON {@code {"items":[…],"total":n}}. */
    ObjectNode log(String type, String state, int page, int size) {
        String filter = " where (?::text is null or type = ?) and (?::text is null or state = ?)";
        ObjectNode answer = Json.object();
        var items = answer.putArray("items");
        database.jdbc()
                .query(
                        "select * from sandbox.push" + filter + " order by id desc limit ? offset ?",
                        row -> {
                            ObjectNode item = items.addObject();
                            item.put("id", row.getLong("id"))
                                    .put("event_id", row.getString("event_id"))
                                    .put("kind", row.getString("kind"))
                                    .put("type", row.getString("type"))
                                    .put("state", row.getString("state"))
                                    .put("created_at", instant(row, "created_at"));
                            if (row.getString("state").equals("PENDING")) {
                                item.put("next_at", instant(row, "next_at"));
                            }
                            item.set("body", Json.read(row.getString("plain")));
                            item.set("attempts", attempts(row.getLong("id")));
                        },
                        type,
                        type,
                        state,
                        state,
                        size,
                        (long) page * size);
        answer.put(
                "total",
                database.jdbc()
                        .queryForObject(
                                "select count(*) from sandbox.push" + filter, Long.class, type, type, state, state));
        return answer;
    }

    private JsonNode attempts(long push) {
        var attempts = Json.array();
        database.jdbc()
                .query(
                        "select * from sandbox.push_attempt where push_id = ? order by id",
                        row -> {
                            ObjectNode attempt = attempts.addObject().put("at", instant(row, "at"));
                            attempt.put("outcome", row.getString("outcome"))
                                    .put("duration_ms", row.getLong("duration_ms"));
                            attempt.put("status", (Integer) row.getObject("status"));
                            attempt.put("answer", row.getString("answer"));
                        },
                        push);
        return attempts;
    }

    private String nonce() {
        byte[] bytes = new byte[8];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String instant(ResultSet row, String column) throws SQLException {
        return row.getTimestamp(column).toInstant().toString();
    }

    private static Push push(ResultSet row) throws SQLException {
        Map<String, String> headers = new LinkedHashMap<>();
        Json.read(row.getString("headers"))
                .properties()
                .forEach(field -> headers.put(field.getKey(), field.getValue().asText()));
        return new Push(
                row.getLong("id"),
                row.getString("kind"),
                row.getString("type"),
                row.getString("plain"),
                row.getString("body"),
                headers,
                row.getInt("attempts"));
    }
}
