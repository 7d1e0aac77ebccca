package dev.camelfeishu.ops.alert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The alerts and their cards in PostgreSQL, shared by all nodes: whichever node sees something wrong keeps its alert alive,
 * and one node tells it.
 */
final class AlertCards {

    private static final Logger LOG = LoggerFactory.getLogger(AlertCards.class);

    /** A node that died while it told something is not waited for longer. */
    private static final String CLAIM_LASTS = "20 seconds";

    private static final TypeReference<Map<String, String>> VALUES = new TypeReference<>() {};

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final ObjectMapper json;
    private final AlertSettings settings;

    AlertCards(JdbcTemplate jdbc, TransactionTemplate transaction, ObjectMapper json, AlertSettings settings) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.json = json;
        this.settings = settings;
    }

    /**
     * @param endedAt null while it is wrong
     */
    record Line(String subject, Map<String, String> values, Instant beganAt, Instant endedAt) {}

    /**
     * @param closedAt null while something of the kind is wrong
     * @param mutedUntil null when it is not muted
     * @param messageId null until it was sent
     */
    record Card(
            long id,
            String kind,
            Instant openedAt,
            Instant closedAt,
            Instant mutedUntil,
            String messageId,
            int version,
            List<Line> lines) {

        boolean isClosed() {
            return closedAt != null;
        }
    }

    /** Takes over what was seen of one kind. An alert that nobody has seen for a while has ended. */
    void saw(AlertKind kind, List<Alert> alerts, Instant now) {
        transaction.executeWithoutResult(status -> {
            jdbc.query("select pg_advisory_xact_lock(hashtext(?))", row -> {}, "feishu.alert." + kind.text());
            Long card = open(kind, !alerts.isEmpty(), now);
            if (card == null) {
                return;
            }
            boolean changed = false;
            for (Alert alert : alerts) {
                changed |= saw(card, alert, now);
            }
            changed |= ended(kind, card, now);
            boolean over = jdbc.queryForObject(
                            "select count(*) from feishu.alert where card_id = ? and ended_at is null",
                            Integer.class,
                            card)
                    == 0;
            if (over || changed) {
                jdbc.update(
                        "update feishu.alert_card set version = version + 1, closed_at = ? where id = ?",
                        over ? Timestamp.from(now) : null,
                        card);
            }
        });
    }

    /** The open card of the kind. One that was closed a moment ago is opened again, so that what comes and goes is one card. */
    private Long open(AlertKind kind, boolean wanted, Instant now) {
        List<Long> open = jdbc.queryForList(
                "select id from feishu.alert_card where kind = ? and closed_at is null", Long.class, kind.text());
        if (!open.isEmpty() || !wanted) {
            return open.isEmpty() ? null : open.get(0);
        }
        List<Long> again = jdbc.queryForList(
                "update feishu.alert_card set closed_at = null, version = version + 1 where id ="
                        + " (select max(id) from feishu.alert_card where kind = ?) and closed_at > ? returning id",
                Long.class,
                kind.text(),
                Timestamp.from(now.minus(settings.reopen())));
        return !again.isEmpty()
                ? again.get(0)
                : jdbc.queryForObject(
                        "insert into feishu.alert_card (kind, opened_at, muted_until) values (?, ?,"
                                + " (select max(muted_until) from feishu.alert_card where kind = ? and muted_until > ?))"
                                + " returning id",
                        Long.class,
                        kind.text(),
                        Timestamp.from(now),
                        kind.text(),
                        Timestamp.from(now));
    }

    /** Whether the card has to say something new. */
    private boolean saw(long card, Alert alert, Instant now) {
        Timestamp at = Timestamp.from(now);
        int known = jdbc.update(
                "update feishu.alert set seen_at = ?, detail = ?::jsonb where card_id = ? and subject = ? and ended_at is"
                        + " null",
                at,
                text(alert.values()),
                card,
                alert.subject());
        if (known > 0) {
            return false;
        }
        LOG.warn("Alert {} {}: {}", alert.kind().text(), alert.subject(), alert.values());
        jdbc.update(
                "insert into feishu.alert (card_id, subject, detail, began_at, seen_at) values (?, ?, ?::jsonb, ?, ?)"
                        + " on conflict (card_id, subject) do update set detail = excluded.detail, began_at ="
                        + " excluded.began_at, seen_at = excluded.seen_at, ended_at = null",
                card,
                alert.subject(),
                text(alert.values()),
                at,
                at);
        return true;
    }

    private boolean ended(AlertKind kind, long card, Instant now) {
        List<String> ended = jdbc.queryForList(
                "update feishu.alert set ended_at = ? where card_id = ? and ended_at is null and seen_at <= ? returning"
                        + " subject",
                String.class,
                Timestamp.from(now),
                card,
                Timestamp.from(now.minus(settings.calm())));
        ended.forEach(subject -> LOG.info("Alert {} {} has ended", kind.text(), subject));
        return !ended.isEmpty();
    }

    /** Cards that show less than they should, claimed for this node for a few seconds. */
    List<Card> claim(Instant now) {
        Timestamp at = Timestamp.from(now);
        // what was muted and is wrong still is told again
        jdbc.update(
                "update feishu.alert_card set muted_until = null, version = version + 1"
                        + " where closed_at is null and muted_until <= ?",
                at);
        List<Long> ids = jdbc.queryForList(
                "update feishu.alert_card set claimed_at = ? where id in (select id from feishu.alert_card"
                        + " where told_version < version and (claimed_at is null or claimed_at < ?::timestamptz - interval '"
                        + CLAIM_LASTS
                        // what is muted before it was told waits; what ended before anybody tried to tell needs no card
                        + "') and not (message_id is null and (muted_until is not null"
                        + " or closed_at is not null and claimed_at is null))"
                        + " for update skip locked) returning id",
                Long.class,
                at,
                at);
        return ids.stream().map(this::find).flatMap(Optional::stream).toList();
    }

    Optional<Card> find(long id) {
        return jdbc.query("select * from feishu.alert_card where id = ?", (row, at) -> card(row), id).stream()
                .findFirst();
    }

    /** The latest first. */
    List<Card> list(int page, int size) {
        return jdbc.query(
                "select * from feishu.alert_card order by closed_at is not null, id desc limit ? offset ?",
                (row, at) -> card(row),
                size,
                (long) page * size);
    }

    long count() {
        return jdbc.queryForObject("select count(*) from feishu.alert_card", Long.class);
    }

    void told(long id, int version, String messageId) {
        jdbc.update(
                "update feishu.alert_card set told_version = ?, message_id = ?, claimed_at = null where id = ?",
                version,
                messageId,
                id);
    }

    /** Ends the claim: the next look may try again, also when the cause has gone meanwhile. */
    void untold(long id, int version) {
        jdbc.update(
                "update feishu.alert_card set claimed_at = claimed_at - interval '" + CLAIM_LASTS
                        + "' - interval '1 second' where id = ? and version = ?",
                id,
                version);
    }

    /** False when there is no such card, or nothing of it is wrong any more. */
    boolean mute(long id, Instant until) {
        return jdbc.update(
                        "update feishu.alert_card set muted_until = ?, version = version + 1 where id = ? and closed_at is"
                                + " null",
                        Timestamp.from(until),
                        id)
                > 0;
    }

    void purge(Instant before) {
        jdbc.update("delete from feishu.alert_card where closed_at < ?", Timestamp.from(before));
    }

    private Card card(ResultSet row) throws SQLException {
        long id = row.getLong("id");
        List<Line> lines = jdbc.query(
                "select * from feishu.alert where card_id = ? order by ended_at is not null, began_at, subject",
                (line, at) -> new Line(
                        line.getString("subject"),
                        values(line.getString("detail")),
                        instant(line, "began_at"),
                        instant(line, "ended_at")),
                id);
        return new Card(
                id,
                row.getString("kind"),
                instant(row, "opened_at"),
                instant(row, "closed_at"),
                instant(row, "muted_until"),
                row.getString("message_id"),
                row.getInt("version"),
                lines);
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }

    private String text(Map<String, String> values) {
        try {
            return json.writeValueAsString(values);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> values(String text) {
        try {
            return json.readValue(text, VALUES);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
