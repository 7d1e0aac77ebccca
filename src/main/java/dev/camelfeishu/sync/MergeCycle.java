package dev.camelfeishu.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.openapi.FeishuRetryableException;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;

/**
 * One cycle over one batch: settle what an earlier cycle left open, read both sides, decide, commit the losses and the
 * requests, act, remember. An interruption at any point leaves marks and requests behind from which the next cycle goes on.
 */
final class MergeCycle {

    private static final Logger LOG = LoggerFactory.getLogger(MergeCycle.class);

    /** A batch is refused for one of its rows: the row is found by halving. */
    private static final Set<Integer> ROW_CODES = Set.of(
            1254007, 1254010, 1254015, 1254060, 1254061, 1254062, 1254063, 1254064, 1254065, 1254066, 1254067, 1254068,
            1254069, 1254070, 1254072, 1254074, 1254106, 1254130, 1254303);

    private static final Set<Integer> RECORD_GONE = Set.of(1254006, 1254043);
    private static final Set<Integer> TOO_LARGE = Set.of(1254002, 1254104, 1254607);
    private static final Set<Integer> TOKEN_USED = Set.of(1255006, 1254608);
    private static final Set<Integer> SCHEMA_CHANGED = Set.of(1254009, 1254024, 1254044, 1254045);
    private static final int NOTHING_CHANGED = 1254606;
    private static final int MOST_CONDITIONS = 50;
    private static final int TOKEN_ATTEMPTS = 3;
    private static final int ROW_ATTEMPTS = 8;
    private static final Duration SQL_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    /** A record that was just made may not be seen yet on a replica. */
    private static final Duration REPLICA_LAG = Duration.ofSeconds(5);

    /** One row and its record, on their way through the cycle. */
    private static final class Work {
        final String key;
        final List<Batch.Mark> marks = new ArrayList<>();
        /** The pair id, should the row have no link yet. */
        UUID freshId = UUID.randomUUID();

        Link link;
        SqlTable.Row row;
        BitableTable.Remote remote;
        /** What SQL offers to Bitable, and Bitable to SQL, after the transform. */
        Map<String, Reading> toBitable = Map.of();

        final Map<String, String> bitableWrites = new LinkedHashMap<>();
        final Map<String, String> sqlWrites = new LinkedHashMap<>();
        final Map<String, Decision.Loss> bitableLosses = new LinkedHashMap<>();
        final Map<String, Decision.Loss> sqlLosses = new LinkedHashMap<>();
        /** Why the row as a whole stays as it is, or one of its cells does. */
        final List<String> unwritable = new ArrayList<>();
        /** Cells that a new record goes without, with the reason. */
        final List<String> leftOut = new ArrayList<>();

        boolean restoreSyncId;
        boolean create;
        boolean delete;
        int open;
        boolean failed;
        boolean again;

        Work(String key) {
            this.key = key;
        }

        boolean settled() {
            return open == 0 && !failed && !again;
        }
    }

    private final PairDeclaration declaration;
    private final PairSchema schema;
    private final BitableTable table;
    private final SqlTable sql;
    private final SyncStore store;
    private final ObjectMapper mapper;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Batch batch;
    private final RowTransform transform;

    private final Map<String, Work> works = new LinkedHashMap<>();
    private final List<Batch.Mark> doneMarks = new ArrayList<>();
    private final List<SyncStore.Parked> toPark = new ArrayList<>();
    private final Set<String> toUnpark = new HashSet<>();
    private Map<UUID, Map<String, List<Doubt>>> doubts = Map.of();
    private PairSchema.Snapshot fields;
    private boolean acting;
    private int created;
    private int updated;
    private int deleted;
    private int written;
    private int parked;

    /** A request of which nobody knows whether it was done. */
    private record Doubt(Request.Kind kind, Agreed sent) {}

    MergeCycle(
            PairDeclaration declaration,
            PairSchema schema,
            BitableTable table,
            SqlTable sql,
            SyncStore store,
            ObjectMapper mapper,
            MeterRegistry meters,
            Clock clock,
            Batch batch,
            RowTransform transform) {
        this.declaration = declaration;
        this.schema = schema;
        // each call begins with the certainty that this worker still has the pair, and with a whole lease before it
        this.table = table.before(() -> store.commit(batch.fence(), clock.instant(), () -> {}));
        this.sql = sql;
        this.store = store;
        this.mapper = mapper;
        this.meters = meters;
        this.clock = clock;
        this.batch = batch;
        this.transform = transform;
    }

    Merged run() {
        String problem = null;
        RuntimeException failure = null;
        try {
            fields = schema.current();
            recover();
            load();
            works.values().forEach(this::decide);
            act();
        } catch (FeishuException failed) {
            if (SCHEMA_CHANGED.contains(failed.code())) {
                schema.invalidate();
            } else if (!(failed instanceof FeishuRetryableException)) {
                failure = failed;
            }
            problem = failed.getMessage();
        } catch (DataAccessException | IllegalStateException failed) {
            failure = failed;
            problem = failed.getMessage();
        }
        return end(problem, failure);
    }

    // ---- what an earlier cycle left open

    private void recover() {
        var pending = store.requests();
        for (var request : pending) {
            if (request.unknown()) {
                continue;
            }
            switch (request.kind()) {
                case CREATE -> recoverCreate(request);
                case UPDATE, SQL -> commit(() -> store.doubt(request.id(), clock.instant()));
                case DELETE -> commit(() -> store.settle(request.id()));
            }
        }
        var known = new HashMap<UUID, Map<String, List<Doubt>>>();
        for (var request : store.requests()) {
            if (request.unknown()) {
                request.sent()
                        .forEach((pairId, sent) ->
                                sent.forEach((column, agreed) -> known.computeIfAbsent(pairId, id -> new HashMap<>())
                                        .computeIfAbsent(column, name -> new ArrayList<>())
                                        .add(new Doubt(request.kind(), agreed))));
            }
        }
        doubts = known;
    }

    private void recoverCreate(Request request) {
        // looked for first: a token that Feishu has forgotten by now would make the records a second time
        var missing = linkFound(request, request.sent().keySet());
        if (missing.isEmpty()) {
            return;
        }
        if (missing.size() < request.sent().size()) {
            renewCreate(request, missing);
            return;
        }
        sendCreate(request);
    }

    /** Links the records that carry the pair ids of the request; answers the ids of which there is none. */
    private Set<UUID> linkFound(Request request, Collection<UUID> pairIds) {
        var names = pairIds.stream().map(UUID::toString).toList();
        var found = names.size() <= MOST_CONDITIONS
                ? table.searchAny(fields.tableId(), Map.of(fields.syncId().name(), names))
                : table.scan(fields.tableId());
        var recordIds = new LinkedHashMap<UUID, String>();
        found.values().stream()
                .sorted(Comparator.comparing(BitableTable.Remote::id))
                .forEach(remote -> uuid(fields.syncId(remote))
                        .filter(pairIds::contains)
                        .ifPresent(pairId -> recordIds.putIfAbsent(pairId, remote.id())));
        // a copy of a record may carry its Sync ID too: what is linked elsewhere is no candidate
        store.linksByRecords(recordIds.values()).stream()
                .filter(link -> !pairIds.contains(link.pairId()))
                .forEach(link -> recordIds.values().remove(link.recordId()));
        var missing = new LinkedHashSet<>(pairIds);
        missing.removeAll(recordIds.keySet());
        advanceCreated(request, recordIds, missing.isEmpty());
        return missing;
    }

    /** Remembers made records; the request is settled when none of its rows is missing. */
    private void advanceCreated(Request request, Map<UUID, String> recordIds, boolean complete) {
        if (recordIds.isEmpty() && !complete) {
            return;
        }
        var now = clock.instant();
        var links = store.linksByIds(recordIds.keySet()).stream()
                .map(link -> {
                    var sent = request.sent().get(link.pairId());
                    var ofSql = agreedValues(sent, Agreed::sql);
                    var ofBitable = agreedValues(sent, Agreed::bitable);
                    return link.withRecord(recordIds.get(link.pairId()), Link.State.LINKED, now)
                            .withShadows(ofSql, ofBitable)
                            .withSeen(link.seenSql(), ofBitable)
                            .as(Link.State.LINKED, null, null);
                })
                .map(this::withLeftOut)
                .toList();
        commit(() -> {
            store.save(links, now);
            store.unpark(recordIds.values());
            if (complete) {
                store.settle(request.id());
            }
        });
        created += links.size();
        links.forEach(link -> {
            var work = works.get(link.key());
            if (work != null) {
                work.link = link;
                work.open--;
            }
        });
    }

    private Link withLeftOut(Link link) {
        var work = works.get(link.key());
        if (work == null || work.leftOut.isEmpty()) {
            return link;
        }
        parked++;
        return link.as(Link.State.PARKED, null, String.join("; ", work.leftOut));
    }

    private static Map<String, String> agreedValues(Map<String, Agreed> sent, Function<Agreed, String> side) {
        var values = new LinkedHashMap<String, String>();
        sent.forEach((column, agreed) -> values.put(column, side.apply(agreed)));
        return values;
    }

    // ---- reading

    private void load() {
        var keys = identities(Batch.Side.SQL);
        var recordIds = identities(Batch.Side.BITABLE);
        var byKey = new LinkedHashMap<String, Link>();
        store.linksByKeys(keys).forEach(link -> byKey.put(link.key(), link));
        var byRecord = new HashMap<String, Link>();
        store.linksByRecords(recordIds).forEach(link -> {
            byRecord.put(link.recordId(), link);
            byKey.put(link.key(), link);
        });
        var wanted = new LinkedHashSet<>(recordIds);
        byKey.values().stream().map(Link::recordId).filter(Objects::nonNull).forEach(wanted::add);
        var found = wanted.isEmpty()
                ? new BitableTable.Found(Map.of(), Set.of(), Set.of())
                : table.get(fields.tableId(), wanted);
        if (byKey.values().stream().anyMatch(link -> differs(link, found))) {
            // cells come by field name: before a difference is believed, the names must be the present ones
            fields = schema.refresh();
        }
        for (var mark : batch.marks()) {
            if (mark.side() == Batch.Side.SQL) {
                work(mark.identity(), byKey.get(mark.identity()), found).marks.add(mark);
            } else if (byRecord.containsKey(mark.identity())) {
                var link = byRecord.get(mark.identity());
                work(link.key(), link, found).marks.add(mark);
            }
        }
        var strangers = batch.marks().stream()
                .filter(mark -> mark.side() == Batch.Side.BITABLE && !byRecord.containsKey(mark.identity()))
                .toList();
        meet(strangers, found);
        sql.byKeys(works.keySet()).forEach((key, row) -> works.get(key).row = row);
        findCandidates();
        recognise();
    }

    /** Records that a lost database had linked keep the pair id they carry, unless it is in use. */
    private void recognise() {
        var carried = new HashMap<UUID, List<Work>>();
        works.values().stream()
                .filter(work -> work.link == null && work.remote != null)
                .forEach(work -> uuid(fields.syncId(work.remote))
                        .ifPresent(pairId -> carried.computeIfAbsent(pairId, id -> new ArrayList<>())
                                .add(work)));
        store.linksByIds(carried.keySet()).forEach(link -> carried.remove(link.pairId()));
        carried.forEach((pairId, bearers) -> {
            if (bearers.size() == 1) {
                bearers.get(0).freshId = pairId;
            }
        });
    }

    private boolean differs(Link link, BitableTable.Found found) {
        var remote = link.recordId() == null ? null : found.records().get(link.recordId());
        return remote != null
                && !fields.canonical(declaration.columns(), remote).equals(link.seenBitable());
    }

    private Set<String> identities(Batch.Side side) {
        return batch.marks().stream()
                .filter(mark -> mark.side() == side)
                .map(Batch.Mark::identity)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private Work work(String key, Link link, BitableTable.Found found) {
        var work = works.computeIfAbsent(key, Work::new);
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
        var keyColumn = declaration.keyColumn();
        var keyOf = new LinkedHashMap<String, String>();
        var idOf = new HashMap<String, UUID>();
        for (var mark : strangers) {
            var remote = found.records().get(mark.identity());
            if (remote != null) {
                keyOf.put(mark.identity(), fields.read(keyColumn, remote).value());
                uuid(fields.syncId(remote)).ifPresent(pairId -> idOf.put(mark.identity(), pairId));
            }
        }
        var keys = keyOf.values().stream().filter(Objects::nonNull).collect(Collectors.toSet());
        var linkOfKey = store.linksByKeys(keys).stream().collect(Collectors.toMap(Link::key, Function.identity()));
        var linkOfId =
                store.linksByIds(idOf.values()).stream().collect(Collectors.toMap(Link::pairId, Function.identity()));
        var known = sql.byKeys(keys).keySet();
        for (var mark : strangers) {
            var id = mark.identity();
            var remote = found.records().get(id);
            if (found.forbidden().contains(id)) {
                park(mark, null, "the app may not read it");
            } else if (remote == null) {
                toUnpark.add(id);
                doneMarks.add(mark);
            } else {
                var key = keyOf.get(id);
                var lost = linkOfId.get(idOf.getOrDefault(id, new UUID(0, 0)));
                if (lost != null && lost.recordId() == null && adopt(lost.key(), lost, remote, mark)) {
                    continue;
                }
                if (key == null) {
                    park(mark, null, "its " + keyColumn.field() + " is blank");
                } else if (linkOfKey.containsKey(key) && linkOfKey.get(key).recordId() != null) {
                    park(mark, key, "a copy: " + key + " is linked with another record");
                } else if (!known.contains(key)) {
                    park(
                            mark,
                            key,
                            "its " + keyColumn.field() + " " + key + " is unknown to "
                                    + declaration.sql().table());
                } else if (!adopt(key, linkOfKey.get(key), remote, mark)) {
                    park(mark, key, "a copy: " + key + " is linked with another record");
                }
            }
        }
    }

    private boolean adopt(String key, Link link, BitableTable.Remote remote, Batch.Mark mark) {
        var work = works.computeIfAbsent(key, Work::new);
        if (work.remote != null) {
            return false;
        }
        if (work.link == null) {
            work.link = link;
        }
        work.remote = remote;
        if (mark != null) {
            work.marks.add(mark);
        }
        return true;
    }

    private void park(Batch.Mark mark, String key, String reason) {
        toPark.add(new SyncStore.Parked(mark.identity(), key, reason));
        doneMarks.add(mark);
    }

    /** Rows without a record: one that holds their key, or their Sync ID, may be there already. */
    private void findCandidates() {
        var seeking = works.values().stream()
                .filter(work -> work.row != null && work.remote == null && work.unwritable.isEmpty())
                .toList();
        if (seeking.isEmpty()) {
            return;
        }
        var keyColumn = declaration.keyColumn();
        var keys = seeking.stream().map(work -> work.key).toList();
        var ids = seeking.stream()
                .filter(work -> work.link != null)
                .map(work -> work.link.pairId().toString())
                .toList();
        Map<String, BitableTable.Remote> found;
        if (keys.size() + ids.size() <= MOST_CONDITIONS) {
            var conditions = new LinkedHashMap<String, List<String>>();
            conditions.put(fields.fieldName(keyColumn), keys);
            if (!ids.isEmpty()) {
                conditions.put(fields.syncId().name(), ids);
            }
            found = table.searchAny(fields.tableId(), conditions);
        } else {
            found = table.scan(fields.tableId());
        }
        var linked = store.linksByRecords(found.keySet()).stream().collect(Collectors.toMap(Link::recordId, l -> l));
        var candidates = new HashMap<String, List<BitableTable.Remote>>();
        found.values().stream()
                .filter(remote -> !linked.containsKey(remote.id()))
                .sorted(Comparator.comparing(BitableTable.Remote::id))
                .forEach(remote -> {
                    var key = fields.read(keyColumn, remote).value();
                    if (key != null) {
                        candidates.computeIfAbsent(key, k -> new ArrayList<>()).add(remote);
                    }
                });
        var bySyncId = new HashMap<String, BitableTable.Remote>();
        found.values().forEach(remote -> {
            var syncId = fields.syncId(remote);
            if (syncId != null) {
                bySyncId.putIfAbsent(syncId, remote);
            }
        });
        var taken = works.values().stream()
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
                work.remote = own;
            }
            for (var other : same) {
                if (!other.equals(own)) {
                    toPark.add(new SyncStore.Parked(
                            other.id(), work.key, "a copy: " + work.key + " is linked with another record"));
                }
            }
        }
    }

    private static boolean foreign(Link holder, Link own) {
        return holder != null && !holder.pairId().equals(own.pairId());
    }

    // ---- deciding

    private void decide(Work work) {
        var link = work.link;
        if (!work.unwritable.isEmpty()) {
            return;
        }
        if (work.row == null) {
            work.delete = link != null && Link.APPROVED.equals(link.deletion());
            return;
        }
        if (work.remote == null
                && link != null
                && link.recordId() != null
                && link.recordedAt() != null
                && clock.instant().isBefore(link.recordedAt().plus(REPLICA_LAG))) {
            work.again = true;
            return;
        }
        if (work.remote != null && unchanged(work)) {
            return;
        }
        try {
            if (!transform(work)) {
                return;
            }
        } catch (RuntimeException refused) {
            LOG.warn("Pair {}: the transform of {} failed.", declaration.name(), printable(work.key), refused);
            if (attempts(work) + 1 < ROW_ATTEMPTS) {
                work.failed = true;
            } else {
                work.unwritable.add("the route's transform failed: " + refused);
            }
        }
    }

    /** Both sides hold exactly what was agreed: the usual end of an echo. */
    private boolean unchanged(Work work) {
        var link = work.link;
        if (link == null || link.state() != Link.State.LINKED || !Objects.equals(link.recordId(), work.remote.id())) {
            return false;
        }
        return declaration.columns().stream().filter(fields::has).allMatch(column -> {
                    var agreed = link.agreed(column.name());
                    return agreed != null
                            && !doubts.getOrDefault(link.pairId(), Map.of()).containsKey(column.name())
                            && Objects.equals(
                                    agreed.sql(),
                                    work.row.canonical().get(column.name()).value())
                            && Objects.equals(
                                    agreed.bitable(),
                                    fields.read(column, work.remote).value());
                })
                && link.pairId().toString().equals(fields.syncId(work.remote));
    }

    /** Answers false when the route left the row alone. */
    private boolean transform(Work work) {
        var row = new LinkedHashMap<String, Object>();
        declaration
                .columns()
                .forEach(column ->
                        row.put(column.name(), java(column, work.row.canonical().get(column.name()))));
        var offeredRow = transform.toBitable(new LinkedHashMap<>(row));
        Map<String, Object> record = new LinkedHashMap<>();
        Map<String, Object> offeredRecord = Map.of();
        if (work.remote != null && offeredRow != null) {
            declaration.columns().stream()
                    .filter(fields::has)
                    .forEach(column -> record.put(column.field(), java(column, fields.read(column, work.remote))));
            offeredRecord = transform.toErp(new LinkedHashMap<>(record));
        }
        if (offeredRow == null || offeredRecord == null) {
            work.unwritable.add("left alone by the route");
            return false;
        }
        var toBitable = new LinkedHashMap<String, Reading>();
        for (var column : declaration.columns()) {
            if (fields.has(column)) {
                var own = work.row.canonical().get(column.name());
                toBitable.put(column.name(), writable(column, offered(column, own, row, offeredRow, column.name())));
            }
        }
        work.toBitable = toBitable;
        if (work.remote == null) {
            work.create = true;
            for (var column : declaration.columns()) {
                var reading = toBitable.get(column.name());
                if (reading != null && !reading.valid() && column.owner() != ColumnMapping.Owner.BITABLE) {
                    var isKey = column.equals(declaration.keyColumn());
                    (isKey ? work.unwritable : work.leftOut)
                            .add(column.name() + " '" + reading.value() + "': " + reading.problem());
                }
            }
            return true;
        }
        var pairId = work.link == null ? work.freshId : work.link.pairId();
        for (var column : declaration.columns()) {
            if (fields.has(column)) {
                var own = fields.read(column, work.remote);
                var side = new ThreeWayMerge.Side(own, offered(column, own, record, offeredRecord, column.field()));
                decide(work, column, pairId, side);
            }
        }
        work.restoreSyncId = !pairId.toString().equals(fields.syncId(work.remote));
        return true;
    }

    private void decide(Work work, ColumnMapping column, UUID pairId, ThreeWayMerge.Side bitable) {
        var name = column.name();
        var ownSql = work.row.canonical().get(name);
        var sqlSide = new ThreeWayMerge.Side(ownSql, work.toBitable.get(name));
        var shadow = work.link == null ? null : work.link.agreed(name);
        for (var doubt : doubts.getOrDefault(pairId, Map.of()).getOrDefault(name, List.of())) {
            // our own write of unknown outcome is seen to have arrived: it is what was agreed, not somebody's edit
            var seen = doubt.kind() == Request.Kind.SQL
                    ? Objects.equals(ownSql.value(), doubt.sent().sql())
                    : Objects.equals(bitable.own().value(), doubt.sent().bitable());
            if (seen) {
                shadow = doubt.sent();
            }
        }
        var decision = ThreeWayMerge.decide(column, shadow, sqlSide, bitable);
        if (decision instanceof Decision.Agree agree) {
            remember(work, name, agree.agreed());
        } else if (decision instanceof Decision.ToBitable write) {
            work.bitableWrites.put(name, write.value());
            if (write.loss() != null) {
                work.bitableLosses.put(name, write.loss());
            }
        } else if (decision instanceof Decision.ToSql write) {
            work.sqlWrites.put(name, write.value());
            if (write.loss() != null) {
                work.sqlLosses.put(name, write.loss());
            }
        } else if (decision instanceof Decision.Unwritable blocked) {
            work.unwritable.add(name + " " + blocked.reason());
        } else if (shadow != null && work.link != null && !shadow.equals(work.link.agreed(name))) {
            remember(work, name, shadow);
        }
    }

    private void remember(Work work, String column, Agreed agreed) {
        if (work.link == null) {
            work.link = Link.fresh(work.freshId, work.key);
        }
        var ofSql = new LinkedHashMap<>(work.link.shadowSql());
        var ofBitable = new LinkedHashMap<>(work.link.shadowBitable());
        ofSql.put(column, agreed.sql());
        ofBitable.put(column, agreed.bitable());
        work.link = work.link.withShadows(ofSql, ofBitable);
    }

    private static Object java(ColumnMapping column, Reading reading) {
        return reading.valid() ? column.lens().toJava(reading.value()) : reading.value();
    }

    private static Reading offered(
            ColumnMapping column, Reading own, Map<String, Object> given, Map<String, Object> answered, String name) {
        return !answered.containsKey(name) || Objects.equals(answered.get(name), given.get(name))
                ? own
                : column.lens().fromSql(answered.get(name));
    }

    private static Collection<?> options(ColumnMapping column, Reading reading) {
        var value = column.lens().toJava(reading.value());
        if (value == null || column.owner() == ColumnMapping.Owner.BITABLE) {
            return List.of();
        }
        if (column.type() instanceof FieldType.SingleSelect) {
            return List.of(value);
        }
        return column.type() instanceof FieldType.MultiSelect ? (List<?>) value : List.of();
    }

    private Reading writable(ColumnMapping column, Reading reading) {
        var field = fields.fields().get(column.name());
        if (reading.valid() && !field.options().values().containsAll(options(column, reading))) {
            return Reading.invalid(
                    reading.value(), "the field " + field.name() + " has no such option; add it in Bitable");
        }
        return reading;
    }

    // ---- acting

    private void act() {
        var now = clock.instant();
        var creates = works.values().stream()
                .filter(work -> work.create && work.unwritable.isEmpty())
                .toList();
        var sqlRows = works.values().stream()
                .filter(work -> !work.sqlWrites.isEmpty())
                .toList();
        var updates = works.values().stream()
                .filter(work -> work.remote != null && work.row != null && !work.create && !work.failed)
                .filter(work -> !work.bitableWrites.isEmpty() || work.restoreSyncId)
                .toList();
        var deletes = works.values().stream().filter(work -> work.delete).toList();
        var createRequests = new ArrayList<Request>();
        var sqlRequests = new LinkedHashMap<Request, List<Work>>();
        var updateRequests = new LinkedHashMap<Request, List<Work>>();
        var deleteRequests = new LinkedHashMap<Request, List<Work>>();
        commit(() -> {
            store.park(toPark, now);
            store.unpark(toUnpark);
            establish(now);
            for (var chunk : chunks(creates)) {
                createRequests.add(freezeCreate(chunk, now));
            }
            for (var chunk : chunks(sqlRows)) {
                var request = store.freeze(Request.Kind.SQL, "", sent(chunk, Batch.Side.SQL), now);
                note(chunk, Batch.Side.SQL, request, now);
                sqlRequests.put(request, chunk);
            }
            for (var chunk : chunks(updates)) {
                var request =
                        store.freeze(Request.Kind.UPDATE, updateBody(chunk), sent(chunk, Batch.Side.BITABLE), now);
                note(chunk, Batch.Side.BITABLE, request, now);
                updateRequests.put(request, chunk);
            }
            for (var chunk : chunks(deletes)) {
                deleteRequests.put(freezeDelete(chunk, now), chunk);
            }
        });
        parked += toPark.size();
        creates.forEach(work -> work.open++);
        sqlRows.forEach(work -> work.open++);
        updates.forEach(work -> work.open++);
        deletes.forEach(work -> work.open++);
        acting = true;
        createRequests.forEach(this::sendCreate);
        sqlRequests.forEach(this::writeSql);
        updateRequests.forEach(this::sendUpdate);
        deleteRequests.forEach(this::sendDelete);
    }

    /** Makes the links of rows that get or have found their record, and lists what is left alone. */
    private void establish(Instant now) {
        var links = new ArrayList<Link>();
        for (var work : works.values()) {
            if (work.failed || work.again || work.delete || (work.row == null && work.unwritable.isEmpty())) {
                continue;
            }
            var link = work.link == null ? Link.fresh(work.freshId, work.key) : work.link;
            if (work.remote != null && !work.remote.id().equals(link.recordId())) {
                toUnpark.add(work.remote.id());
                link = link.withRecord(work.remote.id(), Link.State.LINKED, now);
            }
            if (!work.unwritable.isEmpty()) {
                link = link.as(Link.State.PARKED, null, String.join("; ", work.unwritable));
                parked++;
            } else if (work.create) {
                // a record that was deleted in Bitable: its pair goes on, with nothing agreed
                link = link.withRecord(null, Link.State.CREATING, null)
                        .withShadows(Map.of(), Map.of())
                        .as(Link.State.CREATING, null, null);
            } else {
                link = link.as(Link.State.LINKED, null, null);
            }
            if (!link.equals(work.link)) {
                links.add(link);
                work.link = link;
            }
        }
        store.save(links, now);
        store.unpark(toUnpark);
        var back = works.values().stream()
                .filter(work -> work.row != null && work.link != null && work.link.absences() > 0)
                .collect(Collectors.toMap(work -> work.key, work -> 0));
        store.saveAbsences(back, Map.of());
    }

    private static List<List<Work>> chunks(List<Work> works) {
        var chunks = new ArrayList<List<Work>>();
        for (var from = 0; from < works.size(); from += BitableTable.MOST_WRITTEN) {
            chunks.add(works.subList(from, Math.min(works.size(), from + BitableTable.MOST_WRITTEN)));
        }
        return chunks;
    }

    /** What both sides hold once the writes to {@code side} are done. */
    private Map<UUID, Map<String, Agreed>> sent(List<Work> chunk, Batch.Side side) {
        var sent = new LinkedHashMap<UUID, Map<String, Agreed>>();
        for (var work : chunk) {
            var values = new LinkedHashMap<String, Agreed>();
            for (var column : declaration.columns()) {
                var name = column.name();
                if (side == Batch.Side.SQL && work.sqlWrites.containsKey(name)) {
                    values.put(
                            name,
                            new Agreed(
                                    work.sqlWrites.get(name),
                                    fields.read(column, work.remote).value()));
                } else if (side == Batch.Side.BITABLE && work.bitableWrites.containsKey(name)) {
                    values.put(
                            name,
                            new Agreed(
                                    work.row.canonical().get(name).value(),
                                    column.lens().norm(work.bitableWrites.get(name))));
                }
            }
            sent.put(work.link.pairId(), values);
        }
        return sent;
    }

    private void note(List<Work> chunk, Batch.Side side, Request request, Instant now) {
        for (var work : chunk) {
            var losses = side == Batch.Side.SQL ? work.sqlLosses : work.bitableLosses;
            losses.forEach((column, loss) -> {
                store.note(work.link, column, side, loss, request.id(), now);
                count(loss.why());
            });
            if (side == Batch.Side.BITABLE && work.restoreSyncId) {
                var present = fields.syncId(work.remote);
                if (present != null) {
                    var loss = new Decision.Loss(present, work.link.pairId().toString(), Decision.Why.SYNC_ID);
                    store.note(work.link, fields.syncId().name(), side, loss, request.id(), now);
                }
            }
        }
    }

    private void count(Decision.Why why) {
        meters.counter(
                        "feishu.sync.overwritten",
                        "pair",
                        declaration.name(),
                        "why",
                        why.name().toLowerCase(java.util.Locale.ROOT))
                .increment();
        if (why == Decision.Why.CONFLICT || why == Decision.Why.FIRST_MEETING) {
            meters.counter("feishu.sync.conflicts", "pair", declaration.name()).increment();
        }
    }

    // ---- creating

    private Request freezeCreate(List<Work> chunk, Instant now) {
        var body = mapper.createObjectNode();
        var records = body.putArray("records");
        var sent = new LinkedHashMap<UUID, Map<String, Agreed>>();
        for (var work : chunk) {
            var cells = records.addObject().putObject("fields");
            var values = new LinkedHashMap<String, Agreed>();
            for (var column : declaration.columns()) {
                // a cell without a shadow is decided on when the record is seen
                if (offers(work, column)) {
                    var value = work.toBitable.get(column.name()).value();
                    if (value != null) {
                        cells.set(fields.fieldName(column), column.lens().toBitable(value));
                    }
                    values.put(
                            column.name(),
                            new Agreed(
                                    work.row.canonical().get(column.name()).value(),
                                    column.lens().norm(value)));
                }
            }
            cells.put(fields.syncId().name(), work.link.pairId().toString());
            sent.put(work.link.pairId(), values);
        }
        return store.freeze(Request.Kind.CREATE, body.toString(), sent, now);
    }

    private boolean offers(Work work, ColumnMapping column) {
        return fields.has(column)
                && column.owner() != ColumnMapping.Owner.BITABLE
                && work.toBitable.get(column.name()).valid();
    }

    private void sendCreate(Request request) {
        var body = json(request.body());
        List<BitableTable.Remote> answered;
        try {
            answered =
                    table.create(fields.tableId(), body, request.clientToken().toString());
        } catch (FeishuException refused) {
            createRefused(request, body, refused);
            return;
        }
        var recordIds = new LinkedHashMap<UUID, String>();
        var syncIdName = fields.syncId().name();
        for (var remote : answered) {
            uuid(new Lens.OfText().fromBitable(remote.fields().get(syncIdName)).value())
                    .filter(request.sent()::containsKey)
                    .ifPresent(pairId -> recordIds.put(pairId, remote.id()));
        }
        if (recordIds.size() < request.sent().size()) {
            // the answer does not say which record is whose: ask the table
            throwIfMissing(request, linkFound(request, request.sent().keySet()));
        } else {
            advanceCreated(request, recordIds, true);
        }
    }

    private void createRefused(Request request, JsonNode body, FeishuException refused) {
        if (TOKEN_USED.contains(refused.code())) {
            // the records may be there: a new token without a look would make them twice
            var missing = linkFound(request, request.sent().keySet());
            if (missing.isEmpty()) {
                return;
            }
            if (request.attempts() + 1 < TOKEN_ATTEMPTS) {
                commit(() -> store.attempted(request.id(), clock.instant()));
                throw new FeishuRetryableException(
                        refused.getMessage(),
                        refused.httpStatus(),
                        refused.code(),
                        refused.logId(),
                        refused.hint(),
                        true,
                        refused);
            }
            renewCreate(request, missing);
            return;
        }
        if (refused.outcomeUnknown()) {
            throw refused;
        }
        var rowAtFault = ROW_CODES.contains(refused.code());
        if ((rowAtFault || TOO_LARGE.contains(refused.code())) && request.sent().size() > 1) {
            var ids = new ArrayList<>(request.sent().keySet());
            var middle = ids.size() / 2;
            var halves = new ArrayList<Request>();
            commit(() -> {
                halves.add(part(request, body, ids.subList(0, middle)));
                halves.add(part(request, body, ids.subList(middle, ids.size())));
                store.settle(request.id());
            });
            halves.forEach(this::sendCreate);
        } else if (rowAtFault) {
            park(request, refused);
        } else {
            throw refused;
        }
    }

    private void renewCreate(Request request, Set<UUID> missing) {
        var renewed = new ArrayList<Request>();
        commit(() -> {
            renewed.add(part(request, json(request.body()), missing));
            store.settle(request.id());
        });
        renewed.forEach(this::sendCreate);
    }

    /** A part of a create, with a token of its own. */
    private Request part(Request request, JsonNode body, Collection<UUID> pairIds) {
        var ids = pairIds.stream().map(UUID::toString).collect(Collectors.toSet());
        var part = mapper.createObjectNode();
        var records = part.putArray("records");
        body.path("records").forEach(record -> {
            if (ids.contains(record.path("fields").path(fields.syncId().name()).asText())) {
                records.add(record);
            }
        });
        var sent = new LinkedHashMap<UUID, Map<String, Agreed>>();
        pairIds.forEach(pairId -> sent.put(pairId, request.sent().get(pairId)));
        return store.freeze(Request.Kind.CREATE, part.toString(), sent, clock.instant());
    }

    private static void throwIfMissing(Request request, Set<UUID> missing) {
        if (!missing.isEmpty()) {
            throw new FeishuRetryableException(
                    missing.size() + " of " + request.sent().size()
                            + " new records cannot be found yet; they are looked for again",
                    200,
                    0,
                    null,
                    "They are looked for again.",
                    true,
                    null);
        }
    }

    private Map<UUID, Work> worksById() {
        var byId = new HashMap<UUID, Work>();
        works.values().stream().filter(work -> work.link != null).forEach(work -> byId.put(work.link.pairId(), work));
        return byId;
    }

    private void park(Request request, FeishuException refused) {
        var byId = worksById();
        var reason = refused.getMessage();
        var now = clock.instant();
        commit(() -> {
            var links = store.linksByIds(request.sent().keySet()).stream()
                    .map(link -> {
                        var work = byId.get(link.pairId());
                        return seen(work, link).as(Link.State.PARKED, refused.code(), reason);
                    })
                    .toList();
            store.save(links, now);
            store.settle(request.id());
            links.forEach(link -> {
                var work = byId.get(link.pairId());
                if (work != null) {
                    work.link = link;
                    work.unwritable.add(reason);
                    work.open--;
                }
            });
        });
        parked += request.sent().size();
        LOG.warn(
                "Pair {}: parked {} row(s): {}",
                declaration.name(),
                request.sent().size(),
                reason);
    }

    /** What the looks at both sides will find again if nobody changes anything. */
    private Link seen(Work work, Link link) {
        if (work == null) {
            return link;
        }
        var ofSql = work.row == null ? link.seenSql() : work.row.canonicalValues();
        var ofBitable = work.remote == null
                ? link.seenBitable()
                : new LinkedHashMap<>(fields.canonical(declaration.columns(), work.remote));
        return link.withSeen(ofSql, ofBitable);
    }

    // ---- writing SQL

    private void writeSql(Request request, List<Work> chunk) {
        var now = clock.instant();
        for (var work : chunk) {
            try {
                if (sql.update(work.row, work.sqlWrites, SQL_TIMEOUT)) {
                    written++;
                    for (var column : declaration.columns()) {
                        if (work.sqlWrites.containsKey(column.name())) {
                            remember(
                                    work,
                                    column.name(),
                                    request.sent().get(work.link.pairId()).get(column.name()));
                        }
                    }
                } else {
                    // somebody changed the row since it was read
                    work.again = true;
                }
            } catch (DataAccessException refused) {
                if (!rowRefused(refused)) {
                    throw refused;
                }
                var cause = Objects.requireNonNullElse(
                        refused.getMostSpecificCause().getMessage(), "refused");
                work.link = seen(work, work.link)
                        .as(Link.State.PARKED, null, declaration.sql().table() + " refuses the value: " + cause);
                work.unwritable.add(work.link.reason());
                work.sqlWrites.clear();
                parked++;
            }
            work.open--;
        }
        commit(() -> {
            store.save(chunk.stream().map(work -> work.link).toList(), now);
            store.settle(request.id());
        });
    }

    private static boolean rowRefused(DataAccessException refused) {
        return refused instanceof DataIntegrityViolationException
                || refused.getMostSpecificCause() instanceof SQLException cause && "P0001".equals(cause.getSQLState());
    }

    // ---- updating

    private String updateBody(List<Work> chunk) {
        var body = mapper.createObjectNode();
        var records = body.putArray("records");
        chunk.forEach(work -> records.add(updateOf(work)));
        return body.toString();
    }

    private ObjectNode updateOf(Work work) {
        var record = mapper.createObjectNode().put("record_id", work.remote.id());
        var cells = record.putObject("fields");
        for (var column : declaration.columns()) {
            if (work.bitableWrites.containsKey(column.name())) {
                cells.set(fields.fieldName(column), column.lens().toBitable(work.bitableWrites.get(column.name())));
            }
        }
        if (work.restoreSyncId) {
            cells.put(fields.syncId().name(), work.link.pairId().toString());
        }
        return record;
    }

    private void sendUpdate(Request request, List<Work> chunk) {
        // Bitable has no conditional write: a look just before it keeps the window small
        var present = table.get(
                fields.tableId(), chunk.stream().map(work -> work.remote.id()).toList());
        var steady = new ArrayList<Work>();
        for (var work : chunk) {
            var now = present.records().get(work.remote.id());
            if (now != null && now.fields().equals(work.remote.fields())) {
                steady.add(work);
            } else {
                work.again = true;
                work.open--;
            }
        }
        if (!steady.isEmpty()) {
            update(request, steady);
        }
        commit(() -> store.settle(request.id()));
    }

    private void update(Request request, List<Work> steady) {
        var body = mapper.createObjectNode();
        ArrayNode records = body.putArray("records");
        steady.forEach(work -> records.add(updateOf(work)));
        try {
            table.update(fields.tableId(), body);
        } catch (FeishuException refused) {
            if (refused.code() != NOTHING_CHANGED) {
                updateRefused(request, steady, refused);
                return;
            }
        }
        var now = clock.instant();
        for (var work : steady) {
            request.sent().get(work.link.pairId()).forEach((column, agreed) -> remember(work, column, agreed));
            work.open--;
        }
        commit(() -> store.save(steady.stream().map(work -> work.link).toList(), now));
        updated += steady.size();
    }

    private void updateRefused(Request request, List<Work> steady, FeishuException refused) {
        if (refused.outcomeUnknown()) {
            throw refused;
        }
        var rowAtFault = ROW_CODES.contains(refused.code()) || RECORD_GONE.contains(refused.code());
        if ((rowAtFault || TOO_LARGE.contains(refused.code())) && steady.size() > 1) {
            var middle = steady.size() / 2;
            update(request, steady.subList(0, middle));
            update(request, steady.subList(middle, steady.size()));
        } else if (RECORD_GONE.contains(refused.code())) {
            steady.forEach(work -> {
                work.again = true;
                work.open--;
            });
        } else if (rowAtFault) {
            var work = steady.get(0);
            var reason = refused.getMessage();
            work.link = seen(work, work.link).as(Link.State.PARKED, refused.code(), reason);
            work.unwritable.add(reason);
            work.bitableWrites.clear();
            work.open--;
            parked++;
            commit(() -> store.save(List.of(work.link), clock.instant()));
            LOG.warn("Pair {}: parked {}: {}", declaration.name(), printable(work.key), reason);
        } else {
            throw refused;
        }
    }

    // ---- deleting

    private Request freezeDelete(List<Work> chunk, Instant now) {
        var recordIds = new ArrayList<String>();
        var sent = new LinkedHashMap<UUID, Map<String, Agreed>>();
        for (var work : chunk) {
            if (work.remote != null) {
                recordIds.add(work.remote.id());
            }
            sent.put(work.link.pairId(), Map.of());
        }
        var request =
                store.freeze(Request.Kind.DELETE, table.deleteBody(recordIds).toString(), sent, now);
        for (var work : chunk) {
            if (work.remote != null) {
                fields.canonical(declaration.columns(), work.remote).forEach((column, value) -> {
                    if (value != null) {
                        var loss = new Decision.Loss(value, null, Decision.Why.DELETED);
                        store.note(work.link, column, Batch.Side.BITABLE, loss, request.id(), now);
                    }
                });
            }
        }
        return request;
    }

    private void sendDelete(Request request, List<Work> chunk) {
        var present = chunk.stream().filter(work -> work.remote != null).toList();
        if (!present.isEmpty()) {
            delete(present);
        }
        commit(() -> {
            store.remove(chunk.stream().map(work -> work.link.pairId()).toList());
            store.settle(request.id());
        });
        chunk.forEach(work -> work.open--);
        deleted += present.size();
    }

    private void delete(List<Work> present) {
        try {
            table.delete(
                    fields.tableId(),
                    table.deleteBody(
                            present.stream().map(work -> work.remote.id()).toList()));
        } catch (FeishuException refused) {
            var gone = RECORD_GONE.contains(refused.code());
            if ((gone || TOO_LARGE.contains(refused.code())) && !refused.outcomeUnknown() && present.size() > 1) {
                var middle = present.size() / 2;
                delete(present.subList(0, middle));
                delete(present.subList(middle, present.size()));
            } else if (!gone) {
                throw refused;
            }
        }
    }

    // ---- the end

    private Merged end(String problem, RuntimeException failure) {
        var now = clock.instant();
        var settled = new ArrayList<Link>();
        var done = new ArrayList<Batch.Mark>(doneMarks);
        var held = new HashSet<Batch.Mark>(doneMarks);
        var unchanged = 0;
        // before the writes began nothing was decided; after that, what is settled stays settled
        if (problem == null || acting) {
            for (var work : works.values()) {
                if (!work.settled()) {
                    continue;
                }
                done.addAll(work.marks);
                held.addAll(work.marks);
                if (work.link != null && !work.delete && work.row != null) {
                    var link = finalView(work);
                    if (!link.equals(work.link)) {
                        settled.add(link);
                    }
                }
                if (!work.create
                        && !work.delete
                        && work.bitableWrites.isEmpty()
                        && work.sqlWrites.isEmpty()
                        && work.unwritable.isEmpty()) {
                    unchanged++;
                }
            }
        } else {
            done.clear();
            held.clear();
        }
        var again = new ArrayList<Batch.Mark>();
        works.values().stream().filter(work -> work.again && !work.failed).forEach(work -> again.addAll(work.marks));
        held.addAll(again);
        var late = batch.marks().stream().filter(mark -> !held.contains(mark)).toList();
        var attempts = late.stream().mapToInt(Batch.Mark::attempts).max().orElse(0);
        commit(() -> {
            store.save(settled, now);
            store.finish(done);
            store.defer(again, now.plus(SOON), false);
            store.defer(late, now.plus(backOff(attempts)), true);
            store.release(batch.fence());
        });
        if (problem != null) {
            LOG.warn("Pair {}: {} mark(s) are tried again: {}", declaration.name(), late.size(), printable(problem));
        }
        if (failure != null) {
            throw failure;
        }
        return new Merged(created, updated, deleted, written, unchanged, parked, again.size() + late.size(), problem);
    }

    /** What both sides hold after the cycle, as far as it knows. */
    private Link finalView(Work work) {
        var ofSql = work.row.canonicalValues();
        ofSql.putAll(work.sqlWrites);
        var ofBitable = new LinkedHashMap<String, String>();
        if (work.remote != null) {
            ofBitable.putAll(fields.canonical(declaration.columns(), work.remote));
            ofBitable.putAll(work.bitableWrites);
        } else if (work.link.recordId() != null) {
            ofBitable.putAll(work.link.shadowBitable());
            // the cells that the new record went without
            declaration.columns().stream()
                    .filter(fields::has)
                    .forEach(column -> ofBitable.putIfAbsent(column.name(), null));
        }
        return work.link.withSeen(ofSql, ofBitable);
    }

    private int attempts(Work work) {
        return work.marks.stream().mapToInt(Batch.Mark::attempts).max().orElse(0);
    }

    private static Duration backOff(int attempts) {
        var wait = Duration.ofSeconds(1L << Math.min(attempts, 6));
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    private void commit(Runnable work) {
        store.commit(batch.fence(), clock.instant(), work);
    }

    private JsonNode json(String body) {
        try {
            return mapper.readTree(body);
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static java.util.Optional<UUID> uuid(String text) {
        try {
            return text == null ? java.util.Optional.empty() : java.util.Optional.of(UUID.fromString(text.strip()));
        } catch (IllegalArgumentException notAnId) {
            return java.util.Optional.empty();
        }
    }

    static String printable(String text) {
        return text.replaceAll("[\\r\\n]+", " ");
    }
}
