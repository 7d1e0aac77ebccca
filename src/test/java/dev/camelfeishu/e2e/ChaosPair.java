package dev.camelfeishu.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A pair as its declaration says, told to the test a second time.
 *
 * @param source name of the table in schema {@code erp}
 * @param table name of the table in the Base
 * @param leaving the column that takes a row out of the pair when it is true, or null
 */
record ChaosPair(String name, String source, String table, String key, String leaving, List<Column> columns) {

    /** Who may change it. */
    enum Owner {
        SQL,
        BITABLE,
        BOTH
    }

    record Column(String name, String field, ChaosKind kind, Owner owner) {}

    static final ChaosPair ORDERS = new ChaosPair(
            "orders",
            "orders",
            "Orders",
            "order_id",
            null,
            List.of(
                    new Column("order_id", "Order ID", ChaosKind.TEXT, Owner.SQL),
                    new Column("customer_name", "Customer Name", ChaosKind.TEXT, Owner.SQL),
                    new Column("amount", "Order Amount", ChaosKind.NUMBER, Owner.SQL),
                    new Column("status", "Status", ChaosKind.STATUS, Owner.BOTH),
                    new Column("note", "Note", ChaosKind.TEXT, Owner.BOTH),
                    new Column("created_at", "Created At", ChaosKind.MOMENT, Owner.SQL)));

    static final ChaosPair ITEMS = new ChaosPair(
            "items",
            "items",
            "Items",
            "id",
            null,
            List.of(
                    new Column("id", "Id", ChaosKind.TEXT, Owner.SQL),
                    new Column("title", "Title", ChaosKind.TEXT, Owner.BOTH),
                    new Column("remark", "Remark", ChaosKind.TEXT, Owner.BOTH),
                    new Column("code", "Code", ChaosKind.TEXT, Owner.BITABLE),
                    new Column("rate", "Rate", ChaosKind.NUMBER, Owner.BOTH),
                    new Column("price", "Price", ChaosKind.NUMBER, Owner.BOTH),
                    new Column("share", "Share", ChaosKind.NUMBER, Owner.BOTH),
                    new Column("paid", "Paid", ChaosKind.YES, Owner.BOTH),
                    new Column("due", "Due", ChaosKind.DAY, Owner.BOTH),
                    new Column("seen", "Seen", ChaosKind.MOMENT, Owner.BOTH),
                    new Column("local", "Local", ChaosKind.LOCAL, Owner.BOTH),
                    new Column("shade", "Shade", ChaosKind.SHADE, Owner.BOTH),
                    new Column("tags", "Tags", ChaosKind.TAGS, Owner.BOTH),
                    new Column("person", "Person", ChaosKind.PERSON, Owner.BOTH),
                    new Column("phone", "Phone", ChaosKind.PHONE, Owner.BOTH),
                    new Column("link", "Link", ChaosKind.LINK, Owner.BOTH),
                    new Column("mail", "Mail", ChaosKind.MAIL, Owner.BOTH),
                    new Column("extra", "Extra", ChaosKind.STRUCTURE, Owner.BOTH)));

    static final ChaosPair PARTS = new ChaosPair(
            "parts",
            "parts",
            "Parts",
            "id",
            "retired",
            List.of(
                    new Column("id", "Id", ChaosKind.TEXT, Owner.SQL),
                    new Column("item", "Item", ChaosKind.ROW, Owner.BOTH),
                    new Column("place", "Place", ChaosKind.TEXT, Owner.BOTH),
                    new Column("labels", "Labels", ChaosKind.TAGS, Owner.BOTH),
                    new Column("note", "Note", ChaosKind.TEXT, Owner.BOTH),
                    new Column("retired", "Retired", ChaosKind.YES, Owner.BOTH)));

    /** In the order in which they are linked: the last names rows of the one before. */
    static final List<ChaosPair> ALL = List.of(ORDERS, ITEMS, PARTS);

    /** Columns in which a person decides. */
    boolean manual(Column column) {
        return this == PARTS && (column.name().equals("place") || column.name().equals("note"));
    }

    Column column(String name) {
        return columns.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    boolean outside(Map<String, String> row) {
        return leaving != null && row.get(leaving) != null;
    }

    /** Canonical values by column. */
    Map<String, String> ofSql(JsonNode row) {
        Map<String, String> values = new LinkedHashMap<>();
        columns.forEach(column -> values.put(column.name(), column.kind().sqlOrNull(row.path(column.name()))));
        return values;
    }

    List<Column> writable(Owner not) {
        return columns.stream()
                .filter(column -> column.owner() != not
                        && !column.name().equals(key)
                        && !column.name().equals(leaving))
                .toList();
    }
}
