package dev.camelfeishu.ops.doctor;

import dev.camelfeishu.event.Failure;
import dev.camelfeishu.sync.PairDeclaration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
import org.springframework.core.env.Profiles;

/** The two databases. Nothing is written. */
final class DatabaseChecks {

    private static final String DATABASE = "database";
    private static final String MIGRATIONS = "migrations";
    private static final String ERP = "erp";
    private static final int OLDEST = 15;
    private static final Duration NOTICEABLE = Duration.ofSeconds(60);
    private static final String SETTINGS = "SPRING_DATASOURCE_URL, _USERNAME and _PASSWORD";
    private static final String ERP_SETTINGS = "ERP_DATASOURCE_URL, _USERNAME and _PASSWORD";

    private final Patient patient;
    private final Clock clock;

    DatabaseChecks(Patient patient, Clock clock) {
        this.patient = patient;
        this.clock = clock;
    }

    List<Check> all() {
        return List.of(Check.here(DATABASE, this::database), Check.here(ERP, this::erp));
    }

    private List<Finding> database() throws SQLException {
        if (patient.database() == null && patient.environment().acceptsProfiles(Profiles.of("sandbox"))) {
            return List.of(Finding.skipped(DATABASE, "The sandbox brings its own when it starts."));
        }
        if (patient.database() == null) {
            return List.of(Finding.error(
                    DATABASE,
                    "The integration's database is not set.",
                    "Set SPRING_DATASOURCE_URL to jdbc:postgresql://host:5432/database, and its account.",
                    SETTINGS));
        }
        List<Finding> findings = new ArrayList<>();
        try (Connection connection = patient.database().getConnection()) {
            findings.add(version(connection));
            findings.add(time(connection));
            findings.add(room(connection));
            findings.addAll(folder(connection));
        } catch (SQLException e) {
            findings.add(unreachable(DATABASE, "The integration's database", e, SETTINGS));
            findings.add(Finding.skipped(MIGRATIONS, "Not looked at: the database is not reached."));
            return findings;
        }
        findings.add(migrations());
        return findings;
    }

    private static Finding unreachable(String check, String what, SQLException e, String settings) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String mend = state.startsWith("28")
                ? "Correct the account and its password."
                : state.equals("3D000")
                        ? "Make the database, or correct its name in the URL."
                        : "See that PostgreSQL runs there and lets this machine in (pg_hba.conf, firewall), or correct"
                                + " the URL.";
        return Finding.error(
                check,
                Sentence.of(
                        "{0} is not reached: {1}.",
                        Sentence.of(what), Failure.of(e).cause()),
                mend,
                settings);
    }

    private static Finding version(Connection connection) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        if (version < OLDEST) {
            return Finding.error(
                    DATABASE,
                    Sentence.of("PostgreSQL {0} is too old: {1} is the oldest that will do.", version, OLDEST),
                    "Upgrade it, or use another.",
                    SETTINGS);
        }
        if (text(connection, "select current_setting('transaction_read_only')").equals("on")) {
            return Finding.error(
                    DATABASE,
                    "The database takes no writes: it is a standby, or read-only.",
                    "Let SPRING_DATASOURCE_URL lead to the primary.",
                    SETTINGS);
        }
        return Finding.ok(DATABASE, "PostgreSQL {0} is reached and takes writes.", version);
    }

    private Finding time(Connection connection) throws SQLException {
        Instant theirs = Instant.ofEpochMilli(
                Long.parseLong(text(connection, "select (extract(epoch from clock_timestamp()) * 1000)::bigint")));
        Duration apart = Duration.between(theirs, clock.instant()).abs();
        Sentence what = Sentence.of("The database's clock and this machine's are {0} s apart.", apart.toSeconds());
        return apart.compareTo(NOTICEABLE) <= 0
                ? Finding.of(DATABASE, Severity.OK, what, "", "")
                : Finding.warning(DATABASE, what, "Let both follow a time server.", "");
    }

    private Finding room(Connection connection) throws SQLException {
        int allowed = Integer.parseInt(text(
                connection,
                "select current_setting('max_connections')::int"
                        + " - current_setting('superuser_reserved_connections')::int"));
        int used = Integer.parseInt(
                text(connection, "select count(*) from pg_stat_activity where backend_type =" + " 'client backend'"));
        int pool =
                Integer.parseInt(patient.environment().getProperty("spring.datasource.hikari.maximum-pool-size", "10"));
        // what runs here has its part of those in use
        int wanted = patient.running() == null ? pool : 1;
        Sentence what =
                Sentence.of("{0} of {1} connections are in use; the pool takes up to {2}.", used, allowed, pool);
        return allowed - used >= wanted
                ? Finding.of(DATABASE, Severity.OK, what, "", "")
                : Finding.warning(
                        DATABASE,
                        what,
                        "Raise max_connections of PostgreSQL, or lower spring.datasource.hikari.maximum-pool-size.",
                        "postgresql.conf; config/application.yaml");
    }

    /** The disk of the database, where it is on this machine and its account may ask. */
    private static List<Finding> folder(Connection connection) throws SQLException {
        boolean may = text(connection, "select pg_has_role(current_user, 'pg_read_all_settings', 'member')")
                .startsWith("t");
        if (!may) {
            return List.of();
        }
        Path folder = Path.of(text(connection, "show data_directory"));
        return Files.isDirectory(folder) ? List.of(Disk.room("disk of the database", folder)) : List.of();
    }

    private Finding migrations() {
        MigrationInfoService all = Flyway.configure(getClass().getClassLoader())
                .dataSource(patient.database())
                .schemas("feishu")
                .defaultSchema("feishu")
                .locations("classpath:db/migration")
                .load()
                .info();
        for (MigrationInfo migration : all.all()) {
            if (migration.getState() == MigrationState.FAILED || migration.getState() == MigrationState.FUTURE_FAILED) {
                return Finding.error(
                        MIGRATIONS,
                        Sentence.of("The migration {0} has failed.", migration.getScript()),
                        "Mend what the log of that start names, delete its row in feishu.flyway_schema_history, and"
                                + " start again.",
                        "docs/operations.md, Upgrade");
            }
            if (migration.getState() == MigrationState.FUTURE_SUCCESS) {
                return Finding.error(
                        MIGRATIONS,
                        Sentence.of("The database was migrated by a newer version, to {0}.", migration.getVersion()),
                        "Run that version or a newer one.",
                        "docs/operations.md, Upgrade");
            }
        }
        int pending = all.pending().length;
        if (pending == 0) {
            return Finding.ok(MIGRATIONS, "{0} are applied, none is left.", all.applied().length);
        }
        return patient.running() == null
                ? Finding.ok(MIGRATIONS, "{0} are made at the next start.", pending)
                : Finding.error(
                        MIGRATIONS,
                        Sentence.of("{0} are not applied although the application runs.", pending),
                        "Start the application again and see its log.",
                        "docs/operations.md, Upgrade");
    }

    private List<Finding> erp() {
        if (patient.erp() == null) {
            return List.of(Finding.skipped(ERP, "Not looked at: no database is set."));
        }
        List<PairDeclaration> pairs = patient.pairs().get();
        List<Finding> findings = new ArrayList<>();
        try (Connection connection = patient.erp().getConnection()) {
            for (PairDeclaration pair : pairs) {
                if (pair.unavailable().isEmpty()) {
                    findings.addAll(source(connection, pair));
                }
            }
            if (findings.isEmpty()) {
                findings.add(Finding.ok(ERP, "The ERP's database is reached, with all that the pairs read."));
            }
        } catch (SQLException e) {
            findings.add(unreachable(ERP, "The ERP's database", e, ERP_SETTINGS));
        }
        return findings;
    }

    private static List<Finding> source(Connection connection, PairDeclaration pair) {
        PairDeclaration.Sql sql = pair.sql();
        // both were checked when the declaration was read: a table is identifiers only, a query is the operator's own
        String source = sql.query() == null ? sql.table() : "(" + sql.query() + ") source";
        Sentence name = sql.query() == null
                ? Sentence.of("the table {0}", sql.table())
                : Sentence.of("the query of the pair {0}", pair.name());
        Set<String> needed = new HashSet<>(sql.key());
        pair.columns().forEach(column -> needed.add(column.name()));
        if (sql.changed() != null) {
            needed.add(sql.changed());
        }
        if (sql.link() != null) {
            needed.add(sql.link());
        }
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("select * from " + source + " where 1 = 0")) {
            ResultSetMetaData columns = none.getMetaData();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                needed.remove(columns.getColumnLabel(i).toLowerCase(Locale.ROOT));
            }
        } catch (SQLException e) {
            return List.of(Finding.error(
                    ERP,
                    Sentence.of(
                            "The pair {0} cannot read {1}: {2}.",
                            pair.name(), name, Failure.of(e).cause()),
                    "Correct the name in the declaration, or grant the account of ERP_DATASOURCE_USERNAME the right to"
                            + " read it.",
                    "config/pairs"));
        }
        return needed.stream()
                .sorted()
                .map(column -> Finding.error(
                        ERP,
                        Sentence.of(
                                "The pair {0} needs the column {1}, which {2} does not have.",
                                pair.name(), column, name),
                        "Correct the name in the declaration, or add the column.",
                        "config/pairs"))
                .toList();
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
