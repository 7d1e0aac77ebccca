package dev.camelfeishu.sync;

import dev.camelfeishu.openapi.FeishuException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Deletes the records of rows that are gone. */
final class DeleteRequests {

    private final Cycle cycle;

    DeleteRequests(Cycle cycle) {
        this.cycle = cycle;
    }

    Request freeze(List<Work> chunk, Instant now) {
        var recordIds = new ArrayList<String>();
        var sent = new LinkedHashMap<UUID, Map<String, Agreed>>();
        for (var work : chunk) {
            if (work.remote != null) {
                recordIds.add(work.remote.id());
            }
            sent.put(work.link.pairId(), Map.of());
        }
        var request = cycle.store.freeze(
                Request.Kind.DELETE, cycle.table.deleteBody(recordIds).toString(), sent, now);
        for (var work : chunk) {
            if (work.remote != null) {
                cycle.fields.canonical(cycle.declaration.columns(), work.remote).forEach((column, value) -> {
                    if (value != null) {
                        var loss = new Decision.Loss(value, null, Decision.Why.DELETED);
                        cycle.store.note(work.link, column, Batch.Side.BITABLE, loss, request.id(), now);
                    }
                });
            }
        }
        return request;
    }

    void send(Request request, List<Work> chunk) {
        delete(chunk.stream().filter(work -> work.remote != null).toList());
        var gone = chunk.stream().filter(work -> !work.again).toList();
        cycle.commit(() -> {
            cycle.store.remove(gone.stream().map(work -> work.link.pairId()).toList());
            cycle.store.settle(request);
        });
        chunk.forEach(work -> work.open--);
        cycle.deleted += (int) gone.stream().filter(work -> work.remote != null).count();
    }

    private void delete(List<Work> present) {
        if (present.isEmpty()) {
            return;
        }
        var moved = new ArrayList<Work>();
        try {
            cycle.table.delete(
                    cycle.fields.tableId(),
                    cycle.table.deleteBody(
                            present.stream().map(work -> work.remote.id()).toList()),
                    () -> {
                        moved.addAll(cycle.movedSince(present));
                        return moved.isEmpty();
                    });
        } catch (FeishuException refused) {
            if (!moved.isEmpty()) {
                // nothing was sent; what somebody has edited since it was read must be in the journal before it goes
                moved.forEach(work -> work.again = true);
                delete(present.stream().filter(work -> !moved.contains(work)).toList());
                return;
            }
            var gone = RecordCodes.RECORD_GONE.contains(refused.code());
            if ((gone || RecordCodes.TOO_LARGE.contains(refused.code()))
                    && !refused.outcomeUnknown()
                    && present.size() > 1) {
                var middle = present.size() / 2;
                delete(present.subList(0, middle));
                delete(present.subList(middle, present.size()));
            } else if (!gone) {
                throw refused;
            }
        }
    }
}
