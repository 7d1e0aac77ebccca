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
        var changed = changedSince(chunk);
        changed.forEach(work -> work.again = true);
        var going = chunk.stream().filter(work -> !changed.contains(work)).toList();
        var present = going.stream().filter(work -> work.remote != null).toList();
        if (!present.isEmpty()) {
            delete(present);
        }
        cycle.commit(() -> {
            cycle.store.remove(going.stream().map(work -> work.link.pairId()).toList());
            cycle.store.settle(request);
        });
        chunk.forEach(work -> work.open--);
        cycle.deleted += present.size();
    }

    /** What somebody has edited since it was read: its new values must be in the journal before it goes. */
    private List<Work> changedSince(List<Work> chunk) {
        var ids = chunk.stream()
                .filter(work -> work.remote != null)
                .map(work -> work.remote.id())
                .toList();
        if (ids.isEmpty()) {
            return List.of();
        }
        var found = cycle.table.get(cycle.fields.tableId(), ids).records();
        return chunk.stream()
                .filter(work -> work.remote != null && found.containsKey(work.remote.id()))
                .filter(work -> !found.get(work.remote.id()).fields().equals(work.remote.fields()))
                .toList();
    }

    private void delete(List<Work> present) {
        try {
            cycle.table.delete(
                    cycle.fields.tableId(),
                    cycle.table.deleteBody(
                            present.stream().map(work -> work.remote.id()).toList()));
        } catch (FeishuException refused) {
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
