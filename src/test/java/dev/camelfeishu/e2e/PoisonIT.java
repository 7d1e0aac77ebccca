package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.e2e.Sandbox.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningApplication.Extension.class)
@DisplayName(
        "A poison event in each flow is a dead letter while its neighbours flow on; its replay after the fix succeeds")
class PoisonIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String REPLY = "/open-apis/im/v1/messages/:message_id/reply";
    private static final String SEND = "/open-apis/im/v1/messages";
    private static final int MANY = 100_000;

    private final RunningApplication application;
    private final Sandbox sandbox;

    PoisonIT(RunningApplication application) {
        this.application = application;
        this.sandbox = application.sandbox();
    }

    @AfterEach
    void mend() {
        sandbox.mend();
    }

    @Test
    void a_command_whose_answer_is_refused() {
        // the answer and the apology
        sandbox.refuse("POST", REPLY, 230001, 2);
        String poison = sandbox.tell(Person.WANG_FANG, "/help");
        JsonNode letter = letter("bot-help", poison);

        String neighbour = sandbox.tell(Person.WANG_FANG, "/help");
        assertThat(application.answer(Person.WANG_FANG.chat(), neighbour).text())
                .contains("我能做什么");

        replay(letter);
        assertThat(application.answer(Person.WANG_FANG.chat(), poison).text()).contains("我能做什么");
    }

    @Test
    void a_command_that_the_ERP_fails_is_mended_by_editing_it() {
        application.erp().execute("alter table erp.orders rename column note to remark");
        String poison;
        JsonNode letter;
        try {
            poison = sandbox.tell(Person.ALICE, "/order SO-1001");
            letter = letter("bot-order", poison);
            String neighbour = sandbox.tell(Person.ALICE, "/help");
            assertThat(application.answer(Person.ALICE.chat(), neighbour).text())
                    .contains("我能做什么");
        } finally {
            application.erp().execute("alter table erp.orders rename column remark to note");
        }
        String path = "dead-letters/" + letter.path("id").asLong();
        ObjectNode edited = application.ops(path).path("payload").deepCopy();
        ((ObjectNode) edited.at("/event/message"))
                .put(
                        "content",
                        Http.JSON
                                .createObjectNode()
                                .put("text", "/order SO-1002")
                                .toString());

        Http.Answer answer = application.ops(
                "POST", path + "/replay", Http.JSON.createObjectNode().set("payload", edited));

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> state(letter).equals("RESOLVED"));
        assertThat(sandbox.replies(Person.ALICE.chat(), poison))
                .as("the apology, and what was asked for in its stead")
                .hasSize(2)
                .anySatisfy(reply -> assertThat(reply.text()).contains("SO-1002"));
    }

    @Test
    void a_changed_instance_that_cannot_be_read() {
        String poison = submitted("PR-POISON-" + System.nanoTime());
        String neighbour = submitted("PR-SOUND-" + System.nanoTime());
        sandbox.refuse("GET", "/open-apis/approval/v4/instances/" + code(poison), 1390002, MANY);

        sandbox.instance(code(poison), "approve");
        JsonNode letter = await("the dead letter of " + poison)
                .atMost(PATIENCE)
                .until(() -> newest("purchase-changed"), Objects::nonNull);
        sandbox.instance(code(neighbour), "approve");
        awaitStatus(neighbour, "APPROVED");
        assertThat(status(poison)).isEqualTo("SUBMITTED");

        sandbox.mend();
        replayAll("purchase-changed");
        awaitStatus(poison, "APPROVED");
        await().atMost(PATIENCE).until(() -> state(letter).equals("RESOLVED"));
        assertThat(application
                        .erp()
                        .queryForObject(
                                "select count(*) from erp.purchase_orders where request_id = ?", Long.class, poison))
                .isEqualTo(1);
    }

    @Test
    void an_approver_who_cannot_be_asked() {
        sandbox.refuse("POST", SEND, 230001, MANY);
        String poison = submitted("PR-POISON-" + System.nanoTime());
        JsonNode letter = await("the dead letter of " + poison)
                .atMost(PATIENCE)
                .until(() -> newest("purchase-ask-approver"), Objects::nonNull);
        sandbox.mend();
        String neighbour = submitted("PR-SOUND-" + System.nanoTime());
        await("the neighbour's card")
                .atMost(PATIENCE)
                .until(() -> !cards(neighbour).isEmpty());
        assertThat(cards(poison)).isEmpty();

        replay(letter);
        await("the card").atMost(PATIENCE).until(() -> !cards(poison).isEmpty());
        assertThat(cards(poison)).hasSize(1);
    }

    @Test
    void a_click_whose_decision_is_refused() {
        String poison = submitted("PR-POISON-" + System.nanoTime());
        String neighbour = submitted("PR-SOUND-" + System.nanoTime());
        sandbox.refuse("POST", "/open-apis/approval/v4/tasks/approve", 1390001, 1);
        click(poison);
        JsonNode letter = await("the dead letter of the click")
                .atMost(PATIENCE)
                .until(() -> newest("purchase-approve"), Objects::nonNull);
        click(neighbour);
        await().atMost(PATIENCE).until(() -> approvedByLiLei(neighbour));
        assertThat(approvedByLiLei(poison)).isFalse();

        replay(letter);
        await().atMost(PATIENCE).until(() -> approvedByLiLei(poison));
    }

    @Test
    void a_group_that_cannot_be_welcomed() {
        sandbox.bot(Sandbox.PURCHASING, false);
        sandbox.refuse("POST", SEND, 230001, MANY);
        int before = welcomes();
        sandbox.bot(Sandbox.PURCHASING, true);
        JsonNode letter = await("the dead letter of the welcome")
                .atMost(PATIENCE)
                .until(() -> newest("bot-welcome"), Objects::nonNull);
        sandbox.mend();
        String neighbour = sandbox.mention(Sandbox.PURCHASING, Person.DAVID, "/help");
        assertThat(application.answer(Sandbox.PURCHASING, neighbour).text()).contains("我能做什么");
        assertThat(welcomes()).isEqualTo(before);

        replay(letter);
        await("the welcome").atMost(PATIENCE).until(() -> welcomes() == before + 1);
    }

    /** Events of the Base are only hints: one that makes no sense marks nothing and holds nothing up. */
    @Test
    void a_hint_that_makes_no_sense_is_no_poison() {
        Sandbox.Row row = sandbox.rows().get(0);
        ObjectNode event = Http.JSON
                .createObjectNode()
                .put("file_type", "bitable")
                .put("file_token", sandbox.info().at("/base/app_token").asText())
                .put("table_id", sandbox.info().at("/base/table_id").asText())
                .put("revision", -1);
        event.putArray("action_list")
                .add("nonsense")
                .addObject()
                .put("record_id", "../../etc/passwd")
                .put("action", "record_exploded");
        Push push = Push.of(sandbox.info(), "drive.file.bitable_record_changed_v1", event);
        assertThat(push.to(application.http(), "/webhook/event").status()).isEqualTo(200);
        String note = "sound " + System.nanoTime();
        sandbox.edit(row.id(), Map.of("Note", note));
        await("the neighbour's edit reaches the ERP")
                .atMost(PATIENCE)
                .until(() -> application
                                .erp()
                                .queryForObject("select count(*) from erp.orders where note = ?", Long.class, note)
                        == 1);
        assertThat(newest("orders-hint")).isNull();
    }

    // ---- what the tests say

    private String submitted(String request) {
        application
                .erp()
                .update(
                        "insert into erp.purchase_requests (request_id, applicant_open_id, title, reason, amount)"
                                + " values (?, ?, ?, ?, 10)",
                        request,
                        Person.WANG_FANG.openId(),
                        request,
                        request);
        await(request + " is submitted").atMost(PATIENCE).until(() -> code(request), Objects::nonNull);
        return request;
    }

    private String code(String request) {
        return application
                .erp()
                .queryForObject(
                        "select instance_code from erp.purchase_requests where request_id = ?", String.class, request);
    }

    private String status(String request) {
        return application
                .erp()
                .queryForObject("select status from erp.purchase_requests where request_id = ?", String.class, request);
    }

    private void awaitStatus(String request, String status) {
        await(request + " is " + status)
                .atMost(PATIENCE)
                .until(() -> status(request).equals(status));
    }

    private List<Message> cards(String request) {
        return sandbox.cards(Person.LI_LEI.chat(), request);
    }

    private void click(String request) {
        Message card = await("the card of " + request)
                .atMost(PATIENCE)
                .until(() -> cards(request), found -> !found.isEmpty())
                .get(0);
        JsonNode approve = card.content().findValues("value").stream()
                .filter(value -> value.path("action").asText().equals("approve"))
                .findFirst()
                .orElseThrow();
        sandbox.click(card.id(), Person.LI_LEI, approve);
    }

    private boolean approvedByLiLei(String request) {
        return sandbox.instances(request).get(0).at("/tasks/0/status").asText().equals("APPROVED");
    }

    private int welcomes() {
        return (int) sandbox.messages(Sandbox.PURCHASING).stream()
                .filter(message -> message.from().equals("app") && message.parent() == null)
                .count();
    }

    private JsonNode letter(String flow, String event) {
        return await("the dead letter of " + event)
                .atMost(PATIENCE)
                .until(
                        () -> newest(flow),
                        found ->
                                found != null && found.path("event_id").asText().equals(event));
    }

    private JsonNode newest(String flow) {
        JsonNode items =
                application.ops("dead-letters?state=NEW&size=1&flow=" + flow).path("items");
        return items.isEmpty() ? null : items.get(0);
    }

    private String state(JsonNode letter) {
        return application
                .ops("dead-letters/" + letter.path("id").asLong())
                .path("state")
                .asText();
    }

    private void replay(JsonNode letter) {
        Http.Answer answer =
                application.ops("POST", "dead-letters/" + letter.path("id").asLong() + "/replay", null);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> state(letter).equals("RESOLVED"));
    }

    private void replayAll(String flow) {
        Http.Answer answer = application.ops(
                "POST",
                "dead-letters/replay",
                Http.JSON.createObjectNode().put("flow", flow).put("per_second", 10));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().path("replayed").asInt()).isPositive();
        assertThat(answer.json().path("remaining").asInt()).isZero();
    }
}
