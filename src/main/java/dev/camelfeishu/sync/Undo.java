package dev.camelfeishu.sync;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.springframework.dao.DataIntegrityViolationException;

/**
 * Brings an overwritten value back to the side that lost it, as an edit of a person there; the next cycle carries it to the
 * other side. Only while that side still holds the value that won, and the value that goes now is noted in its turn. A deleted
 * row or record comes back whole.
 */
final class Undo {

    private static final Duration SQL_TIMEOUT = Duration.ofSeconds(10);
    /** What the next cycle would only take away again, or has no place to go to. */
    private static final Set<String> FINAL = Set.of("put_back", "invalid", "sync_id");

    private static final String DELETED = "deleted";

    private final PairDeclaration declaration;
    private final SyncStore store;
    private final SqlTable sql;
    private final BitableTable table;
    private final ObjectMapper mapper;
    private final Clock clock;

    Undo(
            PairDeclaration declaration,
            SyncStore store,
            SqlTable sql,
            BitableTable table,
            ObjectMapper mapper,
            Clock clock) {
        this.declaration = declaration;
        this.store = store;
        this.sql = sql;
        this.table = table;
        this.mapper = mapper;
        this.clock = clock;
    }

    /**
     * @return what the next cycle has to look at: the key on the SQL side, or the record
     * @throws UndoRefusedException when the value is not the winning one any more, or cannot come back
     */
    Batch.Mark bringBack(Overwritten entry, PairSchema.Snapshot fields) {
        if (DELETED.equals(entry.why())) {
            return "sql".equals(entry.side()) ? makeAgain(entry) : makeRecordAgain(entry, fields);
        }
        var column = declaration.columns().stream()
                .filter(candidate -> candidate.name().equals(entry.field()))
                .findFirst()
                .orElse(null);
        if (FINAL.contains(entry.why()) || column == null || column.owner() != ColumnMapping.Owner.BOTH) {
            throw new UndoRefusedException(
                    "the sync would take it away again (" + entry.why() + "): change the value where it belongs", null);
        }
        var link = store.linksByKeys(List.of(entry.key())).stream()
                .findFirst()
                .orElseThrow(() -> new UndoRefusedException("the row is not linked any more", null));
        return "sql".equals(entry.side()) ? inSql(entry, column, link) : inBitable(entry, column, link, fields);
    }

    /** The whole row, of which the entry is one column, comes back. */
    private Batch.Mark makeAgain(Overwritten entry) {
        if (!sql.existing(List.of(entry.key())).isEmpty()) {
            throw new UndoRefusedException("there is a row with the key " + entry.key() + " again", null);
        }
        try {
            sql.restore(store.deletedRow(entry.id()));
        } catch (DataIntegrityViolationException refused) {
            throw new UndoRefusedException(
                    declaration.sql().source() + " refuses the row: "
                            + refused.getMostSpecificCause().getMessage(),
                    null);
        }
        return new Batch.Mark(Batch.Side.SQL, entry.key(), 1, 0);
    }

    /** The whole record comes back as if somebody had entered it; the next cycle makes its row. */
    private Batch.Mark makeRecordAgain(Overwritten entry, PairSchema.Snapshot fields) {
        if (!sql.existing(List.of(entry.key())).isEmpty()) {
            throw new UndoRefusedException("there is a row with the key " + entry.key() + " again", null);
        }
        if (!declaration.creates().contains(Batch.Side.BITABLE)
                || declaration.sql().newKey() != PairDeclaration.NewKey.RECORD) {
            throw new UndoRefusedException(
                    "the row is gone from " + declaration.sql().source()
                            + ", and Bitable makes none with this key: make it there, and its record is made too",
                    null);
        }
        var deleted = store.deletedRow(entry.id());
        var body = mapper.createObjectNode();
        var cells = body.putArray("records").addObject().putObject("fields");
        for (var column : declaration.columns()) {
            var value = deleted.get(column.name());
            if (value != null && fields.has(column) && !(column.type() instanceof FieldType.Computed)) {
                requireOption(column, value, fields, null);
                cells.set(fields.fieldName(column), column.lens().toBitable(value));
            }
        }
        var key = new LinkedHashMap<String, String>();
        declaration.keyColumns().forEach(column -> key.put(fields.fieldName(column), deleted.get(column.name())));
        if (!table.searchAll(fields.tableId(), List.of(key)).isEmpty()) {
            throw new UndoRefusedException("there is a record with the key " + entry.key() + " again", null);
        }
        var made = table.create(fields.tableId(), body, UUID.randomUUID().toString())
                .get(0);
        return new Batch.Mark(Batch.Side.BITABLE, made.id(), 1, 0);
    }

    private Batch.Mark inSql(Overwritten entry, ColumnMapping column, Link link) {
        var row = sql.byKeys(List.of(entry.key())).get(entry.key());
        if (row == null) {
            throw new UndoRefusedException("the row is gone", null);
        }
        var current = row.canonical().get(column.name()).value();
        requireWinning(entry, current, entry.winning());
        note(entry, link, Batch.Side.SQL, current);
        if (!sql.update(row, Collections.singletonMap(column.name(), entry.losing()), SQL_TIMEOUT)) {
            throw new UndoRefusedException("the row was changed meanwhile", current);
        }
        return new Batch.Mark(Batch.Side.SQL, entry.key(), 1, 0);
    }

    private Batch.Mark inBitable(Overwritten entry, ColumnMapping column, Link link, PairSchema.Snapshot fields) {
        if (!fields.has(column)) {
            throw new UndoRefusedException("the field " + column.field() + " is gone", null);
        }
        var remote = link.recordId() == null
                ? null
                : table.get(fields.tableId(), List.of(link.recordId()))
                        .records()
                        .get(link.recordId());
        if (remote == null) {
            throw new UndoRefusedException("the record is gone", null);
        }
        var current = fields.read(column, remote).value();
        requireWinning(entry, current, column.lens().norm(entry.winning()));
        requireOption(column, entry.losing(), fields, current);
        note(entry, link, Batch.Side.BITABLE, current);
        var body = mapper.createObjectNode();
        body.putArray("records")
                .addObject()
                .put("record_id", remote.id())
                .putObject("fields")
                .set(fields.fieldName(column), column.lens().toBitable(entry.losing()));
        table.update(fields.tableId(), body);
        return new Batch.Mark(Batch.Side.BITABLE, remote.id(), 1, 0);
    }

    /** Bitable makes an option that it does not have. */
    private static void requireOption(ColumnMapping column, String value, PairSchema.Snapshot fields, String current) {
        var closed = column.type() instanceof FieldType.SingleSelect single && !single.open()
                || column.type() instanceof FieldType.MultiSelect multi && !multi.open();
        if (!closed || value == null) {
            return;
        }
        var names = column.lens().toJava(value) instanceof List<?> several ? several : List.of(value);
        var options = fields.fields().get(column.name()).options();
        names.stream().filter(name -> !options.containsValue(name)).findFirst().ifPresent(name -> {
            throw new UndoRefusedException("the field has no option " + name + " any more", current);
        });
    }

    private static void requireWinning(Overwritten entry, String current, String winning) {
        if (!Objects.equals(current, winning)) {
            throw new UndoRefusedException("the value was changed since", current);
        }
    }

    private void note(Overwritten entry, Link link, Batch.Side side, String current) {
        var loss = new Decision.Loss(current, entry.losing(), Decision.Why.UNDONE);
        store.commit(() -> store.note(link, entry.field(), side, loss, null, clock.instant()));
    }
}
