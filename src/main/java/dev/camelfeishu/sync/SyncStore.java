package dev.camelfeishu.sync;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What one pair remembers, in schema {@code feishu}. Every change runs in {@link #commit}; a worker's changes run in
 * {@link #commit(long, Runnable)}, which refuses them when its lease has gone to another worker.
 */
final class SyncStore {

    /** A lease outlives the longest call to Feishu (10 s) by far, and is renewed by each commit. */
    static final Duration LEASE = Duration.ofSeconds(30);

    private static final int PAGE = 1000;
    private static final String ECHO_IS_MISSING = "jsonb_path_exists(replaced, '$.*.*.echoed ? (@ == false)')";

    private static final TypeReference<LinkedHashMap<String, String>> STRINGS = new TypeReference<>() {};
    private static final TypeReference<LinkedHashMap<UUID, LinkedHashMap<String, Agreed>>> SENT =
            new TypeReference<>() {};

    private static final TypeReference<LinkedHashMap<UUID, LinkedHashMap<String, Unseen.Replaced>>> REPLACED =
            new TypeReference<>() {};

    record PairRow(
            String appToken,
            String tableId,
            Map<String, String> fields,
            Instant linkedAt,
            Instant cursor,
            Instant comparedAt,
            Long revision,
            Long newest,
            long ownWrites,
            String lastVerify) {}

    /**
     * What is known of a link's row.
     *
     * @param at when it was there for the last time, or was noted as gone
     */
    record Presence(String key, int absences, String deletion, Instant at) {}
    /** How often a field may go back and forth before a person is asked. */
    static final int MOST_TURNS = 8;

    static final Duration TURNS_WITHIN = Duration.ofMinutes(10);

    /**
     * A field that was written.
     *
     * @param toward the side that was written
     * @param against whether the value there was somebody's change
     */
    record Turn(Link link, String column, Batch.Side toward, boolean against, String sql, String bitable) {}

    private static final RowMapper<Presence> PRESENCE = (result, number) -> new Presence(
            result.getString("sql_key"),
            result.getInt("absences"),
            result.getString("deletion"),
            instant(result, "updated_at"));

    record Parked(String recordId, String key, String reason) {}

    private final String pair;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final ObjectMapper mapper;

    SyncStore(String pair, JdbcTemplate jdbc, TransactionTemplate transactions, ObjectMapper mapper) {
        this.pair = pair;
        this.jdbc = jdbc;
        this.transactions = transactions;
        // null is a value here, whatever the application's mapper does with it
        this.mapper = mapper.copy().setDefaultPropertyInclusion(JsonInclude.Include.ALWAYS);
    }

    <T> T commit(Supplier<T> work) {
        return transactions.execute(status -> work.get());
    }

    void commit(Runnable work) {
        transactions.executeWithoutResult(status -> work.run());
    }

    /**
     * Runs the work with the row of the pair locked. Whatever touches many marks or links takes this lock first (a worker's
     * commit does by renewing its lease), so that no two of them wait for each other.
     */
    <T> T alone(Supplier<T> work) {
        return transactions.execute(status -> {
            jdbc.queryForList("SELECT 1 FROM feishu.sync_pair WHERE name = ? FOR UPDATE", Integer.class, pair);
            return work.get();
        });
    }

    /** Runs the work under the lease, and renews it. */
    void commit(long fence, Instant now, Runnable work) {
        transactions.executeWithoutResult(status -> {
            var held = jdbc.update(
                    "UPDATE feishu.sync_pair SET lease_until = ? WHERE name = ? AND fence = ? AND lease_until IS NOT NULL",
                    time(now.plus(LEASE)),
                    pair,
                    fence);
            if (held == 0) {
                throw new LeaseLostException(pair);
            }
            work.run();
        });
    }

    // ---- the pair

    PairRow pair() {
        try {
            return jdbc.queryForObject(
                    "SELECT * FROM feishu.sync_pair WHERE name = ?",
                    (result, number) -> new PairRow(
                            result.getString("app_token"),
                            result.getString("table_id"),
                            strings(result.getString("fields")),
                            instant(result, "linked_at"),
                            instant(result, "cursor_at"),
                            instant(result, "compared_at"),
                            result.getObject("revision", Long.class),
                            result.getObject("newest_record", Long.class),
                            result.getLong("own_writes"),
                            result.getString("last_verify")),
                    pair);
        } catch (EmptyResultDataAccessException notYet) {
            commit(() -> {
                jdbc.update("INSERT INTO feishu.sync_pair (name) VALUES (?) ON CONFLICT DO NOTHING", pair);
            });
            return pair();
        }
    }

    void saveTable(String appToken, String tableId) {
        commit(() -> {
            jdbc.update(
                    "UPDATE feishu.sync_pair SET app_token = ?, table_id = ? WHERE name = ?", appToken, tableId, pair);
        });
    }

    void saveFields(Map<String, String> fields, Instant now) {
        commit(() -> {
            jdbc.update(
                    "UPDATE feishu.sync_pair SET fields = ?::jsonb, linked_at = ? WHERE name = ?",
                    json(fields),
                    time(now),
                    pair);
        });
    }

    /**
     * Links columns with other fields, in which nothing is agreed on, and forgets the revision, so that the next probe looks at
     * all records. A cycle that is under way has the old ones: it loses its
     * lease.
     *
     * @param fields field id by column
     */
    void relink(Map<String, String> fields) {
        var columns = fields.keySet().toArray(String[]::new);
        commit(() -> {
            jdbc.update(
                    "UPDATE feishu.sync_pair SET fields = fields || ?::jsonb, revision = -1 - revision, fence = fence + 1,"
                            + " lease_until = NULL WHERE name = ?",
                    json(fields),
                    pair);
            jdbc.update(
                    "UPDATE feishu.sync_link SET shadow_sql = shadow_sql - ?, shadow_bitable = shadow_bitable - ?,"
                            + " seen_bitable = seen_bitable - ? WHERE pair = ?",
                    columns,
                    columns,
                    columns,
                    pair);
        });
    }

    void saveCursor(Instant cursor) {
        commit(() -> {
            jdbc.update(
                    "UPDATE feishu.sync_pair SET cursor_at = greatest(cursor_at, ?) WHERE name = ?",
                    time(cursor),
                    pair);
        });
    }

    /** When the newest of the records that a look has seen was changed, in milliseconds since 1970. */
    void saveNewest(long millis) {
        commit(() -> {
            jdbc.update("UPDATE feishu.sync_pair SET newest_record = ? WHERE name = ?", millis, pair);
        });
    }

    /** @param explained how many of our own writes the revision holds */
    void saveRevision(long revision, long explained) {
        commit(() -> {
            jdbc.update(
                    "UPDATE feishu.sync_pair SET revision = ?, own_writes = own_writes - ? WHERE name = ?",
                    revision,
                    explained,
                    pair);
        });
    }

    /** Adds calls that have changed the table. Inside a commit. */
    void countWrites(int calls) {
        jdbc.update("UPDATE feishu.sync_pair SET own_writes = own_writes + ? WHERE name = ?", calls, pair);
    }

    /** Rows that have their record. */
    long linkedRows() {
        return jdbc.queryForObject("SELECT count(record_id) FROM feishu.sync_link WHERE pair = ?", Long.class, pair);
    }

    /** JSON of the last preview, null when there is none. */
    String preview() {
        return jdbc.queryForObject("SELECT preview FROM feishu.sync_pair WHERE name = ?", String.class, pair);
    }

    void savePreview(String json) {
        commit(() -> {
            jdbc.update("UPDATE feishu.sync_pair SET preview = ?::jsonb WHERE name = ?", json, pair);
        });
    }

    boolean isApproved() {
        return jdbc.queryForObject(
                "SELECT approved_at IS NOT NULL FROM feishu.sync_pair WHERE name = ?", Boolean.class, pair);
    }

    void approve(Instant now) {
        commit(() -> {
            jdbc.update("UPDATE feishu.sync_pair SET approved_at = ? WHERE name = ?", time(now), pair);
        });
    }

    /** Whether rows and records of a first link or a full comparison wait. */
    boolean isFilling() {
        return jdbc.queryForObject(
                "SELECT EXISTS (SELECT 1 FROM feishu.sync_dirty WHERE pair = ? AND urgency = ?)",
                Boolean.class,
                pair,
                Batch.Urgency.BACKFILL.ordinal());
    }

    void saveVerify(VerifyReport report) {
        // times are written here, so that no setting of the mapper changes what SQL reads
        var json = mapper.createObjectNode()
                .put("started_at", report.startedAt().toString())
                .put("finished_at", report.finishedAt().toString())
                .put("rows", report.rows())
                .put("records", report.records())
                .put("equal", report.equal())
                .put("divergent", report.divergent())
                .put("missed", report.missed())
                .put("parked", report.parked());
        report.keys().forEach(json.putArray("keys")::add);
        commit(() -> {
            jdbc.update("UPDATE feishu.sync_pair SET last_verify = ?::jsonb WHERE name = ?", json.toString(), pair);
        });
    }

    /** Takes the turn to compare the keys; false when a comparison is younger than {@code apart}. Inside a commit. */
    boolean takeComparison(Instant now, Duration apart) {
        return jdbc.update(
                        "UPDATE feishu.sync_pair SET compared_at = ?"
                                + " WHERE name = ? AND (compared_at IS NULL OR compared_at <= ?)",
                        time(now),
                        pair,
                        time(now.minus(apart)))
                == 1;
    }

    // ---- marks

    /** Marks identities; answers how many. A mark that is there already becomes due no later than before. */
    int mark(Batch.Side side, Collection<String> identities, Instant now, Duration wait) {
        return mark(side, Batch.Urgency.CHANGE, identities, now, wait);
    }

    /** The same; what is marked already becomes no less urgent. */
    int mark(Batch.Side side, Batch.Urgency urgency, Collection<String> identities, Instant now, Duration wait) {
        if (identities.isEmpty()) {
            return 0;
        }
        var distinct = Set.copyOf(identities).stream().sorted().toArray(String[]::new);
        alone(() -> jdbc.update(
                "INSERT INTO feishu.sync_dirty (pair, side, urgency, identity, marked_at, due_at)"
                        + " SELECT ?, ?, ?, identity, ?, ? FROM unnest(?) AS identity"
                        + " ON CONFLICT (pair, side, identity) DO UPDATE SET marks = sync_dirty.marks + 1,"
                        + " due_at = least(sync_dirty.due_at, excluded.due_at),"
                        + " urgency = least(sync_dirty.urgency, excluded.urgency)",
                pair,
                lower(side),
                urgency.ordinal(),
                time(now),
                time(now.plus(wait)),
                distinct));
        return distinct.length;
    }

    /** Those of the identities that have no mark, in order. */
    List<String> unmarked(Batch.Side side, Collection<String> identities) {
        return jdbc.queryForList(
                "SELECT identity FROM unnest(?) AS identity WHERE NOT EXISTS (SELECT 1 FROM feishu.sync_dirty d"
                        + " WHERE d.pair = ? AND d.side = ? AND d.identity = identity.identity) ORDER BY identity",
                String.class,
                identities.toArray(String[]::new),
                pair,
                lower(side));
    }

    /**
     * Takes the lease and what is due, all of one urgency; empty when nothing is due or another worker has the lease.
     *
     * @param least what is less urgent waits
     */
    Optional<Batch> claim(Instant now, Batch.Urgency least, int max) {
        var due = jdbc.queryForObject(
                "SELECT EXISTS (SELECT 1 FROM feishu.sync_dirty WHERE pair = ? AND due_at <= ? AND urgency <= ?)",
                Boolean.class,
                pair,
                time(now),
                least.ordinal());
        if (!Boolean.TRUE.equals(due)) {
            return Optional.empty();
        }
        return commit(() -> {
            var fences = jdbc.queryForList(
                    "UPDATE feishu.sync_pair SET fence = fence + 1, lease_until = ?"
                            + " WHERE name = ? AND (lease_until IS NULL OR lease_until <= ?) RETURNING fence",
                    Long.class,
                    time(now.plus(LEASE)),
                    pair,
                    time(now));
            if (fences.isEmpty()) {
                return Optional.<Batch>empty();
            }
            var batch = due(fences.get(0), now, "", List.of(), max);
            if (batch.isEmpty()) {
                release(fences.get(0));
            }
            return batch;
        });
    }

    /**
     * What is due of the rows behind a back-fill, under the same lease; empty when there are none, or something more urgent is
     * due.
     */
    Optional<Batch> claimBehind(Batch batch, Instant now, int max) {
        return due(
                batch.fence(),
                now,
                " AND side = 'sql' AND urgency = " + Batch.Urgency.BACKFILL.ordinal(),
                batch.marks(),
                max);
    }

    /** What is most urgent of all that is due; nobody else takes it while the lease lasts. */
    private Optional<Batch> due(long fence, Instant now, String condition, List<Batch.Mark> taken, int max) {
        var urgency = new AtomicReference<Batch.Urgency>();
        var marks = jdbc.query(
                "SELECT side, identity, marks, attempts, urgency FROM feishu.sync_dirty WHERE pair = ? AND due_at <= ?"
                        + " AND urgency = (SELECT urgency FROM feishu.sync_dirty WHERE pair = ? AND due_at <= ?"
                        + " ORDER BY urgency LIMIT 1) AND identity <> ALL(?)" + condition
                        + " ORDER BY due_at, side, identity LIMIT ?",
                (result, number) -> {
                    urgency.set(Batch.Urgency.values()[result.getInt("urgency")]);
                    return new Batch.Mark(
                            Batch.Side.valueOf(result.getString("side").toUpperCase(Locale.ROOT)),
                            result.getString("identity"),
                            result.getLong("marks"),
                            result.getInt("attempts"));
                },
                pair,
                time(now),
                pair,
                time(now),
                array(taken, Batch.Mark::identity),
                max);
        return marks.isEmpty() ? Optional.empty() : Optional.of(new Batch(pair, fence, urgency.get(), marks));
    }

    void release(long fence) {
        jdbc.update("UPDATE feishu.sync_pair SET lease_until = NULL WHERE name = ? AND fence = ?", pair, fence);
    }

    /** Removes marks that were not made again meanwhile; one that was begins anew. */
    void finish(Collection<Batch.Mark> marks) {
        var numbers = marks.stream().mapToLong(Batch.Mark::marks).boxed().toArray(Long[]::new);
        var removed = jdbc.update(
                "DELETE FROM feishu.sync_dirty d USING unnest(?::text[], ?::text[], ?::bigint[]) AS m (side, identity, marks)"
                        + " WHERE d.pair = ? AND d.side = m.side AND d.identity = m.identity AND d.marks = m.marks",
                array(marks, mark -> lower(mark.side())),
                array(marks, Batch.Mark::identity),
                numbers,
                pair);
        if (removed == marks.size()) {
            return;
        }
        jdbc.update(
                "UPDATE feishu.sync_dirty d SET attempts = 0 FROM unnest(?::text[], ?::text[]) AS m (side, identity)"
                        + " WHERE d.pair = ? AND d.side = m.side AND d.identity = m.identity",
                array(marks, mark -> lower(mark.side())),
                array(marks, Batch.Mark::identity),
                pair);
    }

    void defer(Collection<Batch.Mark> marks, Instant due, boolean failed) {
        if (marks.isEmpty()) {
            return;
        }
        jdbc.update(
                "UPDATE feishu.sync_dirty d SET due_at = ?, attempts = attempts + ?"
                        + " FROM unnest(?::text[], ?::text[]) AS m (side, identity)"
                        + " WHERE d.pair = ? AND d.side = m.side AND d.identity = m.identity",
                time(due),
                failed ? 1 : 0,
                array(marks, mark -> lower(mark.side())),
                array(marks, Batch.Mark::identity),
                pair);
    }

    // ---- links

    List<Link> linksByKeys(Collection<String> keys) {
        return links("sql_key = ANY(?)", keys);
    }

    /**
     * What the last cycle left in SQL, by key, of rows that no cycle is working on: their link and their marks in one snapshot.
     * A row that is marked may be written by a cycle that has read it before it changed.
     */
    Map<String, Map<String, String>> resting(Collection<String> keys) {
        var seen = new HashMap<String, Map<String, String>>();
        jdbc.query(
                "SELECT sql_key, seen_sql FROM feishu.sync_link l WHERE pair = ? AND sql_key = ANY(?)"
                        + " AND seen_sql IS NOT NULL AND NOT EXISTS (SELECT 1 FROM feishu.sync_dirty d"
                        + " WHERE d.pair = l.pair AND (d.side = 'sql' AND d.identity = l.sql_key"
                        + " OR d.side = 'bitable' AND d.identity = l.record_id))",
                result -> {
                    seen.put(result.getString("sql_key"), strings(result.getString("seen_sql")));
                },
                pair,
                keys.toArray(String[]::new));
        return seen;
    }

    /** Of links whose row was not there when it was last looked for, or whose deletion is not done. */
    List<Presence> absentLinks() {
        return jdbc.query(
                "SELECT sql_key, absences, deletion, updated_at FROM feishu.sync_link WHERE pair = ?"
                        + " AND (absences > 0 OR deletion IS NOT NULL) ORDER BY sql_key",
                PRESENCE,
                pair);
    }

    /** Rows that a read has just not found. */
    void noteAbsent(Collection<String> keys, Instant now) {
        alone(() -> jdbc.update(
                "UPDATE feishu.sync_link SET absences = greatest(absences, 1), updated_at = ?"
                        + " WHERE pair = ? AND sql_key = ANY(?)",
                time(now),
                pair,
                keys.toArray(String[]::new)));
    }

    int linkCount() {
        return jdbc.queryForObject("SELECT count(*) FROM feishu.sync_link WHERE pair = ?", Integer.class, pair);
    }

    List<Link> linksByRecords(Collection<String> recordIds) {
        return links("record_id = ANY(?)", recordIds);
    }

    List<Link> linksByIds(Collection<UUID> pairIds) {
        return links(
                "pair_id = ANY(?::uuid[])", pairIds.stream().map(UUID::toString).toList());
    }

    private List<Link> links(String condition, Collection<String> values) {
        if (values.isEmpty()) {
            return List.of();
        }
        return jdbc.query(
                "SELECT * FROM feishu.sync_link WHERE pair = ? AND " + condition + " ORDER BY sql_key",
                linkMapper(),
                pair,
                values.toArray(String[]::new));
    }

    /** What is known of every link's row, in pages. */
    void eachPresence(Consumer<List<Presence>> page) {
        pages(
                "SELECT sql_key, absences, deletion, updated_at FROM feishu.sync_link WHERE pair = ? AND sql_key > ?"
                        + " ORDER BY sql_key LIMIT " + PAGE,
                PRESENCE,
                after -> new Object[] {pair, after},
                Presence::key,
                page);
    }

    private <T> void pages(
            String query,
            RowMapper<T> mapper,
            Function<String, Object[]> arguments,
            Function<T, String> place,
            Consumer<List<T>> page) {
        var after = "";
        List<T> rows;
        do {
            rows = jdbc.query(query, mapper, arguments.apply(after));
            if (!rows.isEmpty()) {
                page.accept(rows);
                after = place.apply(rows.get(rows.size() - 1));
            }
        } while (rows.size() == PAGE);
    }

    /** Keys of parked links. */
    List<String> parkedKeys() {
        return jdbc.queryForList(
                "SELECT sql_key FROM feishu.sync_link WHERE pair = ? AND state = 'parked' ORDER BY sql_key",
                String.class,
                pair);
    }

    /** Record ids of parked links. */
    List<String> parkedLinks() {
        return jdbc.queryForList(
                "SELECT record_id FROM feishu.sync_link"
                        + " WHERE pair = ? AND state = 'parked' AND record_id IS NOT NULL ORDER BY record_id",
                String.class,
                pair);
    }

    /** Records of another pair by its keys; a row without one is missing. */
    Map<String, String> recordsOf(String other, Collection<String> keys) {
        return named("SELECT sql_key, record_id", "sql_key", other, keys);
    }

    /** Keys of another pair by its records; a record that is not linked is missing. */
    Map<String, String> keysOf(String other, Collection<String> recordIds) {
        return named("SELECT record_id, sql_key", "record_id", other, recordIds);
    }

    private Map<String, String> named(String select, String column, String other, Collection<String> values) {
        var found = new LinkedHashMap<String, String>();
        jdbc.query(
                select + " FROM feishu.sync_link WHERE pair = ? AND record_id IS NOT NULL AND " + column + " = ANY(?)",
                result -> {
                    found.put(result.getString(1), result.getString(2));
                },
                other,
                values.toArray(String[]::new));
        return found;
    }

    /** The table of another pair; null until it is linked. */
    String tableOf(String other) {
        return jdbc
                .queryForList(
                        "SELECT table_id FROM feishu.sync_pair WHERE name = ? AND linked_at IS NOT NULL",
                        String.class,
                        other)
                .stream()
                .findFirst()
                .orElse(null);
    }

    // ---- missing records, and rows that wait for another pair

    /** Since when records have been missing, by pair id. */
    Map<UUID, Instant> missing() {
        var since = new LinkedHashMap<UUID, Instant>();
        jdbc.query(
                "SELECT pair_id, since FROM feishu.sync_missing WHERE pair = ?",
                result -> {
                    since.put(result.getObject("pair_id", UUID.class), instant(result, "since"));
                },
                pair);
        return since;
    }

    /** Keys of the rows whose records are missing. */
    Set<String> missingKeys() {
        return Set.copyOf(jdbc.queryForList(
                "SELECT l.sql_key FROM feishu.sync_link l JOIN feishu.sync_missing m"
                        + " ON m.pair = l.pair AND m.pair_id = l.pair_id WHERE l.pair = ?",
                String.class,
                pair));
    }

    void miss(Collection<UUID> pairIds, Instant now) {
        jdbc.batchUpdate(
                "INSERT INTO feishu.sync_missing (pair, pair_id, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                pairIds.stream()
                        .map(pairId -> new Object[] {pair, pairId, time(now)})
                        .toList());
    }

    void found(Collection<UUID> pairIds) {
        jdbc.batchUpdate(
                "DELETE FROM feishu.sync_missing WHERE pair = ? AND pair_id = ?",
                pairIds.stream().map(pairId -> new Object[] {pair, pairId}).toList());
    }

    /** A few linked records that are none of these. */
    List<String> otherRecords(Collection<String> recordIds, int most) {
        return jdbc.queryForList(
                "SELECT record_id FROM feishu.sync_link WHERE pair = ? AND record_id IS NOT NULL"
                        + " AND NOT record_id = ANY(?) ORDER BY updated_at DESC LIMIT ?",
                String.class,
                pair,
                recordIds.toArray(String[]::new),
                most);
    }

    int linked() {
        return jdbc.queryForObject("SELECT count(*) FROM feishu.sync_link WHERE pair = ?", Integer.class, pair);
    }

    /** @param name key of a row, or id of a record, of the other pair */
    record Awaited(String other, String name) {}

    /** Replaces what the row waits for. Inside a commit. */
    void await(String key, Collection<Awaited> awaited) {
        jdbc.update("DELETE FROM feishu.sync_wait WHERE pair = ? AND sql_key = ?", pair, key);
        jdbc.batchUpdate(
                "INSERT INTO feishu.sync_wait (pair, sql_key, other, name) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                awaited.stream()
                        .map(one -> new Object[] {pair, key, one.other(), one.name()})
                        .toList());
    }

    /**
     * Rows of other pairs that name these records wait for the rows' new ones. Inside a commit.
     *
     * @param replaced key of the row by the record that it has no more
     */
    void awaitNewRecords(Map<String, String> replaced) {
        if (replaced.isEmpty()) {
            return;
        }
        jdbc.update(
                "INSERT INTO feishu.sync_wait (pair, sql_key, other, name)"
                        + " SELECT l.pair, l.sql_key, ?, r.sql_key FROM feishu.sync_link l"
                        // what was agreed, and what Feishu would not take for a record any more
                        + " CROSS JOIN LATERAL (SELECT value FROM jsonb_each_text(l.shadow_bitable)"
                        + " UNION ALL SELECT value FROM jsonb_each_text(l.seen_sql)) cell"
                        // a set of record ids as links have it
                        + " CROSS JOIN LATERAL unnest(string_to_array(translate(cell.value, '[\"]', ''), ',')) named (id)"
                        + " JOIN unnest(?::text[], ?::text[]) r (record_id, sql_key) ON r.record_id = named.id"
                        + " WHERE l.pair <> ? AND cell.value LIKE '[\"rec%' ON CONFLICT DO NOTHING",
                pair, array(replaced.keySet(), id -> id), array(replaced.values(), key -> key), pair);
    }

    /** Marks the rows whose wait is over; answers how many. */
    int markArrived(Instant now) {
        return alone(() -> {
            var keys = jdbc.queryForList(
                    "DELETE FROM feishu.sync_wait w USING feishu.sync_link l WHERE w.pair = ? AND l.pair = w.other"
                            + " AND l.record_id IS NOT NULL AND w.name IN (l.sql_key, l.record_id) RETURNING w.sql_key",
                    String.class,
                    pair);
            return mark(Batch.Side.SQL, keys, now, Duration.ZERO);
        });
    }

    /** When everything was last compared, or a node began to, or else when the pair was linked. */
    Optional<Instant> lastVerify() {
        return jdbc
                .query(
                        "SELECT greatest((last_verify ->> 'finished_at')::timestamptz, verify_taken_at, linked_at) AS last"
                                + " FROM feishu.sync_pair WHERE name = ?",
                        (result, number) -> Optional.ofNullable(instant(result, "last")),
                        pair)
                .stream()
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Takes the turn for the comparison that was due then; false when another node has taken it. */
    boolean takeVerify(Instant due, Instant now) {
        return commit(() -> jdbc.update(
                        "UPDATE feishu.sync_pair SET verify_taken_at = ?"
                                + " WHERE name = ? AND (verify_taken_at IS NULL OR verify_taken_at < ?)",
                        time(now),
                        pair,
                        time(due))
                == 1);
    }

    JdbcTemplate jdbc() {
        return jdbc;
    }

    /** Leaves alone what request is on its way. Inside a commit. */
    void save(Collection<Link> links, Instant now) {
        save(links, "", null, now);
    }

    /**
     * The same, and notes which request is on its way: in the one write that each row gets.
     *
     * @param requestId null when none is any more
     */
    void save(Collection<Link> links, Long requestId, Instant now) {
        save(links, ", request_id = excluded.request_id", requestId, now);
    }

    private void save(Collection<Link> links, String replaced, Long requestId, Instant now) {
        if (links.isEmpty()) {
            return;
        }
        // what was seen is mostly what was agreed: it is written, sent and read as JSON once
        Predicate<Link> agreedSql = link -> link.shadowSql().equals(link.seenSql());
        Predicate<Link> agreedBitable = link -> link.shadowBitable().equals(link.seenBitable());
        jdbc.update(
                "INSERT INTO feishu.sync_link (pair_id, pair, sql_key, record_id, state, shadow_sql, shadow_bitable,"
                        + " seen_sql, seen_bitable, code, reason, recorded_at, updated_at, request_id)"
                        + " SELECT l.pair_id, ?, l.sql_key, l.record_id, l.state, l.shadow_sql, l.shadow_bitable,"
                        + " CASE WHEN l.agreed_sql THEN l.shadow_sql ELSE l.seen_sql END,"
                        + " CASE WHEN l.agreed_bitable THEN l.shadow_bitable ELSE l.seen_bitable END,"
                        + " l.code, l.reason, l.recorded_at, ?, ?::bigint"
                        + " FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::jsonb[], ?::jsonb[], ?::boolean[],"
                        + " ?::boolean[], ?::jsonb[], ?::jsonb[], ?::integer[], ?::text[], ?::timestamptz[])"
                        + " AS l (pair_id, sql_key, record_id, state, shadow_sql, shadow_bitable, agreed_sql, agreed_bitable,"
                        + " seen_sql, seen_bitable, code, reason, recorded_at)"
                        + " ON CONFLICT (pair_id) DO UPDATE SET record_id = excluded.record_id, state = excluded.state,"
                        + " shadow_sql = excluded.shadow_sql, shadow_bitable = excluded.shadow_bitable,"
                        + " seen_sql = excluded.seen_sql, seen_bitable = excluded.seen_bitable, code = excluded.code,"
                        + " reason = excluded.reason, recorded_at = excluded.recorded_at, updated_at = excluded.updated_at"
                        + replaced,
                pair,
                time(now),
                requestId,
                array(links, Link::pairId),
                array(links, Link::key),
                array(links, Link::recordId),
                array(links, link -> link.state().name().toLowerCase(Locale.ROOT)),
                array(links, link -> json(link.shadowSql())),
                array(links, link -> json(link.shadowBitable())),
                array(links, agreedSql::test),
                array(links, agreedBitable::test),
                array(links, link -> link.seenSql() == null || agreedSql.test(link) ? null : json(link.seenSql())),
                array(
                        links,
                        link -> link.seenBitable() == null || agreedBitable.test(link)
                                ? null
                                : json(link.seenBitable())),
                array(links, Link::code),
                array(links, Link::reason),
                array(links, Link::recordedAt));
    }

    void remove(Collection<UUID> pairIds) {
        for (var table : List.of("sync_hold", "sync_turn", "sync_unseen", "sync_missing", "sync_link")) {
            jdbc.update(
                    "DELETE FROM feishu." + table + " WHERE pair = ? AND pair_id = ANY(?::uuid[])",
                    pair,
                    pairIds.stream().map(UUID::toString).toArray(String[]::new));
        }
    }

    // ---- fields that wait for a person

    /** By pair id and column. */
    Map<UUID, Map<String, Hold>> holds(Collection<UUID> pairIds) {
        if (pairIds.isEmpty()) {
            return Map.of();
        }
        return byColumn(jdbc.query(
                "SELECT * FROM feishu.sync_hold WHERE pair = ? AND pair_id = ANY(?::uuid[])",
                (result, number) -> hold(result),
                pair,
                pairIds.stream().map(UUID::toString).toArray(String[]::new)));
    }

    /** All of the pair. */
    Map<UUID, Map<String, Hold>> holds() {
        return byColumn(
                jdbc.query("SELECT * FROM feishu.sync_hold WHERE pair = ?", (result, number) -> hold(result), pair));
    }

    private static Map<UUID, Map<String, Hold>> byColumn(List<Hold> holds) {
        return holds.stream()
                .collect(Collectors.groupingBy(Hold::pairId, Collectors.toMap(Hold::column, Function.identity())));
    }

    private static Hold hold(ResultSet result) throws SQLException {
        var take = result.getString("take");
        return new Hold(
                result.getLong("id"),
                result.getObject("pair_id", UUID.class),
                result.getString("sql_key"),
                result.getString("field"),
                Hold.Kind.valueOf(result.getString("kind").toUpperCase(Locale.ROOT)),
                result.getString("sql_value"),
                result.getString("bitable_value"),
                take == null ? null : Hold.Take.valueOf(take.toUpperCase(Locale.ROOT)),
                result.getString("decided_value"));
    }

    /** Shows the values to a person; a decision about other values is void. Inside a commit. */
    void hold(Collection<Hold> holds, Instant now) {
        jdbc.batchUpdate(
                "INSERT INTO feishu.sync_hold AS h (pair, pair_id, sql_key, field, kind, sql_value, bitable_value, since)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pair, pair_id, field) DO UPDATE SET id = DEFAULT,"
                        + " kind = excluded.kind, sql_value = excluded.sql_value, bitable_value = excluded.bitable_value,"
                        + " take = NULL, decided_value = NULL, decided_by = NULL, decided_at = NULL"
                        + " WHERE (h.kind, h.sql_value, h.bitable_value)"
                        + " IS DISTINCT FROM (excluded.kind, excluded.sql_value, excluded.bitable_value)",
                holds.stream()
                        .map(hold -> new Object[] {
                            pair,
                            hold.pairId(),
                            hold.key(),
                            hold.column(),
                            hold.kind().name().toLowerCase(Locale.ROOT),
                            hold.sql(),
                            hold.bitable(),
                            time(now)
                        })
                        .toList());
    }

    /** Nothing of them waits for a person any more. Inside a commit. */
    void release(Collection<UUID> pairIds) {
        jdbc.update(
                "DELETE FROM feishu.sync_hold WHERE pair = ? AND pair_id = ANY(?::uuid[])",
                pair,
                pairIds.stream().map(UUID::toString).toArray(String[]::new));
    }

    /** The fields wait no more. Inside a commit. */
    void release(UUID pairId, Collection<String> columns) {
        jdbc.update(
                "DELETE FROM feishu.sync_hold WHERE pair = ? AND pair_id = ? AND field = ANY(?)",
                pair,
                pairId,
                columns.toArray(String[]::new));
    }

    /** Decides a conflict, until one of its values changes; answers the key of its row, empty when it is not there. */
    Optional<String> decide(long id, Hold.Take take, String value, String by, Instant now) {
        return alone(() -> jdbc
                .queryForList(
                        "UPDATE feishu.sync_hold SET take = ?, decided_value = ?, decided_by = ?, decided_at = ?"
                                + " WHERE pair = ? AND id = ? AND kind = 'conflict' RETURNING sql_key",
                        String.class,
                        take.name().toLowerCase(Locale.ROOT),
                        value,
                        by,
                        time(now),
                        pair,
                        id)
                .stream()
                .findFirst());
    }

    /**
     * Notes writes that are done. A field that was written more than {@link #MOST_TURNS} times within {@link #TURNS_WITHIN}
     * against the side that had changed it before is held for a person. Inside a commit.
     */
    void turned(Collection<Turn> turns, Instant now) {
        if (turns.isEmpty()) {
            return;
        }
        var tooMany = jdbc.query(
                "INSERT INTO feishu.sync_turn AS t (pair, pair_id, field, toward, turns, since)"
                        + " SELECT ?, id::uuid, field, toward, against, ? FROM unnest(?, ?, ?, ?::int[])"
                        + " AS u(id, field, toward, against)"
                        + " ON CONFLICT (pair, pair_id, field) DO UPDATE SET toward = excluded.toward,"
                        + " turns = CASE WHEN t.since < ? THEN excluded.turns"
                        + " ELSE t.turns + greatest((t.toward <> excluded.toward)::int, excluded.turns) END,"
                        + " since = CASE WHEN t.since < ? THEN excluded.since ELSE t.since END"
                        + " RETURNING pair_id, field, turns",
                (result, number) -> result.getInt("turns") > MOST_TURNS
                        ? result.getObject("pair_id", UUID.class) + "/" + result.getString("field")
                        : null,
                pair,
                time(now),
                turns.stream().map(turn -> turn.link().pairId().toString()).toArray(String[]::new),
                turns.stream().map(Turn::column).toArray(String[]::new),
                turns.stream().map(turn -> lower(turn.toward())).toArray(String[]::new),
                turns.stream().map(turn -> turn.against() ? 1 : 0).toArray(Integer[]::new),
                time(now.minus(TURNS_WITHIN)),
                time(now.minus(TURNS_WITHIN)));
        hold(
                turns.stream()
                        .filter(turn -> tooMany.contains(turn.link().pairId() + "/" + turn.column()))
                        .map(turn -> new Hold(
                                0,
                                turn.link().pairId(),
                                turn.link().key(),
                                turn.column(),
                                Hold.Kind.PING_PONG,
                                turn.sql(),
                                turn.bitable(),
                                null,
                                null))
                        .toList(),
                now);
    }

    void forgetTurns(Instant before) {
        commit(() -> {
            jdbc.update("DELETE FROM feishu.sync_turn WHERE pair = ? AND since < ?", pair, time(before));
        });
    }

    /** Fields that were written against each other are synchronised again: of the key, of the record, or all. */
    List<String> releasePingPong(String key, String recordId) {
        return alone(() -> {
            var keys = jdbc.queryForList(
                    "DELETE FROM feishu.sync_hold h USING feishu.sync_link l WHERE h.pair = ? AND h.kind = 'ping_pong'"
                            + " AND l.pair_id = h.pair_id AND (?::text IS NULL OR h.sql_key = ?)"
                            + " AND (?::text IS NULL OR l.record_id = ?) RETURNING h.sql_key",
                    String.class,
                    pair,
                    key,
                    key,
                    recordId,
                    recordId);
            jdbc.update(
                    "DELETE FROM feishu.sync_turn t USING feishu.sync_link l WHERE t.pair = ? AND l.pair_id = t.pair_id"
                            + " AND l.sql_key = ANY(?)",
                    pair,
                    keys.toArray(String[]::new));
            return keys;
        });
    }

    /** Sets the absences, and what was decided about the deletion, of links by key. Inside a commit. */
    void saveAbsences(Map<String, Integer> absences, Map<String, String> deletions) {
        saveAbsences(absences, deletions, Map.of());
    }

    private void saveAbsences(
            Map<String, Integer> absences, Map<String, String> deletions, Map<String, String> reasons) {
        if (absences.isEmpty()) {
            return;
        }
        jdbc.update(
                "UPDATE feishu.sync_link l SET absences = a.absences, deletion = a.deletion,"
                        + " state = CASE WHEN a.deletion = 'approved' THEN 'deleting' WHEN a.deletion IN ('refused', 'outside')"
                        + " THEN 'parked'"
                        + " WHEN l.state = 'deleting' THEN 'linked' ELSE l.state END, reason = coalesce(a.reason, l.reason)"
                        + " FROM unnest(?::text[], ?::integer[], ?::text[], ?::text[])"
                        + " AS a (sql_key, absences, deletion, reason) WHERE l.pair = ? AND l.sql_key = a.sql_key",
                array(absences.keySet(), key -> key),
                absences.values().toArray(Integer[]::new),
                array(absences.keySet(), deletions::get),
                array(absences.keySet(), reasons::get),
                pair);
    }

    /** The same, in a commit of its own. */
    void compared(Map<String, Integer> absences, Map<String, String> deletions, Map<String, String> reasons) {
        alone(() -> {
            saveAbsences(absences, deletions, reasons);
            return absences.size();
        });
    }

    /** The deletions of these rows wait for a person. Inside a commit. */
    void waitForPerson(Collection<String> keys) {
        jdbc.batchUpdate(
                "UPDATE feishu.sync_link SET deletion = 'waiting' WHERE pair = ? AND sql_key = ?",
                keys.stream().map(key -> new Object[] {pair, key}).toList());
    }

    List<String> decideDeletes(String decision, String reason) {
        return alone(() -> jdbc.queryForList(
                "UPDATE feishu.sync_link SET deletion = ?, state = ?, reason = coalesce(?, reason)"
                        + " WHERE pair = ? AND deletion = 'waiting' RETURNING sql_key",
                String.class,
                decision,
                Link.APPROVED.equals(decision) ? "deleting" : "parked",
                reason,
                pair));
    }

    // ---- journal and outbox

    /** Notes a loss, unless the same one stands there for a request that has not been done. Inside a commit. */
    void note(Link link, String field, Batch.Side side, Decision.Loss loss, Long requestId, Instant now) {
        jdbc.update(
                "INSERT INTO feishu.sync_journal"
                        + " (pair, pair_id, sql_key, field, side, losing, winning, why, request_id, at)"
                        + " SELECT ?, ?::uuid, ?, ?, ?, ?::text, ?::text, ?, ?::bigint, ?::timestamptz WHERE NOT EXISTS (SELECT 1 FROM feishu.sync_journal j"
                        + " JOIN feishu.sync_outbox o ON o.id = j.request_id WHERE o.state <> 'done' AND j.pair_id = ? AND j.field = ?"
                        + " AND j.side = ? AND j.losing IS NOT DISTINCT FROM ? AND j.winning IS NOT DISTINCT FROM ?)",
                pair,
                link.pairId(),
                link.key(),
                field,
                lower(side),
                loss.losing(),
                loss.winning(),
                loss.why().name().toLowerCase(Locale.ROOT),
                requestId,
                time(now),
                link.pairId(),
                field,
                lower(side),
                loss.losing(),
                loss.winning());
    }

    /** The columns of a deleted row as text, of which the entry of the journal is one. */
    Map<String, String> deletedRow(long id) {
        var cells = new LinkedHashMap<String, String>();
        jdbc.query(
                "SELECT j.field, j.losing FROM feishu.sync_journal j JOIN feishu.sync_journal e"
                        + " ON e.pair_id = j.pair_id AND e.request_id = j.request_id AND e.why = j.why AND e.side = j.side"
                        + " WHERE e.pair = ? AND e.id = ? ORDER BY j.id",
                result -> {
                    cells.put(result.getString(1), result.getString(2));
                },
                pair,
                id);
        return cells;
    }

    /** Freezes a request, and notes on the links that it is on its way. Inside a commit. */
    Request freeze(Request.Kind kind, String body, Map<UUID, Map<String, Agreed>> sent, Instant now) {
        var request = keep(kind, body, sent, now);
        occupy(request.id(), pairIds(request));
        return request;
    }

    /** Freezes a request whose links are saved with it, see {@link #save(Collection, Long, Instant)}. Inside a commit. */
    Request keep(Request.Kind kind, String body, Map<UUID, Map<String, Agreed>> sent, Instant now) {
        var token = kind == Request.Kind.CREATE ? UUID.randomUUID() : null;
        var id = jdbc.queryForObject(
                "INSERT INTO feishu.sync_outbox (pair, kind, client_token, body, sent, state, created_at, updated_at)"
                        + " VALUES (?, ?, ?, ?, ?::json, 'pending', ?, ?) RETURNING id",
                Long.class,
                pair,
                kind.name().toLowerCase(Locale.ROOT),
                token,
                body,
                json(sent),
                time(now),
                time(now));
        return new Request(id, kind, token, body, sent, Map.of(), false, 0);
    }

    private void occupy(long requestId, String[] pairIds) {
        jdbc.update(
                "UPDATE feishu.sync_link SET request_id = ? WHERE pair = ? AND pair_id = ANY(?::uuid[])",
                requestId,
                pair,
                pairIds);
    }

    private static String[] pairIds(Request request) {
        return request.sent().keySet().stream().map(UUID::toString).toArray(String[]::new);
    }

    /** The links are looked for by their ids: a search by request would read every link of the pair. */
    private void free(Request request) {
        jdbc.update(
                "UPDATE feishu.sync_link SET request_id = NULL WHERE pair = ? AND pair_id = ANY(?::uuid[]) AND request_id = ?",
                pair,
                pairIds(request),
                request.id());
    }

    /** Those whose end is not known yet. */
    List<Request> requests() {
        return jdbc.query(
                "SELECT * FROM feishu.sync_outbox WHERE pair = ? AND state <> 'done' ORDER BY id",
                (result, number) -> new Request(
                        result.getLong("id"),
                        Request.Kind.valueOf(result.getString("kind").toUpperCase(Locale.ROOT)),
                        result.getObject("client_token", UUID.class),
                        result.getString("body"),
                        sent(result.getString("sent")),
                        replaced(result.getString("replaced")),
                        "unknown".equals(result.getString("state")),
                        result.getInt("attempts")),
                pair);
    }

    /** The request is done, or was certainly refused: forget it. Inside a commit. */
    void settle(Request request) {
        free(request);
        forget(request);
    }

    /** The same where no link is occupied by it any more. Inside a commit. */
    void forget(Request request) {
        jdbc.update("DELETE FROM feishu.sync_outbox WHERE id = ?", request.id());
    }

    /** The update is done; what it replaced is kept until its echo has been seen. Inside a commit. */
    void done(Request request, Instant now) {
        free(request);
        jdbc.update(
                "UPDATE feishu.sync_outbox SET state = 'done', body = '', updated_at = ? WHERE id = ?",
                time(now),
                request.id());
    }

    /** Notes what the write is to replace. Inside a commit. */
    void replaces(long requestId, Map<UUID, Map<String, Unseen.Replaced>> replaced) {
        jdbc.update("UPDATE feishu.sync_outbox SET replaced = ?::jsonb WHERE id = ?", json(replaced), requestId);
    }

    /** Part of the update was not sent after all: it replaced nothing there. Inside a commit. */
    void unsent(Request request, Collection<UUID> pairIds) {
        jdbc.update(
                "UPDATE feishu.sync_outbox SET replaced = replaced - ? WHERE id = ?",
                pairIds.stream().map(UUID::toString).toArray(String[]::new),
                request.id());
    }

    /** Own writes to those pairs, the latest first; those of unknown outcome too. */
    List<Unseen.Written> written(Collection<UUID> pairIds) {
        return pairIds.isEmpty()
                ? List.of()
                : written("jsonb_exists_any(replaced, ?)", (Object)
                        pairIds.stream().map(UUID::toString).toArray(String[]::new));
    }

    /** Own writes that were done before then and whose echo has not been seen, the latest first. */
    List<Unseen.Written> writtenBefore(Instant then) {
        return written("state = 'done' AND updated_at < ? AND " + ECHO_IS_MISSING, time(then)).stream()
                .filter(write -> !write.replaced().echoed())
                .toList();
    }

    /** Whether own updates are under way, or were done since then and their echo has not been seen. */
    boolean isWriting(Instant since) {
        return jdbc.queryForObject(
                "SELECT EXISTS (SELECT 1 FROM feishu.sync_outbox WHERE pair = ? AND kind = 'update' AND (state = 'pending'"
                        + " OR state = 'done' AND updated_at >= ? AND " + ECHO_IS_MISSING + "))",
                Boolean.class,
                pair,
                time(since));
    }

    private List<Unseen.Written> written(String condition, Object argument) {
        var found = new ArrayList<Unseen.Written>();
        jdbc.query(
                "SELECT id, replaced, created_at FROM feishu.sync_outbox WHERE pair = ? AND kind = 'update'"
                        + " AND replaced <> '{}'"
                        + " AND " + condition + " ORDER BY id DESC",
                result -> {
                    var id = result.getLong("id");
                    var since = instant(result, "created_at");
                    replaced(result.getString("replaced"))
                            .forEach((pairId, cells) -> cells.forEach((column, replaced) ->
                                    found.add(new Unseen.Written(id, pairId, column, replaced, since))));
                },
                pair,
                argument);
        return found;
    }

    /** The echo of these writes was seen, or is not waited for any more. Inside a commit. */
    void echoed(Collection<Unseen.Written> writes) {
        var cells = new LinkedHashMap<Long, Map<UUID, Map<String, Unseen.Replaced>>>();
        writes.forEach(write -> cells.computeIfAbsent(write.requestId(), id -> new HashMap<>())
                .computeIfAbsent(write.pairId(), id -> new HashMap<>())
                .put(write.column(), write.replaced().seen()));
        cells.forEach((id, seen) -> jdbc.update(
                "UPDATE feishu.sync_outbox SET replaced = (SELECT jsonb_object_agg(r.key, r.value || coalesce(s.value, '{}'))"
                        + " FROM jsonb_each(replaced) r LEFT JOIN jsonb_each(?::jsonb) s ON s.key = r.key)"
                        + " WHERE id = ? AND replaced <> '{}'",
                json(seen),
                id));
    }

    /**
     * A value that was replaced unseen: into the journal, and to be decided on. Inside a commit.
     *
     * @param decide whether it is decided on
     */
    void unseen(Link link, Unseen unseen, boolean decide, long requestId, Instant now) {
        note(
                link,
                unseen.column(),
                Batch.Side.BITABLE,
                new Decision.Loss(unseen.value(), unseen.wrote(), Decision.Why.UNSEEN),
                requestId,
                now);
        if (!decide) {
            return;
        }
        jdbc.update(
                "INSERT INTO feishu.sync_unseen (pair, pair_id, field, value, wrote, agreed, at)"
                        + " VALUES (?, ?, ?, ?, ?, ?::jsonb, ?) ON CONFLICT (pair, pair_id, field) DO UPDATE SET"
                        + " value = excluded.value, wrote = excluded.wrote, agreed = excluded.agreed, at = excluded.at",
                pair,
                unseen.pairId(),
                unseen.column(),
                unseen.value(),
                unseen.wrote(),
                unseen.agreed() == null ? null : json(unseen.agreed()),
                time(now));
    }

    /** By pair id and column. */
    Map<UUID, Map<String, Unseen>> unseen(Collection<UUID> pairIds) {
        if (pairIds.isEmpty()) {
            return Map.of();
        }
        return jdbc
                .query(
                        "SELECT * FROM feishu.sync_unseen WHERE pair = ? AND pair_id = ANY(?::uuid[])",
                        (result, number) -> new Unseen(
                                result.getObject("pair_id", UUID.class),
                                result.getString("field"),
                                result.getString("value"),
                                result.getString("wrote"),
                                agreed(result.getString("agreed"))),
                        pair,
                        pairIds.stream().map(UUID::toString).toArray(String[]::new))
                .stream()
                .collect(Collectors.groupingBy(Unseen::pairId, Collectors.toMap(Unseen::column, Function.identity())));
    }

    /** What was unseen has been decided on. Inside a commit. */
    void forgetUnseen(Collection<UUID> pairIds) {
        jdbc.update(
                "DELETE FROM feishu.sync_unseen WHERE pair = ? AND pair_id = ANY(?::uuid[])",
                pair,
                pairIds.stream().map(UUID::toString).toArray(String[]::new));
    }

    /** Nobody knows what became of the request: keep what it said, since it may show up on the other side. */
    void doubt(Request request, Instant now) {
        free(request);
        jdbc.update(
                "UPDATE feishu.sync_outbox SET state = 'unknown', updated_at = ? WHERE id = ?",
                time(now),
                request.id());
    }

    void attempted(long requestId, Instant now) {
        jdbc.update(
                "UPDATE feishu.sync_outbox SET attempts = attempts + 1, updated_at = ? WHERE id = ?",
                time(now),
                requestId);
    }

    void forgetDoubts(Instant before) {
        commit(() -> {
            jdbc.update(
                    "DELETE FROM feishu.sync_outbox WHERE pair = ? AND state IN ('unknown', 'done') AND updated_at < ?",
                    pair,
                    time(before));
        });
    }

    // ---- parked records

    void park(Collection<Parked> records, Instant now) {
        if (records.isEmpty()) {
            return;
        }
        jdbc.update(
                "INSERT INTO feishu.sync_parked (pair, record_id, sql_key, reason, seen_at)"
                        + " SELECT DISTINCT ON (p.record_id) ?, p.record_id, p.sql_key, p.reason, ?"
                        + " FROM unnest(?::text[], ?::text[], ?::text[]) WITH ORDINALITY"
                        + " AS p (record_id, sql_key, reason, place) ORDER BY p.record_id, p.place DESC"
                        + " ON CONFLICT (pair, record_id) DO UPDATE SET sql_key = excluded.sql_key,"
                        + " reason = excluded.reason, seen_at = excluded.seen_at",
                pair,
                time(now),
                array(records, Parked::recordId),
                array(records, Parked::key),
                array(records, Parked::reason));
    }

    void unpark(Collection<String> recordIds) {
        if (recordIds.isEmpty()) {
            return;
        }
        jdbc.update(
                "DELETE FROM feishu.sync_parked WHERE pair = ? AND record_id = ANY(?)",
                pair,
                recordIds.toArray(String[]::new));
    }

    /** Those of the records that are parked without a link, by id. */
    Map<String, Parked> parked(Collection<String> recordIds) {
        return jdbc
                .query(
                        "SELECT * FROM feishu.sync_parked WHERE pair = ? AND record_id = ANY(?)",
                        (result, number) -> new Parked(
                                result.getString("record_id"), result.getString("sql_key"), result.getString("reason")),
                        pair,
                        recordIds.toArray(String[]::new))
                .stream()
                .collect(Collectors.toMap(Parked::recordId, Function.identity()));
    }

    long parkedRecords() {
        return jdbc.queryForObject("SELECT count(*) FROM feishu.sync_parked WHERE pair = ?", Long.class, pair);
    }

    /** Ids of the records that are linked or parked, in pages. */
    void eachRecord(Consumer<List<String>> page) {
        pages(
                "SELECT record_id FROM (SELECT record_id FROM feishu.sync_link WHERE pair = ? AND record_id > ?"
                        + " UNION ALL SELECT record_id FROM feishu.sync_parked WHERE pair = ? AND record_id > ?) known"
                        + " ORDER BY record_id LIMIT " + PAGE,
                (result, number) -> result.getString(1),
                after -> new Object[] {pair, after, pair, after},
                Function.identity(),
                page);
    }

    /** How many records are linked or parked. */
    long recordsKnown() {
        return parkedRecords()
                + jdbc.queryForObject("SELECT count(record_id) FROM feishu.sync_link WHERE pair = ?", Long.class, pair);
    }

    // ---- records without a link, for a first link

    /** A record without a link, with its key and the Sync ID it carries, either of which may be null. */
    record Candidate(String recordId, String key, String syncId) {}

    RecordIndex.Progress indexProgress() {
        return jdbc.queryForObject(
                "SELECT index_token, index_read_at, indexed_at FROM feishu.sync_pair WHERE name = ?",
                (result, number) -> new RecordIndex.Progress(
                        result.getString("index_token"),
                        instant(result, "index_read_at"),
                        instant(result, "indexed_at")),
                pair);
    }

    void clearCandidates() {
        commit(() -> {
            jdbc.update("DELETE FROM feishu.sync_candidate WHERE pair = ?", pair);
            jdbc.update("UPDATE feishu.sync_pair SET index_token = NULL, indexed_at = NULL WHERE name = ?", pair);
        });
    }

    /** @param next token of the next page, null when the look is complete */
    void saveCandidates(List<Candidate> candidates, String next, Instant now) {
        commit(() -> {
            jdbc.update(
                    "INSERT INTO feishu.sync_candidate (pair, record_id, sql_key, sync_id)"
                            + " SELECT ?, c.record_id, c.sql_key, c.sync_id"
                            + " FROM unnest(?::text[], ?::text[], ?::text[]) AS c (record_id, sql_key, sync_id)"
                            + " ON CONFLICT (pair, record_id) DO NOTHING",
                    pair,
                    array(candidates, Candidate::recordId),
                    array(candidates, Candidate::key),
                    array(candidates, Candidate::syncId));
            jdbc.update(
                    "UPDATE feishu.sync_pair SET index_token = ?::text, index_read_at = ?,"
                            + " indexed_at = CASE WHEN ?::text IS NULL THEN ?::timestamptz END WHERE name = ?",
                    next,
                    time(now),
                    next,
                    time(now),
                    pair);
        });
    }

    /** Ids of records with one of the keys or of the Sync IDs. */
    List<String> candidates(Collection<String> keys, Collection<String> syncIds) {
        return jdbc.queryForList(
                "SELECT record_id FROM feishu.sync_candidate WHERE pair = ? AND sql_key = ANY(?)"
                        + " UNION SELECT record_id FROM feishu.sync_candidate WHERE pair = ? AND sync_id = ANY(?)",
                String.class,
                pair,
                keys.toArray(String[]::new),
                pair,
                syncIds.toArray(String[]::new));
    }

    private static <T> String[] array(Collection<T> rows, Function<T, Object> value) {
        return rows.stream()
                .map(value)
                .map(item -> item == null ? null : item.toString())
                .toArray(String[]::new);
    }

    // ---- figures

    PairStatus status() {
        return jdbc.queryForObject(
                "SELECT (SELECT count(*) FROM feishu.sync_link WHERE pair = p.name AND state IN ('linked', 'conflict')) AS linked,"
                        + " (SELECT count(*) FROM feishu.sync_link WHERE pair = p.name AND state = 'parked')"
                        + " + (SELECT count(*) FROM feishu.sync_parked WHERE pair = p.name)"
                        + " + (SELECT count(*) FROM feishu.sync_hold WHERE pair = p.name AND kind = 'ping_pong') AS parked,"
                        + " (SELECT count(*) FROM feishu.sync_journal WHERE pair = p.name"
                        + " AND why IN ('conflict', 'first_meeting', 'merged', 'decided')) AS conflicts,"
                        + " (SELECT count(*) FROM feishu.sync_link WHERE pair = p.name AND deletion = 'waiting') AS waiting,"
                        + " least((last_verify ->> 'divergent')::bigint, (SELECT count(*) FROM feishu.sync_dirty"
                        + " WHERE pair = p.name AND side = 'sql'"
                        + " AND marked_at <= (last_verify ->> 'finished_at')::timestamptz)) AS divergent,"
                        + " (last_verify ->> 'finished_at')::timestamptz AS last_verify"
                        + " FROM feishu.sync_pair p WHERE name = ?",
                (result, number) -> new PairStatus(
                        result.getLong("linked"),
                        result.getLong("parked"),
                        result.getLong("conflicts"),
                        result.getLong("waiting"),
                        result.getLong("divergent"),
                        instant(result, "last_verify")),
                pair);
    }

    // ---- values

    private RowMapper<Link> linkMapper() {
        return (result, number) -> new Link(
                result.getObject("pair_id", UUID.class),
                result.getString("sql_key"),
                result.getString("record_id"),
                Link.State.valueOf(result.getString("state").toUpperCase(Locale.ROOT)),
                strings(result.getString("shadow_sql")),
                strings(result.getString("shadow_bitable")),
                strings(result.getString("seen_sql")),
                strings(result.getString("seen_bitable")),
                result.getObject("code", Integer.class),
                result.getString("reason"),
                result.getInt("absences"),
                result.getString("deletion"),
                result.getObject("request_id", Long.class),
                instant(result, "recorded_at"));
    }

    private Map<String, String> strings(String json) {
        try {
            return json == null ? null : mapper.readValue(json, STRINGS);
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private Map<UUID, Map<String, Agreed>> sent(String json) {
        try {
            return new LinkedHashMap<>(mapper.readValue(json, SENT));
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private Map<UUID, Map<String, Unseen.Replaced>> replaced(String json) {
        try {
            return new LinkedHashMap<>(mapper.readValue(json, REPLACED));
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private Agreed agreed(String json) {
        try {
            return json == null ? null : mapper.readValue(json, Agreed.class);
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private String json(Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static String lower(Batch.Side side) {
        return side.name().toLowerCase(Locale.ROOT);
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Instant instant(ResultSet result, String column) throws SQLException {
        var time = result.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
