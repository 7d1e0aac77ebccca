package dev.camelfeishu.sandbox.base;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One version of a table with all its records. It never changes, so reading needs no lock and one search sees one version.
 *
 * @param rows by record_id, in the order of their numbers
 */
record Table(
        String appToken,
        String id,
        String name,
        long revision,
        long nextNumber,
        List<Field> fields,
        List<View> views,
        Map<String, Row> rows) {
    Table {
        fields = List.copyOf(fields);
        views = List.copyOf(views);
        rows = Collections.unmodifiableMap(rows);
    }

    static Table empty(String appToken, String id, String name, List<Field> fields, List<View> views) {
        return new Table(appToken, id, name, 1, 1, fields, views, new LinkedHashMap<>());
    }

    Optional<Row> row(String recordId) {
        return Optional.ofNullable(rows.get(recordId));
    }

    Collection<Row> inOrder() {
        return rows.values();
    }

    Field field(String fieldId) {
        return fields.stream().filter(f -> f.id().equals(fieldId)).findFirst().orElseThrow(Id.FIELD::notFound);
    }

    Field fieldNamed(String fieldName) {
        return fields.stream()
                .filter(f -> f.name().equals(fieldName))
                .findFirst()
                .orElseThrow(() -> new Denied(1254045, fieldName));
    }

    Map<String, Field> fieldsByName() {
        Map<String, Field> byName = new HashMap<>();
        fields.forEach(f -> byName.put(f.name(), f));
        return byName;
    }

    View view(String viewId) {
        Id.VIEW.checked(viewId);
        return views.stream().filter(v -> v.id().equals(viewId)).findFirst().orElseThrow(Id.VIEW::notFound);
    }
}
