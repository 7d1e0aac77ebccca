package dev.camelfeishu.sync;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The change table of a pair, in a schema of its own in the ERP's PostgreSQL. Triggers write the key of each row that a
 * statement has inserted, updated or deleted into it, in the ERP's own transaction: a change is noted if and only if it is
 * committed, and is seen as soon as it is. The order of the ids means nothing, since a transaction that commits late has low
 * ones: whatever is there is taken, and removed only after it has been marked.
 */
final class ChangeCapture {

    static final String SCHEMA = "feishu_capture";

    private static final int LONGEST_NAME = 63;
    /** pg_trigger.tgtype: the statements that a trigger waits for. */
    private static final Map<String, Integer> EVENTS = events();

    /** No such table, no such schema, no right to it. */
    private static final Set<String> OUT_OF_REACH = Set.of("42P01", "3F000", "42501");

    /** @param key of the row, null when the table was emptied */
    record Change(long id, String key) {}

    private final JdbcTemplate jdbc;
    private final String pair;
    private final PairDeclaration.Sql sql;

    ChangeCapture(DataSource erp, String pair, PairDeclaration.Sql sql) {
        this.jdbc = new JdbcTemplate(erp);
        this.pair = pair;
        this.sql = sql;
    }

    private static Map<String, Integer> events() {
        var events = new LinkedHashMap<String, Integer>();
        events.put("INSERT", 4);
        events.put("UPDATE", 16);
        events.put("DELETE", 8);
        events.put("TRUNCATE", 32);
        return events;
    }

    /** Where the triggers tell that they have noted something. */
    static String channel(String pair) {
        return name(SCHEMA + "_", pair);
    }

    private static String name(String prefix, String pair) {
        var name = prefix + pair.replace('-', '_');
        if (name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME) {
            return name;
        }
        return name.substring(0, LONGEST_NAME - 9) + "_"
                + BucketDigests.hex(pair).substring(0, 8);
    }

    private static String changes(String pair) {
        return SCHEMA + "." + quoted(name("", pair));
    }

    /** PostgreSQL's way; the names are plain identifiers. */
    private static String quoted(String name) {
        return "\"" + name.replace(".", "\".\"") + "\"";
    }

    /**
     * What a DBA runs once, in SQL of PostgreSQL 10 and later; running it again does no harm.
     *
     * @param user of the product in the ERP's database
     */
    static String ddl(String pair, PairDeclaration.Sql sql, String user) {
        var changes = changes(pair);
        var key = quoted(key(sql));
        var text = new StringBuilder("""
                -- Notes which rows of %1$s change, for the pair %2$s. Run it as the owner of the table.
                -- Creating a trigger waits for the transactions that write to the table, and they wait for it: give up soon.
                BEGIN;
                SET LOCAL lock_timeout = '5s';
                CREATE SCHEMA IF NOT EXISTS %3$s;
                CREATE TABLE IF NOT EXISTS %4$s (
                    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                    key  text,                                              -- of the row; null: the table was emptied
                    at   timestamptz NOT NULL DEFAULT clock_timestamp()
                );
                -- As its owner, so that who writes to the table needs no right on the change table.
                CREATE OR REPLACE FUNCTION %4$s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
                SET search_path = pg_catalog, pg_temp AS $capture$
                BEGIN
                    IF TG_OP = 'INSERT' THEN
                        INSERT INTO %4$s (key) SELECT CAST(%5$s AS text) FROM new_rows;
                    ELSIF TG_OP = 'UPDATE' THEN
                        -- the old key too, where it has changed
                        INSERT INTO %4$s (key)
                            SELECT CAST(%5$s AS text) FROM old_rows UNION SELECT CAST(%5$s AS text) FROM new_rows;
                    ELSIF TG_OP = 'DELETE' THEN
                        INSERT INTO %4$s (key) SELECT CAST(%5$s AS text) FROM old_rows;
                    ELSE
                        INSERT INTO %4$s (key) VALUES (NULL);
                    END IF;
                    IF FOUND THEN
                        PERFORM pg_notify('%6$s', '');
                    END IF;
                    RETURN NULL;
                END
                $capture$;
                """.formatted(sql.table(), pair, SCHEMA, changes, key, channel(pair)));
        var referencing = Map.of(
                "INSERT", "REFERENCING NEW TABLE AS new_rows ",
                "UPDATE", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows ",
                "DELETE", "REFERENCING OLD TABLE AS old_rows ",
                "TRUNCATE", "");
        for (var event : EVENTS.keySet()) {
            var trigger = quoted(name("feishu_" + event.toLowerCase(Locale.ROOT) + "_", pair));
            text.append("DROP TRIGGER IF EXISTS %s ON %s;%n".formatted(trigger, quoted(sql.table())));
            text.append("CREATE TRIGGER %s AFTER %s ON %s%n    %sFOR EACH STATEMENT EXECUTE PROCEDURE %s();%n"
                    .formatted(trigger, event, quoted(sql.table()), referencing.get(event), changes));
        }
        text.append("GRANT USAGE ON SCHEMA %s TO \"%s\";%n".formatted(SCHEMA, user.replace("\"", "\"\"")));
        text.append("GRANT SELECT, DELETE ON %s TO \"%s\";%n".formatted(changes, user.replace("\"", "\"\"")));
        text.append("COMMIT;\n");
        return text.toString();
    }

    /** The user that the product is in the ERP's database. */
    String user() {
        requirePostgres();
        return jdbc.queryForObject("SELECT current_user", String.class);
    }

    private void requirePostgres() {
        var product = jdbc.execute((ConnectionCallback<String>)
                connection -> connection.getMetaData().getDatabaseProductName());
        if (!"PostgreSQL".equals(product)) {
            throw new IllegalStateException(
                    "Pair " + pair + ": `capture: trigger` works on PostgreSQL only, and the ERP's" + " database is "
                            + product + "; write `capture: poll`");
        }
    }

    /** Creates what is missing, as the product's own user. */
    void install() {
        jdbc.execute((ConnectionCallback<Void>) connection -> {
            try (var statement = connection.createStatement()) {
                // two nodes start at once
                statement.execute("SELECT pg_advisory_lock(hashtext('" + channel(pair) + "'))");
                try {
                    statement.execute(ddl(pair, sql, connection.getMetaData().getUserName()));
                } catch (SQLException failed) {
                    statement.execute("ROLLBACK");
                    throw failed;
                } finally {
                    statement.execute("SELECT pg_advisory_unlock(hashtext('" + channel(pair) + "'))");
                }
                return null;
            }
        });
    }

    /**
     * What keeps changes from being noted, in a sentence each; empty when all is in place.
     *
     * @throws IllegalStateException when the ERP's database is not PostgreSQL
     */
    List<String> missing() {
        requirePostgres();
        var missing = new ArrayList<String>();
        var rights = jdbc.query(
                "SELECT has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')"
                        + " AND has_table_privilege(c.oid, 'DELETE') FROM pg_class c JOIN pg_namespace n"
                        + " ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?",
                (result, number) -> result.getBoolean(1),
                SCHEMA,
                name("", pair));
        if (rights.isEmpty()) {
            missing.add("the change table " + changes(pair) + " is missing");
        } else if (!rights.get(0)) {
            missing.add("the user " + user() + " may not SELECT and DELETE in the change table " + changes(pair));
        }
        var noted = 0;
        for (var trigger : jdbc.queryForList(
                "SELECT t.tgtype, t.tgenabled IN ('O', 'A') AS enabled, p.prosrc LIKE ? AS keyed FROM pg_trigger t"
                        + " JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace"
                        + " WHERE t.tgrelid = to_regclass(?) AND n.nspname = ? AND p.proname = ?",
                "%" + quoted(key(sql)) + "%",
                quoted(sql.table()),
                SCHEMA,
                name("", pair))) {
            if (!(Boolean) trigger.get("keyed")) {
                missing.add("the function " + changes(pair) + " does not note the key " + key(sql));
            } else if ((Boolean) trigger.get("enabled")) {
                noted |= ((Number) trigger.get("tgtype")).intValue();
            }
        }
        var present = noted;
        var unseen = EVENTS.entrySet().stream()
                .filter(event -> (present & event.getValue()) == 0)
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
        if (!unseen.isEmpty()) {
            missing.add("no enabled trigger of " + sql.table() + " notes " + unseen);
        }
        return missing.stream().distinct().toList();
    }

    /** What has been noted and not yet taken; nothing while the change table is out of reach. */
    List<Change> read(int most) {
        try {
            return jdbc.query(
                    "SELECT id, key FROM " + changes(pair) + " ORDER BY id LIMIT " + most,
                    (result, number) -> new Change(result.getLong("id"), result.getString("key")));
        } catch (BadSqlGrammarException failed) {
            if (OUT_OF_REACH.contains(failed.getSQLException().getSQLState())) {
                return List.of();
            }
            throw failed;
        }
    }

    /** Removes what has been marked. */
    void forget(Collection<Change> taken) {
        jdbc.update("DELETE FROM " + changes(pair) + " WHERE id = ANY(?)", (Object)
                taken.stream().map(Change::id).toArray(Long[]::new));
    }

    /** Triggers go with a key of one column. */
    private static String key(PairDeclaration.Sql sql) {
        return sql.key().get(0);
    }
}
