package dev.camelfeishu.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.camelfeishu.event.DeadLetters.DeadLetter;
import dev.camelfeishu.event.DeadLetters.State;
import dev.camelfeishu.openapi.FeishuRetryableException;
import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Dead letters")
class PostgresDeadLettersTest {

    private static JournalDatabase database;

    private final JsonNode payload = JsonNodeFactory.instance.objectNode().put("row", "a\u0000b");
    private PostgresDeadLetters letters;

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
        letters = new PostgresDeadLetters(database.dataSource());
    }

    private static FeishuRetryableException busy(String logId) {
        return new FeishuRetryableException("busy, log id " + logId, 429, 99991400, logId, null, false, null);
    }

    @Test
    void repeated_failure_of_a_scheduled_flow_is_counted_once() {
        long first = letters.add("purchase-submit", "PR-1", payload, busy("log-1"));
        long second = letters.add("purchase-submit", "PR-1", payload, new IllegalStateException(busy("log-2")));
        assertThat(second).isEqualTo(first);
        DeadLetter letter = letters.find(first).orElseThrow();
        assertThat(letter.attempts()).isEqualTo(2);
        assertThat(letter.code()).isEqualTo(99991400);
        assertThat(letter.logId()).isEqualTo("log-2");
        assertThat(letter.eventId()).isNull();
        assertThat(letter.reference()).isNull();
        assertThat(letter.payload().path("row").textValue()).isEqualTo("a\uFFFDb");
    }

    @Test
    void another_key_flow_or_kind_of_failure_is_another_dead_letter() {
        letters.add("f", "1", null, new IOException("refused 10.0.0.1:5432 after 31 ms"));
        letters.add("f", "1", null, new IOException("refused 10.0.0.2:5432 after 9 ms"));
        letters.add("f", "2", null, new IOException("refused 10.0.0.1:5432 after 31 ms"));
        letters.add("g", "1", null, new IOException("refused 10.0.0.1:5432 after 31 ms"));
        letters.add("f", "1", null, new IOException("no such table"));
        letters.add("f", null, null, new IOException("no such table"));
        letters.add("f", null, null, new IOException("no such table"));
        assertThat(letters.list(DeadLetters.Filter.of(State.NEW), 0, 50).items())
                .extracting(DeadLetter::attempts)
                .containsExactly(2, 1, 1, 1, 2);
    }

    @Test
    void scheduled_failures_are_resolved_when_their_key_succeeds() {
        long one = letters.add("f", "1", null, new IOException("a"));
        long other = letters.add("f", "2", null, new IOException("a"));
        assertThat(letters.resolve("f", "1")).isEqualTo(1);
        assertThat(letters.resolve("f", "1")).isZero();
        assertThat(letters.find(one).orElseThrow().state()).isEqualTo(State.RESOLVED);
        assertThat(letters.find(other).orElseThrow().state()).isEqualTo(State.NEW);
        assertThat(letters.add("f", "1", null, new IOException("a"))).isNotEqualTo(one);
    }

    @Test
    void a_scheduled_failure_has_nothing_to_replay() {
        long id = letters.add("f", "1", null, new IOException("a"));
        assertThatThrownBy(() -> letters.replay(id))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("schedule");
        assertThat(letters.find(id).orElseThrow().state()).isEqualTo(State.NEW);
    }

    @Test
    void discarding_ends_it_with_a_reason() {
        long id = letters.add("f", "1", null, new IOException("a"));
        letters.discard(id, "entered by hand");
        DeadLetter letter = letters.find(id).orElseThrow();
        assertThat(letter.state()).isEqualTo(State.DISCARDED);
        assertThat(letter.discardReason()).isEqualTo("entered by hand");
        assertThatThrownBy(() -> letters.discard(id, "again")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> letters.replay(id)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void who_was_told_is_told_once() {
        long one = letters.add("f", "1", null, new IOException("a"));
        long two = letters.add("f", "2", null, new IOException("a"));
        assertThat(letters.untold(10)).extracting(DeadLetter::id).containsExactly(one, two);
        assertThat(letters.untold(1)).extracting(DeadLetter::id).containsExactly(one);
        letters.told(one);
        letters.resolve("f", "2");
        assertThat(letters.untold(10)).isEmpty();
    }

    @Test
    void what_does_not_exist_is_an_illegal_argument() {
        assertThat(letters.find(4711)).isEmpty();
        assertThatThrownBy(() -> letters.replay(4711)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> letters.discard(4711, "r")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lists_newest_first_in_pages_and_by_state() {
        IntStream.range(0, 5).forEach(i -> letters.add("f", "k" + i, null, new IOException("a")));
        letters.resolve("f", "k4");
        DeadLetters.Page page = letters.list(DeadLetters.Filter.of(State.NEW), 1, 3);
        assertThat(page.total()).isEqualTo(4);
        assertThat(page.items()).hasSize(1);
        assertThat(letters.list(DeadLetters.Filter.ALL, 0, 3).items())
                .extracting(DeadLetter::state)
                .containsExactly(State.RESOLVED, State.NEW, State.NEW);
        assertThat(letters.list(DeadLetters.Filter.ALL, 9, 3).items()).isEmpty();
        assertThatThrownBy(() -> letters.list(DeadLetters.Filter.ALL, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
