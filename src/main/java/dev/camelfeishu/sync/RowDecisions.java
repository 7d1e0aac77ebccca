package dev.camelfeishu.sync;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides what becomes of each row and of each of its columns; writes nothing. */
final class RowDecisions {

    private static final Logger LOG = LoggerFactory.getLogger(RowDecisions.class);
    private static final int ROW_ATTEMPTS = 8;
    /** Cells of one cycle whose author is asked for. */
    private static final int MOST_AUTHORS = 20;

    /** A record that was just made may not be seen yet on a replica. */
    private static final Duration REPLICA_LAG = Duration.ofSeconds(5);

    private final Cycle cycle;
    private final RowTransform transform;
    private final Existence existence;
    private int authorsAsked;

    RowDecisions(Cycle cycle, RowTransform transform) {
        this.cycle = cycle;
        this.transform = transform;
        this.existence = new Existence(cycle);
    }

    void decide(Work work) {
        var link = work.link;
        if (!work.unwritable.isEmpty()) {
            return;
        }
        if (work.row != null
                && work.remote == null
                && link != null
                && link.recordId() != null
                && link.recordedAt() != null
                && cycle.clock.instant().isBefore(link.recordedAt().plus(REPLICA_LAG))) {
            work.again = true;
            return;
        }
        if (existence.settles(work) || work.remote != null && unchanged(work)) {
            return;
        }
        try {
            if (!transform(work)) {
                return;
            }
        } catch (RowVetoedException vetoed) {
            work.unwritable.add("vetoed by the route: " + vetoed.getMessage());
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
        if (cycle.unseen.containsKey(link.pairId()) || cycle.holds.containsKey(link.pairId())) {
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
                    .forEach(column -> record.put(column.name(), java(column, reading(work, column))));
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
                toBitable.put(column.name(), writable(column, offered(column, own, row, offeredRow)));
            }
        }
        work.toBitable = toBitable;
        if (work.remote == null) {
            work.create = true;
            for (var column : cycle.declaration.columns()) {
                var reading = toBitable.get(column.name());
                if (reading != null && !reading.valid() && column.owner() != ColumnMapping.Owner.BITABLE) {
                    var isKey = cycle.declaration.sql().key().contains(column.name());
                    (isKey ? work.unwritable : work.leftOut)
                            .add(column.name() + " '" + reading.value() + "': " + reading.problem());
                    awaits(work, column);
                }
            }
            return true;
        }
        var pairId = work.link == null ? work.freshId : work.link.pairId();
        for (var column : cycle.declaration.columns()) {
            if (cycle.fields.has(column)) {
                var own = reading(work, column);
                var side = new ThreeWayMerge.Side(own, offered(column, own, record, offeredRecord));
                decide(work, column, pairId, side);
            }
        }
        work.restoreSyncId = !pairId.toString().equals(cycle.fields.syncId(work.remote));
        return true;
    }

    /** What Bitable's side wants: a value that we replaced unseen, while nothing else has happened to the field. */
    private Reading reading(Work work, ColumnMapping column) {
        var present = cycle.fields.read(column, work.remote);
        return unseen(work, column, present)
                .map(unseen -> Reading.of(unseen.value()))
                .orElse(present);
    }

    private Optional<Unseen> unseen(Work work, ColumnMapping column, Reading present) {
        return undecided(work, column).filter(unseen -> Objects.equals(present.value(), unseen.wrote()));
    }

    /** A value that we replaced unseen, while both sides are believed to hold what replaced it. */
    private Optional<Unseen> undecided(Work work, ColumnMapping column) {
        var unseen = work.link == null
                ? null
                : cycle.unseen.getOrDefault(work.link.pairId(), Map.of()).get(column.name());
        return Optional.ofNullable(unseen)
                .filter(any -> new Agreed(
                                work.row.canonical().get(column.name()).value(), any.wrote())
                        .equals(work.link.agreed(column.name())));
    }

    /** What was agreed on: before our write, where the value that it replaced unseen has been put back, by a call without an answer. */
    private Agreed agreed(Work work, ColumnMapping column) {
        var present = cycle.fields.read(column, work.remote).value();
        var agreed = work.link == null ? null : work.link.agreed(column.name());
        var unseen = undecided(work, column).filter(any -> Objects.equals(present, any.value()));
        return unseen.isPresent() ? unseen.get().agreed() : agreed;
    }

    /** The policy with the unseen value as Bitable's, told in terms of what Bitable holds now. */
    private static Decision again(
            Work work, Unseen unseen, Decision decision, ThreeWayMerge.Side sql, ThreeWayMerge.Side bitable) {
        if (decision instanceof Decision.ToSql write) {
            return new Decision.Both(write.value(), write.loss(), unseen.value(), null);
        } else if (decision instanceof Decision.Both both) {
            return new Decision.Both(both.sql(), both.sqlLoss(), both.bitable(), null);
        } else if (decision instanceof Decision.ToBitable write && !Objects.equals(write.value(), unseen.wrote())) {
            return new Decision.ToBitable(write.value(), null);
        } else if (decision instanceof Decision.Undecided && unseen.agreed() != null) {
            // Bitable gets it back, and what was agreed before stands: a conflict for a person
            hold(work, unseen.pairId(), unseen.column(), Hold.Kind.CONFLICT, sql, bitable);
            work.bitableWrites.put(unseen.column(), unseen.value());
            work.both.put(unseen.column(), unseen.agreed());
        }
        return new Decision.Keep();
    }

    private void decide(Work work, ColumnMapping column, UUID pairId, ThreeWayMerge.Side bitable) {
        var name = column.name();
        var sql = new ThreeWayMerge.Side(work.row.canonical().get(name), work.toBitable.get(name));
        var unseen = unseen(work, column, cycle.fields.read(column, work.remote));
        if (unseen.isPresent()) {
            var decision = ThreeWayMerge.decide(
                    column,
                    unseen.get().agreed(),
                    sql,
                    bitable,
                    () -> ThreeWayMerge.later(work.row.changedAt(), work.remote.modifiedAt()));
            take(work, name, nameable(work, column, again(work, unseen.get(), decision, sql, bitable)));
            return;
        }
        var arrived = arrived(work, column, pairId, sql.own(), bitable.own());
        var shadow = arrived.map(Arrived::agreed).orElseGet(() -> agreed(work, column));
        var decision = ThreeWayMerge.decide(
                column,
                shadow,
                sql,
                bitable,
                () -> ThreeWayMerge.later(work.row.changedAt(), work.remote.modifiedAt()));
        var hold = cycle.holds.getOrDefault(pairId, Map.of()).get(name);
        if (hold != null) {
            decision = held(work, hold, decision, sql, bitable);
        } else if (decision instanceof Decision.Undecided) {
            hold(work, pairId, name, Hold.Kind.CONFLICT, sql, bitable);
        }
        if (arrived.filter(Arrived::perhaps).isPresent()) {
            decision = late(decision, sql.own().value(), bitable.own().value());
        }
        take(work, name, nameable(work, column, decision));
        if (decision instanceof Decision.Agree
                && shadow != null
                && Objects.equals(shadow.sql(), sql.own().value())) {
            // SQL has not moved, and Bitable shows it in another form than the one we took it to keep
            cycle.meters
                    .counter("feishu.sync.normalisation", "pair", cycle.declaration.name(), "field", name)
                    .increment();
        }
        if ((decision instanceof Decision.Keep || decision instanceof Decision.Undecided)
                && shadow != null
                && work.link != null
                && !shadow.equals(work.link.agreed(name))) {
            cycle.remember(work, name, shadow);
        }
    }

    /** The decision, unless it would write an id to SQL that nothing there is called by. */
    private Decision nameable(Work work, ColumnMapping column, Decision decision) {
        var toSql = decision instanceof Decision.ToSql write
                ? write.value()
                : decision instanceof Decision.Both both ? both.sql() : null;
        var unknown = toSql == null ? null : cycle.names.unknown(column, toSql);
        if (unknown != null) {
            cycle.names.awaited(column, List.of(unknown)).ifPresent(work.awaited::addAll);
            return new Decision.Unwritable("'" + unknown + "' " + cycle.names.why(column));
        }
        if (decision instanceof Decision.Unwritable) {
            awaits(work, column);
        }
        return decision;
    }

    private void take(Work work, String name, Decision decision) {
        if (decision instanceof Decision.Agree agree) {
            cycle.remember(work, name, agree.agreed());
        } else if (decision instanceof Decision.ToBitable write) {
            write(work.bitableWrites, work.bitableLosses, name, write.value(), write.loss());
        } else if (decision instanceof Decision.ToSql write) {
            write(work.sqlWrites, work.sqlLosses, name, write.value(), write.loss());
        } else if (decision instanceof Decision.Both both) {
            write(work.sqlWrites, work.sqlLosses, name, both.sql(), both.sqlLoss());
            write(work.bitableWrites, work.bitableLosses, name, both.bitable(), both.bitableLoss());
            work.both.put(name, new Agreed(both.sql(), both.bitable()));
        } else if (decision instanceof Decision.Unwritable blocked) {
            work.unwritable.add(name + " " + blocked.reason());
        }
    }

    private static void write(
            Map<String, String> writes,
            Map<String, Decision.Loss> losses,
            String name,
            String value,
            Decision.Loss loss) {
        writes.put(name, value);
        if (loss != null) {
            losses.put(name, loss);
        }
    }

    /**
     * An own write of unknown outcome that is seen to have been done: what it left on both sides was agreed on, and is nobody's
     * edit.
     *
     * @param perhaps whether it may be a person's edit all the same
     */
    private record Arrived(Agreed agreed, boolean perhaps) {}

    private Optional<Arrived> arrived(Work work, ColumnMapping column, UUID pairId, Reading ofSql, Reading ofBitable) {
        var name = column.name();
        var agreed = work.link == null ? null : work.link.agreed(name);
        Optional<Arrived> arrived = Optional.empty();
        for (var doubt : cycle.doubts.getOrDefault(pairId, Map.of()).getOrDefault(name, List.of())) {
            if (doubt.kind() == Request.Kind.SQL) {
                // it is done only where SQL holds what was read, so never after something else was agreed on
                if (Objects.equals(doubt.sent().sql(), ofSql.value()) && Objects.equals(doubt.before(), agreed)) {
                    // or somebody has written the same: nothing in SQL tells
                    arrived = Optional.of(new Arrived(doubt.sent(), true));
                }
            } else if (doubt.recordIds().contains(work.remote.id())
                    && Objects.equals(doubt.sent().bitable(), ofBitable.value())
                    && (agreed == null || !Objects.equals(agreed.bitable(), ofBitable.value()))) {
                var superseded = !Objects.equals(doubt.sent().sql(), ofSql.value());
                var author = superseded ? author(work, column, ofBitable.value()) : Echoes.Author.OWN;
                if (author != Echoes.Author.PERSON) {
                    arrived = Optional.of(new Arrived(doubt.sent(), author == Echoes.Author.UNTOLD));
                }
            }
        }
        return arrived;
    }

    /** Nobody can say whether what is overwritten was ours: it goes as if it was, and stays in the journal. */
    private static Decision late(Decision decision, String ofSql, String ofBitable) {
        if (decision instanceof Decision.ToBitable write && write.loss() == null) {
            return new Decision.ToBitable(
                    write.value(), new Decision.Loss(ofBitable, write.value(), Decision.Why.LATE));
        }
        return decision instanceof Decision.ToSql write && write.loss() == null
                ? new Decision.ToSql(write.value(), new Decision.Loss(ofSql, write.value(), Decision.Why.LATE))
                : decision;
    }

    private Echoes.Author author(Work work, ColumnMapping column, String value) {
        return authorsAsked++ < MOST_AUTHORS
                ? cycle.echoes.author(cycle.fields, work.remote.id(), column, value)
                : Echoes.Author.UNTOLD;
    }

    private static void hold(
            Work work, UUID pairId, String name, Hold.Kind kind, ThreeWayMerge.Side sql, ThreeWayMerge.Side bitable) {
        var values = new Hold(
                0,
                pairId,
                work.key,
                name,
                kind,
                sql.own().value(),
                bitable.own().value(),
                null,
                null);
        work.holds.put(name, values);
    }

    /** What becomes of a field that waits for a person. */
    private static Decision held(
            Work work, Hold hold, Decision decision, ThreeWayMerge.Side sql, ThreeWayMerge.Side bitable) {
        if (hold.kind() == Hold.Kind.PING_PONG) {
            if (decision instanceof Decision.Agree || decision instanceof Decision.Keep) {
                return decision;
            }
            hold(work, hold.pairId(), hold.column(), hold.kind(), sql, bitable);
            return new Decision.Undecided();
        }
        var over = decision instanceof Decision.Agree || decision instanceof Decision.Keep;
        if (!over && hold.decided(sql.own().value(), bitable.own().value())) {
            // also when one side has got its value already, and it is the one that was agreed on before
            work.released.add(hold.column());
            return decided(hold, sql, bitable);
        }
        if (decision instanceof Decision.Undecided) {
            hold(work, hold.pairId(), hold.column(), hold.kind(), sql, bitable);
        } else {
            work.released.add(hold.column());
        }
        return decision;
    }

    private static Decision decided(Hold hold, ThreeWayMerge.Side sql, ThreeWayMerge.Side bitable) {
        var toSql = hold.take() == Hold.Take.BITABLE ? bitable.offered().value() : hold.value();
        var toBitable = hold.take() == Hold.Take.SQL ? sql.offered().value() : hold.value();
        if (hold.take() == Hold.Take.SQL && !sql.offered().valid()) {
            return new Decision.Unwritable(
                    "'" + toBitable + "': " + sql.offered().problem());
        }
        var ofSql = new Decision.Loss(sql.own().value(), toSql, Decision.Why.DECIDED);
        var ofBitable = new Decision.Loss(bitable.own().value(), toBitable, Decision.Why.DECIDED);
        if (hold.take() == Hold.Take.SQL || Objects.equals(sql.own().value(), toSql)) {
            return new Decision.ToBitable(toBitable, ofBitable);
        }
        return hold.take() == Hold.Take.BITABLE || Objects.equals(bitable.own().value(), toBitable)
                ? new Decision.ToSql(toSql, ofSql)
                : new Decision.Both(toSql, ofSql, toBitable, ofBitable);
    }

    /** Notes what the column names that another pair has to link first. */
    private void awaits(Work work, ColumnMapping column) {
        cycle.names
                .awaited(column, SqlTable.named(work.row.values().get(column.name())))
                .ifPresent(work.awaited::addAll);
    }

    static Object java(ColumnMapping column, Reading reading) {
        return reading.valid() ? column.lens().toJava(reading.value()) : reading.value();
    }

    static Reading offered(ColumnMapping column, Reading own, Map<String, Object> given, Map<String, Object> answered) {
        var name = column.name();
        return !answered.containsKey(name) || Objects.equals(answered.get(name), given.get(name))
                ? own
                : column.lens().fromSql(answered.get(name));
    }

    private static Collection<?> options(ColumnMapping column, Reading reading) {
        var value = column.lens().toJava(reading.value());
        if (value == null || column.owner() == ColumnMapping.Owner.BITABLE) {
            return List.of();
        }
        if (column.type() instanceof FieldType.SingleSelect select) {
            return select.open() ? List.of() : List.of(value);
        }
        return column.type() instanceof FieldType.MultiSelect select && !select.open() ? (List<?>) value : List.of();
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
