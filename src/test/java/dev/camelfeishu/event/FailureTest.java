package dev.camelfeishu.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.camelfeishu.openapi.FeishuRejectedException;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A failure")
class FailureTest {

    @Test
    void is_told_by_its_root_cause_in_one_line() {
        Failure failure = Failure.of(new IllegalStateException("outer", new IOException("first\r\nsecond\u2028third")));
        assertThat(failure.cause()).isEqualTo("IOException: first second third");
        assertThat(failure.rejected()).isFalse();
    }

    @Test
    void without_a_message_is_told_by_its_name() {
        assertThat(Failure.of(new NullPointerException()).cause()).isEqualTo("NullPointerException");
    }

    @Test
    void is_told_by_feishu_wherever_it_is_in_the_chain() {
        Failure failure = Failure.of(new RuntimeException(
                new FeishuRejectedException("no", 400, 1390001, "log\n1", null, false, new IOException("below"))));
        assertThat(failure)
                .isEqualTo(new Failure("FeishuRejectedException: no", "code 1390001", 1390001, "log 1", true));
    }

    @ParameterizedTest
    @CsvSource({
        "Authorization: Bearer t-abc.def, t-abc",
        "https://h/?app_secret=abc&x=1, abc",
        "'{\"tenant_access_token\":\"t-77\"}', t-77",
        "jdbc:postgresql://h/db?password=hunter2, hunter2"
    })
    void hides_what_looks_like_a_secret(String message, String secret) {
        assertThat(Failure.of(new IOException(message)).cause())
                .doesNotContain(secret)
                .contains("***");
    }

    @Test
    void is_cut_when_it_is_long() {
        assertThat(Failure.of(new IOException("x".repeat(10_000))).cause())
                .hasSize(500)
                .endsWith("…");
    }

    @Test
    void with_a_circle_of_causes_ends() {
        IOException one = new IOException("one");
        IOException two = new IOException("two", one);
        one.initCause(two);
        assertThat(Failure.of(one).cause()).startsWith("IOException: ");
    }

    @ParameterizedTest
    @CsvSource({"1, 1000", "2, 2000", "3, 4000", "9, 256000", "10, 300000", "500, 300000"})
    void is_followed_by_a_pause_that_doubles_up_to_five_minutes(int attempts, long millis) {
        Duration first = Duration.ofSeconds(1);
        Duration longest = Duration.ofMinutes(5);
        assertThat(new BackOff(first, longest, () -> 0.5).after(attempts)).hasMillis(millis);
        assertThat(new BackOff(first, longest, () -> 0).after(attempts)).hasMillis(millis * 3 / 4);
        assertThat(new BackOff(first, longest, () -> 1).after(attempts).toMillis())
                .isEqualTo(Math.min(millis * 5 / 4, 300_000));
    }
}
