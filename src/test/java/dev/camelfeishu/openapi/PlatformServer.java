package dev.camelfeishu.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An Open Platform as small as a test needs it: grants tokens, refuses wrong ones, and otherwise follows a script. */
final class PlatformServer implements AutoCloseable {

    static final String APP_ID = "cli_0123456789abcdef";
    static final String APP_SECRET = "s3cr3t-of-the-app-8f2e";

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final AppTickets NO_TICKETS = new AppTickets() {
        @Override
        public Optional<String> ticket(String appId) {
            return Optional.empty();
        }

        @Override
        public void keep(String appId, String ticket) {
            throw new UnsupportedOperationException();
        }
    };

    record Seen(String method, String uri, String authorization, Headers headers, byte[] body) {
        String header(String name) {
            return headers.getFirst(name);
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    @FunctionalInterface
    interface Script {
        void answer(HttpExchange exchange) throws IOException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ObjectMapper json = new ObjectMapper();
    private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
    private final Queue<Script> tokenScripts = new ConcurrentLinkedQueue<>();
    private final AtomicInteger tokens = new AtomicInteger();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    final List<Seen> calls = new CopyOnWriteArrayList<>();
    final List<Seen> tokenRequests = new CopyOnWriteArrayList<>();
    volatile Script always = json(200, "{\"code\":0,\"msg\":\"ok\",\"data\":{}}");
    private final Script grants = this::grant;
    volatile int lifetimeSeconds = 7200;
    volatile String validToken = "none yet";
    volatile boolean checksTokens = true;
    final MonthlyBudget budget =
            new MonthlyBudget(0, (account, month, calls) -> calls, warning -> {}, meters, Clock.systemUTC());
    volatile boolean readsBodies = true;

    PlatformServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    SdkFeishuClient client() {
        return client(Clock.systemUTC());
    }

    SdkFeishuClient client(Clock clock) {
        return client(UserTokens.none(), clock);
    }

    SdkFeishuClient client(UserTokens people) {
        return client(people, Clock.systemUTC());
    }

    private SdkFeishuClient client(UserTokens people, Clock clock) {
        return new SdkFeishuClient(
                new BaseUrl(url()),
                new AppCredentials(APP_ID, APP_SECRET),
                EndpointCatalog.packed(),
                new LocalTurns(),
                meters,
                people,
                clock);
    }

    /** The default app, with another third host. */
    SdkFeishuClients clients(BaseUrl www) {
        return clients(www, NO_TICKETS, Map.of(FeishuClients.DEFAULT, new AppCredentials(APP_ID, APP_SECRET)));
    }

    SdkFeishuClients clients(AppTickets tickets, Map<String, AppCredentials> apps) {
        return clients(new BaseUrl(url()), tickets, apps);
    }

    /** The default app, with a budget. */
    SdkFeishuClients clients(MonthlyBudget budget) {
        return clients(
                new BaseUrl(url()),
                NO_TICKETS,
                Map.of(FeishuClients.DEFAULT, new AppCredentials(APP_ID, APP_SECRET)),
                budget);
    }

    private SdkFeishuClients clients(BaseUrl www, AppTickets tickets, Map<String, AppCredentials> apps) {
        return clients(www, tickets, apps, budget);
    }

    private SdkFeishuClients clients(
            BaseUrl www, AppTickets tickets, Map<String, AppCredentials> apps, MonthlyBudget budget) {
        return new SdkFeishuClients(
                new PlatformUrls(new BaseUrl(url()), www),
                apps,
                tickets,
                UserTokens.none(),
                budget,
                EndpointCatalog.packed(),
                meters);
    }

    SimpleMeterRegistry meters() {
        return meters;
    }

    /** What the next calls get, one each; then it is {@link #always} again. */
    void next(Script... scripts) {
        this.scripts.addAll(List.of(scripts));
    }

    void nextToken(Script... scripts) {
        tokenScripts.addAll(List.of(scripts));
    }

    static Script json(int status, String body, String... headers) {
        return answer(status, "application/json; charset=utf-8", body, headers);
    }

    static Script answer(int status, String contentType, String body, String... headers) {
        return exchange -> {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            if (contentType != null) {
                exchange.getResponseHeaders().set("Content-Type", contentType);
            }
            for (var i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        };
    }

    /** Reads the request and closes the connection without a word. */
    static Script drop() {
        return HttpExchange::close;
    }

    @Override
    public void close() {
        server.stop(0);
        budget.close();
        threads.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        var body = readsBodies ? exchange.getRequestBody().readAllBytes() : new byte[0];
        var seen = new Seen(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                exchange.getRequestHeaders().getFirst("Authorization"),
                exchange.getRequestHeaders(),
                body);
        if (seen.uri().contains("/auth/v3/")) {
            tokenRequests.add(seen);
            var script = tokenScripts.poll();
            (script == null ? grants : script).answer(exchange);
            return;
        }
        calls.add(seen);
        if (checksTokens && !("Bearer " + validToken).equals(seen.authorization())) {
            json(400, "{\"code\":99991663,\"msg\":\"Invalid access token for authorization.\"}")
                    .answer(exchange);
            return;
        }
        var script = scripts.poll();
        (script == null ? always : script).answer(exchange);
    }

    private void grant(HttpExchange exchange) throws IOException {
        var token = "t-granted" + tokens.incrementAndGet();
        validToken = token;
        json(
                        200,
                        "{\"code\":0,\"msg\":\"ok\",\"tenant_access_token\":\"" + token + "\",\"app_access_token\":\""
                                + token + "\",\"expire\":" + lifetimeSeconds + "}")
                .answer(exchange);
    }

    JsonNode parse(String text) throws IOException {
        return json.readTree(text);
    }
}
