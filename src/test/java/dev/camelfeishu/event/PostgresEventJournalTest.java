package dev.camelfeishu.event;

import static dev.camelfeishu.event.JournalDatabase.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.camelfeishu.event.DeadLetters.State;
import dev.camelfeishu.event.EventJournal.Appended;
import dev.camelfeishu.event.EventJournal.Awaited;
import dev.camelfeishu.event.EventJournal.Delivery;
import dev.camelfeishu.event.EventJournal.Options;
import dev.camelfeishu.openapi.FeishuRejectedException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

@DisplayName("The journal on PostgreSQL")
@Timeout(60)
class PostgresEventJournalTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private static JournalDatabase database;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        database = new JournalDatabase();
    }

    @AfterAll
    static void stop() throws IOException {
        database.close();
    }

    @BeforeEach
    void empty() {
        database.truncate();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    private static JournalSettings settings(String node) {
        return JournalSettings.of(node)
                .withBackOff(Duration.ofMillis(40), Duration.ofMillis(200))
                .withShutdown(Duration.ofMillis(500));
    }

    /** Started, not open. */
    private PostgresEventJournal journal(JournalSettings settings) {
        return journal(settings, database.dataSource());
    }

    private PostgresEventJournal journal(JournalSettings settings, javax.sql.DataSource dataSource) {
        PostgresEventJournal journal = new PostgresEventJournal(dataSource, settings, meters);
        open.add(0, journal);
        journal.start();
        return journal;
    }

    private PostgresEventJournal journal() {
        return journal(settings("n1"));
    }

    private static Appended append(EventJournal journal, FeishuEvent event) throws Exception {
        return journal.append(event).get(10, TimeUnit.SECONDS);
    }

    private static List<String> ids(List<Delivery> deliveries) {
        return deliveries.stream().map(delivery -> delivery.event().eventId()).toList();
    }

    @Test
    void stores_an_event_and_delivers_it_whole() throws Exception {
        PostgresEventJournal journal = journal();
        List<Delivery> seen = new CopyOnWriteArrayList<>();
        journal.subscribe("flow", Options.DEFAULT, event -> true, seen::add);
        journal.open();

        FeishuEvent event = event("e1", "k");
        Appended appended = append(journal, event);

        await().atMost(SOON).until(() -> database.states().equals(List.of("DONE")));
        assertThat(appended.duplicate()).isFalse();
        assertThat(appended.deliveries()).isEqualTo(1);
        assertThat(seen).hasSize(1);
        assertThat(seen.get(0)).isEqualTo(new Delivery(appended.deliveryIds().get(0), "flow", event, 1, 0));
        assertThat(database.sql.queryForObject("select count(*) from feishu.lease", Integer.class))
                .isZero();
    }

    @Test
    void what_is_logged_during_a_delivery_names_its_event_route_and_trace() throws Exception {
        PostgresEventJournal journal = journal();
        List<Map<String, String>> logged = new CopyOnWriteArrayList<>();
        journal.subscribe("flow", Options.DEFAULT, event -> true, delivery -> logged.add(MDC.getCopyOfContextMap()));
        journal.open();

        FeishuEvent event = event("e1", "k");
        Appended appended = append(journal, event);

        await().atMost(SOON).until(() -> logged.size() == 1);
        assertThat(logged.get(0))
                .containsEntry("event_id", "e1")
                .containsEntry("route", "flow")
                .containsEntry("tenant", event.tenantKey())
                .containsEntry(
                        "reference", String.valueOf(appended.deliveryIds().get(0)))
                .containsEntry("trace_id", event.trace().traceId());
    }

    @Test
    void delivers_within_milliseconds_of_the_commit() throws Exception {
        PostgresEventJournal journal = journal();
        Map<String, Long> begun = new ConcurrentHashMap<>();
        journal.subscribe(
                "flow", Options.DEFAULT, event -> true, d -> begun.put(d.event().eventId(), System.nanoTime()));
        journal.open();
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String id = "e" + i;
            append(journal, event(id, id));
            long committed = System.nanoTime();
            await().atMost(SOON).pollInterval(Duration.ofMillis(1)).until(() -> begun.containsKey(id));
            micros.add((begun.get(id) - committed) / 1_000);
        }
        micros.sort(null);
        // the poll is every second: only a direct wake is this quick
        assertThat(micros.get(50)).isLessThan(200_000);
    }

    @Test
    void a_duplicate_has_no_second_effect() throws Exception {
        PostgresEventJournal journal = journal();
        List<Delivery> seen = new CopyOnWriteArrayList<>();
        journal.subscribe("flow", Options.DEFAULT, event -> true, seen::add);
        journal.open();

        Appended first = append(journal, event("e1", "k"));
        Appended second = append(journal, event("e1", "k"));
        Appended last = append(journal, event("e2", "k"));

        await().atMost(SOON).until(() -> seen.size() == 2);
        assertThat(second).isEqualTo(new Appended(first.id(), true, 0));
        assertThat(last.duplicate()).isFalse();
        assertThat(ids(seen)).containsExactly("e1", "e2");
        assertThat(meters.counter("feishu.events.appended", "duplicate", "true").count())
                .isEqualTo(1);
    }

    @Test
    void the_same_id_of_another_tenant_is_another_event() throws Exception {
        PostgresEventJournal journal = journal();
        journal.open();
        FeishuEvent event = event("e1", "k");
        append(journal, event);
        FeishuEvent other = new FeishuEvent(
                event.appId(), "t2", event.eventId(), event.type(), event.key(), event.createdAt(), event.payload());
        assertThat(append(journal, other).duplicate()).isFalse();
    }

    @Test
    void a_thousand_concurrent_appends_share_commits_and_each_event_is_stored_once() throws Exception {
        PostgresEventJournal journal = journal();
        AtomicInteger delivered = new AtomicInteger();
        journal.subscribe("flow", Options.DEFAULT, event -> true, delivery -> delivered.incrementAndGet());
        journal.open();
        long before = commits();

        List<CompletableFuture<Appended>> appends = IntStream.range(0, 1_000)
                .parallel()
                .mapToObj(i -> journal.append(event("e" + i % 900, "k" + i % 50)))
                .toList();
        CompletableFuture.allOf(appends.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);

        assertThat(appends.stream().filter(append -> append.join().duplicate()).count())
                .isEqualTo(100);
        assertThat(database.sql.queryForObject("select count(*) from feishu.event", Integer.class))
                .isEqualTo(900);
        assertThat(database.sql.queryForObject("select count(distinct xmin::text) from feishu.event", Integer.class))
                .as("commits for 900 events")
                .isLessThan(300);
        await().atMost(SOON).until(() -> delivered.get() == 900);
        await().atMost(SOON).until(() -> database.states().stream().allMatch("DONE"::equals));
        assertThat(commits()).isGreaterThanOrEqualTo(before);
    }

    private static long commits() {
        Long commits = database.sql.queryForObject(
                "select xact_commit from pg_stat_database where datname = current_database()", Long.class);
        return commits == null ? 0 : commits;
    }

    @Test
    void one_row_that_cannot_be_stored_fails_alone() throws Exception {
        PostgresEventJournal journal = journal(settings("n1").withQueue(1_000_000, 256));
        journal.open();
        FeishuEvent poison = event("poison", "a\u0000b");

        List<CompletableFuture<Appended>> appends = IntStream.range(0, 100)
                .mapToObj(i -> journal.append(i == 50 ? poison : event("e" + i, "k")))
                .toList();

        for (int i = 0; i < 100; i++) {
            CompletableFuture<Appended> append = appends.get(i);
            if (i == 50) {
                assertThatThrownBy(() -> append.get(10, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(JournalUnavailableException.class);
            } else {
                assertThat(append.get(10, TimeUnit.SECONDS).duplicate()).isFalse();
            }
        }
        assertThat(database.sql.queryForObject("select count(*) from feishu.event", Integer.class))
                .isEqualTo(99);
    }

    @Test
    void an_event_nobody_wants_is_kept() throws Exception {
        PostgresEventJournal journal = journal();
        journal.subscribe("picky", Options.DEFAULT, event -> false, delivery -> {});
        journal.open();
        assertThat(append(journal, event("e1", "k")).deliveries()).isZero();
        assertThat(database.sql.queryForList("select event_id from feishu.event", String.class))
                .containsExactly("e1");
    }

    @Test
    void a_filter_that_throws_loses_nothing() throws Exception {
        PostgresEventJournal journal = journal();
        List<String> seen = new CopyOnWriteArrayList<>();
        journal.subscribe(
                "broken",
                Options.DEFAULT,
                event -> {
                    throw new IllegalStateException("filter");
                },
                delivery -> seen.add("broken"));
        journal.subscribe("whole", Options.DEFAULT, event -> true, delivery -> seen.add("whole"));
        journal.open();
        assertThat(append(journal, event("e1", "k")).deliveries()).isEqualTo(2);
        await().atMost(SOON).untilAsserted(() -> assertThat(seen).containsExactlyInAnyOrder("broken", "whole"));
    }

    @Test
    void nothing_is_accepted_before_it_is_open_or_after_it_is_closed() {
        PostgresEventJournal journal = journal();
        assertThatThrownBy(() -> append(journal, event("e1", "k")))
                .hasCauseInstanceOf(JournalUnavailableException.class);
        journal.open();
        journal.close();
        assertThatThrownBy(() -> append(journal, event("e1", "k")))
                .hasCauseInstanceOf(JournalUnavailableException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void a_full_queue_refuses_and_a_stuck_database_times_out() throws Exception {
        HikariDataSource own = database.pool();
        open.add(own);
        PostgresEventJournal journal = journal(settings("n1").withQueue(100, 1), own);
        journal.open();
        try (java.sql.Connection blocker = database.dataSource().getConnection()) {
            blocker.setAutoCommit(false);
            try (java.sql.Statement statement = blocker.createStatement()) {
                statement.execute("lock table feishu.event in exclusive mode");
            }
            CompletableFuture<Appended> stuck = journal.append(event("e0", "k"));
            List<CompletableFuture<Appended>> more = IntStream.range(1, 10)
                    .mapToObj(i -> journal.append(event("e" + i, "k")))
                    .toList();
            assertThat(more.get(8)).isCompletedExceptionally();
            assertThatThrownBy(() -> more.get(8).get()).hasMessageContaining("Events of 100 characters wait");
            assertThatThrownBy(() -> stuck.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(TimeoutException.class);
            blocker.rollback();
        }
        // what was accepted is stored after all, and its redelivery is a duplicate
        await().atMost(SOON).until(() -> append(journal, event("e0", "k")).duplicate());
    }

    @Test
    void closing_while_the_database_hangs_ends_the_writer_quietly() throws Exception {
        HikariDataSource own = database.pool();
        open.add(own);
        PostgresEventJournal journal = journal(settings("n1"), own);
        journal.open();
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        Thread writer = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("feishu-journal-writer"))
                .findFirst()
                .orElseThrow();
        writer.setUncaughtExceptionHandler((thread, thrown) -> uncaught.add(thrown));
        try (java.sql.Connection blocker = database.dataSource().getConnection()) {
            blocker.setAutoCommit(false);
            try (java.sql.Statement statement = blocker.createStatement()) {
                statement.execute("lock table feishu.event in exclusive mode");
            }
            CompletableFuture<Appended> stuck = journal.append(event("e0", "k"));
            await().atMost(SOON).until(() -> writer.getState() != Thread.State.WAITING);
            journal.close();
            assertThat(writer.isAlive()).isTrue();
            assertThat(stuck).failsWithin(SOON);
            blocker.rollback();
        }
        writer.join(SOON.toMillis());
        assertThat(writer.isAlive()).isFalse();
        assertThat(uncaught).isEmpty();
    }

    @Test
    void a_key_with_many_deliveries_needs_few_claims() throws Exception {
        PostgresEventJournal journal = journal();
        List<String> seen = new CopyOnWriteArrayList<>();
        EventJournal.Subscription subscription = journal.subscribe(
                "flow", Options.DEFAULT, event -> true, d -> seen.add(d.event().eventId()));
        subscription.pause();
        journal.open();
        List<String> expected =
                IntStream.range(0, 500).mapToObj(i -> "e%03d".formatted(i)).toList();
        CompletableFuture.allOf(expected.stream()
                        .map(id -> journal.append(event(id, "hot")))
                        .toArray(CompletableFuture[]::new))
                .get(10, TimeUnit.SECONDS);
        long before = claims();
        subscription.resume();
        await().atMost(SOON).until(() -> database.states().stream().allMatch("DONE"::equals));
        assertThat(seen).containsExactlyElementsOf(expected);
        // the server's statistics come late
        await().atMost(Duration.ofSeconds(20)).until(() -> claims() > before);
        assertThat(claims() - before).isLessThan(100);
    }

    /** Each claim that takes a key makes a lease. */
    private static long claims() {
        database.sql.execute("select pg_stat_force_next_flush()");
        return database.sql.queryForObject(
                "select n_tup_ins from pg_stat_user_tables where schemaname = 'feishu' and relname = 'lease'",
                Long.class);
    }

    @Test
    void one_subscription_with_much_to_do_does_not_starve_another() throws Exception {
        PostgresEventJournal journal = journal(settings("n1").withLanes(4));
        CountDownLatch never = new CountDownLatch(1);
        List<String> seen = new CopyOnWriteArrayList<>();
        journal.subscribe("bulk", Options.DEFAULT, event -> event.eventId().startsWith("bulk"), d -> never.await());
        journal.subscribe(
                "bot",
                Options.DEFAULT,
                event -> event.eventId().startsWith("bot"),
                d -> seen.add(d.event().eventId()));
        journal.open();
        for (int i = 0; i < 50; i++) {
            append(journal, event("bulk" + i, "k" + i));
        }
        append(journal, event("bot1", "b"));
        await().atMost(SOON).untilAsserted(() -> assertThat(seen).containsExactly("bot1"));
        never.countDown();
    }

    @Test
    void events_of_one_key_are_delivered_one_by_one_in_their_order() throws Exception {
        PostgresEventJournal journal = journal();
        Map<String, List<Integer>> order = new ConcurrentHashMap<>();
        Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
        AtomicBoolean overlapped = new AtomicBoolean();
        Set<String> threads = ConcurrentHashMap.newKeySet();
        journal.subscribe("flow", Options.DEFAULT, event -> true, delivery -> {
            String key = delivery.event().key();
            threads.add(Thread.currentThread().getName());
            AtomicInteger now = running.computeIfAbsent(key, k -> new AtomicInteger());
            if (now.incrementAndGet() > 1) {
                overlapped.set(true);
            }
            int number = Integer.parseInt(delivery.event().eventId().split("-")[1]);
            if (number % 7 == 0 && delivery.attempt() == 1) {
                now.decrementAndGet();
                throw new IllegalStateException("once");
            }
            order.computeIfAbsent(key, k -> new CopyOnWriteArrayList<>()).add(number);
            now.decrementAndGet();
        });
        journal.open();
        for (int i = 0; i < 30; i++) {
            for (int k = 0; k < 10; k++) {
                journal.append(event("k" + k + "-" + i, "k" + k));
            }
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> order.size() == 10 && order.values().stream().allMatch(list -> list.size() == 30));
        assertThat(overlapped).isFalse();
        assertThat(order.values())
                .allSatisfy(list -> assertThat(list).isSorted().doesNotHaveDuplicates());
        assertThat(threads).hasSizeGreaterThan(1);
    }

    @Test
    void a_failing_key_holds_back_itself_only() throws Exception {
        PostgresEventJournal journal =
                journal(settings("n1").withLanes(2).withBackOff(Duration.ofHours(1), Duration.ofHours(1)));
        List<String> done = new CopyOnWriteArrayList<>();
        journal.subscribe("flow", new Options(3), event -> true, delivery -> {
            if (delivery.event().key().equals("bad")) {
                throw new IllegalStateException("no");
            }
            done.add(delivery.event().eventId());
        });
        journal.open();
        append(journal, event("bad1", "bad"));
        // more than one look at the table takes in at once
        CompletableFuture<?>[] behind = IntStream.range(0, 1_200)
                .mapToObj(i -> journal.append(event("behind" + i, "bad")))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(behind).get(10, TimeUnit.SECONDS);
        append(journal, event("good1", "good"));
        append(journal, event("good2", "good"));

        await().atMost(SOON).until(() -> done.size() == 2);
        assertThat(done).containsExactly("good1", "good2");
        assertThat(database.sql.queryForObject(
                        "select sum(attempts) from feishu.delivery where lane_key = 'bad'", Integer.class))
                .isEqualTo(1);
    }

    @Test
    void one_subscription_that_fails_does_not_hold_back_another() throws Exception {
        PostgresEventJournal journal = journal();
        List<String> seen = new CopyOnWriteArrayList<>();
        journal.subscribe("bad", new Options(100), event -> true, delivery -> {
            throw new IllegalStateException("no");
        });
        journal.subscribe(
                "good", Options.DEFAULT, event -> true, d -> seen.add(d.event().eventId()));
        journal.open();
        append(journal, event("e1", "k"));
        append(journal, event("e2", "k"));
        await().atMost(SOON).untilAsserted(() -> assertThat(seen).containsExactly("e1", "e2"));
    }

    @Test
    void after_its_last_attempt_a_delivery_is_a_dead_letter_and_the_key_goes_on() throws Exception {
        PostgresEventJournal journal = journal();
        DeadLetters letters = new PostgresDeadLetters(database.dataSource());
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        List<String> done = new CopyOnWriteArrayList<>();
        journal.subscribe("flow", new Options(3), event -> true, delivery -> {
            if (delivery.event().eventId().equals("bad")) {
                attempts.add(delivery.attempt());
                throw new IllegalStateException(
                        "outer", new IOException("ERP answered 500\nsecond line password=hunter2"));
            }
            done.add(delivery.event().eventId());
        });
        journal.open();
        Appended bad = append(journal, event("bad", "k"));
        append(journal, event("next", "k"));

        await().atMost(SOON).until(() -> done.size() == 1);
        assertThat(attempts).containsExactly(1, 2, 3);
        DeadLetters.DeadLetter letter =
                letters.list(DeadLetters.Filter.of(State.NEW), 0, 10).items().get(0);
        assertThat(letter.flow()).isEqualTo("flow");
        assertThat(letter.eventId()).isEqualTo("bad");
        assertThat(letter.attempts()).isEqualTo(3);
        assertThat(letter.cause()).isEqualTo("IOException: ERP answered 500 second line password=***");
        assertThat(letter.code()).isNull();
        assertThat(letter.reference()).isEqualTo(bad.deliveryIds().get(0).toString());
        assertThat(letter.payload()).isEqualTo(event("bad", "k").payload());
    }

    @Test
    void what_feishu_rejects_is_not_tried_again() throws Exception {
        PostgresEventJournal journal = journal();
        AtomicInteger attempts = new AtomicInteger();
        journal.subscribe("flow", Options.DEFAULT, event -> true, delivery -> {
            attempts.incrementAndGet();
            throw new IllegalStateException(
                    "in the route", new FeishuRejectedException("no access", 400, 230002, "log-1", null, false, null));
        });
        journal.open();
        append(journal, event("e1", "k"));
        await().atMost(SOON).until(() -> database.states().equals(List.of("DEAD")));
        DeadLetters.DeadLetter letter = new PostgresDeadLetters(database.dataSource())
                .list(DeadLetters.Filter.ALL, 0, 10)
                .items()
                .get(0);
        assertThat(attempts).hasValue(1);
        assertThat(letter.code()).isEqualTo(230002);
        assertThat(letter.logId()).isEqualTo("log-1");
    }

    @Test
    void a_replay_that_succeeds_resolves_the_dead_letter() throws Exception {
        PostgresEventJournal journal = journal();
        PostgresDeadLetters letters = new PostgresDeadLetters(database.dataSource());
        AtomicBoolean broken = new AtomicBoolean(true);
        List<Delivery> seen = new CopyOnWriteArrayList<>();
        journal.subscribe("flow", new Options(1), event -> true, delivery -> {
            seen.add(delivery);
            if (broken.get()) {
                throw new IllegalStateException("down");
            }
        });
        journal.open();
        append(journal, event("e1", "k"));
        await().atMost(SOON)
                .until(() ->
                        letters.list(DeadLetters.Filter.of(State.NEW), 0, 10).total() == 1);
        long id = letters.list(DeadLetters.Filter.of(State.NEW), 0, 10)
                .items()
                .get(0)
                .id();

        letters.replay(id);
        await().atMost(SOON)
                .until(() -> letters.find(id).orElseThrow().attempts() == 2
                        && letters.find(id).orElseThrow().state() == State.NEW);
        assertThat(letters.list(DeadLetters.Filter.ALL, 0, 10).total()).isEqualTo(1);

        broken.set(false);
        letters.replay(id);
        await().atMost(SOON).until(() -> letters.find(id).orElseThrow().state() == State.RESOLVED);
        assertThat(seen).extracting(Delivery::replay).containsExactly(0, 1, 2);
        assertThat(seen).extracting(Delivery::attempt).containsExactly(1, 1, 1);
        assertThatThrownBy(() -> letters.replay(id)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_killed_process_of_the_same_node_is_succeeded_at_once() throws Exception {
        HikariDataSource killed = database.pool();
        PostgresEventJournal first = journal(settings("n1"), killed);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        first.subscribe("flow", new Options(1), event -> true, delivery -> {
            begun.countDown();
            never.await();
        });
        first.open();
        append(first, event("e1", "k"));
        append(first, event("e2", "k"));
        begun.await();
        database.sever(killed);

        Instant restarted = Instant.now();
        PostgresEventJournal second = journal(settings("n1"));
        List<Delivery> seen = new CopyOnWriteArrayList<>();
        second.subscribe("flow", new Options(1), event -> true, seen::add);
        second.open();
        await().atMost(SOON).until(() -> seen.size() == 2);
        // its lease would have run for 30 s
        assertThat(Duration.between(restarted, Instant.now())).isLessThan(Duration.ofSeconds(5));
        assertThat(ids(seen)).containsExactly("e1", "e2");
        // a process that ends is not the delivery's failure, even where one attempt is all it has
        assertThat(seen.get(0).attempt()).isEqualTo(2);
        never.countDown();
    }

    @Test
    void a_killed_process_of_another_node_is_succeeded_when_its_lease_ends() throws Exception {
        HikariDataSource killed = database.pool();
        PostgresEventJournal first = journal(settings("n1").withLease(Duration.ofSeconds(2)), killed);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        first.subscribe("flow", Options.DEFAULT, event -> true, delivery -> {
            begun.countDown();
            never.await();
        });
        first.open();
        append(first, event("e1", "k"));
        begun.await();

        PostgresEventJournal second = journal(settings("n2").withLease(Duration.ofSeconds(2)));
        List<Delivery> seen = new CopyOnWriteArrayList<>();
        second.subscribe("flow", Options.DEFAULT, event -> true, seen::add);
        second.open();
        await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(5)).until(seen::isEmpty);
        database.sever(killed);
        await().atMost(SOON).until(() -> seen.size() == 1);
        never.countDown();
    }

    @Test
    void processes_that_share_a_database_share_the_work_and_keep_the_order() throws Exception {
        Map<String, List<Integer>> order = new ConcurrentHashMap<>();
        Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
        AtomicBoolean overlapped = new AtomicBoolean();
        Map<String, AtomicInteger> perNode = new ConcurrentHashMap<>();
        List<PostgresEventJournal> nodes = new ArrayList<>();
        for (String node : List.of("n1", "n2", "n3")) {
            HikariDataSource pool = database.pool();
            open.add(pool);
            PostgresEventJournal journal = journal(settings(node).withLanes(4), pool);
            journal.subscribe("flow", Options.DEFAULT, event -> true, delivery -> {
                String key = delivery.event().key();
                AtomicInteger now = running.computeIfAbsent(key, k -> new AtomicInteger());
                if (now.incrementAndGet() > 1) {
                    overlapped.set(true);
                }
                perNode.computeIfAbsent(node, n -> new AtomicInteger()).incrementAndGet();
                order.computeIfAbsent(key, k -> new CopyOnWriteArrayList<>())
                        .add(Integer.parseInt(delivery.event().eventId().split("-")[1]));
                now.decrementAndGet();
            });
            journal.open();
            nodes.add(journal);
        }
        List<CompletableFuture<Appended>> appends = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            for (int k = 0; k < 12; k++) {
                appends.add(nodes.get(k % 3).append(event("k" + k + "-" + i, "k" + k)));
            }
        }
        CompletableFuture.allOf(appends.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> order.values().stream().mapToInt(List::size).sum() >= 480);
        await().atMost(SOON).until(() -> database.states().stream().allMatch("DONE"::equals));
        assertThat(overlapped).isFalse();
        assertThat(order.values()).allSatisfy(list -> {
            assertThat(list).isSorted();
            assertThat(new HashSet<>(list)).hasSize(40);
            assertThat(list).hasSize(40);
        });
        assertThat(perNode).hasSize(3);
    }

    @Test
    void a_process_hears_of_what_another_appended() throws Exception {
        PostgresEventJournal writer = journal(settings("n1"));
        HikariDataSource pool = database.pool();
        open.add(pool);
        PostgresEventJournal reader = journal(settings("n2"), pool);
        List<Delivery> seen = new CopyOnWriteArrayList<>();
        CountDownLatch never = new CountDownLatch(1);
        var paused = writer.subscribe("flow", Options.DEFAULT, event -> true, delivery -> never.await());
        paused.pause();
        reader.subscribe("flow", Options.DEFAULT, event -> true, seen::add);
        writer.open();
        reader.open();
        append(writer, event("e1", "k"));
        await().atMost(SOON).until(() -> seen.size() == 1);
        never.countDown();
    }

    @Test
    void a_long_handler_keeps_its_lease() throws Exception {
        PostgresEventJournal journal = journal(settings("n1").withLease(Duration.ofMillis(900)));
        AtomicInteger begun = new AtomicInteger();
        CountDownLatch end = new CountDownLatch(1);
        journal.subscribe("flow", Options.DEFAULT, event -> true, delivery -> {
            begun.incrementAndGet();
            end.await();
        });
        journal.open();
        append(journal, event("e1", "k"));
        await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(5)).until(() -> begun.get() <= 1);
        end.countDown();
        await().atMost(SOON).until(() -> database.states().equals(List.of("DONE")));
        assertThat(begun).hasValue(1);
    }

    @Test
    void a_subscription_can_be_paused_resumed_and_cancelled() throws Exception {
        PostgresEventJournal journal = journal();
        List<Delivery> seen = new CopyOnWriteArrayList<>();
        EventJournal.Subscription subscription = journal.subscribe("flow", Options.DEFAULT, event -> true, seen::add);
        assertThatThrownBy(() -> journal.subscribe("flow", Options.DEFAULT, event -> true, seen::add))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("flow");
        journal.open();
        subscription.pause();
        append(journal, event("e1", "k"));
        await().during(Duration.ofMillis(1_500)).atMost(SOON).until(seen::isEmpty);
        subscription.resume();
        await().atMost(SOON).until(() -> seen.size() == 1);

        subscription.pause();
        append(journal, event("e2", "k"));
        subscription.cancel();
        assertThat(append(journal, event("e3", "k")).deliveries()).isZero();
        assertThat(database.states()).containsExactly("DONE", "OPEN");

        journal.subscribe("flow", Options.DEFAULT, event -> true, seen::add);
        await().atMost(SOON).untilAsserted(() -> assertThat(ids(seen)).containsExactly("e1", "e2"));
    }

    @Test
    void handlers_interrupted_at_shutdown_have_not_failed() throws Exception {
        PostgresEventJournal journal = journal();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        journal.subscribe("flow", new Options(1), event -> true, delivery -> {
            begun.countDown();
            never.await();
        });
        journal.open();
        append(journal, event("e1", "k"));
        begun.await();
        journal.close();
        Map<String, Object> row = database.sql.queryForMap("select state, attempts, last_error from feishu.delivery");
        assertThat(row)
                .containsEntry("state", "OPEN")
                .containsEntry("attempts", 0)
                .containsEntry("last_error", null);
        assertThat(database.sql.queryForObject("select count(*) from feishu.lease", Integer.class))
                .isZero();
    }

    @Test
    void running_handlers_may_end_before_it_closes() throws Exception {
        PostgresEventJournal journal = journal(settings("n1").withShutdown(Duration.ofSeconds(20)));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        journal.subscribe("flow", new Options(1), event -> true, delivery -> {
            begun.countDown();
            end.await();
        });
        journal.open();
        append(journal, event("e1", "k"));
        begun.await();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(journal::close);
        end.countDown();
        closing.get(20, TimeUnit.SECONDS);
        assertThat(database.states()).containsExactly("DONE");
    }

    @Test
    void a_delivery_that_ends_the_process_each_time_becomes_a_dead_letter() throws Exception {
        PostgresEventJournal journal = journal();
        AtomicInteger begun = new AtomicInteger();
        EventJournal.Subscription subscription =
                journal.subscribe("flow", new Options(2), event -> true, delivery -> begun.incrementAndGet());
        subscription.pause();
        journal.open();
        append(journal, event("e1", "k"));
        database.sql.update("update feishu.delivery set attempts = 22");
        subscription.resume();
        await().atMost(SOON).until(() -> database.states().equals(List.of("DEAD")));
        assertThat(begun).hasValue(0);
    }

    @Test
    void the_sender_of_a_callback_learns_the_outcome_of_the_first_attempt() throws Exception {
        PostgresEventJournal journal = journal();
        CountDownLatch go = new CountDownLatch(1);
        journal.subscribe("flow", Options.DEFAULT, event -> !event.eventId().equals("unknown"), delivery -> {
            go.await();
            if (delivery.event().eventId().equals("bad")) {
                throw new IllegalStateException("no");
            }
        });
        journal.open();
        Awaited good = journal.appendCallback(event("good", "g")).get(10, TimeUnit.SECONDS);
        Awaited bad = journal.appendCallback(event("bad", "b")).get(10, TimeUnit.SECONDS);
        Awaited unknown = journal.appendCallback(event("unknown", "u")).get(10, TimeUnit.SECONDS);
        assertThat(good.outcome()).isNotDone();
        assertThat(unknown.outcome()).isCompleted();
        assertThat(unknown.appended().deliveries()).isZero();
        go.countDown();
        good.outcome().get(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> bad.outcome().get(10, TimeUnit.SECONDS)).hasRootCauseMessage("no");
    }

    @Test
    void it_survives_the_loss_of_its_connections() throws Exception {
        PostgresEventJournal journal = journal();
        List<Delivery> seen = new CopyOnWriteArrayList<>();
        journal.subscribe("flow", Options.DEFAULT, event -> true, seen::add);
        journal.open();
        append(journal, event("e1", "k"));
        await().atMost(SOON).until(() -> seen.size() == 1);
        database.sql.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()");
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
            append(journal, event("e2", "k"));
            return true;
        });
        await().atMost(SOON).untilAsserted(() -> assertThat(ids(seen)).containsExactly("e1", "e2"));
    }

    @Test
    void lag_and_dead_letters_are_measured() throws Exception {
        database.sql.update("""
                insert into feishu.dead_letter (flow, cause, fingerprint, attempts) values ('f', 'c', 'c', 1)""");
        database.sql.update("""
                with e as (insert into feishu.event (app_id, tenant_key, event_id, type, lane_key, created_at, payload)
                           values ('a', 't', 'e', 'x', 'k', now(), '{}') returning id)
                insert into feishu.delivery (event_id, subscription, lane_key, created_at)
                select id, 'nobody', 'k', now() - interval '1 hour' from e""");
        PostgresEventJournal journal = journal();
        journal.subscribe("flow", Options.DEFAULT, event -> true, delivery -> {});
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                meters.get("feishu.delivery.lag").gauge().value())
                        .isBetween(3_500.0, 3_700.0));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(journal.state().subscriptions())
                        .extracting(state -> state.name(), state -> state.here(), state -> state.open())
                        .containsExactly(tuple("flow", true, 0L), tuple("nobody", false, 1L)));
        assertThat(meters.get("feishu.subscription.lag")
                        .tag("subscription", "nobody")
                        .gauge()
                        .value())
                .isBetween(3_500.0, 3_700.0);
        assertThat(meters.get("feishu.deadletters").gauge().value()).isEqualTo(1);
    }
}
