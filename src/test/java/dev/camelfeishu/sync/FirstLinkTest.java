package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.camelfeishu.TestDatabase;
import java.io.IOException;
import java.time.Duration;
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

@DisplayName("The first link of a pair")
class FirstLinkTest {

    private static TestDatabase postgres;
    private static HikariDataSource database;

    private OrdersPair orders;

    @BeforeAll
    static void startPostgres() throws IOException {
        postgres = new TestDatabase();
        var pool = new HikariDataSource();
        pool.setDataSource(OrdersPair.migrated(postgres.dataSource()));
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

    private void rows(int count) {
        orders.jdbc.update(
                "INSERT INTO erp.orders (order_id, customer_name, amount, note)"
                        + " SELECT 'SO-' || n, 'Customer ' || n, n, 'note ' || n FROM generate_series(1, ?) AS n",
                count);
    }

    private void declared(String text, String instead) {
        orders.declared = OrdersPair.declaration(text, instead);
        orders.restart();
    }

    private int writes() {
        return (int) orders.base.calls.stream()
                .filter(call -> !call.reading() && !call.method().equals("GET"))
                .count();
    }

    @Test
    @DisplayName(
            "is previewed: what is linked, made, filled, overwritten and left alone, and what it costs; nothing is written")
    void preview() {
        orders.base.addField("Note", 1, List.of());
        orders.base.addField("Customer Name", 1, List.of());
        rows(1500);
        orders.base.add(Map.of("Order ID", "SO-1", "Note", "by hand", "Customer Name", "Customer 1"));
        orders.base.add(Map.of("Order ID", "SO-2", "Note", "note 2"));
        orders.base.add(Map.of("Order ID", "SO-2"));
        orders.base.add(Map.of("Note", "no key"));
        orders.base.add(Map.of("Order ID", "SO-9999"));
        orders.quota = quota(10_000, 0);
        orders.restart();

        var preview = orders.pair.dryRun();

        assertThat(writes()).isZero();
        assertThat(preview.makes())
                .containsExactly(
                        "the field Order Amount", "the field Status", "the field Created At", "the field Sync ID");
        assertThat(preview.rows()).isEqualTo(1500);
        assertThat(preview.records()).isEqualTo(5);
        assertThat(preview.link()).isEqualTo(2);
        assertThat(preview.create()).isEqualTo(1498);
        assertThat(preview.leftAlone()).isEqualTo(3);
        assertThat(preview.fillBitable()).isEqualTo(1);
        assertThat(preview.overwriteBitable()).isEqualTo(1);
        assertThat(preview.conflicts()).isEqualTo(1);
        assertThat(preview.samples())
                .containsExactly(new Preview.Sample("SO-1", "note", "bitable", "by hand", "note 1"));
        assertThat(preview.calls()).isBetween(10L, 20L);
        assertThat(preview.minutes()).isPositive();
        assertThat(preview.monthlyShare()).isBetween(0.1, 0.2);
        assertThat(orders.pair.state().firstLink().preview()).isEqualTo(preview);

        orders.settle();
        assertThat(orders.pair.status().linked()).isEqualTo(1500);
        assertThat(orders.base.recordIds()).hasSize(1503);
        assertThat(orders.pair.state().firstLink().state()).isEqualTo(FirstLink.State.DONE);
        assertThat(orders.pair.dryRun().create()).isZero();
    }

    @Test
    @DisplayName("waits for a person where the pair says so, and writes nothing before")
    void manual() {
        declared("start: automatic", "start: manual");
        rows(20);

        assertThat(orders.pair.poll()).isZero();
        orders.pair.probe(orders.missed::add);
        orders.pass(Duration.ofSeconds(5));
        assertThat(orders.pair.claim()).isEmpty();
        assertThat(writes()).isZero();
        assertThat(orders.pair.state().firstLink().state()).isEqualTo(FirstLink.State.WAITING);
        assertThat(orders.pair.state().firstLink().preview().create()).isEqualTo(20);

        orders.pair.start();
        orders.settle();
        assertThat(orders.pair.status().linked()).isEqualTo(20);
        assertThat(orders.pair.state().firstLink().state()).isEqualTo(FirstLink.State.DONE);
    }

    @Test
    @DisplayName("finds the one row of a thousand that Feishu refuses with at most 20 more calls")
    void badRow() {
        rows(1000);
        orders.update("SO-617", "note", "bell " + (char) 7);

        orders.settle();

        assertThat(orders.base.creations).isEqualTo(999);
        assertThat(orders.base.calls("/batch_create")).isBetween(10, 21);
        assertThat(orders.pair.parked(0, 10).items())
                .singleElement()
                .satisfies(parked -> assertThat(parked.key()).isEqualTo("SO-617"));
    }

    @Test
    @DisplayName("writes less at once after Feishu said that it was too much, and more again later")
    void tooLarge() {
        rows(3000);
        var refusals = new AtomicInteger();
        orders.base.before = call -> {
            if (call.path().endsWith("/batch_create")
                    && call.body().path("records").size() > 400) {
                refusals.incrementAndGet();
                throw InMemoryBase.rejected(1254104);
            }
        };

        orders.settle();

        assertThat(orders.base.creations).isEqualTo(3000);
        assertThat(refusals.get()).isLessThan(12);
    }

    @Test
    @DisplayName("goes on after the end of the process at any point, and makes no record twice")
    void crashes() {
        declared("batch: 1000", "batch: 50");
        for (var step = 3; step < 60; step += 4) {
            orders = new OrdersPair(database);
            declared("batch: 1000", "batch: 50");
            rows(230);
            orders.crashAfter(step);
            try {
                orders.settle();
            } catch (OrdersPair.Crash end) {
                orders.restart();
            }
            orders.pass(Duration.ofMinutes(1));
            orders.settle();
            assertThat(orders.base.creations).as("crash at step " + step).isEqualTo(230);
            assertThat(orders.pair.status().linked()).isEqualTo(230);
        }
    }

    /** Requests that are frozen and not settled. */
    private long frozen() {
        return orders.jdbc.queryForObject(
                "SELECT count(*) FROM feishu.sync_outbox WHERE state = 'pending'", Long.class);
    }

    /** Does something during that call of {@code batch_create}, as soon as the request after it is frozen. */
    private void duringCreate(int number, Runnable work) {
        var creates = new AtomicInteger();
        orders.base.after = call -> {
            if (call.path().endsWith("/batch_create") && creates.incrementAndGet() == number) {
                await().atMost(Duration.ofSeconds(20)).until(() -> frozen() == 2);
                work.run();
            }
        };
    }

    @Test
    @DisplayName("reads, decides and freezes the next rows while a call is under way, also those behind its batch")
    void overlap() {
        declared("batch: 1000", "batch: 50");
        rows(430);
        orders.pair.poll();
        orders.pass(Duration.ofSeconds(1));
        var last = new AtomicInteger();
        duringCreate(4, last::incrementAndGet);

        var merged = orders.pair.merge(orders.pair.claim().orElseThrow(), RowTransform.NONE);

        assertThat(last).hasValue(1);
        assertThat(merged.created()).isEqualTo(430);
        assertThat(orders.base.calls("/batch_create")).isEqualTo(9);
        assertThat(orders.dirty()).isZero();
        assertThat(orders.jdbc.queryForObject(
                        "SELECT fence FROM feishu.sync_pair WHERE lease_until IS NULL", Long.class))
                .as("one lease, given back")
                .isEqualTo(1);
    }

    @ParameterizedTest(name = "in call {0}")
    @ValueSource(ints = {1, 4, 5})
    @DisplayName(
            "makes no record twice when the process ends after a call was carried out, with the next request frozen")
    void crashInOverlap(int number) {
        declared("batch: 1000", "batch: 50");
        rows(430);
        orders.pair.poll();
        orders.pass(Duration.ofSeconds(1));
        duringCreate(number, () -> {
            throw new OrdersPair.Crash();
        });
        assertThatThrownBy(() -> orders.pair.drain(RowTransform.NONE)).isInstanceOf(OrdersPair.Crash.class);
        assertThat(orders.base.creations).isEqualTo(50 * number);

        orders.restart();
        orders.pass(Duration.ofSeconds(31));
        orders.settle();

        assertThat(orders.base.creations).isEqualTo(430);
        assertThat(orders.pair.status().linked()).isEqualTo(430);
        assertThat(frozen()).isZero();
    }

    @Test
    @DisplayName("gives way to a person's edit within one call")
    void moreUrgent() {
        declared("batch: 1000", "batch: 50");
        rows(430);
        orders.pair.poll();
        orders.pass(Duration.ofSeconds(1));
        duringCreate(5, () -> {
            orders.base.edit(orders.record("SO-1"), "Note", "by hand");
            orders.deliver();
            orders.pass(Duration.ofSeconds(2));
        });

        var merged = orders.pair.merge(orders.pair.claim().orElseThrow(), RowTransform.NONE);

        assertThat(merged.created()).isEqualTo(300);
        assertThat(orders.pair.claim().orElseThrow().urgency()).isEqualTo(Batch.Urgency.HINT);
    }

    @Test
    @DisplayName("sends what is frozen when a call fails, and begins nothing behind it")
    void failureInOverlap() {
        declared("batch: 1000", "batch: 50");
        rows(1000);
        orders.pair.poll();
        orders.pass(Duration.ofSeconds(1));
        var creates = new AtomicInteger();
        orders.base.before = call -> {
            if (call.path().endsWith("/batch_create") && creates.incrementAndGet() >= 6) {
                throw InMemoryBase.busy();
            }
        };

        var merged = orders.pair.merge(orders.pair.claim().orElseThrow(), RowTransform.NONE);

        assertThat(merged.created()).isEqualTo(250);
        assertThat(merged.problem()).isNotNull();
        assertThat(creates).hasValue(7);
        orders.base.before = call -> {};
        orders.settle();
        assertThat(orders.base.creations).isEqualTo(1000);
    }

    @Test
    @DisplayName("goes on with an interrupted look at all records where it was")
    void interruptedLook() {
        for (var i = 1; i <= 1700; i++) {
            orders.base.add(Map.of("Order ID", "SO-" + i));
        }
        orders.base.events.clear();
        rows(1700);
        orders.pair.poll();
        var pages = new AtomicInteger();
        orders.base.before = call -> {
            if (call.path().endsWith("/search") && pages.incrementAndGet() == 3) {
                throw new OrdersPair.Crash();
            }
        };
        assertThatThrownBy(() -> orders.pair.drain(RowTransform.NONE)).isInstanceOf(OrdersPair.Crash.class);
        orders.restart();
        orders.pass(Duration.ofSeconds(31));
        var searches = orders.base.calls("/search");

        orders.pair.drain(RowTransform.NONE);

        // four pages, two of which are known
        assertThat(orders.base.calls("/search") - searches).isEqualTo(2);
        assertThat(orders.base.creations).isZero();
        assertThat(orders.pair.status().linked()).isEqualTo(1700);
    }

    @Test
    @DisplayName("leaves the last calls of a month to people's edits, and compares rarely before")
    void quota() {
        rows(3);
        orders.settle();
        orders.pair.verify();
        orders.quota = quota(1000, 850);
        orders.restart();
        assertThat(orders.pair.verifyOnSchedule()).isEmpty();
        orders.pass(Duration.ofDays(8));
        assertThat(orders.pair.verifyOnSchedule()).isPresent();

        orders.quota = quota(1000, 960);
        orders.restart();
        orders.update("SO-1", "note", "from the ERP");
        orders.base.edit(orders.record("SO-2"), "Note", "by hand");
        var calls = orders.base.calls.size();
        assertThat(orders.pair.poll()).isZero();
        assertThat(orders.pair.probe(orders.missed::add)).isZero();
        assertThat(orders.base.calls).hasSize(calls);
        orders.deliver();
        orders.pass(Duration.ofSeconds(2));
        orders.pair.drain(RowTransform.NONE);
        assertThat(orders.value("SO-2", "note")).isEqualTo("by hand");
        assertThat(orders.cell("SO-1", "Note")).isEqualTo("note 1");

        orders.quota = quota(1000, 0);
        orders.restart();
        orders.settle();
        orders.assertEqual("SO-1");
    }

    private static Quota quota(long limit, long used) {
        return new Quota() {
            @Override
            public long limit() {
                return limit;
            }

            @Override
            public long used() {
                return used;
            }
        };
    }
}
