package dev.camelfeishu.openapi;

import static dev.camelfeishu.openapi.PlatformServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WriterLineTest {

    private static final String TABLE = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id";

    private final ExecutorService callers = Executors.newCachedThreadPool();
    private PlatformServer platform;
    private SdkFeishuClient client;

    @BeforeEach
    void start() throws IOException {
        platform = new PlatformServer();
        client = platform.client();
    }

    @AfterEach
    void stop() {
        callers.shutdownNow();
        client.close();
        platform.close();
    }

    @Test
    void the_server_sees_one_writer_per_table() throws Exception {
        Map<String, AtomicInteger> writing = new ConcurrentHashMap<>();
        var most = new AtomicInteger();
        platform.always = exchange -> {
            var uri = exchange.getRequestURI().getPath();
            var table = uri.substring(uri.indexOf("/tables/"), uri.indexOf("/records"));
            var now = writing.computeIfAbsent(table, t -> new AtomicInteger()).incrementAndGet();
            most.accumulateAndGet(now, Math::max);
            // long enough that two writers of one table would meet
            await().pollDelay(Duration.ofMillis(10)).until(() -> true);
            writing.get(table).decrementAndGet();
            json(200, "{\"code\":0,\"data\":{}}").answer(exchange);
        };
        var results = new ArrayList<Future<?>>();
        for (var i = 0; i < 24; i++) {
            var request = write("POST", "/records", "tbl" + i % 2);
            results.add(callers.submit(() -> client.call(request)));
        }
        for (var result : results) {
            result.get(20, TimeUnit.SECONDS);
        }

        assertThat(platform.calls).hasSize(24);
        assertThat(writing).hasSize(2);
        assertThat(most).hasValue(1);
        var waits = platform.meters()
                .get("feishu.api.wait")
                .tag("endpoint", "POST " + TABLE + "/records")
                .timer();
        assertThat(waits.count())
                .as("each attempt waits once, however many limits it meets")
                .isEqualTo(24);
        assertThat(waits.totalTime(TimeUnit.MILLISECONDS)).isGreaterThan(50);
    }

    @Test
    void readers_and_writers_of_other_bases_do_not_wait() throws Exception {
        var entered = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        platform.next(exchange -> {
            entered.countDown();
            awaitQuietly(leave);
            json(200, "{\"code\":0}").answer(exchange);
        });
        var slow = callers.submit(() -> client.call(write("POST", "/records", "tbl1")));
        assertThat(entered.await(5, TimeUnit.SECONDS)).isTrue();

        client.call(write("POST", "/records", "tbl1").with("app_token", "otherBase"));
        client.call(write("POST", "/records/search", "tbl1"));
        client.call(write("GET", "/fields", "tbl1"));
        assertThat(slow.isDone()).isFalse();

        assertThatThrownBy(() -> client.call(write("POST", "/fields", "tbl2").within(Duration.ofMillis(100))))
                .isInstanceOfSatisfying(FeishuRetryableException.class, e -> {
                    assertThat(e).hasMessageContaining("same Base");
                    assertThat(e.outcomeUnknown()).isFalse();
                });
        leave.countDown();
        slow.get(5, TimeUnit.SECONDS);
        client.call(write("POST", "/fields", "tbl1"));
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /records, true",
        "POST, /records/batch_create, true",
        "POST, /records/batch_update, true",
        "POST, /records/batch_delete, true",
        "PUT, /records/:record_id, true",
        "DELETE, /records/:record_id, true",
        "POST, /fields, true",
        "PUT, /fields/:field_id, true",
        "POST, /views, true",
        "PATCH, /forms/:form_id, true",
        "PATCH, '', true",
        "POST, /records/search, false",
        "POST, /records/batch_get, false",
        "GET, /fields, false"
    })
    void knows_what_writes_to_a_table(String method, String below, boolean writes) {
        var endpoint = EndpointCatalog.packed()
                .match(method, TABLE + below)
                .orElseThrow()
                .endpoint();
        var table = WriterLine.written(endpoint, Map.of("app_token", "b", "table_id", "t"), endpoint.reads());
        assertThat(table).isEqualTo(writes ? "Base b" : null);
    }

    @Test
    void writing_to_a_base_takes_no_table() {
        var endpoint = EndpointCatalog.packed()
                .match("POST", "/open-apis/bitable/v1/apps/:app_token/tables")
                .orElseThrow()
                .endpoint();
        assertThat(WriterLine.written(endpoint, Map.of("app_token", "b"), false))
                .isNull();
    }

    @Test
    void a_line_nobody_stands_in_is_forgotten() throws Exception {
        var lines = new WriterLine();
        try (var place = lines.enter("t", Priority.NORMAL, 1, Deadline.in(Duration.ofSeconds(1)))) {
            assertThat(place).isNotNull();
            var second =
                    callers.submit(() -> lines.enter("t", Priority.INTERACTIVE, 2, Deadline.in(Duration.ofMillis(50))));
            assertThat(second.get(5, TimeUnit.SECONDS)).isNull();
            assertThat(lines.size()).isEqualTo(1);
        }
        assertThat(lines.size()).isZero();
    }

    @Test
    void a_person_who_waits_writes_before_a_job_that_came_earlier() throws Exception {
        var lines = new WriterLine();
        var order = java.util.Collections.synchronizedList(new ArrayList<Priority>());
        var results = new ArrayList<Future<?>>();
        try (var head = lines.enter("t", Priority.NORMAL, 1, Deadline.in(Duration.ofSeconds(5)))) {
            assertThat(head).isNotNull();
            for (var priority : java.util.List.of(
                    Priority.BULK, Priority.BULK, Priority.NORMAL, Priority.INTERACTIVE, Priority.INTERACTIVE)) {
                var arrival = results.size() + 2L;
                var stands = new CountDownLatch(1);
                results.add(callers.submit(() -> {
                    stands.countDown();
                    try (var place = lines.enter("t", priority, arrival, Deadline.in(Duration.ofSeconds(10)))) {
                        assertThat(place).isNotNull();
                        order.add(priority);
                    }
                    return null;
                }));
                assertThat(stands.await(5, TimeUnit.SECONDS)).isTrue();
            }
            await().until(() -> lines.standing("t") == 6);
        }
        for (var result : results) {
            result.get(10, TimeUnit.SECONDS);
        }
        assertThat(order)
                .containsExactly(
                        Priority.INTERACTIVE, Priority.INTERACTIVE, Priority.NORMAL, Priority.BULK, Priority.BULK);
    }

    @Test
    void members_of_a_group_are_changed_by_one_call_at_a_time() {
        var add = EndpointCatalog.packed()
                .match("POST", "/open-apis/im/v1/chats/:chat_id/members")
                .orElseThrow()
                .endpoint();
        assertThat(WriterLine.written(add, Map.of("chat_id", "oc_1"), add.reads()))
                .isEqualTo("members of group oc_1");
    }

    private static ApiRequest write(String method, String below, String table) {
        return ApiRequest.of(method, TABLE + below).with("app_token", "bascn1").with("table_id", table);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the test never let the answer go");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
