package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.zaxxer.hikari.HikariDataSource;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.openapi.FeishuRejectedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The pair orders")
class PairSyncTest {

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
        orders = new OrdersPair(database);
    }

    @Test
    @DisplayName("makes the missing fields and writes 64 orders in one call, then rests")
    void firstSync() {
        orders.orders(64);

        orders.settle();

        assertThat(orders.base.recordIds()).hasSize(64);
        for (var i = 1; i <= 64; i++) {
            orders.assertEqual("SO-" + i);
        }
        assertThat(orders.base.calls("/batch_create")).isEqualTo(1);
        assertThat(orders.base.calls("/batch_update")).isZero();
        assertThat(orders.base.calls("/subscribe")).isEqualTo(1);
        assertThat(orders.pair.status().linked()).isEqualTo(64);
        assertThat(orders.journal()).isEmpty();

        var calls = orders.base.calls.size();
        orders.pair.poll();
        assertThat(orders.pair.drain(RowTransform.NONE)).isZero();
        assertThat(orders.base.calls).hasSize(calls);
    }

    @Test
    @DisplayName("makes the table when the Base has none")
    void tableIsMade() {
        orders.orders(1);
        var bare = new InMemoryBase();
        var pair = orders.pairWith(bare);

        pair.poll();
        pair.drain(RowTransform.NONE);

        assertThat(bare.text(bare.idOf("Order ID", "SO-1"), "Customer Name")).isEqualTo("Customer 1");
        assertThat(pair.tableId()).contains("tbl1");
    }

    @Test
    @DisplayName("takes an edit of the ERP to Bitable, and its echo costs no call")
    void erpEdit() {
        orders.orders(3);
        orders.settle();
        orders.update("SO-2", "amount", new java.math.BigDecimal("99.95"));
        orders.update("SO-2", "note", null);

        assertThat(orders.pair.poll()).isEqualTo(1);
        var calls = orders.base.calls.size();
        orders.pair.drain(RowTransform.NONE);

        orders.assertEqual("SO-2");
        assertThat(orders.base.calls.size() - calls).isEqualTo(3); // read, read again, write
        calls = orders.base.calls.size();
        orders.deliver();
        assertThat(orders.dirty()).isZero();
        // who the application is is asked once
        assertThat(orders.base.calls).hasSize(calls + orders.base.calls("/bot/v3/info"));
        assertThat(orders.journal()).isEmpty();
    }

    @Test
    @DisplayName("takes an edit in Bitable to the ERP, and its own write there is not marked again")
    void bitableEdit() {
        orders.orders(3);
        orders.settle();
        orders.base.edit(orders.record("SO-1"), "Status", "PAID");
        orders.base.edit(orders.record("SO-1"), "Note", "by hand");

        orders.deliver();
        orders.pass(Duration.ofSeconds(1));
        orders.pair.drain(RowTransform.NONE);

        assertThat(orders.value("SO-1", "status")).isEqualTo("PAID");
        assertThat(orders.value("SO-1", "note")).isEqualTo("by hand");
        assertThat(orders.pair.poll()).isZero();
        assertThat(orders.base.calls("/batch_update")).isZero();
    }

    @Test
    @DisplayName("decides conflicts by the policy of the column and keeps the losers")
    void conflict() {
        orders.orders(1);
        orders.settle();
        orders.update("SO-1", "status", "SHIPPED");
        orders.update("SO-1", "note", "from the ERP");
        orders.base.edit(orders.record("SO-1"), "Status", "PAID");
        orders.base.edit(orders.record("SO-1"), "Note", "from Bitable");

        orders.settle();

        orders.assertEqual("SO-1");
        assertThat(orders.value("SO-1", "status")).isEqualTo("PAID");
        assertThat(orders.value("SO-1", "note")).isEqualTo("from the ERP");
        assertThat(orders.journal())
                .containsExactlyInAnyOrder(
                        lost("SO-1", "status", "sql", "SHIPPED", "PAID", "conflict"),
                        lost("SO-1", "note", "bitable", "from Bitable", "from the ERP", "conflict"));
        assertThat(orders.pair.status().conflicts()).isEqualTo(2);
    }

    @Test
    @DisplayName("puts back an edit of a field the ERP owns, an invalid status, an empty status and the Sync ID")
    void putBack() {
        orders.orders(3);
        orders.settle();
        orders.base.edit(orders.record("SO-1"), "Customer Name", "Mallory");
        orders.base.edit(orders.record("SO-1"), "Order ID", "SO-77");
        orders.base.edit(orders.record("SO-2"), "Status", "WEIRD");
        orders.base.edit(orders.record("SO-2"), "Sync ID", "mine");
        orders.base.edit(orders.record("SO-3"), "Status", null);

        orders.settle();

        orders.assertEqual("SO-1");
        orders.assertEqual("SO-2");
        orders.assertEqual("SO-3");
        var syncId = orders.cell("SO-2", "Sync ID");
        assertThat(orders.journal())
                .containsExactlyInAnyOrder(
                        lost("SO-1", "customer_name", "bitable", "Mallory", "Customer 1", "put_back"),
                        lost("SO-1", "order_id", "bitable", "SO-77", "SO-1", "put_back"),
                        lost("SO-2", "status", "bitable", "WEIRD", "NEW", "invalid"),
                        lost("SO-2", "Sync ID", "bitable", "mine", syncId, "sync_id"),
                        lost("SO-3", "status", "bitable", null, "NEW", "invalid"));
    }

    @Test
    @DisplayName("links a record that holds the key already: empty takes, different is a conflict")
    void firstMeeting() {
        orders.base.addField("Note", 1, java.util.List.of());
        orders.base.addField("Status", 3, java.util.List.of("NEW", "PAID", "SHIPPED", "DONE", "CANCELED"));
        var record = orders.base.add(Map.of("Order ID", "SO-1", "Note", "written before", "Status", "DONE"));
        orders.order("SO-1", "Customer 1", "1.50", "NEW", null);

        orders.settle();

        orders.assertEqual("SO-1");
        assertThat(orders.record("SO-1")).isEqualTo(record);
        assertThat(orders.value("SO-1", "note")).isEqualTo("written before");
        assertThat(orders.value("SO-1", "status")).isEqualTo("DONE");
        assertThat(orders.journal()).containsExactly(lost("SO-1", "status", "sql", "NEW", "DONE", "first_meeting"));
    }

    @Test
    @DisplayName("makes a record again that was deleted in Bitable, by event and by probe")
    void recordDeleted() {
        orders.orders(2);
        orders.settle();
        orders.pass(Duration.ofMinutes(1));
        orders.base.delete(orders.record("SO-1"));
        orders.settle();
        orders.assertEqual("SO-1");

        orders.pass(Duration.ofMinutes(10));
        orders.base.delete(orders.record("SO-2"));
        orders.base.events.clear();
        orders.settle();
        orders.assertEqual("SO-2");
        assertThat(orders.base.recordIds()).hasSize(2);
    }

    @Test
    @DisplayName("deletes the record of a deleted order after two comparisons, and keeps its values")
    void orderDeleted() {
        orders.orders(3);
        orders.settle();
        orders.jdbc.update("DELETE FROM erp.orders WHERE order_id = 'SO-2'");

        orders.pass(Duration.ofSeconds(30));
        orders.settle();
        assertThat(orders.base.recordIds()).hasSize(3);
        orders.pass(Duration.ofSeconds(30));
        orders.settle();

        assertThat(orders.base.recordIds()).hasSize(2);
        assertThat(orders.pair.status().linked()).isEqualTo(2);
        assertThat(orders.journal()).contains(lost("SO-2", "note", "bitable", "note 2", null, "deleted"));
    }

    @Test
    @DisplayName("keeps the values that somebody writes while the record is about to be deleted")
    void editBeforeDelete() {
        orders.orders(3);
        orders.settle();
        var record = orders.record("SO-2");
        orders.jdbc.update("DELETE FROM erp.orders WHERE order_id = 'SO-2'");
        var looks = new AtomicInteger();
        orders.base.after = request -> {
            if (request.path().endsWith("/batch_get") && looks.incrementAndGet() == 1) {
                orders.base.edit(record, "Note", "written at the last moment");
            }
        };
        compareTwice();

        assertThat(orders.base.recordIds()).doesNotContain(record);
        assertThat(orders.journal())
                .anyMatch(entry -> "note".equals(entry.get("field"))
                        && "written at the last moment".equals(entry.get("losing"))
                        && "deleted".equals(entry.get("why")));
    }

    @Test
    @DisplayName("lets a mass deletion wait for a person, and withdraws it when the orders come back")
    void massDelete() {
        orders.orders(30);
        orders.settle();
        orders.jdbc.execute("CREATE TABLE IF NOT EXISTS erp.gone AS SELECT * FROM erp.orders WITH NO DATA");
        orders.jdbc.update("INSERT INTO erp.gone SELECT * FROM erp.orders WHERE order_id <> 'SO-1'");
        orders.jdbc.update("DELETE FROM erp.orders WHERE order_id <> 'SO-1'");

        compareTwice();
        assertThat(orders.base.recordIds()).hasSize(30);
        assertThat(orders.pair.status().pendingDeletes()).isEqualTo(29);

        orders.jdbc.update("INSERT INTO erp.orders SELECT * FROM erp.gone WHERE order_id = 'SO-2'");
        orders.jdbc.execute("DROP TABLE erp.gone");
        compareTwice();
        assertThat(orders.pair.status().pendingDeletes()).isEqualTo(28);
        orders.assertEqual("SO-2");

        assertThat(orders.pair.approveDeletes()).hasSize(28);
        orders.settle();
        assertThat(orders.base.recordIds()).hasSize(2);
        assertThat(orders.pair.status().pendingDeletes()).isZero();
    }

    @Test
    @DisplayName("keeps the records when a person refuses the deletion")
    void refusedDelete() {
        orders.orders(25);
        orders.settle();
        orders.jdbc.update("DELETE FROM erp.orders");
        compareTwice();

        assertThat(orders.pair.refuseDeletes()).hasSize(25);
        compareTwice();

        assertThat(orders.base.recordIds()).hasSize(25);
        assertThat(orders.pair.status().parked()).isEqualTo(25);
        assertThat(orders.pair.status().pendingDeletes()).isZero();
    }

    private void compareTwice() {
        for (var i = 0; i < 2; i++) {
            orders.pass(Duration.ofSeconds(30));
            orders.settle();
        }
    }

    @Test
    @DisplayName("leaves a blank record, a copy and an unknown order alone, and takes them up when the reason is gone")
    void parkedRecords() {
        orders.orders(2);
        orders.settle();
        var blank = orders.base.add(Map.of("Note", "no id"));
        var copy = orders.base.copy(orders.record("SO-1"));
        var unknown = orders.base.add(Map.of("Order ID", "SO-9", "Note", "from Bitable"));

        orders.settle();
        assertThat(orders.pair.status().parked()).isEqualTo(3);
        assertThat(orders.base.recordIds()).hasSize(5);

        orders.order("SO-9", "Customer 9", "9.00", "NEW", null);
        orders.settle();
        orders.assertEqual("SO-9");
        assertThat(orders.record("SO-9")).isEqualTo(unknown);
        assertThat(orders.value("SO-9", "note")).isEqualTo("from Bitable");

        orders.order("SO-10", "Customer 10", "10.00", "NEW", null);
        orders.base.edit(blank, "Order ID", "SO-10");
        orders.settle();
        assertThat(orders.record("SO-10")).isEqualTo(blank);
        orders.assertEqual("SO-10");

        orders.base.delete(copy);
        orders.settle();
        assertThat(orders.pair.status().parked()).isZero();
    }

    @Test
    @DisplayName("parks the one row that Feishu refuses and writes the others")
    void bisect() {
        orders.orders(8);
        orders.order("SO-bad", "Bell \u0007", "1.00", "NEW", null);
        orders.settle();

        assertThat(orders.base.recordIds()).hasSize(8);
        var status = orders.pair.status();
        assertThat(status.linked()).isEqualTo(8);
        assertThat(status.parked()).isEqualTo(1);
        assertThat(orders.jdbc.queryForObject(
                        "SELECT code FROM feishu.sync_link WHERE state = 'parked'", Integer.class))
                .isEqualTo(1254060);

        orders.update("SO-bad", "customer_name", "Bell");
        orders.update("SO-1", "customer_name", "Bell \u0007");
        orders.update("SO-2", "customer_name", "Fine");
        orders.settle();
        orders.assertEqual("SO-bad");
        orders.assertEqual("SO-2");
        assertThat(orders.pair.status().parked()).isEqualTo(1);
    }

    @Test
    @DisplayName("parks a row that the ERP refuses, and goes on when the value is mended")
    void erpRefuses() {
        orders.orders(2);
        orders.settle();
        orders.base.edit(orders.record("SO-1"), "Note", "refuse me");
        orders.base.edit(orders.record("SO-2"), "Note", "fine");
        orders.settle();
        assertThat(orders.pair.status().parked()).isEqualTo(1);
        orders.assertEqual("SO-2");

        orders.base.edit(orders.record("SO-1"), "Note", "better");
        orders.settle();
        orders.assertEqual("SO-1");
        assertThat(orders.pair.status().parked()).isZero();
    }

    @Test
    @DisplayName("makes the record of a new row without the one cell that Bitable cannot take, and adds it once it can")
    void cellIsLeftOut() {
        orders.order("SO-1", "Li", "12.50", "LOST", "by hand");
        orders.settle();

        assertThat(orders.cell("SO-1", "Note")).isEqualTo("by hand");
        assertThat(orders.cell("SO-1", "Status")).isNull();
        assertThat(orders.pair.status().parked()).isEqualTo(1);
        assertThat(orders.jdbc.queryForObject("SELECT reason FROM feishu.sync_link", String.class))
                .startsWith("status 'LOST': not one of NEW, PAID");
        assertThat(orders.pair.verify().divergent()).isZero();

        orders.update("SO-1", "note", "the rest goes on");
        orders.settle();
        assertThat(orders.cell("SO-1", "Note")).isEqualTo("the rest goes on");
        assertThat(orders.value("SO-1", "status")).isEqualTo("LOST");
        assertThat(orders.base.calls("/batch_create")).isEqualTo(1);

        orders.update("SO-1", "status", "PAID");
        orders.settle();
        orders.assertEqual("SO-1");
        assertThat(orders.pair.status().parked()).isZero();
        assertThat(orders.journal()).isEmpty();
    }

    @Test
    @DisplayName("never makes an option: a status outside the list parks the row")
    void unknownStatusInErp() {
        orders.orders(2);
        orders.settle();
        orders.update("SO-1", "status", "LOST");
        orders.update("SO-1", "amount", new java.math.BigDecimal("7.00"));
        orders.settle();
        assertThat(orders.cell("SO-1", "Status")).isEqualTo("NEW");
        assertThat(orders.cell("SO-1", "Order Amount")).isEqualTo("7.0");
        assertThat(orders.pair.status().parked()).isEqualTo(1);

        orders.update("SO-1", "status", "PAID");
        orders.settle();
        orders.assertEqual("SO-1");
        assertThat(orders.pair.status().parked()).isZero();
    }

    @Test
    @DisplayName("makes no record twice when the answer to a create is lost, even if its token is forgotten")
    void lostAnswer() {
        orders.orders(5);
        orders.base.tokensAreForgotten = true;
        var once = new AtomicInteger();
        orders.base.after = request -> {
            if (request.path().endsWith("/batch_create") && once.getAndIncrement() == 0) {
                throw InMemoryBase.lost();
            }
        };
        orders.settle();

        assertThat(orders.base.creations).isEqualTo(5);
        for (var i = 1; i <= 5; i++) {
            orders.assertEqual("SO-" + i);
        }
        assertThat(orders.jdbc.queryForObject("SELECT count(*) FROM feishu.sync_outbox", Long.class))
                .isZero();
    }

    @Test
    @DisplayName("makes no record twice when somebody takes its Sync ID away before it is known")
    void madeAndSpoilt() {
        orders.orders(5);
        var once = new AtomicInteger();
        orders.base.after = request -> {
            if (request.path().endsWith("/batch_create") && once.getAndIncrement() == 0) {
                orders.base.edit(orders.base.idOf("Order ID", "SO-2"), "Sync ID", null);
                throw InMemoryBase.lost();
            }
        };
        orders.settle();
        assertThat(orders.base.creations).isEqualTo(5);
        for (var i = 1; i <= 5; i++) {
            orders.assertEqual("SO-" + i);
        }
    }

    @Test
    @DisplayName("does not count a record among those that are missing once its row is gone too")
    void bothAreGone() {
        orders = new OrdersPair(
                database, OrdersPair.declaration("deletes: ", "creates: both\ndeletes:\n  policy: both\n #"));
        orders.orders(2);
        orders.settle();
        orders.pass(Duration.ofMinutes(1));
        orders.base.delete(orders.record("SO-1"));
        orders.deliver();
        orders.pass(Duration.ofSeconds(2));
        orders.pair.drain(RowTransform.NONE);
        assertThat(missing()).isEqualTo(1);
        orders.jdbc.update("DELETE FROM erp.orders WHERE order_id = 'SO-1'");
        for (var round = 0; round < 4; round++) {
            orders.pass(Duration.ofMinutes(2));
            orders.settle();
        }
        assertThat(missing()).isZero();
        assertThat(orders.pair.verify().divergent()).isZero();
    }

    private long missing() {
        return orders.jdbc.queryForObject("SELECT count(*) FROM feishu.sync_missing", Long.class);
    }

    @Test
    @DisplayName("looks for its records before it takes a new token for a create")
    void tokenConflict() {
        orders.orders(3);
        var refusals = new AtomicInteger();
        orders.base.after = request -> {
            if (request.path().endsWith("/batch_create") && refusals.getAndIncrement() == 0) {
                throw InMemoryBase.rejected(1255006);
            }
        };
        orders.settle();
        assertThat(orders.base.creations).isEqualTo(3);
        assertThat(orders.base.calls("/batch_create")).isEqualTo(1);

        orders.order("SO-4", "Customer 4", "4.00", "NEW", null);
        refusals.set(0);
        orders.base.after = request -> {};
        orders.base.before = request -> {
            if (request.path().endsWith("/batch_create") && refusals.getAndIncrement() < 3) {
                throw InMemoryBase.rejected(1255006);
            }
        };
        orders.settle();
        orders.assertEqual("SO-4");
        var tokens = orders.base.calls.stream()
                .filter(call -> call.path().endsWith("/batch_create"))
                .map(call -> call.query().get("client_token"))
                .distinct();
        assertThat(tokens.count()).isEqualTo(3);
    }

    @Test
    @DisplayName("finds its links again by Sync ID when its own database is lost")
    void lostDatabase() {
        orders.orders(5);
        orders.settle();
        var syncId = orders.cell("SO-1", "Sync ID");
        orders.jdbc.execute("TRUNCATE feishu.sync_pair, feishu.sync_link, feishu.sync_dirty, feishu.sync_journal");
        orders.restart();
        orders.pass(Duration.ofMinutes(5));
        orders.settle();

        assertThat(orders.base.calls("/batch_update")).isZero();
        assertThat(orders.base.creations).isEqualTo(5);
        assertThat(orders.cell("SO-1", "Sync ID")).isEqualTo(syncId);
        assertThat(orders.journal()).isEmpty();
        orders.assertEqual("SO-5");
    }

    @Test
    @DisplayName("takes an older copy for a deleted record without its values flowing back unnoticed")
    void copyInPlaceOfTheRecord() {
        orders.orders(1);
        orders.settle();
        orders.base.copy(orders.record("SO-1"));
        orders.settle();
        orders.base.edit(orders.record("SO-1"), "Status", "DONE");
        orders.settle();
        assertThat(orders.value("SO-1", "status")).isEqualTo("DONE");
        orders.base.delete(orders.record("SO-1"));
        orders.settle();

        orders.assertEqual("SO-1");
        assertThat(orders.base.recordIds()).hasSize(1);
        assertThat(orders.journal()).anyMatch(entry -> "DONE".equals(entry.get("losing")));
    }

    @Test
    @DisplayName("goes on from an older copy of its own database: nothing is made again, nothing flows back")
    void oldDatabase() {
        orders.orders(4);
        orders.settle();
        for (var table : List.of("sync_pair", "sync_link")) {
            orders.jdbc.execute("CREATE TABLE public." + table + " AS SELECT * FROM feishu." + table);
        }
        orders.update("SO-1", "note", "newer, from the ERP");
        orders.base.edit(orders.record("SO-2"), "Status", "PAID");
        orders.base.delete(orders.record("SO-3"));
        orders.order("SO-5", "Customer 5", "5.50", "NEW", "made later");
        orders.settle();
        var records = orders.base.recordIds();
        orders.jdbc.execute("TRUNCATE feishu.sync_pair, feishu.sync_link, feishu.sync_dirty, feishu.sync_outbox");
        for (var table : List.of("sync_pair", "sync_link")) {
            orders.jdbc.execute("INSERT INTO feishu." + table + " SELECT * FROM public." + table);
            orders.jdbc.execute("DROP TABLE public." + table);
        }
        // what happened since the restore
        orders.base.edit(orders.record("SO-4"), "Status", "DONE");
        orders.restart();
        orders.settle();
        orders.pass(Duration.ofMinutes(10));
        orders.settle();

        assertThat(orders.base.recordIds()).isEqualTo(records);
        List.of("SO-1", "SO-2", "SO-3", "SO-4", "SO-5").forEach(orders::assertEqual);
        assertThat(orders.value("SO-1", "note")).isEqualTo("newer, from the ERP");
        assertThat(orders.value("SO-2", "status")).isEqualTo("PAID");
        assertThat(orders.value("SO-4", "status")).isEqualTo("DONE");
    }

    @Test
    @DisplayName("writes a thousand orders in one create and changes them in one update")
    void thousand() {
        orders.jdbc.update("INSERT INTO erp.orders (order_id, customer_name, amount)"
                + " SELECT 'SO-' || lpad(n::text, 4, '0'), 'Customer ' || n, n FROM generate_series(1, 1000) AS n");
        orders.settle();
        assertThat(orders.base.creations).isEqualTo(1000);
        assertThat(orders.base.calls("/batch_create")).isEqualTo(1);
        orders.jdbc.update("UPDATE erp.orders SET status = 'DONE'");
        orders.settle();
        assertThat(orders.base.calls("/batch_update")).isEqualTo(1);
        assertThat(orders.pair.verify().divergent()).isZero();
    }

    @Test
    @DisplayName("ends equal when two nodes poll, hear and merge at once while both sides are edited")
    void twoNodes() throws Exception {
        orders.orders(8);
        orders.settle();
        var records = new ArrayList<String>();
        for (var i = 1; i <= 8; i++) {
            records.add(orders.record("SO-" + i));
        }
        var nodes = java.util.List.of(orders.pairWith(orders.base), orders.pairWith(orders.base));
        for (var node : nodes) {
            node.prepare();
        }
        var edits = 120;
        try (var threads = new Threads()) {
            for (var node : nodes) {
                threads.repeat(node::poll);
                threads.repeat(() -> {
                    var event = orders.base.nextEvent();
                    if (event != null) {
                        node.hint(event);
                    }
                });
                threads.repeat(() -> {
                    orders.pass(Duration.ofMillis(100));
                    node.claim(3).ifPresent(batch -> {
                        try {
                            node.merge(batch, RowTransform.NONE);
                        } catch (LeaseLostException other) {
                            assertThat(other).hasMessageContaining("another worker");
                        }
                    });
                });
            }
            var random = new Random(7);
            for (var i = 0; i < edits; i++) {
                var order = random.nextInt(8);
                if (random.nextBoolean()) {
                    orders.update("SO-" + (order + 1), "note", "erp " + i);
                } else {
                    orders.base.edit(records.get(order), "Status", random.nextBoolean() ? "PAID" : "DONE");
                }
            }
            threads.failIfOneFailed();
        }
        orders.restart();
        orders.pass(Duration.ofMinutes(10));
        orders.settle();
        for (var i = 1; i <= 8; i++) {
            orders.assertEqual("SO-" + i);
        }
        assertThat(orders.base.creations).isEqualTo(8);
    }

    /** Threads that repeat their work until they are closed. */
    private static final class Threads implements AutoCloseable {

        private final java.util.concurrent.ExecutorService pool = java.util.concurrent.Executors.newCachedThreadPool();
        private final java.util.concurrent.atomic.AtomicReference<Throwable> failure =
                new java.util.concurrent.atomic.AtomicReference<>();
        private volatile boolean closed;

        void repeat(Runnable work) {
            pool.execute(() -> {
                try {
                    while (!closed) {
                        work.run();
                    }
                } catch (Throwable failed) {
                    failure.compareAndSet(null, failed);
                }
            });
        }

        void failIfOneFailed() {
            if (failure.get() != null) {
                throw new AssertionError(failure.get());
            }
        }

        @Override
        public void close() throws InterruptedException {
            closed = true;
            pool.shutdown();
            assertThat(pool.awaitTermination(30, java.util.concurrent.TimeUnit.SECONDS))
                    .isTrue();
            failIfOneFailed();
        }
    }

    @Test
    @DisplayName("does not take its own late write for an edit of a person")
    void lateOwnWrite() {
        orders.orders(1);
        orders.settle();
        var once = new AtomicInteger();
        orders.base.after = request -> {
            if (request.path().endsWith("/batch_update") && once.getAndIncrement() == 0) {
                throw InMemoryBase.lost();
            }
        };
        orders.update("SO-1", "status", "PAID");
        orders.pair.poll();
        assertThat(orders.pair
                        .merge(orders.pair.claim(10).orElseThrow(), RowTransform.NONE)
                        .deferred())
                .isEqualTo(1);
        assertThat(orders.cell("SO-1", "Status")).isEqualTo("PAID");
        orders.update("SO-1", "status", "SHIPPED");
        orders.settle();

        assertThat(orders.value("SO-1", "status")).isEqualTo("SHIPPED");
        orders.assertEqual("SO-1");
        assertThat(orders.journal()).isEmpty();
    }

    @Test
    @DisplayName("tries again later what Feishu is too busy for")
    void busy() {
        orders.orders(2);
        orders.settle();
        var left = new AtomicInteger(3);
        orders.base.before = request -> {
            if (request.path().endsWith("/batch_update") && left.getAndDecrement() > 0) {
                throw InMemoryBase.busy();
            }
        };
        orders.update("SO-1", "note", "x");
        orders.settle();
        orders.assertEqual("SO-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Note", "Sync ID"})
    @DisplayName("makes a record whose fields are renamed while Feishu is too busy for it")
    void renameBeforeCreate(String field) {
        orders.orders(2);
        orders.settle();
        orders.order("SO-3", "Customer 3", "3.50", "NEW", "note 3");
        orders.base.before = request -> {
            if (request.path().endsWith("/batch_create")) {
                throw InMemoryBase.busy();
            }
        };
        orders.pair.poll();
        orders.pair.merge(orders.pair.claim(10).orElseThrow(), RowTransform.NONE);
        orders.base.before = request -> {};
        orders.base.renameField(field, "Another name");
        orders.settle();

        assertThat(orders.base.recordIds()).hasSize(3);
        orders.base.renameField("Another name", field);
        orders.settle();
        orders.assertEqual("SO-3");
    }

    @Test
    @DisplayName("reads again when somebody edits between its look and its write")
    void editInTheWindow() {
        orders.orders(1);
        orders.settle();
        orders.update("SO-1", "amount", new java.math.BigDecimal("5.00"));
        var gets = new AtomicInteger();
        orders.base.before = request -> {
            if (request.path().endsWith("/batch_get") && gets.incrementAndGet() == 2) {
                orders.base.edit(orders.record("SO-1"), "Note", "just now");
            }
        };
        orders.settle();
        orders.assertEqual("SO-1");
        assertThat(orders.value("SO-1", "note")).isEqualTo("just now");
    }

    @Test
    @DisplayName("gives way to an ERP transaction that changes the row meanwhile")
    void compareAndSet() {
        orders.orders(1);
        orders.settle();
        orders.base.edit(orders.record("SO-1"), "Status", "PAID");
        orders.deliver();
        orders.pass(Duration.ofSeconds(1));
        var transform = new RowTransform() {
            private boolean interfered;

            @Override
            public Map<String, Object> toBitable(Map<String, Object> row) {
                return row;
            }

            @Override
            public Map<String, Object> toErp(Map<String, Object> row) {
                if (!interfered) {
                    interfered = true;
                    orders.update("SO-1", "note", "meanwhile");
                }
                return row;
            }
        };
        var merged = orders.pair.merge(orders.pair.claim(10).orElseThrow(), transform);
        assertThat(merged.written()).isZero();
        assertThat(merged.deferred()).isEqualTo(1);
        orders.settle();
        orders.assertEqual("SO-1");
        assertThat(orders.value("SO-1", "status")).isEqualTo("PAID");
        assertThat(orders.value("SO-1", "note")).isEqualTo("meanwhile");
    }

    @Test
    @DisplayName("follows a renamed field, also when two fields exchange their names")
    void rename() {
        orders.orders(2);
        orders.settle();
        orders.base.renameField("Note", "tmp");
        orders.base.renameField("Customer Name", "Note");
        orders.base.renameField("tmp", "Customer Name");
        orders.base.edit(orders.record("SO-1"), "Customer Name", "a note");
        orders.settle();

        assertThat(orders.value("SO-1", "note")).isEqualTo("a note");
        assertThat(orders.value("SO-1", "customer_name")).isEqualTo("Customer 1");
        orders.update("SO-2", "note", "another");
        orders.settle();
        assertThat(orders.cell("SO-2", "Customer Name")).isEqualTo("another");
        assertThat(orders.journal()).isEmpty();
    }

    @Test
    @DisplayName("writes a new record by the names that fields have now, though no event has told of them")
    void renameBeforeWrite() {
        orders.orders(2);
        orders.settle();
        orders.pass(Duration.ofSeconds(11));
        orders.base.renameField("Note", "tmp");
        orders.base.renameField("Customer Name", "Note");
        orders.base.renameField("tmp", "Customer Name");
        orders.order("SO-3", "Customer 3", "3.50", "NEW", "note 3");
        var lists = orders.base.calls("/fields");
        orders.pair.poll();
        orders.pair.drain(RowTransform.NONE);
        assertThat(orders.base.calls("/fields") - lists).isEqualTo(1);
        orders.pass(Duration.ofSeconds(2));
        orders.pair.drain(RowTransform.NONE);

        assertThat(orders.base.calls("/fields") - lists).isEqualTo(1);
        assertThat(orders.cell("SO-3", "Note")).isEqualTo("Customer 3");
        assertThat(orders.cell("SO-3", "Customer Name")).isEqualTo("note 3");
        orders.settle();
        assertThat(orders.value("SO-3", "customer_name")).isEqualTo("Customer 3");
        assertThat(orders.journal()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch_create", "batch_update"})
    @DisplayName("blames the field and not the row when its type was changed just before the write; the others go on")
    void retypeBeforeWrite(String call) {
        orders.orders(2);
        orders.settle();
        var once = new AtomicInteger();
        orders.base.before = request -> {
            if (request.path().endsWith(call) && once.getAndIncrement() == 0) {
                orders.base.retypeField("Note", 2);
            }
        };
        orders.update("SO-1", "note", "text");
        orders.order("SO-3", "Customer 3", "3.50", "NEW", "note 3");
        orders.settle();

        assertThat(orders.pair.status().parked()).isZero();
        assertThat(orders.pair.problems()).singleElement().asString().contains("Note", "another type");
        assertThat(orders.cell("SO-3", "Customer Name")).isEqualTo("Customer 3");
        assertThat(orders.value("SO-3", "note")).isEqualTo("note 3");
        orders.update("SO-1", "status", "PAID");
        orders.settle();
        assertThat(orders.cell("SO-1", "Status")).isEqualTo("PAID");
    }

    @Test
    @DisplayName("leaves a deleted field out, names it, and does not make it again")
    void fieldDeleted() {
        orders.orders(1);
        orders.settle();
        orders.base.removeField("Note");
        orders.settle();
        orders.pass(Duration.ofMinutes(10));
        orders.settle();
        orders.update("SO-1", "status", "PAID");
        orders.settle();

        assertThat(orders.value("SO-1", "status")).isEqualTo("PAID");
        assertThat(orders.cell("SO-1", "Status")).isEqualTo("PAID");
        assertThat(orders.base.hasField("Note")).isFalse();
        assertThat(orders.pair.problems()).anyMatch(problem -> problem.contains("Note"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Note", "Sync ID"})
    @DisplayName("takes a field up again that a person has made anew, and empties nothing for it")
    void fieldMadeAgain(String field) {
        orders.orders(4);
        orders.settle();
        var records = orders.base.recordIds();
        orders.base.removeField(field);
        orders.base.addField(field, 1, List.of());
        orders.base.edit(orders.record("SO-1"), "Status", "DONE");
        for (var attempt = 0; attempt < 3; attempt++) {
            try {
                orders.settle();
            } catch (LeaseLostException oldFields) {
                orders.pass(Duration.ofSeconds(1));
            }
        }
        orders.pass(Duration.ofMinutes(10));
        orders.settle();

        assertThat(orders.value("SO-2", "note")).isEqualTo("note 2");
        assertThat(orders.base.recordIds()).isEqualTo(records);
        List.of("SO-1", "SO-2", "SO-3", "SO-4").forEach(orders::assertEqual);
        assertThat(orders.value("SO-1", "status")).isEqualTo("DONE");
        assertThat(orders.pair.problems()).isEmpty();
        assertThat(orders.journal()).isEmpty();
    }

    @Test
    @DisplayName("names the field and the scope when it may not make a field")
    void mayNotCreateField() {
        orders.base.mayCreateFields = false;
        assertThatThrownBy(() -> orders.pair.poll())
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining("Customer Name")
                .extracting(failure -> ((FeishuRejectedException) failure).hint())
                .asString()
                .contains("base:field:create");
        orders.base.mayCreateFields = true;
        orders.orders(1);
        orders.settle();
        orders.assertEqual("SO-1");
    }

    @Test
    @DisplayName("lets a route change values and leave rows alone")
    void transform() {
        orders.orders(2);
        var transform = new RowTransform() {
            @Override
            public Map<String, Object> toBitable(Map<String, Object> row) {
                if (row.get("order_id").equals("SO-2")) {
                    return null;
                }
                row.put("customer_name", row.get("customer_name") + " Ltd");
                return row;
            }

            @Override
            public Map<String, Object> toErp(Map<String, Object> row) {
                return row;
            }
        };
        orders.pair.poll();
        orders.pair.drain(transform);
        assertThat(orders.base.recordIds()).hasSize(1);
        assertThat(orders.cell("SO-1", "Customer Name")).isEqualTo("Customer 1 Ltd");
        orders.deliver();
        orders.pass(Duration.ofSeconds(5));
        orders.pair.poll();
        orders.pair.drain(transform);
        assertThat(orders.base.calls("/batch_update")).isZero();
        assertThat(orders.pair.verify().divergent()).isZero();
        assertThat(orders.pair.status().parked()).isEqualTo(1);
    }

    @Test
    @DisplayName("lets a route forbid a row in either direction, names the reason, and takes it up when it is gone")
    void veto() {
        orders.orders(2);
        var vetoing = new RowTransform() {
            @Override
            public Map<String, Object> toBitable(Map<String, Object> row) {
                if ("secret".equals(row.get("note"))) {
                    throw new RowVetoedException("not for Bitable");
                }
                return row;
            }

            @Override
            public Map<String, Object> toErp(Map<String, Object> row) {
                if ("DONE".equals(row.get("status"))) {
                    throw new RowVetoedException("only the warehouse\ncloses an order");
                }
                return row;
            }
        };
        orders.update("SO-1", "note", "secret");
        orders.pair.poll();
        orders.pair.drain(vetoing);
        assertThat(orders.base.recordIds()).hasSize(1);
        orders.deliver();
        orders.base.edit(orders.record("SO-2"), "Status", "DONE");
        orders.deliver();
        orders.pass(Duration.ofSeconds(10));
        orders.pair.drain(vetoing);

        assertThat(orders.value("SO-2", "status")).isEqualTo("NEW");
        assertThat(orders.pair.parked(0, 10).items())
                .extracting(ParkedRow::reason)
                .containsExactly(
                        "vetoed by the route: not for Bitable",
                        "vetoed by the route: only the warehouse closes an order");

        orders.update("SO-1", "note", "open");
        orders.base.edit(orders.record("SO-2"), "Status", "PAID");
        orders.deliver();
        orders.pair.poll();
        orders.pass(Duration.ofSeconds(10));
        orders.pair.drain(vetoing);
        orders.assertEqual("SO-1");
        orders.assertEqual("SO-2");
        assertThat(orders.pair.status().parked()).isZero();
    }

    @Test
    @DisplayName("finds by verification what no event and no poll told")
    void verify() {
        orders.orders(4);
        orders.settle();
        orders.base.edit(orders.record("SO-1"), "Status", "DONE");
        orders.base.events.clear();
        orders.jdbc.execute("ALTER TABLE erp.orders DISABLE TRIGGER touch");
        orders.update("SO-2", "note", "in the dark");
        orders.jdbc.execute("ALTER TABLE erp.orders ENABLE TRIGGER touch");

        var report = orders.pair.verify();
        assertThat(report.rows()).isEqualTo(4);
        assertThat(report.divergent()).isEqualTo(2);
        assertThat(report.missed()).isEqualTo(2);
        assertThat(report.keys()).containsExactly("SO-1", "SO-2");
        assertThat(orders.pair.status().divergent()).isEqualTo(2);

        orders.pair.drain(RowTransform.NONE);
        orders.assertEqual("SO-1");
        orders.assertEqual("SO-2");
        assertThat(orders.pair.status().divergent()).isZero();
        assertThat(orders.pair.verify().divergent()).isZero();
        assertThat(orders.pair.status().lastVerify()).isNotNull();
    }

    @Test
    @DisplayName("lets one worker merge; the one that lost its lease has no further effect")
    void lease() {
        orders.orders(1);
        orders.pair.poll();
        var first = orders.pair.claim(10).orElseThrow();
        assertThat(orders.pair.claim(10)).isEmpty();
        orders.pass(Duration.ofSeconds(31));
        var second = orders.pair.claim(10).orElseThrow();
        assertThatThrownBy(() -> orders.pair.merge(first, RowTransform.NONE)).isInstanceOf(LeaseLostException.class);
        assertThat(orders.base.creations).isZero();
        orders.pair.merge(second, RowTransform.NONE);
        assertThat(orders.base.creations).isEqualTo(1);
    }

    @Test
    @DisplayName("ignores events of another Base or table, and looks less often while nothing moves")
    void hintsAndProbe() {
        orders.orders(1);
        orders.settle();
        var event = JsonNodeFactory.instance
                .objectNode()
                .put("file_token", "bascnOther")
                .put("table_id", "tbl1");
        event.putArray("action_list").addObject().put("record_id", "rec1").put("action", "record_edited");
        assertThat(orders.pair.hint(event)).isZero();

        for (var i = 0; i < 12; i++) {
            orders.pass(Duration.ofMinutes(10));
            orders.pair.probe(orders.missed::add);
        }
        var slow = Duration.between(java.time.Instant.now(), orders.pair.nextProbe());
        assertThat(slow).isGreaterThan(Duration.ofMinutes(7));
        var tables = orders.base.calls("/tables");
        orders.pass(Duration.ofMinutes(1));
        orders.pair.probe(orders.missed::add);
        assertThat(orders.base.calls("/tables")).isEqualTo(tables);
    }

    @Test
    @DisplayName("tells what no event has told, and nothing that an event told")
    void missedEvents() {
        orders.orders(3);
        orders.settle();
        assertThat(orders.missed).isEmpty();

        orders.base.edit(orders.record("SO-1"), "Note", "told");
        orders.deliver();
        orders.base.edit(orders.record("SO-2"), "Note", "lost");
        orders.base.delete(orders.record("SO-3"));
        orders.base.events.clear();
        orders.pass(Duration.ofMinutes(10));
        orders.pair.probe(orders.missed::add);

        assertThat(orders.missed).allSatisfy(event -> {
            assertThat(event.path("file_token").asText()).isEqualTo(orders.pair.appToken());
            assertThat(event.path("table_id").asText())
                    .isEqualTo(orders.pair.tableId().orElseThrow());
        });
        assertThat(orders.missed.stream().flatMap(event -> event.findValuesAsText("action").stream()))
                .containsExactlyInAnyOrder("record_edited", "record_deleted");
    }

    @Test
    @DisplayName("knows its own writes by the revision: a probe after them reads no records")
    void ownWritesCostNoLook() {
        orders.orders(120);
        orders.settle();
        orders.pass(Duration.ofMinutes(10));
        orders.pair.probe(orders.missed::add);
        orders.jdbc.update("UPDATE erp.orders SET note = 'changed'");
        orders.pair.poll();
        orders.pair.drain(RowTransform.NONE);
        var searches = orders.base.calls("/search");

        orders.pass(Duration.ofMinutes(10));
        orders.pair.probe(orders.missed::add);
        assertThat(orders.base.calls("/search")).isEqualTo(searches);

        orders.base.edit(orders.record("SO-7"), "Note", "by hand");
        orders.base.events.clear();
        orders.pass(Duration.ofMinutes(10));
        assertThat(orders.pair.probe(orders.missed::add)).isEqualTo(1);
    }

    @Test
    @DisplayName("with a field of type ModifiedTime a probe reads the latest records only, and all when one is gone")
    void latestRecords() {
        orders.base.addField("Modified", 1002, java.util.List.of());
        orders.jdbc.update("INSERT INTO erp.orders (order_id, customer_name, amount)"
                + " SELECT 'SO-' || n, 'Customer ' || n, n FROM generate_series(1, 1200) AS n");
        orders.settle();
        orders.base.passed += Duration.ofHours(1).toMillis();
        orders.base.edit(orders.record("SO-7"), "Note", "by hand");
        orders.base.events.clear();
        orders.pass(Duration.ofMinutes(10));
        orders.pair.probe(orders.missed::add);
        orders.settle();
        var searches = orders.base.calls("/search");

        orders.base.edit(orders.record("SO-8"), "Note", "by hand");
        orders.base.events.clear();
        orders.pass(Duration.ofMinutes(10));
        assertThat(orders.pair.probe(orders.missed::add)).isEqualTo(1);
        assertThat(orders.base.calls("/search") - searches).isEqualTo(1);
        orders.settle();
        assertThat(orders.value("SO-8", "note")).isEqualTo("by hand");

        var gone = orders.record("SO-9");
        orders.base.delete(gone);
        orders.base.events.clear();
        orders.settle();
        orders.pass(Duration.ofMinutes(10));
        orders.settle();
        orders.assertEqual("SO-9");
        assertThat(orders.record("SO-9")).isNotEqualTo(gone);
    }

    @Test
    @DisplayName("with a field of type ModifiedTime sees that a record is gone also when another one is new")
    void goneAndNew() {
        orders.base.addField("Modified", 1002, java.util.List.of());
        orders.orders(3);
        orders.settle();
        orders.base.passed += Duration.ofHours(1).toMillis();
        orders.base.edit(orders.record("SO-3"), "Note", "by hand");
        orders.base.events.clear();
        orders.pass(Duration.ofMinutes(10));
        orders.settle();

        orders.base.delete(orders.record("SO-1"));
        orders.base.add(Map.of("Customer Name", "nobody's"));
        orders.base.events.clear();
        orders.pass(Duration.ofMinutes(10));
        orders.settle();
        orders.assertEqual("SO-1");
    }

    @Test
    @DisplayName("parks a row that SQL does not change although it refuses nothing, and goes on when it does")
    void unchangeable() {
        orders.orders(2);
        orders.settle();
        orders.jdbc.execute(
                "CREATE FUNCTION erp.silent() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
        orders.jdbc.execute("CREATE TRIGGER silent BEFORE UPDATE ON erp.orders FOR EACH ROW"
                + " WHEN (NEW.status = 'PAID') EXECUTE FUNCTION erp.silent()");
        try {
            orders.base.edit(orders.record("SO-1"), "Status", "PAID");
            orders.settle();
            assertThat(orders.pair.parked(0, 10).items())
                    .singleElement()
                    .satisfies(row -> assertThat(row.reason()).contains("erp.orders", "takes no change"));
        } finally {
            orders.jdbc.execute("DROP FUNCTION erp.silent() CASCADE");
        }
        orders.pair.retryParked("SO-1", null);
        orders.settle();
        assertThat(orders.value("SO-1", "status")).isEqualTo("PAID");
        orders.assertEqual("SO-1");
    }

    @Test
    @DisplayName("works on a person's edit before the rest of a first link")
    void urgency() {
        orders.orders(30);
        orders.settle();
        orders.jdbc.update("INSERT INTO erp.orders (order_id, customer_name, amount)"
                + " SELECT 'NEW-' || n, 'Customer ' || n, n FROM generate_series(1, 30) AS n");
        orders.pair.poll();
        orders.base.edit(orders.record("SO-1"), "Note", "by hand");
        orders.deliver();
        orders.pass(Duration.ofSeconds(2));

        var batch = orders.pair.claim(1000).orElseThrow();

        assertThat(batch.urgency()).isEqualTo(Batch.Urgency.HINT);
        assertThat(batch.size()).isEqualTo(1);
    }

    @Test
    @DisplayName("finds what was missed again when it could not be told")
    void missedEventsAgain() {
        orders.orders(1);
        orders.settle();
        orders.base.edit(orders.record("SO-1"), "Note", "lost");
        orders.base.events.clear();
        orders.pass(Duration.ofMinutes(10));
        assertThatThrownBy(() -> orders.pair.probe(event -> {
                    throw new IllegalStateException("the journal is away");
                }))
                .hasMessage("the journal is away");

        orders.settle();

        orders.assertEqual("SO-1");
        assertThat(orders.base.text(orders.record("SO-1"), "Note")).isEqualTo("lost");
    }

    @Test
    @DisplayName("names the missing variable and does not start without it")
    void missingVariable() throws IOException {
        var yaml = java.nio.file.Files.readString(java.nio.file.Path.of("config/pairs/orders.yaml"));
        var declaration = new PairDeclarationParser(name -> null).parse("orders.yaml", yaml);
        assertThat(declaration.unavailable())
                .hasValueSatisfying(reason -> assertThat(reason).contains("BITABLE_APP_TOKEN"));
    }

    @Test
    @DisplayName("converges after a crash at every commit and every call, and makes each record once")
    void crashes() {
        for (var at = 1; at < 400; at++) {
            orders = new OrdersPair(database);
            orders.orders(4);
            orders.settle();
            var record = orders.record("SO-1");
            orders.update("SO-1", "note", "erp " + at);
            orders.base.edit(record, "Note", "bitable " + at);
            orders.base.edit(orders.record("SO-2"), "Status", "PAID");
            orders.update("SO-2", "amount", new java.math.BigDecimal("2.22"));
            orders.base.edit(orders.record("SO-3"), "Customer Name", "Mallory");
            orders.order("SO-5", "Customer 5", "5.00", "NEW", "five");
            orders.order("SO-6", "Customer 6", "6.00", "NEW", null);
            orders.jdbc.update("DELETE FROM erp.orders WHERE order_id = 'SO-4'");
            orders.pass(Duration.ofSeconds(30));
            orders.crashAfter(at);
            var crashed = false;
            try {
                orders.settle();
                orders.pass(Duration.ofSeconds(30));
                orders.settle();
            } catch (OrdersPair.Crash end) {
                crashed = true;
            }
            orders.restart();
            orders.pass(Duration.ofMinutes(2));
            orders.settle();
            compareTwice();

            for (var id : new String[] {"SO-1", "SO-2", "SO-3", "SO-5", "SO-6"}) {
                orders.assertEqual(id);
            }
            assertThat(orders.base.recordIds()).as("crash at %d", at).hasSize(5);
            assertThat(orders.base.creations).isEqualTo(6);
            assertThat(orders.value("SO-1", "note")).isEqualTo("erp " + at);
            assertThat(orders.value("SO-2", "status")).isEqualTo("PAID");
            assertThat(orders.value("SO-3", "customer_name")).isEqualTo("Customer 3");
            assertThat(orders.journal())
                    .as("crash at %d", at)
                    .contains(
                            lost("SO-1", "note", "bitable", "bitable " + at, "erp " + at, "conflict"),
                            lost("SO-3", "customer_name", "bitable", "Mallory", "Customer 3", "put_back"));
            assertThat(orders.jdbc.queryForObject(
                            "SELECT count(*) FROM feishu.sync_outbox WHERE state = 'pending'", Long.class))
                    .isZero();
            if (!crashed) {
                assertThat(at).isGreaterThan(20);
                return;
            }
        }
        throw new AssertionError("it never ran to its end");
    }

    @Test
    @DisplayName("ends equal after random edits of both sides with lost, doubled and late events")
    void randomHistories() {
        for (var seed = 1; seed <= 12; seed++) {
            var random = new Random(seed);
            orders = new OrdersPair(database);
            orders.orders(6);
            orders.settle();
            var statuses = new String[] {"NEW", "PAID", "SHIPPED", "DONE", "CANCELED", "WEIRD"};
            for (var step = 0; step < 40; step++) {
                var id = "SO-" + (1 + random.nextInt(6));
                switch (random.nextInt(8)) {
                    case 0 -> orders.update(id, "note", random.nextInt(4) == 0 ? null : "erp " + step);
                    case 1 -> orders.update(id, "status", statuses[random.nextInt(5)]);
                    case 2 -> editIfThere(id, "Note", random.nextInt(4) == 0 ? null : "bitable " + step);
                    case 3 -> editIfThere(id, "Status", statuses[random.nextInt(6)]);
                    case 4 -> editIfThere(id, "Order Amount", step);
                    case 5 -> {
                        var events = new ArrayList<>(orders.base.events);
                        orders.base.events.clear();
                        events.addAll(events.subList(0, events.size() / 2));
                        Collections.shuffle(events, random);
                        events.stream().limit(5).forEach(orders.base.events::add);
                        orders.deliver();
                    }
                    case 6 -> orders.pair.poll();
                    default -> {
                        orders.pass(Duration.ofSeconds(random.nextInt(70)));
                        orders.pair.drain(RowTransform.NONE);
                    }
                }
            }
            orders.base.events.clear();
            orders.pass(Duration.ofMinutes(10));
            orders.settle();
            assertThat(orders.pair.verify().divergent()).as("seed %d", seed).isZero();
            for (var i = 1; i <= 6; i++) {
                orders.assertEqual("SO-" + i);
            }
            assertThat(orders.base.creations).isEqualTo(6);
        }
    }

    private void editIfThere(String id, String field, Object value) {
        orders.base.edit(orders.record(id), field, value);
    }

    private static Map<String, Object> lost(
            String key, String field, String side, String losing, String winning, String why) {
        var row = new LinkedHashMap<String, Object>();
        row.put("sql_key", key);
        row.put("field", field);
        row.put("side", side);
        row.put("losing", losing);
        row.put("winning", winning);
        row.put("why", why);
        return row;
    }
}
