package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Endpoint;
import dev.camelfeishu.sandbox.Medias;
import dev.camelfeishu.sandbox.Pushes;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The Bases alone behind a real HTTP server, on a real PostgreSQL, with pushes kept in a list. */
final class BaseServer implements BeforeAllCallback, AfterAllCallback, Routes, Pushes {
    static {
        // without it each answer waits for the 40 ms of a delayed acknowledgement
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    static final String ORDERS = "bascnSandboxOrders000000001";
    static final String WANG_FANG = "ou_5a1d0000000000000000000000000001";

    private record Route(String method, String[] segments, Endpoint endpoint) {}

    record Pushed(String type, JsonNode event) {}

    /** An answer with its HTTP status. */
    record Reply(int status, JsonNode body) {
        int code() {
            return body.path("code").asInt(-1);
        }

        JsonNode data() {
            if (code() != 0) {
                throw new AssertionError("refused: " + status + " " + body);
            }
            return body.path("data");
        }
    }

    private final ObjectMapper mapper = new ObjectMapper();
    private final List<Route> routes = new CopyOnWriteArrayList<>();
    private final List<Pushed> pushed = new CopyOnWriteArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final BaseSettings settings;
    private TestDatabase postgres;
    private HttpServer server;
    private BaseFamily family;
    private volatile Runnable duringPush = () -> {};

    BaseServer() {
        this(new BaseSettings(Duration.ZERO, 20_000));
    }

    BaseServer(BaseSettings settings) {
        this.settings = settings;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        postgres = new TestDatabase();
        restart();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Forgets everything that is not in the database. */
    void restart() {
        routes.clear();
        var source = postgres.dataSource();
        family = new BaseFamily(
                new JdbcTemplate(source),
                new TransactionTemplate(new JdbcTransactionManager(source)),
                this,
                mapper,
                Clock.systemUTC(),
                settings,
                token -> token.startsWith("boxcn")
                        ? Optional.of(new Medias.Media(ORDERS, "plan.pdf", "application/pdf", 12))
                        : Optional.empty());
        family.register(this);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        server.stop(0);
        threads.shutdownNow();
        postgres.close();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    String ordersTable() {
        return family.ordersTable();
    }

    List<Pushed> pushed() {
        return pushed;
    }

    List<JsonNode> recordEvents() {
        return events("drive.file.bitable_record_changed_v1");
    }

    List<JsonNode> fieldEvents() {
        return events("drive.file.bitable_field_changed_v1");
    }

    private List<JsonNode> events(String type) {
        return pushed.stream()
                .filter(p -> p.type().equals(type))
                .map(Pushed::event)
                .toList();
    }

    /** What happens inside the writing transaction when it stores an event. */
    void duringPush(Runnable action) {
        duringPush = action;
    }

    /** Calls the server; {@code json} may use single quotes, null sends no body. */
    Reply call(String method, String path, String json) {
        HttpRequest.BodyPublisher body = json == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(json.replace('\'', '"'));
        try {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create(url() + path))
                            .method(method, body)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), mapper.readTree(response.body()));
        } catch (IOException e) {
            throw new AssertionError(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Calls a path below {@code /open-apis/bitable/v1/apps/}. */
    Reply bitable(String method, String path, String json) {
        return call(method, "/open-apis/bitable/v1/apps/" + path, json);
    }

    /** A new table in the base of the orders; its path below {@code apps/}. */
    String newTable(String fields) {
        String name = "T" + Id.RECORD.fresh();
        JsonNode data = bitable("POST", ORDERS + "/tables", "{'table':{'name':'" + name + "','fields':" + fields + "}}")
                .data();
        return ORDERS + "/tables/" + data.path("table_id").asText();
    }

    JsonNode json(String json) {
        try {
            return mapper.readTree(json.replace('\'', '"'));
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    @Override
    public void on(String method, String template, Endpoint endpoint) {
        routes.add(new Route(method, template.split("/"), endpoint));
    }

    @Override
    public void event(String type, ObjectNode event) {
        duringPush.run();
        pushed.add(new Pushed(type, event.deepCopy()));
    }

    @Override
    public void eventV1(ObjectNode event) {
        throw new UnsupportedOperationException();
    }

    @Override
    public JsonNode callback(String type, ObjectNode event) {
        throw new UnsupportedOperationException();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Answer answer;
        try {
            answer = answer(exchange);
        } catch (Refusal refusal) {
            ObjectNode body = mapper.createObjectNode();
            body.put("code", refusal.code()).put("msg", refusal.getMessage());
            answer = Answer.of(refusal.httpStatus(), body);
        } catch (RuntimeException e) {
            answer = Answer.of(500, mapper.createObjectNode().put("code", -500).put("msg", e.toString()));
        }
        byte[] bytes = mapper.writeValueAsBytes(answer.body());
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private Answer answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String[] segments = path.split("/");
        List<Route> found = new ArrayList<>();
        for (Route route : routes) {
            if (route.method().equals(exchange.getRequestMethod()) && variables(route, segments) != null) {
                found.add(route);
            }
        }
        // a fixed segment wins over a variable
        Route route = found.stream()
                .min((a, b) -> Integer.compare(
                        variables(a, segments).size(), variables(b, segments).size()))
                .orElseThrow(() -> new Refusal(404, 404, "no such path"));
        return route.endpoint()
                .answer(new Call(
                        exchange.getRequestMethod(),
                        path,
                        variables(route, segments),
                        query(exchange),
                        Map.of(),
                        exchange.getRequestBody().readAllBytes()));
    }

    private static Map<String, String> variables(Route route, String[] segments) {
        if (route.segments().length != segments.length) {
            return null;
        }
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < segments.length; i++) {
            String expected = route.segments()[i];
            if (expected.startsWith(":")) {
                variables.put(expected.substring(1), segments[i]);
            } else if (!expected.equals(segments[i])) {
                return null;
            }
        }
        return variables;
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new HashMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        if (raw != null) {
            for (String pair : raw.split("&")) {
                String[] parts = pair.split("=", 2);
                query.putIfAbsent(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
        }
        return query;
    }
}
