package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.e2e.Sandbox.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The whole application in mode {@code socket}, without an Encrypt Key and a Verification Token. The sandbox is in the same
 * process; its state is in PostgreSQL, so that what a kill cuts off is what Feishu was about to send.
 */
@DisplayName("By the long connection alone: nothing is lost and nothing is done twice")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SocketIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DATABASE = "socket";
    private static final String RECEIVED = "im.message.receive_v1";

    private Databases databases;
    private JdbcTemplate sql;
    private ApplicationProcess process;
    private Http http;
    private Http management;
    private Http control;
    private Sandbox sandbox;

    @BeforeAll
    void start(@TempDir Path home) {
        databases = new Databases();
        Map<String, String> settings = new HashMap<>();
        settings.put("SPRING_DATASOURCE_URL", databases.create(DATABASE, "secret"));
        settings.put("SPRING_DATASOURCE_USERNAME", DATABASE);
        settings.put("SPRING_DATASOURCE_PASSWORD", "secret");
        settings.put("FEISHU_EVENT_MODE", "socket");
        settings.put("FEISHU_ENCRYPT_KEY", "");
        settings.put("FEISHU_VERIFICATION_TOKEN", "");
        settings.put("FEISHU_SANDBOX_PUSHTRAIN", "1s,2s,4s,8s");
        settings.put("FEISHU_SANDBOX_SOCKET_RECONNECTNONCE", "1s");
        settings.put("OPS_USERNAME", "operator");
        settings.put("OPS_PASSWORD", "secret");
        Ports ports = Ports.free();
        process = ApplicationProcess.ofClasses(ports, settings, home);
        process.start();
        http = new Http(ports.server());
        management = new Http(ports.management());
        control = new Http(ports.sandbox());
        sandbox = new Sandbox(control);
        sql = databases.sql(DATABASE);
        awaitConnected();
    }

    @AfterAll
    void stop() {
        process.close();
        databases.close();
    }

    @Test
    @Order(1)
    void a_command_is_answered_exactly_once() {
        sandbox.duplicates(2);
        String message = sandbox.tell(Person.ALICE, "/order SO-1004");
        awaitAnswered(Person.ALICE, List.of(message));
        sandbox.duplicates(0);
        assertThat(sandbox.replies(Person.ALICE.chat(), message).get(0).text()).contains("SO-1004");
        JsonNode attempts = push(message).path("attempts");
        assertThat(attempts)
                .hasSize(3)
                .allMatch(attempt -> attempt.path("outcome").asText().equals("acknowledged"));
    }

    @Test
    @Order(2)
    void a_click_is_answered_in_time() {
        ObjectNode click = Http.JSON.createObjectNode().put("action", "no-such-action");
        String message = sandbox.tell(Person.DAVID, "/order SO-1005");
        awaitAnswered(Person.DAVID, List.of(message));
        String card = sandbox.replies(Person.DAVID.chat(), message).get(0).id();
        Sandbox.Click answer = sandbox.click(card, Person.DAVID, click);
        assertThat(answer.code()).isZero();
        assertThat(answer.toastType()).isEqualTo("warning");
        assertThat(answer.took()).isLessThan(Duration.ofMillis(2_500));
    }

    @Test
    @Order(3)
    void there_is_no_webhook() {
        assertThat(http.post("/webhook/event", Http.JSON.createObjectNode()).status())
                .isEqualTo(404);
        assertThat(http.post("/webhook/card", Http.JSON.createObjectNode()).status())
                .isEqualTo(404);
    }

    @Test
    @Order(4)
    void health_and_metrics_tell_of_it() {
        JsonNode health = management.get("/actuator/health").json().at("/components/socket");
        assertThat(health.path("status").asText()).isEqualTo("UP");
        assertThat(health.at("/details/default/state").asText()).isEqualTo("CONNECTED");
        assertThat(management.get("/actuator/prometheus").body())
                .contains("feishu_socket_state{app=\"default\"} 1.0")
                .contains("feishu_socket_acks_seconds_count{app=\"default\",code=\"200\"}")
                .contains("feishu_socket_frames_total{app=\"default\",type=\"event\"}");
    }

    @Test
    @Order(5)
    void a_connection_cut_in_the_middle_of_a_hundred_events_loses_none_and_repeats_none() {
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            messages.add(sandbox.tell(Person.WANG_FANG, "/order SO-10" + (10 + i % 40)));
            if (i == 30 || i == 60) {
                post("/sandbox/socket/drop", Http.JSON.createObjectNode());
            } else if (i == 80) {
                post("/sandbox/socket/close", Http.JSON.createObjectNode().put("code", 1001));
            }
        }
        awaitAnswered(Person.WANG_FANG, messages);
        String metrics = management.get("/actuator/prometheus").body();
        assertThat(metrics)
                .contains("feishu_socket_reconnects_total{app=\"default\",cause=\"lost\"} 2.0")
                .contains("feishu_socket_reconnects_total{app=\"default\",cause=\"closed\"} 1.0");
        metrics.lines()
                .filter(line -> line.startsWith("feishu_socket_acks"))
                .forEach(line -> System.out.println("socket: " + line));
    }

    @Test
    @Order(6)
    void a_killed_process_gets_what_it_had_not_acknowledged() {
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            messages.add(sandbox.tell(Person.LI_LEI, "/order SO-10" + (10 + i)));
        }
        process.kill();
        process.start();
        awaitConnected();
        messages.add(sandbox.tell(Person.LI_LEI, "/order SO-1040"));
        awaitAnswered(Person.LI_LEI, messages);
    }

    @Test
    @Order(7)
    void a_stop_is_clean_and_bounded() {
        sandbox.tell(Person.ZHAO_MIN, "/order SO-1041");
        long begin = System.nanoTime();
        process.close();
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        System.out.printf("socket: stopped in %d ms%n", took.toMillis());
        assertThat(took).isLessThan(Duration.ofSeconds(30));
        assertThat(process.output())
                .contains("The long connection of app default is closed")
                .contains("A client of the long connection has gone (1000)")
                .doesNotContain("access_key=", "ticket=");
    }

    private void awaitConnected() {
        await("the long connection is open")
                .atMost(PATIENCE)
                .until(() -> control.get("/sandbox/socket")
                                .json()
                                .path("connections")
                                .size()
                        == 1);
    }

    private void awaitAnswered(Person person, List<String> messages) {
        await("every message of " + person + " is answered")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    List<String> answered = sandbox.messages(person.chat()).stream()
                            .map(Message::parent)
                            .toList();
                    return answered.containsAll(messages);
                });
        await("no delivery is under way")
                .atMost(PATIENCE)
                .until(() -> sql.queryForObject("select count(*) from feishu.delivery where state = 'OPEN'", Long.class)
                        == 0);
        await("every push is acknowledged")
                .atMost(PATIENCE)
                .until(() -> sql.queryForObject(
                                "select count(*) from sandbox.push where state <> 'ACKNOWLEDGED' and kind = 'EVENT'",
                                Long.class)
                        == 0);
        for (String message : messages) {
            assertThat(sandbox.replies(person.chat(), message))
                    .as("replies to " + message)
                    .hasSize(1);
        }
    }

    private JsonNode push(String message) {
        return StreamSupport.stream(sandbox.pushes(RECEIVED).spliterator(), false)
                .filter(push ->
                        push.at("/body/event/message/message_id").asText().equals(message))
                .findFirst()
                .orElseThrow();
    }

    private void post(String path, ObjectNode body) {
        assertThat(control.post(path, body).status()).isEqualTo(200);
    }
}
