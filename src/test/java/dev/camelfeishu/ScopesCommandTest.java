package dev.camelfeishu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.env.StandardEnvironment;

@DisplayName("scopes: what the routes need of the app")
class ScopesCommandTest {

    @TempDir
    Path home;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** The command is the last thing that its process does; here others come after it and want to be heard. */
    @AfterAll
    static void logAgain() {
        System.clearProperty("CONSOLE_LOG_THRESHOLD");
        LoggingSystem logging = LoggingSystem.get(ScopesCommandTest.class.getClassLoader());
        logging.cleanUp();
        logging.beforeInitialize();
        logging.initialize(new LoggingInitializationContext(new StandardEnvironment()), null, null);
    }

    @Test
    @DisplayName("the shipped flows, without credentials and database")
    void shippedFlows() throws IOException {
        assertThat(run("--all")).isZero();

        assertThat(text())
                .contains("  im.message.receive_v1  (routes/bot.camel.yaml)")
                .contains("  approval_instance  (routes/purchase.camel.yaml)")
                .contains("  card.action.trigger  (routes/purchase.camel.yaml)")
                .contains("      POST /open-apis/im/v1/messages/:message_id/reply")
                .contains("Not compared with the app's scopes: FEISHU_APP_ID and FEISHU_APP_SECRET are not set");
        assertThat(tenant(text()))
                .contains("im:message.p2p_msg:readonly", "im:message.group_at_msg:readonly", "bitable:app")
                .doesNotHaveDuplicates()
                .isSorted();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    @DisplayName("a flow that does not start is named, and not counted")
    void notCounted() throws IOException {
        run();

        assertThat(text())
                .contains("Not counted: routes/purchase.camel.yaml, which does not start without"
                        + " FEISHU_PURCHASE_APPROVAL_CODE; --all counts it");
        assertThat(tenant(text())).noneMatch(scope -> scope.startsWith("approval:"));
    }

    @Test
    @DisplayName("in the name of a person, by path and through a kamelet")
    void otherWays() throws IOException {
        route("mine", """
                - route:
                    from:
                      uri: timer:x
                      steps:
                        - to: feishu:message/list?identity=user&param.container_id_type=chat
                        - to: {uri: "feishu:api", parameters: {method: GET, path: "/open-apis/contact/v3/users/:user_id"}}
                """);
        run();

        JsonNode scopes = json(text());
        assertThat(scopes.path("user")).hasSize(1);
        assertThat(scopes.path("tenant").toString()).contains("contact:");
    }

    @Test
    @DisplayName("a pair that translates people asks the contacts, and one that runs by itself does all a pair does")
    void people() throws IOException {
        pair("by: email");
        run();
        assertThat(tenant(text())).as("no route names the pair").noneMatch(scope -> scope.startsWith("contact:"));

        route("visits", "- route: {from: {uri: 'feishu:bitable/changes?pair=visits', steps: [{to: 'log:x'}]}}");
        out.reset();
        run();
        assertThat(tenant(text()))
                .contains(
                        "contact:contact.base:readonly",
                        "contact:user.email:readonly",
                        "contact:user.id:readonly",
                        "bitable:app",
                        "docs:event:subscribe")
                .doesNotContain("contact:user.employee_id:readonly");
        assertThat(text()).contains("  contact:user.email:readonly\n      GET /open-apis/contact/v3/users/batch\n");

        pair("by: user-id");
        out.reset();
        run();
        assertThat(tenant(text()))
                .contains("contact:contact.base:readonly", "contact:user.employee_id:readonly")
                .doesNotContain("contact:user.email:readonly", "contact:user.id:readonly");

        pair("by: name");
        assertThat(run()).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("config/pairs/visits.yaml:");
    }

    private void pair(String identity) throws IOException {
        Files.createDirectories(home.resolve("config/pairs"));
        Files.writeString(home.resolve("config/pairs/visits.yaml"), """
                pair: visits
                sql: {table: erp.visits, key: id, changed: updated_at}
                bitable: {app: bascnVisits, table: Visits}
                columns:
                  id: {field: Id, type: text, owner: sql}
                  who: {field: Who, type: person, %s, owner: both, on-conflict: sql}
                """.formatted(identity));
    }

    @Test
    @DisplayName("an operation that does not exist ends with 1 and names the file")
    void unknownOperation() throws IOException {
        route("wrong", "- route: {from: {uri: 'timer:x', steps: [{to: 'feishu:message/sned'}]}}");

        assertThat(run()).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("routes/wrong.camel.yaml: feishu:message/sned is not something to send to. Did you mean"
                        + " feishu:message/send?");
    }

    @Test
    @DisplayName("with credentials it says what the app lacks")
    void lacks() throws IOException {
        HttpServer platform = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer(
                platform,
                "/open-apis/auth/v3/tenant_access_token/internal",
                "{\"code\":0,\"tenant_access_token\":\"t-1\",\"expire\":7200}");
        answer(
                platform,
                "/open-apis/application/v6/scopes",
                "{\"code\":0,\"data\":{\"scopes\":[{\"scope_name\":\"im:message.p2p_msg:readonly\",\"grant_status\":1},"
                        + "{\"scope_name\":\"im:message.group_at_msg:readonly\",\"grant_status\":2}]}}");
        platform.start();
        try {
            run(
                    "--feishu.app-id=cli_a",
                    "--feishu.app-secret=secret",
                    "--feishu.base-url=http://127.0.0.1:"
                            + platform.getAddress().getPort());
        } finally {
            platform.stop(0);
        }

        assertThat(text())
                .containsPattern("The app lacks: .*im:message.group_at_msg:readonly")
                .doesNotContainPattern("The app lacks: .*p2p_msg");
    }

    private int run(String... options) {
        List<String> args = new ArrayList<>(List.of("scopes", "--CAMEL_FEISHU_HOME=" + home));
        args.addAll(List.of(options));
        return ScopesCommand.run(args.toArray(String[]::new), new PrintStream(out), new PrintStream(err));
    }

    private void route(String name, String yaml) throws IOException {
        Files.createDirectories(home.resolve("routes"));
        Files.writeString(home.resolve("routes/" + name + ".camel.yaml"), yaml);
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper()
                .readTree(text.substring(text.indexOf("{\n"), text.lastIndexOf('}') + 1))
                .path("scopes");
    }

    private static List<String> tenant(String text) throws IOException {
        List<String> scopes = new ArrayList<>();
        json(text).path("tenant").forEach(scope -> scopes.add(scope.asText()));
        return scopes;
    }

    private static void answer(HttpServer server, String path, String json) {
        server.createContext(path, exchange -> {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }
}
