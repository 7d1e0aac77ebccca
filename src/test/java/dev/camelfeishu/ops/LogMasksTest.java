package dev.camelfeishu.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

class LogMasksTest {

    private final MockEnvironment environment = new MockEnvironment()
            .withProperty("feishu.app-id", "cli_1")
            .withProperty("feishu.app-secret", "s3cret-of-the-app")
            .withProperty("feishu.encrypt-key", "first-key,second-key")
            .withProperty("feishu.apps.hr.app-secret", "s3cret-of-hr")
            .withProperty("erp.datasource.password", "erp-password")
            .withProperty("sync.report-key", "new-report-key,old-report-key")
            .withProperty("logging.structured.json.customizer", LogMasks.class.getName());

    @Test
    void a_line_names_event_and_route_and_no_secret() throws Exception {
        JsonNode line = line(
                "refused: s3cret-of-the-app, second-key, s3cret-of-hr, erp-password, old-report-key, t-g1044ghJRUIJJ5ELPZ4SMW3CFU6C, cli_1");

        assertThat(line.path("message").asText()).isEqualTo("refused: ***, ***, ***, ***, ***, ***, cli_1");
        assertThat(line.path("event_id").asText()).isEqualTo("ev_1");
        assertThat(line.path("route").asText()).isEqualTo("orders");
        assertThat(line.path("log_id").asText()).isEqualTo("2026");
        assertThat(line.path("level").asText()).isEqualTo("WARN");
    }

    private JsonNode line(String message) throws Exception {
        LoggerContext context = new LoggerContext();
        context.putObject(Environment.class.getName(), environment);
        StructuredLogEncoder encoder = new StructuredLogEncoder();
        encoder.setContext(context);
        encoder.setFormat("logstash");
        encoder.start();
        LoggingEvent event = new LoggingEvent();
        event.setLoggerName("dev.camelfeishu.event.Lanes");
        event.setLevel(Level.WARN);
        event.setMessage(message);
        event.setInstant(java.time.Instant.EPOCH);
        event.setThreadName("lane");
        event.setMDCPropertyMap(Map.of("event_id", "ev_1", "route", "orders", "log_id", "2026"));
        return new ObjectMapper().readTree(new String(encoder.encode(event), StandardCharsets.UTF_8));
    }
}
