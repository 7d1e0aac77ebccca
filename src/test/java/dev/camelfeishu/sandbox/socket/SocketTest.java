package dev.camelfeishu.sandbox.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.lark.oapi.google.protobuf.ByteString;
import com.lark.oapi.google.protobuf.InvalidProtocolBufferException;
import com.lark.oapi.ws.pb.Pbbp2.Frame;
import com.lark.oapi.ws.pb.Pbbp2.Header;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.ReceivingWebhook;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The sandbox's long connection")
class SocketTest {
    private static final Duration SOON = Duration.ofSeconds(15);

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

    private void sandbox(String mode) {
        sandbox = RunningSandbox.start(
                postgres,
                Map.of(
                        "feishu.sandbox.event-mode", mode,
                        "feishu.sandbox.webhook-url", webhook.url(),
                        "feishu.sandbox.push-train", "200ms,200ms,200ms,200ms",
                        "feishu.sandbox.socket.connections", "2",
                        "feishu.sandbox.socket.part-size", "100",
                        "feishu.sandbox.socket.ping-interval", "30s"));
    }

    @Test
    @DisplayName("the discovery knows its app and answers all four settings; a ticket is good once")
    void discovery() {
        sandbox("socket");
        assertThat(discover("wrong").path("code").asInt()).isEqualTo(514);
        JsonNode answer = discover("sandbox-app-secret");
        assertThat(answer.path("code").asInt()).isZero();
        assertThat(answer.at("/data/ClientConfig"))
                .isEqualTo(Json.read(
                        "{\"ReconnectCount\":-1,\"ReconnectInterval\":120,\"ReconnectNonce\":30,\"PingInterval\":30}"));
        URI url = URI.create(answer.at("/data/URL").asText());
        Client.open(url);
        assertRefused(url, "514", null);
    }

    @Test
    @DisplayName("more connections than allowed are refused with 1000040350")
    void cap() {
        sandbox("socket");
        open();
        open();
        assertRefused(address(), "514", "1000040350");
    }

    @Test
    @DisplayName("an event is split, goes to one client, and counts with its acknowledgement")
    void split() {
        sandbox("socket");
        List<Client> clients = List.of(open(), open());
        write("hello");
        await().atMost(SOON).until(() -> clients.stream().anyMatch(client -> client.complete() != null));
        Client chosen = clients.stream()
                .filter(client -> client.complete() != null)
                .findFirst()
                .orElseThrow();
        JsonNode event = Json.read(chosen.complete());
        assertThat(event.at("/event/message/content").asText()).isEqualTo("{\"text\":\"hello\"}");
        assertThat(chosen.frames).hasSizeGreaterThan(3);
        assertThat(clients.stream().filter(client -> !client.frames.isEmpty())).hasSize(1);
        chosen.ack("{\"code\":200}");
        await().atMost(SOON).until(() -> state().equals("ACKNOWLEDGED"));
        assertThat(webhook.deliveries()).isEmpty();
    }

    @Test
    @DisplayName("what is not acknowledged with 200 within 3 s comes again, to the end of the train")
    void train() {
        sandbox("socket");
        Client client = open();
        client.answer = "{\"code\":500}";
        write("again");
        await().atMost(SOON).until(() -> state().equals("DROPPED"));
        assertThat(newest().path("attempts"))
                .hasSize(5)
                .allMatch(attempt -> attempt.path("status").asInt() == 500);
        client.answer = null;
        write("silence");
        await().atMost(SOON)
                .until(() -> newest().at("/attempts/0/outcome").asText().equals("timeout"));
        assertThat(newest().at("/attempts/0/duration_ms").asLong()).isBetween(2_900L, 6_000L);
    }

    @Test
    @DisplayName("an acknowledgement that does not echo the frame counts for nothing")
    void strict() {
        sandbox("socket");
        Client client = open();
        client.forgetful = true;
        client.answer = "{\"code\":200}";
        write("no echo");
        await().atMost(SOON)
                .until(() -> newest().at("/attempts/0/outcome").asText().equals("timeout"));
    }

    @Test
    @DisplayName("without a client an event waits for the train")
    void nobody() {
        sandbox("socket");
        write("nobody");
        await().atMost(SOON)
                .until(() -> newest().at("/attempts/0/outcome").asText().equals("no connection"));
        assertThat(webhook.deliveries()).isEmpty();
    }

    @Test
    @DisplayName("in mode both, events come by the connection and callbacks by webhook")
    void both() {
        sandbox("both");
        Client client = open();
        client.answer = "{\"code\":200}";
        write("by the connection");
        await().atMost(SOON).until(() -> state().equals("ACKNOWLEDGED"));
        assertThat(webhook.deliveries()).isEmpty();
        ObjectNode card = Json.object();
        card.putArray("elements");
        String message = sandbox.api(
                        "POST",
                        "/open-apis/im/v1/messages?receive_id_type=open_id",
                        RunningSandbox.message(RunningSandbox.person(1), "interactive", card))
                .data()
                .path("message_id")
                .asText();
        sandbox.post("/sandbox/cards/" + message + "/click", Json.object().put("operator", RunningSandbox.person(1)));
        assertThat(webhook.ofType("card.action.trigger")).hasSize(1);
    }

    @Test
    @DisplayName("a ping gets a pong with the settings, unless the fault says no")
    void pong() throws InterruptedException {
        sandbox("socket");
        Client client = open();
        client.ping();
        Frame pong = client.control.poll(15, TimeUnit.SECONDS);
        assertThat(Json.read(pong.getPayload().toStringUtf8())
                        .path("PingInterval")
                        .asInt())
                .isEqualTo(30);
        fault(Json.object().put("no_pong", true));
        client.ping();
        assertThat(client.control.poll(300, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    @DisplayName("control closes in good order or breaks off; garbage is answered with 1002")
    void ends() {
        sandbox("socket");
        Client closed = open();
        sandbox.post("/sandbox/socket/close", Json.object().put("code", 1001));
        assertThat(closed.closed).succeedsWithin(SOON).isEqualTo(1001);
        Client dropped = open();
        sandbox.post("/sandbox/socket/drop", Json.object());
        assertThat(dropped.closed).succeedsWithin(SOON).isEqualTo(1006);
        Client rude = open();
        rude.socket.sendBinary(ByteBuffer.wrap(new byte[] {1, 2, 3}), true);
        assertThat(rude.closed).succeedsWithin(SOON).isEqualTo(1002);
        await().atMost(SOON)
                .until(() -> sandbox.get("/sandbox/socket")
                        .body()
                        .path("connections")
                        .isEmpty());
    }

    @Test
    @DisplayName("faults refuse the discovery and the handshake as often as they are told")
    void faults() {
        sandbox("socket");
        ObjectNode fault = Json.object();
        fault.putObject("discovery").put("code", 1).put("times", 2);
        fault.putObject("handshake").put("status", 403);
        fault(fault);
        assertThat(discover("sandbox-app-secret").path("code").asInt()).isOne();
        assertThat(discover("sandbox-app-secret").path("code").asInt()).isOne();
        assertRefused(address(), "403", null);
        open();
    }

    // ---- pieces

    private JsonNode discover(String secret) {
        return sandbox.post(
                        "/callback/ws/endpoint",
                        Json.object().put("AppID", "cli_a1b2c3d4e5f60718").put("AppSecret", secret))
                .body();
    }

    private URI address() {
        return URI.create(discover("sandbox-app-secret").at("/data/URL").asText());
    }

    private Client open() {
        return Client.open(address());
    }

    private void fault(ObjectNode fault) {
        assertThat(sandbox.post("/sandbox/socket/faults", fault).status()).isEqualTo(200);
    }

    private static void assertRefused(URI url, String status, String code) {
        assertThatThrownBy(() -> Client.open(url))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(WebSocketHandshakeException.class, refusal -> {
                    var headers = refusal.getResponse().headers();
                    assertThat(headers.firstValue("handshake-status")).contains(status);
                    assertThat(headers.firstValue("handshake-autherrcode").orElse(null))
                            .isEqualTo(code);
                });
    }

    private void write(String text) {
        assertThat(sandbox.post(
                                "/sandbox/messages",
                                Json.object()
                                        .put("chat_id", RunningSandbox.direct(1))
                                        .put("sender", RunningSandbox.person(1))
                                        .put("text", text))
                        .status())
                .isEqualTo(200);
    }

    private JsonNode newest() {
        return sandbox.get("/sandbox/pushes?type=im.message.receive_v1")
                .body()
                .path("items")
                .path(0);
    }

    private String state() {
        return newest().path("state").asText();
    }

    /** A client that does what it is told. */
    private static final class Client implements WebSocket.Listener {
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();
        private final List<Frame> frames = new java.util.concurrent.CopyOnWriteArrayList<>();
        private final BlockingQueue<Frame> control = new LinkedBlockingQueue<>();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private WebSocket socket;
        private volatile String answer;
        private volatile boolean forgetful;

        static Client open(URI url) {
            Client client = new Client();
            client.socket = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .newWebSocketBuilder()
                    .buildAsync(url, client)
                    .join();
            return client;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            message.writeBytes(bytes);
            if (last) {
                received(message.toByteArray());
                message.reset();
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            closed.complete(status);
            return null;
        }

        private void received(byte[] bytes) {
            try {
                Frame frame = Frame.parseFrom(bytes);
                if (frame.getMethod() == 0) {
                    control.add(frame);
                    return;
                }
                frames.add(frame);
                if (answer != null && number(frame, "seq") == number(frame, "sum") - 1) {
                    ack(answer);
                }
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        }

        /** The payload when every part of it is there, else null. */
        String complete() {
            List<Frame> parts = new ArrayList<>(frames);
            if (parts.isEmpty() || parts.size() < number(parts.get(0), "sum")) {
                return null;
            }
            ByteString whole = ByteString.EMPTY;
            for (Frame part : parts) {
                whole = whole.concat(part.getPayload());
            }
            return whole.toStringUtf8();
        }

        void ack(String payload) {
            Frame last = frames.get(frames.size() - 1);
            Frame.Builder ack = last.toBuilder()
                    .setPayload(ByteString.copyFromUtf8(payload))
                    .addHeaders(
                            Header.newBuilder().setKey("biz_rt").setValue("1").build());
            if (forgetful) {
                ack.setSeqID(last.getSeqID() + 1000);
            }
            socket.sendBinary(ByteBuffer.wrap(ack.build().toByteArray()), true);
        }

        void ping() {
            Frame ping = Frame.newBuilder()
                    .setSeqID(0)
                    .setLogID(0)
                    .setService(1)
                    .setMethod(0)
                    .addHeaders(
                            Header.newBuilder().setKey("type").setValue("ping").build())
                    .build();
            socket.sendBinary(ByteBuffer.wrap(ping.toByteArray()), true);
        }

        private static int number(Frame frame, String key) {
            return frame.getHeadersList().stream()
                    .filter(header -> header.getKey().equals(key))
                    .mapToInt(header -> Integer.parseInt(header.getValue()))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
