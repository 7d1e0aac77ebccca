package dev.camelfeishu.sandbox.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.ReceivingWebhook;
import dev.camelfeishu.sandbox.ReceivingWebhook.Answered;
import dev.camelfeishu.sandbox.ReceivingWebhook.Delivery;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Delivery of events")
class DeliveryTest {
    private static final String RECEIVED = "im.message.receive_v1";

    private TestDatabase postgres;
    private ReceivingWebhook webhook;
    private RunningSandbox sandbox;

    @BeforeEach
    void start() throws IOException {
        postgres = new TestDatabase();
        webhook = new ReceivingWebhook();
    }

    @AfterEach
    void stop() throws IOException {
        sandbox.close();
        webhook.close();
        postgres.close();
    }

    private void sandbox(String train) {
        sandbox = RunningSandbox.start(
                postgres, Map.of("feishu.sandbox.webhook-url", webhook.url(), "feishu.sandbox.push-train", train));
    }

    private void write(int person, String text) {
        assertThat(sandbox.post(
                                "/sandbox/messages",
                                Json.object()
                                        .put("chat_id", RunningSandbox.direct(person))
                                        .put("sender", RunningSandbox.person(person))
                                        .put("text", text))
                        .status())
                .isEqualTo(200);
    }

    private static void soon(org.awaitility.core.ThrowingRunnable check) {
        await().atMost(Duration.ofSeconds(15)).untilAsserted(check);
    }

    @Test
    @DisplayName("an event is encrypted and signed, in the envelope of schema 2.0")
    void envelope() {
        sandbox("15s");
        write(1, "/help");
        soon(() -> assertThat(webhook.deliveries()).hasSize(1));

        Delivery delivery = webhook.deliveries().get(0);
        assertThat(delivery.path()).isEqualTo("/webhook/event");
        assertThat(delivery.body()).startsWith("{\"encrypt\":\"").doesNotContain(" ");
        assertThat(delivery.header("X-Lark-Signature"))
                .isEqualTo(Seal.signature(
                        delivery.header("X-Lark-Request-Timestamp"),
                        delivery.header("X-Lark-Request-Nonce"),
                        "sandbox-encrypt-key",
                        delivery.body()));
        JsonNode event = delivery.json();
        assertThat(event.path("schema").asText()).isEqualTo("2.0");
        assertThat(event.path("header").path("token").asText()).isEqualTo("sandbox-verification-token");
        assertThat(event.path("header").path("create_time").asText()).matches("\\d{13}");
        assertThat(event.path("event").path("message").path("content").asText()).isEqualTo("{\"text\":\"/help\"}");
        assertThat(event.path("event").path("message").path("chat_type").asText())
                .isEqualTo("p2p");
        assertThat(event.path("event")
                        .path("sender")
                        .path("sender_id")
                        .path("open_id")
                        .asText())
                .isEqualTo(RunningSandbox.person(1));
    }

    @Test
    @DisplayName("what is not answered with 200 comes again, byte by byte the same, as often as the train is long")
    void train() {
        sandbox("100ms,100ms,100ms,100ms");
        webhook.answers(delivery -> new Answered(500, "{}"));
        write(1, "again");
        soon(() -> assertThat(state()).isEqualTo("DROPPED"));

        assertThat(webhook.deliveries()).hasSize(5);
        Set<List<String>> different = new HashSet<>();
        webhook.deliveries()
                .forEach(delivery -> different.add(List.of(
                        delivery.body(),
                        delivery.header("X-Lark-Request-Timestamp"),
                        delivery.header("X-Lark-Request-Nonce"),
                        delivery.header("X-Lark-Signature"))));
        assertThat(different).hasSize(1);
    }

    @Test
    @DisplayName("a redirect is a failed delivery and is not followed")
    void redirect() {
        sandbox("50ms");
        webhook.answers(delivery -> new Answered(302, "{}"));
        write(1, "elsewhere");
        soon(() -> assertThat(state()).isEqualTo("DROPPED"));
        assertThat(webhook.deliveries()).hasSize(2);
    }

    @Test
    @DisplayName("a restart in the middle of the train loses nothing")
    void restart() {
        sandbox("500ms,500ms,500ms,500ms");
        webhook.answers(delivery -> new Answered(503, "{}"));
        write(1, "durable");
        soon(() -> assertThat(webhook.deliveries()).hasSizeGreaterThanOrEqualTo(1));
        sandbox.close();
        String first = webhook.deliveries().get(0).body();
        webhook.forget();

        sandbox("500ms,500ms,500ms,500ms");
        soon(() -> assertThat(state()).isEqualTo("ACKNOWLEDGED"));

        assertThat(webhook.deliveries()).hasSize(1);
        assertThat(webhook.deliveries().get(0).body()).isEqualTo(first);
    }

    @Test
    @DisplayName("approval events of one instance and type wait for the acknowledgement of the one before")
    void ordered() {
        sandbox("200ms,200ms,200ms,200ms");
        sandbox.api(
                "POST",
                "/open-apis/approval/v4/approvals/" + RunningSandbox.APPROVAL_CODE + "/subscribe",
                Json.object());
        AtomicInteger refusals = new AtomicInteger(2);
        webhook.answers(
                delivery -> delivery.json().path("event").path("type").asText().equals("approval_instance")
                                && refusals.getAndDecrement() > 0
                        ? new Answered(500, "{}")
                        : new Answered(200, "{}"));
        String code = sandbox.api(
                        "POST",
                        "/open-apis/approval/v4/instances",
                        Json.object()
                                .put("approval_code", RunningSandbox.APPROVAL_CODE)
                                .put("open_id", RunningSandbox.person(1))
                                .put("form", "[]"))
                .data()
                .path("instance_code")
                .asText();
        sandbox.post("/sandbox/instances/" + code + "/approve", Json.object());

        soon(() -> assertThat(webhook.ofType("approval_instance")).hasSize(4));
        assertThat(webhook.ofType("approval_instance"))
                .extracting(
                        delivery -> delivery.json().path("event").path("status").asText())
                .containsExactly("PENDING", "PENDING", "PENDING", "APPROVED");
    }

    @Test
    @DisplayName("messages of one chat arrive in their order")
    void messagesInOrder() {
        sandbox("15s");
        for (int i = 0; i < 20; i++) {
            write(2, "message " + i);
        }
        soon(() -> assertThat(webhook.ofType(RECEIVED)).hasSize(20));
        List<String> texts = webhook.ofType(RECEIVED).stream()
                .map(delivery -> delivery.json()
                        .path("event")
                        .path("message")
                        .path("content")
                        .asText())
                .toList();
        for (int i = 0; i < 20; i++) {
            assertThat(texts.get(i)).isEqualTo("{\"text\":\"message " + i + "\"}");
        }
    }

    @Test
    @DisplayName("settings duplicate, pause and delay; redelivery by hand works at any time")
    void settings() {
        sandbox("15s");
        sandbox.post("/sandbox/push-settings", Json.object().put("paused", true).put("duplicates", 2));
        write(1, "twice");
        assertThat(state()).isEqualTo("PENDING");
        assertThat(webhook.deliveries()).isEmpty();
        sandbox.post("/sandbox/push-settings", Json.object().put("paused", false));
        soon(() -> assertThat(webhook.deliveries()).hasSize(3));

        String id = sandbox.get("/sandbox/pushes")
                .body()
                .path("items")
                .path(0)
                .path("id")
                .asText();
        JsonNode again = sandbox.post(
                        "/sandbox/pushes/" + id + "/redeliver", Json.object().put("times", 2))
                .body();
        assertThat(again.path("attempts")).hasSize(2);
        assertThat(webhook.deliveries()).hasSize(5);
        assertThat(sandbox.get("/sandbox/pushes").body().path("items").path(0).path("attempts"))
                .hasSize(5);
    }

    @Test
    @DisplayName("an event may never come, and events may overtake each other")
    void lost_for_good_and_out_of_order() {
        sandbox("1s");
        sandbox.post("/sandbox/push-settings", Json.object().put("lose_probability", 1));
        write(1, "lost");
        soon(() -> assertThat(state()).isEqualTo("DROPPED"));
        assertThat(sandbox.get("/sandbox/pushes").body().path("items").path(0).path("attempts"))
                .isEmpty();

        sandbox.post(
                "/sandbox/push-settings",
                Json.object().put("lose_probability", 0).put("jitter_ms", 500));
        for (int i = 0; i < 30; i++) {
            write(2, "message " + i);
        }
        soon(() -> assertThat(webhook.ofType(RECEIVED)).hasSize(30));
        List<String> sent = webhook.ofType(RECEIVED).stream()
                .map(delivery ->
                        delivery.json().at("/event/message/create_time").asText())
                .toList();
        assertThat(sent).isNotEqualTo(sent.stream().sorted().toList());
    }

    private String state() {
        return sandbox.get("/sandbox/pushes")
                .body()
                .path("items")
                .path(0)
                .path("state")
                .asText();
    }
}
