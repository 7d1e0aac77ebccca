package dev.camelfeishu.sandbox.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.lark.oapi.event.EventDispatcher;
import com.lark.oapi.event.cardcallback.P2CardActionTriggerHandler;
import com.lark.oapi.event.cardcallback.model.CallBackToast;
import com.lark.oapi.event.cardcallback.model.P2CardActionTrigger;
import com.lark.oapi.event.cardcallback.model.P2CardActionTriggerResponse;
import com.lark.oapi.service.im.ImService;
import com.lark.oapi.service.im.v1.model.P2MessageReceiveV1;
import com.lark.oapi.ws.Client;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The platform's own Java client is at home on the sandbox's long connection")
class OfficialClientTest {
    private static final List<String> TEXTS = new CopyOnWriteArrayList<>();

    private static TestDatabase postgres;
    private static RunningSandbox sandbox;

    @BeforeAll
    static void start() throws IOException {
        postgres = new TestDatabase();
        sandbox = RunningSandbox.start(
                postgres, Map.of("feishu.sandbox.event-mode", "socket", "feishu.sandbox.socket.part-size", "65536"));
        var events = EventDispatcher.newBuilder("", "")
                .onP2MessageReceiveV1(new ImService.P2MessageReceiveV1Handler() {
                    @Override
                    public void handle(P2MessageReceiveV1 event) {
                        TEXTS.add(event.getEvent().getMessage().getContent());
                    }
                })
                .onP2CardActionTrigger(new P2CardActionTriggerHandler() {
                    @Override
                    public P2CardActionTriggerResponse handle(P2CardActionTrigger event) {
                        var toast = new CallBackToast();
                        toast.setType("success");
                        toast.setContent(String.valueOf(
                                event.getEvent().getAction().getValue().get("action")));
                        var answer = new P2CardActionTriggerResponse();
                        answer.setToast(toast);
                        return answer;
                    }
                })
                .build();
        // without reconnecting: it has no other way to end
        new Client.Builder("cli_a1b2c3d4e5f60718", "sandbox-app-secret")
                .domain(sandbox.root())
                .autoReconnect(false)
                .eventHandler(events)
                .build()
                .start();
        await().atMost(Duration.ofSeconds(15))
                .until(() -> sandbox.get("/sandbox/socket")
                                .body()
                                .path("connections")
                                .size()
                        == 1);
    }

    @AfterAll
    static void stop() throws IOException {
        sandbox.close();
        postgres.close();
    }

    @Test
    @DisplayName("it gets an event and acknowledges it")
    void event() {
        write("hello over the socket");
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(TEXTS).contains("{\"text\":\"hello over the socket\"}"));
        await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
            JsonNode push = newest();
            assertThat(push.path("state").asText()).isEqualTo("ACKNOWLEDGED");
            assertThat(push.at("/attempts/0/status").asInt()).isEqualTo(200);
        });
    }

    @Test
    @DisplayName("it answers a card")
    void card() {
        String card = Json.write(Json.MAPPER.createObjectNode().set("elements", Json.array()));
        String message = sandbox.api(
                        "POST",
                        "/open-apis/im/v1/messages?receive_id_type=open_id",
                        Json.object()
                                .put("receive_id", RunningSandbox.person(1))
                                .put("msg_type", "interactive")
                                .put("content", card))
                .data()
                .path("message_id")
                .asText();
        var click = Json.object().put("operator", RunningSandbox.person(1));
        click.putObject("value").put("action", "approve");
        JsonNode answer =
                sandbox.post("/sandbox/cards/" + message + "/click", click).body();
        assertThat(answer.path("code").asInt(-1)).as(answer.toString()).isZero();
        assertThat(answer.at("/toast/content").asText()).isEqualTo("approve");
    }

    private static void write(String text) {
        assertThat(sandbox.post(
                                "/sandbox/messages",
                                Json.object()
                                        .put("chat_id", RunningSandbox.direct(1))
                                        .put("sender", RunningSandbox.person(1))
                                        .put("text", text))
                        .status())
                .isEqualTo(200);
    }

    private static JsonNode newest() {
        return sandbox.get("/sandbox/pushes?type=im.message.receive_v1")
                .body()
                .path("items")
                .path(0);
    }
}
