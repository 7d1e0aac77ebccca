package dev.camelfeishu.sandbox.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.lark.oapi.core.response.BaseResponse;
import com.lark.oapi.service.approval.v4.model.*;
import com.lark.oapi.service.approval.v4.model.ExternalInstance;
import com.lark.oapi.service.approval.v4.model.Task;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.ReceivingWebhook;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Approvals, with the typed classes of the platform's own Java SDK")
class OfficialSdkApprovalTest {
    private static final String APPLICANT = RunningSandbox.person(1);
    private static final String FIRST = RunningSandbox.person(2);
    private static final String SECOND = RunningSandbox.person(3);
    private static final String OTHER = RunningSandbox.person(5);

    private static TestDatabase postgres;
    private static ReceivingWebhook webhook;
    private static ReceivingWebhook thirdParty;
    private static RunningSandbox sandbox;
    private static com.lark.oapi.service.approval.v4.V4 approvals;

    @BeforeAll
    static void start() throws IOException {
        postgres = new TestDatabase();
        webhook = new ReceivingWebhook();
        thirdParty = new ReceivingWebhook();
        sandbox = RunningSandbox.start(
                postgres, Map.of("feishu.sandbox.webhook-url", webhook.url(), "feishu.sandbox.rates", "false"));
        approvals = sandbox.sdk().approval().v4();
    }

    @AfterAll
    static void stop() throws IOException {
        sandbox.close();
        webhook.close();
        thirdParty.close();
        postgres.close();
    }

    private static <T extends BaseResponse<?>> T good(T response) {
        assertThat(response.success())
                .as(response.getCode() + " " + response.getMsg())
                .isTrue();
        return response;
    }

    private static I18nResource texts(String... pairs) {
        I18nResourceText[] texts = new I18nResourceText[pairs.length / 2];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = I18nResourceText.newBuilder()
                    .key("@i18n@" + pairs[2 * i])
                    .value(pairs[2 * i + 1])
                    .build();
        }
        return I18nResource.newBuilder()
                .locale("zh-CN")
                .isDefault(true)
                .texts(texts)
                .build();
    }

    private static ApprovalNode node(String id, String type, String... people) {
        return ApprovalNode.newBuilder()
                .id(id)
                .name("@i18n@node")
                .nodeType(type)
                .approver(Stream.of(people)
                        .map(person -> ApprovalApproverCcer.newBuilder()
                                .type(person.startsWith("ou_") ? "Personal" : person)
                                .userId(person.startsWith("ou_") ? person : null)
                                .level("1")
                                .build())
                        .toArray(ApprovalApproverCcer[]::new))
                .build();
    }

    /** A definition with a leave type and a list; its nodes follow each other. */
    private static String definition(String code, ApprovalSetting settings, ApprovalNode... nodes) throws Exception {
        ApprovalNode[] all = new ApprovalNode[nodes.length + 2];
        all[0] = ApprovalNode.newBuilder().id("START").build();
        System.arraycopy(nodes, 0, all, 1, nodes.length);
        all[all.length - 1] = ApprovalNode.newBuilder().id("END").build();
        return good(approvals
                        .approval()
                        .create(CreateApprovalReq.newBuilder()
                                .approvalCreate(ApprovalCreate.newBuilder()
                                        .approvalName("@i18n@approval_name")
                                        .approvalCode(code)
                                        .viewers(new ApprovalCreateViewers[] {
                                            ApprovalCreateViewers.newBuilder()
                                                    .viewerType("TENANT")
                                                    .build()
                                        })
                                        .form(ApprovalForm.newBuilder()
                                                .formContent("[{\"id\":\"title\",\"type\":\"input\",\"required\":true,"
                                                        + "\"name\":\"@i18n@title\"},{\"id\":\"kind\",\"type\":\"radioV2\","
                                                        + "\"name\":\"@i18n@kind\",\"value\":[{\"key\":\"1\",\"text\":"
                                                        + "\"@i18n@one\"}]},{\"id\":\"papers\",\"type\":\"attachmentV2\","
                                                        + "\"name\":\"@i18n@papers\"}]")
                                                .build())
                                        .nodeList(all)
                                        .settings(settings)
                                        .i18nResources(new I18nResource[] {
                                            texts(
                                                    "approval_name",
                                                    "Leave",
                                                    "node",
                                                    "Node",
                                                    "title",
                                                    "Title",
                                                    "kind",
                                                    "Kind",
                                                    "one",
                                                    "Annual",
                                                    "papers",
                                                    "Papers"),
                                        })
                                        .build())
                                .build()))
                .getData()
                .getApprovalCode();
    }

    private static String create(String code) throws Exception {
        return good(approvals
                        .instance()
                        .create(CreateInstanceReq.newBuilder()
                                .instanceCreate(InstanceCreate.newBuilder()
                                        .approvalCode(code)
                                        .openId(APPLICANT)
                                        .form("[{\"id\":\"title\",\"type\":\"input\",\"value\":\"Sea\"}]")
                                        .build())
                                .build()))
                .getData()
                .getInstanceCode();
    }

    private static GetInstanceRespBody get(String instance) throws Exception {
        return good(approvals
                        .instance()
                        .get(GetInstanceReq.newBuilder().instanceId(instance).build()))
                .getData();
    }

    private static InstanceTask open(String instance, String person) throws Exception {
        return Stream.of(get(instance).getTaskList())
                .filter(task ->
                        task.getStatus().equals("PENDING") && task.getOpenId().equals(person))
                .findFirst()
                .orElseThrow(() -> new AssertionError(person + " has no open task"));
    }

    private static void approve(String code, String instance, String person) throws Exception {
        good(approvals
                .task()
                .approve(ApproveTaskReq.newBuilder()
                        .taskApprove(TaskApprove.newBuilder()
                                .approvalCode(code)
                                .instanceCode(instance)
                                .userId(person)
                                .taskId(open(instance, person).getId())
                                .build())
                        .build()));
    }

    private static List<String> states(String instance) throws Exception {
        return Stream.of(get(instance).getTaskList())
                .map(InstanceTask::getStatus)
                .toList();
    }

    @Test
    @DisplayName("a definition is made, read and overwritten; a subscriber is told")
    void definitions() throws Exception {
        String code =
                definition(null, null, node("boss", "AND", "DepartmentManager"), node("free", "SEQUENTIAL", "Free"));
        GetApprovalRespBody read = good(approvals
                        .approval()
                        .get(GetApprovalReq.newBuilder().approvalCode(code).build()))
                .getData();
        assertThat(read.getApprovalName()).isEqualTo("Leave");
        assertThat(read.getStatus()).isEqualTo("ACTIVE");
        assertThat(Json.read(read.getForm())
                        .path(1)
                        .path("option")
                        .path(0)
                        .path("text")
                        .asText())
                .isEqualTo("Annual");
        assertThat(read.getNodeList())
                .extracting(ApprovalNodeInfo::getCustomNodeId)
                .containsExactly("boss", "free");
        assertThat(read.getNodeList())
                .extracting(ApprovalNodeInfo::getNeedApprover)
                .containsExactly(false, true);

        good(approvals
                .approval()
                .subscribe(SubscribeApprovalReq.newBuilder().approvalCode(code).build()));
        assertThat(definition(code, null, node("boss", "OR", FIRST, SECOND))).isEqualTo(code);
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(webhook.ofType("approval.approval.updated_v4"))
                        .anySatisfy(delivery -> assertThat(delivery.json()
                                        .path("event")
                                        .path("object")
                                        .path("approval_code")
                                        .asText())
                                .isEqualTo(code)));
        good(approvals
                .approval()
                .unsubscribe(
                        UnsubscribeApprovalReq.newBuilder().approvalCode(code).build()));
        assertThat(approvals
                        .approval()
                        .create(CreateApprovalReq.newBuilder()
                                .approvalCreate(ApprovalCreate.newBuilder()
                                        .approvalName("Leave")
                                        .i18nResources(new I18nResource[] {texts("approval_name", "Leave")})
                                        .build())
                                .build())
                        .getCode())
                .isEqualTo(1390001);
    }

    @Test
    @DisplayName("the flow is previewed, with the leader of the applicant's department and the approvers to be chosen")
    void preview() throws Exception {
        String code = definition(
                null, null, node("boss", "AND", "DepartmentManagerTopDown"), node("free", "SEQUENTIAL", "Free"));
        PreviewNode[] nodes = good(approvals
                        .instance()
                        .preview(PreviewInstanceReq.newBuilder()
                                .previewInstanceReqBody(PreviewInstanceReqBody.newBuilder()
                                        .approvalCode(code)
                                        .userId(APPLICANT)
                                        .form("[{\"id\":\"title\",\"type\":\"input\",\"value\":\"Sea\"}]")
                                        .build())
                                .build()))
                .getData()
                .getPreviewNodes();
        assertThat(nodes[0].getUserIdList()).containsExactly(FIRST);
        assertThat(nodes[1].getIsApproverTypeFree()).isTrue();

        CreateInstanceResp refused = approvals
                .instance()
                .create(CreateInstanceReq.newBuilder()
                        .instanceCreate(InstanceCreate.newBuilder()
                                .approvalCode(code)
                                .openId(APPLICANT)
                                .form("[]")
                                .build())
                        .build());
        assertThat(refused.getCode()).isEqualTo(1390001);
        String instance = good(approvals
                        .instance()
                        .create(CreateInstanceReq.newBuilder()
                                .instanceCreate(InstanceCreate.newBuilder()
                                        .approvalCode(code)
                                        .openId(APPLICANT)
                                        .form("[{\"id\":\"kind\",\"type\":\"radioV2\",\"value\":\"1\"}]")
                                        .nodeApproverOpenIdList(new NodeApprover[] {
                                            NodeApprover.newBuilder()
                                                    .key("free")
                                                    .value(new String[] {SECOND})
                                                    .build()
                                        })
                                        .nodeApproverUserIdList(new NodeApprover[] {
                                            NodeApprover.newBuilder()
                                                    .key("free")
                                                    .value(new String[] {"david"})
                                                    .build()
                                        })
                                        .nodeAutoApprovalList(new NodeAutoApproval[] {
                                            NodeAutoApproval.newBuilder()
                                                    .nodeIdType("CUSTOM")
                                                    .nodeId("boss")
                                                    .build()
                                        })
                                        .build())
                                .build()))
                .getData()
                .getInstanceCode();
        assertThat(get(instance).getTaskList()[0].getType()).isEqualTo("AUTO_PASS");
        assertThat(Json.read(get(instance).getForm()).path(0).path("value").asText())
                .isEqualTo("Annual");
        approve(code, instance, OTHER);
        approve(code, instance, SECOND);
        assertThat(get(instance).getStatus()).isEqualTo("APPROVED");
    }

    @Test
    @DisplayName("a task is rolled back to an earlier node, then to the start, and is sent again")
    void rollBack() throws Exception {
        String code = definition(null, null, node("a", "AND", FIRST), node("b", "AND", SECOND));
        good(approvals
                .approval()
                .subscribe(SubscribeApprovalReq.newBuilder().approvalCode(code).build()));
        String instance = create(code);
        approve(code, instance, FIRST);
        String passed = Stream.of(get(instance).getTimeline())
                .filter(entry -> entry.getType().equals("PASS"))
                .findFirst()
                .orElseThrow()
                .getNodeKey();
        rollBack(open(instance, SECOND), SECOND, passed);
        assertThat(states(instance)).containsExactly("APPROVED", "DONE", "PENDING");
        rollBack(open(instance, FIRST), FIRST, "START");

        ResubmitTaskReq again = ResubmitTaskReq.newBuilder()
                .taskResubmit(TaskResubmit.newBuilder()
                        .approvalCode(code)
                        .instanceCode(instance)
                        .userId(APPLICANT)
                        .taskId(open(instance, APPLICANT).getId())
                        .form("[{\"id\":\"title\",\"type\":\"input\",\"value\":\"Mountains\"}]")
                        .build())
                .build();
        good(approvals.task().resubmit(again));
        assertThat(approvals.task().resubmit(again).getCode()).isEqualTo(1390010);
        assertThat(get(instance).getForm()).contains("Mountains");
        approve(code, instance, FIRST);
        approve(code, instance, SECOND);
        assertThat(get(instance).getStatus()).isEqualTo("APPROVED");
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(webhook.ofType("approval_task").stream()
                                .map(delivery -> delivery.json().path("event"))
                                .filter(event -> event.path("status").asText().equals("ROLLBACK")
                                        && event.path("instance_code").asText().equals(instance))
                                .map(event -> Json.read(event.path("extra").asText())
                                        .path("rollback_node_ids")
                                        .path(0)
                                        .asText())
                                .toList())
                        .containsExactly(passed, "START"));
    }

    private static void rollBack(InstanceTask task, String person, String key) throws Exception {
        good(approvals
                .instance()
                .specifiedRollback(SpecifiedRollbackInstanceReq.newBuilder()
                        .specifiedRollback(SpecifiedRollback.newBuilder()
                                .userId(person)
                                .taskId(task.getId())
                                .reason("more")
                                .taskDefKeyList(new String[] {key})
                                .build())
                        .build()));
    }

    @Test
    @DisplayName("signers are added before, after and beside an approver")
    void signers() throws Exception {
        String code = definition(null, null, node("a", "AND", FIRST));
        String before = create(code);
        addSigners(code, before, 1, 2, "alice", "david");
        assertThat(states(before)).containsExactly("DONE", "PENDING", "PENDING");
        approve(code, before, SECOND);
        approve(code, before, OTHER);
        approve(code, before, FIRST);
        assertThat(get(before).getStatus()).isEqualTo("APPROVED");

        String after = create(code);
        addSigners(code, after, 2, 1, "alice", "david");
        approve(code, after, OTHER);
        assertThat(states(after)).containsExactly("APPROVED", "DONE", "APPROVED");
        assertThat(get(after).getStatus()).isEqualTo("APPROVED");

        String beside = create(code);
        addSigners(code, beside, 3, null, "alice");
        approve(code, beside, FIRST);
        assertThat(get(beside).getStatus()).isEqualTo("PENDING");
        approve(code, beside, SECOND);
        assertThat(get(beside).getStatus()).isEqualTo("APPROVED");
        assertThat(Stream.of(get(beside).getTimeline()).map(InstanceTimeline::getType))
                .contains("ADD_APPROVER");
    }

    private static void addSigners(String code, String instance, int type, Integer method, String... people)
            throws Exception {
        good(approvals
                .instance()
                .addSign(AddSignInstanceReq.newBuilder()
                        .addSignInstanceReqBody(AddSignInstanceReqBody.newBuilder()
                                .approvalCode(code)
                                .instanceCode(instance)
                                .userId("lilei")
                                .taskId(open(instance, FIRST).getId())
                                .addSignUserIds(people)
                                .addSignType(type)
                                .approvalMethod(method)
                                .build())
                        .build()));
    }

    @Test
    @DisplayName(
            "a rejection goes back to the applicant where the definition says so; withdrawal ends where it says so")
    void settings() throws Exception {
        String code = definition(
                null,
                ApprovalSetting.newBuilder().rejectOption(1).revertOption(0).build(),
                node("a", "AND", FIRST),
                node("b", "AND", SECOND));
        String instance = create(code);
        good(approvals
                .task()
                .reject(RejectTaskReq.newBuilder()
                        .taskApprove(TaskApprove.newBuilder()
                                .approvalCode(code)
                                .instanceCode(instance)
                                .userId(FIRST)
                                .taskId(open(instance, FIRST).getId())
                                .build())
                        .build()));
        assertThat(get(instance).getStatus()).isEqualTo("PENDING");
        assertThat(open(instance, APPLICANT).getNodeId()).isEqualTo("START");

        String passed = create(code);
        approve(code, passed, FIRST);
        InstanceCancel cancel = InstanceCancel.newBuilder()
                .approvalCode(code)
                .instanceCode(passed)
                .userId(APPLICANT)
                .build();
        assertThat(approvals
                        .instance()
                        .cancel(CancelInstanceReq.newBuilder()
                                .instanceCancel(cancel)
                                .build())
                        .getCode())
                .isEqualTo(1390009);
    }

    @Test
    @DisplayName("others are told, find what they were told of, and read it")
    void copies() throws Exception {
        String code = definition(null, null, node("a", "AND", FIRST));
        good(approvals
                .approval()
                .subscribe(SubscribeApprovalReq.newBuilder().approvalCode(code).build()));
        String instance = create(code);
        good(approvals
                .instance()
                .cc(CcInstanceReq.newBuilder()
                        .instanceCc(InstanceCc.newBuilder()
                                .approvalCode(code)
                                .instanceCode(instance)
                                .userId(APPLICANT)
                                .ccUserIds(new String[] {OTHER, SECOND})
                                .comment("for your information")
                                .build())
                        .build()));
        assertThat(read(code, "UNREAD")).containsExactlyInAnyOrder(OTHER, SECOND);
        sandbox.post("/sandbox/instances/" + instance + "/read", Json.object().put("open_id", OTHER));
        assertThat(read(code, "READ")).containsExactly(OTHER);
        QueryTaskRespBody unread = good(approvals
                        .task()
                        .query(QueryTaskReq.newBuilder()
                                .userId(SECOND)
                                .topic("17")
                                .build()))
                .getData();
        assertThat(unread.getTasks()).extracting(Task::getProcessCode).contains(instance);
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(webhook.ofType("approval_cc").stream()
                                .map(delivery -> delivery.json().path("event"))
                                .filter(event ->
                                        event.path("instance_code").asText().equals(instance))
                                .map(event -> event.path("operate").asText() + " "
                                        + event.path("user_id").asText()))
                        .containsExactly("CREATE david", "CREATE alice", "READ david"));
    }

    private static List<String> read(String code, String state) throws Exception {
        SearchCcInstanceRespBody found = good(approvals
                        .instance()
                        .searchCc(SearchCcInstanceReq.newBuilder()
                                .ccSearch(CcSearch.newBuilder()
                                        .approvalCode(code)
                                        .readStatus(state)
                                        .build())
                                .build()))
                .getData();
        return Arrays.stream(found.getCcList())
                .map(item -> item.getCc().getUserId())
                .toList();
    }

    @Test
    @DisplayName("instances and tasks are searched, tasks by their last change")
    void searches() throws Exception {
        String code = definition(null, null, node("a", "AND", FIRST), node("b", "AND", SECOND));
        String one = create(code);
        String two = create(code);
        approve(code, one, FIRST);
        TaskSearchItem[] tasks = good(approvals
                        .task()
                        .search(SearchTaskReq.newBuilder()
                                .pageSize(5)
                                .taskSearch(TaskSearch.newBuilder()
                                        .approvalCode(code)
                                        .taskStatusList(new String[] {"PENDING"})
                                        .order(1)
                                        .build())
                                .build()))
                .getData()
                .getTaskList();
        assertThat(tasks).extracting(item -> item.getInstance().getCode()).containsExactly(two, one);
        assertThat(tasks).extracting(item -> item.getTask().getStatus()).containsOnly("pending");
        InstanceSearchItem[] instances = good(approvals
                        .instance()
                        .query(QueryInstanceReq.newBuilder()
                                .instanceSearch(InstanceSearch.newBuilder()
                                        .approvalCode(code)
                                        .instanceStatus("PENDING")
                                        .build())
                                .build()))
                .getData()
                .getInstanceList();
        assertThat(instances).extracting(item -> item.getInstance().getCode()).containsExactlyInAnyOrder(one, two);
        assertThat(Stream.of(good(approvals
                                        .task()
                                        .query(QueryTaskReq.newBuilder()
                                                .userId(SECOND)
                                                .topic("1")
                                                .build()))
                                .getData()
                                .getTasks())
                        .filter(task -> task.getDefinitionCode().equals(code))
                        .map(Task::getProcessCode))
                .containsExactly(one);
        assertThat(approvals
                        .task()
                        .search(SearchTaskReq.newBuilder()
                                .taskSearch(TaskSearch.newBuilder().build())
                                .build())
                        .getCode())
                .isEqualTo(1390001);
    }

    @Test
    @DisplayName("comments are written, answered, changed, listed, deleted one by one and all together")
    void comments() throws Exception {
        String instance = create(definition(null, null, node("a", "AND", FIRST)));
        String first = comment(instance, APPLICANT, "Soon?", null, null);
        String reply = comment(instance, FIRST, "Yes", first, null);
        assertThat(comment(instance, FIRST, "Yes, today", null, reply)).isEqualTo(reply);
        Comment[] comments = comments(instance);
        assertThat(comments).hasSize(1);
        assertThat(comments[0].getCommentator()).isEqualTo(APPLICANT);
        assertThat(comments[0].getReplies()[0].getContent()).contains("today");
        assertThat(get(instance).getCommentList())
                .extracting(InstanceComment::getComment)
                .contains("Soon?");

        DeleteInstanceCommentReq others = DeleteInstanceCommentReq.newBuilder()
                .instanceId(instance)
                .commentId(first)
                .userId(SECOND)
                .build();
        assertThat(approvals.instanceComment().delete(others).getCode()).isEqualTo(1390001);
        good(approvals
                .instanceComment()
                .delete(DeleteInstanceCommentReq.newBuilder()
                        .instanceId(instance)
                        .commentId(first)
                        .userId(APPLICANT)
                        .build()));
        assertThat(comments(instance)[0].getIsDelete()).isEqualTo(1);
        good(approvals
                .instanceComment()
                .remove(RemoveInstanceCommentReq.newBuilder()
                        .instanceId(instance)
                        .userId(APPLICANT)
                        .build()));
        assertThat(comments(instance)).isEmpty();
    }

    private static String comment(String instance, String person, String text, String parent, String id)
            throws Exception {
        return good(approvals
                        .instanceComment()
                        .create(CreateInstanceCommentReq.newBuilder()
                                .instanceId(instance)
                                .userId(person)
                                .commentRequest(CommentRequest.newBuilder()
                                        .content(Json.write(Json.object().put("text", text)))
                                        .parentCommentId(parent)
                                        .commentId(id)
                                        .disableBot(false)
                                        .build())
                                .build()))
                .getData()
                .getCommentId();
    }

    private static Comment[] comments(String instance) throws Exception {
        return good(approvals
                        .instanceComment()
                        .list(ListInstanceCommentReq.newBuilder()
                                .instanceId(instance)
                                .userId(APPLICANT)
                                .build()))
                .getData()
                .getComments();
    }

    @Test
    @DisplayName(
            "a third party's definition and instances are pushed and checked; a quick action is told to the third party")
    void thirdParty() throws Exception {
        String code = "expense-" + System.nanoTime();
        good(approvals
                .externalApproval()
                .create(CreateExternalApprovalReq.newBuilder()
                        .externalApproval(ExternalApproval.newBuilder()
                                .approvalName("@i18n@name")
                                .approvalCode(code)
                                .groupCode("erp")
                                .groupName("@i18n@group")
                                .external(ApprovalCreateExternal.newBuilder()
                                        .supportPc(true)
                                        .createLinkPc("https://erp.example.com/new")
                                        .actionCallbackUrl(thirdParty.url())
                                        .actionCallbackToken("callback-token")
                                        .actionCallbackKey("callback-key")
                                        .build())
                                .i18nResources(new I18nResource[] {texts("name", "Expenses", "group", "ERP")})
                                .build())
                        .build()));
        GetExternalApprovalRespBody read = good(approvals
                        .externalApproval()
                        .get(GetExternalApprovalReq.newBuilder()
                                .approvalCode(code)
                                .build()))
                .getData();
        assertThat(read.getExternal().getSupportPc()).isTrue();
        assertThat(read.getExternal().getActionCallbackKey()).isNull();

        push(code, "exp-1", "REPLACE", 1_000, task("t-1", "lilei", 1_000), task("t-2", "alice", 1_000));
        assertThat(differing("exp-1", 1_000)).isEmpty();
        assertThat(differing("exp-1", 2_000)).containsExactly("exp-1");
        assertThat(differing("exp-none", 1_000)).containsExactly("exp-none");
        push(code, "exp-1", "UPDATE", 2_000, task("t-3", "david", 2_000));
        assertThat(tasks(code)).containsExactlyInAnyOrder("t-1", "t-2", "t-3");

        JsonNode acted = sandbox.post(
                        "/sandbox/external-instances/exp-1/tasks/t-1/act",
                        Json.object().put("action_type", "APPROVE").put("reason", "fine"))
                .body();
        assertThat(acted.path("status").asInt()).isEqualTo(200);
        JsonNode sent = thirdParty.deliveries().stream()
                .map(delivery -> Json.read(ReceivingWebhook.decrypt(
                        "callback-key",
                        Json.read(delivery.body()).path("encrypt").asText())))
                .findFirst()
                .orElseThrow();
        assertThat(sent.path("token").asText()).isEqualTo("callback-token");
        assertThat(sent.path("task_id").asText()).isEqualTo("t-1");
        assertThat(sent.path("user_id").asText()).isEqualTo("lilei");
        assertThat(sent.path("action_context").asText()).isEqualTo("ctx");

        push(code, "exp-1", "REPLACE", 3_000, task("t-2", "alice", 3_000));
        assertThat(tasks(code)).containsExactly("t-2");
        InstanceSearchItem[] found = good(approvals
                        .instance()
                        .query(QueryInstanceReq.newBuilder()
                                .instanceSearch(InstanceSearch.newBuilder()
                                        .instanceExternalId("exp-1")
                                        .build())
                                .build()))
                .getData()
                .getInstanceList();
        assertThat(found).extracting(item -> item.getApproval().getIsExternal()).containsExactly(true);
    }

    private static ExternalInstanceTaskNode task(String id, String person, long time) {
        return ExternalInstanceTaskNode.newBuilder()
                .taskId(id)
                .userId(person)
                .status("PENDING")
                .createTime("1000")
                .endTime("0")
                .updateTime(Long.toString(time))
                .actionContext("ctx")
                .actionConfigs(new ActionConfig[] {
                    ActionConfig.newBuilder().actionType("APPROVE").build()
                })
                .build();
    }

    private static void push(String code, String id, String mode, long time, ExternalInstanceTaskNode... tasks)
            throws Exception {
        good(approvals
                .externalInstance()
                .create(CreateExternalInstanceReq.newBuilder()
                        .externalInstance(ExternalInstance.newBuilder()
                                .approvalCode(code)
                                .instanceId(id)
                                .status("PENDING")
                                .title("@i18n@title")
                                .openId(APPLICANT)
                                .links(ExternalInstanceLink.newBuilder()
                                        .pcLink("https://erp.example.com/1")
                                        .mobileLink("https://erp.example.com/1")
                                        .build())
                                .startTime("1000")
                                .endTime("0")
                                .updateTime(Long.toString(time))
                                .updateMode(mode)
                                .taskList(tasks)
                                .i18nResources(new I18nResource[] {texts("title", "Train")})
                                .build())
                        .build()));
    }

    private static List<String> differing(String id, long time) throws Exception {
        ExteranlInstanceCheckResponse[] different = good(approvals
                        .externalInstance()
                        .check(CheckExternalInstanceReq.newBuilder()
                                .checkExternalInstanceReqBody(CheckExternalInstanceReqBody.newBuilder()
                                        .instances(new ExteranlInstanceCheck[] {
                                            ExteranlInstanceCheck.newBuilder()
                                                    .instanceId(id)
                                                    .updateTime(Long.toString(time))
                                                    .build()
                                        })
                                        .build())
                                .build()))
                .getData()
                .getDiffInstances();
        return Stream.of(different)
                .map(ExteranlInstanceCheckResponse::getInstanceId)
                .toList();
    }

    /** The official SDK refuses a body on GET, so this one call goes without it. */
    private static List<String> tasks(String code) {
        var asked = Json.object();
        asked.putArray("approval_codes").add(code);
        JsonNode data = sandbox.api("GET", "/open-apis/approval/v4/external_tasks", asked)
                .data();
        return data.path("data").path(0).path("tasks").findValuesAsText("id");
    }
}
