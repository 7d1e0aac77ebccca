package dev.camelfeishu.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.openapi.AppCredentials;
import dev.camelfeishu.openapi.BaseUrl;
import dev.camelfeishu.openapi.EndpointCatalog;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.LocalTurns;
import dev.camelfeishu.openapi.SdkFeishuClient;
import dev.camelfeishu.sandbox.RunningSandbox;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Over HTTP, and without events: what a write replaced unseen is known from the history of its record alone. */
@DisplayName("The history of a record")
class RecordHistoryTest {

    private static final String BASE = "bascnSandboxOrders000000001";
    private static final String HISTORY = "/open-apis/base/v3/bases/" + BASE + "/record_history";

    private static TestDatabase postgres;
    private static RunningSandbox sandbox;
    private static SdkFeishuClient client;
    private static JdbcTemplate jdbc;

    private final DeclaredPair.HandClock clock = new DeclaredPair.HandClock();
    private final AtomicInteger inTheWindow = new AtomicInteger();
    private PairSync pair;
    private String tableId;

    @BeforeAll
    static void start() throws IOException {
        postgres = new TestDatabase();
        sandbox = RunningSandbox.start(postgres, Map.of("feishu.sandbox.rates", "false"));
        client = new SdkFeishuClient(
                new BaseUrl(sandbox.root()),
                new AppCredentials("cli_a1b2c3d4e5f60718", "sandbox-app-secret"),
                EndpointCatalog.packed(),
                new LocalTurns(),
                new SimpleMeterRegistry());
        jdbc = new JdbcTemplate(postgres.dataSource());
        jdbc.execute("CREATE SCHEMA shop");
        jdbc.execute("CREATE TABLE shop.task (id text PRIMARY KEY, state text, due timestamptz, changed timestamptz)");
    }

    @AfterAll
    static void stop() throws IOException {
        client.close();
        sandbox.close();
        postgres.close();
    }

    @BeforeEach
    void linked() {
        jdbc.update("DELETE FROM shop.task");
        jdbc.update("INSERT INTO shop.task VALUES ('T-1', 'NEW', '2026-03-01 10:00:00+08', now())");
        var name = "tasks-" + System.nanoTime();
        var declaration = new PairDeclarationParser(Map.<String, String>of()::get)
                .parse("tasks.yaml", """
                pair: %s
                sql: {table: shop.task, key: id, changed: changed}
                bitable: {app: %s, table: %s}
                columns:
                  id: {field: Id, type: text, owner: sql}
                  state: {field: State, type: single-select, options: [NEW, PAID, DONE], owner: both, on-conflict: bitable}
                  due: {field: Due, type: datetime, owner: sql}
                """.formatted(name, BASE, name));
        // after the last look of the write
        FeishuClient watched = request -> client.call(request.onlyWhile(() -> {
            var wanted = request.isWanted();
            if (request.path().endsWith("/batch_update") && inTheWindow.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                person("PAID");
            }
            return wanted;
        }));
        pair = new PairSync(
                declaration,
                watched,
                jdbc,
                new TransactionTemplate(new DataSourceTransactionManager(jdbc.getDataSource())),
                jdbc.getDataSource(),
                new ObjectMapper(),
                new SimpleMeterRegistry(),
                clock,
                Duration.ofSeconds(1));
        settle();
        tableId = pair.tableId().orElseThrow();
    }

    private void settle() {
        for (var round = 0; round < 6; round++) {
            pair.poll();
            pair.probe(event -> {});
            pair.drain(RowTransform.NONE);
            clock.pass(Duration.ofSeconds(10));
        }
    }

    private void change(String state) {
        jdbc.update("UPDATE shop.task SET state = ?, changed = now() WHERE id = 'T-1'", state);
    }

    private String recordId() {
        return jdbc.queryForObject("SELECT record_id FROM feishu.sync_link WHERE pair = ?", String.class, pair.name());
    }

    private void person(String state) {
        var body = JsonNodeFactory.instance.objectNode().put("operator", RunningSandbox.person(1));
        body.putObject("fields").put("State", state);
        var reply = sandbox.send(
                "PUT", "/sandbox/bases/" + BASE + "/tables/" + tableId + "/records/" + recordId(), body, Map.of());
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
    }

    private JsonNode history(String query) {
        var reply = sandbox.api("GET", HISTORY + "?table_id=" + tableId + "&record_id=" + recordId() + query, null);
        assertThat(reply.code()).as(reply.body().toString()).isZero();
        return reply.data();
    }

    private String state() {
        return jdbc.queryForObject("SELECT state FROM shop.task WHERE id = 'T-1'", String.class);
    }

    @Test
    @DisplayName("tells who changed what, the latest first, page by page")
    void shape() {
        change("PAID");
        settle();
        person("DONE");

        var items = history("").path("items");
        assertThat(items.findValuesAsText("activity_type")).containsExactly("update", "update", "create");
        assertThat(items.path(0).path("operator").asText()).isEqualTo(RunningSandbox.person(1));
        assertThat(items.path(0).path("create_time").asLong()).isBetween(1_600_000_000L, 9_999_999_999L);
        assertThat(items.path(0).path("rev").asLong())
                .isGreaterThan(items.path(1).path("rev").asLong());
        var change = items.path(0).path("field_changes").path(0);
        assertThat(change.path("field_name").asText()).isEqualTo("State");
        assertThat(change.path("before").asText()).isEqualTo("PAID");
        assertThat(change.path("after").asText()).isEqualTo("DONE");
        assertThat(items.path(2).findValuesAsText("field_name")).contains("Id", "State", "Due", "Sync ID");
        assertThat(items.path(2).findValuesAsText("after")).contains("2026-03-01 10:00:00");

        var first = history("&page_size=2");
        assertThat(first.path("has_more").asBoolean()).isTrue();
        var rest = history(
                "&page_size=2&max_version=" + first.path("next_max_version").asLong());
        assertThat(rest.path("has_more").asBoolean()).isFalse();
        assertThat(rest.path("items").findValuesAsText("activity_type")).containsExactly("create");
        assertThat(sandbox.api(
                                "GET",
                                HISTORY + "?table_id=" + tableId + "&record_id=" + recordId() + "&page_size=51",
                                null)
                        .code())
                .isEqualTo(1254011);
    }

    @Test
    @DisplayName("shows a person's edit that a write replaced unseen, and its column's policy is run again with it")
    void unseen() {
        inTheWindow.set(1);
        change("DONE");
        settle();

        assertThat(jdbc.queryForList(
                        "SELECT losing || ' ' || why FROM feishu.sync_journal WHERE pair = ? ORDER BY id",
                        String.class,
                        pair.name()))
                .containsExactly("PAID unseen", "DONE conflict");
        assertThat(state()).isEqualTo("PAID");
        assertThat(history("")
                        .path("items")
                        .path(0)
                        .at("/field_changes/0/after")
                        .asText())
                .isEqualTo("PAID");
        assertThat(pair.problems()).isEmpty();
        assertThat(pair.verify().divergent()).isZero();
    }

    @Test
    @DisplayName("that the application may not read is told once, and the pair goes on")
    void closed() {
        var calls = calls();
        var fault = JsonNodeFactory.instance
                .objectNode()
                .put("method", "GET")
                .put("path", HISTORY)
                .put("kind", "code")
                .put("code", 91403)
                .put("times", 100);
        assertThat(sandbox.post("/sandbox/faults", fault).status()).isEqualTo(200);
        for (var state : new String[] {"DONE", "NEW", "DONE"}) {
            inTheWindow.set(1);
            change(state);
            settle();
            assertThat(state()).isEqualTo(state);
        }
        sandbox.send("DELETE", "/sandbox/faults", null, Map.of());

        assertThat(calls() - calls).isEqualTo(1);
        assertThat(pair.problems()).singleElement().asString().contains("history", "91403");
        assertThat(pair.verify().divergent()).isZero();
    }

    private int calls() {
        return sandbox.get("/sandbox/calls?size=5000&path=" + HISTORY)
                .body()
                .path("items")
                .size();
    }
}
