package dev.camelfeishu.sync;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.openapi.FeishuException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes cells of records. */
final class UpdateRequests {

    private static final Logger LOG = LoggerFactory.getLogger(UpdateRequests.class);
    private static final int NOTHING_CHANGED = 1254606;

    private final Cycle cycle;

    UpdateRequests(Cycle cycle) {
        this.cycle = cycle;
    }

    String body(List<Work> chunk) {
        var body = cycle.mapper.createObjectNode();
        var records = body.putArray("records");
        chunk.forEach(work -> records.add(updateOf(work)));
        return body.toString();
    }

    private ObjectNode updateOf(Work work) {
        var record = cycle.mapper.createObjectNode().put("record_id", work.remote.id());
        var cells = record.putObject("fields");
        for (var column : cycle.declaration.columns()) {
            if (work.bitableWrites.containsKey(column.name())) {
                cells.set(
                        cycle.fields.fieldName(column), column.lens().toBitable(work.bitableWrites.get(column.name())));
            }
        }
        if (work.restoreSyncId) {
            cells.put(cycle.fields.syncId().name(), work.link.pairId().toString());
        }
        return record;
    }

    void send(Request request, List<Work> chunk) {
        var going = new ArrayList<Work>();
        for (var work : chunk) {
            if (work.bitableWrites.isEmpty() && !work.restoreSyncId) {
                // what was to be written to both sides was refused by the first
                work.open--;
            } else {
                going.add(work);
            }
        }
        var done = new HashSet<UUID>();
        update(request, going, done);
        cycle.commit(() -> {
            cycle.store.unsent(
                    request,
                    request.sent().keySet().stream()
                            .filter(pairId -> !done.contains(pairId))
                            .toList());
            cycle.store.done(request, cycle.clock.instant());
        });
    }

    /** @param done gets the pair ids of what was carried out */
    private void update(Request request, List<Work> works, Set<UUID> done) {
        if (works.isEmpty()) {
            return;
        }
        var body = cycle.mapper.createObjectNode();
        ArrayNode records = body.putArray("records");
        works.forEach(work -> records.add(updateOf(work)));
        var moved = new ArrayList<Work>();
        try {
            cycle.table.update(cycle.fields.tableId(), body, () -> {
                moved.addAll(cycle.movedSince(works));
                return moved.isEmpty();
            });
        } catch (FeishuException refused) {
            if (!moved.isEmpty()) {
                // nothing was sent
                moved.forEach(work -> {
                    work.again = true;
                    work.open--;
                });
                update(
                        request,
                        works.stream().filter(work -> !moved.contains(work)).toList(),
                        done);
                return;
            }
            if (refused.code() != NOTHING_CHANGED) {
                refused(request, works, refused, done);
                return;
            }
        }
        var now = cycle.clock.instant();
        var turns = new ArrayList<SyncStore.Turn>();
        for (var work : works) {
            turns.addAll(cycle.turns(work, Batch.Side.BITABLE));
            request.sent().get(work.link.pairId()).forEach((column, agreed) -> cycle.remember(work, column, agreed));
            work.both.forEach((column, agreed) -> cycle.remember(work, column, agreed));
            done.add(work.link.pairId());
            work.open--;
        }
        cycle.commit(() -> {
            cycle.store.save(works.stream().map(work -> work.link).toList(), now);
            cycle.store.turned(turns, now);
            cycle.readComputed(works.stream().map(work -> work.remote.id()).toList(), false);
        });
        cycle.updated += works.size();
        cycle.size.accepted(works.size());
    }

    private void refused(Request request, List<Work> works, FeishuException refused, Set<UUID> done) {
        if (refused.outcomeUnknown()) {
            throw refused;
        }
        if (RecordCodes.TOO_LARGE.contains(refused.code())) {
            cycle.size.tooLarge(works.size());
        }
        var rowAtFault =
                RecordCodes.ROW_CODES.contains(refused.code()) || RecordCodes.RECORD_GONE.contains(refused.code());
        if (RecordCodes.ROW_CODES.contains(refused.code())) {
            cycle.suspectFields();
        }
        if ((rowAtFault || RecordCodes.TOO_LARGE.contains(refused.code())) && works.size() > 1) {
            var middle = works.size() / 2;
            update(request, works.subList(0, middle), done);
            update(request, works.subList(middle, works.size()), done);
        } else if (RecordCodes.RECORD_GONE.contains(refused.code())) {
            works.forEach(work -> {
                work.again = true;
                work.open--;
            });
        } else if (rowAtFault) {
            var work = works.get(0);
            var reason = refused.getMessage();
            work.link = cycle.seen(work, work.link).as(Link.State.PARKED, refused.code(), reason);
            work.unwritable.add(reason);
            work.bitableWrites.clear();
            work.open--;
            cycle.parked++;
            cycle.commit(() -> cycle.store.save(List.of(work.link), cycle.clock.instant()));
            LOG.warn("Pair {}: parked {}: {}", cycle.declaration.name(), Cycle.printable(work.key), reason);
        } else {
            throw refused;
        }
    }
}
