package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.event.DeadLetters;
import dev.camelfeishu.event.FeishuEvent;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.FeishuRejectedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Routes with {@code feishu:} endpoints, in a context of their own. */
class FeishuRouteTest {

    private static final String REPLY = "POST /open-apis/im/v1/messages/:message_id/reply";
    private static final String SEND = "POST /open-apis/im/v1/messages";

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final LettersInMemory letters = new LettersInMemory();
    private final FakePlatform fake = new FakePlatform(letters);

    @AfterEach
    void stop() {
        camel.stop();
    }

    @Test
    void aCommandIsAnsweredByAReplyToItsMessage() throws Exception {
        start(routes -> routes.from("feishu:command/hello").routeId("hello").to("feishu:message/reply?text=greeting"));

        assertThat(fake.journal.deliver(Events.message("p2p", "/hello <at id=all>", "")))
                .containsExactly("hello");

        ApiRequest reply = fake.feishu.calls(REPLY).get(0);
        assertThat(reply.pathVariables()).containsEntry("message_id", "om_1");
        JsonNode content = FakeFeishu.json(reply.body().path("content").asText());
        assertThat(content.path("text").asText()).isEqualTo("Hello ＜at id=all>");
    }

    @Test
    void theReplyToOneMessageHasOneKeyWhateverItSays() throws Exception {
        start(routes -> routes.from("feishu:command/hello").routeId("hello").to("feishu:message/reply?text=greeting"));

        fake.journal.deliver(Events.message("p2p", "/hello you", ""));
        fake.journal.deliver(Events.message("p2p", "/hello me", ""));

        assertThat(fake.feishu.calls(REPLY))
                .extracting(call -> call.body().path("uuid").asText())
                .hasSize(2)
                .doesNotContain("")
                .satisfies(keys -> assertThat(keys.get(0)).isEqualTo(keys.get(1)));
    }

    @Test
    void whatTheRouteThrowsGoesBackToTheJournal() throws Exception {
        start(routes -> routes.from("feishu:event/x").routeId("x").process(exchange -> {
            throw new IllegalStateException("the ERP is away");
        }));

        assertThatThrownBy(() -> fake.journal.deliver(Events.event("x", "{}"))).hasMessage("the ERP is away");
    }

    @Test
    void aRouteTakesTheEventsOfItsAppOnly() throws Exception {
        start(routes -> {
            routes.from("feishu:event/x").routeId("default").log("${body}");
            routes.from("feishu:event/x?appName=hr").routeId("hr").log("${body}");
            routes.from("feishu:event/x?appName=*")
                    .routeId("all")
                    .process(exchange -> assertThat(exchange.getMessage().getHeader("CamelFeishuAppName"))
                            .isIn("default", "hr"));
        });

        assertThat(fake.journal.deliver(Events.event("x", "{}"))).containsExactlyInAnyOrder("default", "all");
        assertThat(fake.journal.deliver(Events.of("cli_hr", Events.event("x", "{}"))))
                .containsExactlyInAnyOrder("hr", "all");
    }

    @Test
    void aCommandOfOneAppIsUnknownToAnother() throws Exception {
        start(routes -> {
            routes.from("feishu:command/leave?appName=hr").routeId("leave").log("${body}");
            routes.from("feishu:command/*").routeId("default").log("${body}");
            routes.from("feishu:command/*?appName=hr").routeId("hr").log("${body}");
        });

        assertThat(fake.journal.deliver(Events.message("p2p", "/leave", ""))).containsExactly("default");
        assertThat(fake.journal.deliver(Events.of("cli_hr", Events.message("p2p", "/leave", ""))))
                .containsExactly("leave");
    }

    @Test
    void anAnswerGoesOutAsTheAppThatWasAsked() throws Exception {
        start(routes -> routes.from("feishu:command/hello?appName=*")
                .routeId("hello")
                .to("feishu:message/reply?text=greeting"));

        fake.journal.deliver(Events.of("cli_hr", Events.message("p2p", "/hello", "")));
        assertThat(fake.hr.calls(REPLY)).hasSize(1);
        assertThat(fake.feishu.calls(REPLY)).isEmpty();

        fake.journal.deliver(Events.message("p2p", "/hello", ""));
        assertThat(fake.hr.calls(REPLY)).hasSize(1);
        assertThat(fake.feishu.calls(REPLY)).hasSize(1);
    }

    @Test
    void anEndpointMayCallAsAnotherApp() throws Exception {
        start(routes -> routes.from("feishu:event/x").routeId("x").to("feishu:message/send?appName=hr&receiveId=oc_1"));

        fake.journal.deliver(Events.event("x", "{}"));
        assertThat(fake.hr.calls(SEND)).hasSize(1);
        assertThat(fake.feishu.calls(SEND)).isEmpty();
    }

    @Test
    void inAGroupEachAppKnowsItsOwnBot() throws Exception {
        fake.hr.on("GET /open-apis/bot/v3/info", "{'bot': {'open_id': 'ou_hr'}}");
        fake.feishu.on("GET /open-apis/bot/v3/info", "{'bot': {'open_id': 'ou_default'}}");
        List<String> taken = new ArrayList<>();
        start(routes -> routes.from("feishu:command/hello?appName=*")
                .routeId("hello")
                .process(exchange -> taken.add(exchange.getMessage().getHeader("CamelFeishuAppName", String.class))));

        FeishuEvent mentionsHr = Events.message("group", "@_user_1 /hello", Events.mention("ou_hr"));
        fake.journal.deliver(mentionsHr);
        fake.journal.deliver(Events.of("cli_hr", mentionsHr));

        assertThat(taken).containsExactly("hr");
    }

    @Test
    void theTraceOfTheEventIsRestored() throws Exception {
        FeishuEvent event = Events.event("x", "{}");
        start(routes -> routes.from("feishu:event/x").routeId("x").process(exchange -> {
            assertThat(exchange.getMessage().getHeader("CamelFeishuTraceParent"))
                    .isEqualTo(event.trace().parent());
            assertThat(exchange.getMessage().getHeader("traceparent"))
                    .isEqualTo(event.trace().parent());
        }));

        assertThat(fake.journal.deliver(event)).containsExactly("x");
    }

    @Test
    void aStoppedRouteKeepsItsSubscriptionAndTakesNothing() throws Exception {
        start(routes -> routes.from("feishu:event/x").routeId("x").log("${body}"));

        camel.getRouteController().stopRoute("x");
        assertThat(fake.journal.isPaused("x")).isTrue();
        assertThat(fake.journal.deliver(Events.event("x", "{}"))).isEmpty();

        camel.getRouteController().startRoute("x");
        assertThat(fake.journal.deliver(Events.event("x", "{}"))).containsExactly("x");
    }

    @Test
    void aSuspendedRouteTakesNothingUntilItIsResumed() throws Exception {
        start(routes -> routes.from("feishu:event/x").routeId("x").log("${body}"));

        camel.getRouteController().suspendRoute("x");
        assertThat(fake.journal.deliver(Events.event("x", "{}"))).isEmpty();

        camel.getRouteController().resumeRoute("x");
        assertThat(fake.journal.deliver(Events.event("x", "{}"))).containsExactly("x");
    }

    @Test
    void aRemovedRouteEndsItsSubscription() throws Exception {
        start(routes -> routes.from("feishu:event/x").routeId("x").log("${body}"));

        camel.getRouteController().stopRoute("x");
        camel.removeRoute("x");

        assertThat(fake.journal.knows("x")).isFalse();
    }

    @Test
    void aRemovedCommandFreesItsName() throws Exception {
        start(routes -> {
            routes.from("feishu:command/hello").routeId("hello").log("${body}");
            routes.from("feishu:command/*").routeId("others").log("${body}");
        });
        assertThat(fake.journal.deliver(Events.message("p2p", "/hello you", "")))
                .containsExactly("hello");

        camel.getRouteController().stopRoute("hello");
        camel.removeRoute("hello");

        assertThat(fake.journal.deliver(Events.message("p2p", "/hello you", "")))
                .containsExactly("others");
    }

    @Test
    void aPersonsWishIsTriedOnceAndAnEventOften() throws Exception {
        start(routes -> {
            routes.from("feishu:command/hello").routeId("command").log("${body}");
            routes.from("feishu:card/action?action=a").routeId("click").log("${body}");
            routes.from("feishu:event/x").routeId("event").log("${body}");
            routes.from("feishu:event/x?attempts=3").routeId("event-3").log("${body}");
        });

        assertThat(fake.journal.attempts("command")).isEqualTo(1);
        assertThat(fake.journal.attempts("click")).isEqualTo(1);
        assertThat(fake.journal.attempts("event")).isEqualTo(8);
        assertThat(fake.journal.attempts("event-3")).isEqualTo(3);
    }

    @Test
    void aWrongOptionStopsTheStart() {
        assertThatThrownBy(() -> start(
                        routes -> routes.from("direct:a").to("feishu:message/reply?text=greeting&deadline=later")))
                .hasStackTraceContaining("the option deadline is later");
    }

    @Test
    void anUnknownOptionStopsTheStart() {
        assertThatThrownBy(() -> start(routes -> routes.from("direct:b").to("feishu:message/reply?tekst=x")))
                .hasStackTraceContaining("tekst");
    }

    @Test
    void anInvalidCardIsNotSent() throws Exception {
        start(routes ->
                routes.from("feishu:event/x").routeId("x").to("feishu:message/send?receiveId=oc_1&card=broken"));

        assertThatThrownBy(() -> fake.journal.deliver(Events.event("x", "{}")))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageStartingWith("The card broken is not valid and was not sent: ")
                .hasMessageEndingWith("Correct config/cards/broken.json.");
        assertThat(fake.feishu.calls(SEND)).isEmpty();
    }

    @Test
    void anEmptyMessageIsNotSent() throws Exception {
        start(routes -> routes.from("direct:a").to("feishu:message/send?receiveId=oc_1"));

        assertThatThrownBy(() -> camel.createProducerTemplate().sendBody("direct:a", null))
                .hasStackTraceContaining("There is nothing to send: set the option card or text");
    }

    @Test
    void twoMessagesOfOneDeliveryHaveTwoKeysThatARepetitionKeeps() throws Exception {
        start(routes -> routes.from("feishu:event/x")
                .routeId("x")
                .setHeader("CamelFeishuReference", routes.constant("42"))
                .setBody(routes.constant("a message"))
                .to("feishu:message/send?receiveId=oc_1")
                .to("feishu:message/send?receiveId=oc_2"));

        fake.journal.deliver(Events.event("x", "{}"));
        fake.journal.deliver(Events.event("x", "{}"));

        List<String> keys = fake.feishu.calls(SEND).stream()
                .map(call -> call.body().path("uuid").asText())
                .toList();
        assertThat(keys).hasSize(4);
        assertThat(keys.subList(0, 2)).doesNotHaveDuplicates().isEqualTo(keys.subList(2, 4));
    }

    @Test
    void aScheduledFailureIsKeptUnderItsKeyAndResolvedByTheNextSuccess() throws Exception {
        start(routes -> {
            routes.errorHandler(routes.deadLetterChannel("feishu:dead-letter"));
            routes.from("direct:row")
                    .routeId("rows")
                    .setVariable("key", routes.simple("${body[id]}"))
                    .filter(routes.simple("${body[bad]}"))
                    .throwException(new IllegalStateException("refused"))
                    .end()
                    .to("feishu:dead-letter/resolve");
        });

        camel.createProducerTemplate().sendBody("direct:row", Map.of("id", "R1", "bad", true));
        camel.createProducerTemplate().sendBody("direct:row", Map.of("id", "R2", "bad", false));

        assertThat(letters.kept).containsExactly("rows/R1: refused");
        assertThat(letters.resolved).containsExactly("rows/R2");
    }

    @Test
    void aDeadLetterThatCannotBeToldDoesNotHideTheOthers() throws Exception {
        List<Object> told = new CopyOnWriteArrayList<>();
        letters.untold.addAll(List.of(letters.letter(1), letters.letter(2)));
        start(routes -> routes.from("feishu:dead-letter").routeId("tell").process(exchange -> {
            Object id = exchange.getMessage().getBody(Map.class).get("id");
            if (id.equals(1L)) {
                throw new IllegalArgumentException("a card without a value");
            }
            told.add(id);
        }));

        Awaitility.await().untilAsserted(() -> assertThat(told).contains(2L));
        Awaitility.await()
                .untilAsserted(() -> assertThat(letters.untold)
                        .extracting(DeadLetters.DeadLetter::id)
                        .containsExactly(1L));
    }

    @FunctionalInterface
    private interface Routes {
        void define(RouteBuilder routes);
    }

    private void start(Routes routes) throws Exception {
        FeishuComponent component = new FeishuComponent();
        component.setPlatform(fake.platform());
        camel.addComponent("feishu", component);
        camel.addRoutes(route(routes));
        camel.start();
    }

    private static RouteBuilder route(Routes routes) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                routes.define(this);
            }
        };
    }

    private static final class LettersInMemory implements DeadLetters {

        private final List<String> kept = new ArrayList<>();
        private final List<String> resolved = new ArrayList<>();
        private final Queue<DeadLetter> untold = new ConcurrentLinkedQueue<>();

        DeadLetter letter(long id) {
            return new DeadLetter(
                    id, "flow", "event", "cause", null, null, 1, Instant.EPOCH, State.NEW, null, null, null);
        }

        @Override
        public long add(String flow, String key, JsonNode payload, Throwable failure) {
            kept.add(flow + "/" + key + ": " + failure.getMessage());
            return kept.size();
        }

        @Override
        public int resolve(String flow, String key) {
            resolved.add(flow + "/" + key);
            return 1;
        }

        @Override
        public Page list(Filter filter, int page, int size) {
            throw new UnsupportedOperationException("no route lists them");
        }

        @Override
        public Optional<DeadLetter> find(long id) {
            throw new UnsupportedOperationException("no route looks for one");
        }

        @Override
        public List<DeadLetter> untold(int most) {
            return List.copyOf(untold);
        }

        @Override
        public void told(long id) {
            untold.removeIf(letter -> letter.id() == id);
        }

        @Override
        public void replay(long id, JsonNode edited) {
            throw new UnsupportedOperationException("no route of the test replays one");
        }

        @Override
        public Replayed replay(Filter filter, int perSecond, int most) {
            throw new UnsupportedOperationException("no route replays many");
        }

        @Override
        public void discard(long id, String reason) {
            throw new UnsupportedOperationException("no route of the test discards one");
        }
    }
}
