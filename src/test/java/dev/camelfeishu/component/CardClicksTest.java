package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.camelfeishu.event.FeishuEvent;
import dev.camelfeishu.openapi.FeishuRejectedException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clicks of both callback formats look the same to a route. */
class CardClicksTest {

    private static final String UPDATE = "POST /open-apis/interactive/v1/card/update";
    private static final FeishuEvent CURRENT = Events.event("card.action.trigger", """
            {'operator': {'open_id': 'ou_person'}, 'token': 'c-token',
             'action': {'value': {'action': 'approve', 'id': 7}, 'tag': 'button', 'form_value': {'note': 'fine'}, 'option': 'a'},
             'context': {'open_message_id': 'om_1', 'open_chat_id': 'oc_1'}}""");
    private static final FeishuEvent OLD = Events.event("card.action.trigger_v1", """
            {'open_id': 'ou_person', 'open_message_id': 'om_1', 'open_chat_id': 'oc_1', 'token': 'c-token',
             'action': {'value': {'action': 'approve', 'id': 7}, 'tag': 'button'}}""");
    private static final Map<String, Object> CARD =
            Map.of("card", Map.of("type", "raw", "data", Map.of("schema", "2.0")));

    private static final String PATCH = "PATCH /open-apis/im/v1/messages/:message_id";

    private final FakePlatform fake = new FakePlatform();
    private FeishuComponent component;
    private CardClicks clicks;

    @BeforeEach
    void route() {
        component = fake.component();
        clicks = new CardClicks(FakePlatform.endpoint("feishu:card/action?action=reject, approve", component));
    }

    @Test
    void oneOfTheActionsIsAccepted() {
        assertThat(clicks.accepts(CURRENT)).isTrue();
        assertThat(clicks.accepts(OLD)).isTrue();
    }

    @Test
    void anotherActionIsNot() {
        assertThat(clicks.accepts(Events.event("card.action.trigger", "{'action': {'value': {'action': 'other'}}}")))
                .isFalse();
        assertThat(clicks.accepts(Events.event("card.action.trigger", "{'action': {'value': 'approve'}}")))
                .isFalse();
        assertThat(clicks.accepts(
                        Events.event("im.message.receive_v1", "{'action': {'value': {'action': 'approve'}}}")))
                .isFalse();
    }

    @Test
    void theCurrentFormatIsRead() {
        assertThat(body(CURRENT))
                .isEqualTo(Map.of(
                        "action", "approve",
                        "value", Map.of("action", "approve", "id", 7),
                        "form_value", Map.of("note", "fine"),
                        "option", "a",
                        "message_id", "om_1",
                        "chat_id", "oc_1",
                        "operator", "ou_person"));
    }

    @Test
    void theOldFormatReadsTheSame() {
        assertThat(body(OLD))
                .containsEntry("action", "approve")
                .containsEntry("value", Map.of("action", "approve", "id", 7))
                .containsEntry("form_value", Map.of())
                .containsEntry("option", null)
                .containsEntry("message_id", "om_1")
                .containsEntry("chat_id", "oc_1")
                .containsEntry("operator", "ou_person");
    }

    @Test
    void headersSayWhoClickedAndWhere() {
        Exchange exchange = filled(OLD);

        assertThat(exchange.getMessage().getHeaders())
                .isEqualTo(Map.of(
                        "CamelFeishuMessageId", "om_1",
                        "CamelFeishuChatId", "oc_1",
                        "CamelFeishuOperatorId", "ou_person"));
    }

    @Test
    void anAnswerIsLeftForTheWebhookThatWaits() {
        fake.answers.expect(CURRENT);

        done(CURRENT, CARD);

        assertThat(fake.answers.take(CURRENT))
                .hasValueSatisfying(answer ->
                        assertThat(answer.at("/card/data/schema").asText()).isEqualTo("2.0"));
        assertThat(fake.feishu.calls(UPDATE)).isEmpty();
    }

    @Test
    void whereNobodyWaitsAnyMoreTheCardIsUpdated() {
        done(CURRENT, CARD);

        assertThat(fake.feishu.calls(UPDATE)).singleElement().satisfies(call -> {
            assertThat(call.body().path("token").asText()).isEqualTo("c-token");
            assertThat(call.body().at("/card/schema").asText()).isEqualTo("2.0");
        });
    }

    @Test
    void aLateCardIsSetAsTheAppThatWasClicked() {
        done(Events.of("cli_hr", CURRENT), CARD);

        assertThat(fake.hr.calls(UPDATE)).hasSize(1);
        assertThat(fake.feishu.calls(UPDATE)).isEmpty();
    }

    @Test
    void whereTheTokenUpdatesNoCardTheMessageIsUpdated() {
        refuse("POST /open-apis/interactive/v1/card/update");
        fake.feishu.on(PATCH, "{}");

        done(CURRENT, CARD);

        assertThat(fake.feishu.calls(PATCH))
                .singleElement()
                .satisfies(
                        call -> assertThat(call.body().path("content").asText()).contains("2.0"));
    }

    @Test
    void aCardThatCannotBeUpdatedDoesNotUndoWhatTheRouteHasDone() {
        refuse("POST /open-apis/interactive/v1/card/update");
        refuse(PATCH);

        assertThatCode(() -> done(CURRENT, CARD)).doesNotThrowAnyException();

        assertThat(fake.feishu.calls(PATCH)).hasSize(1);
    }

    private void refuse(String call) {
        fake.feishu.on(call, request -> {
            throw new FeishuRejectedException(call + ": 200310", 400, 200310, "log", null, false, null);
        });
    }

    @Test
    void aLateToastIsNotSentAnywhere() {
        done(CURRENT, Map.of("toast", Map.of("content", "Done")));

        assertThat(fake.feishu.calls(UPDATE)).isEmpty();
    }

    @Test
    void aBodyThatIsNoAnswerIsAnEmptyOne() {
        fake.answers.expect(CURRENT);

        done(CURRENT, "some text");

        assertThat(fake.answers.take(CURRENT))
                .hasValueSatisfying(answer -> assertThat(answer.isEmpty()).isTrue());
    }

    private void done(FeishuEvent click, Object body) {
        Exchange exchange = filled(click);
        exchange.getMessage().setBody(body);
        clicks.done(Events.delivery(click), exchange);
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> body(FeishuEvent click) {
        return filled(click).getMessage().getBody(Map.class);
    }

    private Exchange filled(FeishuEvent click) {
        Exchange exchange = new DefaultExchange(component.getCamelContext());
        assertThat(clicks.fill(Events.delivery(click), exchange)).isTrue();
        return exchange;
    }
}
