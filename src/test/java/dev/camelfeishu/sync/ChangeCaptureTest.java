package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import dev.camelfeishu.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@DisplayName("A pair whose changes are noted by triggers")
class ChangeCaptureTest {

    private static TestDatabase postgres;
    private static HikariDataSource database;

    private OrdersPair orders;

    @BeforeAll
    static void startPostgres() throws IOException {
        postgres = new TestDatabase();
        var pool = new HikariDataSource();
        pool.setDataSource(OrdersPair.migrated(postgres.dataSource()));
        pool.setMaximumPoolSize(10);
        database = pool;
    }

    @AfterAll
    static void stopPostgres() throws IOException {
        database.close();
        postgres.close();
    }

    @BeforeEach
    void newPair() {
        new JdbcTemplate(database).execute("DROP SCHEMA IF EXISTS feishu_capture CASCADE");
        orders = new OrdersPair(database, declaration("  capture: trigger\n  install: true\n"));
    }

    private static PairDeclaration declaration(String capture) {
        return OrdersPair.declaration(yaml -> yaml.replace("  overlap:", capture + "  overlap:"));
    }

    private List<Map<String, Object>> noted() {
        return orders.jdbc.queryForList("SELECT key FROM feishu_capture.orders ORDER BY id");
    }

    private List<String> marks() {
        return orders.jdbc.queryForList("SELECT identity FROM feishu.sync_dirty ORDER BY identity", String.class);
    }

    @Test
    @DisplayName("sees inserts, updates, both keys of a row that gets another, deletions and emptied tables")
    void everyStatement() {
        orders.settle();
        orders.orders(3);
        assertThat(noted()).extracting(row -> row.get("key")).containsExactly("SO-1", "SO-2", "SO-3");
        orders.settle();
        assertThat(noted()).isEmpty();
        assertThat(orders.base.recordIds()).hasSize(3);

        orders.update("SO-1", "note", "new");
        orders.update("SO-9", "note", "no row");
        orders.jdbc.update("UPDATE erp.orders SET order_id = 'SO-4' WHERE order_id = 'SO-2'");
        assertThat(noted()).extracting(row -> row.get("key")).containsExactlyInAnyOrder("SO-1", "SO-2", "SO-4");
        orders.jdbc.update("DELETE FROM erp.orders WHERE order_id = 'SO-3'");
        orders.pair.poll();
        assertThat(marks()).containsExactly("SO-1", "SO-4");
        for (var i = 0; i < 3; i++) {
            orders.settle();
            orders.pass(Duration.ofSeconds(30));
        }
        assertThat(orders.base.recordIds()).hasSize(2);
        orders.assertEqual("SO-1");
        orders.assertEqual("SO-4");

        orders.jdbc.execute("TRUNCATE erp.orders");
        assertThat(noted())
                .singleElement()
                .satisfies(row -> assertThat(row.get("key")).isNull());
        for (var i = 0; i < 3; i++) {
            orders.settle();
            orders.pass(Duration.ofSeconds(30));
        }
        assertThat(orders.base.recordIds()).isEmpty();
    }

    @Test
    @DisplayName("misses no change whose transaction commits after later ones")
    void lateCommit() throws SQLException {
        orders.orders(2);
        orders.settle();
        try (Connection late = database.getConnection()) {
            late.setAutoCommit(false);
            try (var statement = late.createStatement()) {
                statement.execute("UPDATE erp.orders SET note = 'late' WHERE order_id = 'SO-1'");
                orders.update("SO-2", "note", "later, and sooner there");
                orders.settle();
                // long after any overlap
                orders.pass(Duration.ofHours(2));
                orders.settle();
                assertThat(orders.cell("SO-1", "Note")).isNull();
                late.commit();
            } finally {
                late.rollback();
                late.setAutoCommit(true);
            }
        }

        orders.settle();

        orders.assertEqual("SO-1");
        orders.assertEqual("SO-2");
    }

    @Test
    @DisplayName("notes nothing of what is rolled back")
    void rollBack() throws SQLException {
        orders.orders(1);
        orders.settle();
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                statement.execute("DELETE FROM erp.orders");
            }
            connection.rollback();
            connection.setAutoCommit(true);
        }

        assertThat(orders.pair.poll()).isZero();
        assertThat(noted()).isEmpty();
    }

    @Test
    @DisplayName("loses nothing when it is killed between marking and taking away")
    void killed() {
        orders.orders(1);
        orders.settle();
        for (var step = 1; step <= 12; step++) {
            orders.update("SO-1", "note", "step " + step);
            orders.crashAfter(step);
            try {
                orders.pair.poll();
            } catch (OrdersPair.Crash end) {
                assertThat(noted().size() + marks().size()).isPositive();
            }
            orders.restart();
            orders.settle();
            orders.assertEqual("SO-1");
        }
        assertThat(noted()).isEmpty();
    }

    @Test
    @DisplayName("does not mark what the pair itself wrote, but what was changed back while a cycle worked on it")
    void ownWrites() {
        orders.orders(2);
        orders.settle();
        orders.base.edit(orders.record("SO-1"), "Note", "from Bitable");
        orders.deliver();
        orders.pass(Duration.ofSeconds(2));
        orders.pair.drain(RowTransform.NONE);
        assertThat(noted()).hasSize(1);
        assertThat(orders.pair.poll()).isZero();
        assertThat(noted()).isEmpty();

        // the cycle has read "away", and before it ends the row is what it was before
        orders.update("SO-2", "note", "away");
        orders.pair.poll();
        var calls = new AtomicInteger();
        orders.base.before = request -> {
            if (request.toString().contains("batch_update") && calls.incrementAndGet() == 1) {
                orders.update("SO-2", "note", "note 2");
                orders.pair.poll();
            }
        };
        orders.pair.drain(RowTransform.NONE);
        assertThat(calls).hasPositiveValue();
        orders.settle();
        assertThat(orders.cell("SO-2", "Note")).isEqualTo("note 2");
    }

    @Test
    @DisplayName("lets a mass deletion wait for a person, also when it comes row by row")
    void massDelete() {
        orders.orders(30);
        orders.settle();
        for (var i = 1; i <= 25; i++) {
            orders.jdbc.update("DELETE FROM erp.orders WHERE order_id = ?", "SO-" + i);
            orders.pair.poll();
        }
        orders.pass(Duration.ofSeconds(30));
        orders.settle();
        orders.pass(Duration.ofSeconds(30));
        orders.settle();

        assertThat(orders.base.recordIds()).hasSize(30);
        assertThat(orders.pair.status().pendingDeletes()).isEqualTo(25);
        orders.pair.approveDeletes();
        orders.settle();
        assertThat(orders.base.recordIds()).hasSize(5);
    }

    @Test
    @DisplayName("keeps the record of a row that comes back")
    void comesBack() {
        orders.orders(1);
        orders.settle();
        orders.jdbc.update("DELETE FROM erp.orders");
        orders.pair.poll();
        orders.order("SO-1", "Customer 1", "1.50", "NEW", "back");
        orders.pass(Duration.ofSeconds(30));
        orders.settle();
        orders.pass(Duration.ofSeconds(30));
        orders.settle();

        orders.assertEqual("SO-1");
        assertThat(orders.base.recordIds()).hasSize(1);
        assertThat(orders.base.calls("/batch_delete")).isZero();
    }

    @Test
    @DisplayName("does not take two looks within a moment for two")
    void twoLooksAreApart() {
        orders.orders(1);
        orders.settle();
        orders.pass(Duration.ofMinutes(1));
        orders.jdbc.update("DELETE FROM erp.orders");
        orders.pair.poll();
        orders.pair.drain(RowTransform.NONE);
        assertThat(orders.base.calls("/batch_delete")).isZero();

        for (var look = 0; look < 2; look++) {
            orders.pass(Duration.ofSeconds(30));
            orders.settle();
        }
        assertThat(orders.base.recordIds()).isEmpty();
    }

    @Test
    @DisplayName("names what is missing and polls until a DBA has run the SQL it prints")
    void byDba() {
        orders = new OrdersPair(database, declaration("  capture: trigger\n"));
        orders.orders(2);
        orders.settle();
        assertThat(orders.base.recordIds()).hasSize(2);
        assertThat(orders.pair.problems())
                .singleElement()
                .asString()
                .contains(
                        "the change table feishu_capture.\"orders\" is missing",
                        "no enabled trigger of erp.orders notes INSERT, UPDATE, DELETE, TRUNCATE",
                        "capture-ddl orders",
                        "is polled");
        orders.update("SO-1", "note", "polled");
        orders.settle();
        orders.assertEqual("SO-1");

        orders.update("SO-2", "note", "before the triggers");
        var sql = orders.pair.captureSql();
        orders.jdbc.execute(sql);
        orders.jdbc.execute(sql);
        orders.settle();
        orders.assertEqual("SO-2");
        assertThat(orders.pair.problems()).isEmpty();

        orders.jdbc.execute("ALTER TABLE erp.orders DISABLE TRIGGER feishu_update_orders");
        orders.update("SO-1", "note", "while it is off");
        orders.pass(Duration.ofMinutes(1));
        orders.settle();
        orders.assertEqual("SO-1");
        assertThat(orders.pair.problems()).singleElement().asString().contains("notes UPDATE:");
    }

    @Test
    @DisplayName("needs no right on the change table for those who write to the table, and few for the product")
    void rights() throws SQLException {
        var jdbc = orders.jdbc;
        jdbc.execute("DROP ROLE IF EXISTS clerk");
        jdbc.execute("CREATE ROLE clerk LOGIN");
        jdbc.execute("CREATE ROLE product LOGIN");
        jdbc.execute("GRANT USAGE ON SCHEMA erp TO clerk, product");
        jdbc.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON erp.orders TO clerk, product");
        var declared = declaration("  capture: trigger\n").sql();
        var product = new ChangeCapture(postgres.dataSource("product"), "orders", declared);
        jdbc.execute(ChangeCapture.ddl("orders", declared, product.user()));

        new JdbcTemplate(postgres.dataSource("clerk"))
                .update("INSERT INTO erp.orders (order_id, customer_name, amount) VALUES ('SO-1', 'C', 1)");

        assertThat(product.missing()).isEmpty();
        var changes = product.read(10);
        assertThat(changes)
                .singleElement()
                .satisfies(change -> assertThat(change.key()).isEqualTo("SO-1"));
        product.forget(changes);
        assertThat(product.read(10)).isEmpty();
        jdbc.execute("REVOKE DELETE ON feishu_capture.orders FROM product");
        assertThat(product.missing()).singleElement().asString().contains("product may not SELECT and DELETE");
        jdbc.execute("DROP OWNED BY clerk, product; DROP ROLE clerk, product");
    }

    @Test
    @DisplayName("says on another database that it has to be polled")
    void anotherDatabase() {
        var h2 = new JdbcDataSource();
        h2.setUrl("jdbc:h2:mem:capture;DB_CLOSE_DELAY=-1");
        new JdbcTemplate(h2)
                .execute("CREATE SCHEMA erp; CREATE TABLE erp.orders (order_id varchar(20) PRIMARY KEY,"
                        + " customer_name varchar(20), amount numeric(14,2), status varchar(20), note varchar(20),"
                        + " created_at timestamp with time zone, updated_at timestamp with time zone)");
        var pair = new PairSync(
                declaration("  capture: trigger\n"),
                orders.base,
                orders.jdbc,
                new TransactionTemplate(new DataSourceTransactionManager(database)),
                h2,
                new ObjectMapper(),
                new SimpleMeterRegistry(),
                Clock.systemUTC(),
                Duration.ofSeconds(60));

        assertThatThrownBy(pair::poll)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("PostgreSQL only")
                .hasMessageContaining("H2")
                .hasMessageContaining("`capture: poll`");
    }

    @Test
    @DisplayName("is woken by a change, and is on the other side long before a poll would look")
    void latency() throws Exception {
        orders.orders(40);
        orders.settle();
        var byTrigger = new long[40];
        var marked = new Semaphore(0);
        orders.pair.onDirty(marked::release);
        try (var listener = orders.pair.listen()) {
            // the listener looks once when it is connected
            await().atMost(Duration.ofSeconds(20)).until(() -> listening() > 0);
            for (var i = 0; i < byTrigger.length; i++) {
                var start = System.nanoTime();
                orders.update("SO-" + (i + 1), "note", "edit " + i);
                assertThat(marked.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
                orders.pair.drain(RowTransform.NONE);
                byTrigger[i] = System.nanoTime() - start;
                orders.assertEqual("SO-" + (i + 1));
            }
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> listening() == 0);
        System.out.println("Edit in SQL to a Base in memory, by trigger and NOTIFY: p50 " + millis(byTrigger, 50)
                + " ms, p95 " + millis(byTrigger, 95) + " ms");
        assertThat(millis(byTrigger, 50)).isLessThan(2_500);
    }

    @Test
    @DisplayName("is compared with a poll")
    void latencyOfAPoll() {
        orders = new OrdersPair(database);
        orders.orders(20);
        orders.settle();
        var started = new long[20];
        var byPoll = new long[20];
        var next = new AtomicInteger();
        var editor = Executors.newSingleThreadScheduledExecutor();
        try {
            editor.scheduleAtFixedRate(
                    () -> {
                        var i = next.getAndIncrement();
                        if (i < started.length) {
                            started[i] = System.nanoTime();
                            orders.update("SO-" + (i + 1), "note", "edit");
                        }
                    },
                    0,
                    40,
                    TimeUnit.MILLISECONDS);
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        orders.pair.poll();
                        orders.pair.drain(RowTransform.NONE);
                        for (var i = 0; i < byPoll.length; i++) {
                            if (byPoll[i] == 0 && "edit".equals(orders.cell("SO-" + (i + 1), "Note"))) {
                                byPoll[i] = System.nanoTime() - started[i];
                            }
                        }
                        return Arrays.stream(byPoll).allMatch(time -> time > 0);
                    });
        } finally {
            editor.shutdownNow();
        }
        System.out.println("Edit in SQL to a Base in memory, by a poll every second: p50 " + millis(byPoll, 50)
                + " ms, p95 " + millis(byPoll, 95) + " ms");
        assertThat(millis(byPoll, 95)).isLessThan(20_000);
    }

    @Test
    @DisplayName(
            "or polled, finds rows that were committed late within the overlap, and reports later ones by verification")
    void pollFindsLateCommits() throws SQLException {
        orders = new OrdersPair(database);
        orders.orders(2);
        orders.settle();
        try (Connection late = database.getConnection()) {
            late.setAutoCommit(false);
            try (var statement = late.createStatement()) {
                statement.execute("UPDATE erp.orders SET note = 'late' WHERE order_id = 'SO-1'");
                orders.update("SO-2", "note", "later, and sooner there");
                orders.settle();
                orders.assertEqual("SO-2");
                late.commit();
            } finally {
                late.rollback();
                late.setAutoCommit(true);
            }
        }
        orders.settle();
        orders.assertEqual("SO-1");

        // a transaction that has lasted longer than the overlap
        orders.jdbc.execute("ALTER TABLE erp.orders DISABLE TRIGGER touch");
        orders.jdbc.update("UPDATE erp.orders SET note = 'too late', updated_at = now() - interval '2 minutes'"
                + " WHERE order_id = 'SO-1'");
        orders.jdbc.execute("ALTER TABLE erp.orders ENABLE TRIGGER touch");
        orders.settle();
        assertThat(orders.cell("SO-1", "Note")).isEqualTo("late");
        assertThat(orders.pair.verify().missed()).isEqualTo(1);
        orders.settle();
        orders.assertEqual("SO-1");
    }

    @Test
    @DisplayName("or polled, sees each of many rows that changed at the same time")
    void pollSeesEqualTimes() {
        orders = new OrdersPair(database);
        orders.settle();
        orders.jdbc.update("INSERT INTO erp.orders (order_id, customer_name, amount, updated_at)"
                + " SELECT 'SO-' || i, 'C', i, timestamptz '2026-01-01 00:00Z' FROM generate_series(1, 2500) i");
        orders.jdbc.update(
                "UPDATE feishu.sync_pair SET cursor_at = timestamptz '2026-01-01 00:00Z', compared_at = ?",
                OffsetDateTime.now().plusHours(1));

        assertThat(orders.pair.poll()).isEqualTo(2500);
        assertThat(marks()).hasSize(2500).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("goes on by polling when it may not install them")
    void mayNotInstall() throws SQLException {
        orders.jdbc.execute("CREATE ROLE reader LOGIN");
        orders.jdbc.execute("GRANT USAGE ON SCHEMA erp TO reader");
        orders.jdbc.execute("GRANT SELECT, UPDATE ON erp.orders TO reader");
        orders.orders(1);
        var pair = new PairSync(
                declaration("  capture: trigger\n  install: true\n"),
                orders.base,
                orders.jdbc,
                new TransactionTemplate(new DataSourceTransactionManager(database)),
                postgres.dataSource("reader"),
                new ObjectMapper(),
                new SimpleMeterRegistry(),
                Clock.systemUTC(),
                Duration.ofSeconds(60));

        pair.poll();
        pair.drain(RowTransform.NONE);

        orders.assertEqual("SO-1");
        assertThat(pair.problems())
                .singleElement()
                .asString()
                .contains("cannot be installed: ERROR: permission denied");
        orders.jdbc.execute("DROP OWNED BY reader; DROP ROLE reader");
    }

    private long listening() {
        return orders.jdbc.queryForObject(
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND state = 'idle'"
                        + " AND datname = current_database()",
                Long.class);
    }

    private static long millis(long[] nanos, int percent) {
        var sorted = new ArrayList<>(Arrays.stream(nanos).boxed().sorted().toList());
        return TimeUnit.NANOSECONDS.toMillis(sorted.get((sorted.size() - 1) * percent / 100));
    }
}
