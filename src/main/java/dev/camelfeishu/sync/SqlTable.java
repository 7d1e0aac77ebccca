package dev.camelfeishu.sync;

import java.sql.Array;
import java.sql.Clob;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/** The SQL table of a pair. Names come from the declaration, which admits plain identifiers only; values are bound. */
final class SqlTable {

    private static final int PAGE = 1000;
    /** Keys in one statement. */
    private static final int KEYS = 500;

    /**
     * A row as it was read.
     *
     * @param values as JDBC answers them, by column
     * @param canonical the same in canonical form
     * @param changedAt when the row was last changed by the database's clock; null where its column does not tell a moment
     */
    record Row(String key, Map<String, Object> values, Map<String, Reading> canonical, Instant changedAt) {

        Map<String, String> canonicalValues() {
            var values = new LinkedHashMap<String, String>();
            canonical.forEach((column, reading) -> values.put(column, reading.value()));
            return values;
        }
    }

    private final JdbcTemplate jdbc;
    private final PairDeclaration.Sql sql;
    private final List<ColumnMapping> columns;
    private volatile Statements known;

    SqlTable(DataSource source, PairDeclaration.Sql sql, List<ColumnMapping> columns) {
        this.jdbc = new JdbcTemplate(source);
        this.sql = sql;
        this.columns = columns;
    }

    /**
     * The names as this database wants them.
     *
     * @param selected the columns of the pair, comma-separated
     * @param types of the columns, as the database names them
     */
    private record Statements(
            SqlDialect dialect, String table, String key, String changed, String selected, Map<String, String> types) {

        boolean array(ColumnMapping column) {
            var type = types.get(column.name());
            return type.startsWith("_") || type.toUpperCase(Locale.ROOT).contains("ARRAY");
        }
    }

    /** Asked once, at the first use: a database that is down must not keep the application from starting. */
    private Statements statements() {
        var statements = known;
        if (statements == null) {
            var dialect = SqlDialect.of(jdbc.getDataSource());
            var table = dialect.quoted(sql.table());
            var selected = columns.stream()
                    .map(column -> dialect.quoted(column.name()))
                    .collect(Collectors.joining(", "));
            var types = jdbc.query("SELECT " + selected + " FROM " + table + " WHERE 1 = 0", result -> {
                var names = new LinkedHashMap<String, String>();
                for (var i = 0; i < columns.size(); i++) {
                    names.put(columns.get(i).name(), result.getMetaData().getColumnTypeName(i + 1));
                }
                return names;
            });
            statements = new Statements(
                    dialect, table, dialect.quoted(sql.key()), dialect.quoted(sql.changed()), selected, types);
            known = statements;
        }
        return statements;
    }

    /** The clock of that database. */
    Instant now() {
        return jdbc.queryForObject("SELECT current_timestamp", OffsetDateTime.class)
                .toInstant();
    }

    /** Rows changed at or after {@code since} (null: all), in pages. */
    void changedSince(Instant since, Consumer<List<Row>> page) {
        var names = statements();
        Object changed = null;
        String key = null;
        while (true) {
            var arguments = new ArrayList<Object>();
            var where = new ArrayList<String>();
            if (since != null) {
                where.add(names.changed() + " >= ?");
                arguments.add(since.atOffset(ZoneOffset.UTC));
            }
            if (changed != null) {
                // the first condition says nothing new, but an index serves it
                where.add(names.changed() + " >= ? AND (" + names.changed() + " > ? OR " + names.key() + " > ?)");
                arguments.add(changed);
                arguments.add(changed);
                arguments.add(key(key));
            }
            var rows = new ArrayList<Row>();
            var last = new Object[1];
            jdbc.query(
                    "SELECT " + names.selected() + ", " + names.changed() + " AS sync_changed FROM " + names.table()
                            + (where.isEmpty() ? "" : " WHERE " + String.join(" AND ", where)) + " ORDER BY "
                            + names.changed() + ", " + names.key() + " OFFSET 0 ROWS FETCH FIRST " + PAGE
                            + " ROWS ONLY",
                    result -> {
                        rows.add(mapper().mapRow(result, 0));
                        last[0] = value(result, columns.size() + 1);
                    },
                    arguments.toArray());
            if (!rows.isEmpty()) {
                page.accept(rows);
            }
            if (rows.size() < PAGE) {
                return;
            }
            changed = last[0];
            key = rows.get(rows.size() - 1).key();
        }
    }

    private Object key(String key) {
        var names = statements();
        return names.dialect().bound(names.types().get(sql.key()), key);
    }

    Map<String, Row> byKeys(Collection<String> keys) {
        var names = statements();
        var found = new LinkedHashMap<String, Row>();
        var wanted = List.copyOf(keys);
        for (var from = 0; from < wanted.size(); from += KEYS) {
            var some = wanted.subList(from, Math.min(wanted.size(), from + KEYS));
            jdbc.query(
                            "SELECT " + names.selected() + ", " + names.changed() + " AS sync_changed FROM "
                                    + names.table() + " WHERE " + names.key() + " IN ("
                                    + String.join(", ", Collections.nCopies(some.size(), "?")) + ")",
                            mapper(),
                            some.stream().map(this::key).toArray())
                    .forEach(row -> found.putIfAbsent(row.key(), row));
        }
        return found;
    }

    long count() {
        return jdbc.queryForObject("SELECT count(*) FROM " + statements().table(), Long.class);
    }

    /** All keys, in one statement and so in one snapshot; never held all at once. */
    void keys(Consumer<String> key) {
        var names = statements();
        var statement = "SELECT " + names.key() + " FROM " + names.table();
        jdbc.execute((ConnectionCallback<Void>) connection -> {
            var automatic = connection.getAutoCommit();
            // PostgreSQL's driver reads a result in pieces inside a transaction only
            connection.setAutoCommit(false);
            try (var prepared = connection.prepareStatement(statement)) {
                prepared.setFetchSize(PAGE);
                try (var result = prepared.executeQuery()) {
                    while (result.next()) {
                        key.accept(result.getString(1));
                    }
                }
                connection.commit();
            } finally {
                connection.setAutoCommit(automatic);
            }
            return null;
        });
    }

    /**
     * Writes the columns if the row still holds what was read; answers whether it did.
     *
     * @param written canonical values by column
     */
    boolean update(Row read, Map<String, String> written, Duration timeout) {
        var names = statements();
        var arguments = new ArrayList<Object>();
        var sets = new ArrayList<String>();
        for (var column : columns) {
            if (written.containsKey(column.name())) {
                sets.add(names.dialect().quoted(column.name()) + " = ?");
                var value = column.lens()
                        .toSql(written.get(column.name()), read.values().get(column.name()));
                arguments.add(bound(column, value instanceof Instant moment ? moment.atOffset(ZoneOffset.UTC) : value));
            }
        }
        var where = new ArrayList<String>();
        where.add(names.key() + " = ?");
        arguments.add(key(read.key()));
        for (var column : columns) {
            var value = read.values().get(column.name());
            var name = names.dialect().quoted(column.name());
            if (value == null) {
                where.add(name + " IS NULL");
            } else if (names.dialect().incomparable(names.types().get(column.name()))) {
                where.add("CAST(" + name + " AS text) = ?");
                arguments.add(value.toString());
            } else if (!column.name().equals(sql.key())) {
                where.add(name + " = ?");
                arguments.add(bound(column, value));
            }
        }
        var limited = new JdbcTemplate(jdbc.getDataSource());
        limited.setQueryTimeout((int) timeout.toSeconds());
        return limited.update(
                        "UPDATE " + names.table() + " SET " + String.join(", ", sets) + " WHERE "
                                + String.join(" AND ", where),
                        arguments.toArray())
                == 1;
    }

    private Object bound(ColumnMapping column, Object value) {
        var names = statements();
        if (value instanceof Collection<?> && !names.array(column)) {
            // a column of text keeps a list as JSON
            return names.dialect()
                    .bound(
                            names.types().get(column.name()),
                            column.lens().fromSql(value).value());
        }
        return names.dialect().bound(names.types().get(column.name()), value);
    }

    private RowMapper<Row> mapper() {
        return (result, number) -> {
            var values = new LinkedHashMap<String, Object>();
            var canonical = new LinkedHashMap<String, Reading>();
            for (var i = 0; i < columns.size(); i++) {
                var column = columns.get(i);
                var value = value(result, i + 1);
                values.put(column.name(), value);
                canonical.put(column.name(), column.lens().fromSql(value));
            }
            var changed = value(result, columns.size() + 1);
            var changedAt = changed instanceof OffsetDateTime moment ? moment.toInstant() : null;
            return new Row(values.get(sql.key()).toString(), values, canonical, changedAt);
        };
    }

    /** The value in the class that loses nothing and can be bound again: java.sql's own depend on this machine's zone. */
    private static Object value(ResultSet result, int index) throws SQLException {
        var value = result.getObject(index);
        if (value instanceof Timestamp) {
            var type = result.getMetaData().getColumnTypeName(index).toLowerCase(Locale.ROOT);
            var zoned = type.equals("timestamptz") || type.endsWith("with time zone");
            return zoned ? result.getObject(index, OffsetDateTime.class) : result.getObject(index, LocalDateTime.class);
        } else if (value instanceof Date) {
            return result.getObject(index, LocalDate.class);
        } else if (value instanceof Clob) {
            return result.getString(index);
        } else if (value instanceof Array array) {
            return Arrays.stream((Object[]) array.getArray())
                    .map(item -> item == null ? null : item.toString())
                    .toList();
        }
        return value;
    }
}
