package dev.camelfeishu.sync;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
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
    int mark(List<SqlTable.Row> rows, Batch.Urgency urgency) {
        var links = store.linksByKeys(rows.stream().map(SqlTable.Row::key).toList()).stream()
                .collect(Collectors.toMap(Link::key, Function.identity()));
        var changed = rows.stream()
                .filter(row -> {
                    var link = links.get(row.key());
                    return link == null
                            ? declaration.creates().contains(Batch.Side.SQL)
                            : !row.canonicalValues().equals(link.seenSql());
                })
                .map(SqlTable.Row::key)
                .toList();
        return store.mark(Batch.Side.SQL, urgency, changed, clock.instant(), Duration.ZERO);
    }
}
