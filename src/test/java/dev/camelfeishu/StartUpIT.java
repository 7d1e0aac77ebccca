package dev.camelfeishu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** The whole application in the sandbox profile, in a home folder of its own. */
@ExtendWith(OutputCaptureExtension.class)
class StartUpIT {

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path home;

    private final List<Integer> ports = new ArrayList<>();

    @Test
    @DisplayName("A first start makes the databases and says what to try; a second one changes nothing in them")
    void startsTwice(CapturedOutput output) throws Exception {
        route("mine", "timer:mine?delay=-1&repeatCount=1&period={{orders.sync-period}}");
        route("lacking", "timer:lacking?period={{orders.lacking-period}}");
        Files.writeString(home.resolve("routes/kamelet.camel.yaml"), """
                - route:
                    id: with-a-kamelet
                    from:
                      uri: direct:with-a-kamelet
                      steps:
                        - to: kamelet:feishu-markdown-sink?chatId=oc_1
                """);
        Files.createDirectories(home.resolve("config"));
        Files.writeString(
                home.resolve("config/application.yaml"), "orders.lacking-period: ${LACKING_PERIOD_OF_THIS_TEST:}\n");
        try (ConfigurableApplicationContext context = start()) {
            readyLines(output);
            assertThat(context.getBean(CamelContext.class)
                            .getRouteController()
                            .getRouteStatus("with-a-kamelet")
                            .isStarted())
                    .isTrue();
            health();
            surface();
            chunkedBodyAboveTheLimit();
            JdbcTemplate erp = new JdbcTemplate(context.getBean("erp", DataSource.class));
            seed(erp);
            erp.update("delete from erp.orders where order_id = 'SO-1001'");
        }
        try (ConfigurableApplicationContext context = start()) {
            JdbcTemplate erp = new JdbcTemplate(context.getBean("erp", DataSource.class));
            assertThat(erp.queryForObject("select count(*) from erp.orders", Integer.class))
                    .isEqualTo(63);
        }
    }

    @Test
    @DisplayName("A mistake in a route is reported by file, line and fix, without a stack trace")
    void routeMistake(CapturedOutput output) throws Exception {
        Path file = route("wrong", "timer:wrong");
        Files.writeString(file, Files.readString(file) + "        - lgo: \"x\"\n");
        assertThatThrownBy(this::start).isNotInstanceOf(NotStartedException.class);
        assertThat(output).contains("wrong.camel.yaml, line 7: Unknown node id: lgo", "Correct that line");
        assertThat(output).doesNotContain("\tat ");
    }

    @Test
    void anUnknownOptionIsReportedWithItsLine(CapturedOutput output) throws Exception {
        route("wrong", "timer:wrong?perid=5s");
        assertThatThrownBy(this::start).isNotInstanceOf(NotStartedException.class);
        assertThat(output).contains("wrong.camel.yaml, line 4, route wrong: ", "Correct the option \"perid\"");
        assertThat(output).doesNotContain("\tat ");
    }

    private void readyLines(CapturedOutput output) {
        List<String> lines = output.getOut().lines().toList();
        int first = lines.indexOf(lines.stream()
                .filter(line -> line.startsWith("Ready. Open http://localhost:" + ports.get(2)))
                .findFirst()
                .orElseThrow());
        assertThat(lines.get(first + 1)).contains("/help", "/order SO-1001");
        assertThat(lines.get(first + 4))
                .contains(":" + ports.get(0) + "/console", ":" + ports.get(1) + "/actuator/health");
    }

    private void health() throws Exception {
        JsonNode health = new ObjectMapper().readTree(get(1, "/actuator/health").body());
        JsonNode flows = health.at("/components/flows/details");
        assertThat(flows.at("/mine/state").asText()).isEqualTo("started");
        assertThat(flows.at("/lacking/state").asText()).isEqualTo("not started: LACKING_PERIOD_OF_THIS_TEST not set");
        assertThat(get(1, "/actuator/health/readiness").statusCode()).isEqualTo(200);
        assertThat(get(1, "/actuator/health/readiness").body()).contains("\"readinessState\"", "\"db\"");
        assertThat(get(1, "/actuator/health/liveness").statusCode()).isEqualTo(200);
        assertThat(get(1, "/actuator/prometheus").body()).contains("hikaricp_connections");
        for (String hidden : List.of("/actuator/env", "/actuator/beans", "/actuator/loggers", "/actuator/heapdump")) {
            assertThat(get(1, hidden).statusCode()).as(hidden).isEqualTo(404);
        }
    }

    private void surface() throws Exception {
        HttpResponse<String> refused = get(0, "/ops/api/dead-letters");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().map().keySet())
                .noneMatch(name -> name.matches("(?i)server|x-powered-by|set-cookie"));
        for (String path : List.of("/", "/actuator/health", "/error", "/nothing")) {
            HttpResponse<String> absent = get(0, path);
            assertThat(absent.statusCode()).as(path).isEqualTo(404);
            assertThat(absent.body()).isEmpty();
            assertThat(absent.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        }
    }

    private void chunkedBodyAboveTheLimit() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri(0, "/webhook/event"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[(1 << 20) + 1])))
                .build();
        assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
    }

    private static void seed(JdbcTemplate erp) {
        assertThat(erp.queryForObject("select count(*) from erp.orders", Integer.class))
                .isEqualTo(64);
        assertThat(erp.queryForList(
                        "select status from erp.purchase_requests where request_id like 'PR-1%' order by 1",
                        String.class))
                .containsExactly("APPROVED", "APPROVED", "CANCELED", "REJECTED");
        assertThat(erp.queryForObject("select count(*) from erp.purchase_orders", Integer.class))
                .isEqualTo(2);
        String touched = "select updated_at > now() - interval '1 minute' from erp.orders where order_id = 'SO-1002'";
        erp.update("update erp.orders set note = note where order_id = 'SO-1002'");
        assertThat(erp.queryForObject(touched, Boolean.class)).as("no change").isFalse();
        erp.update("update erp.orders set note = 'changed' where order_id = 'SO-1002'");
        assertThat(erp.queryForObject(touched, Boolean.class)).as("a change").isTrue();
    }

    private ConfigurableApplicationContext start() throws IOException {
        ports.clear();
        for (int i = 0; i < 3; i++) {
            try (ServerSocket free = new ServerSocket(0)) {
                ports.add(free.getLocalPort());
            }
        }
        return Application.run(
                "--spring.profiles.active=sandbox",
                "--CAMEL_FEISHU_HOME=" + home,
                "--SERVER_PORT=" + ports.get(0),
                "--MANAGEMENT_SERVER_PORT=" + ports.get(1),
                "--FEISHU_SANDBOX_PORT=" + ports.get(2));
    }

    private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(port, path)).build(), BodyHandlers.ofString());
    }

    private URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + ports.get(port) + path);
    }

    private Path route(String id, String uri) throws IOException {
        Path file = home.resolve("routes/" + id + ".camel.yaml");
        Files.createDirectories(file.getParent());
        return Files.writeString(file, """
                - route:
                    id: %s
                    from:
                      uri: "%s"
                      steps:
                        - log: "x"
                """.formatted(id, uri));
    }
}
