package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.event.FeishuEvent;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Events that never came")
@ExtendWith(SandboxRoutes.Running.class)
class EventOperationsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TENANT = "sandbox0tenant001";
    private static final String ALICE = RunningSandbox.person(3);
    private static final String DIRECT = RunningSandbox.direct(3);

    private final SandboxRoutes feishu;

    EventOperationsTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    @BeforeEach
    void theChatsAreKnownAndNobodyWasThere() {
        feishu.sql().update("delete from feishu.chat");
        for (String chat : new String[] {DIRECT, RunningSandbox.PURCHASING}) {
            feishu.sql()
                    .update(
                            "insert into feishu.chat (app_id, tenant_key, chat_id, direct, looked_at)"
                                    + " values (?, ?, ?, ?, now() - interval '10 minutes')",
                            SandboxRoutes.APP_ID,
                            TENANT,
                            chat,
                            chat.equals(DIRECT));
        }
        feishu.sql()
                .update("insert into feishu.watch (beat_at) values (now() - interval '1 hour')"
                        + " on conflict (single) do update set beat_at = excluded.beat_at");
    }

    @Test
    @Exercises("event/append")
    @DisplayName("an appended event is one that Feishu could have sent, and is there once")
    void append() {
        Map<String, Object> event = Map.of("instance_code", "INST-1", "status", "APPROVED");
        Map<String, String> headers = Map.of(FeishuConstants.EVENT_ID, "missed/INST-1/APPROVED");

        Object first = feishu.run("event/append?eventType=approval_instance", headers, event);
        Object second = feishu.run("event/append?eventType=approval_instance", headers, event);

        assertThat(first)
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsEntry("duplicate", false);
        assertThat(second)
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsEntry("duplicate", true);
        FeishuEvent kept = feishu.journal().appended("", "missed/INST-1/APPROVED");
        assertThat(kept.type()).isEqualTo("approval_instance");
        assertThat(kept.key()).isEqualTo("INST-1");
        assertThat(kept.appId()).isEqualTo(SandboxRoutes.APP_ID);
        assertThat(kept.event().path("status").asText()).isEqualTo("APPROVED");
    }

    @Test
    @DisplayName("what is no event is refused")
    void refused() {
        Map<String, String> headers = Map.of(FeishuConstants.EVENT_ID, "x");
        assertThatThrownBy(() -> feishu.run("event/append", headers, Map.of()))
                .hasMessageContaining("option eventType");
        assertThatThrownBy(() -> feishu.run("event/append?eventType=a.b_v1", Map.of(), Map.of()))
                .hasMessageContaining("CamelFeishuEventId");
        assertThatThrownBy(() -> feishu.run("event/append?eventType=a.b_v1", headers, "text"))
                .hasMessageContaining("JSON object");
        assertThatThrownBy(() -> feishu.run("event/append?eventType=../x", headers, Map.of()))
                .hasMessageContaining("im.message.receive_v1");
    }

    @Test
    @Exercises("message/missed")
    @DisplayName("messages to the bot that were said during an outage are appended as their event would have been")
    void missedMessages() {
        String direct = said(DIRECT, "/help", false);
        String mention = said(RunningSandbox.PURCHASING, "/order SO-1", true);
        String chatter = said(RunningSandbox.PURCHASING, "lunch?", false);
        String own = feishu.text(DIRECT, "I am the bot");
        feishu.sql()
                .update(
                        "update sandbox.message set created_ms = created_ms - 60000 where message_id in (?, ?, ?, ?)",
                        direct,
                        mention,
                        chatter,
                        own);

        Object appended = feishu.run("message/missed", Map.of(), null);

        assertThat((Integer) appended).isGreaterThanOrEqualTo(2);
        for (String message : new String[] {direct, mention}) {
            JsonNode missed = feishu.journal().appended(TENANT, message).event();
            JsonNode pushed = pushed(message);
            missed.path("message").fieldNames().forEachRemaining(name -> {
                // the clock of these messages was put back
                if (!name.equals("mentions") && !name.endsWith("_time")) {
                    assertThat(missed.path("message").path(name))
                            .as(name)
                            .isEqualTo(pushed.path("message").path(name));
                }
            });
            assertThat(missed.at("/sender/sender_id/open_id")).isEqualTo(pushed.at("/sender/sender_id/open_id"));
            assertThat(missed.at("/message/mentions/0/id/open_id"))
                    .isEqualTo(pushed.at("/message/mentions/0/id/open_id"));
            assertThat(missed.at("/message/mentions/0/key")).isEqualTo(pushed.at("/message/mentions/0/key"));
        }
        assertThat(feishu.journal().appended(TENANT, chatter)).isNull();
        assertThat(feishu.journal().appended(TENANT, own)).isNull();

        assertThat(feishu.run("message/missed", Map.of(), null))
                .as("it was looked at")
                .isEqualTo(0);
    }

    @Test
    @DisplayName("a chat that the bot has left is passed over")
    void leftChats() {
        feishu.sql().update("update feishu.chat set chat_id = 'oc_00000000000000000000000000000000' where not direct");

        assertThat((Integer) feishu.run("message/missed", Map.of(), null)).isNotNegative();

        assertThat(feishu.sql()
                        .queryForObject("select count(*) from feishu.chat where outage_from is not null", Long.class))
                .isZero();
    }

    private String said(String chat, String text, boolean mention) {
        ObjectNode message = JSON.createObjectNode()
                .put("chat_id", chat)
                .put("sender", ALICE)
                .put("text", text)
                .put("mention_bot", mention);
        return feishu.sandbox()
                .post("/sandbox/messages", message)
                .body()
                .path("message_id")
                .asText();
    }

    /** The event that the sandbox has tried to send. */
    private JsonNode pushed(String message) {
        return await().until(
                        () -> {
                            for (JsonNode push : feishu.sandbox()
                                    .get("/sandbox/pushes?size=500&type=im.message.receive_v1")
                                    .body()
                                    .path("items")) {
                                if (push.at("/body/event/message/message_id")
                                        .asText()
                                        .equals(message)) {
                                    return push.at("/body/event");
                                }
                            }
                            return null;
                        },
                        java.util.Objects::nonNull);
    }
}
