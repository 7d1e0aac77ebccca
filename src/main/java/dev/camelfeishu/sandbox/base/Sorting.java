package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The sort of a search. Empty cells come last in both directions; equal ones keep the table's order. */
final class Sorting {
    static final int MOST = 100;

    private Sorting() {}

    /** One key of the order. */
    record Key(Field field, boolean descending) {}

    /** Sorts by the keys, the first one being the most significant. */
    static List<Row> sorted(List<Row> rows, List<Key> keys) {
        if (keys.isEmpty()) {
            return rows;
        }
        Comparator<Row> order = null;
        for (Key key : keys) {
            Comparator<Row> next = comparator(rows, key);
            order = order == null ? next : order.thenComparing(next);
        }
        return rows.stream().sorted(order).toList();
    }

    private static Comparator<Row> comparator(List<Row> rows, Key key) {
        Map<String, Comparable<Object>> values = new HashMap<>(rows.size() * 2);
        for (Row row : rows) {
            JsonNode stored = key.field().type().value(row, key.field());
            if (stored != null) {
                values.put(row.id(), comparable(row, stored, key.field()));
            }
        }
        Comparator<Comparable<Object>> natural = Comparable::compareTo;
        Comparator<Comparable<Object>> order = Comparator.nullsLast(key.descending() ? natural.reversed() : natural);
        return Comparator.comparing(row -> values.get(row.id()), order);
    }

    @SuppressWarnings("unchecked") // all values of one field have the same class
    private static Comparable<Object> comparable(Row row, JsonNode stored, Field field) {
        Object value = switch (field.type()) {
            case NUMBER -> stored.decimalValue();
            case DATE, CREATED_TIME, MODIFIED_TIME -> stored.longValue();
            case SINGLE_SELECT -> field.options().place(stored.textValue());
            case CHECKBOX -> stored.booleanValue();
            case AUTO_NUMBER -> row.number();
            default -> field.type().cell().text(stored, field);
        };
        return (Comparable<Object>) value;
    }
}
