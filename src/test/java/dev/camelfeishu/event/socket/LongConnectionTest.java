package dev.camelfeishu.event.socket;

import static dev.camelfeishu.event.socket.FakePlatform.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.lark.oapi.ws.pb.Pbbp2.Frame;
import dev.camelfeishu.event.FeishuEvent;
import dev.camelfeishu.event.Ingress;
import dev.camelfeishu.event.IngressSettings;
import dev.camelfeishu.event.JournalUnavailableException;
import dev.camelfeishu.event.socket.FakePlatform.Answer;
import dev.camelfeishu.event.socket.FakePlatform.Peer;
import dev.camelfeishu.event.socket.LongConnection.State;
import dev.camelfeishu.openapi.AppCredentials;
import dev.camelfeishu.openapi.BaseUrl;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

@DisplayName("The long connection")
class LongConnectionTest {

    private static final Duration SOON = Duration.ofSeconds(15);

    private final HeldJournal journal = new HeldJournal();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.camelfeishu.event.socket");
    private CallbackResponder callbacks = callback -> CompletableFuture.completedFuture(JsonNodeFactory.instance
            .objectNode()
            .put("answered", callback.event().type()));
    private FakePlatform platform;
    private LongConnection connection;

    @BeforeEach
    void serve() throws IOException {
        platform = new FakePlatform();
        logger.setLevel(Level.DEBUG);
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stop() throws IOException {
        if (connection != null) {
            connection.close();
        }
        platform.close();
        logger.detachAppender(log);
        logger.setLevel(null);
        assertThat(new ArrayList<>(log.list))
                .as("secrets in the log")
                .noneMatch(line -> FakePlatform.SECRETS.stream().anyMatch(line.getFormattedMessage()::contains)
                        || line.getThrowableProxy() != null);
    }

    // ---- acknowledgements

    @Test
    @DisplayName("acknowledges an event when it is stored, not before, with the same frame")
    void acknowledges() {
        journal.hold();
        Peer peer = connect();
        Frame sent = event("m1", text("e1"));
        peer.send(sent);
        await().atMost(SOON).until(() -> journal.held.size() == 1);
        assertThat(peer.acks).isEmpty();

        HeldJournal.store(journal.held.get(0));

        Frame ack = peer.ack();
        assertThat(payload(ack)).isEqualTo(json("{'code':200}"));
        assertThat(ack.getSeqID()).isEqualTo(sent.getSeqID());
        assertThat(ack.getLogID()).isEqualTo(sent.getLogID());
        assertThat(ack.getService()).isEqualTo(7);
        assertThat(ack.getMethod()).isEqualTo(1);
        assertThat(ack.getHeadersList()).containsAll(sent.getHeadersList());
        assertThat(Frames.header(ack, "biz_rt")).matches("\\d+");
        FeishuEvent event = journal.events.get(0);
        assertThat(event.eventId()).isEqualTo("e1");
        assertThat(event.appId()).isEqualTo("cli_x");
        assertThat(count("feishu.socket.frames", "type", "event")).isOne();
        assertThat(meters.timer("feishu.socket.acks", "app", "default", "code", "200")
                        .count())
                .isOne();
    }

    @Test
    @DisplayName("answers 500 when an event cannot be stored, so that it comes again")
    void notStored() {
        journal.answer = () -> CompletableFuture.failedFuture(new JournalUnavailableException("the database is away"));
        Peer peer = connect();
        peer.send(event("m1", text("e1")));
        assertThat(payload(peer.ack())).isEqualTo(json("{'code':500}"));

        journal.answer = () -> {
            throw new IllegalStateException("not open");
        };
        peer.send(event("m2", text("e1")));
        assertThat(payload(peer.ack())).isEqualTo(json("{'code':500}"));
    }

    @Test
    @DisplayName("answers 500 before the platform has given up when the store is slow")
    void slowStore() {
        journal.hold();
        Peer peer = connect();
        long begin = System.nanoTime();
        peer.send(event("m1", text("e1")));
        assertThat(payload(peer.ack())).isEqualTo(json("{'code':500}"));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(5));
    }

    @Test
    @DisplayName("answers a callback with what the responder makes of it, in base64")
    void callback() throws IOException {
        Peer peer = connect();
        peer.send(event("m1", callbackText()));
        JsonNode ack = payload(peer.ack());
        assertThat(ack.path("code").asInt()).isEqualTo(200);
        String data = new String(Base64.getDecoder().decode(ack.path("data").asText()), StandardCharsets.UTF_8);
        assertThat(data).isEqualTo("{\"answered\":\"card.action.trigger\"}");
        assertThat(journal.events).isEmpty();
    }

    @Test
    @DisplayName("answers 500 to a callback that is not stored")
    void callbackNotStored() {
        callbacks = callback -> CompletableFuture.failedFuture(new JournalUnavailableException("away"));
        Peer peer = connect();
        peer.send(event("m1", callbackText()));
        assertThat(payload(peer.ack())).isEqualTo(json("{'code':500}"));
    }

    @Test
    @DisplayName("answers 500 to what is no event, and to an event for another app")
    void refused() {
        Peer peer = connect();
        peer.send(event("m1", "{\"no\":\"event\"}"));
        assertThat(payload(peer.ack())).isEqualTo(json("{'code':500}"));
        peer.send(event("m2", text("e1").replace("cli_x", "cli_y")));
        assertThat(payload(peer.ack())).isEqualTo(json("{'code':500}"));
        assertThat(journal.events).isEmpty();
    }

    // ---- messages that are split, too large, or rubbish

    @Test
    @DisplayName("puts split messages together, out of order and interleaved, and acknowledges each once")
    void split() {
        Peer peer = connect();
        String one = text("e1");
        String two = text("e2");
        peer.send(event("m1", 3, 2, one.substring(60)));
        peer.send(event("m2", 2, 1, two.substring(50)));
        peer.send(event("m1", 3, 0, one.substring(0, 30)));
        peer.send(event("m2", 2, 0, two.substring(0, 50)));
        peer.send(event("m1", 3, 1, one.substring(30, 60)));
        List<Frame> acks = List.of(peer.ack(), peer.ack());
        assertThat(acks)
                .allMatch(ack -> payload(ack).equals(json("{'code':200}")))
                .extracting(ack -> Frames.header(ack, "message_id"))
                .containsExactly("m2", "m1");
        assertThat(journal.events).extracting(FeishuEvent::eventId).containsExactly("e2", "e1");
        assertThat(peer.acks).isEmpty();
    }

    @Test
    @DisplayName("loses none of 300 messages in two parts")
    void manySplit() {
        Peer peer = connect();
        for (int i = 0; i < 300; i++) {
            String text = text("e" + i);
            peer.send(event("m" + i, 2, i % 2, i % 2 == 0 ? text.substring(0, 40) : text.substring(40)));
            peer.send(event("m" + i, 2, 1 - i % 2, i % 2 == 0 ? text.substring(40) : text.substring(0, 40)));
        }
        await().atMost(SOON).until(() -> peer.acks.size() == 300);
        assertThat(journal.events.stream().map(FeishuEvent::eventId).distinct()).hasSize(300);
    }

    @Test
    @DisplayName("drops a frame above the limit and goes on")
    void oversize() {
        Peer peer = connect();
        peer.sendBinary(event("m1", "x".repeat(Ingress.MAX_BODY + 100_000)).toByteArray());
        peer.send(event("m2", text("e2")));
        assertThat(Frames.header(peer.ack(), "message_id")).isEqualTo("m2");
        assertThat(count("feishu.socket.frames", "type", "oversize")).isOne();
    }

    @Test
    @DisplayName("refuses a payload above the limit, in one frame or in parts")
    void oversizePayload() {
        Peer peer = connect();
        peer.send(event("m1", "x".repeat(Ingress.MAX_BODY + 1)));
        assertThat(payload(peer.ack())).isEqualTo(json("{'code':500}"));
        String half = "x".repeat(Ingress.MAX_BODY / 2 + 1);
        peer.send(event("m2", 3, 0, half));
        peer.send(event("m2", 3, 1, half));
        assertThat(payload(peer.ack())).isEqualTo(json("{'code':500}"));
        peer.send(event("m3", text("e3")));
        assertThat(payload(peer.ack())).isEqualTo(json("{'code':200}"));
    }

    @Test
    @DisplayName("takes an event of 1 MiB in one frame")
    void largest() {
        Peer peer = connect();
        String frame = text("e1");
        String event = frame.replace("\"a\"", "\"" + "a".repeat(Ingress.MAX_BODY - frame.length() + 1) + "\"");
        assertThat(event).hasSize(Ingress.MAX_BODY);
        peer.send(event("m1", event));
        assertThat(payload(peer.ack())).isEqualTo(json("{'code':200}"));
    }

    @Test
    @DisplayName("drops what is no frame and goes on")
    void garbage() {
        Peer peer = connect();
        peer.sendBinary("garbage".getBytes(StandardCharsets.UTF_8));
        peer.sendBinary(new byte[0]);
        byte[] nested = new byte[100_000];
        java.util.Arrays.fill(nested, (byte) ((15 << 3) | 3));
        peer.sendBinary(nested);
        peer.sendText("{}");
        peer.send(event("m0", "").toBuilder().setMethod(5).build());
        peer.send(event("m1", text("e1")));
        assertThat(payload(peer.ack())).isEqualTo(json("{'code':200}"));
        assertThat(count("feishu.socket.frames", "type", "malformed")).isEqualTo(5);
    }

    // ---- back-pressure

    @Test
    @DisplayName("reads no more than may be in flight, and all in the end")
    void backPressure() {
        journal.hold();
        Peer peer = connect(limits().inFlight(4));
        for (int i = 0; i < 20; i++) {
            peer.send(event("m" + i, text("e" + i)));
        }
        await().atMost(SOON).until(() -> journal.held.size() == 4);
        for (int i = 0; i < 20; i++) {
            int next = i;
            await().atMost(SOON).until(() -> journal.held.size() > next);
            assertThat(journal.held.size()).isLessThanOrEqualTo(next + 4);
            HeldJournal.store(journal.held.get(i));
        }
        await().atMost(SOON).until(() -> peer.acks.size() == 20);
        assertThat(journal.events).extracting(FeishuEvent::eventId).doesNotHaveDuplicates();
    }

    // ---- its life

    @Test
    @DisplayName("shows its app and secret, then pings as its service")
    void connects() {
        Peer peer = connect();
        assertThat(json(platform.bodies.get(0))).isEqualTo(json("{'AppID':'cli_x','AppSecret':'the-app-secret'}"));
        await().atMost(SOON).until(() -> peer.pings.size() == 1);
        assertThat(connection.status().state()).isEqualTo(State.CONNECTED);
        assertThat(meters.get("feishu.socket.state").gauge().value()).isOne();
    }

    @Test
    @DisplayName("pings as often as the last pong says")
    void pingInterval() {
        platform.pongPayload = FakePlatform.CONFIG.replace("120", "1");
        platform.discovery =
                n -> new Answer(200, platform.address("127.0.0.1", FakePlatform.CONFIG.replace("120", "1")));
        Peer peer = connect();
        await().atMost(SOON).until(() -> peer.pings.size() >= 3);
    }

    @Test
    @DisplayName("opens a connection anew when a pong does not come")
    void lostPong() {
        platform.pongs = false;
        Peer first = connect(limits().pong(Duration.ofMillis(300)));
        await().atMost(SOON).until(() -> first.pings.size() == 1);
        await().atMost(SOON).until(() -> first.pings.size() == 1);
        platform.pongs = true;
        Peer second = platform.connected();
        assertThat(first.closed).succeedsWithin(SOON);
        assertThat(count("feishu.socket.reconnects", "cause", "no_pong")).isOne();
        second.send(event("m1", text("e1")));
        assertThat(payload(second.ack())).isEqualTo(json("{'code':200}"));
    }

    @Test
    @DisplayName("opens a connection anew at once when the platform closes it")
    void closed() {
        Peer first = connect();
        long begin = System.nanoTime();
        first.close(1001, "going away");
        Peer second = platform.connected();
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        System.out.printf("long connection: open again %d ms after a close%n", took.toMillis());
        assertThat(took).isLessThan(Duration.ofSeconds(1));
        assertThat(first.closed).succeedsWithin(SOON);
        assertThat(count("feishu.socket.reconnects", "cause", "closed")).isOne();
        second.send(event("m1", text("e1")));
        assertThat(payload(second.ack())).isEqualTo(json("{'code':200}"));
    }

    @Test
    @DisplayName("opens a connection anew at once when it breaks, and what was not acknowledged is not")
    void cut() {
        journal.hold();
        Peer first = connect();
        first.send(event("m1", text("e1")));
        await().atMost(SOON).until(() -> journal.held.size() == 1);
        first.cut();
        Peer second = platform.connected();
        HeldJournal.store(journal.held.get(0));
        second.send(event("m2", text("e1")));
        await().atMost(SOON).until(() -> journal.held.size() == 2);
        HeldJournal.store(journal.held.get(1));
        assertThat(Frames.header(second.ack(), "message_id")).isEqualTo("m2");
        assertThat(first.acks).isEmpty();
        assertThat(count("feishu.socket.reconnects", "cause", "lost")).isOne();
    }

    @Test
    @DisplayName("backs off, doubling, while the platform is busy or there is none")
    void backOff() {
        platform.discovery = n -> n < 2
                ? new Answer(200, "{\"code\":1,\"msg\":\"busy\"}")
                : n < 4
                        ? new Answer(502, "<html>")
                        : new Answer(200, platform.address("127.0.0.1", FakePlatform.CONFIG));
        start(limits().firstWait(Duration.ofMillis(100)));
        platform.connected();
        List<Long> gaps = new ArrayList<>();
        for (int i = 1; i < platform.asked.size(); i++) {
            gaps.add(TimeUnit.NANOSECONDS.toMillis(platform.asked.get(i) - platform.asked.get(i - 1)));
        }
        assertThat(gaps).hasSize(4);
        assertThat(gaps.get(0)).isGreaterThanOrEqualTo(95);
        assertThat(gaps.get(1)).isGreaterThanOrEqualTo(195);
        assertThat(gaps.get(2)).isGreaterThanOrEqualTo(395);
        assertThat(gaps.get(3)).isGreaterThanOrEqualTo(795);
        await().atMost(SOON).until(() -> connection.status().failures() == 0);
    }

    @ParameterizedTest
    @DisplayName("says what to mend when it is refused for good, and goes on trying")
    @CsvSource({
        "514, 0, compare FEISHU_APP_ID and FEISHU_APP_SECRET",
        "403, 0, it must be a self-built app",
        "1000040350, 0, stop processes that use the same app id",
        "99, 0, look the code up",
        "0, 514, compare FEISHU_APP_ID and FEISHU_APP_SECRET",
        "0, 403, it must be a self-built app",
        "0, 1000040350, stop processes that use the same app id",
    })
    void refusedForGood(int discovery, int handshake, String mend) {
        if (discovery != 0) {
            platform.discovery = n -> new Answer(200, "{\"code\":" + discovery + ",\"msg\":\"no\\r\\nentry\"}");
        } else if (handshake > 1000) {
            platform.refusal = Map.of(
                    "handshake-status", "514",
                    "handshake-autherrcode", Integer.toString(handshake),
                    "handshake-msg", "no");
        } else {
            platform.refusal = Map.of("handshake-status", Integer.toString(handshake), "handshake-msg", "no");
        }
        start(limits().slowRetry(Duration.ofMillis(700)));
        await().atMost(SOON).until(() -> connection.status().state() == State.REFUSED);
        assertThat(connection.status().problem()).contains(mend).doesNotContain("\n", "\r");
        assertThat(List.copyOf(log.list))
                .anyMatch(line -> line.getLevel() == Level.ERROR
                        && line.getFormattedMessage().contains(mend));
        platform.refusal = Map.of();
        platform.discovery = n -> new Answer(200, platform.address("127.0.0.1", FakePlatform.CONFIG));
        platform.connected();
        await().atMost(SOON).until(() -> connection.status().state() == State.CONNECTED);
    }

    @Test
    @DisplayName("backs off when the handshake is refused without a reason")
    void handshakeFails() {
        platform.refusal = Map.of("x", "y");
        start(limits().firstWait(Duration.ofMillis(50)));
        await().atMost(SOON).until(() -> connection.status().failures() >= 2);
        assertThat(connection.status().problem()).contains("HTTP 403");
        platform.refusal = Map.of();
        platform.connected();
    }

    @Test
    @DisplayName("connects by wss only, but for a platform on this machine")
    void foreignAddress() {
        platform.discovery = n -> new Answer(200, platform.address("evil.example.com", FakePlatform.CONFIG));
        start(limits());
        await().atMost(SOON).until(() -> connection.status().state() == State.REFUSED);
        assertThat(connection.status().problem()).contains("not wss://");
    }

    @Test
    @DisplayName("closes cleanly: takes nothing more, acknowledges what it has, says good-bye")
    void cleanStop() throws Exception {
        journal.hold();
        Peer peer = connect();
        peer.send(event("m1", text("e1")));
        await().atMost(SOON).until(() -> journal.held.size() == 1);
        CompletableFuture<Long> closing = CompletableFuture.supplyAsync(() -> {
            long begin = System.nanoTime();
            connection.close();
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        });
        await().during(Duration.ofMillis(200)).atMost(SOON).until(() -> !closing.isDone());
        peer.send(event("m2", text("e2")));
        await().during(Duration.ofMillis(200)).atMost(SOON).until(() -> journal.held.size() == 1);
        HeldJournal.store(journal.held.get(0));
        assertThat(Frames.header(peer.ack(), "message_id")).isEqualTo("m1");
        assertThat(peer.closed.get(5, TimeUnit.SECONDS)).isEqualTo(1000);
        assertThat(closing.get(5, TimeUnit.SECONDS)).isLessThan(4_000);
        assertThat(peer.acks).isEmpty();
        assertThat(connection.status().state()).isEqualTo(State.STOPPED);
        await("its threads have ended")
                .atMost(SOON)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("feishu-socket-default")));
    }

    @Test
    @DisplayName("closes within its bound when the platform and the store are silent")
    void stubbornStop() {
        journal.hold();
        Peer peer = connect();
        peer.send(event("m1", text("e1")));
        await().atMost(SOON).until(() -> journal.held.size() == 1);
        long begin = System.nanoTime();
        connection.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    @DisplayName("closes while there is no connection")
    void stopWithoutConnection() {
        platform.discovery = n -> new Answer(502, "");
        start(limits());
        await().atMost(SOON).until(() -> connection.status().state() == State.WAITING);
        connection.close();
        assertThat(connection.status().state()).isEqualTo(State.STOPPED);
    }

    // ---- pieces

    /** Limits that a test changes one of. */
    private record Wanted(Duration pong, Duration firstWait, Duration slowRetry, int inFlight) {
        Wanted pong(Duration other) {
            return new Wanted(other, firstWait, slowRetry, inFlight);
        }

        Wanted firstWait(Duration other) {
            return new Wanted(pong, other, slowRetry, inFlight);
        }

        Wanted slowRetry(Duration other) {
            return new Wanted(pong, firstWait, other, inFlight);
        }

        Wanted inFlight(int other) {
            return new Wanted(pong, firstWait, slowRetry, other);
        }
    }

    private static Wanted limits() {
        return new Wanted(Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofSeconds(60), 256);
    }

    private Peer connect() {
        return connect(limits());
    }

    private Peer connect(Wanted limits) {
        start(limits);
        Peer peer = platform.connected();
        if (platform.pongs) {
            await().atMost(SOON)
                    .until(() -> connection.status().state() == State.CONNECTED
                            && count("feishu.socket.frames", "type", "pong") > 0);
        }
        return peer;
    }

    private void start(Wanted limits) {
        connection = new LongConnection(
                "default",
                new BaseUrl(platform.root()),
                new AppCredentials("cli_x", "the-app-secret"),
                new Ingress(IngressSettings.of("cli_x", "", "", false), meters, Clock.systemUTC()),
                journal,
                callback -> callbacks.answer(callback),
                meters,
                new Limits(
                        Duration.ofSeconds(5),
                        limits.pong(),
                        Duration.ofMillis(2_500),
                        limits.firstWait(),
                        limits.slowRetry(),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(2),
                        limits.inFlight()),
                Clock.systemUTC());
        connection.start();
    }

    private static String text(String id) {
        return "{\"schema\":\"2.0\",\"header\":{\"event_id\":\"" + id
                + "\",\"event_type\":\"a.b_v1\",\"create_time\":\"1608725989000\",\"token\":\"t\",\"app_id\":\"cli_x\","
                + "\"tenant_key\":\"t1\"},\"event\":{\"name\":\"a\"}}";
    }

    private static String callbackText() {
        return "{\"schema\":\"2.0\",\"header\":{\"event_id\":\"c1\",\"event_type\":\"card.action.trigger\","
                + "\"create_time\":\"1608725989000000\",\"token\":\"t\",\"app_id\":\"cli_x\",\"tenant_key\":\"t1\"},"
                + "\"event\":{\"action\":{\"value\":{\"action\":\"x\"}}}}";
    }

    private double count(String name, String tag, String value) {
        var counter = meters.find(name).tag(tag, value).counter();
        return counter == null ? 0 : counter.count();
    }

    private static JsonNode payload(Frame frame) {
        return json(frame.getPayload().toStringUtf8());
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text.replace('\'', '"'));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
