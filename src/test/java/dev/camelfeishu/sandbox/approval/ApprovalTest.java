package dev.camelfeishu.sandbox.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.ReceivingWebhook;
import dev.camelfeishu.sandbox.RunningSandbox;
import dev.camelfeishu.sandbox.RunningSandbox.Reply;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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

    private static TestDatabase postgres;
    private static ReceivingWebhook webhook;
    private static RunningSandbox sandbox;

    @BeforeAll
    static void start() throws IOException {
        postgres = new TestDatabase();
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

    @Test
    @DisplayName("a file is uploaded, named by its code in a form, and read by its address")
    void files() throws Exception {
        Reply uploaded = upload("attachment", "paper.pdf", "content of the paper");
        assertThat(uploaded.code()).isZero();
        String code = uploaded.data().path("code").asText();
        HttpResponse<String> read = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create(uploaded.data().path("url").asText()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(read.body()).isEqualTo("content of the paper");
        assertThat(upload("letter", "paper.pdf", "x").code()).isEqualTo(1390001);
        assertThat(upload("image", "paper", "x").code()).isEqualTo(1390001);
        assertThat(upload("image", "large.png", "x".repeat(10 * 1024 * 1024 + 1))
                        .code())
                .isEqualTo(1390001);

        sandbox.jdbc()
                .update(
                        "insert into sandbox.approval_definition (approval_code, name, status, form, nodes) values (?, 'F',"
                                + " 'ACTIVE', ?, '[]') on conflict do nothing",
                        "FILES",
                        "[{\"id\":\"papers\",\"type\":\"attachmentV2\",\"name\":\"Papers\"},{\"id\":\"rows\","
                                + "\"type\":\"fieldList\",\"name\":\"Rows\",\"value\":[{\"id\":\"phone\",\"type\":"
                                + "\"telephone\",\"name\":\"Phone\"}]}]");
        String form = "[{\"id\":\"papers\",\"type\":\"attachmentV2\",\"value\":[\"%s\"]},{\"id\":\"rows\",\"type\":"
                + "\"fieldList\",\"value\":[[{\"id\":\"phone\",\"type\":\"telephone\",\"value\":{\"countryCode\":"
                + "\"+86\",\"nationalNumber\":\"131\"}}]]}]";
        assertThat(create(request(null).put("approval_code", "FILES").put("form", form.formatted("none")))
                        .code())
                .isEqualTo(1390001);
        String instance = create(request(null).put("approval_code", "FILES").put("form", form.formatted(code)))
                .data()
                .path("instance_code")
                .asText();
        JsonNode shown = Json.read(instance(instance).path("form").asText());
        assertThat(shown.path(0).path("ext").asText()).isEqualTo("paper.pdf");
        assertThat(shown.path(0).path("value").path(0).asText()).endsWith(code);
        assertThat(shown.path(1)
                        .path("value")
                        .path(0)
                        .path(0)
                        .path("value")
                        .path("country_code")
                        .asText())
                .isEqualTo("+86");
    }

    private static Reply upload(String type, String name, String content) throws Exception {
        String body = "";
        for (String[] part : new String[][] {{"name", name}, {"type", type}}) {
            body += "--edge\r\nContent-Disposition: form-data; name=\"" + part[0] + "\"\r\n\r\n" + part[1] + "\r\n";
        }
        body += "--edge\r\nContent-Disposition: form-data; name=\"content\"; filename=\"" + name
                + "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + content + "\r\n--edge--\r\n";
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(sandbox.root() + "/approval/openapi/v2/file/upload"))
                                .header("Authorization", "Bearer " + sandbox.token())
                                .header("Content-Type", "multipart/form-data; boundary=edge")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return new Reply(response.statusCode(), Json.parse(response.body()), response.headers());
    }

    @Test
    @DisplayName("the approval bot's message is sent once for a uuid, updated when it is a todo, and acted on")
    void botMessages() throws IOException {
        try (ReceivingWebhook thirdParty = new ReceivingWebhook()) {
            ObjectNode message = Json.object()
                    .put("template_id", "1008")
                    .put("open_id", RunningSandbox.person(2))
                    .put("uuid", "todo-1")
                    .put("approval_name", "@i18n@1");
            message.putObject("action_callback")
                    .put("action_callback_url", thirdParty.url())
                    .put("action_callback_token", "secret");
            message.putArray("action_configs").addObject().put("action_type", "APPROVE");
            String send = "/open-apis/approval/v1/message/send";
            String id =
                    sandbox.api("POST", send, message).data().path("message_id").asText();
            assertThat(sandbox.api("POST", send, message)
                            .data()
                            .path("message_id")
                            .asText())
                    .isEqualTo(id);
            sandbox.post(
                    "/sandbox/approval-messages/" + id + "/act", Json.object().put("action_type", "APPROVE"));
            JsonNode told = Json.read(thirdParty.deliveries().get(0).body());
            assertThat(told.path("message_id").asText()).isEqualTo(id);
            assertThat(told.path("token").asText()).isEqualTo("secret");

            ObjectNode update = Json.object().put("message_id", id).put("status", "APPROVED");
            assertThat(sandbox.api("POST", "/open-apis/approval/v1/message/update", update)
                            .code())
                    .isZero();
            String other = sandbox.api(
                            "POST",
                            send,
                            message.deepCopy().put("uuid", "urge-1").put("template_id", "1013"))
                    .data()
                    .path("message_id")
                    .asText();
            assertThat(sandbox.api("POST", "/open-apis/approval/v1/message/update", update.put("message_id", other))
                            .code())
                    .isEqualTo(1390001);
            assertThat(sandbox.api("POST", send, message.put("template_id", "1099"))
                            .code())
                    .isEqualTo(1390001);
        }
    }
}
