package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.camelfeishu.TestDatabase;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A conflict")
class ConflictTest {

    private static TestDatabase postgres;
    private static HikariDataSource database;

    private OrdersPair orders;

    @BeforeAll
    static void startPostgres() throws IOException {
        postgres = new TestDatabase();
        var pool = new HikariDataSource();
        pool.setDataSource(OrdersPair.migrated(postgres.dataSource()));
        pool.setMaximumPoolSize(4);
        database = pool;
    }

    @AfterAll
    static void stopPostgres() throws IOException {
        database.close();
        postgres.close();
    }

    /** The note is decided by a person, the status by time, the tags are united. */
    @BeforeEach
    void newPair() {
        orders = new OrdersPair(
                database,
                OrdersPair.declaration(yaml -> yaml.replace("on-conflict: sql\n", "on-conflict: manual\n")
                        .replace("on-conflict: bitable\n", "on-conflict: newest\n")
                        .replace(
                                "columns:\n",
                                "columns:\n  tags: {field: Tags, type: multi-select, options: [a, b, c, d],"
                                        + " owner: both, on-conflict: union}\n")));
    }

    private void conflict(String key, String sql, String bitable) {
        orders.update(key, "note", sql);
        orders.base.edit(orders.record(key), "Note", bitable);
        orders.settle();
    }

    private Undecided only() {
        assertThat(orders.pair.undecided(0, 10).items()).hasSize(1);
        return orders.pair.undecided(0, 10).items().get(0);
    }

    @Test
    @DisplayName("of policy newest goes to the side that was changed later")
    void newest() {
        orders.orders(3);
        orders.settle();
        orders.base.now = () -> Instant.now().plusSeconds(60);
        orders.base.edit(orders.record("SO-1"), "Status", "PAID");
        orders.base.now = () -> Instant.now().minusSeconds(60);
        orders.base.edit(orders.record("SO-2"), "Status", "PAID");
        orders.base.now = Instant::now;
        orders.base.edit(orders.record("SO-3"), "Status", "PAID");
        orders.jdbc.update("UPDATE erp.orders SET status = 'DONE'");
        orders.settle();

        assertThat(orders.value("SO-1", "status")).isEqualTo("PAID");
        assertThat(orders.value("SO-2", "status")).isEqualTo("DONE");
        // within a second of each other: two clocks do not tell, and the SQL side's stays
        assertThat(orders.value("SO-3", "status")).isEqualTo("DONE");
        assertThat(orders.journal())
                .containsExactlyInAnyOrder(
                        lost("SO-1", "status", "sql", "DONE", "PAID", "conflict"),
                        lost("SO-2", "status", "bitable", "PAID", "DONE", "conflict"),
                        lost("SO-3", "status", "bitable", "PAID", "DONE", "conflict"));
        for (var key : List.of("SO-1", "SO-2", "SO-3")) {
            orders.assertEqual(key);
        }
    }

    @Test
    @DisplayName("of policy union keeps what either side added and drops what either side removed")
    void union() {
        orders.orders(2);
        tags("SO-1", "a", "b");
        tags("SO-2", "a", "b");
        orders.settle();
        tags("SO-1", "b", "c");
        orders.base.edit(orders.record("SO-1"), "Tags", List.of("d", "a", "b"));
        tags("SO-2", "a");
        orders.base.edit(orders.record("SO-2"), "Tags", List.of("a", "b", "d"));
        orders.settle();

        assertThat(orders.value("SO-1", "tags")).isEqualTo("{b,c,d}");
        assertThat(orders.base.cell(orders.record("SO-1"), "Tags")).hasToString("[\"b\",\"c\",\"d\"]");
        assertThat(orders.value("SO-2", "tags")).isEqualTo("{a,d}");
        assertThat(orders.base.cell(orders.record("SO-2"), "Tags")).hasToString("[\"a\",\"d\"]");
        assertThat(orders.journal())
                .containsExactlyInAnyOrder(
                        lost("SO-1", "tags", "sql", "[\"b\",\"c\"]", "[\"b\",\"c\",\"d\"]", "merged"),
                        lost("SO-1", "tags", "bitable", "[\"a\",\"b\",\"d\"]", "[\"b\",\"c\",\"d\"]", "merged"),
                        lost("SO-2", "tags", "sql", "[\"a\"]", "[\"a\",\"d\"]", "merged"),
                        lost("SO-2", "tags", "bitable", "[\"a\",\"b\",\"d\"]", "[\"a\",\"d\"]", "merged"));
        assertThat(orders.pair.verify().divergent()).isZero();
    }

    @Test
    @DisplayName("of policy union whose second half fails is united again from what was agreed")
    void halfUnion() {
        orders.orders(1);
        tags("SO-1", "a", "b");
        orders.settle();
        tags("SO-1", "b", "c");
        orders.base.edit(orders.record("SO-1"), "Tags", List.of("a", "b", "d"));
        var once = new AtomicInteger();
        orders.base.before = request -> {
            if (request.path().endsWith("/batch_update") && once.getAndIncrement() == 0) {
                throw InMemoryBase.busy();
            }
        };
        orders.settle();

        assertThat(once).hasValueGreaterThan(1);
        assertThat(orders.value("SO-1", "tags")).isEqualTo("{b,c,d}");
        assertThat(orders.base.cell(orders.record("SO-1"), "Tags")).hasToString("[\"b\",\"c\",\"d\"]");
    }

    private void tags(String key, String... tags) {
        orders.jdbc.update("UPDATE erp.orders SET tags = ? WHERE order_id = ?", tags, key);
    }

    @Test
    @DisplayName("of policy manual keeps both values for a person while the other fields of the row go on")
    void waits() {
        orders.orders(2);
        orders.settle();
        orders.update("SO-1", "amount", new BigDecimal("77.00"));
        conflict("SO-1", "from the ERP", "from Bitable");

        var waiting = only();
        assertThat(waiting.key()).isEqualTo("SO-1");
        assertThat(waiting.recordId()).isEqualTo(orders.record("SO-1"));
        assertThat(waiting.field()).isEqualTo("note");
        assertThat(waiting.sql()).isEqualTo("from the ERP");
        assertThat(waiting.bitable()).isEqualTo("from Bitable");
        assertThat(waiting.take()).isNull();
        assertThat(orders.cell("SO-1", "Order Amount")).isEqualTo("77.0");
        assertThat(orders.value("SO-1", "note")).isEqualTo("from the ERP");
        assertThat(orders.cell("SO-1", "Note")).isEqualTo("from Bitable");
        assertThat(state("SO-1")).isEqualTo("conflict");
        assertThat(orders.journal()).isEmpty();
        assertThat(orders.pair.state().undecided()).isEqualTo(1);
        assertThat(orders.pair.status().linked()).isEqualTo(2);
        assertThat(orders.pair.verify().divergent()).isZero();
        assertThat(orders.meters
                        .counter("feishu.sync.conflicts", "pair", "orders")
                        .count())
                .isEqualTo(1);
        var calls = orders.base.calls("/batch_update");
        orders.settle();
        assertThat(orders.base.calls("/batch_update")).isEqualTo(calls);
        assertThat(only().id()).isEqualTo(waiting.id());
    }

    private String state(String key) {
        return orders.jdbc.queryForObject("SELECT state FROM feishu.sync_link WHERE sql_key = ?", String.class, key);
    }

    @Test
    @DisplayName("is decided by a person for one side, for the other, or for a third value")
    void decided() {
        orders.orders(3);
        orders.settle();
        conflict("SO-1", "erp 1", "bitable 1");
        decide("sql", null);
        conflict("SO-2", "erp 2", "bitable 2");
        decide("bitable", null);
        conflict("SO-3", "erp 3", "bitable 3");
        decide("value", "both were wrong");

        assertThat(orders.value("SO-1", "note")).isEqualTo("erp 1");
        assertThat(orders.value("SO-2", "note")).isEqualTo("bitable 2");
        assertThat(orders.value("SO-3", "note")).isEqualTo("both were wrong");
        for (var key : List.of("SO-1", "SO-2", "SO-3")) {
            orders.assertEqual(key);
            assertThat(state(key)).isEqualTo("linked");
        }
        assertThat(orders.journal())
                .containsExactlyInAnyOrder(
                        lost("SO-1", "note", "bitable", "bitable 1", "erp 1", "decided"),
                        lost("SO-2", "note", "sql", "erp 2", "bitable 2", "decided"),
                        lost("SO-3", "note", "sql", "erp 3", "both were wrong", "decided"),
                        lost("SO-3", "note", "bitable", "bitable 3", "both were wrong", "decided"));
        assertThat(orders.meters
                        .counter("feishu.sync.conflicts.decided", "pair", "orders", "take", "value")
                        .count())
                .isEqualTo(1);
    }

    private void decide(String take, String value) {
        assertThat(orders.pair.decide(only().id(), take, value, "ada"))
                .hasValueSatisfying(conflict -> assertThat(conflict.take()).isEqualTo(take));
        orders.settle();
        assertThat(orders.pair.undecided(0, 10).total()).isZero();
    }

    @Test
    @DisplayName("is shown again when a side changed after the decision, or after it was read")
    void isVoid() {
        orders.orders(1);
        orders.settle();
        conflict("SO-1", "erp", "bitable");
        var first = only().id();
        assertThat(orders.pair.decide(first, "bitable", null, "ada")).isPresent();
        orders.update("SO-1", "note", "erp again");
        orders.settle();

        var again = only();
        assertThat(again.id()).isNotEqualTo(first);
        assertThat(again.sql()).isEqualTo("erp again");
        assertThat(again.take()).isNull();
        assertThat(orders.value("SO-1", "note")).isEqualTo("erp again");
        assertThat(orders.cell("SO-1", "Note")).isEqualTo("bitable");
        assertThat(orders.pair.decide(first, "bitable", null, "ada")).isEmpty();
    }

    @Test
    @DisplayName("is over when the two sides come to agree, or one of them takes its change back")
    void over() {
        orders.orders(2);
        orders.settle();
        conflict("SO-1", "erp", "bitable");
        orders.base.edit(orders.record("SO-1"), "Note", "erp");
        orders.settle();
        assertThat(orders.pair.undecided(0, 10).total()).isZero();
        orders.assertEqual("SO-1");

        conflict("SO-2", "erp", "bitable");
        orders.base.edit(orders.record("SO-2"), "Note", "note 2");
        orders.settle();
        assertThat(orders.pair.undecided(0, 10).total()).isZero();
        orders.assertEqual("SO-2");
        assertThat(orders.value("SO-2", "note")).isEqualTo("erp");
        assertThat(orders.journal()).isEmpty();
    }

    @Test
    @DisplayName("keeps its decision while Feishu is too busy to take it")
    void busy() {
        orders.orders(1);
        orders.settle();
        conflict("SO-1", "erp", "bitable");
        var left = new AtomicInteger(3);
        orders.base.before = request -> {
            if (request.path().endsWith("/batch_update") && left.getAndDecrement() > 0) {
                throw InMemoryBase.busy();
            }
        };
        decide("value", "third");
        assertThat(left).hasValueLessThanOrEqualTo(0);
        orders.assertEqual("SO-1");
        assertThat(orders.value("SO-1", "note")).isEqualTo("third");
    }

    @Test
    @DisplayName("takes no value that the field cannot hold")
    void refused() {
        orders.orders(1);
        orders.settle();
        conflict("SO-1", "erp", "bitable");
        var id = only().id();
        assertThatThrownBy(() -> orders.pair.decide(id, "mine", null, "ada"))
                .isInstanceOf(DecisionRefusedException.class)
                .hasMessageContaining("sql, bitable or value");
        assertThatThrownBy(() -> orders.pair.decide(id, "sql", "x", "ada"))
                .isInstanceOf(DecisionRefusedException.class);
        assertThatThrownBy(() -> orders.pair.decide(id, "value", "x".repeat(200_000), "ada"))
                .isInstanceOf(DecisionRefusedException.class)
                .hasMessageContaining("note");
        assertThat(orders.pair.decide(id + 1000, "sql", null, "ada")).isEmpty();
        assertThat(only().take()).isNull();
    }

    @Test
    @DisplayName(
            "without an end, two automatons on one field, is parked with both values until a person has stopped it")
    void pingPong() {
        orders.orders(1);
        orders.settle();
        var rounds = 0;
        while (orders.pair.parked(0, 10).total() == 0 && rounds < 50) {
            rounds++;
            if (rounds % 2 == 0) {
                orders.update("SO-1", "note", "erp wants this");
            } else {
                orders.base.edit(orders.record("SO-1"), "Note", "Bitable wants that");
            }
            orders.settle();
        }
        assertThat(rounds).isBetween(SyncStore.MOST_TURNS, SyncStore.MOST_TURNS + 4);
        orders.update("SO-1", "note", "erp wants this");
        orders.update("SO-1", "amount", new BigDecimal("5.00"));
        orders.base.edit(orders.record("SO-1"), "Note", "Bitable wants that");
        orders.settle();

        assertThat(orders.pair.parked(0, 10).items()).singleElement().satisfies(row -> {
            assertThat(row.key()).isEqualTo("SO-1");
            assertThat(row.recordId()).isEqualTo(orders.record("SO-1"));
            assertThat(row.reason()).contains("note", "'erp wants this'", "'Bitable wants that'");
        });
        assertThat(orders.value("SO-1", "note")).isEqualTo("erp wants this");
        assertThat(orders.cell("SO-1", "Note")).isEqualTo("Bitable wants that");
        assertThat(orders.cell("SO-1", "Order Amount")).isEqualTo("5.0");
        assertThat(orders.pair.verify().divergent()).isZero();
        assertThat(orders.pair.status().parked()).isEqualTo(1);

        orders.base.edit(orders.record("SO-1"), "Note", "erp wants this");
        assertThat(orders.pair.retryParked("SO-1", null)).isEqualTo(1);
        orders.settle();
        orders.assertEqual("SO-1");
        assertThat(orders.pair.parked(0, 10).total()).isZero();
        orders.base.edit(orders.record("SO-1"), "Note", "a person again");
        orders.settle();
        assertThat(orders.value("SO-1", "note")).isEqualTo("a person again");
    }

    /** A write of PAID of which nobody knows whether it was done, and a newer one that was. */
    private void lateWrite() {
        orders.orders(1);
        orders.settle();
        var once = new AtomicInteger();
        orders.base.before = request -> {
            if (request.path().endsWith("/batch_update") && once.getAndIncrement() == 0) {
                throw InMemoryBase.lost();
            }
        };
        orders.update("SO-1", "status", "PAID");
        orders.pair.poll();
        orders.pair.merge(orders.pair.claim(10).orElseThrow(), RowTransform.NONE);
        orders.update("SO-1", "status", "SHIPPED");
        orders.settle();
        assertThat(orders.cell("SO-1", "Status")).isEqualTo("SHIPPED");
        orders.base.now = () -> Instant.now().plusSeconds(60);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"a person", "the application"})
    @DisplayName("of a person's edit that equals a late own write is told from it by who made it")
    void personEqualsLateWrite(String lastWriter) {
        lateWrite();
        if (lastWriter.equals("a person")) {
            orders.base.edit(orders.record("SO-1"), "Status", "PAID");
        } else {
            inTheWindow("Status", "PAID");
            orders.update("SO-1", "note", "from the ERP");
        }
        orders.settle();
        assertThat(orders.value("SO-1", "status")).isEqualTo("PAID");

        orders.update("SO-1", "status", "DONE");
        orders.settle();
        orders.base.land(orders.record("SO-1"), "Status", "PAID");
        if (lastWriter.equals("a person")) {
            orders.base.edit(orders.record("SO-1"), "Note", "by a person, after it");
        }
        orders.pass(Duration.ofMinutes(1));
        orders.settle();
        assertThat(orders.value("SO-1", "status")).isEqualTo("DONE");
        orders.assertEqual("SO-1");
        assertThat(orders.journal()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"a person", "the application"})
    @DisplayName("of a person's edit that may be a late own write is in the journal where nothing tells who made it")
    void perhapsLateWrite(String lastWriter) {
        lateWrite();
        orders.base.historyIsOpen = false;
        inTheWindow("Status", "PAID");
        orders.update("SO-1", "note", "from the ERP");
        orders.settle();
        if (lastWriter.equals("a person")) {
            orders.base.land(orders.record("SO-1"), "Status", "PAID");
            orders.base.edit(orders.record("SO-1"), "Note", "by a person, after it");
            orders.settle();
        }
        assertThat(orders.value("SO-1", "status")).isEqualTo("SHIPPED");
        orders.assertEqual("SO-1");
        assertThat(orders.journal())
                .isNotEmpty()
                .allMatch(lost("SO-1", "status", "bitable", "PAID", "SHIPPED", "late")::equals);
        assertThat(orders.pair.problems()).singleElement().asString().contains("history");
    }

    @Test
    @DisplayName("is none where a person's edit equals a late own write to a record that is gone")
    void lateWriteToAnotherRecord() {
        lateWrite();
        orders.base.historyIsOpen = false;
        orders.base.delete(orders.record("SO-1"));
        orders.settle();
        inTheWindow("Status", "PAID");
        orders.update("SO-1", "note", "from the ERP");
        orders.settle();
        assertThat(orders.value("SO-1", "status")).isEqualTo("PAID");
        orders.assertEqual("SO-1");
    }

    @Test
    @DisplayName("is none where the ERP goes back to a value that the sync had written to it before it was killed")
    void backToWhatWasWritten() {
        var inDoubt = 0;
        for (var step = 1; step <= 30; step++) {
            newPair();
            orders.orders(1);
            orders.settle();
            orders.base.edit(orders.record("SO-1"), "Status", "PAID");
            orders.deliver();
            orders.pass(Duration.ofSeconds(2));
            orders.crashAfter(step);
            try {
                orders.pair.drain(RowTransform.NONE);
            } catch (OrdersPair.Crash end) {
                orders.pass(Duration.ofSeconds(31));
            }
            orders.restart();
            inDoubt += orders.jdbc
                    .queryForList("SELECT id FROM feishu.sync_outbox WHERE kind = 'sql' AND state = 'pending'")
                    .size();
            orders.settle();
            assertThat(orders.value("SO-1", "status")).isEqualTo("PAID");
            orders.update("SO-1", "status", "SHIPPED");
            orders.settle();
            orders.update("SO-1", "status", "PAID");
            orders.settle();
            assertThat(orders.value("SO-1", "status"))
                    .as("killed at step %d", step)
                    .isEqualTo("PAID");
            orders.assertEqual("SO-1");
        }
        assertThat(inDoubt).isPositive();
    }

    /** A person writes when the application has looked and is about to write. */
    private void inTheWindow(String field, String value) {
        var once = new AtomicInteger();
        orders.base.before = request -> {
            if (request.path().endsWith("/batch_update") && once.getAndIncrement() == 0) {
                orders.base.edit(orders.record("SO-1"), field, value);
            }
        };
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"by the event of its write", "by the history of the record"})
    @DisplayName("with an edit that a write replaced unseen is found")
    void unseen(String how) {
        var byEvent = how.contains("event");
        orders.orders(1);
        orders.settle();
        inTheWindow("Status", "PAID");
        orders.update("SO-1", "status", "DONE");
        settle(byEvent);

        assertThat(orders.journal())
                .containsExactly(
                        lost("SO-1", "status", "bitable", "PAID", "DONE", "unseen"),
                        lost("SO-1", "status", "sql", "DONE", "PAID", "conflict"));
        // the person's change was the later one
        orders.assertEqual("SO-1");
        assertThat(orders.value("SO-1", "status")).isEqualTo("PAID");

        inTheWindow("Note", "from Bitable");
        orders.update("SO-1", "note", "from the ERP");
        settle(byEvent);
        assertThat(only().sql()).isEqualTo("from the ERP");
        assertThat(only().bitable()).isEqualTo("from Bitable");
        decide("bitable", null);
        orders.assertEqual("SO-1");
        if (byEvent) {
            assertThat(orders.base.calls("/record_history")).isZero();
        } else {
            assertThat(orders.base.calls("/record_history")).isBetween(2, 10);
        }
    }

    @Test
    @DisplayName(
            "with an edit that a write replaced unseen is not seen in a late event of an older write of the same value")
    void lateEchoOfAnOlderWrite() {
        orders.orders(1);
        orders.settle();
        orders.update("SO-1", "status", "DONE");
        orders.pair.poll();
        orders.pass(Duration.ofSeconds(2));
        orders.pair.drain(RowTransform.NONE);
        var late = List.copyOf(orders.base.events);
        orders.base.events.clear();
        settle(false);
        orders.base.edit(orders.record("SO-1"), "Status", "WHATEVER");
        orders.settle();
        assertThat(orders.journal()).containsExactly(lost("SO-1", "status", "bitable", "WHATEVER", "DONE", "invalid"));

        orders.base.events.addAll(late);
        orders.settle();
        assertThat(orders.value("SO-1", "status")).isEqualTo("DONE");
        orders.assertEqual("SO-1");
        assertThat(orders.journal()).hasSize(1);
    }

    @Test
    @DisplayName("is over when its record was made again by a process that was killed over it")
    void overWithANewRecord() {
        for (var step = 1; step <= 24; step++) {
            newPair();
            orders.orders(1);
            orders.settle();
            conflict("SO-1", "from the ERP", "from Bitable");
            orders.pass(Duration.ofMinutes(1));
            orders.base.delete(orders.record("SO-1"));
            orders.deliver();
            orders.pass(Duration.ofSeconds(2));
            orders.crashAfter(step);
            try {
                orders.pair.drain(RowTransform.NONE);
            } catch (OrdersPair.Crash end) {
                orders.pass(Duration.ofSeconds(31));
            }
            orders.restart();
            orders.settle();
            orders.pair.retryParked(null, null);
            orders.settle();
            assertThat(orders.pair.undecided(0, 10).items())
                    .as("killed at step %d", step)
                    .isEmpty();
            orders.assertEqual("SO-1");
        }
    }

    @Test
    @DisplayName(
            "with an edit that a write replaced unseen is found by history although a later write of the same value followed")
    void unseenBeforeTheSameAgain() {
        orders.orders(1);
        orders.settle();
        inTheWindow("Status", "PAID");
        orders.base.edit(orders.record("SO-1"), "Status", "WHATEVER");
        orders.deliver();
        for (var round = 0; round < 2; round++) {
            orders.pass(Duration.ofSeconds(2));
            orders.pair.drain(RowTransform.NONE);
            assertThat(orders.cell("SO-1", "Status")).isEqualTo("NEW");
            orders.base.events.clear();
            if (round == 0) {
                orders.base.edit(orders.record("SO-1"), "Status", "WHATEVER");
                orders.deliver();
            }
        }
        settle(false);
        assertThat(orders.journal()).contains(lost("SO-1", "status", "bitable", "PAID", "NEW", "unseen"));
        orders.assertEqual("SO-1");
    }

    @Test
    @DisplayName(
            "with an edit that a write replaced unseen is found also where that write brought back another such edit")
    void unseenByRestoring() {
        orders.orders(1);
        orders.settle();
        var edits = new ArrayDeque<>(List.of("PAID", "CANCELED"));
        orders.base.before = request -> {
            if (request.path().endsWith("/batch_update") && !edits.isEmpty()) {
                orders.base.edit(orders.record("SO-1"), "Status", edits.poll());
            }
        };
        orders.update("SO-1", "status", "DONE");
        settle(true);
        assertThat(edits).isEmpty();
        assertThat(orders.journal())
                .contains(
                        lost("SO-1", "status", "bitable", "PAID", "DONE", "unseen"),
                        lost("SO-1", "status", "bitable", "CANCELED", "PAID", "unseen"));
        orders.assertEqual("SO-1");
    }

    @Test
    @DisplayName(
            "with an edit that a write replaced unseen waits for a person also when the answer to its restoring is lost")
    void unseenIsRestoredWithoutAnswer() {
        orders.orders(1);
        orders.settle();
        inTheWindow("Note", "from Bitable");
        orders.update("SO-1", "note", "from the ERP");
        orders.pair.poll();
        orders.pass(Duration.ofSeconds(2));
        orders.pair.drain(RowTransform.NONE);
        assertThat(orders.cell("SO-1", "Note")).isEqualTo("from the ERP");
        var once = new AtomicInteger();
        orders.base.after = request -> {
            if (request.path().endsWith("/batch_update") && once.getAndIncrement() == 0) {
                throw InMemoryBase.lost();
            }
        };
        orders.settle();
        assertThat(orders.cell("SO-1", "Note")).isEqualTo("from Bitable");
        assertThat(orders.value("SO-1", "note"))
                .as(() -> orders.journal() + " " + orders.jdbc.queryForList("SELECT * FROM feishu.sync_link")
                        + orders.jdbc.queryForList("SELECT * FROM feishu.sync_unseen")
                        + orders.jdbc.queryForList("SELECT * FROM feishu.sync_hold")
                        + orders.jdbc.queryForList("SELECT * FROM feishu.sync_outbox"))
                .isEqualTo("from the ERP");
        assertThat(only().sql()).isEqualTo("from the ERP");
        assertThat(only().bitable()).isEqualTo("from Bitable");
    }

    @Test
    @DisplayName("with an edit that a write replaced unseen is found although the answer to that write was lost")
    void unseenByLostWrite() {
        orders.orders(1);
        orders.settle();
        inTheWindow("Status", "CANCELED");
        orders.base.now = () -> Instant.now().plusSeconds(60);
        var once = new AtomicInteger();
        orders.base.after = request -> {
            if (request.path().endsWith("/batch_update") && once.getAndIncrement() == 0) {
                throw InMemoryBase.lost();
            }
        };
        orders.update("SO-1", "status", "DONE");
        orders.pair.poll();
        orders.pair.drain(RowTransform.NONE);
        orders.pass(Duration.ofSeconds(2));
        orders.pair.drain(RowTransform.NONE);
        settle(true);

        assertThat(orders.journal()).contains(lost("SO-1", "status", "bitable", "CANCELED", "DONE", "unseen"));
        orders.assertEqual("SO-1");
        assertThat(orders.value("SO-1", "status")).isEqualTo("CANCELED");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"by events", "by the history of the record"})
    @DisplayName("is none where a person goes back to the value that the sync wrote, whose echo never came")
    void personWritesTheSame(String how) {
        orders.orders(1);
        orders.settle();
        orders.update("SO-1", "status", "PAID");
        orders.pair.poll();
        orders.pair.drain(RowTransform.NONE);
        orders.base.events.clear();
        orders.restart();
        orders.pair.poll();
        orders.base.now = () -> Instant.now().plusSeconds(60);
        for (var status : List.of("DONE", "PAID")) {
            orders.base.edit(orders.record("SO-1"), "Status", status);
            if (how.contains("history")) {
                orders.base.events.clear();
            }
            orders.deliver();
            orders.pass(Duration.ofSeconds(3));
            orders.pair.drain(RowTransform.NONE);
        }
        orders.pass(Duration.ofMinutes(1));
        orders.settle();

        assertThat(orders.journal()).isEmpty();
        assertThat(orders.value("SO-1", "status")).isEqualTo("PAID");
        orders.assertEqual("SO-1");
    }

    @Test
    @DisplayName("is none where a value was put back to what a person had written before, whose echo never came")
    void putBackIsNoEdit() {
        orders.orders(1);
        orders.settle();
        orders.base.now = () -> Instant.now().plusSeconds(60);
        for (var status : List.of("WHATEVER", "PAID", "WHATEVER")) {
            orders.base.edit(orders.record("SO-1"), "Status", status);
            orders.deliver();
            orders.pass(Duration.ofSeconds(3));
            orders.pair.drain(RowTransform.NONE);
            orders.base.events.clear();
        }
        orders.pass(Duration.ofMinutes(1));
        orders.settle();

        assertThat(orders.journal())
                .containsExactly(
                        lost("SO-1", "status", "bitable", "WHATEVER", "NEW", "invalid"),
                        lost("SO-1", "status", "bitable", "WHATEVER", "PAID", "invalid"));
        assertThat(orders.value("SO-1", "status")).isEqualTo("PAID");
        orders.assertEqual("SO-1");
        assertThat(orders.base.calls("/record_history")).isPositive();
    }

    @Test
    @DisplayName("is none where a write that was held back for a person's edit is sent later for another reason")
    void heldBackIsNoWrite() {
        orders = new OrdersPair(database);
        orders.orders(1);
        orders.settle();
        var gets = new AtomicInteger();
        orders.base.before = request -> {
            if (request.path().endsWith("/batch_get") && gets.incrementAndGet() == 2) {
                orders.base.edit(orders.record("SO-1"), "Status", "PAID");
            }
        };
        for (var step = 0; step < 2; step++) {
            orders.update("SO-1", "status", "DONE");
            for (var cycle = 0; cycle < 3; cycle++) {
                orders.pair.poll();
                orders.pair.drain(RowTransform.NONE);
                orders.base.events.clear();
                orders.pass(Duration.ofSeconds(2));
            }
        }
        assertThat(orders.value("SO-1", "status")).isEqualTo("DONE");
        orders.base.edit(orders.record("SO-1"), "Order Amount", 7);
        orders.base.events.clear();
        orders.pass(Duration.ofMinutes(1));
        orders.settle();

        assertThat(orders.base.calls("/record_history")).isPositive();
        assertThat(orders.value("SO-1", "status")).isEqualTo("DONE");
        orders.assertEqual("SO-1");
        assertThat(orders.journal())
                .containsExactly(
                        lost("SO-1", "status", "sql", "DONE", "PAID", "conflict"),
                        lost("SO-1", "amount", "bitable", "7.00", "1.50", "put_back"));
    }

    @Test
    @DisplayName("is none where the event of a write comes twice after another write of the same value was lost")
    void eventComesTwice() {
        lateWrite();
        orders.update("SO-1", "status", "PAID");
        orders.pair.poll();
        orders.pair.drain(RowTransform.NONE);
        orders.base.events.addAll(List.copyOf(orders.base.events));
        orders.settle();

        assertThat(orders.value("SO-1", "status")).isEqualTo("PAID");
        orders.assertEqual("SO-1");
        assertThat(orders.journal()).isEmpty();
    }

    @Test
    @DisplayName(
            "with an edit that a write replaced unseen is found although the person wrote another cell as the sync did")
    void personWritesHalfOfIt() {
        orders.orders(1);
        orders.settle();
        var once = new AtomicInteger();
        orders.base.before = request -> {
            if (request.path().endsWith("/batch_update") && once.getAndIncrement() == 0) {
                orders.base.edit(orders.record("SO-1"), "Status", "DONE");
                orders.base.edit(orders.record("SO-1"), "Note", "from Bitable");
            }
        };
        orders.jdbc.update("UPDATE erp.orders SET status = 'DONE', note = 'from the ERP'");
        orders.settle();
        assertThat(orders.journal())
                .contains(lost("SO-1", "note", "bitable", "from Bitable", "from the ERP", "unseen"));
    }

    @Test
    @DisplayName(
            "with a late own write is told from a person's edit although nobody says just now who the application is")
    void whoAmI() {
        lateWrite();
        orders.restart();
        orders.base.before = request -> {
            if (request.path().endsWith("/bot/v3/info")) {
                throw InMemoryBase.busy();
            }
        };
        orders.base.land(orders.record("SO-1"), "Status", "PAID");
        orders.settle();
        assertThat(orders.value("SO-1", "status")).isEqualTo("SHIPPED");
        orders.assertEqual("SO-1");
    }

    @Test
    @DisplayName("with an edit that a write replaced unseen is found once somebody says again who the application is")
    void whoAmILater() {
        orders.orders(1);
        orders.settle();
        inTheWindow("Status", "PAID");
        orders.base.now = () -> Instant.now().plusSeconds(60);
        orders.update("SO-1", "status", "DONE");
        orders.pair.poll();
        orders.pair.drain(RowTransform.NONE);
        orders.base.events.clear();
        for (var answered : List.of(false, true)) {
            orders.base.before = request -> {
                if (request.path().endsWith("/bot/v3/info") && !answered) {
                    throw InMemoryBase.busy();
                }
            };
            orders.base.edit(orders.record("SO-1"), "Order Amount", 7);
            orders.base.events.clear();
            orders.pass(Duration.ofMinutes(4));
            orders.settle();
        }
        assertThat(orders.journal()).contains(lost("SO-1", "status", "bitable", "PAID", "DONE", "unseen"));
        assertThat(orders.value("SO-1", "status")).isEqualTo("PAID");
        orders.assertEqual("SO-1");
    }

    @Test
    @DisplayName(
            "with an edit that a write replaced unseen is found although the next look comes at once, and another much later")
    void lookAtOnce() {
        orders.orders(1);
        orders.settle();
        orders.pass(Duration.ofMinutes(10));
        orders.pair.probe(orders.missed::add);
        inTheWindow("Status", "PAID");
        orders.base.now = () -> Instant.now().plusSeconds(60);
        orders.update("SO-1", "status", "DONE");
        orders.pair.poll();
        orders.pair.drain(RowTransform.NONE);
        orders.base.events.clear();
        orders.pass(Duration.ofSeconds(2));
        orders.restart();
        orders.pair.probe(orders.missed::add);
        orders.pair.drain(RowTransform.NONE);
        for (var look = 0; look < 3; look++) {
            orders.pass(Duration.ofMinutes(9));
            orders.settle();
        }
        assertThat(orders.journal()).contains(lost("SO-1", "status", "bitable", "PAID", "DONE", "unseen"));
        orders.assertEqual("SO-1");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"\"quoted\"", "[]", "[\"a\",\"b\"]", "null", "12", "{\"a\":1}", "[{\"text\":\"x\"}]"})
    @DisplayName("is none where a text that looks like JSON was replaced")
    void textLikeJson(String text) {
        orders = new OrdersPair(
                database, OrdersPair.declaration(yaml -> yaml.replace("on-conflict: sql\n", "on-conflict: bitable\n")));
        orders.orders(1);
        orders.update("SO-1", "note", text);
        orders.settle();
        orders.update("SO-1", "note", "another");
        orders.settle();

        assertThat(orders.value("SO-1", "note")).isEqualTo("another");
        orders.assertEqual("SO-1");
        assertThat(orders.journal()).isEmpty();
    }

    @Test
    @DisplayName("is in the journal where the ERP changes a value to what a lost write of the sync may have left there")
    void perhapsOwnWriteToSql() {
        orders = new OrdersPair(database);
        orders.orders(1);
        orders.settle();
        orders.base.edit(orders.record("SO-1"), "Status", "PAID");
        orders.deliver();
        orders.pass(Duration.ofSeconds(2));
        // killed when the write was frozen and not yet done
        for (var step = 1; requests("pending") == 0; step++) {
            orders.crashAfter(step);
            try {
                orders.pair.drain(RowTransform.NONE);
            } catch (OrdersPair.Crash end) {
                orders.pass(Duration.ofSeconds(31));
            }
        }
        orders.restart();
        assertThat(orders.value("SO-1", "status")).isEqualTo("NEW");
        orders.base.edit(orders.record("SO-1"), "Status", "NEW");
        orders.settle();
        assertThat(orders.journal()).isEmpty();

        orders.update("SO-1", "status", "PAID");
        orders.settle();
        orders.assertEqual("SO-1");
        assertThat(orders.value("SO-1", "status")).isEqualTo("NEW");
        assertThat(orders.journal()).containsExactly(lost("SO-1", "status", "sql", "PAID", "NEW", "late"));
    }

    private int requests(String state) {
        return orders.jdbc
                .queryForList("SELECT id FROM feishu.sync_outbox WHERE state = ?", state)
                .size();
    }

    @Test
    @DisplayName("that comes again is in the journal again")
    void sameLossTwice() {
        orders.orders(1);
        orders.settle();
        for (var time = 0; time < 2; time++) {
            orders.base.edit(orders.record("SO-1"), "Customer Name", "me");
            orders.settle();
        }
        var entry = lost("SO-1", "customer_name", "bitable", "me", "Customer 1", "put_back");
        assertThat(orders.journal()).containsExactly(entry, entry);
    }

    @Test
    @DisplayName("is decided for what was agreed on before although only one half of that is written at first")
    void decidedForOldValue() {
        orders.orders(1);
        orders.update("SO-1", "note", "old");
        orders.settle();
        conflict("SO-1", "erp", "bitable");
        var left = new AtomicInteger(2);
        orders.base.before = request -> {
            if (request.path().endsWith("/batch_update") && left.getAndDecrement() > 0) {
                throw InMemoryBase.busy();
            }
        };
        decide("value", "old");
        assertThat(orders.value("SO-1", "note")).isEqualTo("old");
        orders.assertEqual("SO-1");
    }

    @Test
    @DisplayName("is written although another field of the record changes at each look")
    void restlessRecord() {
        orders.orders(1);
        orders.base.addField("Clock", 1, List.of());
        orders.settle();
        var times = new AtomicInteger();
        orders.base.before = request -> {
            if (request.path().endsWith("/batch_get")) {
                orders.base.edit(orders.record("SO-1"), "Clock", "time " + times.incrementAndGet());
            }
        };
        orders.update("SO-1", "status", "DONE");
        orders.pair.poll();
        orders.pair.drain(RowTransform.NONE);
        orders.pass(Duration.ofSeconds(2));
        orders.pair.drain(RowTransform.NONE);
        assertThat(orders.cell("SO-1", "Status")).isEqualTo("DONE");
    }

    @Test
    @DisplayName("with an edit that a write replaced unseen is over where the person has gone back to what was written")
    void personHasGoneBack() {
        orders = new OrdersPair(database);
        orders.orders(1);
        orders.settle();
        inTheWindow("Status", "PAID");
        orders.update("SO-1", "status", "DONE");
        orders.pair.poll();
        orders.pair.drain(RowTransform.NONE);
        orders.base.edit(orders.record("SO-1"), "Status", "CANCELED");
        orders.base.edit(orders.record("SO-1"), "Status", "DONE");
        orders.base.events.clear();
        orders.pass(Duration.ofMinutes(1));
        orders.settle();

        assertThat(orders.journal()).containsExactly(lost("SO-1", "status", "bitable", "PAID", "DONE", "unseen"));
        assertThat(orders.value("SO-1", "status")).isEqualTo("DONE");
        orders.assertEqual("SO-1");
    }

    private void settle(boolean withEvents) {
        orders.base.now = () -> Instant.now().plusSeconds(60);
        for (var round = 0; round < 4; round++) {
            if (!withEvents) {
                orders.pair.poll();
                orders.pair.drain(RowTransform.NONE);
                orders.base.events.clear();
                orders.pass(Duration.ofMinutes(9));
            }
            orders.settle();
        }
    }

    @Test
    @DisplayName("whose traces cannot be read just now does not keep the pair from looking")
    void historyIsInTrouble() {
        orders.orders(2);
        orders.settle();
        orders.base.before = request -> {
            if (request.path().endsWith("/record_history")) {
                throw InMemoryBase.busy();
            }
        };
        orders.update("SO-1", "status", "DONE");
        orders.pair.poll();
        orders.pair.drain(RowTransform.NONE);
        orders.base.edit(orders.record("SO-2"), "Status", "PAID");
        orders.base.events.clear();
        orders.pass(Duration.ofMinutes(9));
        orders.settle();

        assertThat(orders.base.calls("/record_history")).isPositive();
        assertThat(orders.value("SO-2", "status")).isEqualTo("PAID");
    }

    @Test
    @DisplayName("whose traces are closed to the application is told once, and the pair goes on")
    void historyIsClosed() {
        orders.orders(1);
        orders.settle();
        orders.base.historyIsOpen = false;
        for (var i = 0; i < 3; i++) {
            orders.update("SO-1", "status", i % 2 == 0 ? "DONE" : "PAID");
            orders.base.edit(orders.record("SO-1"), "Order Amount", 7);
            orders.pair.poll();
            orders.pair.drain(RowTransform.NONE);
            orders.base.events.clear();
            orders.pass(Duration.ofMinutes(9));
            orders.settle();
        }
        assertThat(orders.base.calls("/record_history")).isEqualTo(1);
        assertThat(orders.pair.problems()).singleElement().asString().contains("history", "91403");
        orders.assertEqual("SO-1");
    }

    @Test
    @DisplayName("is none where Bitable only shows a value in another form than we took it to keep; that is counted")
    void normalisation() {
        orders.orders(1);
        orders.settle();
        orders.jdbc.update("UPDATE feishu.sync_link SET shadow_bitable ="
                + " jsonb_set(shadow_bitable, '{customer_name}', '\"customer 1\"')");
        orders.update("SO-1", "note", "a look at the row");
        orders.settle();
        assertThat(orders.meters
                        .counter("feishu.sync.normalisation", "pair", "orders", "field", "customer_name")
                        .count())
                .isEqualTo(1);
        assertThat(orders.journal()).isEmpty();
    }

    private static Map<String, Object> lost(
            String key, String field, String side, String losing, String winning, String why) {
        var row = new LinkedHashMap<String, Object>();
        var values = Arrays.asList(key, field, side, losing, winning, why).iterator();
        List.of("sql_key", "field", "side", "losing", "winning", "why").forEach(name -> row.put(name, values.next()));
        return row;
    }
}
