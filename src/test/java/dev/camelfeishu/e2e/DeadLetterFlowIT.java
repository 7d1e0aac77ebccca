package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.component.Exercises;
import dev.camelfeishu.e2e.Sandbox.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningApplication.Extension.class)
@DisplayName("Dead letters: kept, listed, replayed, discarded; nothing is dropped silently")
class DeadLetterFlowIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String REPLY = "/open-apis/im/v1/messages/:message_id/reply";
    private static final String CREATE_INSTANCE = "/open-apis/approval/v4/instances";

    private final RunningApplication application;
    private final Sandbox sandbox;

    DeadLetterFlowIT(RunningApplication application) {
        this.application = application;
        this.sandbox = application.sandbox();
    }

    @AfterEach
    void mend() {
        sandbox.mend();
    }

    @Test
    void without_the_operators_account_there_is_no_way_in() {
        for (String path : List.of("dead-letters", "pairs/orders", "no-such-thing")) {
            assertThat(application.http().get("/ops/api/" + path).status()).isEqualTo(401);
        }
        Http.Answer wrong = application
                .http()
                .send(
                        "GET",
                        "/ops/api/dead-letters",
                        new byte[0],
                        Map.of("Authorization", "Basic b3BlcmF0b3I6d3Jvbmc="));
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.headers().firstValue("WWW-Authenticate"))
                .hasValueSatisfying(value -> assertThat(value).startsWith("Basic"));
        assertThat(application
                        .http()
                        .post(
                                "/ops/api/dead-letters/1/discard",
                                Http.JSON.createObjectNode().put("reason", "x"))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void a_dead_letter_is_listed_with_its_cause_and_filtered_by_state_and_page() {
        JsonNode letter = failed(Person.DAVID);
        List<String> names = new ArrayList<>();
        letter.fieldNames().forEachRemaining(names::add);
        assertThat(names)
                .containsExactly(
                        "id", "flow", "event_id", "cause", "code", "log_id", "attempts", "created_at", "state");
        assertThat(letter.path("flow").asText()).isEqualTo("bot-help");
        assertThat(letter.path("code").asInt()).isEqualTo(230001);
        assertThat(letter.path("log_id").asText()).isNotEmpty();
        assertThat(letter.path("cause").asText()).isNotEmpty().doesNotContain("\n", "at dev.");
        assertThat(letter.path("attempts").asInt()).isEqualTo(1);
        assertThat(Instant.parse(letter.path("created_at").asText()))
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(5));
        assertThat(letter.path("state").asText()).isEqualTo("NEW");

        JsonNode all = application.ops("dead-letters?page=0&size=1");
        assertThat(all.path("items")).hasSize(1);
        assertThat(all.path("total").asLong()).isPositive();
        assertThat(application.ops("dead-letters?state=DISCARDED&size=200").path("items"))
                .noneMatch(item -> item.path("id").equals(letter.path("id")));
        discard(letter);
    }

    @Test
    void what_is_asked_wrongly_is_refused_with_a_sentence() {
        assertThat(application.ops("GET", "dead-letters?state=LOST", null).status())
                .isEqualTo(400);
        assertThat(application.ops("GET", "dead-letters?size=0", null).status()).isEqualTo(400);
        assertThat(application.ops("GET", "dead-letters?page=-1", null).status())
                .isEqualTo(400);
        assertThat(application.ops("GET", "dead-letters?page=x", null).status()).isEqualTo(400);
        assertThat(application
                        .ops("POST", "dead-letters/999999999/replay", null)
                        .status())
                .isEqualTo(404);
        assertThat(application
                        .ops(
                                "POST",
                                "dead-letters/999999999/discard",
                                Http.JSON.createObjectNode().put("reason", "x"))
                        .status())
                .isEqualTo(404);
        assertThat(application.ops("GET", "pairs/no-such-pair", null).status()).isEqualTo(404);
        JsonNode letter = failed(Person.ALICE);
        String discard = "dead-letters/" + letter.path("id").asLong() + "/discard";
        assertThat(application
                        .ops("POST", discard, Http.JSON.createObjectNode())
                        .status())
                .isEqualTo(400);
        Http.Answer noReason =
                application.ops("POST", discard, Http.JSON.createObjectNode().put("reason", " "));
        assertThat(noReason.status()).isEqualTo(400);
        assertThat(noReason.json().path("error").asText()).isNotEmpty();
        discard(letter);
    }

    @Test
    void a_discarded_dead_letter_is_done_with() {
        JsonNode letter = failed(Person.LI_LEI);
        JsonNode discarded = discard(letter);
        assertThat(discarded.path("state").asText()).isEqualTo("DISCARDED");
        long id = letter.path("id").asLong();
        assertThat(application
                        .ops("POST", "dead-letters/" + id + "/replay", null)
                        .status())
                .isEqualTo(409);
        assertThat(application
                        .ops(
                                "POST",
                                "dead-letters/" + id + "/discard",
                                Http.JSON.createObjectNode().put("reason", "y"))
                        .status())
                .isEqualTo(409);
        assertThat(application
                        .feishu()
                        .queryForObject("select discard_reason from feishu.dead_letter where id = ?", String.class, id))
                .isEqualTo("tested");
    }

    @Test
    void a_replay_that_fails_again_is_the_same_dead_letter() {
        JsonNode letter = failed(Person.ZHAO_MIN);
        sandbox.refuse("POST", REPLY, 230001, 2);
        assertThat(replay(letter).status()).isEqualTo(200);
        JsonNode again = await().atMost(PATIENCE)
                .until(
                        () -> letter(letter.path("event_id").asText()),
                        found -> found != null && found.path("state").asText().equals("NEW"));
        assertThat(again.path("id")).isEqualTo(letter.path("id"));
        sandbox.mend();
        discard(again);
    }

    @Test
    @Exercises("dead-letter/replay")
    void the_card_in_the_group_of_operators_replays() {
        JsonNode letter = failed(Person.WANG_FANG);
        Message card = card(letter);
        String message = letter.path("event_id").asText();
        assertThat(card.text()).contains("有一条消息未能处理", "重新处理", "丢弃");
        assertThat(sandbox.replies(Person.WANG_FANG.chat(), message)).hasSize(0);

        Sandbox.Click click = sandbox.click(card.id(), Person.LI_LEI, value("dead-letter-replay", letter));
        assertThat(click.code()).isZero();
        assertThat(click.toastType()).isEqualTo("success");
        assertThat(click.toastText()).isEqualTo("已完成");
        assertThat(application.answer(Person.WANG_FANG.chat(), message).text()).contains("我能做什么");
        await().atMost(PATIENCE)
                .until(() -> letter(message).path("state").asText().equals("RESOLVED"));

        Sandbox.Click late = sandbox.click(card.id(), Person.DAVID, value("dead-letter-discard", letter));
        assertThat(late.toastType()).isEqualTo("warning");
        assertThat(letter(message).path("state").asText()).isEqualTo("RESOLVED");
    }

    @Test
    @Exercises("dead-letter/discard")
    void the_card_in_the_group_of_operators_discards() {
        JsonNode letter = failed(Person.DAVID);
        Sandbox.Click click = sandbox.click(card(letter).id(), Person.DAVID, value("dead-letter-discard", letter));
        assertThat(click.toastType()).isEqualTo("success");
        assertThat(letter(letter.path("event_id").asText()).path("state").asText())
                .isEqualTo("DISCARDED");
        assertThat(sandbox.replies(Person.DAVID.chat(), letter.path("event_id").asText()))
                .isEmpty();
    }

    @Test
    void a_click_from_another_chat_decides_nothing() {
        JsonNode letter = failed(Person.ALICE);
        ObjectNode click = Push.click(
                card(letter).id(), Sandbox.PURCHASING, Person.ALICE.openId(), value("dead-letter-replay", letter));
        Http.Answer answer =
                Push.of(sandbox.info(), "card.action.trigger", click).to(application.http(), "/webhook/card");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/toast/type").asText()).isEqualTo("warning");
        assertThat(letter(letter.path("event_id").asText()).path("state").asText())
                .isEqualTo("NEW");
        discard(letter);
    }

    @Test
    @Exercises({"dead-letter", "dead-letter/resolve"})
    void a_scheduled_route_that_keeps_failing_is_one_dead_letter_that_counts_and_resolves_itself() {
        sandbox.refuse("POST", CREATE_INSTANCE, 1390001, 100_000);
        String request = "PR-DL-" + System.nanoTime();
        application
                .erp()
                .update(
                        "insert into erp.purchase_requests (request_id, applicant_open_id, title, amount)"
                                + " values (?, ?, 'Never submitted', 10)",
                        request,
                        Person.WANG_FANG.openId());
        JsonNode letter = await().atMost(PATIENCE)
                .until(
                        () -> newest("purchase-submit"),
                        found -> found != null && found.path("attempts").asInt() >= 3);
        assertThat(letter.path("code").asInt()).isEqualTo(1390001);
        assertThat(letter.path("event_id").isNull()).isTrue();
        assertThat(newLetters("purchase-submit")).hasSize(1);
        // told once, not at each failure
        assertThat(sandbox.cards(Sandbox.OPS, "\"#" + letter.path("id").asLong() + "\""))
                .hasSize(1);
        assertThat(application
                        .ops("POST", "dead-letters/" + letter.path("id").asLong() + "/replay", null)
                        .status())
                .isEqualTo(409);

        sandbox.mend();
        // what Feishu has refused for good is tried again when a person has changed it
        application.erp().update("update erp.purchase_requests set title = 'Mended' where request_id = ?", request);
        await().atMost(PATIENCE).until(() -> newLetters("purchase-submit").isEmpty());
        await().atMost(PATIENCE)
                .until(() -> "SUBMITTED"
                        .equals(application
                                .erp()
                                .queryForObject(
                                        "select status from erp.purchase_requests where request_id = ?",
                                        String.class,
                                        request)));
        assertThat(sandbox.instances(request)).hasSize(1);
    }

    @Test
    void one_of_many_that_keeps_failing_is_one_dead_letter_until_it_succeeds() {
        String code = await("PR-2003 is submitted")
                .atMost(PATIENCE)
                .until(
                        () -> application
                                .erp()
                                .queryForObject(
                                        "select instance_code from erp.purchase_requests where request_id = 'PR-2003'",
                                        String.class),
                        Objects::nonNull);
        sandbox.refuse("GET", "/open-apis/approval/v4/instances/" + code, 1390002, 100_000);
        JsonNode letter = await().atMost(Duration.ofSeconds(40))
                .until(
                        () -> newest("purchase-reconcile"),
                        found -> found != null && found.path("attempts").asInt() >= 3);
        assertThat(newLetters("purchase-reconcile")).hasSize(1);
        assertThat(sandbox.cards(Sandbox.OPS, "\"#" + letter.path("id").asLong() + "\""))
                .hasSize(1);
        sandbox.mend();
        await().atMost(Duration.ofSeconds(40))
                .until(() -> newLetters("purchase-reconcile").isEmpty());
    }

    @Test
    void a_schedule_that_does_not_reach_the_ERP_is_a_dead_letter_too() {
        application.databases().takeAway(RunningApplication.ERP);
        try {
            for (String flow : List.of("orders-poll", "purchase-submit", "purchase-reconcile")) {
                await(flow + " is kept").atMost(PATIENCE).until(() -> newest(flow), Objects::nonNull);
            }
        } finally {
            application.giveErpBack();
        }
        for (String flow : List.of("orders-poll", "purchase-submit", "purchase-reconcile")) {
            await(flow + " is resolved")
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> newLetters(flow).isEmpty());
        }
    }

    /** A message whose answer Feishu refused, so that nobody was told anything. */
    private JsonNode failed(Person person) {
        sandbox.refuse("POST", REPLY, 230001, 2);
        String message = sandbox.tell(person, "/help");
        JsonNode letter =
                await("the dead letter of " + message).atMost(PATIENCE).until(() -> letter(message), Objects::nonNull);
        sandbox.mend();
        return letter;
    }

    private JsonNode letter(String event) {
        for (JsonNode letter : application.ops("dead-letters?size=200").path("items")) {
            if (letter.path("event_id").asText().equals(event)) {
                return letter;
            }
        }
        return null;
    }

    private List<JsonNode> newLetters(String flow) {
        List<JsonNode> letters = new ArrayList<>();
        for (JsonNode letter :
                application.ops("dead-letters?state=NEW&size=200").path("items")) {
            if (letter.path("flow").asText().equals(flow)) {
                letters.add(letter);
            }
        }
        return letters;
    }

    private JsonNode newest(String flow) {
        List<JsonNode> letters = newLetters(flow);
        return letters.isEmpty() ? null : letters.get(0);
    }

    private Message card(JsonNode letter) {
        String title = "\"#" + letter.path("id").asLong() + "\"";
        return await("the card of " + title)
                .atMost(PATIENCE)
                .until(() -> sandbox.cards(Sandbox.OPS, title), found -> !found.isEmpty())
                .get(0);
    }

    private static ObjectNode value(String action, JsonNode letter) {
        return Http.JSON
                .createObjectNode()
                .put("action", action)
                .put("id", letter.path("id").asText());
    }

    private Http.Answer replay(JsonNode letter) {
        return application.ops("POST", "dead-letters/" + letter.path("id").asLong() + "/replay", null);
    }

    private JsonNode discard(JsonNode letter) {
        Http.Answer answer = application.ops(
                "POST",
                "dead-letters/" + letter.path("id").asLong() + "/discard",
                Http.JSON.createObjectNode().put("reason", "tested"));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }
}
