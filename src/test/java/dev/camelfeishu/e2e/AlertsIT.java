package dev.camelfeishu.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.e2e.Sandbox.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

@DisplayName("Alerts: one card for each kind within a minute, one end, buttons that work")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AlertsIT {

    private static final Duration MINUTE = Duration.ofSeconds(60);
    private static final String OPS = "oc_group0000000000000000000000002";
    private static final String REPLY = "/open-apis/im/v1/messages/:message_id/reply";
    private static final String TOKEN = "/open-apis/auth/v3/tenant_access_token/internal";
    private static final String UPDATE = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records/batch_update";
    private static final int COMMANDS = 24;
    private static final List<Person> PEOPLE = List.of(Person.ALICE, Person.DAVID, Person.LI_LEI, Person.WANG_FANG);

    private static final Map<String, String> SETTINGS = Map.ofEntries(
            entry("FEISHU_ALERTS_PERIOD", "1s"),
            entry("FEISHU_ALERTS_WINDOW", "12s"),
            entry("FEISHU_ALERTS_CALM", "3s"),
            entry("FEISHU_ALERTS_LAG", "8s"),
            entry("FEISHU_MONTHLYBUDGET", "100000"),
            entry("FEISHU_EVENT_MODE", "both"),
            entry("FEISHU_SANDBOX_SOCKET_RECONNECTNONCE", "1s"),
            entry("FEISHU_SANDBOX_SOCKET_RECONNECTINTERVAL", "2s"),
            entry("ORDERS_SYNC_PERIOD", "1s"),
            entry("OPS_USERNAME", "operator"),
            entry("OPS_PASSWORD", "only-for-this-test"));
    private static final String ACCOUNT = "operator:only-for-this-test";
    private static final int USED = 85_000;

    private static final String CALLS = "调用飞书接口失败";
    private static final String LETTERS = "有许多消息未能处理";
    private static final String TOKENS = "飞书拒绝给应用发放凭证";

    private static final String LAG = "事件等待过久";
    private static final String SCHEDULE = "定时任务没有完成";
    private static final String QUOTA = "本月调用量即将用完";
    private static final String PAIR = "有一张同步表需要处理";
    private static final String SUBSCRIPTION = "收不到事件";
    /** What each card is about. */
    private static final Map<String, String> STATES = Map.of(
            LAG, "bot-help：", SCHEDULE, "orders-verify：", QUOTA, "cli_", PAIR, "orders：1 ", SUBSCRIPTION, "default：");

    private Databases databases;
    private ApplicationProcess process;
    private Sandbox sandbox;
    private Http control;
    private Http http;
    private JdbcTemplate sql;

    @BeforeAll
    void start(@TempDir Path home) {
        Ports ports = Ports.free();
        databases = new Databases();
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.put("SPRING_DATASOURCE_URL", databases.create("alerts", "alerts"));
        settings.put("SPRING_DATASOURCE_USERNAME", "alerts");
        settings.put("SPRING_DATASOURCE_PASSWORD", "alerts");
        process = ApplicationProcess.ofClasses(ports, settings, home);
        process.start();
        control = new Http(ports.sandbox());
        sandbox = new Sandbox(control);
        http = new Http(ports.server());
        sql = databases.sql("alerts");
    }

    @AfterAll
    void stop() {
        process.close();
        databases.close();
    }

    @Test
    @Order(1)
    @DisplayName("calls and tokens that are refused, and dead letters")
    void callsAreRefused() {
        sandbox.refuse("POST", REPLY, 230001, COMMANDS * 2);
        for (int i = 0; i < COMMANDS; i++) {
            sandbox.tell(PEOPLE.get(i % PEOPLE.size()), "/order SO-" + (1001 + i));
        }
        Message calls = told(CALLS);
        Message letters = told(LETTERS);
        await().during(Duration.ofSeconds(2))
                .atMost(MINUTE)
                .untilAsserted(() ->
                        assertThat(sandbox.cards(OPS, "dead-letter-replay")).hasSizeLessThanOrEqualTo(11));
        sandbox.mend();

        sandbox.refuse("POST", TOKEN, 10014, 4);
        sandbox.refuse("POST", REPLY, 99991663, 1);
        PEOPLE.forEach(person -> sandbox.tell(person, "/order SO-1001"));
        Message tokens = told(TOKENS);
        sandbox.mend();

        Sandbox.Click replay = sandbox.click(letters.id(), Person.LI_LEI, value("alert-replay", letters));
        assertThat(replay.toastType()).as(replay.toastText()).isEqualTo("success");

        for (Message card : List.of(calls, letters, tokens)) {
            await().atMost(MINUTE).until(() -> sandbox.replies(OPS, card.id()).size() == 1);
        }
        for (String title : List.of(CALLS, LETTERS, TOKENS)) {
            assertThat(sandbox.cards(OPS, title)).hasSize(1);
        }
        Sandbox.Click late = sandbox.click(letters.id(), Person.LI_LEI, value("alert-mute", letters));
        assertThat(late.toastType()).isEqualTo("warning");
    }

    @Test
    @Order(2)
    @DisplayName(
            "a delivery that waits, a schedule that is not kept, a quota used up, a pair that differs, no connection")
    void statesAreWrong() {
        // what the refusals above may have told besides
        awaitCalm();
        Map<String, Integer> before = new HashMap<>();
        STATES.keySet().forEach(title -> before.put(title, ends(title)));

        String help = "routes/bot-help/";
        operate(help + "stop");
        sandbox.tell(Person.ALICE, "/help");
        String job = "job_name = 'orders-verify'";
        Long due = sql.queryForObject("select next_fire_time from feishu.qrtz_triggers where " + job, Long.class);
        sql.update(
                "update feishu.qrtz_triggers set trigger_state = 'ERROR', next_fire_time = ? where " + job,
                Instant.now().minus(Duration.ofMinutes(3)).toEpochMilli());
        sql.update("update feishu.api_budget set calls = calls + ?", USED);
        sandbox.breakDown("POST", UPDATE, 10_000);
        sql.update("update erp.orders set note = 'differs' where order_id = 'SO-1002'");
        operate("pairs/orders/verify");
        ObjectNode refusals = Http.JSON.createObjectNode();
        refusals.putObject("discovery").put("code", 1).put("times", 10_000);
        control.post("/sandbox/socket/faults", refusals);
        control.post("/sandbox/socket/drop", Http.JSON.createObjectNode());

        STATES.forEach((title, subject) -> await(title)
                .atMost(MINUTE)
                .untilAsserted(() -> assertThat(sandbox.cards(OPS, title))
                        .singleElement()
                        .satisfies(card -> assertThat(card.text()).contains(subject))));

        sandbox.mend();
        control.send("DELETE", "/sandbox/socket/faults", new byte[0], Map.of());
        sql.update("update feishu.api_budget set calls = calls - ?", USED);
        sql.update("update feishu.qrtz_triggers set trigger_state = 'WAITING', next_fire_time = ? where " + job, due);
        operate(help + "start");

        awaitCalm();
        STATES.keySet().forEach(title -> {
            assertThat(sandbox.cards(OPS, title)).as(title).hasSize(1);
            assertThat(ends(title)).as(title).isEqualTo(before.get(title) + 1);
        });
    }

    /** How often an end was told. */
    private int ends(String title) {
        return sandbox.cards(OPS, title).stream()
                .mapToInt(card -> sandbox.replies(OPS, card.id()).size())
                .sum();
    }

    private void awaitCalm() {
        await("the end of all alerts")
                .atMost(MINUTE)
                .until(() -> sql.queryForObject(
                                "select count(*) from feishu.alert_card where closed_at is null"
                                        + " or told_version < version and (message_id is not null or claimed_at is not null)",
                                Integer.class)
                        == 0);
    }

    private void operate(String path) {
        Http.Answer answer = http.send(
                "POST",
                "/ops/api/" + path,
                new byte[0],
                Map.of("Authorization", "Basic " + Base64.getEncoder().encodeToString(ACCOUNT.getBytes(UTF_8))));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private Message told(String title) {
        return await().atMost(MINUTE)
                .until(() -> sandbox.cards(OPS, title), found -> found.size() == 1)
                .get(0);
    }

    private static JsonNode value(String action, Message card) {
        String id = card.content().findValues("value").stream()
                .filter(value -> value.path("action").asText().startsWith("alert-"))
                .map(value -> value.path("id").asText())
                .findFirst()
                .orElseThrow();
        return Http.JSON.createObjectNode().put("action", action).put("id", id);
    }
}
