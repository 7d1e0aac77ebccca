package dev.camelfeishu.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BucketTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Rate FIFTY = new Rate(50, Duration.ofSeconds(1));

    private long now = Long.MAX_VALUE - SECOND;

    @Test
    void a_whole_rate_goes_at_once_and_the_next_call_waits_for_the_window() {
        var bucket = new Bucket(List.of(FIFTY));
        for (var i = 0; i < 50; i++) {
            assertThat(wait(bucket)).isZero();
            bucket.use(now);
        }
        assertThat(wait(bucket)).isBetween(SECOND, SECOND + SECOND / 10);
        now += wait(bucket);
        assertThat(wait(bucket)).isZero();
        assertThat(bucket.isIdle(now)).isTrue();
    }

    @Test
    void no_window_of_a_minute_or_a_second_ever_holds_more_than_its_rate() {
        var bucket = new Bucket(List.of(new Rate(1000, Duration.ofMinutes(1)), FIFTY));
        var sent = new ArrayList<Long>();
        for (var end = now + 300 * SECOND; now - end < 0; now += wait(bucket)) {
            bucket.use(now);
            sent.add(now);
        }

        for (var i = 50; i < sent.size(); i++) {
            assertThat(sent.get(i) - sent.get(i - 50)).isGreaterThan(SECOND);
        }
        for (var i = 1000; i < sent.size(); i++) {
            assertThat(sent.get(i) - sent.get(i - 1000)).isGreaterThan(60 * SECOND);
        }
        assertThat(sent).hasSizeGreaterThanOrEqualTo(5000);
    }

    @Test
    void what_the_platform_says_to_wait_holds_for_all() {
        var bucket = new Bucket(List.of(FIFTY));
        bucket.use(now);
        bucket.refused(now, Duration.ofSeconds(7));
        bucket.refused(now, Duration.ofSeconds(3));
        assertThat(wait(bucket)).isGreaterThanOrEqualTo(7 * SECOND);
        assertThat(bucket.isIdle(now)).isFalse();
    }

    @Test
    void few_refusals_hardly_slow_it() {
        var bucket = new Bucket(List.of(FIFTY));
        var sent = 0;
        for (var i = 0; i < 1000; i++) {
            now += wait(bucket);
            bucket.use(now);
            sent++;
            if (i % 20 == 0) {
                bucket.refused(now, null);
            } else {
                bucket.accepted();
            }
            now += SECOND / 50;
        }
        var begin = now;
        assertThat(sent).isEqualTo(1000);
        assertThat(run(bucket, Duration.ofSeconds(10))).isGreaterThan(400);
        assertThat(now - begin).isLessThan(11 * SECOND);
    }

    @Test
    void a_limit_that_nobody_published_is_found_and_left_again() {
        var bucket = new Bucket(List.of());
        // the platform lets five a second through
        var accepted = 0;
        var refused = 0;
        var secondBegan = now;
        var inSecond = 0;
        for (var begin = now; now - begin < 60 * SECOND; ) {
            if (now - secondBegan >= SECOND) {
                secondBegan = now;
                inSecond = 0;
            }
            bucket.use(now);
            if (++inSecond > 5) {
                bucket.refused(now, null);
                refused++;
            } else {
                bucket.accepted();
                accepted++;
            }
            now += Math.max(wait(bucket), SECOND / 100);
        }
        assertThat(accepted).isGreaterThan(200);
        assertThat(refused).isLessThan(accepted);

        now += 20 * SECOND;
        assertThat(wait(bucket)).isZero();
        bucket.use(now);
        assertThat(wait(bucket)).as("nothing slows it any more").isZero();
        assertThat(bucket.isIdle(now)).isTrue();
    }

    private long wait(Bucket bucket) {
        return bucket.free(now) - now;
    }

    private int run(Bucket bucket, Duration time) {
        var sent = 0;
        for (var end = now + time.toNanos(); now + wait(bucket) - end < 0; ) {
            now += wait(bucket);
            bucket.use(now);
            bucket.accepted();
            sent++;
        }
        return sent;
    }
}
