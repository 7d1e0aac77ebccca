package dev.camelfeishu.sync;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.openapi.Priority;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A look at the records of a pair: marks those that are not what the last cycle left there, and tells what no event has told.
 * Reads page by page and keeps of each record a few bytes only.
 */
final class BitableLook {

    /** Records in one event. */
    private static final int ACTIONS = 100;
    /** Rows changed that long before the newest one known are looked at again: Bitable's clock is not ours. */
    private static final Duration OVERLAP = Duration.ofMinutes(1);

    private final PairDeclaration declaration;
    private final SyncStore store;
    private final BitableTable table;
    private final ObjectMapper mapper;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Admission admission;

    BitableLook(
            PairDeclaration declaration,
            SyncStore store,
            BitableTable table,
            ObjectMapper mapper,
            MeterRegistry meters,
            Clock clock) {
        this.declaration = declaration;
        this.store = store;
        this.table = table;
        this.mapper = mapper;
        this.meters = meters;
        this.clock = clock;
        this.admission = new Admission(declaration.bitable().filter(), table, clock);
    }

    /**
     * What is told of changes that no event has told.
     *
     * @param revision of the table
     * @param event takes members {@code event} of a drive.file.bitable_record_changed_v1
     */
    record Untold(long revision, Consumer<ObjectNode> event) {}

    /**
     * The look before anything is linked: marks records that belong to no row, since the others are found through their rows.
     * Answers how many were marked.
     */
    int first(PairSchema.Snapshot fields, SqlTable sql) {
        var marked = new int[1];
        var newest = new long[1];
        table.scan(fields.tableId(), Priority.BULK, page -> {
            var keys = new HashMap<String, String>();
            page.records().forEach(remote -> keys.put(remote.id(), fields.key(declaration.keyColumns(), remote)));
            var rows = sql.byKeys(
                            keys.values().stream().filter(Objects::nonNull).toList())
                    .keySet();
            var strangers = changed(fields, page.records()).stream()
                    .filter(id -> !rows.contains(keys.get(id)))
                    .toList();
            newest[0] = Math.max(newest[0], newest(fields, page.records()));
            marked[0] +=
                    store.mark(Batch.Side.BITABLE, Batch.Urgency.BACKFILL, strangers, clock.instant(), Duration.ZERO);
        });
        store.saveNewest(newest[0]);
        return marked[0];
    }

    /** Looks at every record; answers how many were marked. */
    int all(PairSchema.Snapshot fields, Untold untold) {
        var present = new Fingerprints();
        var marked = new int[1];
        var newest = new long[1];
        table.scan(fields.tableId(), Priority.NORMAL, page -> {
            var records = page.records().stream()
                    .filter(remote -> present.add(remote.id()))
                    .toList();
            newest[0] = Math.max(newest[0], newest(fields, records));
            marked[0] += mark(changed(fields, records), false, fields, untold);
        });
        store.eachRecord(page -> marked[0] +=
                mark(page.stream().filter(id -> !present.contains(id)).toList(), true, fields, untold));
        store.saveNewest(newest[0]);
        return marked[0];
    }

    /**
     * Looks at the records that have changed lately, the latest first.
     *
     * @return how many were marked; -1 when records are gone, which only a look at all of them names
     */
    int recent(PairSchema.Snapshot fields, long since, Untold untold) {
        var until = since - OVERLAP.toMillis();
        var newest = since;
        var marked = 0;
        var strangers = 0;
        String token = null;
        BitableTable.Page page;
        do {
            page = table.latest(fields.tableId(), fields.modified(), token);
            newest = Math.max(newest, newest(fields, page.records()));
            marked += mark(changed(fields, page.records()), false, fields, untold);
            strangers += strangers(page.records());
            token = oldest(fields, page.records()) < until ? null : page.next();
        } while (token != null);
        // a new record must not hide that another one is gone
        if (page.total() - strangers < store.recordsKnown()) {
            return -1;
        }
        store.saveNewest(newest);
        return marked;
    }

    private int strangers(Collection<BitableTable.Remote> records) {
        var ids = records.stream().map(BitableTable.Remote::id).toList();
        var known = new HashSet<>(store.parked(ids).keySet());
        store.linksByRecords(ids).forEach(link -> known.add(link.recordId()));
        return ids.size() - known.size();
    }

    private long newest(PairSchema.Snapshot fields, Collection<BitableTable.Remote> records) {
        return records.stream()
                .mapToLong(remote -> modified(fields, remote))
                .max()
                .orElse(0);
    }

    private long oldest(PairSchema.Snapshot fields, Collection<BitableTable.Remote> records) {
        return records.stream()
                .mapToLong(remote -> modified(fields, remote))
                .min()
                .orElse(Long.MIN_VALUE);
    }

    private static long modified(PairSchema.Snapshot fields, BitableTable.Remote remote) {
        return fields.modified() == null
                ? 0
                : remote.fields().path(fields.modified()).asLong();
    }

    /** Which of the records are not what the last cycle left there. */
    List<String> changed(PairSchema.Snapshot fields, Collection<BitableTable.Remote> records) {
        var ids = records.stream().map(BitableTable.Remote::id).toList();
        var links = store.linksByRecords(ids).stream().collect(Collectors.toMap(Link::recordId, Function.identity()));
        var parked = store.parked(ids);
        var changed = new ArrayList<String>();
        for (var remote : records) {
            var link = links.get(remote.id());
            var known = parked.get(remote.id());
            if (link == null && known == null && !admission.admits(fields, remote)) {
                continue;
            }
            var same = link != null
                    ? fields.canonical(declaration.columns(), remote).equals(link.seenBitable())
                            && link.pairId().toString().equals(fields.syncId(remote))
                            && (link.state() == Link.State.PARKED || admission.admits(fields, remote))
                    : known != null && Objects.equals(known.key(), fields.key(declaration.keyColumns(), remote));
            if (!same) {
                changed.add(remote.id());
            }
        }
        return changed;
    }

    private int mark(List<String> ids, boolean gone, PairSchema.Snapshot fields, Untold untold) {
        tell(store.unmarked(Batch.Side.BITABLE, ids), gone, fields, untold);
        return store.mark(Batch.Side.BITABLE, ids, clock.instant(), Duration.ZERO);
    }

    private void tell(List<String> ids, boolean gone, PairSchema.Snapshot fields, Untold untold) {
        if (ids.isEmpty()) {
            return;
        }
        meters.counter("feishu.sync.missed.hints", "pair", declaration.name()).increment(ids.size());
        var known = store.linksByRecords(ids).stream().map(Link::recordId).collect(Collectors.toSet());
        for (var from = 0; from < ids.size(); from += ACTIONS) {
            var event = mapper.createObjectNode()
                    .put("file_type", "bitable")
                    .put("file_token", declaration.bitable().app())
                    .put("table_id", fields.tableId())
                    .put("revision", untold.revision());
            var actions = event.putArray("action_list");
            for (var recordId : ids.subList(from, Math.min(from + ACTIONS, ids.size()))) {
                var action = gone ? "record_deleted" : known.contains(recordId) ? "record_edited" : "record_added";
                actions.addObject().put("record_id", recordId).put("action", action);
            }
            untold.event().accept(event);
        }
    }
}
