package dev.camelfeishu.sandbox.im;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.ReceivingWebhook;
import dev.camelfeishu.sandbox.ReceivingWebhook.Answered;
import dev.camelfeishu.sandbox.RunningSandbox;
import dev.camelfeishu.sandbox.RunningSandbox.Reply;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Messages and cards")
class MessagingTest {
    private static final String MESSAGES = "/open-apis/im/v1/messages";
    private static final String TO_CHAT = MESSAGES + "?receive_id_type=chat_id";
    private static final String CARD = "{\"config\":{\"update_multi\":true},\"elements\":[{\"tag\":\"div\",\"text\":"
            + "{\"tag\":\"plain_text\",\"content\":\"one\"}}]}";

    private static TestDatabase postgres;
    private static ReceivingWebhook webhook;
    private static RunningSandbox sandbox;

    @BeforeAll
    static void start() throws IOException {
        postgres = new TestDatabase();
        webhook = new ReceivingWebhook();
        sandbox = RunningSandbox.start(postgres, Map.of("feishu.sandbox.webhook-url", webhook.url()));
    }

    @AfterAll
    static void stop() throws IOException {
        sandbox.close();
        webhook.close();
        postgres.close();
    }

    @BeforeEach
    void quiet() {
        webhook.forget();
    }

    private static ObjectNode text(int person, String text) {
        return RunningSandbox.message(
                RunningSandbox.direct(person), "text", Json.object().put("text", text));
    }

    private static String sendCard(int person, String card) {
        Reply sent = sandbox.api(
                "POST", TO_CHAT, RunningSandbox.message(RunningSandbox.direct(person), "interactive", Json.read(card)));
        assertThat(sent.code()).isZero();
        return sent.data().path("message_id").asText();
    }

    private static Reply update(String messageId, String card) {
        return sandbox.api("PATCH", MESSAGES + "/" + messageId, Json.object().put("content", card));
    }

    private static String shown(String messageId) {
        return sandbox.api("GET", MESSAGES + "/" + messageId + "?card_msg_content_type=raw_card_content", null)
                .data()
                .path("items")
                .path(0)
                .path("body")
                .path("content")
                .asText();
    }

    @Test
    @DisplayName("the same uuid sends one message, also when two calls race")
    void uuid() {
        ObjectNode body = text(1, "once").put("uuid", "send-once");
        var ids = IntStream.range(0, 4)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> sandbox.api("POST", TO_CHAT, body)))
                .toList()
                .stream()
                .map(reply -> reply.join().data().path("message_id").asText())
                .distinct()
                .toList();
        assertThat(ids).hasSize(1);
        sandbox.jdbc().update("update sandbox.message_uuid set created_ms = created_ms - 3600001");
        assertThat(sandbox.api("POST", TO_CHAT, body).data().path("message_id").asText())
                .isNotEqualTo(ids.get(0));
    }

    @Test
    @DisplayName("a person is addressed by any of the ids")
    void receivers() {
        for (String[] receiver : new String[][] {
            {"open_id", RunningSandbox.person(3)},
            {"union_id", "on" + RunningSandbox.person(3).substring(2)},
            {"user_id", "alice"},
            {"email", "alice@example.com"},
            {"chat_id", RunningSandbox.direct(3)}
        }) {
            Reply sent = sandbox.api(
                    "POST",
                    MESSAGES + "?receive_id_type=" + receiver[0],
                    RunningSandbox.message(receiver[1], "text", Json.object().put("text", "hi")));
            assertThat(sent.data().path("chat_id").asText()).isEqualTo(RunningSandbox.direct(3));
        }
    }

    @Test
    @DisplayName("unknown receivers, other tenants, foreign chats and bad content get their codes")
    void refusals() {
        assertThat(sandbox.api("POST", MESSAGES + "?receive_id_type=open_id", text(1, "x"))
                        .code())
                .isEqualTo(230034);
        assertThat(sandbox.api("POST", MESSAGES, text(1, "x")).code()).isEqualTo(230001);
        assertThat(sandbox.api("POST", TO_CHAT, text(6, "x")).code()).isEqualTo(230038);
        assertThat(sandbox.api("POST", TO_CHAT, text(1, "x").put("content", "plain"))
                        .code())
                .isEqualTo(230001);
        assertThat(sandbox.api("POST", TO_CHAT, text(1, "x".repeat(151 * 1024))).code())
                .isEqualTo(230025);

        sandbox.post(
                "/sandbox/chats/" + RunningSandbox.PURCHASING + "/bot",
                Json.object().put("added", false));
        ObjectNode toGroup = RunningSandbox.message(
                RunningSandbox.PURCHASING, "text", Json.object().put("text", "x"));
        assertThat(sandbox.api("POST", TO_CHAT, toGroup).code()).isEqualTo(230002);
        sandbox.post(
                "/sandbox/chats/" + RunningSandbox.PURCHASING + "/bot",
                Json.object().put("added", true));
        assertThat(sandbox.api("POST", TO_CHAT, toGroup).code()).isZero();
        await().untilAsserted(() ->
                assertThat(webhook.ofType("im.chat.member.bot.added_v1")).hasSize(1));
    }

    @Test
    @DisplayName("the sixth message to one chat within a second is refused")
    void perChat() {
        long refused = IntStream.range(0, 12)
                .map(i -> sandbox.api("POST", TO_CHAT, text(4, "burst")).code())
                .filter(code -> code == 230020)
                .count();
        assertThat(refused).isPositive();
    }

    @Test
    @DisplayName("the sixth pin of one message within a second is refused")
    void perPin() {
        String message = sandbox.api("POST", TO_CHAT, text(4, "pin"))
                .data()
                .path("message_id")
                .asText();
        assertThat(message).isNotEmpty();
        long refused = IntStream.range(0, 12)
                .map(i -> sandbox.api(
                                "POST", "/open-apis/im/v1/pins", Json.object().put("message_id", message))
                        .code())
                .filter(code -> code == 230047)
                .count();
        assertThat(refused).isPositive();
    }

    @Test
    @DisplayName("a reply belongs to the message it answers, and to its thread when wanted")
    void reply() {
        String parent = sandbox.post(
                        "/sandbox/messages",
                        Json.object()
                                .put("chat_id", RunningSandbox.direct(2))
                                .put("sender", RunningSandbox.person(2))
                                .put("text", "question"))
                .body()
                .path("message_id")
                .asText();
        JsonNode reply = sandbox.api(
                        "POST",
                        MESSAGES + "/" + parent + "/reply",
                        Json.object()
                                .put("msg_type", "text")
                                .put("content", "{\"text\":\"answer\"}")
                                .put("reply_in_thread", true))
                .data();
        assertThat(reply.path("root_id").asText()).isEqualTo(parent);
        assertThat(reply.path("parent_id").asText()).isEqualTo(parent);
        assertThat(reply.path("thread_id").asText()).startsWith("omt_");
    }

    @Test
    @DisplayName("the bot edits and recalls its own messages only, and text at most 20 times")
    void edits() {
        String own = sandbox.api(
                        "POST",
                        TO_CHAT,
                        RunningSandbox.message(
                                "oc_group0000000000000000000000002",
                                "text",
                                Json.object()
                                        .put(
                                                "text",
                                                "<at user_id=\"ou_5a1d0000000000000000000000000002\">L</at> look")))
                .data()
                .path("message_id")
                .asText();
        assertThat(Json.read(shown(own)).path("text").asText()).isEqualTo("@_user_1 look");
        ObjectNode edit = Json.object().put("msg_type", "text").put("content", "{\"text\":\"edited\"}");
        for (int i = 0; i < 20; i++) {
            assertThat(sandbox.api("PUT", MESSAGES + "/" + own, edit).code()).isZero();
        }
        assertThat(sandbox.api("PUT", MESSAGES + "/" + own, edit).code()).isEqualTo(230072);
        assertThat(sandbox.api("DELETE", MESSAGES + "/" + own, null).code()).isZero();
        assertThat(sandbox.api("DELETE", MESSAGES + "/" + own, null).code()).isEqualTo(230110);

        String other = sandbox.post(
                        "/sandbox/messages",
                        Json.object()
                                .put("chat_id", "oc_group0000000000000000000000002")
                                .put("sender", RunningSandbox.person(2))
                                .put("text", "mine"))
                .body()
                .path("message_id")
                .asText();
        assertThat(sandbox.api("PUT", MESSAGES + "/" + other, edit).code()).isEqualTo(230071);
        assertThat(sandbox.api("DELETE", MESSAGES + "/" + other, null).code()).isEqualTo(230026);
        JsonNode history = sandbox.api(
                        "GET",
                        MESSAGES + "?container_id_type=chat&container_id=oc_group0000000000000000000000002&page_size=1"
                                + "&sort_type=ByCreateTimeDesc",
                        null)
                .data();
        assertThat(history.path("items").path(0).path("message_id").asText()).isEqualTo(other);
        assertThat(history.path("has_more").asBoolean()).isTrue();
    }

    @Test
    @DisplayName("a mention of the bot in a group has its key and its open_id")
    void mention() {
        String id = sandbox.post(
                        "/sandbox/messages",
                        Json.object()
                                .put("chat_id", RunningSandbox.PURCHASING)
                                .put("sender", RunningSandbox.person(1))
                                .put("text", "/help")
                                .put("mention_bot", true))
                .body()
                .path("message_id")
                .asText();
        JsonNode message = await().until(
                        () -> webhook.ofType("im.message.receive_v1").stream()
                                .map(received -> received.json().at("/event/message"))
                                .filter(told -> told.path("message_id").asText().equals(id))
                                .findFirst()
                                .orElse(null),
                        java.util.Objects::nonNull);
        assertThat(message.path("content").asText()).isEqualTo("{\"text\":\"@_user_1 /help\"}");
        assertThat(message.path("chat_type").asText()).isEqualTo("group");
        assertThat(message.path("mentions").path(0).path("key").asText()).isEqualTo("@_user_1");
        assertThat(message.path("mentions").path(0).path("id").path("open_id").asText())
                .isEqualTo("ou_b0700000000000000000000000000001");
    }

    @Test
    @DisplayName("only a shared card of the bot, not older than 14 days, can be updated")
    void updates() {
        String shared = sendCard(5, CARD);
        assertThat(update(shared, CARD.replace("one", "two")).code()).isZero();
        assertThat(shown(shared)).contains("two");
        assertThat(update(shared, CARD.replace("true", "false")).code()).isEqualTo(230001);
        sandbox.jdbc()
                .update("update sandbox.message set created_ms = created_ms - 1209700000 where message_id = ?", shared);
        assertThat(update(shared, CARD).code()).isEqualTo(230031);

        String alone = sendCard(5, CARD.replace("true", "false"));
        assertThat(update(alone, CARD).code()).isEqualTo(230001);
        assertThat(sandbox.api("DELETE", MESSAGES + "/" + alone, null).code()).isZero();
        assertThat(update(alone, CARD).code()).isEqualTo(230011);
    }

    @Test
    @DisplayName("a click calls back with microseconds and a token; the answer replaces the card")
    void click() {
        String id = sendCard(2, CARD);
        webhook.answers(delivery -> new Answered(
                200,
                "{\"toast\":{\"type\":\"success\",\"content\":\"done\"},\"card\":{\"type\":\"raw\",\"data\":"
                        + CARD.replace("one", "approved") + "}}"));
        JsonNode result = sandbox.post(
                        "/sandbox/cards/" + id + "/click",
                        Json.object()
                                .put("operator", RunningSandbox.person(2))
                                .set("value", Json.object().put("action", "approve")))
                .body();

        assertThat(result.path("status").asInt()).isEqualTo(200);
        assertThat(result.path("code").asInt()).isZero();
        assertThat(result.path("toast").path("content").asText()).isEqualTo("done");
        assertThat(shown(id)).contains("approved");
        JsonNode callback = webhook.ofType("card.action.trigger").get(0).json();
        assertThat(webhook.ofType("card.action.trigger").get(0).path()).isEqualTo("/webhook/card");
        assertThat(callback.path("header").path("create_time").asText()).matches("\\d{16}");
        assertThat(callback.path("event")
                        .path("context")
                        .path("open_message_id")
                        .asText())
                .isEqualTo(id);
        assertThat(callback.path("event")
                        .path("action")
                        .path("value")
                        .path("action")
                        .asText())
                .isEqualTo("approve");

        String token = callback.path("event").path("token").asText();
        ObjectNode later = Json.object().put("token", token);
        later.set("card", Json.read(CARD.replace("one", "later")));
        assertThat(sandbox.api("POST", "/open-apis/interactive/v1/card/update", later)
                        .code())
                .isZero();
        assertThat(sandbox.api("POST", "/open-apis/interactive/v1/card/update", later)
                        .code())
                .isZero();
        assertThat(sandbox.api("POST", "/open-apis/interactive/v1/card/update", later)
                        .code())
                .isEqualTo(300040);
        assertThat(shown(id)).contains("later");
    }

    @Test
    @DisplayName("a callback that fails shows the code of the client, and is not sent again")
    void failedCallback() {
        String id = sendCard(2, CARD);
        ObjectNode click = Json.object().put("operator", RunningSandbox.person(2));
        webhook.answers(delivery -> new Answered(500, "{}"));
        assertThat(sandbox.post("/sandbox/cards/" + id + "/click", click)
                        .body()
                        .path("code")
                        .asInt())
                .isEqualTo(200671);
        webhook.answers(delivery -> new Answered(200, "no json"));
        assertThat(sandbox.post("/sandbox/cards/" + id + "/click", click)
                        .body()
                        .path("code")
                        .asInt())
                .isEqualTo(200672);
        webhook.answers(delivery -> new Answered(200, "{\"card\":{\"type\":\"raw\",\"data\":{\"elements\":1}}}"));
        assertThat(sandbox.post("/sandbox/cards/" + id + "/click", click)
                        .body()
                        .path("code")
                        .asInt())
                .isEqualTo(200673);
        assertThat(webhook.deliveries()).hasSize(3);
    }

    @Test
    @DisplayName("the old callback is bare and signed with the Verification Token")
    void oldCallback() {
        String id = sendCard(2, CARD);
        sandbox.post(
                "/sandbox/cards/" + id + "/click",
                Json.object().put("operator", RunningSandbox.person(2)).put("format", "old"));
        JsonNode callback = Json.read(webhook.deliveries().get(0).body());
        assertThat(callback.path("open_message_id").asText()).isEqualTo(id);
        assertThat(callback.has("schema")).isFalse();
        assertThat(webhook.deliveries().get(0).header("X-Lark-Signature")).hasSize(40);
    }
}
