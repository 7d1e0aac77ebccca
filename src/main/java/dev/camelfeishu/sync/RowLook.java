package dev.camelfeishu.sync;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** A look at rows of the SQL side: marks those that do not hold what the last cycle left there. */
final class RowLook {

    private final PairDeclaration declaration;
    private final SyncStore store;
    private final Clock clock;

    RowLook(PairDeclaration declaration, SyncStore store, Clock clock) {
        this.declaration = declaration;
        this.store = store;
        this.clock = clock;
    }

    /** Answers how many were marked. */
    int mark(Collection<SqlTable.Row> rows, Batch.Urgency urgency) {
        var keys = rows.stream().map(SqlTable.Row::key).toList();
        var resting = store.resting(keys);
        // where SQL makes no records, a row without a link is none of the pair's
        var linked = declaration.creates().contains(Batch.Side.SQL)
                ? Set.copyOf(keys)
                : store.linksByKeys(keys).stream().map(Link::key).collect(Collectors.toSet());
        var changed = rows.stream()
                .filter(row ->
                        linked.contains(row.key()) && !row.canonicalValues().equals(resting.get(row.key())))
                .map(SqlTable.Row::key)
                .toList();
        return store.mark(Batch.Side.SQL, urgency, changed, clock.instant(), Duration.ZERO);
    }
}
