package dev.camelfeishu.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;

/** What a person may look at of one pair. Reads only. */
final class PairLists {

    private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};

    private static final String PARKED = " FROM (SELECT sql_key, record_id, code, reason, updated_at AS since"
            + " FROM feishu.sync_link WHERE pair = ? AND state = 'parked'"
            + " UNION ALL SELECT sql_key, record_id, NULL, reason, seen_at FROM feishu.sync_parked WHERE pair = ?"
            + " UNION ALL SELECT h.sql_key, l.record_id, NULL, h.field || ' goes back and forth between the two sides: SQL"
            + " holds ''' || coalesce(h.sql_value, '') || ''', Bitable holds ''' || coalesce(h.bitable_value, '')"
            + " || '''; stop what changes it on one of them, then try again', h.since FROM feishu.sync_hold h"
            + " LEFT JOIN feishu.sync_link l USING (pair_id) WHERE h.pair = ? AND h.kind = 'ping_pong') parked";

    private static final String UNDECIDED = " FROM feishu.sync_hold h LEFT JOIN feishu.sync_link l USING (pair_id)"
            + " WHERE h.pair = ? AND h.kind = 'conflict'";

    private static final String OVERWRITTEN =
            " FROM feishu.sync_journal WHERE pair = ? AND (?::text IS NULL OR sql_key = ?)";

    /** Marks that wait, and since when the oldest does (null: none). */
    record Backlog(long waiting, Instant oldest) {}

    private final String pair;
    private final JdbcTemplate jdbc;
    private final ObjectMapper mapper;

    PairLists(String pair, JdbcTemplate jdbc, ObjectMapper mapper) {
        this.pair = pair;
        this.jdbc = jdbc;
        this.mapper = mapper;
    }

    Backlog backlog() {
        return jdbc.queryForObject(
                "SELECT count(*) AS waiting, min(marked_at) AS oldest FROM feishu.sync_dirty WHERE pair = ?",
                (result, number) -> new Backlog(result.getLong("waiting"), instant(result, "oldest")),
                pair);
    }

    /** In the order of their keys; those without a key come last. */
    Listed<ParkedRow> parked(int page, int size) {
        var items = jdbc.query(
                "SELECT *" + PARKED + " ORDER BY sql_key NULLS LAST, record_id LIMIT ? OFFSET ?",
                (result, number) -> new ParkedRow(
                        result.getString("sql_key"),
                        result.getString("record_id"),
                        result.getObject("code", Integer.class),
                        result.getString("reason"),
                        instant(result, "since")),
                pair,
                pair,
                pair,
                size,
                (long) page * size);
        return new Listed<>(items, count(PARKED, pair, pair, pair));
    }

    /** Keys of parked links: of all, or those with that key or record. */
    List<String> parkedKeys(String key, String recordId) {
        return jdbc.queryForList(
                "SELECT sql_key FROM feishu.sync_link WHERE pair = ? AND state = 'parked'"
                        + " AND (?::text IS NULL OR sql_key = ?) AND (?::text IS NULL OR record_id = ?)",
                String.class,
                pair,
                key,
                key,
                recordId,
                recordId);
    }

    /** Ids of parked records that have no link: of all, or those with that key or id. */
    List<String> parkedRecords(String key, String recordId) {
        return jdbc.queryForList(
                "SELECT record_id FROM feishu.sync_parked WHERE pair = ?"
                        + " AND (?::text IS NULL OR sql_key = ?) AND (?::text IS NULL OR record_id = ?)",
                String.class,
                pair,
                key,
                key,
                recordId,
                recordId);
    }

    /** In the order of their keys. */
    Listed<Undecided> undecided(int page, int size) {
        var items = jdbc.query(
                "SELECT h.*, l.record_id" + UNDECIDED + " ORDER BY h.sql_key, h.field LIMIT ? OFFSET ?",
                (result, number) -> undecided(result),
                pair,
                size,
                (long) page * size);
        return new Listed<>(items, count(UNDECIDED, pair));
    }

    long undecided() {
        return count(UNDECIDED, pair);
    }

    Optional<Undecided> undecided(long id) {
        return jdbc
                .query(
                        "SELECT h.*, l.record_id" + UNDECIDED + " AND h.id = ?",
                        (result, number) -> undecided(result),
                        pair,
                        id)
                .stream()
                .findFirst();
    }

    private static Undecided undecided(ResultSet result) throws SQLException {
        return new Undecided(
                result.getLong("id"),
                result.getString("sql_key"),
                result.getString("record_id"),
                result.getString("field"),
                result.getString("sql_value"),
                result.getString("bitable_value"),
                instant(result, "since"),
                result.getString("take"));
    }

    Listed<WaitingDelete> waitingDeletes(int page, int size) {
        var waiting = " FROM feishu.sync_link WHERE pair = ? AND deletion = 'waiting'";
        var items = jdbc.query(
                "SELECT sql_key, record_id, coalesce(seen_bitable, '{}') AS held" + waiting
                        + " ORDER BY sql_key LIMIT ? OFFSET ?",
                (result, number) -> new WaitingDelete(
                        result.getString("sql_key"), result.getString("record_id"), strings(result.getString("held"))),
                pair,
                size,
                (long) page * size);
        return new Listed<>(items, count(waiting, pair));
    }

    /**
     * The latest first.
     *
     * @param key of one row, or null for all
     */
    Listed<Overwritten> overwritten(String key, int page, int size) {
        var items = jdbc.query(
                "SELECT *" + OVERWRITTEN + " ORDER BY id DESC LIMIT ? OFFSET ?",
                (result, number) -> overwritten(result),
                pair,
                key,
                key,
                size,
                (long) page * size);
        return new Listed<>(items, count(OVERWRITTEN, pair, key, key));
    }

    Optional<Overwritten> overwritten(long id) {
        return jdbc
                .query(
                        "SELECT * FROM feishu.sync_journal WHERE pair = ? AND id = ?",
                        (result, number) -> overwritten(result),
                        pair,
                        id)
                .stream()
                .findFirst();
    }

    private static Overwritten overwritten(ResultSet result) throws SQLException {
        return new Overwritten(
                result.getLong("id"),
                result.getString("sql_key"),
                result.getString("field"),
                result.getString("side"),
                result.getString("losing"),
                result.getString("winning"),
                result.getString("why"),
                instant(result, "at"));
    }

    private long count(String from, Object... arguments) {
        return jdbc.queryForObject("SELECT count(*)" + from, Long.class, arguments);
    }

    private Map<String, String> strings(String json) {
        try {
            return mapper.readValue(json, STRINGS);
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static Instant instant(ResultSet result, String column) throws SQLException {
        var time = result.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
