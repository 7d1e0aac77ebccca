package dev.camelfeishu.sync;

import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * What differs from database to database, asked from its driver: how a name is quoted, so that a reserved word may be one, and
 * how a value is bound. Everything else is said in SQL that they share.
 */
final class SqlDialect {

    private final String quote;
    private final boolean upperCase;
    private final boolean postgres;
    private final boolean standard;

    private SqlDialect(DatabaseMetaData database) throws SQLException {
        this.quote = database.getIdentifierQuoteString().strip();
        this.upperCase = database.storesUpperCaseIdentifiers();
        this.postgres = "PostgreSQL".equals(database.getDatabaseProductName());
        this.standard = postgres || "H2".equals(database.getDatabaseProductName());
    }

    static SqlDialect of(DataSource source) {
        return new JdbcTemplate(source)
                .execute((ConnectionCallback<SqlDialect>) connection -> new SqlDialect(connection.getMetaData()));
    }

    /** @param name a lower case identifier, or a schema and a table */
    String quoted(String name) {
        return Arrays.stream(cased(name).split("\\."))
                .map(part -> quote + part + quote)
                .collect(Collectors.joining("."));
    }

    /**
     * @param type of the column, as the database names it
     */
    Object bound(String type, Object value) {
        if (value instanceof Collection<?> items) {
            return new SqlArrayValue(type.startsWith("_") ? type.substring(1) : "VARCHAR", items.toArray());
        }
        // without a type of its own, PostgreSQL takes a text for that of the column: an enum, a uuid, JSON
        return postgres && value instanceof String ? new SqlParameterValue(Types.OTHER, value) : value;
    }

    /** A name of the result of a query or of a table, as the driver wants it. */
    String cased(String name) {
        return upperCase ? name.toUpperCase(Locale.ROOT) : name;
    }

    /** A column by its {@link #plain} name; unlike {@link #quoted} it may hold a full stop. */
    String column(String name) {
        return quote + cased(name).replace(quote, quote + quote) + quote;
    }

    /** A name of the database as the declaration writes it. */
    String plain(String name) {
        return upperCase ? name.toLowerCase(Locale.ROOT) : name;
    }

    /** What lets an insert name the value of an identity that is always generated. */
    String overriding() {
        return standard ? " OVERRIDING SYSTEM VALUE" : "";
    }

    /** The expression as text. */
    String text(String expression) {
        return "CAST(" + expression + " AS " + (postgres ? "text" : "varchar(4000)") + ")";
    }

    /** So many question marks. */
    static String marks(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }

    /** Whether the database cannot compare values of the type. */
    boolean incomparable(String type) {
        return postgres && "json".equals(type);
    }
}
