package dev.camelfeishu.sync;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;

/** Changes rows of the SQL side that still hold what was read. */
final class SqlWrites {

    static final Duration SQL_TIMEOUT = Duration.ofSeconds(10);

    private final Cycle cycle;

    SqlWrites(Cycle cycle) {
        this.cycle = cycle;
    }

    void write(Request request, List<Work> chunk) {
        var now = cycle.clock.instant();
        var turns = new ArrayList<SyncStore.Turn>();
        for (var work : chunk) {
            try {
                if (cycle.sql.update(work.row, work.sqlWrites, SQL_TIMEOUT)) {
                    cycle.written++;
                    turns.addAll(cycle.turns(work, Batch.Side.SQL));
                    for (var column : cycle.declaration.columns()) {
                        if (work.sqlWrites.containsKey(column.name()) && !work.both.containsKey(column.name())) {
                            cycle.remember(
                                    work,
                                    column.name(),
                                    request.sent().get(work.link.pairId()).get(column.name()));
                        }
                    }
                } else if (isAsRead(work)) {
                    park(work, "takes no change of the row: a trigger or a policy leaves it as it is");
                } else {
                    // somebody changed the row since it was read
                    work.again = true;
                    work.dropBoth();
                }
            } catch (DataAccessException refused) {
                if (!rowRefused(refused)) {
                    throw refused;
                }
                var cause = Objects.requireNonNullElse(
                        refused.getMostSpecificCause().getMessage(), "refused");
                park(work, "refuses the value: " + cause);
            }
            work.open--;
        }
        cycle.commit(() -> {
            cycle.store.save(chunk.stream().map(work -> work.link).toList(), now);
            cycle.store.turned(turns, now);
            cycle.store.settle(request);
        });
    }

    private boolean isAsRead(Work work) {
        var present = cycle.sql.byKeys(List.of(work.key)).get(work.key);
        return present != null && present.values().equals(work.row.values());
    }

    private void park(Work work, String reason) {
        work.link = cycle.seen(work, work.link)
                .as(Link.State.PARKED, null, cycle.declaration.sql().source() + " " + reason);
        work.unwritable.add(work.link.reason());
        work.sqlWrites.clear();
        work.dropBoth();
        cycle.parked++;
    }

    static boolean rowRefused(DataAccessException refused) {
        return refused instanceof DataIntegrityViolationException
                || refused.getMostSpecificCause() instanceof SQLException cause && "P0001".equals(cause.getSQLState());
    }
}
