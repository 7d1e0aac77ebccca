package dev.camelfeishu.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.event.DeadLetters.DeadLetter;
import dev.camelfeishu.event.DeadLetters.Filter;
import dev.camelfeishu.event.DeadLetters.State;
import dev.camelfeishu.event.EventJournal.Options;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dead letters on their way again: as they came, mended by hand, and many at once. */
class DeadLetterReplayTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SOON = Duration.ofSeconds(30);

    private static JournalDatabase database;

    /** Broken while it says so; a payload with {@code fixed} always passes. */
    private volatile boolean broken = true;

    private final List<JsonNode> done = new CopyOnWriteArrayList<>();
    private final List<Instant> times = new CopyOnWriteArrayList<>();
    private PostgresEventJournal journal;
    private PostgresDeadLetters letters;

    @BeforeAll
    static void startDatabase() throws IOException {
        database = new JournalDatabase();
    }

    @AfterAll
    static void stopDatabase() throws IOException {
        database.close();
    }

    @BeforeEach
    void start() {
        database.truncate();
        letters = new PostgresDeadLetters(database.dataSource());
        journal = new PostgresEventJournal(database.dataSource(), JournalSettings.of("n1"), new SimpleMeterRegistry());
        journal.start();
        journal.subscribe("flow", new Options(1), event -> true, delivery -> {
            JsonNode event = delivery.event().event();
            if (broken && !event.path("fixed").asBoolean()) {
                throw new IllegalStateException(
                        "the ERP refuses " + event.path("kind").asText());
            }
            times.add(Instant.now());
            done.add(delivery.event().payload());
        });
        journal.open();
    }

    @AfterEach
    void stop() {
        journal.close();
    }

    private void dead(String... ids) {
        for (String id : ids) {
            append(id, id);
            // lanes work beside each other: one after the other, so that the letters are in that order
            await().atMost(SOON).until(() -> deaths(id) == 1);
        }
    }

    private void append(String id, String key) {
        ObjectNode payload = JSON.createObjectNode();
        payload.putObject("event").put("kind", id.substring(0, 1));
        journal.append(new FeishuEvent("cli_x", "t", id, "a.b_v1", key, Instant.now(), payload))
                .join();
    }

    private long deaths(String id) {
        return letters.list(Filter.of(State.NEW), 0, 100).items().stream()
                .filter(letter -> letter.eventId().equals(id))
                .count();
    }

    private DeadLetter only() {
        return letters.list(Filter.ALL, 0, 10).items().get(0);
    }

    @Test
    void an_edited_payload_is_what_the_route_gets() {
        dead("a1");
        ObjectNode edited = only().payload().deepCopy();
        ((ObjectNode) edited.get("event")).put("fixed", true);

        letters.replay(only().id(), edited);

        await().atMost(SOON).until(() -> only().state() == State.RESOLVED);
        assertThat(done).containsExactly(edited);
        assertThat(only().payload()).isEqualTo(edited);
        assertThat(database.sql.queryForObject(
                        "select payload::json -> 'event' ->> 'fixed' from feishu.event", String.class))
                .as("the event stays as it came")
                .isNull();
    }

    @Test
    void an_edit_that_did_not_help_can_be_edited_again() {
        dead("a1");
        ObjectNode edited = only().payload().deepCopy();
        ((ObjectNode) edited.get("event")).put("kind", "b");
        letters.replay(only().id(), edited);
        await().atMost(SOON).until(() -> only().attempts() == 2 && only().state() == State.NEW);
        assertThat(only().cause()).contains("refuses b");
        assertThat(only().payload()).isEqualTo(edited);

        broken = false;
        letters.replay(only().id());
        await().atMost(SOON).until(() -> only().state() == State.RESOLVED);
        assertThat(done).containsExactly(edited);
    }

    @Test
    void an_edit_keeps_the_shape_of_an_event() throws IOException {
        dead("a1");
        long id = only().id();
        for (String wrong : List.of("[]", "1", "{}", "{\"event\": []}", "{\"event\": null}")) {
            JsonNode edited = JSON.readTree(wrong);
            assertThatThrownBy(() -> letters.replay(id, edited))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("envelope of the original");
        }
        assertThat(only().state()).isEqualTo(State.NEW);
    }

    @Test
    void many_are_replayed_oldest_first_at_the_rate() {
        dead("a1", "b1", "a2", "a3", "b2", "a4");
        broken = false;

        DeadLetters.Replayed replayed = letters.replay(new Filter(null, "flow", null, "REFUSES A", null, null), 2, 3);

        assertThat(replayed.replayed()).isEqualTo(3);
        assertThat(replayed.remaining()).as("the one over the limit").isEqualTo(1);
        await().atMost(SOON).until(() -> done.size() == 3);
        assertThat(Duration.between(times.get(0), times.get(2)))
                .as("two a second: the third begins a second after the first")
                .isGreaterThan(Duration.ofMillis(900));
        assertThat(letters.list(Filter.of(State.NEW), 0, 10).items())
                .extracting(DeadLetter::eventId)
                .containsExactly("a4", "b2", "b1");
        assertThat(replayed.lastAt()).isBeforeOrEqualTo(Instant.now());
    }

    @Test
    void many_of_one_key_are_replayed_at_the_rate_too() {
        for (String id : List.of("a1", "a2", "a3")) {
            append(id, "one chat");
            await().atMost(SOON).until(() -> deaths(id) == 1);
        }
        broken = false;

        DeadLetters.Replayed replayed = letters.replay(Filter.ALL, 1, 10);

        await().atMost(SOON).until(() -> done.size() == 3);
        assertThat(times.get(0))
                .as("the first does not wait for the last of its key")
                .isBefore(replayed.lastAt().minusMillis(500));
        assertThat(Duration.between(times.get(0), times.get(2))).isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void what_cannot_be_replayed_stays() {
        letters.add("scheduled", "k", null, new IOException("away"));

        DeadLetters.Replayed replayed = letters.replay(Filter.ALL, 5, 10);

        assertThat(replayed).isEqualTo(new DeadLetters.Replayed(0, 1, null));
        assertThatThrownBy(() -> letters.replay(Filter.ALL, 0, 10)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_filter_finds_by_flow_code_cause_and_time() {
        Instant before = Instant.now().minusSeconds(1);
        letters.add("f", "k", null, new IOException("Away"));
        assertThat(found(new Filter(
                        State.NEW, "f", null, "away", before, Instant.now().plusSeconds(1))))
                .isEqualTo(1);
        assertThat(found(new Filter(null, "g", null, null, null, null))).isZero();
        assertThat(found(new Filter(null, null, 1, null, null, null))).isZero();
        assertThat(found(new Filter(null, null, null, "%", null, null))).isZero();
        assertThat(found(new Filter(null, null, null, null, null, before))).isZero();
        assertThat(found(new Filter(State.DISCARDED, null, null, null, null, null)))
                .isZero();
    }

    private long found(Filter filter) {
        return letters.list(filter, 0, 10).total();
    }
}
