package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which messages are commands, and whose. */
class CommandsTest {

    private static final String REPLY = "POST /open-apis/im/v1/messages/:message_id/reply";

    private FakePlatform fake = new FakePlatform();
    private FeishuComponent component;
    private Commands order;
    private Commands anythingElse;

    @BeforeEach
    void routes() {
        component = fake.component();
        order = new Commands(FakePlatform.endpoint("feishu:command/Order", component));
        order.added("order");
        anythingElse = new Commands(FakePlatform.endpoint("feishu:command/*", component));
    }

    @Test
    void aCommandGoesToItsOwnRouteOnly() {
        FeishuEvent message = Events.message("p2p", "/order ORD-1", "");

        assertThat(order.accepts(message)).isTrue();
        assertThat(anythingElse.accepts(message)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/orders", "/nothing", "order", "hello"})
    void whatNoCommandRouteTakesGoesToTheStar(String text) {
        FeishuEvent message = Events.message("p2p", text, "");

        assertThat(order.accepts(message)).isFalse();
        assertThat(anythingElse.accepts(message)).isTrue();
    }

    @Test
    void inAGroupAMessageWithoutAMentionIsNotForTheBot() {
        assertThat(order.accepts(Events.message("group", "/order ORD-1", ""))).isFalse();
        assertThat(anythingElse.accepts(Events.message("group", "hello", ""))).isFalse();
    }

    @Test
    void inAGroupTheMentionMustBeOfTheBot() {
        FeishuEvent ours = Events.message("group", "@_user_1 /order ORD-1", Events.mention(FakeFeishu.BOT));
        FeishuEvent anothers = Events.message("group", "@_user_1 /order ORD-1", Events.mention("ou_somebody"));

        assertThat(order.accepts(ours)).isTrue();
        assertThat(filled(ours)).isNotNull();
        assertThat(filled(anothers)).isNull();
        assertThat(fake.feishu.calls(REPLY)).isEmpty();
    }

    @Test
    void botsAndOtherTenantsAreIgnored() {
        assertThat(order.accepts(Events.message("p2p", "/order 1", "", "app", Events.TENANT)))
                .isFalse();
        assertThat(order.accepts(Events.message("p2p", "/order 1", "", "user", "tenant0002")))
                .isFalse();
        assertThat(order.accepts(Events.event("im.message.recalled_v1", "{}"))).isFalse();
    }

    @Test
    void theRouteGetsTheCommandItsArgumentAndWhoAsked() {
        Exchange exchange = filled(Events.message("p2p", "/ORDER ORD-1 ", ""));

        assertThat(exchange.getVariable("command")).isEqualTo("order");
        assertThat(exchange.getVariable("arg")).isEqualTo("ORD-1");
        assertThat(exchange.getMessage().getHeaders())
                .containsEntry("CamelFeishuMessageId", "om_1")
                .containsEntry("CamelFeishuChatId", "oc_1")
                .containsEntry("CamelFeishuOperatorId", "ou_person");
    }

    @Test
    void whoMayNotAskIsToldSoAndTheRouteDoesNotRun() {
        fake = new FakePlatform(Set.of("oc_other"), Set.of(), null);
        routes();

        assertThat(filled(Events.message("p2p", "/order ORD-1", ""))).isNull();
        assertThat(fake.feishu.calls(REPLY)).singleElement().satisfies(reply -> {
            assertThat(reply.pathVariables()).containsEntry("message_id", "om_1");
            assertThat(reply.body().path("content").asText()).contains("Not for you");
        });
    }

    /** Null when the route has nothing to do. */
    private Exchange filled(FeishuEvent event) {
        EventJournal.Delivery delivery = Events.delivery(event);
        Exchange exchange = new DefaultExchange(component.getCamelContext());
        return order.fill(delivery, exchange) ? exchange : null;
    }
}
