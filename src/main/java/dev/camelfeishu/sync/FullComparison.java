package dev.camelfeishu.sync;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.openapi.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Both sides of a pair, read in full, beside each other: digests by bucket and the rows that differ, by name. Where a route
 * changes values on their way, a value of Bitable that was agreed on counts as the one of SQL, and so does a field that waits for
 * a person. Parked links are left out.
 *
 * <p>Records come in pages, each with its rows and links; then the rows that no record has shown. What differs is marked page by
 * page, and of each row only a few bytes are kept.
 */
final class FullComparison {

    private static final int DIFFERENCES_NAMED = 1000;
    private static final int KEYS_NAMED = 100;

    private final List<ColumnMapping> columns;
    private final PairSchema.Snapshot fields;
    private final BitableTable table;
    private final SqlTable sql;
    private final SyncStore store;
    private final BitableLook look;
    private final Instant now;
    private final BucketDigests ofSql;
    private final BucketDigests ofBitable;
    private final ArrayNode differing;
    private final List<String> keys = new ArrayList<>();
    private final Fingerprints records = new Fingerprints();
    private final Fingerprints rows = new Fingerprints();
    /** Keys of links whose record was seen. */
    private final Fingerprints met = new Fingerprints();

    /** Fields that wait for a person, by pair id and column. */
    private final Map<UUID, Map<String, Hold>> holds;

    private final boolean alsoUnlinked;
    private long equal;
    private long divergent;
    private long missed;
    private int marked;

    FullComparison(
            PairDeclaration declaration,
            PairSchema.Snapshot fields,
            BitableTable table,
            SqlTable sql,
            SyncStore store,
            BitableLook look,
            ObjectMapper mapper,
            Instant now) {
        this.alsoUnlinked = declaration.creates().contains(Batch.Side.SQL);
        this.columns = declaration.columns().stream().filter(fields::has).toList();
        this.fields = fields;
        this.table = table;
        this.sql = sql;
        this.store = store;
        this.look = look;
        this.now = now;
        this.holds = store.holds();
        this.ofSql = new BucketDigests(mapper);
        this.ofBitable = new BucketDigests(mapper);
        this.differing = mapper.createArrayNode();
    }

    void run(Priority priority) {
        table.scan(fields.tableId(), priority, page -> ofRecords(page.records()));
        sql.changedSince(null, this::ofRows);
        store.eachPresence(this::ofLinks);
        // what is parked gets another try
        marked += store.mark(Batch.Side.SQL, Batch.Urgency.BACKFILL, store.parkedKeys(), now, Duration.ZERO);
    }

    private void ofRecords(List<BitableTable.Remote> page) {
        var fresh = page.stream().filter(remote -> records.add(remote.id())).toList();
        var links = store
                .linksByRecords(fresh.stream().map(BitableTable.Remote::id).toList())
                .stream()
                .collect(Collectors.toMap(Link::recordId, Function.identity()));
        var found = sql.byKeys(links.values().stream().map(Link::key).toList());
        var differ = new LinkedHashMap<String, Link>();
        for (var remote : fresh) {
            var link = links.get(remote.id());
            if (link == null
                    || link.state() == Link.State.PARKED
                    || !link.pairId().toString().equals(fields.syncId(remote))) {
                continue;
            }
            met.add(link.key());
            compare(link, found.get(link.key()), remote, differ);
        }
        var changed = look.changed(fields, fresh);
        mark(differ);
        marked += store.mark(Batch.Side.BITABLE, changed, now, Duration.ZERO);
    }

    /** Rows that no record has shown. */
    private void ofRows(List<SqlTable.Row> page) {
        var alone = page.stream()
                .filter(row -> rows.add(row.key()) && !met.contains(row.key()))
                .toList();
        var links = store.linksByKeys(alone.stream().map(SqlTable.Row::key).toList()).stream()
                .collect(Collectors.toMap(Link::key, Function.identity()));
        var differ = new LinkedHashMap<String, Link>();
        for (var row : alone) {
            var link = links.get(row.key());
            if (link == null) {
                // a row that is made on the SQL side may be of that side only
                if (!alsoUnlinked) {
                    continue;
                }
                differs(row.key(), null, "not linked", differ);
            } else if (link.state() != Link.State.PARKED) {
                compare(link, row, null, differ);
            }
        }
        mark(differ);
    }

    /** Links of which neither the row nor the record is there. */
    private void ofLinks(List<SyncStore.Presence> page) {
        var lost = page.stream()
                .map(SyncStore.Presence::key)
                .filter(key -> !met.contains(key) && !rows.contains(key))
                .toList();
        var differ = new LinkedHashMap<String, Link>();
        store.linksByKeys(lost).stream()
                .filter(link -> link.state() != Link.State.PARKED)
                .forEach(link -> compare(link, null, null, differ));
        mark(differ);
    }

    private void compare(Link link, SqlTable.Row row, BitableTable.Remote remote, Map<String, Link> differ) {
        var sqlValues = row == null ? null : valuesOf(row);
        var bitableValues = remote == null ? null : valuesOf(remote, link, sqlValues);
        if (sqlValues != null) {
            ofSql.add(link.pairId(), sqlValues);
        }
        if (bitableValues != null) {
            ofBitable.add(link.pairId(), bitableValues);
        }
        if (sqlValues == null || bitableValues == null) {
            // whether a record goes with its row is decided by the comparison of the keys
            differs(link.key(), link, sqlValues == null ? "no row" : "no record", differ);
        } else if (sqlValues.equals(bitableValues)) {
            equal++;
        } else {
            name(differs(link.key(), link, "values", differ), sqlValues, bitableValues);
        }
    }

    private List<String> valuesOf(SqlTable.Row row) {
        return columns.stream()
                .map(column -> row.canonical().get(column.name()).value())
                .toList();
    }

    private List<String> valuesOf(BitableTable.Remote remote, Link link, List<String> sqlValues) {
        var values = new ArrayList<String>();
        for (var column : columns) {
            var value = fields.read(column, remote).value();
            var other = sqlValues == null ? null : sqlValues.get(values.size());
            var held = sqlValues != null
                    && holds.getOrDefault(link.pairId(), Map.of()).containsKey(column.name());
            var same = sqlValues != null && same(column, link.agreed(column.name()), other, value);
            values.add(same || held ? other : value);
        }
        return values;
    }

    /** Whether the two values count as one: both agreed on, or an edit that the pair ignores. */
    private static boolean same(ColumnMapping column, Agreed agreed, String ofSql, String ofBitable) {
        if (agreed == null || !column.ignoresEdits()) {
            return new Agreed(ofSql, ofBitable).equals(agreed);
        }
        return column.owner() == ColumnMapping.Owner.SQL
                ? Objects.equals(agreed.sql(), ofSql)
                : Objects.equals(agreed.bitable(), ofBitable);
    }

    /** Answers where the difference is named, null when enough are. */
    private ObjectNode differs(String key, Link link, String how, Map<String, Link> differ) {
        divergent++;
        differ.put(key, link);
        if (keys.size() < KEYS_NAMED) {
            keys.add(key);
        }
        if (differing.size() == DIFFERENCES_NAMED) {
            return null;
        }
        var named = differing.addObject().put("key", key).put("how", how);
        if (link != null) {
            named.put("pair_id", link.pairId().toString())
                    .put("record_id", link.recordId())
                    .put("bucket", BucketDigests.bucket(link.pairId()));
        }
        return named;
    }

    private void name(ObjectNode named, List<String> sqlValues, List<String> bitableValues) {
        if (named == null) {
            return;
        }
        var cells = named.putArray("columns");
        for (var number = 0; number < columns.size(); number++) {
            if (!Objects.equals(sqlValues.get(number), bitableValues.get(number))) {
                cells.addObject()
                        .put("column", columns.get(number).name())
                        .put("sql", sqlValues.get(number))
                        .put("bitable", bitableValues.get(number));
            }
        }
    }

    /** Marks the rows that differ; those that nothing had marked were missed. */
    private void mark(Map<String, Link> differ) {
        var unmarked = store.unmarked(Batch.Side.SQL, differ.keySet());
        var recordIds = unmarked.stream()
                .map(differ::get)
                .filter(Objects::nonNull)
                .map(Link::recordId)
                .filter(Objects::nonNull)
                .toList();
        missed += unmarked.size()
                - recordIds.size()
                + store.unmarked(Batch.Side.BITABLE, recordIds).size();
        marked += store.mark(Batch.Side.SQL, differ.keySet(), now, Duration.ZERO);
    }

    int rows() {
        return rows.size();
    }

    int records() {
        return records.size();
    }

    long equal() {
        return equal;
    }

    /** Rows with a field that waits for a person. */
    int held() {
        return holds.size();
    }

    /** Rows that differ, parked ones not among them. */
    long divergent() {
        return divergent;
    }

    /** Rows that differ and that nothing had marked. */
    long missed() {
        return missed;
    }

    /** Rows and records that were marked. */
    int marked() {
        return marked;
    }

    /** Keys of the first hundred rows that differ. */
    Collection<String> keys() {
        return keys.stream().sorted().toList();
    }

    /** Writes columns, digests and differences; ends the comparison. */
    void describe(ObjectNode report) {
        columns.forEach(column -> report.withArrayProperty("columns").add(column.name()));
        var left = ofSql.finish();
        var right = ofBitable.finish();
        left.forEach(report.putArray("sql_buckets")::add);
        right.forEach(report.putArray("bitable_buckets")::add);
        var unequal = report.putArray("unequal_buckets");
        for (var bucket = 0; bucket < BucketDigests.BUCKETS; bucket++) {
            if (!left.get(bucket).equals(right.get(bucket))) {
                unequal.add(bucket);
            }
        }
        report.set("differing", differing);
    }
}
