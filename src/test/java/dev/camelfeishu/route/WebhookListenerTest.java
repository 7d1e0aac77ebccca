package dev.camelfeishu.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.camelfeishu.event.Headers;
import dev.camelfeishu.event.Verdict;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The webhooks' own port, when it is stopped")
class WebhookListenerTest {

    private static final int PATIENCE_MILLIS = 20_000;

    private final BlockingQueue<CompletableFuture<WebhookAnswer>> received = new LinkedBlockingQueue<>();
    private InetSocketAddress address;
    private WebhookListener listener;

    @BeforeEach
    void start() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort());
        }
        listener = new WebhookListener(Map.of("/hook", new Waiting()), address);
        listener.start();
    }

    @AfterEach
    void stop() {
        if (listener.isRunning()) {
            listener.stop();
        }
    }

    /** Answers when the test says so. */
    private final class Waiting extends Webhook {

        Waiting() {
            super("/hook");
        }

        @Override
        Verdict verify(byte[] body, Headers headers) {
            return new Verdict.Event(null);
        }

        @Override
        CompletableFuture<WebhookAnswer> accept(Verdict verdict) {
            CompletableFuture<WebhookAnswer> answer = new CompletableFuture<>();
            received.add(answer);
            return answer;
        }
    }

    @Test
    void what_was_taken_is_answered_and_its_connection_ends() throws Exception {
        try (Socket sender = connected()) {
            post(sender);
            CompletableFuture<WebhookAnswer> answer = received.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            CompletableFuture<Void> stopping = CompletableFuture.runAsync(listener::stop);
            await().untilAsserted(this::isRefused);
            answer.complete(WebhookAnswer.STORED);
            assertThat(rest(sender)).startsWith("HTTP/1.1 200 ").contains("success");
            stopping.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Test
    void idle_connections_end_and_nothing_more_is_taken() throws Exception {
        try (Socket idle = connected()) {
            post(idle);
            received.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).complete(WebhookAnswer.STORED);
            assertThat(idle.getInputStream().read()).isEqualTo('H');
            listener.stop();
            assertThat(rest(idle)).contains("success");
        }
        isRefused();
    }

    private void isRefused() {
        assertThatThrownBy(() -> connected().close()).isInstanceOf(ConnectException.class);
    }

    private Socket connected() throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static void post(Socket sender) throws IOException {
        sender.getOutputStream()
                .write("POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
                        .getBytes(StandardCharsets.US_ASCII));
    }

    /** All that comes until the other side ends the connection. */
    private static String rest(Socket sender) throws IOException {
        return new String(sender.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
