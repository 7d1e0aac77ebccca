package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.approval.Approvals;
import dev.camelfeishu.card.CardTemplates;
import dev.camelfeishu.card.Texts;
import dev.camelfeishu.event.Apps;
import dev.camelfeishu.event.KnownChats;
import dev.camelfeishu.event.PostgresDeadLetters;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.AppCredentials;
import dev.camelfeishu.openapi.BaseUrl;
import dev.camelfeishu.openapi.Bots;
import dev.camelfeishu.openapi.ClientForPeople;
import dev.camelfeishu.openapi.FeishuClients;
import dev.camelfeishu.openapi.SdkFeishuClient;
import dev.camelfeishu.openapi.UserTokens;
import dev.camelfeishu.sandbox.RunningSandbox;
import dev.camelfeishu.sync.Pairs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The component against the sandbox over HTTP: a database, the sandbox, the gate and a Camel context, one of each for all
 * test classes of the JVM. A test class asks for it in its constructor:
 *
 * <pre>{@code
 * @ExtendWith(SandboxRoutes.Running.class)
 * class MessageCallsTest {
 *     private final SandboxRoutes feishu;
 *
 *     MessageCallsTest(SandboxRoutes feishu) {
 *         this.feishu = feishu;
 *     }
 *
 *     @Test
 *     @Exercises("message/recall")
 *     void aRecalledMessageIsGone() {
 *         String message = feishu.text(RunningSandbox.PURCHASING, "hello");
 *         feishu.run("message/recall", Map.of("CamelFeishuMessageId", message), null);
 *         assertThat(feishu.sandbox().api("GET", "/open-apis/im/v1/messages/" + message, null).data()…
 *     }
 * }
 * }</pre>
 *
 * <p>The sandbox keeps what a test has made: a test makes what it needs and does not count what others may add to.
 */
final class SandboxRoutes implements AutoCloseable {

    static final String APP_ID = "cli_a1b2c3d4e5f60718";
    static final String APP_SECRET = "sandbox-app-secret";

    /** What everybody has granted who calls by {@code identity=user}. */
    private static final String[] GRANTED = {"contact:contact.base:readonly"};

    private static final String READ = "direct:sandbox-routes-read";

    private final TestDatabase postgres;
    private final RunningSandbox sandbox;
    private final SdkFeishuClient client;
    private final FeishuPlatform platform;
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final ProducerTemplate template;
    private final HandJournal journal = new HandJournal();
    private final JdbcTemplate sql;

    private SandboxRoutes() throws Exception {
        postgres = new TestDatabase();
        sandbox = RunningSandbox.start(postgres, Map.of());
        DataSource database = postgres.dataSource();
        sql = new JdbcTemplate(database);
        client = ClientForPeople.of(
                new BaseUrl(sandbox.root()), new AppCredentials(APP_ID, APP_SECRET), new UserTokens() {
                    @Override
                    public String token(String openId) {
                        return sandbox.userToken(openId, GRANTED);
                    }

                    @Override
                    public String renewed(String openId, String refused) {
                        return token(openId);
                    }
                });
        ObjectMapper json = new ObjectMapper();
        Texts texts = Texts.read("en-US", Files.readString(Path.of("config/texts/en-US.yaml")));
        platform = new FeishuPlatform(
                FeishuClients.of(client),
                new Bots(FeishuClients.of(client)),
                journal,
                new PostgresDeadLetters(database),
                new CardTemplates(cards(), texts, json),
                texts,
                new Approvals(client, json, database, Clock.systemUTC()),
                new Pairs(List.of()),
                new Audience(Set.of(), Set.of()),
                new CallbackAnswers(),
                new CommandNames(),
                new Apps(Map.of(Apps.DEFAULT, APP_ID)),
                new KnownChats(database),
                bots(),
                MemoryIdempotentRepository.memoryIdempotentRepository(),
                null);
        FeishuComponent component = new FeishuComponent();
        component.setPlatform(platform);
        camel.addComponent("feishu", component);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                // a file that comes back is read while its exchange lasts
                from(READ).toD("${exchangeProperty.uri}").convertBodyTo(byte[].class);
            }
        });
        camel.start();
        template = camel.createProducerTemplate();
    }

    RunningSandbox sandbox() {
        return sandbox;
    }

    FeishuPlatform platform() {
        return platform;
    }

    HandJournal journal() {
        return journal;
    }

    /** Schemas feishu and sandbox. */
    JdbcTemplate sql() {
        return sql;
    }

    DefaultCamelContext camel() {
        return camel;
    }

    /** Adds routes to the running context; the caller names and removes them. */
    void add(RouteBuilder routes) throws Exception {
        camel.addRoutes(routes);
    }

    /**
     * Sends one exchange through an operation and answers the body it leaves.
     *
     * @param operation name and options, such as {@code message/recall?deadline=2s}
     * @throws RuntimeException what the operation has thrown
     */
    Object run(String operation, Map<String, ?> headers, Object body) {
        return exchange(operation, headers, body).getMessage().getBody();
    }

    /** As {@link #run}, for an operation whose body out is a JSON tree. */
    JsonNode json(String operation, Map<String, ?> headers, Object body) {
        return (JsonNode) run(operation, headers, body);
    }

    /** As {@link #run}, for an operation whose body out is a file; its bytes, and the headers that it leaves. */
    Exchange file(String operation, Map<String, ?> headers) {
        return checked(template.request(READ, sent -> {
            headers.forEach(sent.getMessage()::setHeader);
            sent.setProperty("uri", "feishu:" + operation);
        }));
    }

    /** As {@link #run}, with the headers that it leaves. */
    Exchange exchange(String operation, Map<String, ?> headers, Object body) {
        return checked(template.request("feishu:" + operation, sent -> {
            headers.forEach(sent.getMessage()::setHeader);
            sent.getMessage().setBody(body);
        }));
    }

    private static Exchange checked(Exchange exchange) {
        if (exchange.getException() instanceof RuntimeException failure) {
            throw failure;
        }
        if (exchange.getException() != null) {
            throw new IllegalStateException(exchange.getException());
        }
        return exchange;
    }

    /** Sends a text in the app's name, waiting for the chat's turn; answers its message_id. */
    String text(String chat, String text) {
        JsonNode content = FeishuConverters.toJson(Map.of("text", text));
        return client.call(ApiRequest.post("/open-apis/im/v1/messages")
                        .query("receive_id_type", "chat_id")
                        .body(RunningSandbox.message(chat, "text", content)))
                .data()
                .path("message_id")
                .asText();
    }

    @Override
    public void close() throws IOException {
        camel.stop();
        client.close();
        sandbox.close();
        postgres.close();
    }

    /** Two custom bots of the sandbox: one that signs and has a keyword, one that does neither. */
    private CustomBots bots() {
        ObjectMapper json = new ObjectMapper();
        var strict = json.createObjectNode()
                .put("chat_id", RunningSandbox.PURCHASING)
                .put("name", "strict")
                .put("secret", "a bot's secret");
        strict.putArray("keywords").add("order");
        var open = json.createObjectNode()
                .put("chat_id", RunningSandbox.PURCHASING)
                .put("name", "open");
        return new CustomBots()
                .with("strict", webhook(strict), "a bot's secret", List.of("order"))
                .with("open", webhook(open), "", List.of());
    }

    private String webhook(JsonNode bot) {
        return sandbox.root()
                + sandbox.post("/sandbox/custom-bots", bot).body().path("path").asText();
    }

    private static Map<String, String> cards() throws IOException {
        Map<String, String> cards = new LinkedHashMap<>();
        try (var files = Files.list(Path.of("config/cards"))) {
            for (Path file : files.sorted().toList()) {
                cards.put(file.getFileName().toString().replace(".json", ""), Files.readString(file));
            }
        }
        return cards;
    }

    /** Starts it for the first test class that asks, and ends it after the last test of the JVM. */
    static final class Running implements ParameterResolver {

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
            return parameter.getParameter().getType() == SandboxRoutes.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
            return test.getRoot()
                    .getStore(ExtensionContext.Namespace.create(SandboxRoutes.class))
                    .getOrComputeIfAbsent("running", key -> new Started(start()), Started.class)
                    .routes();
        }

        private static SandboxRoutes start() {
            try {
                return new SandboxRoutes();
            } catch (Exception e) {
                throw new IllegalStateException("the sandbox's routes do not start", e);
            }
        }
    }

    private record Started(SandboxRoutes routes) implements ExtensionContext.Store.CloseableResource {
        @Override
        public void close() throws IOException {
            routes.close();
        }
    }
}
