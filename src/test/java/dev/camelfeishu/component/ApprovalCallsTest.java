package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.openapi.FeishuRejectedException;
import dev.camelfeishu.sandbox.RunningSandbox;
import dev.camelfeishu.sandbox.push.Seal;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Approvals, one call each")
@ExtendWith(SandboxRoutes.Running.class)
class ApprovalCallsTest {

    private static final String CODE = RunningSandbox.APPROVAL_CODE;
    private static final String APPLICANT = RunningSandbox.person(1);
    private static final String FIRST = RunningSandbox.person(2);
    private static final String SECOND = RunningSandbox.person(3);
    private static final String OTHER = RunningSandbox.person(5);

    private final SandboxRoutes feishu;

    ApprovalCallsTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    private static Map<String, Object> request() {
        return Map.of("open_id", APPLICANT, "form", List.of(Map.of("id", "title", "type", "input", "value", "Paper")));
    }

    private String created() {
        return (String) feishu.run("approval/create?code=" + CODE, Map.of(), request());
    }

    private JsonNode instance(String code) {
        return feishu.sandbox()
                .api("GET", "/open-apis/approval/v4/instances/" + code, null)
                .data();
    }

    private String task(String code) {
        for (JsonNode task : instance(code).path("task_list")) {
            if (task.path("status").asText().equals("PENDING")) {
                return task.path("id").asText();
            }
        }
        throw new AssertionError("no task is open");
    }

    /** Headers that name an open task of an instance and its approver. */
    private Map<String, Object> open(String code, String person) {
        return Map.of(
                "CamelFeishuApprovalCode", CODE,
                "CamelFeishuInstanceCode", code,
                "CamelFeishuTaskId", task(code),
                "CamelFeishuUserId", person);
    }

    private static List<JsonNode> all(Object pages) {
        List<JsonNode> items = new ArrayList<>();
        ((Iterator<?>) pages).forEachRemaining(item -> items.add((JsonNode) item));
        return items;
    }

    private static Map<String, Object> texts(Object... texts) {
        List<Map<String, Object>> pairs = new ArrayList<>();
        for (int i = 0; i < texts.length; i += 2) {
            pairs.add(Map.of("key", "@i18n@" + texts[i], "value", texts[i + 1]));
        }
        return Map.of("locale", "en-US", "is_default", true, "texts", pairs);
    }

    @Test
    @Exercises({"approval/create-definition", "approval/definition", "approval/subscribe", "approval/unsubscribe"})
    @DisplayName("a definition is made and read; its events are subscribed and not any more, as often as one likes")
    void definitions() {
        JsonNode made = feishu.json(
                "approval/create-definition",
                Map.of(),
                Map.of(
                        "approval_name",
                        "@i18n@name",
                        "viewers",
                        List.of(Map.of("viewer_type", "TENANT")),
                        "form",
                        Map.of("form_content", "[{\"id\":\"why\",\"type\":\"input\",\"name\":\"@i18n@why\"}]"),
                        "node_list",
                        List.of(
                                Map.of("id", "START"),
                                Map.of(
                                        "id",
                                        "boss",
                                        "name",
                                        "@i18n@boss",
                                        "node_type",
                                        "OR",
                                        "approver",
                                        List.of(Map.of("type", "Personal", "user_id", FIRST))),
                                Map.of("id", "END")),
                        "i18n_resources",
                        List.of(texts("name", "Leave", "why", "Why", "boss", "Boss"))));
        String code = made.path("approval_code").asText();

        assertThat(feishu.json("approval/definition?code=" + code, Map.of(), null)
                        .path("approval_name")
                        .asText())
                .isEqualTo("Leave");
        for (String operation : List.of("subscribe", "subscribe", "unsubscribe", "unsubscribe")) {
            assertThat(feishu.run("approval/" + operation + "?code=" + code, Map.of(), "unchanged"))
                    .isEqualTo("unchanged");
        }
        assertThatThrownBy(() -> feishu.run("approval/definition?code=NONE", Map.of(), null))
                .isInstanceOf(FeishuRejectedException.class);
    }

    @Test
    @Exercises("approval/preview")
    @DisplayName("the flow of a form is previewed")
    void preview() {
        JsonNode nodes = feishu.json(
                "approval/preview?code=" + CODE,
                Map.of("CamelFeishuUserId", APPLICANT),
                Map.of("form", "[{\"id\":\"title\",\"type\":\"input\",\"value\":\"Paper\"}]"));

        assertThat(nodes).hasSize(2);
        assertThat(nodes.at("/0/user_id_list/0").asText()).isEqualTo(FIRST);
    }

    @Test
    @Exercises("approval/create")
    @DisplayName("an instance is created once for a uuid, and once for a delivery, though an answer is lost")
    void create() {
        String path = "approval/create?code=" + CODE;
        Object first = feishu.run(path, Map.of("CamelFeishuUuid", "calls-1"), request());
        assertThat(feishu.run(path, Map.of("CamelFeishuUuid", "calls-1"), request()))
                .isEqualTo(first);

        feishu.sandbox()
                .post(
                        "/sandbox/faults",
                        dev.camelfeishu.sandbox.Json.object()
                                .put("method", "POST")
                                .put("path", "/open-apis/approval/v4/instances")
                                .put("kind", "after-drop")
                                .put("times", 1));
        Map<String, Object> delivery = Map.of(FeishuConstants.REFERENCE, "delivery-1");
        Object lost = feishu.run(path, delivery, request());
        assertThat(instance((String) lost).path("status").asText()).isEqualTo("PENDING");
        assertThat(feishu.run(path, delivery, request())).isEqualTo(lost);
        assertThat(feishu.run(path, Map.of(FeishuConstants.REFERENCE, "delivery-2"), request()))
                .isNotEqualTo(lost);
    }

    @Test
    @Exercises({"approval/list", "approval/query", "approval/tasks", "approval/tasks-of"})
    @DisplayName("instances and tasks are found")
    void found() {
        String code = created();
        long now = System.currentTimeMillis();

        assertThat(all(feishu.run(
                        "approval/list?pageSize=2&code=" + CODE,
                        Map.of("CamelFeishuStartTime", now - 3_600_000, "CamelFeishuEndTime", now + 60_000),
                        null)))
                .extracting(JsonNode::asText)
                .contains(code);
        assertThat(all(feishu.run("approval/query?pageSize=5&code=" + CODE, Map.of(), null)))
                .extracting(item -> item.at("/instance/code").asText())
                .contains(code);
        assertThat(all(feishu.run(
                        "approval/tasks?code=" + CODE, Map.of(), Map.of("task_status", "PENDING", "order", 1))))
                .extracting(item -> item.at("/task/task_id").asText())
                .contains(task(code));
        assertThat(all(feishu.run("approval/tasks-of?param.topic=1", Map.of("CamelFeishuUserId", FIRST), null)))
                .extracting(item -> item.path("process_code").asText())
                .contains(code);
    }

    @Test
    @Exercises("approval/cancel")
    @DisplayName("the applicant withdraws an instance")
    void cancel() {
        String code = created();
        Map<String, Object> headers = Map.of("CamelFeishuInstanceCode", code, "CamelFeishuUserId", APPLICANT);

        feishu.run("approval/cancel?code=" + CODE, headers, null);

        assertThat(instance(code).path("status").asText()).isEqualTo("CANCELED");
    }

    @Test
    @Exercises({"approval/cc", "approval/search-cc"})
    @DisplayName("others are told, and what they were told of is found")
    void copies() {
        String code = created();
        feishu.run(
                "approval/cc?code=" + CODE,
                Map.of("CamelFeishuInstanceCode", code, "CamelFeishuUserId", APPLICANT),
                List.of(OTHER, SECOND));

        List<JsonNode> found =
                all(feishu.run("approval/search-cc", Map.of(), Map.of("instance_code", code, "read_status", "UNREAD")));
        assertThat(found).extracting(item -> item.at("/cc/user_id").asText()).containsExactlyInAnyOrder(OTHER, SECOND);
    }

    @Test
    @Exercises({"approval/approve-task", "approval/roll-back", "approval/resubmit", "approval/reject-task"})
    @DisplayName(
            "a task is approved, the next rolls back to the start, the applicant sends it again, and it is rejected")
    void rollBack() {
        String code = created();
        feishu.run("approval/approve-task", open(code, FIRST), null);
        feishu.run(
                "approval/roll-back",
                Map.of("CamelFeishuUserId", SECOND, "CamelFeishuTaskId", task(code), "CamelFeishuReason", "more"),
                "START");
        feishu.run(
                "approval/resubmit",
                open(code, APPLICANT),
                Map.of("form", "[{\"id\":\"title\",\"type\":\"input\",\"value\":\"Ink\"}]"));
        assertThat(instance(code).path("form").asText()).contains("Ink");

        feishu.run("approval/reject-task", open(code, FIRST), null);
        assertThat(instance(code).path("status").asText()).isEqualTo("REJECTED");
    }

    @Test
    @Exercises({"approval/add-sign", "approval/transfer"})
    @DisplayName("a signer is added before a task, who gives the task to somebody else")
    void signers() {
        String code = created();
        feishu.run(
                "approval/add-sign",
                open(code, "lilei"),
                Map.of("add_sign_user_ids", List.of("alice"), "add_sign_type", 1, "approval_method", 1));
        feishu.run("approval/transfer?param.transfer_user_id=" + OTHER, open(code, SECOND), null);

        assertThat(instance(code).path("task_list").findValuesAsText("status"))
                .containsExactly("DONE", "TRANSFERRED", "PENDING");
    }

    @Test
    @Exercises({"approval/comment", "approval/comments", "approval/delete-comment", "approval/clear-comments"})
    @DisplayName("comments are written, answered, listed and deleted")
    void comments() {
        String code = created();
        Map<String, Object> author = Map.of("CamelFeishuInstanceId", code, "CamelFeishuUserId", APPLICANT);
        String comment = feishu.json("approval/comment", author, "Soon?").asText();
        feishu.json(
                "approval/comment?param.parent_comment_id=" + comment,
                author,
                Map.of("content", Map.of("text", "Today")));

        JsonNode listed = feishu.json("approval/comments", author, null);
        assertThat(listed.at("/0/content").asText()).contains("Soon?");
        assertThat(listed.at("/0/replies/0/content").asText()).contains("Today");
        feishu.run("approval/delete-comment?param.comment_id=" + comment, author, null);
        assertThat(feishu.json("approval/comments", author, null)
                        .at("/0/is_delete")
                        .asInt())
                .isEqualTo(1);
        feishu.run("approval/clear-comments", author, null);
        assertThat(feishu.json("approval/comments", author, null)).isEmpty();
    }

    @Test
    @Exercises({"approval/message", "approval/remind", "approval/update-message"})
    @DisplayName("the bot sends something to do, once for a delivery, changes it, and urges")
    void messages() {
        Map<String, Object> delivery = Map.of("CamelFeishuOpenId", FIRST, FeishuConstants.REFERENCE, "message-1");
        Map<String, Object> message = Map.of("approval_name", "@i18n@1");
        JsonNode sent = feishu.json("approval/message?param.template_id=1008", delivery, message);
        assertThat(feishu.json("approval/message?param.template_id=1008", delivery, message))
                .isEqualTo(sent);
        feishu.run(
                "approval/update-message?param.status=APPROVED", Map.of("CamelFeishuMessageId", sent.asText()), null);
        String urged = feishu.json("approval/remind", delivery, message).asText();

        JsonNode kept =
                feishu.sandbox().get("/sandbox/approval-messages").body().path("items");
        List<String> shown = new ArrayList<>();
        kept.forEach(item -> shown.add(item.path("message_id").asText() + " "
                + item.path("template_id").asText() + " " + item.path("status").asText()));
        assertThat(shown).contains(sent.asText() + " 1008 APPROVED", urged + " 1013 null");
    }

    @Test
    @Exercises("approval/upload")
    @DisplayName("a file is uploaded as a stream and named in a form by its code")
    void upload() throws Exception {
        String code = feishu.json(
                        "approval/upload?param.type=attachment&param.name=paper.txt",
                        Map.of(),
                        new ByteArrayInputStream("content of the paper".getBytes(StandardCharsets.UTF_8)))
                .asText();

        java.net.http.HttpResponse<String> read = java.net.http.HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(java.net.URI.create(
                                        feishu.sandbox().root() + "/sandbox/approval-files/" + code))
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString());
        assertThat(read.body()).isEqualTo("content of the paper");
    }

    @Test
    @Exercises({
        "approval/create-external-definition",
        "approval/external-definition",
        "approval/push-external-instance",
        "approval/check-external-instances",
        "approval/external-tasks"
    })
    @DisplayName("an approval whose flow runs elsewhere is defined, pushed and checked")
    void external() {
        String code = feishu.json(
                        "approval/create-external-definition",
                        Map.of(),
                        Map.of(
                                "approval_name",
                                "@i18n@name",
                                "approval_code",
                                "calls-expenses",
                                "group_code",
                                "erp",
                                "external",
                                Map.of("support_pc", true, "create_link_pc", "https://erp.example.com"),
                                "i18n_resources",
                                List.of(texts("name", "Expenses"))))
                .asText();
        assertThat(feishu.json("approval/external-definition?code=" + code, Map.of(), null)
                        .path("group_code")
                        .asText())
                .isEqualTo("erp");

        feishu.run(
                "approval/push-external-instance",
                Map.of(),
                Map.of(
                        "approval_code",
                        code,
                        "instance_id",
                        "calls-expense-1",
                        "status",
                        "PENDING",
                        "open_id",
                        APPLICANT,
                        "links",
                        Map.of("pc_link", "https://erp.example.com/1"),
                        "start_time",
                        "1000",
                        "end_time",
                        "0",
                        "update_time",
                        "1000",
                        "task_list",
                        List.of(Map.of(
                                "task_id", "check",
                                "open_id", APPLICANT,
                                "title", "@i18n@name",
                                "links", Map.of("pc_link", "https://erp.example.com/1/check"),
                                "status", "PENDING",
                                "create_time", "1000",
                                "end_time", "0",
                                "update_time", "1000")),
                        "i18n_resources",
                        List.of(texts("name", "Train"))));
        JsonNode different = feishu.json(
                "approval/check-external-instances",
                Map.of(),
                List.of(
                        Map.of("instance_id", "calls-expense-1", "update_time", "1000"),
                        Map.of("instance_id", "calls-expense-2", "update_time", "1000")));
        assertThat(different.findValuesAsText("instance_id")).containsExactly("calls-expense-2");
        List<String> tasks = new ArrayList<>();
        ((Iterator<?>) feishu.run("approval/external-tasks", Map.of(), Map.of("approval_codes", List.of(code))))
                .forEachRemaining(instance ->
                        tasks.add(((JsonNode) instance).at("/tasks/0/id").asText()));
        assertThat(tasks).containsExactly("check");
    }

    @Test
    @Exercises("approval/external-action")
    @DisplayName(
            "an action on an approval whose flow runs elsewhere is read when it is Feishu's, and ends the route else")
    void externalAction() {
        assertThatThrownBy(() -> feishu.run("approval/external-action", Map.of(), "{}"))
                .hasMessageContaining("feishu.approval.callback-token");
        var settings = feishu.camel().getPropertiesComponent();
        settings.addOverrideProperty("feishu.approval.callback-token", "known");
        try {
            assertThat(feishu.json(
                            "approval/external-action",
                            Map.of(),
                            "{\"token\":\"known\",\"action_type\":\"APPROVE\",\"task_id\":\"t-1\"}"))
                    .isEqualTo(FeishuConverters.toJson(Map.of("action_type", "APPROVE", "task_id", "t-1")));
            for (String foreign : List.of("{\"token\":\"other\"}", "{}", "no JSON", "")) {
                Exchange refused = feishu.exchange("approval/external-action", Map.of(), foreign);
                assertThat(refused.isRouteStop()).as(foreign).isTrue();
                assertThat(refused.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE))
                        .isEqualTo(401);
            }
            settings.addOverrideProperty("feishu.approval.callback-key", "key");
            String encrypted = Seal.envelope(Seal.encrypt("key", new byte[16], "{\"token\":\"known\",\"id\":\"1\"}"));
            assertThat(feishu.json("approval/external-action", Map.of(), encrypted)
                            .path("id")
                            .asText())
                    .isEqualTo("1");
            assertThat(feishu.exchange("approval/external-action", Map.of(), "{\"token\":\"known\"}")
                            .isRouteStop())
                    .isTrue();
        } finally {
            settings.addOverrideProperty("feishu.approval.callback-key", "");
            settings.addOverrideProperty("feishu.approval.callback-token", "");
        }
    }
}
