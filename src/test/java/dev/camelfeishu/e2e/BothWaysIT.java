package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Mode both: events by the long connection, callbacks by webhook, an event by webhook too")
class BothWaysIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void each_way_works_and_an_event_that_comes_both_ways_counts_once(@TempDir Path home) {
        try (Databases databases = new Databases()) {
            Map<String, String> settings = new HashMap<>();
            settings.put("SPRING_DATASOURCE_URL", databases.create("bothways", "secret"));
            settings.put("SPRING_DATASOURCE_USERNAME", "bothways");
            settings.put("SPRING_DATASOURCE_PASSWORD", "secret");
            settings.put("FEISHU_EVENT_MODE", "both");
            Ports ports = Ports.free();
            try (ApplicationProcess process = ApplicationProcess.ofClasses(ports, settings, home)) {
                process.start();
                Http control = new Http(ports.sandbox());
                await("the long connection is open")
                        .atMost(PATIENCE)
                        .until(() -> control.get("/sandbox/socket")
                                        .json()
                                        .path("connections")
                                        .size()
                                == 1);
                Sandbox sandbox = new Sandbox(control);
                String chat = Person.ALICE.chat();
                String message = sandbox.tell(Person.ALICE, "/order SO-1004");
                await("the answer")
                        .atMost(PATIENCE)
                        .until(() -> !sandbox.replies(chat, message).isEmpty());
                assertThat(new Http(ports.management())
                                .get("/actuator/prometheus")
                                .body())
                        .contains("feishu_socket_acks_seconds_count{app=\"default\",code=\"200\"}");

                String card = sandbox.replies(chat, message).get(0).id();
                Sandbox.Click click = sandbox.click(
                        card, Person.ALICE, Http.JSON.createObjectNode().put("action", "no-such-action"));
                assertThat(click.code()).isZero();
                assertThat(click.toastType()).isEqualTo("warning");

                JsonNode event = sandbox.pushes("im.message.receive_v1").get(0).path("body");
                Push push = Push.sealed(sandbox.info(), event);
                Http.Answer again =
                        new Http(ports.server()).send("POST", "/webhook/event", push.body(), push.headers());
                assertThat(again.status()).isEqualTo(200);
                await("the second delivery has no effect")
                        .during(Duration.ofSeconds(1))
                        .atMost(PATIENCE)
                        .until(() -> sandbox.replies(chat, message).size() == 1);
            }
        }
    }
}
