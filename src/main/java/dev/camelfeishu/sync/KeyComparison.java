package dev.camelfeishu.sync;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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

    /** Compares all; answers how many rows were marked. */
    int all() {
        var keys = new Fingerprints();
        var changed = read(keys);
        var linked = new Fingerprints();
        // whether a row goes with its missing record is decided elsewhere
        var missing = store.missingKeys();
        var absent = new ArrayList<SyncStore.Presence>();
        var back = new LinkedHashMap<String, Integer>();
        store.eachPresence(page -> page.forEach(presence -> {
            linked.add(presence.key());
            if (!keys.contains(presence.key())) {
                absent.add(presence);
            } else if (presence.absences() > 0 || presence.deletion() != null && !missing.contains(presence.key())) {
                back.put(presence.key(), 0);
            }
        }));
        var marked = changed + decide(absent, back, linked.size());
        if (!declaration.creates().contains(Batch.Side.SQL)) {
            return marked;
        }
        return keys.size() > linked.size() - absent.size() ? marked + markNew(linked) : marked;
    }

    /** Looks again for the rows that were not there, and no others; answers how many rows were marked. */
    int absent() {
        var suspects = store.absentLinks();
        var present = sql.byKeys(suspects.stream().map(SyncStore.Presence::key).toList())
                .keySet();
        var absent = new ArrayList<SyncStore.Presence>();
        var back = new LinkedHashMap<String, Integer>();
        for (var suspect : suspects) {
            if (present.contains(suspect.key())) {
                back.put(suspect.key(), 0);
            } else {
                absent.add(suspect);
            }
        }
        return suspects.isEmpty() ? 0 : decide(absent, back, store.linkCount());
    }

    private int decide(Collection<SyncStore.Presence> suspects, Map<String, Integer> back, int linked) {
        var toMark = new ArrayList<>(back.keySet());
        var reasons = new HashMap<String, String>();
        var outside = outside(suspects);
        // one that went while it was outside is missed for the first time
        var absent = suspects.stream()
                .map(suspect -> Link.OUTSIDE.equals(suspect.deletion()) && !outside.contains(suspect.key())
                        ? new SyncStore.Presence(suspect.key(), 0, null, suspect.at())
                        : suspect)
                .toList();
        var deletions = deletions(absent, outside, linked, reasons);
        deletions.forEach((key, deletion) -> {
            if (Link.APPROVED.equals(deletion)) {
                toMark.add(key);
            }
        });
        var absences = new LinkedHashMap<>(back);
        absent.stream().filter(this::isDue).forEach(presence -> absences.put(presence.key(), presence.absences() + 1));
        if (declaration.deletes().policy().equals(Set.of(Batch.Side.BITABLE))) {
            // Bitable decides: what is gone twice is made again
            absences.forEach((key, times) -> {
                if (times >= 2 && !deletions.containsKey(key)) {
                    toMark.add(key);
                }
            });
        }
        store.compared(absences, deletions, reasons);
        return store.mark(Batch.Side.SQL, Batch.Urgency.CHANGE, toMark, clock.instant(), Duration.ZERO);
    }

    /** Whether the last look is long enough ago: a row may have been noted as gone a moment before. */
    private boolean isDue(SyncStore.Presence presence) {
        return presence.absences() == 0
                || !presence.at()
                        .isAfter(clock.instant().minus(declaration.deletes().compare()));
    }

    /** Reads all keys, and all rows where only that shows what has changed; answers how many rows were marked. */
    private int read(Fingerprints keys) {
        if (!sql.comparesOnly()) {
            sql.keys(keys::add);
            return 0;
        }
        var look = new RowLook(declaration, store, clock);
        var marked = new AtomicInteger();
        sql.changedSince(null, rows -> {
            rows.forEach(row -> keys.add(row.key()));
            marked.addAndGet(look.mark(rows, Batch.Urgency.CHANGE));
        });
        return marked.get();
    }

    /** Keys of rows that are there, but do not fulfil the filter. */
    private Set<String> outside(Collection<SyncStore.Presence> absent) {
        return declaration.sql().filter() == null || declaration.deletes().leaving()
                ? Set.of()
                : sql.existing(absent.stream().map(SyncStore.Presence::key).toList());
    }

    private Map<String, String> deletions(
            Collection<SyncStore.Presence> absent, Set<String> outside, int linked, Map<String, String> reasons) {
        var policy = declaration.deletes().policy();
        var gone = absent.stream()
                .filter(presence -> !Link.REFUSED.equals(presence.deletion()) && !outside.contains(presence.key()))
                .count();
        var guard = declaration.deletes().guard(linked);
        var deletions = new HashMap<String, String>();
        for (var presence : absent) {
            var deletion = presence.deletion();
            var twice = presence.absences() + 1 >= 2 && isDue(presence);
            if (twice && outside.contains(presence.key())) {
                deletion = Link.OUTSIDE;
                reasons.put(presence.key(), "its row is outside the filter of the pair; its record stays");
            } else if (twice && deletion == null) {
                if (policy.contains(Batch.Side.SQL)) {
                    deletion = gone > guard ? Link.WAITING : Link.APPROVED;
                } else if (policy.isEmpty()) {
                    deletion = Link.REFUSED;
                    reasons.put(
                            presence.key(),
                            "gone from " + declaration.sql().source() + "; deletions there do not reach Bitable");
                }
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
                    declaration.sql().source(),
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
