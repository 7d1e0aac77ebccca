package dev.camelfeishu.sync;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A SQL table, or a query, and a Bitable table that are kept equal: the content of one file of {@code config/pairs}.
 *
 * @param name of the pair, lower case
 * @param columns with at least those of the key
 * @param debounce how long after an edit in Bitable it is worked on, so that a burst of edits is one cycle
 * @param creates whose new rows are made on the other side too
 * @param deletes how deletions reach the other side
 * @param pace how much is written at once, and who begins
 * @param schedule what the pair does by itself; what it does not say, routes do
 * @param missingVariable the variable without which the pair cannot run, or null
 */
public record PairDeclaration(
        String name,
        Direction direction,
        Sql sql,
        Bitable bitable,
        List<ColumnMapping> columns,
        Duration debounce,
        Set<Batch.Side> creates,
        Deletes deletes,
        Pace pace,
        Schedule schedule,
        String missingVariable) {

    public PairDeclaration {
        columns = List.copyOf(columns);
        creates = Set.copyOf(creates);
    }

    /** Which way values go. */
    public enum Direction {
        TWO_WAY,
        TO_BITABLE,
        TO_SQL
    }

    /** Where the key of a row comes from that is made for a new record. */
    public enum NewKey {
        /** From the key field of the record. */
        RECORD,
        /** A UUID that follows from the record's id. */
        UUID,
        /** From the database: an identity, a sequence or another default. */
        GENERATED
    }

    /**
     * @param table schema and name of what is written, and read unless there is a query; null: nothing is written
     * @param query what is read, or null
     * @param key columns that identify a row
     * @param link column that holds the pair id of a row that was made for a record, or null
     * @param changed column with the time of the last change; null: changes are found by comparing all rows
     * @param overlap how long a transaction may last: rows are looked at again for that long
     * @param filter SQL condition that rows must fulfil to belong to the pair, or null
     * @param capture how its changes are seen
     * @param install whether the product makes the triggers itself
     */
    public record Sql(
            String table,
            String query,
            List<String> key,
            NewKey newKey,
            String link,
            String changed,
            Duration overlap,
            String filter,
            Capture capture,
            boolean install) {

        public Sql {
            key = List.copyOf(key);
        }

        /** How the source is called in messages. */
        String source() {
            return table == null ? "the query" : table;
        }
    }

    /** How changes of the SQL side are seen. */
    public enum Capture {
        /** By looking at the rows whose {@code changed} has moved, and for deletions at all keys. */
        POLL,
        /** By triggers that note each change in a change table; PostgreSQL only. */
        TRIGGER
    }

    /**
     * @param app token of the Base, "" while its variable is missing
     * @param tableId "" when the table is found by its name
     * @param syncId field that carries the pair id
     * @param filter which records belong to the pair
     */
    public record Bitable(String app, String tableId, String table, String syncId, RecordFilter filter) {}

    /**
     * @param policy the sides whose deletions are carried out on the other side
     * @param leaving whether what leaves a filter counts as deleted; otherwise its other half stays and is listed as parked
     * @param compare how far apart two looks are that must agree on a deletion
     * @param rows more deletions at once than this and than {@code percent} wait for a person
     */
    public record Deletes(Set<Batch.Side> policy, boolean leaving, Duration compare, int rows, int percent) {

        public Deletes {
            policy = Set.copyOf(policy);
        }

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

    /**
     * @param period how often the SQL side is looked at, or null
     * @param probe how often the Bitable side is looked at when no event says so, or null
     * @param verify when everything is compared, or null
     */
    public record Schedule(Duration period, Duration probe, VerifySchedule verify) {}

    /** The columns of the key, in its order. */
    public List<ColumnMapping> keyColumns() {
        return sql.key().stream()
                .map(name -> columns.stream()
                        .filter(column -> column.name().equals(name))
                        .findFirst()
                        .orElseThrow())
                .toList();
    }

    /** The fields of the key, as they are named in the declaration. */
    String keyFields() {
        return keyColumns().stream().map(ColumnMapping::field).collect(Collectors.joining(" and "));
    }

    /** What the pair asks Feishu's contacts for, to translate people. */
    public List<Lookup> lookups() {
        return columns.stream()
                .map(column -> column.type() instanceof FieldType.Computed computed ? computed.result() : column.type())
                .flatMap(
                        type -> type instanceof FieldType.Person person ? Stream.of(person.identity()) : Stream.empty())
                .flatMap(identity -> identity instanceof FieldType.Person.Mail
                        ? ContactDirectory.lookups(true).stream()
                        : identity instanceof FieldType.Person.UserId
                                ? ContactDirectory.lookups(false).stream()
                                : Stream.empty())
                .distinct()
                .toList();
    }

    /**
     * The SQL with which a DBA makes the triggers of {@link Capture#TRIGGER}.
     *
     * @param user of the product in the SQL side's database
     */
    public String captureSql(String user) {
        return ChangeCapture.ddl(name, sql, user);
    }

    /** Why the pair cannot run, in a sentence that names the variable; empty when it can. */
    public Optional<String> unavailable() {
        return Optional.ofNullable(missingVariable)
                .map(variable -> "pair " + name + " is off: set " + variable
                        + " (the token in the address of the Base, feishu.cn/base/<token>)");
    }
}
