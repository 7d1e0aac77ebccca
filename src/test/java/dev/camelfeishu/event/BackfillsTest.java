package dev.camelfeishu.event;

import static dev.camelfeishu.event.JournalDatabase.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import dev.camelfeishu.event.Backfills.Progress;
import dev.camelfeishu.event.Backfills.Request;
import dev.camelfeishu.event.Backfills.State;
import dev.camelfeishu.event.EventJournal.Options;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A route that comes later can be given past events")
@Timeout(60)
class BackfillsTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static JournalDatabase database;

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private PostgresEventJournal journal;

    @BeforeAll
    static void start() throws IOException {
        database = new JournalDatabase();
    }

    @AfterAll
    static void stop() throws IOException {
        database.close();
    }

    @BeforeEach
    void storeBeforeAnybodyAsks() throws Exception {
        database.truncate();
        journal = new PostgresEventJournal(database.dataSource(), JournalSettings.of("n1"), new SimpleMeterRegistry());
        journal.start();
        journal.open();
        append(IntStream.range(0, 500).mapToObj(i -> event("e%03d".formatted(i), "k")));
        // 100 to 499 are of this hour
        database.sql.update("update feishu.event set received_at = now() - interval '3 hours' where event_id < 'e100'");
        database.sql.update("update feishu.event set type = 'odd_v1' where event_id like '%5'");
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private void append(Stream<FeishuEvent> events) throws Exception {
        CompletableFuture.allOf(events.map(journal::append).toArray(CompletableFuture[]::new))
                .get(20, TimeUnit.SECONDS);
    }

    private void subscribe() {
        journal.subscribe(
                "late",
                Options.DEFAULT,
                event -> !event.eventId().endsWith("7"),
                delivery -> seen.add(delivery.event().eventId()));
    }

    private static Request lastHour(Set<String> types) {
        return new Request(Instant.now().minusSeconds(3_600), Instant.now().plusSeconds(60), types, 5_000);
    }

    private Progress done() {
        return await().atMost(SOON)
                .until(() -> journal.backfills().progress("late").orElseThrow(), last -> last.state() == State.DONE);
    }

    @Test
    void in_their_order_and_only_what_its_filter_accepts() {
        subscribe();
        journal.backfills().begin("late", lastHour(Set.of()));
        assertThat(done()).isEqualTo(new Progress(State.DONE, 400, 360));
        await().atMost(SOON).until(() -> seen.size() == 360);
        assertThat(seen).isSorted().startsWith("e100").doesNotContain("e107").endsWith("e499");
    }

    @Test
    void of_the_types_it_asks_for() {
        subscribe();
        journal.backfills().begin("late", lastHour(Set.of("odd_v1")));
        done();
        await().atMost(SOON).until(() -> seen.size() == 40);
        assertThat(seen).allMatch(id -> id.endsWith("5"));
    }

    @Test
    void asked_for_twice_it_gets_each_once() throws Exception {
        subscribe();
        append(IntStream.range(500, 510).mapToObj(i -> event("e%03d".formatted(i), "k")));
        journal.backfills().begin("late", lastHour(Set.of()));
        assertThat(done().given()).isEqualTo(360);
        journal.backfills().begin("late", lastHour(Set.of()));
        await().atMost(SOON).until(() -> done().given() == 0);
        await().atMost(SOON).until(() -> database.states().stream().allMatch("DONE"::equals));
        assertThat(seen).hasSize(369).doesNotHaveDuplicates();
    }

    @Test
    void at_a_limited_rate() {
        subscribe();
        Request slow = new Request(Instant.now().minusSeconds(3_600), Instant.now(), Set.of(), 100);
        long begun = System.nanoTime();
        journal.backfills().begin("late", slow);
        assertThatThrownBy(() -> journal.backfills().begin("late", slow))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("under way");
        done();
        // 400 events in steps of 200, the last of which is not waited for
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(2));
    }

    @Test
    void of_a_time_that_holds_none() {
        subscribe();
        journal.backfills()
                .begin(
                        "late",
                        new Request(
                                Instant.now().minusSeconds(36_000),
                                Instant.now().minusSeconds(20_000),
                                Set.of(),
                                5_000));
        assertThat(done()).isEqualTo(new Progress(State.DONE, 0, 0));
    }

    @Test
    void who_is_not_there_is_given_nothing() {
        assertThatThrownBy(() -> journal.backfills().begin("nobody", lastHour(Set.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nobody");
    }

    @Test
    void what_no_route_has_asked_for_can_be_seen() throws Exception {
        subscribe();
        append(Stream.of(event("claimed", "k")));
        StoredEvents events = new StoredEvents(database.dataSource());
        assertThat(events.newest("", false, Long.MAX_VALUE, 2))
                .extracting(StoredEvents.StoredEvent::eventId, StoredEvents.StoredEvent::deliveries)
                .containsExactly(tuple("claimed", 1), tuple("e499", 0));
        List<StoredEvents.StoredEvent> odd = events.newest("odd_v1", true, Long.MAX_VALUE, 2);
        assertThat(odd).extracting(StoredEvents.StoredEvent::eventId).containsExactly("e495", "e485");
        assertThat(events.newest("odd_v1", true, odd.get(1).id(), 1))
                .extracting(StoredEvents.StoredEvent::eventId)
                .containsExactly("e475");
    }

    @Test
    void and_people_find_events_by_what_they_know_of_them() throws Exception {
        journal.subscribe("first", Options.DEFAULT, event -> event.eventId().startsWith("claimed"), delivery -> {});
        append(Stream.of(event("claimed1", "chat-1"), event("claimed2", "chat-2")));
        await().atMost(SOON).until(() -> database.states().stream().allMatch("DONE"::equals));
        EventSearch events = new EventSearch(database.dataSource());

        EventSearch.Page first = events.find(query(null, null, null, null, null), Long.MAX_VALUE, 2);
        assertThat(first.items())
                .extracting(EventSearch.Found::eventId, EventSearch.Found::state)
                .containsExactly(tuple("claimed2", EventSearch.State.DONE), tuple("claimed1", EventSearch.State.DONE));
        assertThat(ids(events.find(query(null, null, null, null, null), first.next(), 1)))
                .containsExactly("e499");
        assertThat(ids(events.find(query("odd", null, null, null, null), Long.MAX_VALUE, 2)))
                .containsExactly("e495", "e485");
        assertThat(ids(events.find(query(null, "chat-", null, null, null), Long.MAX_VALUE, 9)))
                .containsExactly("claimed2", "claimed1");
        assertThat(ids(events.find(query(null, null, "e042", null, null), Long.MAX_VALUE, 9)))
                .containsExactly("e042");
        assertThat(ids(events.find(query(null, null, "e04", null, null), Long.MAX_VALUE, 9)))
                .isEmpty();
        Instant hourAgo = Instant.now().minusSeconds(3_600);
        assertThat(ids(events.find(query(null, null, null, null, hourAgo), Long.MAX_VALUE, 1)))
                .containsExactly("e099");
        assertThat(ids(events.find(query(null, null, null, hourAgo, null), Long.MAX_VALUE, 1_000)))
                .hasSize(402)
                .doesNotContain("e099");
        assertThat(events.find(
                                new EventSearch.Query(null, null, null, null, null, EventSearch.State.OPEN),
                                Long.MAX_VALUE,
                                9)
                        .items())
                .isEmpty();

        EventSearch.Whole one = events.one(first.items().get(0).id()).orElseThrow();
        assertThat(one.payload()).isNotNull();
        assertThat(one.traceId()).hasSize(32);
        assertThat(one.deliveries())
                .extracting(
                        EventSearch.Delivery::subscription, EventSearch.Delivery::state, EventSearch.Delivery::attempts)
                .containsExactly(tuple("first", EventSearch.State.DONE, 1));
        assertThat(events.one(0)).isEmpty();
    }

    private static EventSearch.Query query(String type, String key, String id, Instant since, Instant until) {
        return new EventSearch.Query(type, key, id, since, until, null);
    }

    private static List<String> ids(EventSearch.Page page) {
        return page.items().stream().map(EventSearch.Found::eventId).toList();
    }
}
