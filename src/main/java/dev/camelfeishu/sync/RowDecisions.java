package dev.camelfeishu.sync;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides what becomes of each row and of each of its columns; writes nothing. */
final class RowDecisions {

    private static final Logger LOG = LoggerFactory.getLogger(RowDecisions.class);
    private static final int ROW_ATTEMPTS = 8;

    /** A record that was just made may not be seen yet on a replica. */
    private static final Duration REPLICA_LAG = Duration.ofSeconds(5);

    private final Cycle cycle;
    private final RowTransform transform;

    RowDecisions(Cycle cycle, RowTransform transform) {
        this.cycle = cycle;
        this.transform = transform;
    }

    void decide(Work work) {
        var link = work.link;
        if (!work.unwritable.isEmpty()) {
            return;
        }
        if (work.row == null) {
            work.delete = link != null && Link.APPROVED.equals(link.deletion());
            return;
        }
        if (work.remote == null
                && link != null
                && link.recordId() != null
                && link.recordedAt() != null
                && cycle.clock.instant().isBefore(link.recordedAt().plus(REPLICA_LAG))) {
            work.again = true;
            return;
        }
        if (work.remote != null && unchanged(work)) {
            return;
        }
        try {
            if (!transform(work)) {
                return;
            }
        } catch (RuntimeException refused) {
            LOG.warn(
                    "Pair {}: the transform of {} failed.",
                    cycle.declaration.name(),
                    Cycle.printable(work.key),
                    refused);
            if (work.attempts() + 1 < ROW_ATTEMPTS) {
                work.failed = true;
            } else {
                work.unwritable.add("the route's transform failed: " + refused);
            }
        }
    }

    /** Both sides hold exactly what was agreed: the usual end of an echo. */
    private boolean unchanged(Work work) {
        var link = work.link;
        if (link == null || link.state() != Link.State.LINKED || !Objects.equals(link.recordId(), work.remote.id())) {
            return false;
        }
        return cycle.declaration.columns().stream().filter(cycle.fields::has).allMatch(column -> {
                    var agreed = link.agreed(column.name());
                    return agreed != null
                            && !cycle.doubts
                                    .getOrDefault(link.pairId(), Map.of())
                                    .containsKey(column.name())
                            && Objects.equals(
                                    agreed.sql(),
                                    work.row.canonical().get(column.name()).value())
                            && Objects.equals(
                                    agreed.bitable(),
                                    cycle.fields.read(column, work.remote).value());
                })
                && link.pairId().toString().equals(cycle.fields.syncId(work.remote));
    }

    /** Answers false when the route left the row alone. */
    private boolean transform(Work work) {
        var row = new LinkedHashMap<String, Object>();
        cycle.declaration
                .columns()
                .forEach(column ->
                        row.put(column.name(), java(column, work.row.canonical().get(column.name()))));
        var offeredRow = transform.toBitable(new LinkedHashMap<>(row));
        Map<String, Object> record = new LinkedHashMap<>();
        Map<String, Object> offeredRecord = Map.of();
        if (work.remote != null && offeredRow != null) {
            cycle.declaration.columns().stream()
                    .filter(cycle.fields::has)
                    .forEach(
                            column -> record.put(column.field(), java(column, cycle.fields.read(column, work.remote))));
            offeredRecord = transform.toErp(new LinkedHashMap<>(record));
        }
        if (offeredRow == null || offeredRecord == null) {
            work.unwritable.add("left alone by the route");
            return false;
        }
        var toBitable = new LinkedHashMap<String, Reading>();
        for (var column : cycle.declaration.columns()) {
            if (cycle.fields.has(column)) {
                var own = work.row.canonical().get(column.name());
                toBitable.put(column.name(), writable(column, offered(column, own, row, offeredRow, column.name())));
            }
        }
        work.toBitable = toBitable;
        if (work.remote == null) {
            work.create = true;
            for (var column : cycle.declaration.columns()) {
                var reading = toBitable.get(column.name());
                if (reading != null && !reading.valid() && column.owner() != ColumnMapping.Owner.BITABLE) {
                    var isKey = column.equals(cycle.declaration.keyColumn());
                    (isKey ? work.unwritable : work.leftOut)
                            .add(column.name() + " '" + reading.value() + "': " + reading.problem());
                }
            }
            return true;
        }
        var pairId = work.link == null ? work.freshId : work.link.pairId();
        for (var column : cycle.declaration.columns()) {
            if (cycle.fields.has(column)) {
                var own = cycle.fields.read(column, work.remote);
                var side = new ThreeWayMerge.Side(own, offered(column, own, record, offeredRecord, column.field()));
                decide(work, column, pairId, side);
            }
        }
        work.restoreSyncId = !pairId.toString().equals(cycle.fields.syncId(work.remote));
        return true;
    }

    private void decide(Work work, ColumnMapping column, UUID pairId, ThreeWayMerge.Side bitable) {
        var name = column.name();
        var ownSql = work.row.canonical().get(name);
        var sqlSide = new ThreeWayMerge.Side(ownSql, work.toBitable.get(name));
        var shadow = work.link == null ? null : work.link.agreed(name);
        for (var doubt : cycle.doubts.getOrDefault(pairId, Map.of()).getOrDefault(name, List.of())) {
            // our own write of unknown outcome is seen to have arrived: it is what was agreed, not somebody's edit
            var seen = doubt.kind() == Request.Kind.SQL
                    ? Objects.equals(ownSql.value(), doubt.sent().sql())
                    : Objects.equals(bitable.own().value(), doubt.sent().bitable());
            if (seen) {
                shadow = doubt.sent();
            }
        }
        var decision = ThreeWayMerge.decide(column, shadow, sqlSide, bitable);
        if (decision instanceof Decision.Agree agree) {
            cycle.remember(work, name, agree.agreed());
        } else if (decision instanceof Decision.ToBitable write) {
            work.bitableWrites.put(name, write.value());
            if (write.loss() != null) {
                work.bitableLosses.put(name, write.loss());
            }
        } else if (decision instanceof Decision.ToSql write) {
            work.sqlWrites.put(name, write.value());
            if (write.loss() != null) {
                work.sqlLosses.put(name, write.loss());
            }
        } else if (decision instanceof Decision.Unwritable blocked) {
            work.unwritable.add(name + " " + blocked.reason());
        } else if (shadow != null && work.link != null && !shadow.equals(work.link.agreed(name))) {
            cycle.remember(work, name, shadow);
        }
    }

    private static Object java(ColumnMapping column, Reading reading) {
        return reading.valid() ? column.lens().toJava(reading.value()) : reading.value();
    }

    private static Reading offered(
            ColumnMapping column, Reading own, Map<String, Object> given, Map<String, Object> answered, String name) {
        return !answered.containsKey(name) || Objects.equals(answered.get(name), given.get(name))
                ? own
                : column.lens().fromSql(answered.get(name));
    }

    private static Collection<?> options(ColumnMapping column, Reading reading) {
        var value = column.lens().toJava(reading.value());
        if (value == null || column.owner() == ColumnMapping.Owner.BITABLE) {
            return List.of();
        }
        if (column.type() instanceof FieldType.SingleSelect) {
            return List.of(value);
        }
        return column.type() instanceof FieldType.MultiSelect ? (List<?>) value : List.of();
    }

    private Reading writable(ColumnMapping column, Reading reading) {
        var field = cycle.fields.fields().get(column.name());
        if (reading.valid() && !field.options().values().containsAll(options(column, reading))) {
            return Reading.invalid(
                    reading.value(), "the field " + field.name() + " has no such option; add it in Bitable");
        }
        return reading;
    }
}
