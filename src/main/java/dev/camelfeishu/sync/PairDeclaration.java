package dev.camelfeishu.sync;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A SQL table and a Bitable table that are kept equal: the content of one file of {@code config/pairs}.
 *
 * @param name of the pair, lower case
 * @param debounce how long after an edit in Bitable it is worked on, so that a burst of edits is one cycle
 * @param deletes how deletions of the SQL side reach Bitable
 * @param pace how much is written at once, and who begins
 * @param missingVariable the variable without which the pair cannot run, or null
 */
public record PairDeclaration(
        String name,
        Sql sql,
        Bitable bitable,
        List<ColumnMapping> columns,
        Duration debounce,
        Deletes deletes,
        Pace pace,
        String missingVariable) {

    public PairDeclaration {
        columns = List.copyOf(columns);
    }

    /**
     * @param table schema and name
     * @param key column that identifies a row
     * @param changed column with the time of the last change
     * @param overlap how long a transaction may last: rows are looked at again for that long
     */
    public record Sql(String table, String key, String changed, Duration overlap) {}

    /**
     * @param app token of the Base, "" while its variable is missing
     * @param tableId "" when the table is found by its name
     * @param syncId field that carries the pair id
     */
    public record Bitable(String app, String tableId, String table, String syncId) {}

    /**
     * @param compare how far apart two comparisons of the keys are
     * @param rows more deletions at once than this and than {@code percent} wait for a person
     */
    public record Deletes(Duration compare, int rows, int percent) {

        /** How many deletions may happen at once without a person. */
        public int guard(int linked) {
            return Math.max(rows, (int) ((long) linked * percent / 100));
        }
    }

    /**
     * @param batch records in one call at most, 50 to 1,000; Feishu's answers may make it fewer
     * @param manual whether the first link waits for a person who has seen its preview
     */
    public record Pace(int batch, boolean manual) {}

    /** The column of the key. */
    public ColumnMapping keyColumn() {
        return columns.stream()
                .filter(column -> column.name().equals(sql.key()))
                .findFirst()
                .orElseThrow();
    }

    /** Why the pair cannot run, in a sentence that names the variable; empty when it can. */
    public Optional<String> unavailable() {
        return Optional.ofNullable(missingVariable)
                .map(variable -> "pair " + name + " is off: set " + variable
                        + " (the token in the address of the Base, feishu.cn/base/<token>)");
    }
}
