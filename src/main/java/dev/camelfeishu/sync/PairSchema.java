package dev.camelfeishu.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.openapi.FeishuRejectedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Bitable table of a pair and its fields. They are found or made at the first link; from then on fields are known by id,
 * so a rename is followed, and nothing is made or changed. A mapped field that is gone, or has another type now, is left out
 * until a person brings it back.
 */
final class PairSchema {

    private static final Logger LOG = LoggerFactory.getLogger(PairSchema.class);
    private static final Duration FRESH = Duration.ofSeconds(60);
    private static final Duration FIT = Duration.ofSeconds(10);
    private static final int MODIFIED_TIME = 1002;
    private static final int TABLE_NAME_TAKEN = 1254013;
    private static final int FIELD_NAME_TAKEN = 1254014;
    /** Place of the Sync ID among the remembered field ids; no column can have this name. */
    private static final String SYNC_ID = "";

    /**
     * The fields as they are now.
     *
     * @param fields by column; a column that cannot be synchronised is missing
     * @param modified name of a field of type ModifiedTime, null when there is none: with one, a look for changes reads only
     *     the latest records
     * @param problems what a person has to mend, one sentence each
     */
    record Snapshot(
            String tableId,
            Map<String, BitableTable.Field> fields,
            BitableTable.Field syncId,
            String modified,
            List<String> problems) {

        boolean has(ColumnMapping column) {
            return fields.containsKey(column.name());
        }

        /** Whether cells are read and written by the same names, and in the same types. */
        boolean namesAs(Snapshot other) {
            return named().equals(other.named());
        }

        private Map<String, String> named() {
            var names = new HashMap<String, String>();
            fields.forEach((column, field) -> names.put(column, field.name()));
            names.put(SYNC_ID, syncId.name());
            return names;
        }

        String fieldName(ColumnMapping column) {
            return fields.get(column.name()).name();
        }

        Reading read(ColumnMapping column, BitableTable.Remote remote) {
            return column.lens().fromBitable(remote.fields().get(fieldName(column)));
        }

        boolean admits(RecordFilter filter, BitableTable.Remote remote) {
            return filter.admits(column -> read(column, remote).value(), this::has);
        }

        /** The key that the record shows; null when a part of it is blank. */
        String key(List<ColumnMapping> keyColumns, BitableTable.Remote remote) {
            return RowKey.of(keyColumns.stream()
                    .map(column -> read(column, remote).value())
                    .toList());
        }

        String syncId(BitableTable.Remote remote) {
            return new Lens.OfText()
                    .fromBitable(remote.fields().get(syncId.name()))
                    .value();
        }

        Map<String, String> canonical(List<ColumnMapping> columns, BitableTable.Remote remote) {
            var values = new LinkedHashMap<String, String>();
            columns.stream()
                    .filter(this::has)
                    .forEach(column ->
                            values.put(column.name(), read(column, remote).value()));
            return values;
        }
    }

    private final PairDeclaration declaration;
    private final BitableTable table;
    private final SyncStore store;
    private final Clock clock;

    private volatile Snapshot snapshot;
    private volatile Instant readAt = Instant.MIN;
    /** The last look has found no table of the declared name: it is made without another one. */
    private volatile boolean absent;

    PairSchema(PairDeclaration declaration, BitableTable table, SyncStore store, Clock clock) {
        this.declaration = declaration;
        this.table = table;
        this.store = store;
        this.clock = clock;
    }

    /** Answers null until the first link is done. */
    Snapshot known() {
        return snapshot;
    }

    /** The fields, read again when what is known is older than a minute; does the first link if it has not been done. */
    synchronized Snapshot current() {
        return snapshot != null && clock.instant().isBefore(readAt.plus(FRESH)) ? snapshot : refresh();
    }

    /** Whether the fields were read in the last few seconds: what is written goes by their names. */
    boolean fitForWrites() {
        return clock.instant().isBefore(readAt.plus(FIT));
    }

    void invalidate() {
        readAt = Instant.MIN;
    }

    synchronized Snapshot refresh() {
        var pair = store.pair();
        var now = clock.instant();
        List<BitableTable.Field> linked = List.of();
        if (pair.linkedAt() == null) {
            linked = link(pair);
            pair = store.pair();
        }
        checkSame(pair);
        var found = linked.isEmpty() ? table.fields(pair.tableId()) : linked;
        var next = resolve(relinked(pair, found), found);
        if (snapshot == null || !snapshot.problems().equals(next.problems())) {
            next.problems().forEach(problem -> LOG.warn("Pair {}: {}", declaration.name(), problem));
        }
        snapshot = next;
        readAt = now;
        return next;
    }

    private void checkSame(SyncStore.PairRow pair) {
        var declared = declaration.bitable();
        if (!pair.appToken().equals(declared.app())
                || !declared.tableId().isEmpty() && !pair.tableId().equals(declared.tableId())) {
            throw new IllegalStateException("Pair " + declaration.name() + " was linked with another Bitable table ("
                    + pair.appToken() + "/" + pair.tableId()
                    + ") than the one declared now. Declare that table again, or"
                    + " give the new one a pair of its own with another name.");
        }
    }

    /**
     * Takes up fields that a person has made again under the declared name. Nothing is agreed on in them: an empty cell of a new
     * field is nobody's deletion.
     */
    private SyncStore.PairRow relinked(SyncStore.PairRow pair, List<BitableTable.Field> found) {
        var present = found.stream().map(BitableTable.Field::id).collect(Collectors.toSet());
        var again = new LinkedHashMap<String, String>();
        declaration.columns().forEach(column -> again.put(column.name(), madeAgain(pair, found, column)));
        if (!present.contains(pair.fields().get(SYNC_ID))) {
            again.put(SYNC_ID, named(found, declaration.bitable().syncId(), new Lens.OfText()));
        }
        again.values().removeIf(Objects::isNull);
        again.values().removeIf(pair.fields()::containsValue);
        if (again.isEmpty()) {
            return pair;
        }
        store.relink(again);
        LOG.info("Pair {}: took up the fields of {} that were made again.", declaration.name(), again.keySet());
        return store.pair();
    }

    private static String madeAgain(SyncStore.PairRow pair, List<BitableTable.Field> found, ColumnMapping column) {
        var linked = pair.fields().get(column.name());
        return found.stream().anyMatch(field -> field.id().equals(linked))
                ? null
                : named(found, column.field(), column.lens());
    }

    private static String named(List<BitableTable.Field> found, String name, Lens lens) {
        return found.stream()
                .filter(field -> field.name().equals(name) && field.type() == lens.fieldType())
                .map(BitableTable.Field::id)
                .findFirst()
                .orElse(null);
    }

    private Snapshot resolve(SyncStore.PairRow pair, List<BitableTable.Field> found) {
        var byId = found.stream().collect(Collectors.toMap(BitableTable.Field::id, Function.identity()));
        var fields = new LinkedHashMap<String, BitableTable.Field>();
        var problems = new ArrayList<String>();
        for (var column : declaration.columns()) {
            var field = byId.get(pair.fields().get(column.name()));
            if (field == null) {
                problems.add("the field " + column.field() + " is gone from Bitable; " + column.name()
                        + " is left out until somebody makes such a field again");
            } else if (field.type() != column.lens().fieldType()) {
                problems.add("the field " + field.name() + " has another type than " + column.name() + " needs (type "
                        + field.type() + ", needed " + column.lens().fieldType() + "); " + column.name()
                        + " is left out until the type is changed back");
            } else {
                fields.put(column.name(), field);
            }
        }
        var syncId = byId.get(pair.fields().get(SYNC_ID));
        if (syncId == null
                || syncId.type() != 1
                || !fields.keySet().containsAll(declaration.sql().key())) {
            throw new IllegalStateException("Pair " + declaration.name() + " rests: its table needs the text fields "
                    + declaration.keyFields() + " and "
                    + declaration.bitable().syncId()
                    + ", and at least one of those it was linked with is gone or has another type. Restore it in"
                    + " Bitable (undo, or the table's history).");
        }
        var modified = found.stream()
                .filter(field -> field.type() == MODIFIED_TIME)
                .map(BitableTable.Field::name)
                .findFirst()
                .orElse(null);
        return new Snapshot(pair.tableId(), Map.copyOf(fields), syncId, modified, List.copyOf(problems));
    }

    /**
     * What the first link finds and what it would make.
     *
     * @param fields null when there is no table yet
     * @param makes what it would make, one phrase each
     */
    record Plan(Snapshot fields, List<String> makes) {}

    /** Looks for the table and its fields, and makes none. */
    Plan plan() {
        var pair = store.pair();
        if (pair.linkedAt() != null) {
            return new Plan(current(), List.of());
        }
        var tableId = pair.tableId() != null ? pair.tableId() : findTable();
        absent = tableId == null;
        if (tableId == null) {
            return new Plan(null, List.of("the table " + declaration.bitable().table()));
        }
        var byName =
                table.fields(tableId).stream().collect(Collectors.toMap(BitableTable.Field::name, Function.identity()));
        var fields = new LinkedHashMap<String, BitableTable.Field>();
        var makes = new ArrayList<String>();
        for (var column : declaration.columns()) {
            var field = byName.get(column.field());
            if (field == null) {
                makes.add("the field " + column.field());
            } else if (field.type() == column.lens().fieldType()) {
                fields.put(column.name(), field);
            } else {
                makes.add("nothing: the field " + column.field() + " has type " + field.type() + ", needed "
                        + column.lens().fieldType());
            }
        }
        var syncId = byName.get(declaration.bitable().syncId());
        if (syncId == null) {
            makes.add("the field " + declaration.bitable().syncId());
        }
        return new Plan(new Snapshot(tableId, fields, syncId, null, List.of()), makes);
    }

    /** Answers the fields of the table, none when it had to make some: then they have to be read again. */
    private List<BitableTable.Field> link(SyncStore.PairRow pair) {
        var declared = declaration.bitable();
        var tableId = pair.tableId() != null || absent ? pair.tableId() : findTable();
        // once: what could not be made may be made by hand
        absent = false;
        if (tableId == null) {
            tableId = createTable();
        }
        if (!declared.app().equals(pair.appToken()) || !tableId.equals(pair.tableId())) {
            store.saveTable(declared.app(), tableId);
        }
        var byName = new LinkedHashMap<String, BitableTable.Field>();
        table.fields(tableId).forEach(field -> byName.put(field.name(), field));
        var ids = new LinkedHashMap<String, String>();
        for (var column : declaration.columns()) {
            ids.put(column.name(), fieldId(tableId, byName, column.field(), column.lens()));
        }
        ids.put(SYNC_ID, fieldId(tableId, byName, declared.syncId(), new Lens.OfText()));
        store.saveFields(ids, clock.instant());
        LOG.info("Pair {} is linked with table {}.", declaration.name(), tableId);
        var known = byName.values().stream().map(BitableTable.Field::id).collect(Collectors.toSet());
        return known.containsAll(ids.values()) ? List.copyOf(byName.values()) : List.of();
    }

    private String findTable() {
        var declared = declaration.bitable();
        var tables = table.tables();
        if (!declared.tableId().isEmpty()) {
            if (tables.stream().noneMatch(info -> info.id().equals(declared.tableId()))) {
                throw new IllegalStateException("Pair " + declaration.name() + ": the Base has no table "
                        + declared.tableId() + ". Correct the table id, or leave it empty to use the table named "
                        + declared.table() + ".");
            }
            return declared.tableId();
        }
        return tables.stream()
                .filter(info -> info.name().equals(declared.table()))
                .map(BitableTable.TableInfo::id)
                .findFirst()
                .orElse(null);
    }

    private String createTable() {
        var declared = declaration.bitable();
        var fields = new ArrayList<ObjectNode>();
        // the first field is the primary one, and it is the key
        var key = declaration.keyColumns();
        Stream.concat(key.stream(), declaration.columns().stream().filter(column -> !key.contains(column)))
                .filter(column -> column.lens().creatable())
                .forEach(column -> fields.add(named(column.field(), column.lens())));
        fields.add(named(declared.syncId(), new Lens.OfText()));
        try {
            return table.createTable(declared.table(), fields);
        } catch (FeishuRejectedException refused) {
            if (refused.code() == TABLE_NAME_TAKEN) {
                return Objects.requireNonNull(findTable(), "table " + declared.table());
            }
            throw explained(refused, "the table " + declared.table(), "base:table:create");
        }
    }

    private String fieldId(String tableId, Map<String, BitableTable.Field> byName, String name, Lens lens) {
        var field = byName.get(name);
        if (field == null && !lens.creatable()) {
            throw new IllegalStateException("Pair " + declaration.name() + ": the field " + name
                    + " is missing. Make it by hand: what it works out is not for this application to say.");
        }
        if (field == null) {
            try {
                field = table.createField(
                        tableId, named(name, lens), UUID.randomUUID().toString());
            } catch (FeishuRejectedException refused) {
                if (refused.code() != FIELD_NAME_TAKEN) {
                    throw explained(refused, "the field " + name, "base:field:create");
                }
                field = table.fields(tableId).stream()
                        .filter(candidate -> candidate.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> refused);
            }
        }
        if (field.type() != lens.fieldType()) {
            throw new IllegalStateException("Pair " + declaration.name() + ": the field " + name + " has type "
                    + field.type() + " but must have type " + lens.fieldType() + " ("
                    + lens.fieldShape().path("ui_type").asText() + "). Rename it or change its type in Bitable.");
        }
        return field.id();
    }

    private ObjectNode named(String name, Lens lens) {
        var shape = lens.fieldShape().put("field_name", name);
        if (lens instanceof Lens.OfLink linked) {
            var other = linked.link().pair();
            var tableId = store.tableOf(other);
            if (tableId == null) {
                throw new IllegalStateException("Pair " + declaration.name() + ": the field " + name
                        + " points to the table of the pair " + other + ", which is not linked yet. It is made when"
                        + " that pair has its table.");
            }
            shape.withObjectProperty("property").put("table_id", tableId);
        }
        return shape;
    }

    private FeishuRejectedException explained(FeishuException refused, String what, String scope) {
        var hint = "Make " + what + " by hand, or grant the app the scope " + scope
                + " and the right to manage the Base, then it is made by itself.";
        return new FeishuRejectedException(
                "Pair " + declaration.name() + " misses " + what + " and could not make it: " + refused.getMessage()
                        + " " + hint,
                refused.httpStatus(),
                refused.code(),
                refused.logId(),
                hint,
                refused.outcomeUnknown(),
                refused);
    }
}
