package dev.camelfeishu.openapi;

import static dev.camelfeishu.openapi.PlatformServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokensTest {

    /** No published rate, so that no call waits for anything but its token. */
    private static final ApiRequest READ = ApiRequest.get("/open-apis/bot/v3/info");

    private static final class SettableClock extends Clock {
        private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

        void advance(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private final SettableClock clock = new SettableClock();
    private PlatformServer platform;
    private SdkFeishuClient client;

    @BeforeEach
    void start() throws Exception {
        platform = new PlatformServer();
        client = platform.client(clock);
    }

    @AfterEach
    void stop() {
        client.close();
        platform.close();
    }

    @Test
    void sixty_four_cold_threads_cause_one_token_request() throws Exception {
        platform.nextToken(exchange -> {
            // all callers are waiting before the grant is answered
            await().until(() -> Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getName().startsWith("caller"))
                            .filter(thread -> thread.getState() == Thread.State.TIMED_WAITING)
                            .count()
                    >= 64);
            platform.validToken = "t-slow";
            json(200, "{\"code\":0,\"tenant_access_token\":\"t-slow\",\"expire\":7200}")
                    .answer(exchange);
        });

        together(64, () -> client.call(READ));

        assertThat(platform.tokenRequests).hasSize(1);
        assertThat(platform.calls).hasSize(64);
        assertThat(platform.meters()
                        .counter("feishu.token.cache", "result", "miss")
                        .count())
                .isEqualTo(64);
        client.call(READ);
        assertThat(platform.meters()
                        .counter("feishu.token.cache", "result", "hit")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void the_token_request_carries_the_credentials_and_no_authorization() throws Exception {
        client.call(READ);

        var request = platform.tokenRequests.get(0);
        assertThat(request.uri()).isEqualTo("/open-apis/auth/v3/tenant_access_token/internal");
        assertThat(request.authorization()).isNull();
        assertThat(platform.parse(request.text()).path("app_id").asText()).isEqualTo(PlatformServer.APP_ID);
        assertThat(platform.parse(request.text()).path("app_secret").asText()).isEqualTo(PlatformServer.APP_SECRET);
        assertThat(platform.calls.get(0).authorization()).isEqualTo("Bearer t-granted1");
    }

    @Test
    void a_token_is_kept_until_thirty_minutes_before_its_end() {
        client.call(READ);
        clock.advance(Duration.ofMinutes(89));
        client.call(READ);

        assertThat(platform.tokenRequests).hasSize(1);
    }

    @Test
    void in_its_last_thirty_minutes_it_is_renewed_in_the_background_and_nobody_waits() {
        client.call(READ);
        platform.checksTokens = false;
        var answerNow = new CountDownLatch(1);
        platform.nextToken(exchange -> {
            awaitLatch(answerNow);
            json(200, "{\"code\":0,\"tenant_access_token\":\"t-renewed\",\"expire\":7200}")
                    .answer(exchange);
        });
        clock.advance(Duration.ofMinutes(91));

        client.call(READ);
        client.call(READ);

        assertThat(platform.calls.get(2).authorization()).isEqualTo("Bearer t-granted1");
        answerNow.countDown();
        await().untilAsserted(() -> {
            client.call(READ);
            assertThat(platform.calls.get(platform.calls.size() - 1).authorization())
                    .isEqualTo("Bearer t-renewed");
        });
        assertThat(platform.tokenRequests).hasSize(2);
    }

    @Test
    void a_failing_renewal_leaves_the_valid_token_in_use_and_pauses() {
        client.call(READ);
        clock.advance(Duration.ofMinutes(91));
        platform.nextToken(json(200, "{\"code\":10014,\"msg\":\"app secret invalid\"}"));
        client.call(READ);
        await().until(() -> platform.tokenRequests.size() == 2);
        client.call(READ);
        client.call(READ);

        assertThat(platform.tokenRequests).hasSize(2);
        assertThat(platform.calls)
                .allSatisfy(call -> assertThat(call.authorization()).isEqualTo("Bearer t-granted1"));
    }

    @Test
    void after_its_end_a_new_one_is_waited_for() {
        client.call(READ);
        clock.advance(Duration.ofMinutes(121));
        client.call(READ);

        assertThat(platform.tokenRequests).hasSize(2);
        assertThat(platform.calls.get(1).authorization()).isEqualTo("Bearer t-granted2");
    }

    @Test
    void a_short_lived_token_is_not_fetched_for_every_call() {
        platform.lifetimeSeconds = 120;
        for (var i = 0; i < 10; i++) {
            client.call(READ);
        }
        assertThat(platform.tokenRequests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {99991663, 99991664, 99991665})
    void a_refused_token_is_dropped_and_the_call_replayed_once(int code) {
        platform.next(json(400, "{\"code\":" + code + ",\"msg\":\"Invalid access token\"}"));

        client.call(READ);

        assertThat(platform.tokenRequests).hasSize(2);
        assertThat(platform.calls).hasSize(2);
        assertThat(platform.calls.get(1).authorization()).isEqualTo("Bearer t-granted2");
    }

    @Test
    void an_unkeyed_post_is_replayed_too_and_with_the_same_bytes() {
        platform.next(json(200, "{\"code\":99991663,\"msg\":\"Invalid access token\"}"));
        client.call(ApiRequest.post("/open-apis/im/v1/messages")
                .query("receive_id_type", "chat_id")
                .body(com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
                        .objectNode()
                        .put("receive_id", "oc_1")));

        assertThat(platform.calls).hasSize(2);
        assertThat(platform.calls.get(1).body()).isEqualTo(platform.calls.get(0).body());
    }

    @Test
    void a_second_refusal_is_final() {
        var refusal = json(400, "{\"code\":99991663,\"msg\":\"Invalid access token\"}");
        platform.next(refusal, refusal);

        assertThatThrownBy(() -> client.call(READ))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining("99991663")
                .hasMessageContaining("accepts the app's own token");
        assertThat(platform.calls).hasSize(2);
        assertThat(platform.tokenRequests).hasSize(2);
    }

    @Test
    void a_token_revoked_under_load_costs_one_request_and_no_call() throws Exception {
        client.call(READ);
        platform.validToken = "revoked";

        together(64, () -> client.call(READ));

        assertThat(platform.tokenRequests).hasSize(2);
    }

    @Test
    void an_answer_without_a_token_is_an_error_and_is_not_kept() {
        platform.nextToken(json(200, "{\"code\":0,\"msg\":\"ok\",\"expire\":7200}"));

        assertThatThrownBy(() -> client.call(READ))
                .isInstanceOf(FeishuRetryableException.class)
                .hasMessageContaining("no usable tenant_access_token");
        assertThat(client.call(READ).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {10003, 10014, 10015, 99991543})
    void wrong_credentials_are_final_and_say_which_variables(int code) {
        platform.nextToken(json(200, "{\"code\":" + code + ",\"msg\":\"app secret invalid\"}"));

        assertThatThrownBy(() -> client.call(READ)).isInstanceOfSatisfying(FeishuRejectedException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.hint()).contains("FEISHU_APP_ID", "FEISHU_APP_SECRET");
        });
        assertThat(platform.calls).isEmpty();
    }

    @Test
    void a_token_request_is_repeated_while_the_server_is_in_trouble() {
        platform.nextToken(PlatformServer.answer(502, "text/html", "<html>"), PlatformServer.drop());

        client.call(READ);

        assertThat(platform.tokenRequests).hasSize(3);
    }

    @Test
    void a_caller_waits_for_a_token_no_longer_than_its_deadline() {
        var answerNow = new CountDownLatch(1);
        platform.nextToken(exchange -> {
            awaitLatch(answerNow);
            exchange.close();
        });

        assertThatThrownBy(() -> client.call(READ.within(Duration.ofMillis(200))))
                .isInstanceOf(FeishuRetryableException.class)
                .hasMessageContaining("deadline");
        answerNow.countDown();
    }

    @Test
    void an_endpoint_that_takes_only_the_app_token_gets_it_and_a_personal_one_is_refused() {
        client.call(ApiRequest.post("/open-apis/authen/v1/oidc/access_token"));
        assertThat(platform.tokenRequests.get(0).uri()).endsWith("/app_access_token/internal");

        assertThatThrownBy(() -> client.call(ApiRequest.get("/open-apis/authen/v1/user_info")))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining("user_access_token");
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the test never let the answer go");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void together(int threads, Callable<?> work) throws Exception {
        var numbers = new java.util.concurrent.atomic.AtomicInteger();
        var pool =
                Executors.newFixedThreadPool(threads, task -> new Thread(task, "caller" + numbers.incrementAndGet()));
        try {
            var start = new CountDownLatch(1);
            var results = new ArrayList<Future<?>>();
            for (var i = 0; i < threads; i++) {
                results.add(pool.submit(() -> {
                    start.await();
                    return work.call();
                }));
            }
            start.countDown();
            for (var result : results) {
                try {
                    result.get(20, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    throw new AssertionError("a call failed", e.getCause());
                }
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
