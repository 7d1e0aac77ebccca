package dev.camelfeishu.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.RunningSandbox.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Every documented endpoint")
class EveryEndpointTest {
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

    record Documented(String method, String path, Set<String> tokens, Set<String> scopes) {
        /** A path that fits, with ids of nothing. */
        String somePath() {
            return path.replaceAll(":[a-z_]+", "none1");
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private static final List<Documented> CATALOG = catalog();

    private static TestDatabase postgres;
    private static RunningSandbox sandbox;
    private static TestDatabase deniedPostgres;
    private static RunningSandbox denied;
    private static Set<String> simulated;
    private static String ungranted;
    private static String granted;

    @BeforeAll
    static void start() throws IOException {
        postgres = new TestDatabase();
        sandbox = RunningSandbox.start(postgres, Map.of("feishu.sandbox.rates", "false"));
        Set<String> scopes = new TreeSet<>();
        CATALOG.forEach(entry -> scopes.addAll(entry.scopes()));
        deniedPostgres = new TestDatabase();
        denied = RunningSandbox.start(
                deniedPostgres,
                Map.of("feishu.sandbox.rates", "false", "feishu.sandbox.denied-scopes", String.join(",", scopes)));
        simulated = new HashSet<>();
        for (Api family : sandbox.beans(Api.class)) {
            family.register((method, template, endpoint) -> simulated.add(method + " " + template));
        }
        granted = sandbox.userToken(RunningSandbox.person(1), scopes.toArray(String[]::new));
        ungranted = sandbox.userToken(RunningSandbox.person(1), "offline_access");
    }

    @AfterAll
    static void stop() throws IOException {
        sandbox.close();
        postgres.close();
        denied.close();
        deniedPostgres.close();
    }

    static Stream<Documented> all() {
        return CATALOG.stream();
    }

    static Stream<Documented> withToken() {
        return all().filter(entry -> !entry.tokens().isEmpty());
    }

    static Stream<Documented> withScopes() {
        return withToken().filter(entry -> !entry.scopes().isEmpty());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    @DisplayName("does its work, or says that it is not simulated; there is no made-up success")
    void notSimulated(Documented entry) {
        Reply reply = call(sandbox, entry, entry.tokens().contains("user_access_token") ? granted : sandbox.token());
        if (simulated.contains(entry.toString())) {
            assertThat(reply.status()).isNotEqualTo(501);
        } else {
            assertThat(reply.status()).isEqualTo(501);
            assertThat(reply.code()).isEqualTo(501);
            assertThat(reply.body().path("msg").asText()).contains("not simulated", entry.method(), entry.path());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withToken")
    @DisplayName("asks for a token, and for one of a kind that it takes")
    void tokens(Documented entry) {
        assertThat(call(sandbox, entry, null).code()).isEqualTo(99991661);
        assertThat(call(sandbox, entry, "x-none").code()).isEqualTo(99991671);
        assertThat(call(sandbox, entry, "t-none").code()).isEqualTo(99991663);
        assertThat(call(sandbox, entry, "u-none").code()).isEqualTo(99991668);
        if (!entry.tokens().contains("user_access_token")) {
            assertThat(call(sandbox, entry, granted).code()).isEqualTo(99991668);
        }
        if (entry.tokens().equals(Set.of("user_access_token"))) {
            assertThat(call(sandbox, entry, sandbox.token()).code()).isEqualTo(99991663);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withScopes")
    @DisplayName("asks for one of its scopes: of the app, and of the person in whose name it is called")
    void scopes(Documented entry) {
        String user = denied.userToken(RunningSandbox.person(1), entry.scopes().toArray(String[]::new));
        boolean userOnly = entry.tokens().equals(Set.of("user_access_token"));
        Reply reply = call(denied, entry, userOnly ? user : denied.token());
        assertThat(reply.code()).isEqualTo(99991672);
        Set<String> subjects = new HashSet<>();
        reply.body()
                .path("error")
                .path("permission_violations")
                .forEach(violation -> subjects.add(violation.path("subject").asText()));
        assertThat(subjects).isEqualTo(entry.scopes());
        if (entry.tokens().contains("user_access_token")) {
            assertThat(call(sandbox, entry, ungranted).code()).isEqualTo(99991679);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    @DisplayName("has no other methods than the documented ones")
    void methods(Documented entry) {
        for (String method : METHODS) {
            if (CATALOG.stream().noneMatch(other -> fits(other, method, entry.somePath()))) {
                Documented undocumented = new Documented(method, entry.path(), Set.of(), Set.of());
                assertThat(call(sandbox, undocumented, sandbox.token()).status())
                        .as(method)
                        .isEqualTo(404);
            }
        }
    }

    private static boolean fits(Documented entry, String method, String path) {
        return entry.method().equals(method) && path.matches(entry.path().replaceAll(":[a-z_]+", "[^/]+"));
    }

    private static Reply call(RunningSandbox at, Documented entry, String token) {
        boolean body = Set.of("POST", "PUT", "PATCH").contains(entry.method());
        return at.send(
                entry.method(),
                entry.somePath(),
                body ? Json.object() : null,
                token == null ? Map.of() : Map.of("Authorization", "Bearer " + token));
    }

    private static List<Documented> catalog() {
        try (InputStream in = EveryEndpointTest.class.getResourceAsStream("/feishu/endpoints.json")) {
            List<Documented> entries = new ArrayList<>();
            for (JsonNode node : Json.MAPPER.readTree(in)) {
                entries.add(new Documented(
                        node.path("method").asText(),
                        node.path("path").asText(),
                        strings(node.path("tokens")),
                        strings(node.path("scopes_any_of"))));
            }
            return entries;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> strings(JsonNode array) {
        Set<String> values = new HashSet<>();
        array.forEach(value -> values.add(value.asText()));
        return Set.copyOf(values);
    }
}
