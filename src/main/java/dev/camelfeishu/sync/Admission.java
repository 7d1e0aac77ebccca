package dev.camelfeishu.sync;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** Whether records belong to a pair. What a view shows is remembered for a few seconds. */
final class Admission {

    private static final Duration REMEMBERED = Duration.ofSeconds(5);

    private final RecordFilter filter;
    private final BitableTable table;
    private final Clock clock;
    private Set<String> shown;
    private Instant shownAt;

    Admission(RecordFilter filter, BitableTable table, Clock clock) {
        this.filter = filter;
        this.table = table;
        this.clock = clock;
    }

    boolean admits(PairSchema.Snapshot fields, BitableTable.Remote remote) {
        return filter.view() == null
                ? fields.admits(filter, remote)
                : shown(fields).contains(remote.id());
    }

    private synchronized Set<String> shown(PairSchema.Snapshot fields) {
        var now = clock.instant();
        if (shown == null || !now.isBefore(shownAt.plus(REMEMBERED))) {
            shown = table.idsIn(fields.tableId(), filter.view());
            shownAt = now;
        }
        return shown;
    }
}
