package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.camelfeishu.e2e.TraceCollector.Span;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

@DisplayName("Calls of all flows while nothing fails, as the metrics count them")
class CallsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int MESSAGES = 150;
    private static final int ORDERS = 64;
    private static final int DRAFTS = 3;
    private static final List<Person> PEOPLE =
            List.of(Person.ALICE, Person.DAVID, Person.LI_LEI, Person.WANG_FANG, Person.ZHAO_MIN);

    @Test
    void tokens_come_from_the_cache_and_calls_succeed_at_the_first_attempt(@TempDir Path home) {
        try (Databases databases = new Databases();
                TraceCollector collector = new TraceCollector()) {
            Map<String, String> settings = new HashMap<>();
            settings.put("SPRING_DATASOURCE_URL", databases.create("calls", "secret"));
            settings.put("SPRING_DATASOURCE_USERNAME", "calls");
            settings.put("SPRING_DATASOURCE_PASSWORD", "secret");
            settings.put("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
            settings.put("OTEL_BSP_SCHEDULE_DELAY", "500");
            Ports ports = Ports.free();
            try (ApplicationProcess process = ApplicationProcess.ofClasses(ports, settings, home)) {
                process.start();
                String message = workOff(new Sandbox(new Http(ports.sandbox())), databases.sql("calls"));
                traced(message, databases.sql("calls"), collector);

                List<String> metrics = new Http(ports.management())
                        .get("/actuator/prometheus")
                        .body()
                        .lines()
                        .toList();
                double hits = sum(metrics, "feishu_token_cache_total{", "result=\"hit\"");
                double tokens = sum(metrics, "feishu_token_cache_total{", "");
                double successes = sum(metrics, "feishu_api_calls_seconds_count{", "outcome=\"success\"");
                double calls = sum(metrics, "feishu_api_calls_seconds_count{", "");
                double replies = sum(metrics, "feishu_api_retries_total{", "messages/:message_id/reply\"");
                System.out.printf(
                        "calls: %.0f of %.0f tokens from the cache, %.0f of %.0f calls succeeded, %.0f replies repeated%n",
                        hits, tokens, successes, calls, replies);
                assertThat(tokens).isGreaterThan(MESSAGES);
                assertThat(hits / tokens).isGreaterThan(0.95);
                assertThat(calls).isGreaterThan(MESSAGES);
                assertThat(successes / calls).isGreaterThan(0.995);
                assertThat(replies / MESSAGES)
                        .as("replies that came before their chat's turn")
                        .isLessThan(0.1);
            }
        }
    }

    /** One trace: the webhook took the event, its delivery went to a route, which asked the ERP and answered. */
    private static void traced(String message, JdbcTemplate sql, TraceCollector collector) {
        String trace = sql.queryForObject("select trace from feishu.event where event_id = ?", String.class, message)
                .split("-")[1];
        await("the spans of " + message).atMost(PATIENCE).untilAsserted(() -> {
            List<Span> spans = collector.spans(trace);
            Span received = child(spans, "", "feishu receive");
            Span delivery = child(spans, received.id(), "feishu command/order");
            child(spans, delivery.id(), "feishu message/reply");
            Span erp = child(spans, delivery.id(), "order-from-erp");
            child(spans, child(spans, erp.id(), "order-from-erp").id(), "sql");
        });
    }

    private static Span child(List<Span> spans, String parent, String name) {
        return assertThat(spans)
                .filteredOn(span -> span.parent().equals(parent) && span.name().equals(name))
                .as("%s below %s of %s", name, parent, spans)
                .singleElement()
                .actual();
    }

    /** Commands of five people, the drafts of the ERP and its orders. Answers the last message. */
    private static String workOff(Sandbox sandbox, JdbcTemplate sql) {
        Map<String, Person> messages = new HashMap<>();
        String last = null;
        for (int i = 0; i < MESSAGES; i++) {
            Person person = PEOPLE.get(i % PEOPLE.size());
            last = sandbox.tell(person, "/order SO-10" + (10 + i % 40));
            messages.put(last, person);
        }
        await("every message is answered").atMost(PATIENCE).until(() -> {
            List<String> answered = new ArrayList<>();
            PEOPLE.forEach(
                    person -> sandbox.messages(person.chat()).forEach(message -> answered.add(message.parent())));
            return answered.containsAll(messages.keySet());
        });
        await("every draft is submitted, every order is linked")
                .atMost(PATIENCE)
                .until(() -> count(sql, "erp.purchase_requests where status = 'DRAFT'") == 0
                        && count(sql, "feishu.sync_link") == ORDERS
                        && sandbox.pushes("approval_instance").size() >= DRAFTS);
        return last;
    }

    private static long count(JdbcTemplate sql, String rows) {
        return sql.queryForObject("select count(*) from " + rows, Long.class);
    }

    private static double sum(List<String> metrics, String name, String label) {
        return metrics.stream()
                .filter(line -> line.startsWith(name) && line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
