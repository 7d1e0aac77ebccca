package dev.camelfeishu.sync;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/** The SQL table of a pair. Names come from the declaration, which admits plain identifiers only; values are bound. */
final class SqlTable {

    private static final int PAGE = 1000;

    /**
     * A row as it was read.
     *
     * @param values as JDBC answers them, by column
     * @param canonical the same in canonical form
     */
    record Row(String key, Map<String, Object> values, Map<String, Reading> canonical) {

        Map<String, String> canonicalValues() {
            var values = new LinkedHashMap<String, String>();
            canonical.forEach((column, reading) -> values.put(column, reading.value()));
            return values;
        }
    }

    private final JdbcTemplate jdbc;
    private final PairDeclaration.Sql sql;
    private final List<ColumnMapping> columns;
    private final String selected;

    SqlTable(DataSource source, PairDeclaration.Sql sql, List<ColumnMapping> columns) {
        this.jdbc = new JdbcTemplate(source);
        this.sql = sql;
        this.columns = columns;
        this.selected = columns.stream().map(ColumnMapping::name).collect(Collectors.joining(", "));
    }

    /** The clock of that database. */
    Instant now() {
        return jdbc.queryForObject("SELECT current_timestamp", OffsetDateTime.class)
                .toInstant();
    }

    /** Rows changed at or after {@code since} (null: all), in pages. */
    void changedSince(Instant since, Consumer<List<Row>> page) {
        Object changed = null;
        String key = null;
        while (true) {
            var arguments = new ArrayList<Object>();
            var where = new ArrayList<String>();
            if (since != null) {
                where.add(sql.changed() + " >= ?");
                arguments.add(since.atOffset(ZoneOffset.UTC));
            }
            if (changed != null) {
                where.add("(" + sql.changed() + ", " + sql.key() + ") > (?, ?)");
                arguments.add(changed);
                arguments.add(key);
            }
            arguments.add(PAGE);
            var rows = new ArrayList<Row>();
            var last = new Object[1];
            jdbc.query(
                    "SELECT " + selected + ", " + sql.changed() + " AS sync_changed FROM " + sql.table()
                            + (where.isEmpty() ? "" : " WHERE " + String.join(" AND ", where)) + " ORDER BY "
                            + sql.changed() + ", " + sql.key() + " LIMIT ?",
                    result -> {
                        rows.add(mapper().mapRow(result, 0));
                        var moment = result.getObject("sync_changed");
                        last[0] = moment instanceof Timestamp
                                ? result.getObject("sync_changed", OffsetDateTime.class)
                                : moment;
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

    Map<String, Row> byKeys(Collection<String> keys) {
        if (keys.isEmpty()) {
            return Map.of();
        }
        return jdbc
                .query(
                        "SELECT " + selected + " FROM " + sql.table() + " WHERE " + sql.key() + " = ANY(?)",
                        mapper(),
                        (Object) keys.toArray(String[]::new))
                .stream()
                .collect(Collectors.toMap(Row::key, row -> row, (first, second) -> first, LinkedHashMap::new));
    }

    /** All keys, in one statement and so in one snapshot. */
    Set<String> keys() {
        return new HashSet<>(jdbc.queryForList("SELECT " + sql.key() + " FROM " + sql.table(), String.class));
    }

    /**
     * Writes the columns if the row still holds what was read; answers whether it did.
     *
     * @param written canonical values by column
     */
    boolean update(Row read, Map<String, String> written, Duration timeout) {
        var arguments = new ArrayList<Object>();
        var sets = new ArrayList<String>();
        for (var column : columns) {
            if (written.containsKey(column.name())) {
                sets.add(column.name() + " = ?");
                arguments.add(column.lens()
                        .toSql(written.get(column.name()), read.values().get(column.name())));
            }
        }
        var where = new ArrayList<String>();
        where.add(sql.key() + " = ?");
        arguments.add(read.key());
        for (var column : columns) {
            if (!column.name().equals(sql.key())) {
                where.add(column.name() + " IS NOT DISTINCT FROM ?");
                arguments.add(read.values().get(column.name()));
            }
        }
        var limited = new JdbcTemplate(jdbc.getDataSource());
        limited.setQueryTimeout((int) timeout.toSeconds());
        return limited.update(
                        "UPDATE " + sql.table() + " SET " + String.join(", ", sets) + " WHERE "
                                + String.join(" AND ", where),
                        arguments.toArray())
                == 1;
    }

    private RowMapper<Row> mapper() {
        return (result, number) -> {
            var values = new LinkedHashMap<String, Object>();
            var canonical = new LinkedHashMap<String, Reading>();
            for (var column : columns) {
                var value = result.getObject(column.name());
                if (value instanceof Timestamp) {
                    // a Timestamp would be bound in the zone of this machine
                    value = result.getObject(column.name(), OffsetDateTime.class);
                }
                values.put(column.name(), value);
                canonical.put(column.name(), column.lens().fromSql(value));
            }
            return new Row(result.getString(sql.key()), values, canonical);
        };
    }
}
