package dev.camelfeishu.sync;

import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.openapi.FeishuRetryableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * One cycle over one batch: settle what an earlier cycle left open, read both sides, decide, commit the losses and the
 * requests, act, remember. An interruption at any point leaves marks and requests behind from which the next cycle goes on.
 *
 * <p>Behind a back-fill that only makes records, further cycles follow under the same lease: while the last call of one is
 * under way, the rows of the next are read, decided and frozen. There is one call at a time all the same.
 */
final class MergeCycle {

    private static final Logger LOG = LoggerFactory.getLogger(MergeCycle.class);

    private static final Set<Decision.Why> CONFLICTS =
            EnumSet.of(Decision.Why.CONFLICT, Decision.Why.FIRST_MEETING, Decision.Why.MERGED, Decision.Why.DECIDED);

    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    /** So long one lease may go from batch to batch: whoever stops the pair waits for its end. */
    private static final Duration LONGEST_MERGE = Duration.ofSeconds(15);

    private final Cycle cycle;
    private final CycleReader reader;
    private final RowDecisions decisions;
    private final CreateRequests creates;
    private final UpdateRequests updates;
    private final DeleteRequests deletes;
    private final SqlWrites sqlWrites;
    private final RowInserts rowInserts;
    private final RowDeletes rowDeletes;

    private final Function<Batch, Cycle> cycles;
    private final RowTransform transform;

    private final Map<Request, List<Work>> sqlRequests = new LinkedHashMap<>();
    private final Map<Request, List<Work>> updateRequests = new LinkedHashMap<>();
    private final Map<Request, List<Work>> deleteRequests = new LinkedHashMap<>();
    private final Map<Request, List<Work>> rowDeleteRequests = new LinkedHashMap<>();
    private List<List<Work>> made = List.of();
    /** The first of the requests that make records; the others are frozen one by one. */
    private CreateRequests.Frozen first;

    private Flight<CreateRequests.Frozen, CreateRequests.Answer> flight;
    private boolean acting;
    private boolean failed;
    private String problem;
    private RuntimeException failure;

    /** From then on no other follows. */
    private Instant until;
    /** Has read, decided and frozen its rows while the last call of this one is under way; null when none follows. */
    private MergeCycle successor;

    /** @param cycles makes what the parts of a cycle share, for each batch anew */
    MergeCycle(Function<Batch, Cycle> cycles, Batch batch, RowTransform transform) {
        this.cycles = cycles;
        this.transform = transform;
        this.cycle = cycles.apply(batch);
        this.reader = new CycleReader(cycle);
        this.decisions = new RowDecisions(cycle, transform);
        this.creates = new CreateRequests(cycle);
        this.updates = new UpdateRequests(cycle);
        this.deletes = new DeleteRequests(cycle);
        this.sqlWrites = new SqlWrites(cycle);
        this.rowInserts = new RowInserts(cycle, transform);
        this.rowDeletes = new RowDeletes(cycle);
    }

    /** Works on the batch, and on those that follow it under the same lease. */
    Merged run() {
        until = cycle.clock.instant().plus(LONGEST_MERGE);
        attempt(() -> {
            recover();
            prepare();
        });
        var each = this;
        try {
            var merged = carryOut();
            var thrown = failure;
            while (each.successor != null) {
                var next = each.successor;
                // what is frozen is sent; a failure is not run into again and again
                next.until = each.failed ? Instant.MIN : until;
                // what is done is not held in memory by what follows
                each.successor = null;
                each = next;
                merged = merged.and(each.carryOut());
                thrown = thrown == null ? each.failure : thrown;
            }
            if (thrown != null) {
                throw thrown;
            }
            return merged;
        } finally {
            if (each.successor != null) {
                each.successor.land();
            }
        }
    }

    private Merged carryOut() {
        if (!failed) {
            attempt(this::act);
        }
        return end();
    }

    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (FeishuException refused) {
            if (RecordCodes.SCHEMA_CHANGED.contains(refused.code())) {
                cycle.schema.invalidate();
            } else if (!(refused instanceof FeishuRetryableException)) {
                failure = refused;
            }
            fail(refused);
        } catch (DataAccessException | IllegalStateException broken) {
            failure = broken;
            fail(broken);
        }
    }

    private void fail(RuntimeException cause) {
        failed = true;
        problem = cause.getMessage();
    }

    // ---- what an earlier cycle left open

    private void recover() {
        cycle.fields = cycle.schema.current();
        var pending = cycle.store.requests();
        for (var request : pending) {
            if (request.unknown()) {
                continue;
            }
            switch (request.kind()) {
                case CREATE -> creates.recover(request);
                case UPDATE, SQL -> cycle.commit(() -> cycle.store.doubt(request, cycle.clock.instant()));
                case DELETE -> cycle.commit(() -> cycle.store.settle(request));
                case INSERT -> rowInserts.recover(request);
            }
        }
        var known = new HashMap<UUID, Map<String, List<Cycle.Doubt>>>();
        for (var request : cycle.store.requests()) {
            if (request.unknown()) {
                var recordIds = request.kind() == Request.Kind.UPDATE
                        ? Set.copyOf(cycle.json(request.body()).findValuesAsText("record_id"))
                        : Set.<String>of();
                request.sent()
                        .forEach((pairId, sent) ->
                                sent.forEach((column, agreed) -> known.computeIfAbsent(pairId, id -> new HashMap<>())
                                        .computeIfAbsent(column, name -> new ArrayList<>())
                                        .add(new Cycle.Doubt(
                                                request.kind(), agreed, request.before(pairId, column), recordIds))));
            }
        }
        cycle.doubts = known;
    }

    /** Reads both sides, decides, and commits the losses and the requests. */
    private void prepare() {
        cycle.fields = cycle.schema.current();
        reader.load();
        cycle.works.values().forEach(decisions::decide);
        var now = cycle.clock.instant();
        var creations = cycle.works.values().stream()
                .filter(work -> work.create && work.unwritable.isEmpty())
                .toList();
        var sqlRows = cycle.works.values().stream()
                .filter(work -> !work.sqlWrites.isEmpty())
                .toList();
        var changed = cycle.works.values().stream()
                .filter(work -> work.remote != null && work.row != null && !work.create && !work.failed)
                .filter(work -> !work.bitableWrites.isEmpty() || work.restoreSyncId)
                .toList();
        var gone = cycle.works.values().stream().filter(work -> work.delete).toList();
        var goneRows =
                cycle.works.values().stream().filter(work -> work.deleteRow).toList();
        cycle.commit(() -> {
            cycle.store.park(cycle.toPark, now);
            cycle.store.unpark(cycle.toUnpark);
            establish(
                    cycle.works.values().stream()
                            .filter(work -> !work.create || !work.unwritable.isEmpty())
                            .toList(),
                    null,
                    now);
            for (var chunk : chunks(sqlRows, BitableTable.MOST_WRITTEN)) {
                var request = cycle.store.freeze(Request.Kind.SQL, "", sent(chunk, Batch.Side.SQL), now);
                note(chunk, Batch.Side.SQL, request, now);
                cycle.store.replaces(request.id(), replaced(chunk, Batch.Side.SQL));
                sqlRequests.put(request, chunk);
            }
            for (var chunk : chunks(changed, cycle.size.now())) {
                var request = cycle.store.freeze(
                        Request.Kind.UPDATE, updates.body(chunk), sent(chunk, Batch.Side.BITABLE), now);
                note(chunk, Batch.Side.BITABLE, request, now);
                cycle.store.replaces(request.id(), replaced(chunk, Batch.Side.BITABLE));
                updateRequests.put(request, chunk);
            }
            for (var chunk : chunks(gone, Math.min(cycle.size.now(), BitableTable.MOST_DELETED))) {
                deleteRequests.put(deletes.freeze(chunk, now), chunk);
            }
            for (var chunk : chunks(goneRows, BitableTable.MOST_WRITTEN)) {
                rowDeleteRequests.put(rowDeletes.freeze(chunk, now), chunk);
            }
        });
        cycle.parked += cycle.toPark.size();
        List.of(creations, sqlRows, changed, gone, goneRows).forEach(works -> works.forEach(work -> work.open++));
        acting = true;
        made = chunks(creations, cycle.size.now());
        first = made.isEmpty() ? null : freeze(made.get(0));
    }

    private void act() {
        create();
        sqlRequests.forEach(sqlWrites::write);
        updateRequests.forEach(updates::send);
        deleteRequests.forEach(deletes::send);
        rowDeleteRequests.forEach(rowDeletes::delete);
        cycle.newcomers.forEach(rowInserts::insert);
    }

    /**
     * Makes the records. While one call is under way, the answer of the last is remembered and the next is made ready, the
     * first of the following cycle included.
     */
    private void create() {
        CreateRequests.Answer answered = null;
        var next = first;
        for (var number = 1; next != null; number++) {
            launch(next);
            try {
                if (answered != null) {
                    creates.finish(answered);
                }
                next = number < made.size() ? freeze(made.get(number)) : null;
                successor = next == null ? follow() : null;
            } catch (FeishuException | DataAccessException broken) {
                finishAfter(broken);
                throw broken;
            } finally {
                answered = land();
            }
        }
        if (answered != null) {
            if (successor != null && successor.first != null && answered.refusal() == null) {
                successor.launch(successor.first);
            }
            creates.finish(answered);
        }
    }

    private void launch(CreateRequests.Frozen request) {
        if (flight == null) {
            flight = new Flight<>(request, creates::call);
        }
    }

    /** Waits for the call that is under way; answers null when there is none. */
    private CreateRequests.Answer land() {
        var landing = flight;
        flight = null;
        return landing == null ? null : landing.await();
    }

    /** What was under way when another failed is not asked for again. */
    private void finishAfter(RuntimeException broken) {
        try {
            creates.finish(land());
        } catch (FeishuException | DataAccessException too) {
            broken.addSuppressed(too);
        }
    }

    /**
     * Makes ready the rows that are to be worked on next; null when there are none, when something more urgent waits, or when
     * this cycle does more than make records, so that the two might meet in a row.
     */
    private MergeCycle follow() {
        var now = cycle.clock.instant();
        var onlyCreates = cycle.batch.urgency() == Batch.Urgency.BACKFILL
                && cycle.batch.marks().stream().allMatch(mark -> mark.side() == Batch.Side.SQL)
                && sqlRequests.isEmpty()
                && updateRequests.isEmpty()
                && deleteRequests.isEmpty()
                && rowDeleteRequests.isEmpty();
        if (!onlyCreates || !now.isBefore(until) || Thread.currentThread().isInterrupted()) {
            return null;
        }
        return cycle.store
                .claimBehind(cycle.batch, now, cycle.size.now())
                .map(batch -> {
                    var next = new MergeCycle(cycles, batch, transform);
                    next.cycle.doubts = cycle.doubts;
                    next.attempt(next::prepare);
                    return next;
                })
                .orElse(null);
    }

    private CreateRequests.Frozen freeze(List<Work> chunk) {
        var now = cycle.clock.instant();
        var frozen = new ArrayList<CreateRequests.Frozen>();
        cycle.commit(() -> {
            var create = creates.freeze(chunk, now);
            establish(chunk, create.request().id(), now);
            frozen.add(create);
        });
        return frozen.get(0);
    }

    /**
     * Makes the links of rows that get or have found their record, and lists what is left alone.
     *
     * @param requestId of the request that makes their records; null for others
     */
    private void establish(Collection<Work> works, Long requestId, Instant now) {
        var links = new ArrayList<Link>();
        var replaced = new HashMap<String, String>();
        for (var work : works) {
            if (work.failed
                    || work.again
                    || work.delete
                    || work.deleteRow
                    || work.left
                    || work.due != null
                    || (work.row == null && work.unwritable.isEmpty())) {
                continue;
            }
            var link = work.link == null ? Link.fresh(work.freshId, work.key) : work.link;
            if (work.remote != null && !work.remote.id().equals(link.recordId())) {
                cycle.toUnpark.add(work.remote.id());
                link = link.withRecord(work.remote.id(), Link.State.LINKED, now);
            }
            if (!work.unwritable.isEmpty()) {
                link = link.as(Link.State.PARKED, null, String.join("; ", work.unwritable));
                cycle.parked++;
            } else if (work.create) {
                // a record that was deleted in Bitable: its pair goes on, with nothing agreed
                link = link.withRecord(null, Link.State.CREATING, null)
                        .withShadows(Map.of(), Map.of())
                        .as(Link.State.CREATING, null, null);
            } else if (!work.holds.isEmpty()) {
                link = link.as(Link.State.CONFLICT, null, null);
            } else {
                link = link.as(Link.State.LINKED, null, null);
            }
            var known = work.link == null ? null : work.link.recordId();
            if (known != null && !known.equals(link.recordId())) {
                replaced.put(known, link.key());
            }
            if (requestId != null || !link.equals(work.link)) {
                links.add(link);
                work.link = link;
            }
        }
        if (requestId == null) {
            cycle.store.save(links, now);
        } else {
            cycle.store.save(links, requestId, now);
        }
        cycle.store.awaitNewRecords(replaced);
        var holds = cycle.works.values().stream()
                .flatMap(work -> work.holds.values().stream())
                .toList();
        cycle.store.hold(holds, now);
        holds.stream()
                .filter(hold ->
                        !cycle.holds.getOrDefault(hold.pairId(), Map.of()).containsKey(hold.column()))
                .forEach(hold -> conflict());
        cycle.store.unpark(cycle.toUnpark);
        existence(works, now);
    }

    /** Remembers what is missing, what waits, and what is back. */
    private void existence(Collection<Work> works, Instant now) {
        cycle.store.miss(
                works.stream()
                        .filter(work -> work.missing)
                        .map(work -> work.link.pairId())
                        .toList(),
                now);
        cycle.store.waitForPerson(
                works.stream().filter(work -> work.waits).map(work -> work.key).toList());
        var present = works.stream()
                .filter(work -> work.row != null && work.link != null && (work.remote != null || work.create))
                .filter(work -> work.due == null && !work.deleteRow && !work.waits)
                .toList();
        cycle.store.found(present.stream()
                .map(work -> work.link.pairId())
                .filter(cycle.missing::containsKey)
                .toList());
        cycle.store.saveAbsences(
                present.stream()
                        .filter(work -> work.link.absences() > 0 || cycle.missing.containsKey(work.link.pairId()))
                        .collect(Collectors.toMap(work -> work.key, work -> 0)),
                Map.of());
        for (var work : present) {
            if (!work.awaited.isEmpty()) {
                cycle.store.await(work.key, work.awaited);
            }
            if (work.outlived != null) {
                var loss = new Decision.Loss(work.outlived, null, Decision.Why.EDIT_WON);
                cycle.store.note(work.link, cycle.fields.syncId().name(), Batch.Side.BITABLE, loss, null, now);
            }
        }
    }

    private static List<List<Work>> chunks(List<Work> works, int most) {
        return Chunks.of(works, most);
    }

    /** What both sides hold once the writes to {@code side} are done. */
    private Map<UUID, Map<String, Agreed>> sent(List<Work> chunk, Batch.Side side) {
        var sent = new LinkedHashMap<UUID, Map<String, Agreed>>();
        for (var work : chunk) {
            var values = new LinkedHashMap<String, Agreed>();
            for (var column : cycle.declaration.columns()) {
                var name = column.name();
                if (work.both.containsKey(name)) {
                    // half of it is no agreement: until both halves are done, what was agreed before stands
                    continue;
                } else if (side == Batch.Side.SQL && work.sqlWrites.containsKey(name)) {
                    values.put(
                            name,
                            new Agreed(
                                    work.sqlWrites.get(name),
                                    cycle.fields.read(column, work.remote).value()));
                } else if (side == Batch.Side.BITABLE && work.bitableWrites.containsKey(name)) {
                    values.put(
                            name,
                            new Agreed(
                                    work.row.canonical().get(name).value(),
                                    column.lens().norm(work.bitableWrites.get(name))));
                }
            }
            sent.put(work.link.pairId(), values);
        }
        return sent;
    }

    /** What the writes to {@code side} are to replace, halves of what both sides get included. */
    private Map<UUID, Map<String, Unseen.Replaced>> replaced(List<Work> chunk, Batch.Side side) {
        var replaced = new LinkedHashMap<UUID, Map<String, Unseen.Replaced>>();
        for (var work : chunk) {
            var cells = new LinkedHashMap<String, Unseen.Replaced>();
            for (var column : cycle.declaration.columns()) {
                var writes = side == Batch.Side.SQL ? work.sqlWrites : work.bitableWrites;
                if (writes.containsKey(column.name())) {
                    cells.put(
                            column.name(),
                            new Unseen.Replaced(
                                    cycle.fields.read(column, work.remote).value(),
                                    column.lens().norm(writes.get(column.name())),
                                    work.link.agreed(column.name()),
                                    false));
                }
            }
            if (!cells.isEmpty()) {
                replaced.put(work.link.pairId(), cells);
            }
        }
        return replaced;
    }

    private void note(List<Work> chunk, Batch.Side side, Request request, Instant now) {
        for (var work : chunk) {
            var losses = side == Batch.Side.SQL ? work.sqlLosses : work.bitableLosses;
            losses.forEach((column, loss) -> {
                cycle.store.note(work.link, column, side, loss, request.id(), now);
                count(loss.why());
            });
            if (side == Batch.Side.BITABLE && work.restoreSyncId) {
                var present = cycle.fields.syncId(work.remote);
                if (present != null) {
                    var loss = new Decision.Loss(present, work.link.pairId().toString(), Decision.Why.SYNC_ID);
                    cycle.store.note(work.link, cycle.fields.syncId().name(), side, loss, request.id(), now);
                }
            }
        }
    }

    private void count(Decision.Why why) {
        cycle.meters
                .counter(
                        "feishu.sync.overwritten",
                        "pair",
                        cycle.declaration.name(),
                        "why",
                        why.name().toLowerCase(java.util.Locale.ROOT))
                .increment();
        if (CONFLICTS.contains(why)) {
            conflict();
        }
    }

    private void conflict() {
        cycle.meters
                .counter("feishu.sync.conflicts", "pair", cycle.declaration.name())
                .increment();
    }

    private Merged end() {
        var now = cycle.clock.instant();
        var settled = new ArrayList<Link>();
        var done = new ArrayList<Batch.Mark>(cycle.doneMarks);
        var held = new HashSet<Batch.Mark>(cycle.doneMarks);
        var unchanged = 0;
        // before the writes began nothing was decided; after that, what is settled stays settled
        if (!failed || acting) {
            for (var work : cycle.works.values()) {
                if (!work.settled()) {
                    continue;
                }
                done.addAll(work.marks);
                held.addAll(work.marks);
                // what was made was remembered as it is
                var remembered = work.create && work.unwritable.isEmpty();
                if (work.link != null && !work.delete && !remembered && work.row != null) {
                    var link = finalView(work);
                    if (!link.equals(work.link)) {
                        settled.add(link);
                    }
                }
                if (!work.create
                        && !work.delete
                        && work.bitableWrites.isEmpty()
                        && work.sqlWrites.isEmpty()
                        && work.unwritable.isEmpty()) {
                    unchanged++;
                }
            }
        } else {
            done.clear();
            held.clear();
        }
        var again = new ArrayList<Batch.Mark>();
        cycle.works.values().stream()
                .filter(work -> work.again && !work.failed)
                .forEach(work -> again.addAll(work.marks));
        held.addAll(again);
        var later = cycle.works.values().stream()
                .filter(work -> work.due != null && !work.failed && !work.again)
                .toList();
        later.forEach(work -> held.addAll(work.marks));
        var late = cycle.batch.marks().stream()
                .filter(mark -> !held.contains(mark))
                .toList();
        var attempts = late.stream().mapToInt(Batch.Mark::attempts).max().orElse(0);
        cycle.commit(() -> {
            cycle.store.save(settled, now);
            cycle.works.values().stream()
                    .filter(work -> work.settled() && work.link != null && !work.released.isEmpty())
                    .forEach(work -> cycle.store.release(work.link.pairId(), work.released));
            cycle.store.forgetUnseen(cycle.works.values().stream()
                    .filter(work -> work.settled() && work.link != null)
                    .map(work -> work.link.pairId())
                    .filter(cycle.unseen::containsKey)
                    .toList());
            cycle.store.finish(done);
            cycle.store.defer(again, now.plus(SOON), false);
            later.forEach(work -> cycle.store.defer(work.marks, work.due, false));
            cycle.store.defer(late, now.plus(backOff(attempts)), true);
            if (successor == null) {
                cycle.store.release(cycle.batch.fence());
            }
        });
        if (failed) {
            LOG.warn(
                    "Pair {}: {} mark(s) are tried again: {}",
                    cycle.declaration.name(),
                    late.size(),
                    Cycle.printable(problem));
        }
        return new Merged(
                cycle.created,
                cycle.updated,
                cycle.deleted,
                cycle.written,
                unchanged,
                cycle.parked,
                again.size() + late.size(),
                problem);
    }

    /** What both sides hold after the cycle, as far as it knows. */
    private Link finalView(Work work) {
        var ofSql = work.row.canonicalValues();
        ofSql.putAll(work.sqlWrites);
        var ofBitable = new LinkedHashMap<String, String>();
        if (work.remote != null) {
            ofBitable.putAll(cycle.fields.canonical(cycle.declaration.columns(), work.remote));
            ofBitable.putAll(work.bitableWrites);
        } else if (work.link.recordId() != null) {
            ofBitable.putAll(work.link.shadowBitable());
            // the cells that the new record went without
            cycle.declaration.columns().stream()
                    .filter(cycle.fields::has)
                    .forEach(column -> ofBitable.putIfAbsent(column.name(), null));
        }
        return work.link.withSeen(ofSql, ofBitable);
    }

    private static Duration backOff(int attempts) {
        var wait = Duration.ofSeconds(1L << Math.min(attempts, 6));
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }
}
