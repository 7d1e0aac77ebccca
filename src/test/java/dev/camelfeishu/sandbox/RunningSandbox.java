package dev.camelfeishu.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.lark.oapi.Client;
import com.lark.oapi.core.cache.ICache;
import com.zaxxer.hikari.HikariDataSource;
import dev.camelfeishu.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** The sandbox alone, on a free port and a real database, and a client of it over HTTP. */
public final class RunningSandbox implements AutoCloseable {
    public static final String APPROVAL_CODE = "7C468A54-8745-2245-9675-08B7C63E7A85";
    public static final String PURCHASING = "oc_group0000000000000000000000001";

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(SandboxAutoConfiguration.class)
    static class Alone {
        /** The ERP's database as the application has it: not a candidate where nobody asks for it by name. */
        @Bean(defaultCandidate = false)
        HikariDataSource erp(DataSource dataSource) throws SQLException {
            HikariDataSource erp = new HikariDataSource();
            erp.setJdbcUrl(dataSource.unwrap(HikariDataSource.class).getJdbcUrl());
            erp.setUsername("erp_user");
            erp.setPassword("erp password");
            return erp;
        }
    }

    /** What came back. */
    public record Reply(int status, JsonNode body, java.net.http.HttpHeaders headers) {
        public int code() {
            return body.path("code").asInt(-1);
        }

        public JsonNode data() {
            return body.path("data");
        }
    }

    private final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();
    private final String root;
    private String token;

    private RunningSandbox(ConfigurableApplicationContext context) {
        this.context = context;
        this.root = "http://127.0.0.1:" + context.getBean(SandboxServer.class).port();
    }

    public static RunningSandbox start(TestDatabase database, Map<String, Object> properties) {
        return start(database.url(), properties);
    }

    public static RunningSandbox start(EmbeddedPostgres postgres, Map<String, Object> properties) {
        return start(postgres.getJdbcUrl("postgres", "postgres"), properties);
    }

    private static RunningSandbox start(String database, Map<String, Object> properties) {
        Map<String, Object> all = new HashMap<>(Map.of(
                "feishu.sandbox.port",
                "0",
                "spring.main.banner-mode",
                "off",
                "spring.config.location",
                "optional:classpath:/nothing/"));
        all.putAll(properties);
        HikariDataSource dataSource = new HikariDataSource();
        dataSource.setJdbcUrl(database);
        dataSource.setMaximumPoolSize(10);
        return new RunningSandbox(new SpringApplicationBuilder(Alone.class)
                .web(WebApplicationType.NONE)
                .profiles("sandbox")
                .initializers(created -> ((org.springframework.context.support.GenericApplicationContext) created)
                        .registerBean("dataSource", DataSource.class, () -> dataSource))
                .run(all.entrySet().stream()
                        .map(property -> "--" + property.getKey() + "=" + property.getValue())
                        .toArray(String[]::new)));
    }

    public static String person(int number) {
        return "ou_5a1d" + String.format("%028d", number);
    }

    public static String direct(int number) {
        return "oc_p2p" + String.format("%027d", number);
    }

    public String root() {
        return root;
    }

    /**
     * The platform's own SDK. Its clients share one token cache, which the one that was built last replaces: every sandbox
     * gets a cache of its own.
     */
    public Client sdk() {
        Map<String, String> cached = new ConcurrentHashMap<>();
        return Client.newBuilder("cli_a1b2c3d4e5f60718", "sandbox-app-secret")
                .openBaseUrl(root)
                .tokenCache(new ICache() {
                    @Override
                    public String get(String key) {
                        return cached.get(key);
                    }

                    @Override
                    public void set(String key, String value, int expire, TimeUnit unit) {
                        cached.put(key, value);
                    }
                })
                .build();
    }

    public JdbcTemplate jdbc() {
        return context.getBean(SandboxDatabase.class).jdbc();
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public <T> Collection<T> beans(Class<T> type) {
        return context.getBeansOfType(type).values();
    }

    /** A token of a person who has granted scopes. */
    public String userToken(String openId, String... scopes) {
        String token = "u-" + UUID.randomUUID();
        bean(Tokens.class)
                .keep(
                        token,
                        new Tokens.UserToken(
                                openId, Set.of(scopes), Instant.now().plusSeconds(7200)));
        return token;
    }

    /** A call of the Open Platform with a valid token. */
    public Reply api(String method, String path, JsonNode body) {
        return send(method, path, body, Map.of("Authorization", "Bearer " + token()));
    }

    /** The app's token. */
    public String token() {
        if (token == null) {
            token = post(
                            "/open-apis/auth/v3/tenant_access_token/internal",
                            Json.object().put("app_id", "cli_a1b2c3d4e5f60718").put("app_secret", "sandbox-app-secret"))
                    .body()
                    .path("tenant_access_token")
                    .asText();
        }
        return token;
    }

    public Reply get(String path) {
        return send("GET", path, null, Map.of());
    }

    public Reply post(String path, JsonNode body) {
        return send("POST", path, body, Map.of());
    }

    public Reply send(String method, String path, JsonNode body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(Json.write(body)));
        if (body != null && !headers.containsKey("Content-Type")) {
            request.header("Content-Type", "application/json; charset=utf-8");
        }
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), Json.parse(response.body()), response.headers());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The body of a message to be sent. */
    public static ObjectNode message(String receiver, String type, JsonNode content) {
        return Json.object().put("receive_id", receiver).put("msg_type", type).put("content", Json.write(content));
    }

    @Override
    public void close() {
        context.close();
    }
}
