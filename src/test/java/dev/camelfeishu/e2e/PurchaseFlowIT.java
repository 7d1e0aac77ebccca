package dev.camelfeishu.e2e;

import static dev.camelfeishu.e2e.Person.ALICE;
import static dev.camelfeishu.e2e.Person.DAVID;
import static dev.camelfeishu.e2e.Person.LI_LEI;
import static dev.camelfeishu.e2e.Person.WANG_FANG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.component.Exercises;
import dev.camelfeishu.e2e.Sandbox.Click;
import dev.camelfeishu.e2e.Sandbox.Message;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(RunningApplication.Extension.class)
@DisplayName("Approval to ERP: a draft becomes one instance, an approval one purchase order")
class PurchaseFlowIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String APPROVE = "/open-apis/approval/v4/tasks/approve";

    private final RunningApplication application;
    private final Sandbox sandbox;

    PurchaseFlowIT(RunningApplication application) {
        this.application = application;
        this.sandbox = application.sandbox();
    }

    @BeforeEach
    void everyEventComesTwice() {
        sandbox.duplicates(1);
    }

    @AfterEach
    void mend() {
        sandbox.duplicates(0);
        sandbox.lost(false);
        sandbox.mend();
    }

    /** @param code of the instance */
    private record Request(String id, String code) {}

    @Test
    @Exercises("approval/submit")
    void a_draft_becomes_one_instance_and_is_submitted() {
        Request request = submitted("12.30", "事由：测试 \"引号\"");
        List<JsonNode> instances = sandbox.instances(request.id);
        assertThat(instances).hasSize(1);
        JsonNode form = instances.get(0).path("form");
        assertThat(value(form, request.id)).isTrue();
        assertThat(form.toString()).contains("12.3", "CNY", "测试");
        assertThat(instances.get(0).path("open_id").asText()).isEqualTo(WANG_FANG.openId());
        assertThat(instances.get(0).path("status").asText()).isEqualTo("PENDING");
    }

    @Test
    void the_drafts_of_the_seed_were_submitted_at_the_first_start() {
        for (String id : List.of("PR-2001", "PR-2002", "PR-2003")) {
            await().atMost(PATIENCE).until(() -> !status(id).equals("DRAFT"));
            assertThat(sandbox.instances(id)).hasSize(1);
        }
    }

    @Test
    void an_approval_makes_exactly_one_purchase_order_however_often_it_is_told() {
        Request request = submitted();
        long begin = System.nanoTime();
        sandbox.instance(request.code, "approve");
        awaitStatus(request, "APPROVED");
        System.out.printf(
                "purchase: approval to purchase order after %d ms%n", (System.nanoTime() - begin) / 1_000_000);
        assertThat(orders(request)).containsExactly("OPEN");
        await("the event itself is worked off").atMost(PATIENCE).until(() -> delivered("purchase-changed", request));
        tellAgain(request);
        assertThat(orders(request)).containsExactly("OPEN");
        assertThat(status(request.id)).isEqualTo("APPROVED");
        assertThat(application
                        .erp()
                        .queryForObject(
                                "select o.amount = r.amount from erp.purchase_orders o join erp.purchase_requests r"
                                        + " using (request_id) where request_id = ?",
                                Boolean.class,
                                request.id))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"reject, REJECTED", "cancel, CANCELED", "delete, DELETED"})
    void an_instance_that_ends_otherwise_sets_its_status_and_makes_no_order(String action, String status) {
        Request request = submitted();
        sandbox.instance(request.code, action);
        awaitStatus(request, status);
        tellAgain(request);
        assertThat(status(request.id)).isEqualTo(status);
        assertThat(orders(request)).isEmpty();
    }

    @Test
    void a_revert_cancels_the_purchase_order_and_late_events_change_nothing() {
        Request request = submitted();
        sandbox.instance(request.code, "approve");
        awaitStatus(request, "APPROVED");
        sandbox.instance(request.code, "revert");
        awaitStatus(request, "REVERTED");
        assertThat(orders(request)).containsExactly("CANCELED");
        tellAgain(request);
        assertThat(status(request.id)).isEqualTo("REVERTED");
        assertThat(orders(request)).containsExactly("CANCELED");
    }

    @Test
    @Exercises({"approval/due", "approval/get"})
    void a_decision_whose_events_are_lost_is_found_and_its_late_events_change_nothing() {
        Request request = submitted();
        sandbox.lost(true);
        sandbox.instance(request.code, "approve");
        awaitStatus(request, "APPROVED");
        sandbox.instance(request.code, "revert");
        awaitStatus(request, "REVERTED");
        assertThat(orders(request)).containsExactly("CANCELED");
        sandbox.lost(false);
        tellAgain(request);
        assertThat(status(request.id)).isEqualTo("REVERTED");
        assertThat(orders(request)).containsExactly("CANCELED");
    }

    @Test
    @Exercises({"approval/approve", "card/answer"})
    void each_approver_gets_a_card_and_decides_with_its_buttons() {
        Request request = submitted("4999.50", "Shelves are full");
        Message first = card(LI_LEI, request);
        assertThat(first.text())
                .contains("采购申请", "Shelves are full", "CNY", "同意", "拒绝", "查看详情")
                .containsPattern("4,?999\\.50?");
        assertThat(sandbox.cards(LI_LEI.chat(), request.code)).hasSize(1);
        assertThat(sandbox.cards(ALICE.chat(), request.code)).isEmpty();

        Click click = sandbox.click(first.id(), LI_LEI, button(first, "approve"));
        assertThat(click.code()).isZero();
        assertThat(click.toastType()).isEqualTo("success");
        assertThat(click.toastText()).isEqualTo("已完成");
        assertThat(reread(LI_LEI, first).text()).contains("已通过").doesNotContain("\"callback\"");

        Message second = card(ALICE, request);
        Click last = sandbox.click(second.id(), ALICE, button(second, "approve"));
        assertThat(last.toastType()).isEqualTo("success");
        awaitStatus(request, "APPROVED");
        assertThat(orders(request)).containsExactly("OPEN");

        Click again = sandbox.click(second.id(), ALICE, button(second, "approve"));
        assertThat(again.code()).isZero();
        assertThat(again.toastText()).isEqualTo("这项审批已经处理过了");
        assertThat(orders(request)).containsExactly("OPEN");
    }

    @Test
    @Exercises("approval/reject")
    void a_click_on_reject_rejects() {
        Request request = submitted();
        Message card = card(LI_LEI, request);
        Click click = sandbox.click(card.id(), LI_LEI, button(card, "reject"));
        assertThat(click.toastType()).isEqualTo("success");
        assertThat(reread(LI_LEI, card).text()).contains("已拒绝");
        awaitStatus(request, "REJECTED");
        assertThat(orders(request)).isEmpty();
    }

    @Test
    void the_old_card_callback_works_alike() {
        Request request = submitted();
        Message card = card(LI_LEI, request);
        Click click = sandbox.click(card.id(), LI_LEI, button(card, "reject"), "old");
        assertThat(click.code()).isZero();
        assertThat(reread(LI_LEI, card).text()).contains("已拒绝");
        awaitStatus(request, "REJECTED");
    }

    @Test
    void a_click_by_the_wrong_person_is_refused_and_changes_nothing() {
        Request request = submitted();
        Message card = card(LI_LEI, request);
        for (Person stranger : List.of(ALICE, DAVID, WANG_FANG)) {
            assertNotTheirs(click(card, stranger.openId(), button(card, "approve")));
            assertNotTheirs(click(card, stranger.openId(), button(card, "reject")));
        }
        assertUntouched(request);
    }

    @Test
    void a_forged_task_or_instance_is_refused_and_changes_nothing() {
        Request mine = submitted();
        Request other = submitted();
        Message card = card(LI_LEI, mine);
        JsonNode right = button(card, "approve");
        // a task of another instance, one that does not exist, and an instance that does not exist
        String foreignTask =
                button(card(LI_LEI, other), "approve").path("task_id").asText();
        assertNotTheirs(click(card, LI_LEI.openId(), with(right, "task_id", foreignTask)));
        assertNotTheirs(click(card, LI_LEI.openId(), with(right, "task_id", "7000000000000000001")));
        for (String code : List.of(UUID.randomUUID().toString().toUpperCase(), "../../../x", "", "a b\r\nc")) {
            Http.Answer answer = click(card, LI_LEI.openId(), with(right, "instance_code", code));
            assertThat(answer.status()).as(code).isEqualTo(200);
            assertThat(answer.json().at("/toast/type").asText()).as(code).isIn("warning", "error");
        }
        assertUntouched(mine);
        assertUntouched(other);
    }

    @ParameterizedTest
    @ValueSource(strings = {"explode", "", "APPROVE", "dead-letter"})
    void an_unknown_action_gets_a_warning(String action) {
        Request request = submitted();
        Message card = card(LI_LEI, request);
        Http.Answer answer = click(card, LI_LEI.openId(), with(button(card, "approve"), "action", action));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/toast/type").asText()).isEqualTo("warning");
        assertThat(answer.json().at("/toast/content").asText()).isEqualTo("这个按钮已经失效或无法识别");
        assertUntouched(request);
    }

    @Test
    void a_slow_decision_is_answered_in_time_and_shown_on_the_card_afterwards() {
        Request request = submitted();
        Message card = card(LI_LEI, request);
        sandbox.delay("POST", APPROVE, Duration.ofSeconds(4), 1);
        Click click = sandbox.click(card.id(), LI_LEI, button(card, "approve"));
        System.out.printf(
                "purchase: click answered after %d ms with a business of 4 s%n",
                click.took().toMillis());
        assertThat(click.code()).isZero();
        assertThat(click.took()).isLessThan(Duration.ofMillis(2_500));
        assertThat(click.toastType()).isEqualTo("info");
        assertThat(click.toastText()).isEqualTo("已收到，正在处理…");
        assertThat(reread(LI_LEI, card).text()).doesNotContain("已通过");
        await("the card shows the decision")
                .atMost(PATIENCE)
                .until(() -> reread(LI_LEI, card).text().contains("已通过"));
    }

    @Test
    void a_decision_that_Feishu_refuses_is_told() {
        Request request = submitted();
        Message card = card(LI_LEI, request);
        sandbox.refuse("POST", APPROVE, 1390002, 1);
        Click click = sandbox.click(card.id(), LI_LEI, button(card, "approve"));
        assertThat(click.code()).isZero();
        assertThat(click.toastType()).isIn("error", "warning");
        Click second = sandbox.click(card.id(), LI_LEI, button(card, "approve"));
        assertThat(second.toastType()).isEqualTo("success");
    }

    private Request submitted() {
        return submitted("100", "Because");
    }

    private Request submitted(String amount, String reason) {
        String id = "PR-E2E-" + UUID.randomUUID().toString().substring(0, 8);
        application
                .erp()
                .update(
                        "insert into erp.purchase_requests (request_id, applicant_open_id, title, reason, amount)"
                                + " values (?, ?, ?, ?, ?::numeric)",
                        id,
                        WANG_FANG.openId(),
                        "Request " + id,
                        reason,
                        amount);
        await(id + " is submitted").atMost(PATIENCE).until(() -> status(id).equals("SUBMITTED"));
        String code = application
                .erp()
                .queryForObject(
                        "select instance_code from erp.purchase_requests where request_id = ?", String.class, id);
        return new Request(id, code);
    }

    private static boolean value(JsonNode form, String value) {
        for (JsonNode widget : form) {
            if (widget.path("value").asText().equals(value)) {
                return true;
            }
        }
        return false;
    }

    private String status(String id) {
        return application
                .erp()
                .queryForObject("select status from erp.purchase_requests where request_id = ?", String.class, id);
    }

    private void awaitStatus(Request request, String status) {
        await(request.id + " is " + status)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> status(request.id).equals(status));
    }

    private List<String> orders(Request request) {
        return application
                .erp()
                .queryForList("select status from erp.purchase_orders where request_id = ?", String.class, request.id);
    }

    private boolean delivered(String flow, Request request) {
        return application
                        .feishu()
                        .queryForObject(
                                "select count(*) from feishu.delivery where subscription = ? and lane_key = ?"
                                        + " and state = 'DONE'",
                                Long.class,
                                flow,
                                request.code)
                > 0;
    }

    /** Every event of the instance comes once more, the newest first, and is worked off. */
    private void tellAgain(Request request) {
        for (String type : List.of("approval_instance", "approval_task")) {
            for (JsonNode push : sandbox.pushes(type)) {
                if (push.toString().contains(request.code)) {
                    String id = push.path("event_id").asText();
                    for (JsonNode attempt : sandbox.redeliver(id, 2)) {
                        assertThat(attempt.path("status").asInt()).isEqualTo(200);
                    }
                }
            }
        }
        await("the events of " + request.code + " are worked off")
                .atMost(PATIENCE)
                .until(() -> application
                                .feishu()
                                .queryForObject(
                                        "select count(*) from feishu.delivery where lane_key = ? and state = 'OPEN'",
                                        Long.class,
                                        request.code)
                        == 0);
    }

    private Message card(Person approver, Request request) {
        return await("the card of " + approver)
                .atMost(PATIENCE)
                .until(() -> sandbox.cards(approver.chat(), request.code), found -> !found.isEmpty())
                .get(0);
    }

    private Message reread(Person approver, Message card) {
        return sandbox.messages(approver.chat()).stream()
                .filter(message -> message.id().equals(card.id()))
                .findFirst()
                .orElseThrow();
    }

    /** What the button with an action carries. */
    private static JsonNode button(Message card, String action) {
        for (JsonNode value : card.content().findValues("value")) {
            if (value.path("action").asText().equals(action)) {
                return value;
            }
        }
        throw new AssertionError("no button " + action + " on " + card.text());
    }

    private static ObjectNode with(JsonNode value, String name, String other) {
        return ((ObjectNode) value.deepCopy()).put(name, other);
    }

    /** A click the client did not offer. */
    private Http.Answer click(Message card, String openId, JsonNode value) {
        return Push.of(sandbox.info(), "card.action.trigger", Push.click(card.id(), LI_LEI.chat(), openId, value))
                .to(application.http(), "/webhook/card");
    }

    private static void assertNotTheirs(Http.Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/toast/type").asText()).isEqualTo("warning");
        assertThat(answer.json().at("/toast/content").asText()).isEqualTo("这项审批任务不属于您");
    }

    private void assertUntouched(Request request) {
        JsonNode instance = sandbox.instances(request.id).get(0);
        assertThat(instance.path("status").asText()).isEqualTo("PENDING");
        assertThat(instance.path("tasks")).hasSize(1);
        assertThat(instance.at("/tasks/0/status").asText()).isEqualTo("PENDING");
        assertThat(status(request.id)).isEqualTo("SUBMITTED");
        assertThat(orders(request)).isEmpty();
    }
}
