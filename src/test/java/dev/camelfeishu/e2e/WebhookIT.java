package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

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
    record Place(String name, Http http, JsonNode info, JdbcTemplate sql, Sandbox sandbox) {
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
        other = ApplicationProcess.ofClasses(ports, settings, home);
        other.start();
        Sandbox sandbox = new Sandbox(new Http(ports.sandbox()));
        own = new Place(
                "WEBHOOK_PORT",
                new Http(ports.webhook()),
                sandbox.info(),
                application.databases().sql(OWN_DATABASE),
                sandbox);
        main = new Place(
                "SERVER_PORT",
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
            for (String method : List.of("GET", "PUT", "DELETE", "PATCH")) {
                Http.Answer answer = place.http.anew().send(method, path, new byte[0], Map.of());
                assertThat(answer.status()).as("%s %s", method, path).isIn(404, 405);
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
