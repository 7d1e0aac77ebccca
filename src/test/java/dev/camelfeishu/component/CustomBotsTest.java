package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Custom bots")
@ExtendWith(SandboxRoutes.Running.class)
class CustomBotsTest {

    private final SandboxRoutes feishu;

    CustomBotsTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    @Test
    @Exercises("custom-bot/send")
    @DisplayName("a signed message arrives; one without a keyword is not sent")
    void send() {
        feishu.run("custom-bot/send?bot=strict", Map.of(), "a new order has come");
        feishu.run("custom-bot/send?bot=open&type=markdown", Map.of(), "# Title\n\nsome **news**");

        JsonNode messages = feishu.sandbox()
                .api(
                        "GET",
                        "/open-apis/im/v1/messages?container_id_type=chat&sort_type=ByCreateTimeDesc&container_id="
                                + RunningSandbox.PURCHASING,
                        null)
                .data()
                .path("items");
        assertThat(messages.findValuesAsText("content"))
                .anyMatch(content -> content.contains("a new order has come"))
                .anyMatch(content -> content.contains("news"));
        assertThatThrownBy(() -> feishu.run("custom-bot/send?bot=strict", Map.of(), "nothing of interest"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("keywords");
    }

    @Test
    @DisplayName("the signature is the documented one")
    void signature() {
        assertThat(CustomBotOperations.signature("1599360473", "demo"))
                .isEqualTo("l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=");
    }

    @Test
    @DisplayName("an unknown bot is told at the start, and a webhook that is none without being shown")
    void mistakes() {
        FakePlatform fake = new FakePlatform();

        assertThatThrownBy(() -> fake.endpoint("feishu:custom-bot/send?bot=ops").createProducer())
                .hasMessage(
                        "feishu:custom-bot/send: the option bot is ops, but feishu.custom-bots has none of that name");
        assertThatThrownBy(() -> new CustomBots().with("ops", "https://example.org/secret", "", List.of()))
                .hasMessageContaining("feishu.custom-bots.ops.webhook")
                .hasMessageNotContaining("example");
    }
}
