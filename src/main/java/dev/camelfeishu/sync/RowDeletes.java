package dev.camelfeishu.sync;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.dao.DataAccessException;

/** Deletes the rows of records that are gone. The whole row is in the journal before. */
final class RowDeletes {

    private final Cycle cycle;

    RowDeletes(Cycle cycle) {
        this.cycle = cycle;
    }

    Request freeze(List<Work> chunk, Instant now) {
        var sent = new LinkedHashMap<UUID, Map<String, Agreed>>();
        chunk.forEach(work -> sent.put(work.link.pairId(), Map.of()));
        var request = cycle.store.freeze(Request.Kind.SQL, "", sent, now);
        for (var work : chunk) {
            cycle.sql.whole(work.row).forEach((column, value) -> {
                var loss = new Decision.Loss(value, null, Decision.Why.DELETED);
                cycle.store.note(work.link, column, Batch.Side.SQL, loss, request.id(), now);
            });
        }
        return request;
    }

    void delete(Request request, List<Work> chunk) {
        for (var work : chunk) {
            try {
                if (cycle.sql.delete(work.row, SqlWrites.SQL_TIMEOUT)) {
                    cycle.commit(() -> cycle.store.remove(List.of(work.link.pairId())));
                    work.delete = true;
                    cycle.deleted++;
                } else {
                    // somebody changed the row since it was read
                    work.again = true;
                }
            } catch (DataAccessException refused) {
                if (!SqlWrites.rowRefused(refused)) {
                    throw refused;
                }
                var link = cycle.seen(work, work.link)
                        .as(
                                Link.State.PARKED,
                                null,
                                cycle.declaration.sql().source() + " keeps the row of the deleted record: "
                                        + refused.getMostSpecificCause().getMessage());
                work.link = link;
                work.unwritable.add(link.reason());
                cycle.parked++;
                cycle.commit(() -> cycle.store.save(List.of(link), cycle.clock.instant()));
            }
            work.open--;
        }
        cycle.commit(() -> cycle.store.settle(request));
    }
}
