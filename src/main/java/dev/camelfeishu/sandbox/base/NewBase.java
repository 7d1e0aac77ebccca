package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes a Base with its first table. */
final class NewBase {
    private final BaseStore store;
    private final Tables tables;
    private final TransactionTemplate transactions;

    NewBase(BaseStore store, Tables tables, TransactionTemplate transactions) {
        this.store = store;
        this.tables = tables;
        this.transactions = transactions;
    }

    /** Stores the base and a table that has its primary text field only. */
    Table create(Base base, String tableName, String primaryField) {
        return transactions.execute(status -> {
            store.insert(base);
            Table table = table(base.appToken(), tableName, primaryField);
            tables.create(table);
            return table;
        });
    }

    /** A table with a primary text field and a grid view. */
    static Table table(String appToken, String name, String primaryField) {
        Field field = new FieldDefinition(id -> false)
                .create(
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("field_name", primaryField)
                                .put("type", FieldType.TEXT.code()),
                        true);
        return Table.empty(appToken, Id.TABLE.fresh(), name, List.of(field), List.of(view("Grid")));
    }

    static View view(String name) {
        return new View(Id.VIEW.fresh(), name, "grid", JsonNodeFactory.instance.objectNode());
    }
}
