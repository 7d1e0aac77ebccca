package dev.camelfeishu.connector;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Clob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads a declared query in pages by its key, in a transaction that may only read. Since a page begins after the last key of the
 * one before, a row that is there all the while is read exactly once, whatever is inserted and deleted meanwhile. The query is
 * the declaration's own text, names are plain identifiers, the key is bound.
 */
final class ConnectorQuery {

    private static final Duration LONGEST = Duration.ofSeconds(15);

    private final ConnectorDeclaration declaration;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate reading;
    private volatile Key known;

    /** What the database says of the key's column. */
    private record Key(int type, boolean postgres) {}

    ConnectorQuery(ConnectorDeclaration declaration, DataSource source) {
        this.declaration = declaration;
        this.jdbc = new JdbcTemplate(source);
        this.jdbc.setQueryTimeout((int) LONGEST.toSeconds());
        this.reading = new TransactionTemplate(new DataSourceTransactionManager(source));
        this.reading.setReadOnly(true);
    }

    /**
     * Up to {@code most} rows by column name, in the order of their keys.
     *
     * @param after the key that the page before ended with, or null
     * @throws ConnectorRefusal when the query does not have what is declared of it
     */
    List<Map<String, Object>> page(String after, int most) {
        if (known == null) {
            check();
        }
        return reading.execute(status -> {
            var arguments = after == null ? new Object[0] : new Object[] {bound(after)};
            var key = "q." + declaration.key();
            return jdbc.query(
                    select() + (after == null ? "" : " WHERE " + key + " > ?") + " ORDER BY " + key
                            + " OFFSET 0 ROWS FETCH FIRST " + most + " ROWS ONLY",
                    (result, number) -> row(result),
                    arguments);
        });
    }

    /** Whether there are rows whose key is null, which no page would hold. */
    boolean anyWithoutKey() {
        return reading.execute(status -> !jdbc.queryForList(
                        "SELECT 1 FROM (" + declaration.query() + "\n) q WHERE q." + declaration.key()
                                + " IS NULL OFFSET 0 ROWS FETCH FIRST 1 ROWS ONLY",
                        Integer.class)
                .isEmpty());
    }

    /**
     * Asks the database whether it can answer.
     *
     * @throws ConnectorRefusal when a declared column is none of the query's
     */
    void check() {
        known = reading.execute(status -> jdbc.query(select() + " WHERE 1 = 0", result -> {
            var meta = result.getMetaData();
            var types = new LinkedHashMap<String, Integer>();
            for (var i = 1; i <= meta.getColumnCount(); i++) {
                types.put(meta.getColumnLabel(i).toLowerCase(Locale.ROOT), meta.getColumnType(i));
            }
            var missing = names().stream()
                    .filter(name -> !types.containsKey(name.toLowerCase(Locale.ROOT)))
                    .toList();
            if (!missing.isEmpty()) {
                throw ConnectorRefusal.config("the query has no column " + String.join(", ", missing));
            }
            return new Key(types.get(declaration.key().toLowerCase(Locale.ROOT)), postgres());
        }));
    }

    private String select() {
        // a line of its own, for the query may end with a comment
        return "SELECT * FROM (" + declaration.query() + "\n) q";
    }

    private List<String> names() {
        var names = new ArrayList<String>();
        names.add(declaration.key());
        declaration.columns().stream()
                .filter(column -> !column.route() && !column.name().equals(declaration.key()))
                .forEach(column -> names.add(column.name()));
        return names;
    }

    private boolean postgres() {
        return "PostgreSQL".equals(jdbc.execute((ConnectionCallback<String>)
                connection -> connection.getMetaData().getDatabaseProductName()));
    }

    private Object bound(String key) {
        if (known.postgres()) {
            // without a type of its own it is taken for that of the column
            return new SqlParameterValue(Types.OTHER, key);
        }
        return switch (known.type()) {
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.NUMERIC, Types.DECIMAL ->
                new BigDecimal(key);
            default -> key;
        };
    }

    private Map<String, Object> row(ResultSet result) throws SQLException {
        var row = new LinkedHashMap<String, Object>();
        for (var name : names()) {
            row.put(name, value(result, result.findColumn(name)));
        }
        return row;
    }

    /** In a class that does not depend on this machine's zone. */
    private static Object value(ResultSet result, int index) throws SQLException {
        var value = result.getObject(index);
        if (value instanceof Timestamp) {
            var type = result.getMetaData().getColumnTypeName(index).toLowerCase(Locale.ROOT);
            return type.equals("timestamptz") || type.endsWith("with time zone")
                    ? result.getObject(index, OffsetDateTime.class)
                    : result.getObject(index, LocalDateTime.class);
        } else if (value instanceof java.sql.Date) {
            return result.getObject(index, java.time.LocalDate.class);
        } else if (value instanceof Clob) {
            return result.getString(index);
        } else if (value instanceof Array array) {
            return Arrays.asList((Object[]) array.getArray());
        }
        return value;
    }
}
