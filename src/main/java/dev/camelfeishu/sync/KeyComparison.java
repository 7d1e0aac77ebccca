package dev.camelfeishu.sync;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the keys of the SQL side with the links: what is new is marked, what is gone in two comparisons loses its record. Reads
 * both in pages, and keeps of each key a few bytes only.
 */
final class KeyComparison {

    private static final Logger LOG = LoggerFactory.getLogger(KeyComparison.class);

    private static final int PAGE = 1000;

    private final PairDeclaration declaration;
    private final SyncStore store;
    private final SqlTable sql;
    private final Clock clock;

    KeyComparison(PairDeclaration declaration, SyncStore store, SqlTable sql, Clock clock) {
        this.declaration = declaration;
        this.store = store;
        this.sql = sql;
        this.clock = clock;
    }

    /** Compares when the last comparison is old enough; answers how many rows were marked. */
    int run() {
        var now = clock.instant();
        if (!store.commit(() -> store.takeComparison(now, declaration.deletes().compare()))) {
            return 0;
        }
        var keys = new Fingerprints();
        sql.keys(keys::add);
        var linked = new Fingerprints();
        var absent = new ArrayList<SyncStore.Presence>();
        var back = new LinkedHashMap<String, Integer>();
        store.eachPresence(page -> page.forEach(presence -> {
            linked.add(presence.key());
            if (!keys.contains(presence.key())) {
                absent.add(presence);
            } else if (presence.absences() > 0 || presence.deletion() != null) {
                back.put(presence.key(), 0);
            }
        }));
        var toMark = new ArrayList<>(back.keySet());
        var deletions = deletions(absent, linked.size());
        deletions.forEach((key, deletion) -> {
            if (Link.APPROVED.equals(deletion)) {
                toMark.add(key);
            }
        });
        var absences = new LinkedHashMap<>(back);
        absent.forEach(presence -> absences.put(presence.key(), presence.absences() + 1));
        store.compared(absences, deletions);
        var marked = store.mark(Batch.Side.SQL, Batch.Urgency.CHANGE, toMark, now, Duration.ZERO);
        return keys.size() > linked.size() - absent.size() ? marked + markNew(linked) : marked;
    }

    private Map<String, String> deletions(Collection<SyncStore.Presence> absent, int linked) {
        var gone = absent.stream()
                .filter(presence -> !Link.REFUSED.equals(presence.deletion()))
                .count();
        var guard = declaration.deletes().guard(linked);
        var deletions = new HashMap<String, String>();
        for (var presence : absent) {
            var deletion = presence.deletion();
            if (deletion == null && presence.absences() + 1 >= 2) {
                deletion = gone > guard ? Link.WAITING : Link.APPROVED;
            }
            if (deletion != null) {
                deletions.put(presence.key(), deletion);
            }
        }
        if (deletions.containsValue(Link.WAITING)) {
            LOG.warn(
                    "Pair {}: {} orders are gone from {}, more than {} at once; a person must approve or refuse that their"
                            + " records go.",
                    declaration.name(),
                    gone,
                    declaration.sql().table(),
                    guard);
        }
        return deletions;
    }

    /** Rows without a link; only where there are some, the keys are read a second time. */
    private int markNew(Fingerprints linked) {
        var marked = new AtomicInteger();
        var page = new ArrayList<String>(PAGE);
        Runnable flush = () -> {
            // a mark made anew would make a cycle that is under way begin with that row again
            var unmarked = store.unmarked(Batch.Side.SQL, page);
            marked.addAndGet(
                    store.mark(Batch.Side.SQL, Batch.Urgency.CHANGE, unmarked, clock.instant(), Duration.ZERO));
            page.clear();
        };
        sql.keys(key -> {
            if (!linked.contains(key)) {
                page.add(key);
                if (page.size() == PAGE) {
                    flush.run();
                }
            }
        });
        flush.run();
        return marked.get();
    }
}
