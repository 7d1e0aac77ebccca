package dev.camelfeishu.sync;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Both sides of a pair, read in full, beside each other: digests by bucket and the rows that differ, by name. Where a route
 * changes values on their way, a value of Bitable that was agreed on counts as the one of SQL. Parked links are left out.
 */
final class FullComparison {

    private static final int DIFFERENCES_NAMED = 1000;

    private final List<ColumnMapping> columns;
    private final PairSchema.Snapshot fields;
    private final Map<String, SqlTable.Row> rows;
    private final Map<String, BitableTable.Remote> records;
    private final BucketDigests ofSql;
    private final BucketDigests ofBitable;
    private final ArrayNode differing;
    private final SortedSet<String> divergent = new TreeSet<>();
    private final SortedSet<String> parked = new TreeSet<>();
    private long equal;

    FullComparison(
            List<ColumnMapping> columns,
            PairSchema.Snapshot fields,
            Map<String, SqlTable.Row> rows,
            Map<String, BitableTable.Remote> records,
            ObjectMapper mapper) {
        this.columns = columns.stream().filter(fields::has).toList();
        this.fields = fields;
        this.rows = rows;
        this.records = records;
        this.ofSql = new BucketDigests(mapper);
        this.ofBitable = new BucketDigests(mapper);
        this.differing = mapper.createArrayNode();
    }

    void run(Collection<Link> links) {
        var linked = new TreeSet<String>();
        links.stream()
                .sorted(Comparator.comparing(link -> link.pairId().toString()))
                .forEach(link -> {
                    linked.add(link.key());
                    if (link.state() == Link.State.PARKED) {
                        parked.add(link.key());
                    } else {
                        compare(link);
                    }
                });
        rows.keySet().stream()
                .filter(key -> !linked.contains(key))
                .sorted()
                .forEach(key -> differs(key, null, "not linked"));
    }

    private void compare(Link link) {
        var row = rows.get(link.key());
        var remote = link.recordId() == null ? null : records.get(link.recordId());
        if (remote != null && !link.pairId().toString().equals(fields.syncId(remote))) {
            remote = null;
        }
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
            differs(link.key(), link, sqlValues == null ? "no row" : "no record");
        } else if (sqlValues.equals(bitableValues)) {
            equal++;
        } else {
            name(differs(link.key(), link, "values"), sqlValues, bitableValues);
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
            var agreed = sqlValues != null && new Agreed(other, value).equals(link.agreed(column.name()));
            values.add(agreed ? other : value);
        }
        return values;
    }

    /** Answers where the difference is named, null when enough are. */
    private ObjectNode differs(String key, Link link, String how) {
        divergent.add(key);
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

    long equal() {
        return equal;
    }

    /** Keys, parked ones not among them. */
    SortedSet<String> divergent() {
        return divergent;
    }

    /** Keys of the links that are parked. */
    SortedSet<String> parked() {
        return parked;
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
