package dev.camelfeishu.sync;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Looks at the SQL side and marks what may have changed: by the time of change and, for deletions, by all keys; or by what
 * triggers have noted.
 */
final class SqlLook {

    private static final Logger LOG = LoggerFactory.getLogger(SqlLook.class);

    /** Changes that are taken at once. */
    private static final int CHANGES = 1000;
    /** How often it is checked that the triggers are still there. */
    private static final Duration TRIGGERS = Duration.ofMinutes(1);
    /** How often all keys are compared although triggers note deletions: somebody may have switched them off. */
    private static final Duration ALL_KEYS = Duration.ofHours(1);

    private final PairDeclaration declaration;
    private final SyncStore store;
    private final SqlTable sql;
    private final Clock clock;
    private final Runnable begun;
    private final RowLook look;
    /** Null when the SQL side is polled. */
    private final ChangeCapture capture;

    private volatile boolean capturing;
    private volatile String problem;
    private Instant triggersAt = Instant.MIN;
    private Instant allKeysAt = Instant.MIN;

    /** @param begun is told during a first look that rows have been marked: they need not wait for its end */
    SqlLook(PairDeclaration declaration, SyncStore store, SqlTable sql, DataSource erp, Clock clock, Runnable begun) {
        this.declaration = declaration;
        this.store = store;
        this.sql = sql;
        this.clock = clock;
        this.begun = begun;
        this.look = new RowLook(declaration, store, clock);
        this.capture = declaration.sql().capture() == PairDeclaration.Capture.TRIGGER
                ? new ChangeCapture(erp, declaration.name(), declaration.sql())
                : null;
    }

    /** What keeps triggers from noting changes; empty when they do, or when there shall be none. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Looks, and answers how many rows were marked. One look at a time. */
    synchronized int marked() {
        var marked = capture == null ? sweep() : noted();
        return marked + compareKeys();
    }

    /**
     * Rows whose time of change is not before the last look; the overlap finds those that were committed late. Without such a
     * column the comparison of all keys looks at the rows too.
     */
    private int sweep() {
        if (sql.comparesOnly()) {
            return 0;
        }
        var marked = new AtomicLong();
        var cursor = store.pair().cursor();
        var urgency = cursor == null ? Batch.Urgency.BACKFILL : Batch.Urgency.CHANGE;
        var next = sql.now().minus(declaration.sql().overlap());
        if (cursor == null && declaration.creates().contains(Batch.Side.SQL) && store.linkCount() == 0) {
            // every row is new, and there are no keys yet that could be compared
            sql.keyPages(keys -> marked.addAndGet(markNew(keys)));
            store.commit(() ->
                    store.takeComparison(clock.instant(), declaration.deletes().compare()));
        } else {
            sql.changedSince(cursor, rows -> marked.addAndGet(look.mark(rows, urgency)));
        }
        store.saveCursor(next);
        return (int) marked.get();
    }

    private int markNew(List<String> keys) {
        var marked = store.mark(Batch.Side.SQL, Batch.Urgency.BACKFILL, keys, clock.instant(), Duration.ZERO);
        begun.run();
        return marked;
    }

    /** Takes what the triggers have noted: marks first, and removes it from the change table after that. */
    private int noted() {
        var marked = 0;
        if (!captured()) {
            // whatever the triggers did not note before they were all in place is seen by its time of change
            marked += sweep();
            capturing = problem == null;
        }
        List<ChangeCapture.Change> changes;
        do {
            changes = capture.read(CHANGES);
            if (!changes.isEmpty()) {
                marked += mark(changes);
                capture.forget(changes);
            }
        } while (changes.size() == CHANGES);
        return marked;
    }

    private int mark(List<ChangeCapture.Change> changes) {
        var keys = changes.stream()
                .map(ChangeCapture.Change::key)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        if (changes.stream().anyMatch(change -> change.key() == null)) {
            allKeysAt = Instant.MIN;
        }
        var rows = sql.byKeys(keys);
        keys.removeAll(rows.keySet());
        // gone, as a read confirms; the next comparison looks once more before their records go
        store.noteAbsent(keys, clock.instant());
        return look.mark(rows.values(), Batch.Urgency.CHANGE);
    }

    /** Whether the triggers have noted everything since the last look; looks at them once a minute. */
    private boolean captured() {
        var now = clock.instant();
        if (capturing && now.isBefore(triggersAt)) {
            return true;
        }
        var missing = capture.missing();
        if (!missing.isEmpty() && declaration.sql().install()) {
            missing = installed();
        }
        var found = missing.isEmpty()
                ? null
                : String.join("; ", missing) + ": run what `capture-ddl " + declaration.name() + "` prints. Until then "
                        + declaration.sql().table() + " is polled";
        if (found != null && !found.equals(problem)) {
            LOG.warn("Pair {}: {}", declaration.name(), found);
        }
        problem = found;
        capturing = capturing && problem == null;
        triggersAt = now.plus(TRIGGERS);
        return capturing;
    }

    /** Installs the triggers; answers what is missing still. */
    private List<String> installed() {
        try {
            capture.install();
        } catch (DataAccessException refused) {
            var cause = Objects.toString(refused.getMostSpecificCause().getMessage());
            return List.of(
                    "the triggers of " + declaration.sql().table() + " cannot be installed: " + Cycle.printable(cause));
        }
        LOG.info(
                "Pair {}: the triggers of {} are installed",
                declaration.name(),
                declaration.sql().table());
        return capture.missing();
    }

    /** Compares the keys of both sides when the last comparison is old enough; answers how many rows were marked. */
    private int compareKeys() {
        var now = clock.instant();
        if (!store.commit(() -> store.takeComparison(now, declaration.deletes().compare()))) {
            return 0;
        }
        // with triggers, only what is missing already is looked for, and everything once in a while
        var all = !capturing || !now.isBefore(allKeysAt);
        if (capturing) {
            allKeysAt = all ? now.plus(ALL_KEYS) : allKeysAt;
            store.saveCursor(sql.now().minus(declaration.sql().overlap()));
        }
        var comparison = new KeyComparison(declaration, store, sql, clock);
        return all ? comparison.all() : comparison.absent();
    }
}
