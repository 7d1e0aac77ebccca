package dev.camelfeishu.sync;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads both sides of what is marked, and says what records without a link are. */
final class CycleReader {

    private static final int MOST_CONDITIONS = 50;
    /** Records that are read to prove that the table can be. */
    private static final int CANARIES = 10;

    private final Cycle cycle;

    CycleReader(Cycle cycle) {
        this.cycle = cycle;
    }

    void load() {
        var keys = identities(Batch.Side.SQL);
        var recordIds = identities(Batch.Side.BITABLE);
        var byKey = new LinkedHashMap<String, Link>();
        cycle.store.linksByKeys(keys).forEach(link -> byKey.put(link.key(), link));
        var byRecord = new HashMap<String, Link>();
        cycle.store.linksByRecords(recordIds).forEach(link -> {
            byRecord.put(link.recordId(), link);
            byKey.put(link.key(), link);
        });
        var wanted = new LinkedHashSet<>(recordIds);
        byKey.values().stream().map(Link::recordId).filter(Objects::nonNull).forEach(wanted::add);
        var found = wanted.isEmpty()
                ? new BitableTable.Found(Map.of(), Set.of(), Set.of())
                : cycle.table.get(cycle.fields.tableId(), wanted);
        if (byKey.values().stream().anyMatch(link -> differs(link, found))) {
            cycle.checkFields();
        }
        for (var mark : cycle.batch.marks()) {
            if (mark.side() == Batch.Side.SQL) {
                work(mark.identity(), byKey.get(mark.identity()), found).marks.add(mark);
            } else if (byRecord.containsKey(mark.identity())) {
                var link = byRecord.get(mark.identity());
                work(link.key(), link, found).marks.add(mark);
            }
        }
        var strangers = cycle.batch.marks().stream()
                .filter(mark -> mark.side() == Batch.Side.BITABLE && !byRecord.containsKey(mark.identity()))
                .toList();
        meet(strangers, found);
        cycle.sql.byKeys(cycle.works.keySet()).forEach((key, row) -> cycle.works.get(key).row = row);
        if (!cycle.schema.fitForWrites() && cycle.works.values().stream().anyMatch(CycleReader::writes)) {
            cycle.checkFields();
        }
        findCandidates();
        recognise();
        var pairIds = cycle.works.values().stream()
                .filter(work -> work.link != null)
                .map(work -> work.link.pairId())
                .toList();
        cycle.holds = cycle.store.holds(pairIds);
        cycle.unseen = cycle.store.unseen(pairIds);
        missing(wanted, found);
        cycle.names = new KnownNames(
                cycle.sql.directories(),
                cycle.declaration.columns(),
                cycle.fields,
                Stream.concat(
                                cycle.works.values().stream().map(work -> work.remote),
                                cycle.newcomers.stream().map(Newcomer::remote))
                        .filter(Objects::nonNull)
                        .toList());
    }

    /** Whether the row is likely to be written to Bitable. */
    private static boolean writes(Work work) {
        return work.row != null
                && (work.remote == null
                        || work.link == null
                        || !work.row.canonicalValues().equals(work.link.seenSql()));
    }

    /** What a decision about rows without a record needs to know. */
    private void missing(Set<String> wanted, BitableTable.Found found) {
        if (!cycle.declaration.deletes().policy().contains(Batch.Side.BITABLE)) {
            return;
        }
        cycle.missing = cycle.store.missing();
        cycle.missed = cycle.missing.size();
        cycle.guard = cycle.declaration.deletes().guard(cycle.store.linked());
        cycle.readable = !found.records().isEmpty();
        if (!cycle.readable && !found.absent().isEmpty()) {
            var others = cycle.store.otherRecords(wanted, CANARIES);
            cycle.readable = !others.isEmpty()
                    && !cycle.table
                            .get(cycle.fields.tableId(), others)
                            .records()
                            .isEmpty();
        }
    }

    /** Records that a lost database had linked keep the pair id they carry, unless it is in use. */
    private void recognise() {
        var carried = new HashMap<UUID, List<Work>>();
        cycle.works.values().stream()
                .filter(work -> work.link == null && work.remote != null)
                .forEach(work -> Cycle.uuid(cycle.fields.syncId(work.remote))
                        .ifPresent(pairId -> carried.computeIfAbsent(pairId, id -> new ArrayList<>())
                                .add(work)));
        cycle.store.linksByIds(carried.keySet()).forEach(link -> carried.remove(link.pairId()));
        carried.forEach((pairId, bearers) -> {
            if (bearers.size() == 1) {
                bearers.get(0).freshId = pairId;
            }
        });
    }

    private boolean differs(Link link, BitableTable.Found found) {
        var remote = link.recordId() == null ? null : found.records().get(link.recordId());
        return remote != null
                && !cycle.fields.canonical(cycle.declaration.columns(), remote).equals(link.seenBitable());
    }

    private Set<String> identities(Batch.Side side) {
        return cycle.batch.marks().stream()
                .filter(mark -> mark.side() == side)
                .map(Batch.Mark::identity)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private Work work(String key, Link link, BitableTable.Found found) {
        var work = cycle.works.computeIfAbsent(key, Work::new);
        if (link != null && work.link == null) {
            work.link = link;
            work.remote = link.recordId() == null ? null : found.records().get(link.recordId());
            if (link.recordId() != null && found.forbidden().contains(link.recordId())) {
                work.unwritable.add("the app may not read the record " + link.recordId()
                        + "; give it the right to manage the Base");
            }
        }
        return work;
    }

    /** Decides what records without a link are: the other half of a row, or left alone. */
    private void meet(List<Batch.Mark> strangers, BitableTable.Found found) {
        if (strangers.isEmpty()) {
            return;
        }
        var keyColumns = cycle.declaration.keyColumns();
        var keyOf = new LinkedHashMap<String, String>();
        var idOf = new HashMap<String, UUID>();
        for (var mark : strangers) {
            var remote = found.records().get(mark.identity());
            if (remote != null) {
                keyOf.put(mark.identity(), cycle.fields.key(keyColumns, remote));
                Cycle.uuid(cycle.fields.syncId(remote)).ifPresent(pairId -> idOf.put(mark.identity(), pairId));
            }
        }
        var keys = keyOf.values().stream().filter(Objects::nonNull).collect(Collectors.toSet());
        var linkOfKey =
                cycle.store.linksByKeys(keys).stream().collect(Collectors.toMap(Link::key, Function.identity()));
        var linkOfId = cycle.store.linksByIds(idOf.values()).stream()
                .collect(Collectors.toMap(Link::pairId, Function.identity()));
        var known = cycle.sql.byKeys(keys).keySet();
        for (var mark : strangers) {
            var id = mark.identity();
            var remote = found.records().get(id);
            if (found.forbidden().contains(id)) {
                park(mark, null, "the app may not read it");
            } else if (remote == null) {
                cycle.toUnpark.add(id);
                cycle.doneMarks.add(mark);
            } else {
                var key = keyOf.get(id);
                var lost = linkOfId.get(idOf.getOrDefault(id, new UUID(0, 0)));
                if (lost != null && lost.recordId() == null && adopt(lost.key(), lost, remote, mark)) {
                    continue;
                }
                if (!cycle.admits(remote)) {
                    cycle.toUnpark.add(id);
                    cycle.doneMarks.add(mark);
                } else if (becomesRow(mark, remote, key, lost != null, linkOfKey, known)) {
                    continue;
                } else if (key == null) {
                    park(mark, null, "its " + cycle.declaration.keyFields() + " is blank");
                } else if (linkOfKey.containsKey(key) && linkOfKey.get(key).recordId() != null) {
                    park(mark, key, "a copy: " + key + " is linked with another record");
                } else if (!known.contains(key)) {
                    park(
                            mark,
                            key,
                            "its " + cycle.declaration.keyFields() + " " + key + " is unknown to "
                                    + cycle.declaration.sql().source());
                } else if (!adopt(key, linkOfKey.get(key), remote, mark)) {
                    park(mark, key, "a copy: " + key + " is linked with another record");
                }
            }
        }
    }

    /**
     * Whether a row is to be made of the record.
     *
     * @param copy whether it carries the Sync ID of another record's row
     */
    private boolean becomesRow(
            Batch.Mark mark,
            BitableTable.Remote remote,
            String key,
            boolean copy,
            Map<String, Link> linkOfKey,
            Set<String> known) {
        if (!cycle.declaration.creates().contains(Batch.Side.BITABLE)) {
            return false;
        }
        if (cycle.declaration.sql().newKey() == PairDeclaration.NewKey.RECORD) {
            if (key == null || linkOfKey.containsKey(key) || known.contains(key)) {
                return false;
            }
            if (!cycle.sql.possible(key)) {
                park(
                        mark,
                        key,
                        "its " + cycle.declaration.keyFields() + " " + key + " does not fit the key of "
                                + cycle.declaration.sql().source());
            } else if (!cycle.sql.existing(List.of(key)).isEmpty()) {
                park(mark, key, "its row is outside the filter of the pair");
            } else {
                cycle.newcomers.add(new Newcomer(null, key, remote, mark));
            }
            return true;
        }
        // the database or the sync gives the key: one that stands there already is somebody else's
        if (key != null && !copy) {
            return false;
        }
        var pairId = RowInserts.pairIdOf(cycle.declaration.name(), remote.id());
        var own = cycle.declaration.sql().newKey() == PairDeclaration.NewKey.UUID ? pairId.toString() : null;
        cycle.newcomers.add(new Newcomer(null, own, remote, mark));
        return true;
    }

    private boolean adopt(String key, Link link, BitableTable.Remote remote, Batch.Mark mark) {
        var work = cycle.works.computeIfAbsent(key, Work::new);
        if (work.remote != null) {
            return false;
        }
        if (work.link == null) {
            work.link = link;
        }
        take(work, remote);
        if (mark != null) {
            work.marks.add(mark);
        }
        return true;
    }

    /**
     * Another record than the linked one, a copy of it for instance, whose values may be older than what was agreed on: the two
     * meet for the first time.
     */
    private static void take(Work work, BitableTable.Remote remote) {
        var link = work.link;
        if (link != null && link.recordId() != null && !link.recordId().equals(remote.id())) {
            work.link = link.withShadows(Map.of(), Map.of());
        }
        work.remote = remote;
    }

    private void park(Batch.Mark mark, String key, String reason) {
        cycle.toPark.add(new SyncStore.Parked(mark.identity(), key, reason));
        cycle.doneMarks.add(mark);
    }

    /** Rows without a record: one that holds their key, or their Sync ID, may be there already. */
    private void findCandidates() {
        var seeking = cycle.works.values().stream()
                .filter(work -> work.row != null && work.remote == null && work.unwritable.isEmpty())
                .toList();
        if (seeking.isEmpty()) {
            return;
        }
        var keyColumns = cycle.declaration.keyColumns();
        var keys = seeking.stream().map(work -> work.key).toList();
        var ids = seeking.stream()
                .filter(work -> work.link != null)
                .map(work -> work.link.pairId().toString())
                .toList();
        Map<String, BitableTable.Remote> found;
        if (keys.size() * keyColumns.size() + ids.size() > MOST_CONDITIONS
                || cycle.batch.urgency() == Batch.Urgency.BACKFILL) {
            var recordIds = cycle.index.find(cycle.table, cycle.fields, keys, ids);
            found = recordIds.isEmpty()
                    ? Map.of()
                    : cycle.table.get(cycle.fields.tableId(), recordIds).records();
        } else if (keyColumns.size() > 1) {
            var combinations = new ArrayList<Map<String, String>>();
            keys.forEach(key -> combinations.add(texts(keyColumns, key)));
            ids.forEach(id -> combinations.add(Map.of(cycle.fields.syncId().name(), id)));
            found = cycle.table.searchAll(cycle.fields.tableId(), combinations);
        } else {
            var conditions = new LinkedHashMap<String, List<String>>();
            conditions.put(cycle.fields.fieldName(keyColumns.get(0)), keys);
            if (!ids.isEmpty()) {
                conditions.put(cycle.fields.syncId().name(), ids);
            }
            found = cycle.table.searchAny(cycle.fields.tableId(), conditions);
        }
        candidates(seeking, found);
    }

    private Map<String, String> texts(List<ColumnMapping> keyColumns, String key) {
        var parts = RowKey.parts(key, keyColumns.size());
        var texts = new LinkedHashMap<String, String>();
        for (var i = 0; i < parts.size(); i++) {
            texts.put(cycle.fields.fieldName(keyColumns.get(i)), parts.get(i));
        }
        return texts;
    }

    private void candidates(List<Work> seeking, Map<String, BitableTable.Remote> found) {

        var linked =
                cycle.store.linksByRecords(found.keySet()).stream().collect(Collectors.toMap(Link::recordId, l -> l));
        var candidates = new HashMap<String, List<BitableTable.Remote>>();
        found.values().stream()
                .filter(remote -> !linked.containsKey(remote.id()))
                .sorted(Comparator.comparing(BitableTable.Remote::id))
                .forEach(remote -> {
                    var key = cycle.fields.key(cycle.declaration.keyColumns(), remote);
                    if (key != null) {
                        candidates.computeIfAbsent(key, k -> new ArrayList<>()).add(remote);
                    }
                });
        var bySyncId = new HashMap<String, BitableTable.Remote>();
        found.values().forEach(remote -> {
            var syncId = cycle.fields.syncId(remote);
            if (syncId != null) {
                bySyncId.putIfAbsent(syncId, remote);
            }
        });
        var taken = cycle.works.values().stream()
                .filter(work -> work.remote != null)
                .map(work -> work.remote.id())
                .collect(Collectors.toCollection(HashSet::new));
        for (var work : seeking) {
            BitableTable.Remote own = null;
            if (work.link != null) {
                own = bySyncId.get(work.link.pairId().toString());
                if (own != null && (taken.contains(own.id()) || foreign(linked.get(own.id()), work.link))) {
                    own = null;
                }
            }
            var same = candidates.getOrDefault(work.key, List.of()).stream()
                    .filter(remote -> !taken.contains(remote.id()))
                    .toList();
            if (own == null && !same.isEmpty()) {
                own = same.get(0);
            }
            if (own != null) {
                taken.add(own.id());
                take(work, own);
            }
            for (var other : same) {
                if (!other.equals(own)) {
                    cycle.toPark.add(new SyncStore.Parked(
                            other.id(), work.key, "a copy: " + work.key + " is linked with another record"));
                }
            }
        }
    }

    private static boolean foreign(Link holder, Link own) {
        return holder != null && !holder.pairId().equals(own.pairId());
    }
}
