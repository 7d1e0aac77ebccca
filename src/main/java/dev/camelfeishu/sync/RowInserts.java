package dev.camelfeishu.sync;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;

/**
 * Makes rows of records, each once. In one database the row and its link are one transaction; in two, what is to be made is
 * committed before, and the next cycle finds the row by its key, or by the pair id in its column for it.
 */
final class RowInserts {

    private static final Logger LOG = LoggerFactory.getLogger(RowInserts.class);

    private final Cycle cycle;
    private final RowTransform transform;

    RowInserts(Cycle cycle, RowTransform transform) {
        this.cycle = cycle;
        this.transform = transform;
    }

    /** The pair id of the row that is made of a record: the same at every attempt. */
    static UUID pairIdOf(String pair, String recordId) {
        return UUID.nameUUIDFromBytes((pair + "/" + recordId).getBytes(StandardCharsets.UTF_8));
    }

    void insert(Newcomer newcomer) {
        var leftOut = new ArrayList<String>();
        var awaited = new ArrayList<SyncStore.Awaited>();
        try {
            var values = values(newcomer, leftOut, awaited);
            if (values == null) {
                park(newcomer, "left alone by the route");
            } else {
                insert(newcomer, values, leftOut, awaited);
            }
        } catch (DuplicateKeyException taken) {
            if (newcomer.key() == null
                    || cycle.sql.existing(List.of(newcomer.key())).isEmpty()) {
                park(newcomer, refusal(taken));
            }
            // otherwise somebody made the row meanwhile: the mark stays, and the next cycle lets them meet
        } catch (DataAccessException refused) {
            if (!SqlWrites.rowRefused(refused)) {
                throw refused;
            }
            park(newcomer, refusal(refused));
        }
    }

    private String refusal(DataAccessException refused) {
        return cycle.declaration.sql().source() + " refuses the row: "
                + Objects.requireNonNullElse(refused.getMostSpecificCause().getMessage(), "no reason given");
    }

    /** What the row is made with, by column; null when the route leaves it alone. */
    private Map<String, String> values(Newcomer newcomer, List<String> leftOut, List<SyncStore.Awaited> awaited) {
        var columns =
                cycle.declaration.columns().stream().filter(cycle.fields::has).toList();
        var record = new LinkedHashMap<String, Object>();
        columns.forEach(column ->
                record.put(column.name(), RowDecisions.java(column, cycle.fields.read(column, newcomer.remote()))));
        var offered = transform.toErp(new LinkedHashMap<>(record));
        if (offered == null) {
            return null;
        }
        var values = new LinkedHashMap<String, String>();
        for (var column : columns) {
            var reading = RowDecisions.offered(column, cycle.fields.read(column, newcomer.remote()), record, offered);
            var unknown = reading.valid() ? cycle.names.unknown(column, reading.value()) : null;
            if (!reading.valid()) {
                leftOut.add(column.name() + " '" + reading.value() + "': " + reading.problem());
            } else if (unknown != null) {
                leftOut.add(column.name() + " '" + unknown + "' " + cycle.names.why(column));
                cycle.names.awaited(column, List.of(unknown)).ifPresent(awaited::addAll);
            } else {
                values.put(column.name(), reading.value());
            }
        }
        return values;
    }

    private void insert(
            Newcomer newcomer, Map<String, String> values, List<String> leftOut, List<SyncStore.Awaited> awaited) {
        var sql = cycle.declaration.sql();
        var pairId = newcomer.link() == null
                ? pairIdOf(cycle.declaration.name(), newcomer.remote().id())
                : newcomer.link().pairId();
        if (cycle.sharedDatabase()) {
            cycle.commit(() -> remember(
                    newcomer,
                    pairId,
                    cycle.sql.insert(newcomer.key(), pairId, values, cycle.store.jdbc()),
                    values,
                    leftOut,
                    awaited));
        } else if (newcomer.key() == null && sql.link() == null) {
            park(
                    newcomer,
                    "its key comes from another database than that of this application, which could make its row twice:"
                            + " declare `link` in sql, or `new-key: uuid`");
            return;
        } else {
            var request = freeze(newcomer, pairId);
            var made = cycle.sql.insert(newcomer.key(), pairId, values, null);
            cycle.commit(() -> {
                remember(newcomer, pairId, made, values, leftOut, awaited);
                cycle.store.settle(request);
            });
        }
        if (newcomer.mark() != null) {
            cycle.doneMarks.add(newcomer.mark());
        }
        cycle.written++;
    }

    private Request freeze(Newcomer newcomer, UUID pairId) {
        var frozen = new AtomicReference<Request>();
        cycle.commit(() -> frozen.set(cycle.store.freeze(
                Request.Kind.INSERT, newcomer.remote().id(), Map.of(pairId, Map.of()), cycle.clock.instant())));
        return frozen.get();
    }

    /** Links a row that was made, but not linked, with its record, before the poll takes it for one that needs a record. */
    void recover(Request request) {
        var pairId = request.sent().keySet().iterator().next();
        var recordId = request.body();
        var own = pairId.toString();
        var sql = cycle.declaration.sql();
        var made = sql.link() != null
                ? cycle.sql.keyOf(pairId)
                : cycle.sql.existing(List.of(own)).isEmpty() ? null : own;
        var linked = made == null
                || !cycle.store.linksByKeys(List.of(made)).isEmpty()
                || !cycle.store.linksByRecords(List.of(recordId)).isEmpty();
        var now = cycle.clock.instant();
        cycle.commit(() -> {
            if (!linked) {
                // nothing is agreed on: both sides may have been edited since
                var link = Link.fresh(pairId, made).withRecord(recordId, Link.State.LINKED, now);
                cycle.store.save(List.of(link), now);
                cycle.store.mark(Batch.Side.SQL, List.of(made), now, Duration.ZERO);
            }
            cycle.store.settle(request);
        });
    }

    private void remember(
            Newcomer newcomer,
            UUID pairId,
            String key,
            Map<String, String> values,
            List<String> leftOut,
            List<SyncStore.Awaited> awaited) {
        var now = cycle.clock.instant();
        var ofBitable = new LinkedHashMap<String, String>();
        values.keySet().stream()
                .filter(column -> !cycle.declaration.sql().key().contains(column))
                .forEach(name -> ofBitable.put(
                        name,
                        cycle.fields
                                .canonical(cycle.declaration.columns(), newcomer.remote())
                                .get(name)));
        var ofSql = new LinkedHashMap<>(values);
        ofSql.keySet().retainAll(ofBitable.keySet());
        // an empty value may have become the database's own: it is looked at when the row is seen
        ofSql.values().removeIf(Objects::isNull);
        ofBitable.keySet().retainAll(ofSql.keySet());
        var link = Link.fresh(pairId, key)
                .withRecord(newcomer.remote().id(), Link.State.LINKED, now)
                .withShadows(ofSql, ofBitable);
        cycle.store.save(
                List.of(leftOut.isEmpty() ? link : link.as(Link.State.PARKED, null, String.join("; ", leftOut))), now);
        cycle.store.saveAbsences(Map.of(key, 0), Map.of());
        cycle.store.await(key, awaited);
        cycle.store.unpark(List.of(newcomer.remote().id()));
        // the record gets its Sync ID, and what the database gave the row
        cycle.store.mark(Batch.Side.SQL, List.of(key), now, Duration.ZERO);
    }

    private void park(Newcomer newcomer, String reason) {
        LOG.warn(
                "Pair {}: no row for the record {}: {}",
                cycle.declaration.name(),
                newcomer.remote().id(),
                Cycle.printable(reason));
        var now = cycle.clock.instant();
        cycle.commit(() -> {
            if (newcomer.link() == null) {
                cycle.store.park(List.of(new SyncStore.Parked(newcomer.remote().id(), newcomer.key(), reason)), now);
            } else {
                cycle.store.save(List.of(newcomer.link().as(Link.State.PARKED, null, reason)), now);
            }
        });
        cycle.parked++;
        if (newcomer.mark() != null) {
            cycle.doneMarks.add(newcomer.mark());
        }
    }
}
