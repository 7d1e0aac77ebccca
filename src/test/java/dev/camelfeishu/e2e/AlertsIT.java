package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.e2e.Sandbox.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Alerts: one card for each kind within a minute, one end, buttons that work")
class AlertsIT {

    private static final Duration MINUTE = Duration.ofSeconds(60);
    private static final String OPS = "oc_group0000000000000000000000002";
    private static final String REPLY = "/open-apis/im/v1/messages/:message_id/reply";
    private static final String TOKEN = "/open-apis/auth/v3/tenant_access_token/internal";
    private static final int COMMANDS = 24;
    private static final List<Person> PEOPLE = List.of(Person.ALICE, Person.DAVID, Person.LI_LEI, Person.WANG_FANG);

    private static final Map<String, String> SETTINGS = Map.of(
            "FEISHU_ALERTS_PERIOD", "1s",
            "FEISHU_ALERTS_WINDOW", "12s",
            "FEISHU_ALERTS_CALM", "3s",
            "OPS_USERNAME", "operator",
            "OPS_PASSWORD", "only-for-this-test");

    private static final String CALLS = "调用飞书接口失败";
    private static final String LETTERS = "有许多消息未能处理";
    private static final String TOKENS = "飞书拒绝给应用发放凭证";

    @Test
    void faults_are_told_once_and_taken_back_once(@TempDir Path home) {
        Ports ports = Ports.free();
        try (Databases databases = new Databases()) {
            Map<String, String> settings = new HashMap<>(SETTINGS);
            settings.put("SPRING_DATASOURCE_URL", databases.create("alerts", "alerts"));
            settings.put("SPRING_DATASOURCE_USERNAME", "alerts");
            settings.put("SPRING_DATASOURCE_PASSWORD", "alerts");
            try (ApplicationProcess process = ApplicationProcess.ofClasses(ports, settings, home)) {
                process.start();
                toldAndTakenBack(new Sandbox(new Http(ports.sandbox())));
            }
        }
    }

    private static void toldAndTakenBack(Sandbox sandbox) {
        sandbox.refuse("POST", REPLY, 230001, COMMANDS * 2);
        for (int i = 0; i < COMMANDS; i++) {
            sandbox.tell(PEOPLE.get(i % PEOPLE.size()), "/order SO-" + (1001 + i));
        }
        Message calls = told(sandbox, CALLS);
        Message letters = told(sandbox, LETTERS);
        await().during(Duration.ofSeconds(2))
                .atMost(MINUTE)
                .untilAsserted(() ->
                        assertThat(sandbox.cards(OPS, "dead-letter-replay")).hasSizeLessThanOrEqualTo(11));
        sandbox.mend();

        sandbox.refuse("POST", TOKEN, 10014, 4);
        sandbox.refuse("POST", REPLY, 99991663, 1);
        PEOPLE.forEach(person -> sandbox.tell(person, "/order SO-1001"));
        Message tokens = told(sandbox, TOKENS);
        sandbox.mend();

        Sandbox.Click replay = sandbox.click(letters.id(), Person.LI_LEI, value("alert-replay", letters));
        assertThat(replay.toastType()).as(replay.toastText()).isEqualTo("success");

        for (Message card : List.of(calls, letters, tokens)) {
            await().atMost(MINUTE).until(() -> sandbox.replies(OPS, card.id()).size() == 1);
        }
        for (String title : List.of(CALLS, LETTERS, TOKENS)) {
            assertThat(sandbox.cards(OPS, title)).hasSize(1);
        }
        Sandbox.Click late = sandbox.click(letters.id(), Person.LI_LEI, value("alert-mute", letters));
        assertThat(late.toastType()).isEqualTo("warning");
    }

    private static Message told(Sandbox sandbox, String title) {
        return await().atMost(MINUTE)
                .until(() -> sandbox.cards(OPS, title), found -> found.size() == 1)
                .get(0);
    }

    private static JsonNode value(String action, Message card) {
        String id = card.content().findValues("value").stream()
                .filter(value -> value.path("action").asText().startsWith("alert-"))
                .map(value -> value.path("id").asText())
                .findFirst()
                .orElseThrow();
        return Http.JSON.createObjectNode().put("action", action).put("id", id);
    }
}
