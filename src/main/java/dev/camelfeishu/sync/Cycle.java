package dev.camelfeishu.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.openapi.FeishuRetryableException;
import dev.camelfeishu.openapi.Priority;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What the parts of one cycle share: the pair, its sides, and how far each row has come. */
final class Cycle {

    final PairDeclaration declaration;
    final PairSchema schema;
    final BitableTable table;
    /** For calls that follow a commit at once. */
    final BitableTable unguarded;

    final SqlTable sql;
    final SyncStore store;
    final ObjectMapper mapper;
    final MeterRegistry meters;
    final Clock clock;
    final Batch batch;
    final RecordIndex index;
    final BatchSize size;
    final Echoes echoes;

    final Map<String, Work> works = new LinkedHashMap<>();
    final List<Batch.Mark> doneMarks = new ArrayList<>();
    final List<SyncStore.Parked> toPark = new ArrayList<>();
    final Set<String> toUnpark = new HashSet<>();
    Map<UUID, Map<String, List<Doubt>>> doubts = Map.of();
    Map<UUID, Map<String, Hold>> holds = Map.of();
    Map<UUID, Map<String, Unseen>> unseen = Map.of();
    PairSchema.Snapshot fields;

    /** Calls that changed the table and are not counted yet. */
    private int writes;
    /** Records of which rows are to be made. */
    final List<Newcomer> newcomers = new ArrayList<>();
    /** Since when records have been missing, by pair id, of those in this cycle. */
    Map<UUID, Instant> missing = Map.of();
    /** How many are missing in all, and how many may go without a person. */
    int missed;

    int guard;
    /** Whether a record of the table could be read: without one, a missing record proves nothing. */
    boolean readable;

    KnownNames names;
    private final Admission admission;
    private Boolean shared;

    int created;
    int updated;
    int deleted;
    int written;
    int parked;

    /**
     * A write of which nobody knows whether it was done.
     *
     * @param before the agreed values that it was to replace, null at the first meeting
     * @param recordIds the records that it was to change, none for a write to SQL
     */
    record Doubt(Request.Kind kind, Agreed sent, Agreed before, Set<String> recordIds) {}

    private boolean suspected;

    Cycle(
            PairDeclaration declaration,
            PairSchema schema,
            BitableTable table,
            SqlTable sql,
            SyncStore store,
            ObjectMapper mapper,
            MeterRegistry meters,
            Clock clock,
            BatchSize size,
            Echoes echoes,
            Batch batch) {
        this.declaration = declaration;
        this.schema = schema;
        // each call begins with the certainty that this worker still has the pair, and with a whole lease before it
        this.table = table.before(
                () -> store.commit(batch.fence(), clock.instant(), () -> {}), this::wrote, priority(batch));
        this.unguarded = table.before(() -> {}, () -> {}, priority(batch));
        this.sql = sql;
        this.store = store;
        this.mapper = mapper;
        this.meters = meters;
        this.clock = clock;
        this.size = size;
        this.echoes = echoes;
        this.batch = batch;
        this.admission = new Admission(declaration.bitable().filter(), this.table, clock);
        this.index = new RecordIndex(declaration, store, clock);
    }

    private static Priority priority(Batch batch) {
        return switch (batch.urgency()) {
            case HINT -> Priority.INTERACTIVE;
            case CHANGE -> Priority.NORMAL;
            case BACKFILL -> Priority.BULK;
        };
    }

    /**
     * Reads the records once more; answers those of which a cell that is about to be overwritten is not what it was. What else
     * changes in them keeps nobody from writing: a formula may show another value at each look.
     */
    List<Work> movedSince(List<Work> works) {
        var present = table.get(
                        fields.tableId(),
                        works.stream().map(work -> work.remote.id()).toList())
                .records();
        return works.stream()
                .filter(work -> {
                    var now = present.get(work.remote.id());
                    return now == null ? !work.delete : !overwritten(work, now).equals(overwritten(work, work.remote));
                })
                .toList();
    }

    private Map<String, String> overwritten(Work work, BitableTable.Remote remote) {
        var cells = new HashMap<String, String>();
        for (var column : declaration.columns()) {
            var goes = work.delete
                    ? !(column.type() instanceof FieldType.Computed)
                    : work.bitableWrites.containsKey(column.name());
            if (goes && fields.has(column)) {
                cells.put(column.name(), fields.read(column, remote).value());
            }
        }
        if (work.restoreSyncId) {
            cells.put(fields.syncId().name(), fields.syncId(remote));
        }
        return cells;
    }

    /** A call has changed the table. */
    void wrote() {
        writes++;
    }

    /** Whether the record belongs to the pair. */
    boolean admits(BitableTable.Remote remote) {
        return admission.admits(fields, remote);
    }

    /** Whether rows and links can be written in one transaction. */
    boolean sharedDatabase() {
        if (shared == null) {
            shared = sql.shares(store.jdbc());
        }
        return shared;
    }

    /**
     * Reads the fields. Cells come and go by field name, so what was decided by other names is not believed: the cycle ends, and
     * the next one begins with the present ones.
     *
     * @throws FeishuRetryableException when a field was renamed, deleted or given another type
     */
    void checkFields() {
        var before = fields;
        fields = schema.refresh();
        if (!fields.namesAs(before)) {
            throw new FeishuRetryableException(
                    "The fields of the table have changed; the rows are looked at again",
                    200,
                    0,
                    null,
                    "They are looked at again.",
                    false,
                    null);
        }
    }

    /** A value was refused: before the row is blamed, the fields are looked at, once in a cycle. */
    void suspectFields() {
        if (!suspected) {
            suspected = true;
            checkFields();
        }
    }

    /**
     * Lets the next cycles read what Bitable works out in records that have just been written: neither an answer nor the
     * revision tells it, and an event need not. Inside the commit that remembers the write.
     *
     * @param made whether the records are new, otherwise cells of theirs were changed
     */
    void readComputed(Collection<String> recordIds, boolean made) {
        var computes = declaration.columns().stream()
                .filter(fields::has)
                .map(ColumnMapping::type)
                .anyMatch(type -> type instanceof FieldType.Computed computed && (made || computed.kind().follows));
        if (computes) {
            var urgency = batch.urgency() == Batch.Urgency.BACKFILL ? Batch.Urgency.BACKFILL : Batch.Urgency.CHANGE;
            store.mark(Batch.Side.BITABLE, urgency, recordIds, clock.instant(), declaration.debounce());
        }
    }

    void remember(Work work, String column, Agreed agreed) {
        if (work.link == null) {
            work.link = Link.fresh(work.freshId, work.key);
        }
        var ofSql = new LinkedHashMap<>(work.link.shadowSql());
        var ofBitable = new LinkedHashMap<>(work.link.shadowBitable());
        ofSql.put(column, agreed.sql());
        ofBitable.put(column, agreed.bitable());
        work.link = work.link.withShadows(ofSql, ofBitable);
    }

    /** The writes of one side of a row; what both sides get is no turn of either. */
    List<SyncStore.Turn> turns(Work work, Batch.Side toward) {
        var writes = toward == Batch.Side.SQL ? work.sqlWrites : work.bitableWrites;
        var losses = toward == Batch.Side.SQL ? work.sqlLosses : work.bitableLosses;
        return writes.keySet().stream()
                .filter(column -> !work.both.containsKey(column))
                .map(column -> new SyncStore.Turn(
                        work.link,
                        column,
                        toward,
                        losses.containsKey(column),
                        toward == Batch.Side.SQL
                                ? writes.get(column)
                                : work.row.canonical().get(column).value(),
                        writes.get(column)))
                .toList();
    }

    /** What the looks at both sides will find again if nobody changes anything. */
    Link seen(Work work, Link link) {
        if (work == null) {
            return link;
        }
        var ofSql = work.row == null ? link.seenSql() : work.row.canonicalValues();
        var ofBitable = work.remote == null
                ? link.seenBitable()
                : new LinkedHashMap<>(fields.canonical(declaration.columns(), work.remote));
        return link.withSeen(ofSql, ofBitable);
    }

    Map<UUID, Work> worksById() {
        var byId = new HashMap<UUID, Work>();
        works.values().stream().filter(work -> work.link != null).forEach(work -> byId.put(work.link.pairId(), work));
        return byId;
    }

    void commit(Runnable work) {
        store.commit(batch.fence(), clock.instant(), () -> {
            if (writes > 0) {
                store.countWrites(writes);
            }
            work.run();
        });
        writes = 0;
    }

    JsonNode json(String body) {
        try {
            return mapper.readTree(body);
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    static Optional<UUID> uuid(String text) {
        try {
            return text == null ? Optional.empty() : Optional.of(UUID.fromString(text.strip()));
        } catch (IllegalArgumentException notAnId) {
            return Optional.empty();
        }
    }

    static String printable(String text) {
        return text.replaceAll("[\\r\\n]+", " ");
    }
}
