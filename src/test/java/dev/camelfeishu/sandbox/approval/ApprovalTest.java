package dev.camelfeishu.sandbox.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.ReceivingWebhook;
import dev.camelfeishu.sandbox.RunningSandbox;
import dev.camelfeishu.sandbox.RunningSandbox.Reply;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Approval")
class ApprovalTest {
    private static final String V4 = "/open-apis/approval/v4";
    private static final String DEFINITION = V4 + "/approvals/" + RunningSandbox.APPROVAL_CODE;

    private static EmbeddedPostgres postgres;
    private static ReceivingWebhook webhook;
    private static RunningSandbox sandbox;

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder().start();
        webhook = new ReceivingWebhook();
        sandbox = RunningSandbox.start(postgres, Map.of("feishu.sandbox.webhook-url", webhook.url()));
    }

    @AfterAll
    static void stop() throws IOException {
        sandbox.close();
        webhook.close();
        postgres.close();
    }

    @BeforeEach
    void subscribed() {
        webhook.forget();
        sandbox.jdbc().update("update sandbox.approval_definition set subscribed = true");
    }

    private static ObjectNode request(String uuid) {
        ArrayNode form = Json.array();
        form.addObject().put("id", "request_id").put("type", "input").put("value", "PR-1");
        form.addObject()
                .put("id", "widget10000000000007002")
                .put("type", "input")
                .put("value", "Paper");
        form.addObject()
                .put("id", "amount")
                .put("type", "amount")
                .put("value", new BigDecimal("1200.50"))
                .put("currency", "CNY");
        ObjectNode body = Json.object()
                .put("approval_code", RunningSandbox.APPROVAL_CODE)
                .put("open_id", RunningSandbox.person(1))
                .put("form", Json.write(form));
        return uuid == null ? body : body.put("uuid", uuid);
    }

    private static Reply create(ObjectNode body) {
        return sandbox.api("POST", V4 + "/instances", body);
    }

    private static String created() {
        Reply reply = create(request(null));
        assertThat(reply.code()).isZero();
        return reply.data().path("instance_code").asText();
    }

    private static JsonNode instance(String id) {
        return sandbox.api("GET", V4 + "/instances/" + id, null).data();
    }

    private static ObjectNode action(String code, int person) {
        JsonNode task = null;
        for (JsonNode any : instance(code).path("task_list")) {
            task = any.path("status").asText().equals("PENDING") ? any : task;
        }
        return Json.object()
                .put("approval_code", RunningSandbox.APPROVAL_CODE)
                .put("instance_code", code)
                .put("user_id", RunningSandbox.person(person))
                .put("task_id", task == null ? "none" : task.path("id").asText());
    }

    private static List<String> states(String type, String code) {
        return webhook.ofType(type).stream()
                .map(delivery -> delivery.json().path("event"))
                .filter(event -> event.path("instance_code").asText().equals(code))
                .map(event -> event.path("status").asText())
                .toList();
    }

    private static void soon(org.awaitility.core.ThrowingRunnable check) {
        await().atMost(Duration.ofSeconds(15)).untilAsserted(check);
    }

    @Test
    @DisplayName("the definition has its widgets with both ids, and its nodes")
    void definition() {
        JsonNode data = sandbox.api("GET", DEFINITION, null).data();
        JsonNode form = Json.read(data.path("form").asText());
        assertThat(form).hasSize(5);
        assertThat(form.path(0).path("id").asText())
                .isNotEqualTo(form.path(0).path("custom_id").asText());
        assertThat(data.path("node_list")).hasSize(2);
        assertThat(sandbox.api("GET", V4 + "/approvals/NONE", null).code()).isEqualTo(1390002);
    }

    @Test
    @DisplayName("a second subscription is 1390007; without one no event comes")
    void subscription() {
        assertThat(sandbox.api("POST", DEFINITION + "/subscribe", Json.object()).code())
                .isEqualTo(1390007);
        assertThat(sandbox.api("POST", DEFINITION + "/unsubscribe", Json.object())
                        .code())
                .isZero();
        String code = created();
        assertThat(sandbox.jdbc()
                        .queryForObject(
                                "select count(*) from sandbox.push where plain like ?", Long.class, "%" + code + "%"))
                .isZero();
    }

    @Test
    @DisplayName("a uuid is used once, whatever its case, and finds its instance")
    void uuid() {
        String code = create(request("PR-uuid-1")).data().path("instance_code").asText();
        Reply again = create(request("pr-UUID-1".toUpperCase(Locale.ROOT)));
        assertThat(again.status()).isEqualTo(400);
        assertThat(again.code()).isEqualTo(60012);
        assertThat(instance("pr-uuid-1").path("instance_code").asText()).isEqualTo(code);
    }

    @Test
    @DisplayName("a form that does not fit names its widget")
    void form() {
        for (String form : new String[] {
            "[{\"id\":\"nothing\",\"type\":\"input\",\"value\":\"x\"}]",
            "[{\"id\":\"title\",\"type\":\"number\",\"value\":1}]",
            "[{\"id\":\"title\",\"type\":\"input\"}]",
            "[{\"id\":\"amount\",\"type\":\"amount\",\"value\":\"12\"}]",
            "[{\"id\":\"title\",\"type\":\"input\",\"value\":\"a\"},{\"id\":\"widget10000000000007002\",\"type\":\"input\",\"value\":\"b\"}]"
        }) {
            Reply refused = create(request(null).put("form", form));
            assertThat(refused.code()).as(form).isEqualTo(1390001);
            assertThat(refused.body().path("msg").asText()).contains("widget");
        }
        assertThat(create(request(null).put("open_id", "ou_nobody")).code()).isEqualTo(1390004);
        assertThat(create(request(null).put("approval_code", "NONE")).code()).isEqualTo(1390002);
    }

    @Test
    @DisplayName("two approvers in sequence approve; the events tell it in order")
    void approved() {
        String code =
                create(request("PR-approved")).data().path("instance_code").asText();
        assertThat(sandbox.api("POST", V4 + "/tasks/approve", action(code, 3)).code())
                .isEqualTo(1390009);
        ObjectNode first = action(code, 2);
        assertThat(sandbox.api("POST", V4 + "/tasks/approve", first).code()).isZero();
        assertThat(sandbox.api("POST", V4 + "/tasks/approve", first).code()).isEqualTo(1390010);
        assertThat(instance(code).path("status").asText()).isEqualTo("PENDING");
        assertThat(sandbox.api("POST", V4 + "/tasks/approve", action(code, 3)).code())
                .isZero();

        JsonNode data = instance(code);
        assertThat(data.path("status").asText()).isEqualTo("APPROVED");
        assertThat(data.path("end_time").asText()).isNotEqualTo("0");
        JsonNode form = Json.read(data.path("form").asText());
        assertThat(form.path(0).path("custom_id").asText()).isEqualTo("request_id");
        assertThat(form.path(2).path("value").decimalValue()).isEqualByComparingTo("1200.50");
        assertThat(data.path("timeline").findValuesAsText("type")).containsExactly("START", "PASS", "PASS");
        soon(() -> assertThat(states("approval_instance", code)).containsExactly("PENDING", "APPROVED"));
        soon(() -> assertThat(states("approval_task", code))
                .containsExactly("PENDING", "APPROVED", "PENDING", "APPROVED"));

        JsonNode envelope = webhook.ofType("approval_instance").stream()
                .map(ReceivingWebhook.Delivery::json)
                .filter(json ->
                        json.path("event").path("instance_code").asText().equals(code))
                .findFirst()
                .orElseThrow();
        assertThat(envelope.has("schema")).isFalse();
        assertThat(envelope.path("type").asText()).isEqualTo("event_callback");
        assertThat(envelope.path("ts").asText()).matches("\\d{10}\\.\\d{7}");
        assertThat(envelope.path("event").path("uuid").asText()).isEqualTo("PR-approved");
        assertThat(envelope.path("event").path("operate_time").isTextual()).isTrue();
    }

    @Test
    @DisplayName("a revert is REVERTED with a numeric time in the event, and reverted with the old status when read")
    void reverted() {
        String code = created();
        assertThat(sandbox.post("/sandbox/instances/" + code + "/revert", Json.object())
                        .status())
                .isEqualTo(400);
        sandbox.post("/sandbox/instances/" + code + "/approve", Json.object());
        sandbox.post("/sandbox/instances/" + code + "/revert", Json.object());

        assertThat(instance(code).path("status").asText()).isEqualTo("APPROVED");
        assertThat(instance(code).path("reverted").asBoolean()).isTrue();
        soon(() -> assertThat(states("approval_instance", code)).containsExactly("PENDING", "APPROVED", "REVERTED"));
        assertThat(webhook.ofType("approval_instance"))
                .filteredOn(delivery ->
                        delivery.json().path("event").path("status").asText().equals("REVERTED"))
                .allSatisfy(delivery -> assertThat(delivery.json()
                                .path("event")
                                .path("operate_time")
                                .isIntegralNumber())
                        .isTrue());
    }

    @Test
    @DisplayName("reject, cancel and delete end the instance and close the open task")
    void ended() {
        String rejected = created();
        assertThat(sandbox.api("POST", V4 + "/tasks/reject", action(rejected, 2))
                        .code())
                .isZero();
        assertThat(instance(rejected).path("status").asText()).isEqualTo("REJECTED");

        String canceled = created();
        ObjectNode cancel = Json.object()
                .put("approval_code", RunningSandbox.APPROVAL_CODE)
                .put("instance_code", canceled)
                .put("user_id", RunningSandbox.person(2));
        assertThat(sandbox.api("POST", V4 + "/instances/cancel", cancel).code()).isEqualTo(1390009);
        assertThat(sandbox.api("POST", V4 + "/instances/cancel?user_id_type=user_id", cancel.put("user_id", "wangfang"))
                        .code())
                .isZero();
        assertThat(instance(canceled).path("status").asText()).isEqualTo("CANCELED");
        assertThat(instance(canceled).path("task_list").path(0).path("status").asText())
                .isEqualTo("DONE");

        String deleted = created();
        sandbox.post("/sandbox/instances/" + deleted + "/delete", Json.object());
        assertThat(instance(deleted).path("status").asText()).isEqualTo("DELETED");
    }

    @Test
    @DisplayName("a transferred task is the other person's")
    void transferred() {
        String code = created();
        assertThat(sandbox.api(
                                "POST",
                                V4 + "/tasks/transfer",
                                action(code, 2).put("transfer_user_id", RunningSandbox.person(5)))
                        .code())
                .isZero();
        assertThat(sandbox.api("POST", V4 + "/tasks/approve", action(code, 2)).code())
                .isEqualTo(1390009);
        assertThat(sandbox.api("POST", V4 + "/tasks/approve", action(code, 5)).code())
                .isZero();
        assertThat(instance(code).path("task_list").findValuesAsText("status"))
                .containsExactly("TRANSFERRED", "APPROVED", "PENDING");
    }

    @Test
    @DisplayName("by hand one person's task, one node or all nodes are approved")
    void byHand() {
        String code = created();
        String approve = "/sandbox/instances/" + code + "/approve";
        assertThat(sandbox.post(approve, Json.object().put("open_id", RunningSandbox.person(3)))
                        .status())
                .isEqualTo(400);
        assertThat(sandbox.post(approve, Json.object().put("all", false))
                        .body()
                        .path("status")
                        .asText())
                .isEqualTo("PENDING");
        assertThat(sandbox.post(approve, Json.object().put("open_id", RunningSandbox.person(3)))
                        .body()
                        .path("status")
                        .asText())
                .isEqualTo("APPROVED");
    }

    @Test
    @DisplayName("instances are listed by creation in windows of ten hours, and queried")
    void found() {
        String code = created();
        long now = System.currentTimeMillis();
        String list =
                V4 + "/instances?approval_code=" + RunningSandbox.APPROVAL_CODE + "&end_time=" + now + "&start_time=";
        JsonNode codes =
                sandbox.api("GET", list + (now - 3_600_000), null).data().path("instance_code_list");
        assertThat(Json.write(codes)).contains(code);
        assertThat(sandbox.api("GET", list + (now - 36_000_001), null).code()).isEqualTo(1390001);

        JsonNode queried = sandbox.api(
                        "POST", V4 + "/instances/query", Json.object().put("instance_code", code))
                .data();
        assertThat(queried.path("count").asInt()).isEqualTo(1);
        assertThat(queried.path("instance_list")
                        .path(0)
                        .path("instance")
                        .path("status")
                        .asText())
                .isEqualTo("pending");
        assertThat(sandbox.api("POST", V4 + "/instances/query", Json.object()).code())
                .isEqualTo(1390001);
    }
}
