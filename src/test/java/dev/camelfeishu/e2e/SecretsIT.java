package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * After flows that worked and flows that failed. The application runs with {@link Secrets#DISTINCTIVE} from its first line
 * on, so that whatever other tests made it print is looked at too.
 */
@ExtendWith(RunningApplication.Extension.class)
@DisplayName("A secret is nowhere but where it was given")
class SecretsIT {

    private static final String REPLY = "/open-apis/im/v1/messages/:message_id/reply";

    private final RunningApplication application;
    private final Sandbox sandbox;
    private final List<String> said = new ArrayList<>();

    SecretsIT(RunningApplication application) {
        this.application = application;
        this.sandbox = application.sandbox();
    }

    @BeforeEach
    void flows_that_work_and_flows_that_fail() {
        works();
        tokenRefused();
        feishuFails();
        erpFails();
        strangers();
    }

    @AfterEach
    void mend() {
        sandbox.mend();
    }

    private void works() {
        application.answer(Person.LI_LEI.chat(), sandbox.tell(Person.LI_LEI, "/order SO-1031"));
    }

    private void tokenRefused() {
        sandbox.refuse("POST", REPLY, 99991663, 1);
        application.answer(Person.LI_LEI.chat(), sandbox.tell(Person.LI_LEI, "/order SO-1032"));
        assertThat(tokens()).hasSizeGreaterThan(0);
    }

    private void feishuFails() {
        sandbox.refuse("POST", REPLY, 99991672, 2);
        String refused = sandbox.tell(Person.LI_LEI, "/help");
        awaitDeadLetter(refused);
        sandbox.mend();
        sandbox.dropAnswer("POST", REPLY, 1);
        application.answer(Person.LI_LEI.chat(), sandbox.tell(Person.LI_LEI, "/order SO-1033"));
        sandbox.breakDown("GET", "/open-apis/bitable/v1", 3);
        said.add(application.ops("POST", "pairs/orders/verify", null).body());
        sandbox.mend();
    }

    private void erpFails() {
        application.databases().takeAway(RunningApplication.ERP);
        try {
            String message = sandbox.tell(Person.LI_LEI, "/order SO-1034");
            awaitDeadLetter(message);
            said.add(application.ops("POST", "pairs/orders/verify", null).body());
        } finally {
            application.giveErpBack();
        }
    }

    private void strangers() {
        ObjectNode event = Push.envelope(sandbox.info(), "im.chat.updated_v1", Http.JSON.createObjectNode());
        for (String path : List.of("/webhook/event", "/webhook/card")) {
            said.add(Push.sealed(sandbox.info(), event)
                    .with("X-Lark-Signature", "x")
                    .to(application.http(), path)
                    .body());
            said.add(Push.plain(event.toString()).to(application.http(), path).body());
            said.add(Push.plain("{").to(application.http(), path).body());
        }
        for (String account : List.of("operator:wrong", "x", "operator:" + UUID.randomUUID())) {
            said.add(application
                    .http()
                    .send(
                            "GET",
                            "/ops/api/dead-letters",
                            new byte[0],
                            Map.of(
                                    "Authorization",
                                    "Basic "
                                            + Base64.getEncoder()
                                                    .encodeToString(account.getBytes(StandardCharsets.UTF_8))))
                    .body());
        }
        said.add(application.ops("GET", "dead-letters?state='", null).body());
        said.add(application.ops("GET", "no/such/thing", null).body());
        said.add(application.ops("POST", "dead-letters/x/replay", null).body());
    }

    @Test
    void not_in_the_log() {
        String log = application.log();
        assertThat(log).contains("bot-help failed, reference");
        List<String> leaked = lines(log);
        assertThat(leaked).isEmpty();
    }

    @Test
    void not_in_metrics_health_errors_and_the_operators_answers() {
        said.add(application.management().get("/actuator/prometheus").body());
        said.add(application.management().get("/actuator/health").body());
        said.add(application.management().get("/actuator/env").body());
        said.add(application.ops("GET", "dead-letters?size=200", null).body());
        said.add(application.ops("GET", "pairs/orders", null).body());
        assertThat(String.join("\n", said)).contains("jvm_memory_used_bytes", "bot-help");
        assertThat(lines(String.join("\n", said))).isEmpty();
    }

    @Test
    void not_in_any_table_of_the_integration() {
        List<String> tables = application
                .feishu()
                .queryForList(
                        "select table_name from information_schema.tables where table_schema = 'feishu'"
                                + " and table_type = 'BASE TABLE'",
                        String.class);
        assertThat(tables).contains("event", "delivery", "dead_letter", "sync_journal");
        for (String table : tables) {
            List<String> rows =
                    application.feishu().queryForList("select t::text from feishu.\"" + table + "\" t", String.class);
            assertThat(lines(String.join("\n", rows))).as("feishu.%s", table).isEmpty();
        }
    }

    @Test
    void not_in_any_message_or_card() {
        for (JsonNode chat : sandbox.info().path("chats")) {
            List<Sandbox.Message> messages =
                    sandbox.messages(chat.path("chat_id").asText());
            assertThat(lines(String.join(
                            "\n", messages.stream().map(Sandbox.Message::text).toList())))
                    .isEmpty();
        }
    }

    /** The lines with a secret, or with a token the sandbox has issued. */
    private List<String> lines(String text) {
        List<String> secrets = new ArrayList<>(Secrets.DISTINCTIVE.all());
        secrets.addAll(tokens());
        return text.lines()
                .filter(line -> secrets.stream().anyMatch(line::contains))
                .toList();
    }

    private List<String> tokens() {
        return application.feishu().queryForList("select token from sandbox.token", String.class);
    }

    private void awaitDeadLetter(String message) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> application
                                .feishu()
                                .queryForObject(
                                        "select count(*) from feishu.dead_letter where event_id = ?",
                                        Long.class,
                                        message)
                        == 1);
    }
}
