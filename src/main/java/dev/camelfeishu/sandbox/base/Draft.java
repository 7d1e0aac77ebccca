package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.Person;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The next version of a table while one writer makes it: what becomes of it, what to store and what to tell. */
final class Draft {
    private final Table before;
    private final Person author;
    private final long now;
    private final int recordLimit;

    private final Map<String, Row> rows;
    private final List<Field> fields;
    private final List<View> views;
    private final List<RecordAction> recordActions = new ArrayList<>();
    private final Map<String, Field> editedFrom = new LinkedHashMap<>();
    private final List<FieldAction> fieldActions = new ArrayList<>();
    private final Set<String> touchedRows = new LinkedHashSet<>();
    private final Set<String> droppedFields = new LinkedHashSet<>();
    private String name;
    private long nextNumber;

    Draft(Table before, Person author, long now, int recordLimit) {
        this.before = before;
        this.author = author;
        this.now = now;
        this.recordLimit = recordLimit;
        this.rows = new LinkedHashMap<>(before.rows());
        this.fields = new ArrayList<>(before.fields());
        this.views = new ArrayList<>(before.views());
        this.name = before.name();
        this.nextNumber = before.nextNumber();
    }

    Table before() {
        return before;
    }

    Person author() {
        return author;
    }

    List<Field> fields() {
        return fields;
    }

    Field field(String fieldId) {
        return fields.stream().filter(f -> f.id().equals(fieldId)).findFirst().orElseThrow(Id.FIELD::notFound);
    }

    Map<String, Field> fieldsByName() {
        Map<String, Field> byName = new HashMap<>();
        fields.forEach(f -> byName.put(f.name(), f));
        return byName;
    }

    Row row(String recordId) {
        Row row = rows.get(Id.RECORD.checked(recordId));
        if (row == null) {
            throw Id.RECORD.notFound();
        }
        return row;
    }

    Row add(Map<String, JsonNode> cells) {
        if (rows.size() >= recordLimit) {
            throw new Denied(1254103, "");
        }
        Row row =
                new Row(Id.RECORD.fresh(), nextNumber++, cells, now, author.openId(), now, author.openId(), revision());
        put(row);
        recordActions.add(new RecordAction(null, row));
        return row;
    }

    /** Replaces the cells. A record that stays as it is keeps its times, and nobody is told. */
    Row edit(Row row, Map<String, JsonNode> cells) {
        if (row.cells().equals(cells)) {
            return row;
        }
        Row after = row.modified(cells, now, author.openId(), revision());
        put(after);
        recordActions.add(new RecordAction(row, after));
        return after;
    }

    void remove(Row row) {
        rows.remove(row.id());
        touchedRows.add(row.id());
        recordActions.add(new RecordAction(row, null));
    }

    private void put(Row row) {
        rows.put(row.id(), row);
        touchedRows.add(row.id());
    }

    void addField(Field field) {
        requireFreeName(field);
        if (fields.size() >= FieldDefinition.MOST_FIELDS) {
            throw new Denied(1254105, "");
        }
        fields.add(field);
        fieldActions.add(new FieldAction(null, field));
    }

    void replaceField(Field field) {
        requireFreeName(field);
        Field old = field(field.id());
        editedFrom.putIfAbsent(old.id(), old);
        fields.set(fields.indexOf(old), field);
        forgetRemovedOptions(old, field);
    }

    void removeField(Field field) {
        if (field.primary()) {
            throw new Denied(1254046, "");
        }
        fields.remove(field);
        droppedFields.add(field.id());
        rows.replaceAll((id, row) -> without(row, field.id()));
        fieldActions.add(new FieldAction(field, null));
    }

    private void requireFreeName(Field field) {
        if (fields.stream().anyMatch(f -> f.name().equals(field.name()) && !f.id().equals(field.id()))) {
            throw new Denied(1254014, "");
        }
    }

    private static Row without(Row row, String fieldId) {
        if (!row.cells().containsKey(fieldId)) {
            return row;
        }
        Map<String, JsonNode> cells = new HashMap<>(row.cells());
        cells.remove(fieldId);
        return row.with(cells);
    }

    private void forgetRemovedOptions(Field old, Field field) {
        List<Option> gone = old.options().list().stream()
                .filter(o -> field.options().withId(o.id()) == null)
                .toList();
        if (gone.isEmpty()) {
            return;
        }
        for (Row row : List.copyOf(rows.values())) {
            JsonNode stored = row.cells().get(field.id());
            if (stored != null) {
                Map<String, JsonNode> cells = new HashMap<>(row.cells());
                JsonNode left = remaining(stored, field.options());
                if (left.isMissingNode()) {
                    cells.remove(field.id());
                } else {
                    cells.put(field.id(), left);
                }
                if (!cells.equals(row.cells())) {
                    put(row.with(cells));
                }
            }
        }
    }

    private static JsonNode remaining(JsonNode stored, Options options) {
        if (stored.isTextual()) {
            return options.withId(stored.textValue()) == null ? Cell.EMPTY : stored;
        }
        var left = Cell.JSON.arrayNode();
        stored.forEach(id -> {
            if (options.withId(id.textValue()) != null) {
                left.add(id);
            }
        });
        return left.isEmpty() ? Cell.EMPTY : left;
    }

    List<View> views() {
        return views;
    }

    View view(String viewId) {
        return views.stream().filter(v -> v.id().equals(viewId)).findFirst().orElseThrow(Id.VIEW::notFound);
    }

    /** Adds a view, or puts it in the place of the one with its id. */
    void putView(View view) {
        if (views.stream().anyMatch(v -> v.name().equals(view.name()) && !v.id().equals(view.id()))) {
            throw new Denied(1254020, "");
        }
        for (int i = 0; i < views.size(); i++) {
            if (views.get(i).id().equals(view.id())) {
                views.set(i, view);
                return;
            }
        }
        views.add(view);
    }

    void removeView(View view) {
        views.remove(view);
    }

    boolean viewsChanged() {
        return !views.equals(before.views());
    }

    void rename(String other) {
        name = other;
    }

    boolean changed() {
        return !recordActions.isEmpty()
                || !fieldActions.isEmpty()
                || !editedFrom.isEmpty()
                || viewsChanged()
                || !name.equals(before.name());
    }

    boolean fieldsChanged() {
        return !fieldActions.isEmpty() || !editedFrom.isEmpty();
    }

    /** The revision that this draft becomes. */
    long revision() {
        return before.revision() + 1;
    }

    Table after() {
        return new Table(before.appToken(), before.id(), name, revision(), nextNumber, fields, views, rows);
    }

    List<RecordAction> recordActions() {
        return recordActions;
    }

    /** Each field's change once, from what it was before the call to what it is after. */
    List<FieldAction> fieldActions() {
        List<FieldAction> actions = new ArrayList<>(fieldActions);
        editedFrom.forEach((id, old) -> fields.stream()
                .filter(f -> f.id().equals(id))
                .findFirst()
                .ifPresent(now -> actions.add(new FieldAction(old, now))));
        return actions;
    }

    Set<String> touchedRows() {
        return touchedRows;
    }

    Set<String> droppedFields() {
        return droppedFields;
    }
}
