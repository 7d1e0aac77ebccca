package dev.camelfeishu.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalTurnsTest {

    private static final Duration NO_PATIENCE = Duration.ZERO;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Ten a second. */
    private static final ApiRequest FIELD =
            ApiRequest.post("/open-apis/bitable/v1/apps/:app_token/tables/:table_id/fields");

    private final EndpointCatalog catalog = EndpointCatalog.packed();
    private final AtomicLong arrivals = new AtomicLong();
    private final LocalTurns turns = new LocalTurns();
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        callers.shutdownNow();
    }

    @Test
    void the_published_rate_goes_through_at_once_and_the_next_call_waits_for_the_window() throws Exception {
        for (var i = 0; i < 10; i++) {
            assertThat(take(FIELD, NO_PATIENCE)).isNotNull();
        }
        assertThat(take(FIELD, NO_PATIENCE)).isNull();

        var start = System.nanoTime();
        assertThat(take(FIELD, PATIENCE).waited()).isGreaterThan(Duration.ofMillis(500));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void a_turn_that_comes_too_late_is_not_waited_for() throws Exception {
        var create = ApiRequest.post("/open-apis/approval/v4/instances");
        for (var i = 0; i < 100; i++) {
            take(create, NO_PATIENCE);
        }
        var start = System.nanoTime();
        assertThat(take(create, Duration.ofSeconds(30))).isNull();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void a_wait_for_a_turn_ends_at_the_deadline_and_when_interrupted() throws Exception {
        fill(FIELD);
        for (var i = 0; i < 20; i++) {
            callers.submit(() -> take(FIELD, PATIENCE));
        }
        await().until(() -> turns.waiting() == 20);
        var start = System.nanoTime();

        assertThat(take(FIELD, Duration.ofMillis(1200))).isNull();

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(1100), Duration.ofSeconds(5));
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> take(FIELD, PATIENCE)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void five_messages_per_second_go_to_one_chat_and_others_do_not_wait_for_it() throws Exception {
        for (var i = 0; i < 5; i++) {
            assertThat(take(messageTo("oc_1"), NO_PATIENCE)).isNotNull();
        }
        assertThat(take(messageTo("oc_1"), NO_PATIENCE)).isNull();
        assertThat(take(reply().chat("oc_1"), NO_PATIENCE))
                .as("a reply counts, too")
                .isNull();
        assertThat(take(reply(), NO_PATIENCE)).isNotNull();

        var waits = callers.submit(() -> take(messageTo("oc_1"), PATIENCE));
        await().until(() -> turns.waiting() == 1);
        assertThat(take(messageTo("oc_2"), NO_PATIENCE)).isNotNull();
        assertThat(waits.get(5, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void an_endpoint_without_a_published_rate_never_waits() throws Exception {
        for (var i = 0; i < 10_000; i++) {
            assertThat(take(ApiRequest.get("/open-apis/bot/v3/info"), NO_PATIENCE))
                    .isNotNull();
        }
    }

    @Test
    void a_refusal_of_the_platform_holds_back_the_whole_line_and_nothing_else() throws Exception {
        take(FIELD, NO_PATIENCE).refused(99991400, Duration.ofSeconds(1));
        assertThat(take(FIELD, NO_PATIENCE)).isNull();
        assertThat(take(messageTo("oc_1"), NO_PATIENCE)).isNotNull();
        assertThat(take(FIELD, PATIENCE).waited()).isGreaterThan(Duration.ofMillis(500));

        take(messageTo("oc_1"), NO_PATIENCE).refused(230020, Duration.ofSeconds(1));
        assertThat(take(messageTo("oc_1"), NO_PATIENCE)).isNull();
        assertThat(take(messageTo("oc_2"), NO_PATIENCE)).isNotNull();
    }

    @Test
    void a_person_goes_before_a_job_and_the_job_is_not_starved() throws Exception {
        fill(FIELD);
        var order = Collections.synchronizedList(new ArrayList<Priority>());
        var results = new ArrayList<Future<?>>();
        var bulk = 6;
        for (var i = 0; i < bulk; i++) {
            results.add(submit(Priority.BULK, order));
        }
        await().until(() -> turns.waiting() == bulk);
        for (var i = 0; i < 18; i++) {
            results.add(submit(Priority.INTERACTIVE, order));
        }
        await().until(() -> turns.waiting() == bulk + 18);
        for (var result : results) {
            result.get(20, TimeUnit.SECONDS);
        }

        // the order within one burst of ten is that of the threads that wake, so positions are compared roughly
        assertThat(order.subList(0, 20)).filteredOn(Priority.BULK::equals).hasSizeBetween(1, 4);
        assertThat(order.subList(20, 24)).filteredOn(Priority.BULK::equals).hasSizeBetween(2, 4);
    }

    @Test
    void many_waiters_keep_the_rate() throws Exception {
        var send = ApiRequest.get("/open-apis/im/v1/messages/:message_id");
        var start = System.nanoTime();
        var begin = new CountDownLatch(1);
        List<Future<LocalTurns.Turn>> results = new ArrayList<>();
        for (var i = 0; i < 200; i++) {
            results.add(callers.submit(() -> {
                begin.await();
                return take(send, PATIENCE);
            }));
        }
        begin.countDown();
        for (var result : results) {
            assertThat(result.get(20, TimeUnit.SECONDS)).isNotNull();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(8));
    }

    private Future<?> submit(Priority priority, List<Priority> order) {
        return callers.submit(() -> {
            var turn = take(FIELD.priority(priority), Duration.ofSeconds(20));
            order.add(priority);
            return turn;
        });
    }

    private void fill(ApiRequest request) throws InterruptedException {
        while (take(request, NO_PATIENCE) != null) {
            // until its rate is used up
        }
    }

    private static ApiRequest messageTo(String chat) {
        return ApiRequest.post("/open-apis/im/v1/messages")
                .body(JsonNodeFactory.instance.objectNode().put("receive_id", chat));
    }

    private static ApiRequest reply() {
        return ApiRequest.post("/open-apis/im/v1/messages/:message_id/reply");
    }

    private LocalTurns.Turn take(ApiRequest request, Duration patience) throws InterruptedException {
        var endpoint =
                catalog.match(request.method(), request.path()).orElseThrow().endpoint();
        return turns.take(
                endpoint,
                Map.of("message_id", "om_1", "app_token", "b", "table_id", "t"),
                request,
                arrivals.incrementAndGet(),
                patience);
    }
}
