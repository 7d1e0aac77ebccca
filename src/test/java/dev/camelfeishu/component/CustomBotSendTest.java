package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.openapi.FeishuRejectedException;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Messages of custom bots")
@ExtendWith(SandboxRoutes.Running.class)
class CustomBotSendTest {

    private final SandboxRoutes feishu;

    CustomBotSendTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    private JsonNode newest(String sender) {
        for (JsonNode message : feishu.sandbox()
                .get("/sandbox/messages?chat_id=" + RunningSandbox.PURCHASING)
                .body()
                .path("items")) {
            if (message.path("sender_name").asText().equals(sender)) {
                return message;
            }
        }
        throw new AssertionError(sender + " has said nothing");
    }

    @Test
    @Exercises("custom-bot/send")
    @DisplayName("what it says is signed, and has a keyword or is not sent")
    void strict() {
        String said = "order " + UUID.randomUUID();

        feishu.run("custom-bot/send?bot=strict", Map.of(), said);

        assertThat(newest("strict").at("/content/text").asText()).isEqualTo(said);
        assertThatThrownBy(() -> feishu.run("custom-bot/send?bot=strict", Map.of(), "all is well"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none of the keywords");
    }

    @Test
    @Exercises("custom-bot/send")
    @DisplayName("it sends rich text and cards, and is told what the platform refuses")
    void types() {
        feishu.run("custom-bot/send?bot=open&type=markdown", Map.of(), "**late**: [order](https://example.com)");
        assertThat(newest("open").path("msg_type").asText()).isEqualTo("post");

        feishu.run("custom-bot/send?bot=open&card=help", Map.of(), Map.of());
        assertThat(newest("open").path("msg_type").asText()).isEqualTo("interactive");

        assertThatThrownBy(() -> feishu.run("custom-bot/send?bot=open&type=image", Map.of(), "img_none"))
                .isInstanceOfSatisfying(
                        FeishuRejectedException.class,
                        refused -> assertThat(refused.code()).isEqualTo(9499));
    }
}
