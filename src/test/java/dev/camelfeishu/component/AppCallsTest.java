package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("The app itself, one call each")
@ExtendWith(SandboxRoutes.Running.class)
class AppCallsTest {

    private final SandboxRoutes feishu;

    AppCallsTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    @Test
    @Exercises({"app/scopes", "app/apply-scopes"})
    @DisplayName("its scopes; where none is missing none can be asked for")
    void scopes() {
        assertThat(feishu.json("app/scopes", Map.of(), null)).anySatisfy(scope -> {
            assertThat(scope.path("scope_name").asText()).isEqualTo("im:message");
            assertThat(scope.path("grant_status").asInt()).isEqualTo(1);
        });
        assertThatThrownBy(() -> feishu.run("app/apply-scopes", Map.of(), null)).hasMessageContaining("212002");
    }

    @Test
    @Exercises({"app/info", "app/tenant", "app/bot"})
    @DisplayName("its description, its tenant and its bot")
    void itself() {
        assertThat(feishu.json("app/info?param.app_id=me", Map.of(), null)
                        .path("app_id")
                        .asText())
                .isEqualTo(SandboxRoutes.APP_ID);
        assertThat(feishu.json("app/tenant", Map.of(), null).path("tenant_key").asText())
                .isEqualTo("sandbox0tenant001");
        assertThat(feishu.json("app/bot", Map.of(), null).path("open_id").asText())
                .startsWith("ou_");
    }

    @Test
    @Exercises("app/jssdk-ticket")
    @DisplayName("the ticket of its web pages")
    void ticket() {
        JsonNode ticket = feishu.json("app/jssdk-ticket", Map.of(), null);
        assertThat(ticket.path("ticket").asText()).isNotEmpty();
        assertThat(ticket.path("expire_in").asInt()).isPositive();
    }
}
