package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** On the main port of the one application, and on {@code WEBHOOK_PORT} of another one. */
@ExtendWith(RunningApplication.Extension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@DisplayName("The two webhooks: verify, store, answer")
class WebhookIT {

    private static final String EVENT = "/webhook/event";
    private static final String CARD = "/webhook/card";
    private static final String OWN_DATABASE = "webhooks";
    private static final int MEBIBYTE = 1 << 20;

    private final RunningApplication application;
    private final Ports ports = Ports.free();

    private ApplicationProcess other;
    private Place main;
    private Place own;

    /** Where webhooks are served, with what the application behind it knows. */
    record Place(String name, int port, Http http, JsonNode info, JdbcTemplate sql, Sandbox sandbox) {
        @Override
        public String toString() {
            return name;
        }
    }

    WebhookIT(RunningApplication application) {
        this.application = application;
    }

    @BeforeAll
    void start(@TempDir Path home) {
        Map<String, String> settings = new HashMap<>();
        settings.put("SPRING_DATASOURCE_URL", application.databases().create(OWN_DATABASE, "secret"));
        settings.put("SPRING_DATASOURCE_USERNAME", OWN_DATABASE);
        settings.put("SPRING_DATASOURCE_PASSWORD", "secret");
        settings.put("WEBHOOK_PORT", Integer.toString(ports.webhook()));
        settings.putAll(SecondApp.settings());
        other = ApplicationProcess.ofClasses(ports, settings, home);
        other.start();
        Sandbox sandbox = new Sandbox(new Http(ports.sandbox()));
        own = new Place(
                "WEBHOOK_PORT",
                ports.webhook(),
                new Http(ports.webhook()),
                sandbox.info(),
                application.databases().sql(OWN_DATABASE),
                sandbox);
        main = new Place(
                "SERVER_PORT",
                application.ports().server(),
                application.http(),
                application.sandbox().info(),
                application.feishu(),
                application.sandbox());
    }

    @AfterAll
    void stop() {
        if (other != null) {
            other.close();
        }
    }

    Stream<Place> places() {
        return Stream.of(main, own);
    }

    @ParameterizedTest
    @MethodSource("places")
    void the_address_is_verified_plain_and_encrypted_in_under_a_second(Place place) {
        for (String path : List.of(EVENT, CARD)) {
            for (boolean encrypted : List.of(false, true)) {
                ObjectNode challenge =
                        challenge(place.info.path("verification_token").asText());
                byte[] body = encrypted
                        ? Push.encrypted(place.info.path("encrypt_key").asText(), challenge)
                        : challenge.toString().getBytes(StandardCharsets.UTF_8);
                Http.Answer answer = new Push(body, Map.of("Content-Type", "application/json")).to(place.http, path);
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.json()).isEqualTo(Http.JSON.createObjectNode().put("challenge", "ch-1"));
                assertThat(answer.took()).isLessThan(Duration.ofSeconds(1));
            }
        }
        assertThat(place.sandbox.verifyUrl("event").path("verified").asBoolean())
                .isTrue();
        assertThat(place.sandbox.verifyUrl("card").path("verified").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("places")
    void a_challenge_with_a_wrong_token_is_refused(Place place) {
        for (String path : List.of(EVENT, CARD)) {
            refused(401, Push.plain(challenge("wrong").toString()).to(place.http, path));
            refused(
                    401,
                    new Push(
                                    Push.encrypted(
                                            place.info.path("encrypt_key").asText(), challenge("wrong")),
                                    Map.of("Content-Type", "application/json"))
                            .to(place.http, path));
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void what_is_not_proven_to_come_from_Feishu_is_refused(Place place) {
        for (String path : List.of(EVENT, CARD)) {
            ObjectNode plain = event(place);
            Push good = Push.sealed(place.info, plain);
            refused(401, good.without("X-Lark-Signature").to(place.http, path));
            refused(401, good.with("X-Lark-Signature", "0".repeat(64)).to(place.http, path));
            refused(401, good.with("X-Lark-Signature", "").to(place.http, path));
            refused(401, good.with("X-Lark-Signature", "å").to(place.http, path));
            refused(401, good.with("X-Lark-Request-Timestamp", "1").to(place.http, path));
            refused(401, good.with("X-Lark-Request-Nonce", "other").to(place.http, path));
            refused(401, good.without("X-Lark-Request-Nonce").to(place.http, path));
            // signed with a key of one's own
            refused(401, Push.signed("mine", Push.encrypted("mine", plain)).to(place.http, path));
            // not encrypted
            refused(401, Push.plain(plain.toString()).to(place.http, path));
            // the signature of another body
            Push another = Push.sealed(place.info, event(place));
            refused(401, new Push(another.body(), good.headers()).to(place.http, path));
            // encrypted and signed, but without the token, and with a wrong one
            ObjectNode wrong = event(place);
            ((ObjectNode) wrong.path("header")).put("token", "wrong");
            refused(401, Push.sealed(place.info, wrong).to(place.http, path));
            ObjectNode none = event(place);
            ((ObjectNode) none.path("header")).remove("token");
            refused(401, Push.sealed(place.info, none).to(place.http, path));
            assertThat(stored(place, plain.at("/header/event_id").asText())).isZero();
        }
    }

    Stream<Arguments> kinds() {
        return places().flatMap(place -> Stream.of(Refused.values()).map(kind -> arguments(place, kind)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("kinds")
    void is_refused_with_its_code_and_has_no_effect(Place place, Refused kind) {
        for (String path : kind.isForCards() ? List.of(CARD) : List.of(EVENT, CARD)) {
            ObjectNode event = event(place);
            Push push = kind.push(place.info, event);
            if (kind.status == 413) {
                byte[] request = kind == Refused.TOO_LARGE
                        ? RawRequest.post(path, push.headers(), push.body())
                        : RawRequest.chunked(path, push.headers(), push.body());
                assertThat(RawRequest.statuses(place.port, request, 1)).containsExactly(413);
            } else {
                refused(kind.status, push.to(place.http, path));
            }
            assertThat(stored(place, event.at("/header/event_id").asText())).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void each_app_has_an_address_and_secrets_of_its_own(Place place) {
        JsonNode second = SecondApp.info();
        ObjectNode theirs = Push.envelope(second, "im.chat.updated_v1", Http.JSON.createObjectNode());
        Push push = Push.sealed(second, theirs);
        String id = theirs.at("/header/event_id").asText();
        for (String path : List.of(EVENT, CARD)) {
            refused(401, push.to(place.http, path));
        }
        for (String path : List.of(SecondApp.EVENT, SecondApp.CARD)) {
            refused(401, Push.sealed(place.info, event(place)).to(place.http, path));
            // the right secrets, but the event names the other app
            refused(401, Push.sealed(second, header(event(place), second)).to(place.http, path));
        }
        assertThat(stored(place, id)).isZero();
        assertThat(push.to(place.http, SecondApp.EVENT).status()).isEqualTo(200);
        assertThat(place.sql.queryForObject("select app_id from feishu.event where event_id = ?", String.class, id))
                .isEqualTo(SecondApp.ID);
        refused(404, push.to(place.http, "/webhook/nobody/event"));
    }

    /** With the second app's token, and everything else of the first one's. */
    private static ObjectNode header(ObjectNode event, JsonNode other) {
        ((ObjectNode) event.path("header"))
                .put("token", other.path("verification_token").asText());
        return event;
    }

    @ParameterizedTest
    @MethodSource("places")
    void an_event_has_its_identity_within_its_tenant(Place place) {
        ObjectNode one = event(place);
        ObjectNode other = one.deepCopy();
        ((ObjectNode) other.path("header")).put("tenant_key", "tenant0002");
        assertThat(Push.sealed(place.info, one).to(place.http, EVENT).status()).isEqualTo(200);
        assertThat(Push.sealed(place.info, other).to(place.http, EVENT).status())
                .isEqualTo(200);
        assertThat(stored(place, one.at("/header/event_id").asText())).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("places")
    void the_ticket_of_a_store_app_is_kept_and_shown_nowhere(Place place) {
        JsonNode second = SecondApp.info();
        String ticket = "ticket-" + UUID.randomUUID();
        String id = UUID.randomUUID().toString();
        ObjectNode pushed = Http.JSON
                .createObjectNode()
                .put("ts", Long.toString(Instant.now().getEpochSecond()))
                .put("uuid", id)
                .put("token", second.path("verification_token").asText())
                .put("type", "event_callback");
        pushed.putObject("event")
                .put("type", "app_ticket")
                .put("app_id", SecondApp.ID)
                .put("app_ticket", ticket);
        assertThat(Push.sealed(second, pushed).to(place.http, SecondApp.EVENT).status())
                .isEqualTo(200);
        assertThat(place.sql.queryForObject(
                        "select ticket from feishu.app_ticket where app_id = ?", String.class, SecondApp.ID))
                .isEqualTo(ticket);
        assertThat(place.sql.queryForObject(
                        "select payload::text from feishu.event where event_id = ?", String.class, id))
                .contains("app_ticket")
                .doesNotContain(ticket);
        assertThat(application.log()).doesNotContain(ticket);
    }

    @ParameterizedTest
    @MethodSource("places")
    void what_another_app_says_reaches_no_route_of_the_default_one(Place place) {
        String message = "om_" + UUID.randomUUID().toString().replace("-", "");
        ObjectNode said = Push.message(message, Person.LI_LEI.chat(), "p2p", Person.LI_LEI, "/help");
        assertThat(Push.of(SecondApp.info(), "im.message.receive_v1", said)
                        .to(place.http, SecondApp.EVENT)
                        .status())
                .isEqualTo(200);
        assertThat(stored(place, message)).isOne();
        assertThat(deliveries(place, message)).isZero();
    }

    @ParameterizedTest
    @MethodSource("places")
    void a_late_or_repeated_delivery_has_no_second_effect(Place place) {
        String message = place.sandbox.tell(Person.WANG_FANG, "/help");
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        !place.sandbox.replies(Person.WANG_FANG.chat(), message).isEmpty());
        long deliveries = deliveries(place, message);
        assertThat(deliveries).isPositive();
        place.sql.update(
                "update feishu.event set received_at = now() - interval '23 hours 59 minutes' where event_id = ?",
                message);
        ObjectNode again = Push.message(message, Person.WANG_FANG.chat(), "p2p", Person.WANG_FANG, "/help");
        ObjectNode envelope = Push.envelope(place.info, "im.message.receive_v1", again);
        String key = place.info.path("encrypt_key").asText();
        Push first = Push.signedAgo(key, Push.encrypted(key, envelope), Duration.ofHours(24));
        for (int i = 0; i < 3; i++) {
            assertThat(first.to(place.http, EVENT).status()).isEqualTo(200);
        }
        assertThat(stored(place, message)).isOne();
        assertThat(deliveries(place, message)).isEqualTo(deliveries);
        assertThat(place.sandbox.replies(Person.WANG_FANG.chat(), message)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("places")
    void headers_of_a_request_control_nothing(Place place) {
        ObjectNode plain = event(place);
        Push push = Push.sealed(place.info, plain);
        for (String name : List.of(
                "CamelHttpResponseCode",
                "camelhttpresponsecode",
                "CamelHttpMethod",
                "CamelHttpPath",
                "CamelFeishuAppName",
                "CamelFeishuTenantKey",
                "CamelRedelivered")) {
            push = push.with(name, "418");
        }
        Http.Answer answer = push.to(place.http, EVENT);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers().map().keySet())
                .allSatisfy(name -> assertThat(name).doesNotContainIgnoringCase("camel"));
        assertThat(answer.body()).doesNotContain("418");
        assertThat(stored(place, plain.at("/header/event_id").asText())).isOne();
    }

    @ParameterizedTest
    @MethodSource("places")
    void the_trace_of_the_request_is_stored_and_a_malformed_one_is_not(Place place) {
        String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        ObjectNode traced = event(place);
        Push.sealed(place.info, traced)
                .with("traceparent", parent)
                .with("tracestate", "a=1")
                .to(place.http, EVENT);
        assertThat(trace(place, traced)).isEqualTo(parent + " a=1");
        ObjectNode wrong = event(place);
        Push.sealed(place.info, wrong)
                .with("traceparent", "00-'; drop table-01")
                .to(place.http, EVENT);
        assertThat(trace(place, wrong)).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    }

    private static String trace(Place place, ObjectNode event) {
        return place.sql.queryForObject(
                "select trace from feishu.event where event_id = ?",
                String.class,
                event.at("/header/event_id").asText());
    }

    @ParameterizedTest
    @MethodSource("places")
    void however_its_bytes_arrive_a_request_is_the_same(Place place) {
        ObjectNode whole = event(place);
        ObjectNode chunked = event(place);
        ObjectNode untyped = event(place);
        Push one = Push.sealed(place.info, whole);
        Push two = Push.sealed(place.info, chunked);
        Push three = Push.sealed(place.info, untyped).without("Content-Type");
        ByteArrayOutputStream pipelined = new ByteArrayOutputStream();
        pipelined.writeBytes(RawRequest.post(EVENT, one.headers(), one.body()));
        pipelined.writeBytes(RawRequest.chunked(EVENT, two.headers(), two.body()));
        pipelined.writeBytes(RawRequest.post(EVENT, three.headers(), three.body()));
        assertThat(RawRequest.statuses(place.port, pipelined.toByteArray(), 3)).containsExactly(200, 200, 200);
        for (ObjectNode event : List.of(whole, chunked, untyped)) {
            assertThat(stored(place, event.at("/header/event_id").asText())).isOne();
        }
    }

    /** A time-out of the reading socket would fail the test. */
    @ParameterizedTest
    @MethodSource("places")
    void a_request_that_is_cut_off_is_not_accepted_and_does_not_hang(Place place) {
        ObjectNode plain = event(place);
        Push push = Push.sealed(place.info, plain);
        byte[] request = RawRequest.post(EVENT, push.headers(), push.body());
        assertThat(RawRequest.cutOff(place.port, request)).doesNotContain(200, 503);
        assertThat(stored(place, plain.at("/header/event_id").asText())).isZero();
    }

    @ParameterizedTest
    @MethodSource("places")
    void a_link_preview_that_no_route_makes_shows_the_link(Place place) {
        ObjectNode preview = Http.JSON.createObjectNode().put("host", "im_message");
        preview.putObject("context").put("url", "https://example.com/1");
        for (String path : List.of(EVENT, CARD)) {
            Http.Answer answer = Push.of(place.info, "url.preview.get", preview).to(place.http, path);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json()).isEqualTo(Http.JSON.createObjectNode());
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void what_is_not_an_event_is_refused(Place place) {
        for (String path : List.of(EVENT, CARD)) {
            for (String body : List.of(
                    "",
                    "{",
                    "[]",
                    "null",
                    "1",
                    "\"text\"",
                    "{}",
                    "hello",
                    "{\"encrypt\":1}",
                    "{\"schema\":\"2.0\"}",
                    "{\"a\":".repeat(5_000))) {
                refused(400, Push.plain(body).to(place.http, path));
            }
            refused(
                    400,
                    Push.sealed(place.info, Http.JSON.createObjectNode().put("a", 1))
                            .to(place.http, path));
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void more_than_a_mebibyte_is_refused(Place place) {
        for (String path : List.of(EVENT, CARD)) {
            String big = "{\"encrypt\":\"" + "A".repeat(MEBIBYTE) + "\"}";
            try {
                refused(413, Push.plain(big).to(place.http, path));
            } catch (UncheckedIOException closedWhileItWasSent) {
                assertThat(closedWhileItWasSent).rootCause().isInstanceOf(java.io.IOException.class);
            }
            String small = "{\"encrypt\":\"" + "A".repeat(MEBIBYTE - 100) + "\"}";
            refused(401, Push.plain(small).to(place.http, path));
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void other_methods_and_paths_are_not_there(Place place) {
        for (String path : List.of(EVENT, CARD)) {
            for (String method : List.of("GET", "HEAD", "PUT", "DELETE", "PATCH")) {
                Http.Answer answer = place.http.anew().send(method, path, new byte[0], Map.of());
                assertThat(answer.status()).as("%s %s", method, path).isEqualTo(405);
                harmless(answer);
            }
        }
        for (String path :
                List.of("/", "/webhook", "/webhook/other", "/actuator/health", "/error", "/webhook/event/x")) {
            Http.Answer answer = place.http.anew().get(path);
            assertThat(answer.status()).as(path).isIn(404, 405);
            harmless(answer);
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void the_content_type_does_not_matter(Place place) {
        for (String type : List.of(
                "multipart/form-data; boundary=x",
                "text/plain",
                "application/json; charset=gbk",
                "application/octet-stream",
                "application/x-www-form-urlencoded",
                "nonsense")) {
            ObjectNode plain = event(place);
            Http.Answer answer =
                    Push.sealed(place.info, plain).with("Content-Type", type).to(place.http, EVENT);
            assertThat(answer.status()).as(type).isEqualTo(200);
            assertThat(stored(place, plain.at("/header/event_id").asText()))
                    .as(type)
                    .isOne();
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void a_form_is_no_event(Place place) {
        String type = "application/x-www-form-urlencoded";
        for (String path : List.of(EVENT, CARD)) {
            for (String body : List.of("encrypt=x&challenge=y&token=z", "hello", "{}", "%zz=1")) {
                refused(
                        400,
                        place.http.send(
                                "POST", path, body.getBytes(StandardCharsets.UTF_8), Map.of("Content-Type", type)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void an_event_is_stored_before_200_and_a_duplicate_has_no_second_effect(Place place) {
        ObjectNode plain = event(place);
        String id = plain.at("/header/event_id").asText();
        Push push = Push.sealed(place.info, plain);
        for (int i = 0; i < 3; i++) {
            Http.Answer answer = push.to(place.http, EVENT);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(stored(place, id)).isOne();
        }
        // encrypted anew and signed anew, as a redelivery may be
        assertThat(Push.sealed(place.info, plain).to(place.http, EVENT).status())
                .isEqualTo(200);
        assertThat(stored(place, id)).isOne();
    }

    @ParameterizedTest
    @MethodSource("places")
    void an_unknown_type_of_event_is_kept(Place place) {
        ObjectNode plain = Push.envelope(
                place.info, "no.such.type_v9", Http.JSON.createObjectNode().put("x", 1));
        assertThat(Push.sealed(place.info, plain).to(place.http, EVENT).status())
                .isEqualTo(200);
        assertThat(stored(place, plain.at("/header/event_id").asText())).isOne();
        assertThat(place.sql.queryForObject(
                        "select payload::text from feishu.event where event_id = ?",
                        String.class,
                        plain.at("/header/event_id").asText()))
                .doesNotContain(place.info.path("verification_token").asText());
    }

    @ParameterizedTest
    @MethodSource("places")
    void a_click_with_an_unknown_action_gets_a_warning_in_both_formats(Place place) {
        ObjectNode value = Http.JSON.createObjectNode().put("action", "no-such-action");
        ObjectNode click = Push.click("om_1", Sandbox.OPS, Person.LI_LEI.openId(), value);
        Http.Answer current = Push.of(place.info, "card.action.trigger", click).to(place.http, CARD);
        assertThat(current.status()).isEqualTo(200);
        assertThat(current.json().at("/toast/type").asText()).isEqualTo("warning");

        ObjectNode old = Http.JSON
                .createObjectNode()
                .put("open_id", Person.LI_LEI.openId())
                .put("open_message_id", "om_1")
                .put("open_chat_id", Sandbox.OPS)
                .put("tenant_key", Sandbox.TENANT)
                .put("token", "c-" + UUID.randomUUID());
        old.putObject("action").put("tag", "button").set("value", value);
        Http.Answer bare = Push.oldCard(place.info, old).to(place.http, CARD);
        assertThat(bare.status()).isEqualTo(200);
        assertThat(bare.json().at("/toast/type").asText()).isEqualTo("warning");
        refused(
                401,
                Push.oldCard(place.info, old)
                        .with("X-Lark-Signature", "0".repeat(40))
                        .to(place.http, CARD));
        refused(401, Push.plain(old.toString()).to(place.http, CARD));
    }

    @ParameterizedTest
    @MethodSource("places")
    void a_click_that_comes_to_the_event_url_is_answered_too(Place place) {
        ObjectNode value = Http.JSON.createObjectNode().put("action", "no-such-action");
        ObjectNode click = Push.click("om_1", Sandbox.OPS, Person.LI_LEI.openId(), value);
        Http.Answer answer = Push.of(place.info, "card.action.trigger", click).to(place.http, EVENT);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/toast/type").asText()).isEqualTo("warning");
    }

    @Test
    void the_sandbox_pushes_to_the_own_port_and_the_bot_answers() {
        String message = own.sandbox.tell(Person.WANG_FANG, "/help");
        await().atMost(Duration.ofSeconds(10))
                .until(() ->
                        !own.sandbox.replies(Person.WANG_FANG.chat(), message).isEmpty());
        assertThat(new Http(ports.server())
                        .send("POST", EVENT, new byte[] {'x'}, Map.of())
                        .status())
                .isEqualTo(404);
    }

    @Test
    void while_the_database_is_away_events_are_refused_with_503_and_readiness_is_down() {
        Http management = new Http(ports.management());
        ObjectNode plain = event(own);
        Push push = Push.sealed(own.info, plain);
        application.databases().takeAway(OWN_DATABASE);
        try {
            Http.Answer answer = push.to(own.http, EVENT);
            refused(503, answer);
            assertThat(answer.took()).isLessThan(Duration.ofSeconds(3));
            ObjectNode click = Push.click(
                    "om_1",
                    Sandbox.OPS,
                    Person.LI_LEI.openId(),
                    Http.JSON.createObjectNode().put("action", "approve"));
            refused(503, Push.of(own.info, "card.action.trigger", click).to(own.http, CARD));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> management.get("/actuator/health/readiness").status() == 503);
            assertThat(management.get("/actuator/health/liveness").status()).isEqualTo(200);
        } finally {
            application.databases().giveBack(OWN_DATABASE);
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> push.to(own.http, EVENT).status() == 200);
        assertThat(stored(own, plain.at("/header/event_id").asText())).isOne();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> management.get("/actuator/health/readiness").status() == 200);
    }

    @ParameterizedTest
    @MethodSource("places")
    void while_the_database_hangs_events_and_clicks_are_refused_before_Feishu_gives_up(Place place) {
        ObjectNode plain = event(place);
        Push push = Push.sealed(place.info, plain);
        ObjectNode click = Push.click(
                "om_1",
                Sandbox.OPS,
                Person.LI_LEI.openId(),
                Http.JSON.createObjectNode().put("action", "no-such-action"));
        Push pressed = Push.of(place.info, "card.action.trigger", click);
        new TransactionTemplate(new DataSourceTransactionManager(place.sql.getDataSource()))
                .executeWithoutResult(tx -> {
                    place.sql.execute("lock table feishu.event in exclusive mode");
                    Http.Answer answer = push.to(place.http, EVENT);
                    refused(503, answer);
                    assertThat(answer.took()).isLessThan(Duration.ofSeconds(3));
                    Http.Answer clicked = pressed.to(place.http, CARD);
                    refused(503, clicked);
                    assertThat(clicked.took()).isLessThan(Duration.ofSeconds(3));
                });
        // as Feishu sends it again: what waited longest may be on its way still
        await().until(() -> push.to(place.http, EVENT).status() == 200);
        assertThat(stored(place, plain.at("/header/event_id").asText())).isOne();
    }

    private static ObjectNode challenge(String token) {
        return Http.JSON
                .createObjectNode()
                .put("challenge", "ch-1")
                .put("token", token)
                .put("type", "url_verification");
    }

    /** An event that no route does anything with. */
    private static ObjectNode event(Place place) {
        return Push.envelope(
                place.info, "im.chat.updated_v1", Http.JSON.createObjectNode().put("chat_id", Sandbox.PURCHASING));
    }

    private static long deliveries(Place place, String id) {
        return place.sql.queryForObject(
                "select count(*) from feishu.delivery d join feishu.event e on e.id = d.event_id where e.event_id = ?",
                Long.class,
                id);
    }

    private static long stored(Place place, String id) {
        return place.sql.queryForObject("select count(*) from feishu.event where event_id = ?", Long.class, id);
    }

    private static void refused(int status, Http.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        harmless(answer);
    }

    /** Nothing a stranger could learn from. */
    private static void harmless(Http.Answer answer) {
        assertThat(answer.body())
                .doesNotContain("Exception", "\tat ", "dev.camelfeishu", "org.apache", "java.", "Tomcat", "<html");
        assertThat(answer.headers().firstValue("Server")).isEmpty();
    }
}
