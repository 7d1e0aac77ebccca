package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is remembered of Feishu's contacts")
class ContactDirectoryTest {

    private final InMemoryBase feishu = new InMemoryBase();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicLong nanos = new AtomicLong();

    @BeforeEach
    void countCalls() {
        feishu.before = request -> calls.incrementAndGet();
    }

    @Test
    @DisplayName("is asked for again after an hour: one who changed or left is seen")
    void changes() {
        var directory = new ContactDirectory(feishu, nanos::get, true);
        feishu.mails.put("ou_li", "li@example.com");
        feishu.mails.put("ou_wang", "wang@example.com");
        var both = List.of("ou_li", "ou_wang");
        assertThat(directory.names(both)).isEqualTo(Map.of("ou_li", "li@example.com", "ou_wang", "wang@example.com"));

        feishu.mails.put("ou_li", "li.na@example.com");
        feishu.mails.remove("ou_wang");
        pass(Duration.ofMinutes(59));
        assertThat(directory.names(both)).hasSize(2).containsEntry("ou_li", "li@example.com");
        assertThat(calls).hasValue(1);

        pass(Duration.ofMinutes(2));
        assertThat(directory.names(both)).isEqualTo(Map.of("ou_li", "li.na@example.com"));
    }

    @Test
    @DisplayName("is asked for again after a minute where nobody was known: one who is new is seen")
    void newcomers() {
        var directory = new ContactDirectory(feishu, nanos::get, true);
        assertThat(directory.ids(List.of("new@example.com"))).isEmpty();
        feishu.mails.put("ou_new", "new@example.com");
        pass(Duration.ofSeconds(59));
        assertThat(directory.ids(List.of("new@example.com"))).isEmpty();

        pass(Duration.ofSeconds(2));
        assertThat(directory.ids(List.of("new@example.com"))).isEqualTo(Map.of("new@example.com", "ou_new"));
    }

    @Test
    @DisplayName("is bounded, and an answer is whole when more is asked for")
    void bound() {
        var directory = new ContactDirectory(feishu, nanos::get, false);
        var names = IntStream.range(0, ContactDirectory.MOST_REMEMBERED + 50)
                .mapToObj(Integer::toString)
                .toList();
        names.forEach(name -> feishu.mails.put("ou_" + name, name));
        assertThat(directory.ids(names)).hasSameSizeAs(names).containsEntry("7", "ou_7");

        calls.set(0);
        assertThat(directory.ids(names)).hasSameSizeAs(names);
        assertThat(calls).as("what was forgotten is asked for again").hasPositiveValue();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
