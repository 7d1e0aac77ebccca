package dev.camelfeishu.sync;

import java.sql.Array;
import java.sql.Clob;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.ArgumentPreparedStatementSetter;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.support.GeneratedKeyHolder;

/**
 * The SQL side of a pair: a table, or a query with the table its rows are written to. Names come from the declaration, which
 * admits plain identifiers only; query and filter are the declaration's own text; values are bound.
 */
final class SqlTable {

    private static final int PAGE = 1000;
    private static final String FIRST_PAGE = " OFFSET 0 ROWS FETCH FIRST " + PAGE + " ROWS ONLY";
    /** Keys in one statement. */
    private static final int KEYS = 500;

    private static final Set<Integer> NUMBERS =
            Set.of(Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.NUMERIC, Types.DECIMAL);

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
    private final Map<String, Directory> directories;
    private volatile Statements known;

    /** @param directories by column, for those that keep something else than Bitable's id */
    SqlTable(
            DataSource source,
            PairDeclaration.Sql sql,
            List<ColumnMapping> columns,
            Map<String, Directory> directories) {
        this.jdbc = new JdbcTemplate(source);
        this.sql = sql;
        this.columns = columns;
        this.directories = Map.copyOf(directories);
    }

    /**
     * The names as this database wants them.
     *
     * @param source what is read, in a FROM
     * @param selected the columns of the pair, comma-separated
     * @param types of the columns, as the database names them
     * @param codes of their types, from {@link Types}
     * @param written columns of the table that rows are written to
     */
    private record Statements(
            SqlDialect dialect,
            String source,
            String selected,
            Map<String, String> types,
            Map<String, Integer> codes,
            Set<String> written) {

        boolean array(ColumnMapping column) {
            var type = types.get(column.name());
            return type.startsWith("_") || type.toUpperCase(Locale.ROOT).contains("ARRAY");
        }
    }

    /** Asked once, at the first use: a database that is down must not keep the application from starting. */
    private Statements statements() {
        var statements = known;
        if (statements == null) {
            statements = ask();
            known = statements;
        }
        return statements;
    }

    private Statements ask() {
        var dialect = SqlDialect.of(jdbc.getDataSource());
        var source = sql.query() == null ? dialect.quoted(sql.table()) : "(" + sql.query() + ") pair_rows";
        var selected =
                columns.stream().map(column -> dialect.quoted(column.name())).collect(Collectors.joining(", "));
        var types = new LinkedHashMap<String, String>();
        var codes = new LinkedHashMap<String, Integer>();
        jdbc.query("SELECT " + selected + " FROM " + source + " WHERE 1 = 0", result -> {
            for (var i = 0; i < columns.size(); i++) {
                types.put(columns.get(i).name(), result.getMetaData().getColumnTypeName(i + 1));
                codes.put(columns.get(i).name(), result.getMetaData().getColumnType(i + 1));
            }
            return null;
        });
        var written = sql.table() == null ? Set.<String>of() : columnsOf(dialect);
        for (var column : columns) {
            if (column.owner() != ColumnMapping.Owner.SQL && !written.contains(column.name())) {
                throw new IllegalStateException("The column " + column.name() + " is not one of " + sql.source()
                        + ", so nothing can be written to it: declare `owner: sql`, or name the table that has it.");
            }
        }
        return new Statements(dialect, source, selected, types, codes, written);
    }

    /** What an insert may name: the columns of the table that it does not work out by itself. */
    private Set<String> columnsOf(SqlDialect dialect) {
        var names = jdbc.query("SELECT * FROM " + dialect.quoted(sql.table()) + " WHERE 1 = 0", result -> {
            var all = new LinkedHashSet<String>();
            for (var i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                all.add(dialect.plain(result.getMetaData().getColumnName(i)));
            }
            return all;
        });
        var parts = dialect.cased(sql.table()).split("\\.");
        jdbc.execute((ConnectionCallback<Void>) connection -> {
            var found = connection
                    .getMetaData()
                    .getColumns(null, parts.length == 1 ? null : parts[0], parts[parts.length - 1], null);
            try (found) {
                while (found.next()) {
                    if ("YES".equals(found.getString("IS_GENERATEDCOLUMN"))) {
                        names.remove(dialect.plain(found.getString("COLUMN_NAME")));
                    }
                }
            }
            return null;
        });
        return names;
    }

    /** The clock of that database. */
    Instant now() {
        return jdbc.queryForObject("SELECT current_timestamp", OffsetDateTime.class)
                .toInstant();
    }

    /** Whether only a comparison of all rows finds what has changed. */
    boolean comparesOnly() {
        return sql.changed() == null;
    }

    /** Rows changed at or after {@code since} (null: all), in pages. */
    void changedSince(Instant since, Consumer<List<Row>> page) {
        var names = statements();
        var order = new ArrayList<String>();
        if (since != null) {
            order.add(names.dialect().quoted(sql.changed()));
        }
        sql.key().forEach(column -> order.add(names.dialect().quoted(column)));
        List<Object> last = null;
        while (true) {
            var arguments = new ArrayList<Object>();
            var where = new ArrayList<String>();
            if (since != null) {
                where.add(order.get(0) + " >= ?");
                arguments.add(since.atOffset(ZoneOffset.UTC));
            }
            if (last != null) {
                where.add(after(order, last, arguments));
            }
            var raw = new ArrayList<Raw>();
            query(
                    where,
                    " ORDER BY " + String.join(", ", order) + FIRST_PAGE,
                    result -> raw.add(raw(result)),
                    arguments);
            var rows = rows(raw);
            if (!rows.isEmpty()) {
                page.accept(rows);
            }
            if (rows.size() < PAGE) {
                return;
            }
            last = new ArrayList<>(keyArguments(rows.get(rows.size() - 1).key()));
            if (since != null) {
                last.add(0, raw.get(raw.size() - 1).changed());
            }
        }
    }

    /** What stands behind a row in that order. The first comparison of each level says nothing new, but an index serves it. */
    private static String after(List<String> order, List<Object> last, List<Object> arguments) {
        var name = order.get(0);
        arguments.add(last.get(0));
        if (order.size() == 1) {
            return name + " > ?";
        }
        arguments.add(last.get(0));
        return name + " >= ? AND (" + name + " > ? OR "
                + after(order.subList(1, order.size()), last.subList(1, last.size()), arguments) + ")";
    }

    private void query(List<String> where, String end, RowCallbackHandler handler, Collection<Object> arguments) {
        var names = statements();
        var conditions = new ArrayList<>(where);
        if (sql.filter() != null) {
            conditions.add(0, "(" + sql.filter() + ")");
        }
        jdbc.query(
                "SELECT " + names.selected()
                        + (sql.changed() == null
                                ? ""
                                : ", " + names.dialect().quoted(sql.changed()) + " AS sync_changed")
                        + " FROM " + names.source()
                        + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions)) + end,
                handler,
                arguments.toArray());
    }

    private List<Object> keyArguments(String key) {
        var names = statements();
        var parts = RowKey.parts(key, sql.key().size());
        var arguments = new ArrayList<Object>();
        for (var i = 0; i < parts.size(); i++) {
            arguments.add(names.dialect().bound(names.types().get(sql.key().get(i)), parts.get(i)));
        }
        return arguments;
    }

    /** Whether the columns of the key can hold it; the database would refuse the whole statement for one that cannot be. */
    boolean possible(String key) {
        var names = statements();
        var parts = RowKey.parts(key, sql.key().size());
        if (parts.size() != sql.key().size()) {
            return false;
        }
        for (var i = 0; i < parts.size(); i++) {
            var column = sql.key().get(i);
            if (NUMBERS.contains(names.codes().get(column)) && !parts.get(i).matches("-?\\d{1,18}")
                    || "uuid".equalsIgnoreCase(names.types().get(column))
                            && !parts.get(i).matches("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}")) {
                return false;
            }
        }
        return true;
    }

    private String keyIs() {
        return sql.key().stream()
                .map(column -> statements().dialect().quoted(column) + " = ?")
                .collect(Collectors.joining(" AND ", "(", ")"));
    }

    Map<String, Row> byKeys(Collection<String> keys) {
        var found = new LinkedHashMap<String, Row>();
        for (var some : Chunks.of(
                keys.stream().filter(this::possible).toList(), KEYS / sql.key().size())) {
            var raw = new ArrayList<Raw>();
            query(List.of(anyOf(some)), "", result -> raw.add(raw(result)), argumentsOf(some));
            rows(raw).forEach(row -> found.putIfAbsent(row.key(), row));
        }
        return found;
    }

    long count() {
        return jdbc.queryForObject("SELECT count(*) FROM " + statements().source() + filtered(), Long.class);
    }

    private String filtered() {
        return sql.filter() == null ? "" : " WHERE (" + sql.filter() + ")";
    }

    private String anyOf(List<String> keys) {
        return sql.key().size() == 1
                ? statements().dialect().quoted(sql.key().get(0)) + " IN (" + SqlDialect.marks(keys.size()) + ")"
                : String.join(" OR ", Collections.nCopies(keys.size(), keyIs())).transform(any -> "(" + any + ")");
    }

    private List<Object> argumentsOf(List<String> keys) {
        return keys.stream().flatMap(key -> keyArguments(key).stream()).toList();
    }

    /** All keys in their order, in pages; what is added meanwhile may be missing. */
    void keyPages(Consumer<List<String>> page) {
        var order = sql.key().stream().map(statements().dialect()::quoted).toList();
        List<String> keys;
        String last = null;
        do {
            var arguments = new ArrayList<Object>();
            var where = new ArrayList<String>();
            if (sql.filter() != null) {
                where.add("(" + sql.filter() + ")");
            }
            if (last != null) {
                where.add(after(order, keyArguments(last), arguments));
            }
            keys = keysWhere(
                    (where.isEmpty() ? "" : " WHERE " + String.join(" AND ", where)) + " ORDER BY "
                            + String.join(", ", order) + FIRST_PAGE,
                    arguments);
            if (!keys.isEmpty()) {
                page.accept(keys);
                last = keys.get(keys.size() - 1);
            }
        } while (keys.size() == PAGE);
    }

    /** All keys, in one statement and so in one snapshot; never held all at once. */
    void keys(Consumer<String> key) {
        var statement = selectKeys(filtered());
        jdbc.execute((ConnectionCallback<Void>) connection -> {
            var automatic = connection.getAutoCommit();
            // PostgreSQL's driver reads a result in pieces inside a transaction only
            connection.setAutoCommit(false);
            try (var prepared = connection.prepareStatement(statement)) {
                prepared.setFetchSize(PAGE);
                try (var result = prepared.executeQuery()) {
                    while (result.next()) {
                        key.accept(key(result));
                    }
                }
                connection.commit();
            } finally {
                connection.setAutoCommit(automatic);
            }
            return null;
        });
    }

    /** Those of the keys that have a row, whether it fulfils the filter or not. */
    Set<String> existing(Collection<String> keys) {
        var existing = new HashSet<String>();
        for (var some : Chunks.of(
                keys.stream().filter(this::possible).toList(), KEYS / sql.key().size())) {
            existing.addAll(keysWhere(" WHERE " + anyOf(some), argumentsOf(some)));
        }
        return existing;
    }

    private List<String> keysWhere(String where, List<Object> arguments) {
        return jdbc.query(selectKeys(where), (result, number) -> key(result), arguments.toArray());
    }

    private String selectKeys(String where) {
        var names = statements();
        return "SELECT " + sql.key().stream().map(names.dialect()::quoted).collect(Collectors.joining(", ")) + " FROM "
                + names.source() + where;
    }

    private String key(ResultSet result) throws SQLException {
        var parts = new ArrayList<String>();
        for (var i = 1; i <= sql.key().size(); i++) {
            parts.add(result.getString(i));
        }
        return RowKey.of(parts);
    }

    // ---- writing

    /** Whether the other template works on the same database as the same user, so that one transaction holds both. */
    boolean shares(JdbcTemplate other) {
        return identity(jdbc).equals(identity(other));
    }

    private static List<String> identity(JdbcTemplate template) {
        return template.execute((ConnectionCallback<List<String>>) connection -> List.of(
                connection.getMetaData().getURL(), connection.getMetaData().getUserName()));
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
                arguments.add(sqlValue(column, written.get(column.name()), read));
            }
        }
        return limited(timeout)
                        .update(
                                "UPDATE " + names.dialect().quoted(sql.table()) + " SET " + String.join(", ", sets)
                                        + asRead(read, arguments),
                                arguments.toArray())
                == 1;
    }

    /** Deletes the row if it still holds what was read; answers whether it did. */
    boolean delete(Row read, Duration timeout) {
        var arguments = new ArrayList<Object>();
        var where = asRead(read, arguments);
        return limited(timeout)
                        .update(
                                "DELETE FROM " + statements().dialect().quoted(sql.table()) + where,
                                arguments.toArray())
                == 1;
    }

    private JdbcTemplate limited(Duration timeout) {
        var limited = new JdbcTemplate(jdbc.getDataSource());
        limited.setQueryTimeout((int) timeout.toSeconds());
        return limited;
    }

    /** The condition that the row is as it was read. What a query makes of a column is not asked of the table. */
    private String asRead(Row read, List<Object> arguments) {
        var names = statements();
        var where = new ArrayList<String>();
        where.add(keyIs());
        arguments.addAll(keyArguments(read.key()));
        for (var column : columns) {
            if (sql.key().contains(column.name()) || sql.query() != null && column.owner() == ColumnMapping.Owner.SQL) {
                continue;
            }
            var value = read.values().get(column.name());
            var name = names.dialect().quoted(column.name());
            if (value == null) {
                where.add(name + " IS NULL");
            } else if (names.dialect().incomparable(names.types().get(column.name()))) {
                where.add("CAST(" + name + " AS text) = ?");
                arguments.add(value.toString());
            } else {
                where.add(name + " = ?");
                arguments.add(bound(column, value));
            }
        }
        return " WHERE " + String.join(" AND ", where);
    }

    /**
     * Makes a row.
     *
     * @param key of the row, or null when the database gives it
     * @param link pair id, kept in the column for it if there is one
     * @param values canonical values by column, without the key; empty ones are left to the database
     * @param where the insert runs: the template of a transaction, or null for one of its own
     * @return its key
     */
    String insert(String key, UUID link, Map<String, String> values, JdbcTemplate where) {
        var names = statements();
        var cells = new LinkedHashMap<String, Object>();
        for (var column : columns) {
            if (values.get(column.name()) != null
                    && names.written().contains(column.name())
                    && !sql.key().contains(column.name())) {
                cells.put(column.name(), sqlValue(column, values.get(column.name()), null));
            }
        }
        if (key != null) {
            var parts = keyArguments(key);
            for (var i = 0; i < parts.size(); i++) {
                cells.put(sql.key().get(i), parts.get(i));
            }
        }
        if (sql.link() != null) {
            cells.put(sql.link(), names.dialect().bound("", link.toString()));
        }
        return insert(cells, key != null, where == null ? jdbc : where);
    }

    private String insert(Map<String, Object> cells, boolean keyGiven, JdbcTemplate where) {
        var names = statements();
        var made = new GeneratedKeyHolder();
        where.update(
                connection -> {
                    var statement = connection.prepareStatement(
                            "INSERT INTO " + names.dialect().quoted(sql.table())
                                    + (cells.isEmpty()
                                            ? " DEFAULT VALUES"
                                            : cells.keySet().stream()
                                                            .map(names.dialect()::column)
                                                            .collect(Collectors.joining(", ", " (", ")"))
                                                    + (keyGiven
                                                            ? names.dialect().overriding()
                                                            : "") + " VALUES ("
                                                    + SqlDialect.marks(cells.size()) + ")"),
                            sql.key().stream().map(names.dialect()::cased).toArray(String[]::new));
                    new ArgumentPreparedStatementSetter(cells.values().toArray()).setValues(statement);
                    return statement;
                },
                made);
        var keys = Objects.requireNonNull(made.getKeys(), "the key of the new row");
        return RowKey.of(sql.key().stream()
                .map(column -> Objects.toString(keys.get(names.dialect().cased(column)), null))
                .toList());
    }

    /** The key of the row that was made for the link, or null. */
    String keyOf(UUID link) {
        return keysWhere(
                        " WHERE " + statements().dialect().quoted(sql.link()) + " = ?",
                        List.of(statements().dialect().bound("", link.toString())))
                .stream()
                .findFirst()
                .orElse(null);
    }

    /** Every column of the row as text, those of the pair and the others; empty when there is no such row. */
    Map<String, String> whole(Row row) {
        var names = statements();
        var cells = new LinkedHashMap<String, String>();
        jdbc.query(
                "SELECT * FROM " + names.dialect().quoted(sql.table()) + " WHERE " + keyIs(),
                result -> {
                    for (var i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                        var name = names.dialect().plain(result.getMetaData().getColumnName(i));
                        cells.put(
                                name,
                                row.values().get(name) instanceof Collection<?>
                                        ? row.canonical().get(name).value()
                                        : result.getString(i));
                    }
                },
                keyArguments(row.key()).toArray());
        return cells;
    }

    /**
     * Makes a row again.
     *
     * @param cells as {@link #whole} answered them
     */
    void restore(Map<String, String> cells) {
        var names = statements();
        var present = new LinkedHashMap<String, Object>();
        cells.forEach((name, text) -> {
            if (names.written().contains(name)) {
                var column = columns.stream()
                        .filter(candidate -> candidate.name().equals(name) && names.array(candidate))
                        .findFirst();
                present.put(
                        name,
                        column.map(array -> bound(array, array.lens().toJava(text)))
                                .orElseGet(() -> names.dialect().bound("", text)));
            }
        });
        insert(present, true, jdbc);
    }

    private Object sqlValue(ColumnMapping column, String canonical, Row read) {
        var old = read == null ? null : read.values().get(column.name());
        var directory = directories.get(column.name());
        if (directory == null) {
            var value = column.lens().toSql(canonical, old);
            return bound(column, value instanceof Instant moment ? moment.atOffset(ZoneOffset.UTC) : value);
        }
        if (read != null && Objects.equals(read.canonical().get(column.name()).value(), canonical)) {
            return bound(column, old);
        }
        var ids = ids(column, canonical);
        var names = directory.names(ids);
        ids.stream().filter(id -> !names.containsKey(id)).findFirst().ifPresent(id -> {
            throw new DataIntegrityViolationException("'" + id + "' " + directory.unknown());
        });
        var translated = ids.stream().map(names::get).toList();
        return bound(column, column.type().multiple() ? translated : translated.isEmpty() ? null : translated.get(0));
    }

    /** What a canonical value of a column with a directory names. */
    static List<String> ids(ColumnMapping column, String canonical) {
        var value = column.lens().toJava(canonical);
        if (value instanceof Collection<?> several) {
            return several.stream().map(Object::toString).toList();
        }
        return value == null ? List.of() : List.of(value.toString());
    }

    Map<String, Directory> directories() {
        return directories;
    }

    private Object bound(ColumnMapping column, Object value) {
        var names = statements();
        if (value instanceof Collection<?> items && !names.array(column)) {
            // a column of text keeps a list as JSON
            return names.dialect().bound(names.types().get(column.name()), Lens.set(items));
        }
        return names.dialect().bound(names.types().get(column.name()), value);
    }

    // ---- reading

    /** @param changed when the row was changed last, null where no column says so */
    private record Raw(Map<String, Object> values, Object changed) {}

    private Raw raw(ResultSet result) throws SQLException {
        var values = new LinkedHashMap<String, Object>();
        for (var i = 0; i < columns.size(); i++) {
            values.put(columns.get(i).name(), value(result, i + 1));
        }
        return new Raw(values, sql.changed() == null ? null : value(result, columns.size() + 1));
    }

    private List<Row> rows(List<Raw> raw) {
        var ids = new HashMap<String, Map<String, String>>();
        directories.forEach((column, directory) -> {
            var named = raw.stream()
                    .flatMap(row -> named(row.values().get(column)).stream())
                    .collect(Collectors.toSet());
            ids.put(column, named.isEmpty() ? Map.of() : directory.ids(named));
        });
        return raw.stream()
                .map(row -> {
                    var values = row.values();
                    var canonical = new LinkedHashMap<String, Reading>();
                    columns.forEach(column -> canonical.put(
                            column.name(), reading(column, values.get(column.name()), ids.get(column.name()))));
                    return new Row(
                            RowKey.of(sql.key().stream()
                                    .map(column -> values.get(column).toString())
                                    .toList()),
                            values,
                            canonical,
                            row.changed() instanceof OffsetDateTime moment ? moment.toInstant() : null);
                })
                .toList();
    }

    private Reading reading(ColumnMapping column, Object value, Map<String, String> ids) {
        if (ids == null) {
            return column.lens().fromSql(value);
        }
        var named = named(value);
        var unknown = named.stream().filter(name -> !ids.containsKey(name)).findFirst();
        if (unknown.isPresent()) {
            return Reading.invalid(
                    String.join(", ", named),
                    "'" + unknown.get() + "' " + directories.get(column.name()).unknown());
        }
        var translated = named.stream().map(ids::get).toList();
        return column.lens()
                .fromSql(
                        column.type().multiple() || translated.size() != 1
                                ? translated.isEmpty() ? null : translated
                                : translated.get(0));
    }

    /** What a column with a directory names: one thing, an array, or a JSON array in a text. */
    static List<String> named(Object value) {
        if (value instanceof Collection<?> items) {
            return items.stream().filter(Objects::nonNull).map(Object::toString).toList();
        }
        var text = value == null ? "" : value.toString().strip();
        return text.startsWith("[")
                ? Lens.listed(text).orElseGet(() -> List.of(text))
                : text.isEmpty() ? List.of() : List.of(text);
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
