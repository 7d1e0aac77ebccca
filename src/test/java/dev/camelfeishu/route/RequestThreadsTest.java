package dev.camelfeishu.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The main port's threads: a few, and more when some are held up")
class RequestThreadsTest {

    private static final int USUAL = 2;
    private static final int MOST = 5;

    private final RequestThreads threads = new RequestThreads(USUAL, MOST);
    private final CountDownLatch held = new CountDownLatch(1);

    @AfterEach
    void end() throws InterruptedException {
        held.countDown();
        threads.shutdown();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shortWorkWakesNoMoreThanTheFew() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1_000);
        for (int i = 0; i < 1_000; i++) {
            threads.execute(done::countDown);
        }
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        await().until(() -> threads.getPoolSize() == USUAL);
    }

    @Test
    void whatIsHeldUpHoldsUpNothingElse() throws InterruptedException {
        for (int i = 0; i < MOST - 1; i++) {
            threads.execute(this::hold);
        }
        CountDownLatch done = new CountDownLatch(1);
        threads.execute(done::countDown);
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void thereIsALimitAndTheExtraThreadsEnd() {
        for (int i = 0; i < 2 * MOST; i++) {
            threads.execute(this::hold);
        }
        await().until(() -> threads.getPoolSize() == MOST);
        await().during(100, TimeUnit.MILLISECONDS).until(() -> threads.getPoolSize() == MOST);
        held.countDown();
        await().until(() -> threads.getPoolSize() == USUAL);
        assertThat(threads.getCompletedTaskCount()).isEqualTo(2 * MOST);
    }

    private void hold() {
        try {
            held.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
