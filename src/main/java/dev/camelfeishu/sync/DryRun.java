package dev.camelfeishu.sync;

import dev.camelfeishu.openapi.Priority;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds out what a first link would do: reads all records page by page, each page with the rows of its keys, and decides as the
 * link would, but writes nothing on either side. What routes change on the way is not seen.
 */
final class DryRun {

    private static final int SAMPLES = 10;
    /** Records in one page of a search, and in one batch_get. */
    private static final int PAGE = 500;

    private static final double SECONDS_A_WRITE = 1;
    /** 20 a second are allowed. */
    private static final double SECONDS_A_READ = 0.05;

    private final PairDeclaration declaration;
    private final PairSchema.Plan plan;
    private final BitableTable table;
    private final SqlTable sql;
    private final SyncStore store;
    private final Quota quota;
    private final Clock clock;
    private final Admission admission;

    private final Fingerprints seen = new Fingerprints();
    private final Fingerprints matched = new Fingerprints();
    private final List<Preview.Sample> samples = new ArrayList<>();
    private long insert;
    private long leftAlone;
    private long fillBitable;
    private long fillSql;
    private long overwriteBitable;
    private long overwriteSql;
    private long conflicts;
    private long unwritable;

    DryRun(
            PairDeclaration declaration,
            PairSchema.Plan plan,
            BitableTable table,
            SqlTable sql,
            SyncStore store,
            Quota quota,
            Clock clock) {
        this.declaration = declaration;
        this.plan = plan;
        this.table = table;
        this.sql = sql;
        this.store = store;
        this.quota = quota;
        this.clock = clock;
        this.admission = new Admission(declaration.bitable().filter(), table, clock);
    }

    Preview run() {
        if (plan.fields() != null) {
            table.scan(plan.fields().tableId(), Priority.BULK, this::page);
        }
        var rows = sql.count();
        var linked = store.linkedRows();
        var link = matched.size();
        var create = declaration.creates().contains(Batch.Side.SQL) ? Math.max(0, rows - linked - link) : 0;
        var batch = declaration.pace().batch();
        var reads = 4 + 2 * pages(seen.size(), PAGE) + 2 * pages(link, BitableTable.MOST_READ);
        var writes = plan.makes().size() + pages(create, batch) + pages(link, batch);
        return new Preview(
                clock.instant(),
                plan.makes(),
                rows,
                seen.size(),
                linked,
                link,
                create,
                insert,
                leftAlone,
                fillBitable,
                fillSql,
                overwriteBitable,
                overwriteSql,
                conflicts,
                unwritable,
                reads + writes,
                Math.round((reads * SECONDS_A_READ + writes * SECONDS_A_WRITE) / 6) / 10.0,
                quota.limit() == 0 ? null : Math.round((reads + writes) * 1000.0 / quota.limit()) / 10.0,
                samples);
    }

    private static long pages(long records, int size) {
        return (records + size - 1) / size;
    }

    private void page(BitableTable.Page page) {
        var fields = plan.fields();
        var fresh =
                page.records().stream().filter(remote -> seen.add(remote.id())).toList();
        var links = store
                .linksByRecords(fresh.stream().map(BitableTable.Remote::id).toList())
                .stream()
                .collect(Collectors.toMap(Link::recordId, Function.identity()));
        var keys = new HashMap<String, String>();
        fresh.stream()
                .filter(remote -> !links.containsKey(remote.id()))
                .forEach(remote -> keys.put(
                        remote.id(),
                        declaration.keyColumns().stream().allMatch(fields::has)
                                ? fields.key(declaration.keyColumns(), remote)
                                : null));
        var rows = sql.byKeys(keys.values().stream().filter(Objects::nonNull).toList());
        for (var remote : fresh) {
            if (keys.containsKey(remote.id())) {
                var row = rows.get(keys.get(remote.id()));
                if (row == null && becomesRow(keys.get(remote.id())) && admission.admits(fields, remote)) {
                    insert++;
                } else if (row == null || !matched.add(row.key())) {
                    leftAlone++;
                } else {
                    meet(row, remote);
                }
            }
        }
    }

    /** Whether a row is made of a record with this key, which no row has. */
    private boolean becomesRow(String key) {
        return declaration.creates().contains(Batch.Side.BITABLE)
                && (key != null) == (declaration.sql().newKey() == PairDeclaration.NewKey.RECORD);
    }

    private void meet(SqlTable.Row row, BitableTable.Remote remote) {
        for (var column : declaration.columns()) {
            if (plan.fields().has(column)) {
                var sqlSide = ThreeWayMerge.Side.of(row.canonical().get(column.name()));
                var bitableSide = ThreeWayMerge.Side.of(plan.fields().read(column, remote));
                count(row.key(), column, decision(column, row, remote, sqlSide, bitableSide));
            }
        }
    }

    private static Decision decision(
            ColumnMapping column,
            SqlTable.Row row,
            BitableTable.Remote remote,
            ThreeWayMerge.Side sqlSide,
            ThreeWayMerge.Side bitableSide) {
        return ThreeWayMerge.decide(
                column, null, sqlSide, bitableSide, () -> ThreeWayMerge.later(row.changedAt(), remote.modifiedAt()));
    }

    private void count(String key, ColumnMapping column, Decision decision) {
        if (decision instanceof Decision.ToBitable write) {
            if (write.loss() == null) {
                fillBitable++;
            } else {
                overwriteBitable++;
                lose(key, column, "bitable", write.loss());
            }
        } else if (decision instanceof Decision.ToSql write) {
            if (write.loss() == null) {
                fillSql++;
            } else {
                overwriteSql++;
                lose(key, column, "sql", write.loss());
            }
        } else if (decision instanceof Decision.Both both) {
            count(key, column, new Decision.ToSql(both.sql(), both.sqlLoss()));
            count(key, column, new Decision.ToBitable(both.bitable(), both.bitableLoss()));
        } else if (decision instanceof Decision.Undecided) {
            conflicts++;
        } else if (decision instanceof Decision.Unwritable) {
            unwritable++;
        }
    }

    private void lose(String key, ColumnMapping column, String side, Decision.Loss loss) {
        if (column.owner() == ColumnMapping.Owner.BOTH && loss.why() == Decision.Why.FIRST_MEETING) {
            conflicts++;
        }
        if (samples.size() < SAMPLES) {
            samples.add(new Preview.Sample(key, column.name(), side, loss.losing(), loss.winning()));
        }
    }
}
