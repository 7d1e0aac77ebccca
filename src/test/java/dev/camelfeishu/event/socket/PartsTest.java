package dev.camelfeishu.event.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Parts of a split message")
class PartsTest {

    private final AtomicLong now = new AtomicLong();
    private final Parts parts = new Parts(10, 25, Duration.ofSeconds(60), now::get);

    @Test
    @DisplayName("are put together in their order, whatever the order they come in, and interleaved")
    void together() {
        assertThat(add("a", 3, 2, "ee")).isEmpty();
        assertThat(add("b", 2, 1, "yy")).isEmpty();
        assertThat(add("a", 3, 0, "aa")).isEmpty();
        assertThat(add("b", 2, 0, "xx")).contains("xxyy");
        assertThat(add("a", 3, 1, "cc")).contains("aaccee");
        assertThat(parts.waiting()).isZero();
    }

    @Test
    @DisplayName("that come twice count once")
    void twice() {
        assertThat(add("a", 2, 0, "aa")).isEmpty();
        assertThat(add("a", 2, 0, "zz")).isEmpty();
        assertThat(add("a", 2, 1, "bb")).contains("aabb");
    }

    @ParameterizedTest
    @CsvSource({"2, 2", "2, -1", "1025, 0", "-1, 0", "3, 0"})
    @DisplayName("that fit no message are refused, and what they belong to is forgotten")
    void misfits(int sum, int seq) {
        add("a", 2, 0, "aa");
        assertThatThrownBy(() -> add("a", sum, seq, "bb")).isInstanceOf(IllegalArgumentException.class);
        assertThat(parts.waiting()).isZero();
    }

    @Test
    @DisplayName("of a message that is too large are refused")
    void tooLarge() {
        add("a", 3, 0, "12345");
        assertThatThrownBy(() -> add("a", 3, 1, "678901"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("larger than 10 bytes");
        assertThat(parts.waiting()).isZero();
    }

    @Test
    @DisplayName("do not wait for ever")
    void expire() {
        add("a", 2, 0, "aa");
        now.set(Duration.ofSeconds(61).toNanos());
        add("b", 2, 0, "xx");
        assertThat(parts.waiting()).isOne();
        assertThat(add("a", 2, 1, "bb")).isEmpty();
    }

    @Test
    @DisplayName("of many messages are bounded by bytes and by count; the oldest go")
    void bounded() {
        for (int i = 0; i < 3; i++) {
            add("m" + i, 2, 0, "1234567890");
        }
        assertThat(parts.waiting()).isEqualTo(2);
        for (int i = 0; i < 200; i++) {
            add("n" + i, 2, 0, "");
        }
        assertThat(parts.waiting()).isEqualTo(64);
    }

    private Optional<String> add(String id, int sum, int seq, String part) {
        return parts.add(id, sum, seq, part.getBytes(StandardCharsets.UTF_8))
                .map(whole -> new String(whole, StandardCharsets.UTF_8));
    }
}
