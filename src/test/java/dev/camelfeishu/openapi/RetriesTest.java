package dev.camelfeishu.openapi;

import static dev.camelfeishu.openapi.PlatformServer.answer;
import static dev.camelfeishu.openapi.PlatformServer.drop;
import static dev.camelfeishu.openapi.PlatformServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Tag;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetriesTest {

    private static final String SEND = "/open-apis/im/v1/messages";
    private static final String RECORDS = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records";

    private PlatformServer platform;
    private SdkFeishuClient client;

    @BeforeEach
    void start() throws IOException {
        platform = new PlatformServer();
        client = platform.client();
        client.call(ApiRequest.get("/open-apis/bot/v3/info"));
        platform.calls.clear();
    }

    @AfterEach
    void stop() {
        client.close();
        platform.close();
    }

    @Test
    void a_limited_call_is_repeated_after_the_time_the_header_says() {
        platform.next(json(
                429,
                "{\"code\":99991400,\"msg\":\"request trigger frequency limit\"}",
                "x-ogw-ratelimit-limit",
                "100",
                "X-OGW-RateLimit-Reset",
                "1"));
        var start = System.nanoTime();

        client.call(unkeyedSend());

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(4));
        assertThat(platform.calls).hasSize(2);
        assertThat(platform.meters()
                        .counter("feishu.api.retries", "endpoint", "POST " + SEND)
                        .count())
                .isEqualTo(1);
    }

    @Test
    void a_wait_beyond_the_deadline_is_not_begun() {
        platform.next(json(429, "{\"code\":99991400,\"msg\":\"limit\"}", "x-ogw-ratelimit-reset", "52"));
        var start = System.nanoTime();

        var e = catchThrowableOfType(FeishuRetryableException.class, () -> client.call(unkeyedSend()));

        assertThat(e.outcomeUnknown()).isFalse();
        assertThat(e.hint()).contains("52 s");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(platform.calls).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {99991400, 1254290, 1254291, 230020, 11232, 11233, 232019, 230049, 18121, 232068, 60014})
    void what_was_refused_before_it_had_an_effect_is_repeated_even_without_a_key(int code) {
        platform.next(json(400, "{\"code\":" + code + ",\"msg\":\"x\"}"));

        client.call(unkeyedSend());

        assertThat(platform.calls).hasSize(2);
        assertThat(platform.calls.get(1).body()).isEqualTo(platform.calls.get(0).body());
    }

    @Test
    void what_is_not_wanted_any_more_when_it_would_be_repeated_is_not_sent_again() {
        platform.next(json(400, "{\"code\":1254291,\"msg\":\"Write conflict\"}"));
        var asked = new AtomicInteger();

        var e = catchThrowableOfType(
                FeishuRetryableException.class,
                () -> client.call(unkeyedSend().onlyWhile(() -> asked.incrementAndGet() == 1)));

        assertThat(asked).hasValue(2);
        assertThat(platform.calls).hasSize(1);
        assertThat(e.outcomeUnknown()).isFalse();
        assertThat(e).hasMessageContaining("not wanted any more");
    }

    @Test
    void a_429_without_a_body_is_repeated() {
        platform.next(answer(429, null, ""));
        client.call(unkeyedSend());
        assertThat(platform.calls).hasSize(2);
    }

    @Test
    void an_unkeyed_post_on_a_dropped_connection_is_sent_once() {
        platform.next(drop());

        var e = catchThrowableOfType(FeishuRetryableException.class, () -> client.call(unkeyedSend()));

        assertThat(platform.calls).hasSize(1);
        assertThat(e.outcomeUnknown()).isTrue();
        assertThat(e.httpStatus()).isZero();
        assertThat(e)
                .hasMessageStartingWith("POST /open-apis/im/v1/messages: no answer")
                .hasMessageContaining("look before repeating");
    }

    @Test
    void an_unkeyed_post_answered_503_retry_after_0_is_sent_once() {
        platform.next(answer(503, "text/plain", "busy", "Retry-After", "0"));

        var e = catchThrowableOfType(FeishuRetryableException.class, () -> client.call(unkeyedSend()));

        assertThat(platform.calls).hasSize(1);
        assertThat(e.outcomeUnknown()).isTrue();
        assertThat(e.httpStatus()).isEqualTo(503);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 500, 502, 504})
    void an_unkeyed_post_after_server_trouble_is_sent_once(int status) {
        platform.next(json(status, "{\"message\":\"boom\"}"));

        var e = catchThrowableOfType(FeishuRetryableException.class, () -> client.call(unkeyedSend()));

        assertThat(platform.calls).hasSize(1);
        assertThat(e.outcomeUnknown()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1255040, 1254607, 1254002, 1254200, 2200})
    void an_unkeyed_write_whose_outcome_is_unknown_is_sent_once(int code) {
        platform.next(json(500, "{\"code\":" + code + ",\"msg\":\"Request timed out\"}"));

        var e = catchThrowableOfType(
                FeishuRetryableException.class, () -> client.call(records("POST", RECORDS + "/batch_update")));

        assertThat(platform.calls).hasSize(1);
        assertThat(e.outcomeUnknown()).isTrue();
        assertThat(e.code()).isEqualTo(code);
    }

    @Test
    void an_unkeyed_post_without_an_answer_ends_at_its_deadline() throws Exception {
        var end = new CountDownLatch(1);
        platform.next(exchange -> {
            awaitQuietly(end);
            exchange.close();
        });

        var e = catchThrowableOfType(
                FeishuRetryableException.class, () -> client.call(unkeyedSend().within(Duration.ofMillis(300))));
        end.countDown();

        assertThat(e.outcomeUnknown()).isTrue();
        assertThat(platform.calls).hasSize(1);
    }

    @Test
    void a_post_with_a_uuid_is_repeated_with_the_same_bytes() {
        platform.next(drop(), answer(502, "text/html", "<html>"), json(500, "{\"code\":2200,\"msg\":\"internal\"}"));

        client.call(keyedSend());

        assertThat(platform.calls).hasSize(4).allSatisfy(call -> {
            assertThat(call.body()).isEqualTo(platform.calls.get(0).body());
            assertThat(call.uri()).isEqualTo(platform.calls.get(0).uri());
        });
    }

    @Test
    void a_post_with_a_client_token_in_the_query_is_repeated() {
        platform.next(drop());
        client.call(records("POST", RECORDS).query("client_token", "7c468a54-8745-4245-9675-08b7c63e7a85"));
        assertThat(platform.calls).hasSize(2);
    }

    @Test
    void a_key_that_is_empty_or_not_a_text_is_none() {
        platform.next(drop());
        var body = JsonNodeFactory.instance.objectNode().put("uuid", " ");
        assertThatThrownBy(() -> client.call(ApiRequest.post(SEND).body(body)))
                .isInstanceOf(FeishuRetryableException.class);
        platform.next(drop());
        assertThatThrownBy(() -> client.call(ApiRequest.post(SEND)
                        .body(JsonNodeFactory.instance.objectNode().put("uuid", 1))))
                .isInstanceOf(FeishuRetryableException.class);
        assertThat(platform.calls).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE"})
    void idempotent_methods_are_repeated(String method) {
        platform.next(drop(), json(504, "{\"code\":1255040,\"msg\":\"Request timed out\"}"));
        client.call(records(method, RECORDS + "/:record_id").with("record_id", "rec1"));
        assertThat(platform.calls).hasSize(3);
    }

    @Test
    void a_card_update_is_repeated() {
        platform.next(drop());
        client.call(ApiRequest.of("PATCH", SEND + "/:message_id").with("message_id", "om_1"));
        assertThat(platform.calls).hasSize(2);
    }

    @Test
    void a_closed_client_says_so() {
        var closed = platform.client();
        closed.close();
        assertThatThrownBy(() -> closed.call(ApiRequest.get("/open-apis/bot/v3/info")))
                .isInstanceOf(FeishuRetryableException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void the_rate_header_of_an_unlimited_call_means_nothing() {
        platform.next(json(500, "{\"code\":2200,\"msg\":\"internal\"}", "x-ogw-ratelimit-reset", "52"));
        client.call(keyedSend());
        assertThat(platform.calls).hasSize(2);
    }

    @Test
    void an_urgent_message_is_not_repeated_although_it_is_a_patch() {
        platform.next(drop());
        assertThatThrownBy(() -> client.call(
                        ApiRequest.of("PATCH", SEND + "/:message_id/urgent_app").with("message_id", "om_1")))
                .isInstanceOfSatisfying(
                        FeishuRetryableException.class,
                        e -> assertThat(e.outcomeUnknown()).isTrue());
        assertThat(platform.calls).hasSize(1);
    }

    @Test
    void a_search_is_repeated_and_its_outcome_is_never_unknown() {
        platform.next(drop());
        client.call(records("POST", RECORDS + "/search"));
        assertThat(platform.calls).hasSize(2);

        platform.always = drop();
        var e = catchThrowableOfType(
                FeishuRetryableException.class,
                () -> client.call(records("POST", RECORDS + "/search").within(Duration.ofSeconds(1))));
        assertThat(e.outcomeUnknown()).isFalse();
        assertThat(platform.calls.size()).isBetween(4, 12);
    }

    @Test
    void a_refusal_after_an_attempt_without_an_answer_leaves_the_outcome_unknown() {
        platform.next(drop(), json(400, "{\"code\":230002,\"msg\":\"The bot can not be outside the group.\"}"));

        var e = catchThrowableOfType(FeishuRejectedException.class, () -> client.call(keyedSend()));

        assertThat(e.outcomeUnknown()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1254608, 1255006, 60012})
    void a_request_the_platform_saw_before_is_to_be_looked_up(int code) {
        platform.next(json(400, "{\"code\":" + code + ",\"msg\":\"seen\"}"));

        var e = catchThrowableOfType(FeishuRetryableException.class, () -> client.call(keyedSend()));

        assertThat(e.outcomeUnknown()).isTrue();
        assertThat(e.hint()).containsIgnoringCase("read");
        assertThat(platform.calls).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {230002, 99991672, 99991403, 11247, 1390007, 1254302, 7654321})
    void what_repeating_does_not_help_is_sent_once(int code) {
        platform.next(json(400, "{\"code\":" + code + ",\"msg\":\"no\"}"));

        assertThatThrownBy(() -> client.call(keyedSend())).isInstanceOfSatisfying(FeishuRejectedException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.outcomeUnknown()).isFalse();
            assertThat(e.hint()).isNotBlank();
        });
        assertThat(platform.calls).hasSize(1);
    }

    @Test
    void without_a_connection_nothing_was_done_and_an_unkeyed_post_is_tried_until_the_deadline() throws IOException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        try (var unreachable = new SdkFeishuClient(
                new BaseUrl("http://127.0.0.1:" + port),
                new AppCredentials("cli_1", "secret"),
                EndpointCatalog.packed(),
                new LocalTurns(),
                platform.meters())) {
            var e = catchThrowableOfType(
                    FeishuRetryableException.class,
                    () -> unreachable.call(ApiRequest.post("/open-apis/auth/v3/app_ticket/resend")
                            .within(Duration.ofSeconds(1))));
            assertThat(e.outcomeUnknown()).isFalse();
            assertThat(e).hasMessageContaining("no connection").hasMessageContaining("FEISHU_BASE_URL");
            assertThat(platform.meters()
                            .counter("feishu.api.retries", "endpoint", "POST /open-apis/auth/v3/app_ticket/resend")
                            .count())
                    .isPositive();
        }
    }

    @Test
    void a_rate_that_is_used_up_is_said_without_sending() {
        var deadline = Duration.ofMillis(200);
        var subscribe = ApiRequest.get("/open-apis/drive/v1/files/:file_token/get_subscribe")
                .with("file_token", "bascn1")
                .within(deadline);
        for (var i = 0; i < 10; i++) {
            client.call(subscribe);
        }
        assertThatThrownBy(() -> client.call(subscribe))
                .isInstanceOf(FeishuRetryableException.class)
                .hasMessageContaining("rate is used up");
        assertThat(platform.calls).hasSize(10);
    }

    @Test
    void an_interrupted_caller_stops_and_keeps_its_flag() throws Exception {
        platform.always = json(400, "{\"code\":230020,\"msg\":\"limit\"}");
        var caught = new AtomicReference<Throwable>();
        var interrupted = new AtomicReference<Boolean>();
        var thread = new Thread(() -> {
            try {
                client.call(unkeyedSend().within(Duration.ofMinutes(1)));
            } catch (FeishuException e) {
                caught.set(e);
                interrupted.set(Thread.currentThread().isInterrupted());
            }
        });
        thread.start();
        org.awaitility.Awaitility.await().until(() -> !platform.calls.isEmpty());
        thread.interrupt();
        thread.join(5_000);

        assertThat(caught.get()).isInstanceOf(FeishuRetryableException.class).hasMessageContaining("interrupted");
        assertThat(interrupted.get()).isTrue();
    }

    @Test
    void every_call_is_counted_by_template_outcome_and_code_and_no_id_is_a_tag() {
        platform.next(json(400, "{\"code\":230002,\"msg\":\"no\"}"), json(400, "{\"code\":7654321,\"msg\":\"no\"}"));
        assertThatThrownBy(() -> client.call(keyedSend())).isInstanceOf(FeishuRejectedException.class);
        assertThatThrownBy(() -> client.call(keyedSend())).isInstanceOf(FeishuRejectedException.class);
        client.call(records("GET", RECORDS + "/:record_id").with("record_id", "rec1"));

        var timers = platform.meters().find("feishu.api.calls").timers();
        assertThat(timers.stream().map(timer -> timer.getId().getTags()))
                .contains(
                        List.of(
                                Tag.of("code", "230002"),
                                Tag.of("endpoint", "POST " + SEND),
                                Tag.of("outcome", "rejected")),
                        List.of(
                                Tag.of("code", "other"),
                                Tag.of("endpoint", "POST " + SEND),
                                Tag.of("outcome", "rejected")),
                        List.of(
                                Tag.of("code", "0"),
                                Tag.of("endpoint", "GET " + RECORDS + "/:record_id"),
                                Tag.of("outcome", "success")));
        assertThat(timers.toString()).doesNotContain("rec1", "bascn1", "tbl1");
    }

    private static ObjectNode message() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("receive_id", "oc_1")
                .put("msg_type", "text")
                .put("content", "{\"text\":\"你好 <b>\"}");
    }

    private static ApiRequest unkeyedSend() {
        return ApiRequest.post(SEND).query("receive_id_type", "chat_id").body(message());
    }

    private static ApiRequest keyedSend() {
        return unkeyedSend().body(message().put("uuid", "8f14e45f"));
    }

    private static ApiRequest records(String method, String path) {
        return ApiRequest.of(method, path).with("app_token", "bascn1").with("table_id", "tbl1");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the test never ended");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
