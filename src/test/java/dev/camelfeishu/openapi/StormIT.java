package dev.camelfeishu.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Faults;
import dev.camelfeishu.sandbox.RunningSandbox;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * 2,000 calls against the sandbox with its documented limits on, 5 % of which it answers with 429, 2 % with 500, and 1 % not
 * at all, half of these before and half after it did what was asked.
 */
class StormIT {

    private static final String APP_TOKEN = "bascnSandboxOrders000000001";
    private static final String SEND = "/open-apis/im/v1/messages";
    private static final String RECORDS = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records";

    private static final int KEYED_SENDS = 480;
    private static final int UNKEYED_SENDS = 120;
    private static final int KEYED_RECORDS = 500;
    private static final int LOOKED_UP_RECORDS = 100;
    private static final int UPDATES = 400;
    private static final int SEARCHES = 400;
    private static final int CALLS =
            KEYED_SENDS + UNKEYED_SENDS + KEYED_RECORDS + LOOKED_UP_RECORDS + UPDATES + SEARCHES;

    private static final int TABLES = 3;
    private static final int THREADS = 1000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> CHATS = List.of(
            "oc_group0000000000000000000000001",
            "oc_group0000000000000000000000002",
            RunningSandbox.direct(1),
            RunningSandbox.direct(2),
            RunningSandbox.direct(3),
            RunningSandbox.direct(4),
            RunningSandbox.direct(5));

    private static EmbeddedPostgres postgres;
    private static RunningSandbox sandbox;

    private final List<String> tables = new ArrayList<>();
    private final List<String> updated = new ArrayList<>();
    /** What each call was to make, and how it ended. */
    private final Map<String, String> ends = new ConcurrentHashMap<>();

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder().start();
        sandbox = RunningSandbox.start(postgres, Map.of("feishu.sandbox.rates", "true"));
    }

    @AfterAll
    static void stop() throws IOException {
        sandbox.close();
        postgres.close();
    }

    @Test
    void a_storm_of_failures_loses_nothing_and_does_nothing_twice() throws Exception {
        var meters = new SimpleMeterRegistry();
        prepare();
        try (var client = new SdkFeishuClient(
                new BaseUrl(sandbox.root()),
                new AppCredentials("cli_a1b2c3d4e5f60718", "sandbox-app-secret"),
                EndpointCatalog.packed(),
                new LocalTurns(),
                meters)) {
            client.call(ApiRequest.get("/open-apis/bot/v3/info"));
            breakThings();
            var calls = calls(client);
            Collections.shuffle(calls, new Random(7));
            var threads = Executors.newFixedThreadPool(THREADS);
            var start = System.nanoTime();
            try {
                var results = new ArrayList<Future<?>>();
                calls.forEach(call -> results.add(threads.submit(call)));
                for (var result : results) {
                    result.get(5, TimeUnit.MINUTES);
                }
            } finally {
                threads.shutdownNow();
            }
            var took = Duration.ofNanos(System.nanoTime() - start);
            sandbox.bean(Faults.class).clear();

            assertThat(ends).hasSize(CALLS);
            assertThat(ends.entrySet())
                    .as("only calls without a key and without a look-up may end without success, and say so")
                    .allSatisfy(end -> assertThat(end.getValue())
                            .matches(end.getKey().startsWith("unkeyed") ? "success|unknown|retryable" : "success"));
            assertMessages();
            assertRecords();
            report(took, meters);
        }
    }

    private void prepare() {
        for (var i = 0; i < TABLES; i++) {
            var table = JsonNodeFactory.instance.objectNode();
            table.putObject("table")
                    .put("name", "Storm " + i)
                    .putArray("fields")
                    .addObject()
                    .put("field_name", "Order ID")
                    .put("type", 1);
            tables.add(sandbox.api("POST", "/open-apis/bitable/v1/apps/" + APP_TOKEN + "/tables", table)
                    .data()
                    .path("table_id")
                    .asText());
            var batch = JsonNodeFactory.instance.objectNode();
            var records = batch.putArray("records");
            for (var n = i; n < UPDATES; n += TABLES) {
                records.add(fields("to be updated " + n));
            }
            sandbox.api(
                            "POST",
                            "/open-apis/bitable/v1/apps/" + APP_TOKEN + "/tables/" + tables.get(i)
                                    + "/records/batch_create",
                            batch)
                    .data()
                    .path("records")
                    .forEach(record -> updated.add(record.path("record_id").asText()));
        }
        assertThat(updated).hasSize(UPDATES);
    }

    private static void breakThings() {
        fault(Faults.Kind.STATUS, 429, 99991400, 0.05);
        fault(Faults.Kind.STATUS, 500, 1500, 0.02);
        fault(Faults.Kind.DROP, 0, 0, 0.005);
        fault(Faults.Kind.AFTER_DROP, 0, 0, 0.005);
    }

    private static void fault(Faults.Kind kind, int status, int code, double probability) {
        var faults = sandbox.bean(Faults.class);
        faults.add(new Faults.Fault(
                faults.nextId(),
                null,
                "/open-apis/",
                kind,
                status,
                code,
                "storm",
                0,
                probability,
                new AtomicInteger(1_000_000),
                Map.of()));
    }

    private List<Runnable> calls(FeishuClient client) {
        var calls = new ArrayList<Runnable>();
        for (var i = 0; i < KEYED_SENDS; i++) {
            var text = "keyed " + i;
            calls.add(() -> run(client, text, send().body(message(text, key(text)))));
        }
        for (var i = 0; i < UNKEYED_SENDS; i++) {
            var text = "unkeyed " + i;
            calls.add(() -> run(client, text, send().body(message(text, null))));
        }
        for (var i = 0; i < KEYED_RECORDS; i++) {
            var id = "record " + i;
            calls.add(() -> run(
                    client, id, records(id, "").query("client_token", key(id)).body(fields(id))));
        }
        for (var i = 0; i < LOOKED_UP_RECORDS; i++) {
            var id = "looked up " + i;
            calls.add(() -> run(
                    client,
                    id,
                    records(id, "")
                            .body(fields(id))
                            .lookUp(records(id, "/search").body(search(id)), StormIT::found)));
        }
        for (var i = 0; i < UPDATES; i++) {
            var id = "updated " + i;
            var record = updated.get(i);
            var table = tables.get(tableOfUpdate(i));
            calls.add(() -> run(
                    client,
                    id,
                    ApiRequest.of("PUT", RECORDS + "/:record_id")
                            .with("app_token", APP_TOKEN)
                            .with("table_id", table)
                            .with("record_id", record)
                            .body(fields(id))));
        }
        for (var i = 0; i < SEARCHES; i++) {
            var id = "search " + i;
            calls.add(() -> run(client, id, records(id, "/search").body(search(id))));
        }
        return calls;
    }

    private int tableOfUpdate(int index) {
        var first = (UPDATES + TABLES - 1) / TABLES;
        return index < first ? 0 : 1 + (index - first) / ((UPDATES - first) / (TABLES - 1));
    }

    private void run(FeishuClient client, String name, ApiRequest request) {
        try {
            client.call(request.within(PATIENCE));
            ends.put(name, "success");
        } catch (FeishuRetryableException e) {
            ends.put(name, e.outcomeUnknown() ? "unknown" : "retryable");
        } catch (FeishuRejectedException e) {
            ends.put(name, "rejected: " + e.getMessage());
        }
    }

    private void assertMessages() {
        var sent = sandbox.jdbc()
                .queryForList("select content from sandbox.message where content like '%keyed %'", String.class);
        assertThat(sent).doesNotHaveDuplicates();
        ends.forEach((text, end) -> {
            if (text.contains("keyed") && end.equals("success")) {
                assertThat(sent).contains(content(text));
            }
        });
    }

    private void assertRecords() {
        var cells = sandbox.jdbc()
                .queryForList(
                        "select cells::text from sandbox.base_record where table_id in (?, ?, ?)",
                        String.class,
                        tables.toArray());
        assertThat(cells).hasSize(UPDATES + KEYED_RECORDS + LOOKED_UP_RECORDS).doesNotHaveDuplicates();
        assertThat(cells).noneMatch(cell -> cell.contains("to be updated"));
    }

    /** The limits alone allow no less; the first second's worth goes at once. A failed attempt is counted by them, too. */
    private static void report(Duration took, SimpleMeterRegistry meters) {
        var searches = "POST " + RECORDS + "/search";
        var bound = bound(SEARCHES);
        var retries = meters.find("feishu.api.retries").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
        System.out.printf(
                "storm: %d calls took %.1f s; the limits alone allow no less than %.1f s (%+.0f %%), %.1f s with the"
                        + " attempts that failed; %.0f retries; %d calls without a key ended as retryable%n",
                CALLS,
                took.toMillis() / 1000.0,
                bound,
                took.toMillis() / 10 / bound - 100,
                bound(SEARCHES
                        + meters.counter("feishu.api.retries", "endpoint", searches)
                                .count()),
                retries,
                meters.find("feishu.api.calls").timers().stream()
                        .filter(timer -> !"success".equals(timer.getId().getTag("outcome")))
                        .mapToLong(Timer::count)
                        .sum());
        assertThat(took).isLessThan(Duration.ofSeconds((long) (5 * bound)));
    }

    /** Seconds: searches go at 20 a second, messages at five a second to each chat, records at 50. */
    private static double bound(double searches) {
        return Math.max(
                        searches / 20,
                        Math.max(
                                (KEYED_SENDS + UNKEYED_SENDS) / (5.0 * CHATS.size()),
                                (KEYED_RECORDS + LOOKED_UP_RECORDS) / 50.0))
                - 1;
    }

    private static ApiRequest send() {
        return ApiRequest.post(SEND).query("receive_id_type", "chat_id");
    }

    private static ObjectNode message(String text, String uuid) {
        var number = Integer.parseInt(text.substring(text.indexOf(' ') + 1));
        var message = JsonNodeFactory.instance
                .objectNode()
                .put("receive_id", CHATS.get(number % CHATS.size()))
                .put("msg_type", "text")
                .put("content", content(text));
        return uuid == null ? message : message.put("uuid", uuid);
    }

    private static String content(String text) {
        return JsonNodeFactory.instance.objectNode().put("text", text).toString();
    }

    private ApiRequest records(String id, String below) {
        var number = Integer.parseInt(id.substring(id.lastIndexOf(' ') + 1));
        return ApiRequest.post(RECORDS + below)
                .with("app_token", APP_TOKEN)
                .with("table_id", tables.get(number % TABLES));
    }

    private static ObjectNode fields(String id) {
        var record = JsonNodeFactory.instance.objectNode();
        record.putObject("fields").put("Order ID", id);
        return record;
    }

    private static ObjectNode search(String id) {
        var search = JsonNodeFactory.instance.objectNode();
        var filter = search.putObject("filter").put("conjunction", "and");
        filter.putArray("conditions")
                .addObject()
                .put("field_name", "Order ID")
                .put("operator", "is")
                .putArray("value")
                .add(id);
        return search;
    }

    private static Optional<JsonNode> found(ApiResponse response) {
        var items = response.data().path("items");
        return items.isEmpty()
                ? Optional.empty()
                : Optional.of(JsonNodeFactory.instance.objectNode().set("record", items.get(0)));
    }

    private static String key(String name) {
        // the platform wants a random UUID
        var id = UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return new UUID(id.getMostSignificantBits() & ~0xf000L | 0x4000L, id.getLeastSignificantBits()).toString();
    }
}
