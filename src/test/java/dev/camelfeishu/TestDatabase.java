package dev.camelfeishu;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.migration.JavaMigration;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A database of a test's own in the one PostgreSQL of its process, with the tables of the product and of the sandbox. A test
 * that stops the server needs an {@link EmbeddedPostgres} of its own.
 */
public final class TestDatabase implements AutoCloseable {

    private static final String MIGRATED = "migrated";
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** Started by the first test that needs it, stopped by its own shutdown hook. */
    private static final class Server {

        private static final EmbeddedPostgres POSTGRES = start();
        private static final JdbcTemplate ADMINISTRATOR = new JdbcTemplate(POSTGRES.getPostgresDatabase());

        private static EmbeddedPostgres start() {
            try {
                // nothing here outlives the process
                EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "off")
                        .setServerConfig("full_page_writes", "off")
                        .start();
                new JdbcTemplate(postgres.getPostgresDatabase()).execute("create database " + MIGRATED);
                migrate(
                        postgres.getDatabase("postgres", MIGRATED),
                        "feishu",
                        "classpath:db/migration",
                        new QuartzTables());
                migrate(postgres.getDatabase("postgres", MIGRATED), "sandbox", "classpath:db/sandbox");
                return postgres;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void migrate(DataSource database, String schema, String scripts, JavaMigration... migrations) {
            Flyway.configure()
                    .dataSource(database)
                    .defaultSchema(schema)
                    .schemas(schema)
                    .locations(scripts)
                    .javaMigrations(migrations)
                    .load()
                    .migrate();
        }
    }

    private final String name = "test_" + NUMBERS.incrementAndGet();

    public TestDatabase() {
        Server.ADMINISTRATOR.execute("create database " + name + " template " + MIGRATED);
    }

    public DataSource dataSource() {
        return dataSource("postgres");
    }

    /** As a role that a test has made: those live in the server, and so need a name that no other test uses. */
    public DataSource dataSource(String role) {
        return Server.POSTGRES.getDatabase(role, name);
    }

    public String url() {
        return Server.POSTGRES.getJdbcUrl("postgres", name);
    }

    /** A database of the same server without any table; nobody writes to it. */
    public static String emptyUrl() {
        return Server.POSTGRES.getJdbcUrl("postgres", "postgres");
    }

    @Override
    public void close() {
        Server.ADMINISTRATOR.execute("drop database " + name + " with (force)");
    }
}
