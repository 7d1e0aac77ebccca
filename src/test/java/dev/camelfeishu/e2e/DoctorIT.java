package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningApplication.Extension.class)
@DisplayName("The doctor of a running application, over REST")
class DoctorIT {

    private final RunningApplication application;

    DoctorIT(RunningApplication application) {
        this.application = application;
    }

    @Test
    @DisplayName("looks at everything, and says so in the language of the caller")
    void languages() {
        JsonNode english = look(Map.of());
        JsonNode chinese = look(Map.of("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8"));

        assertThat(english.path("findings").findValuesAsText("check"))
                .contains("platform", "clock", "credentials", "scopes", "subscriptions", "bot", "ops chat", "approval")
                .contains("base of orders", "database", "migrations", "disk", "erp", "time zone", "routes", "pairs");
        assertThat(said(english, "scopes")).isEqualTo("The app has all scopes that the loaded routes need.");
        assertThat(said(chinese, "scopes")).isEqualTo("应用拥有已加载路由所需的全部权限。");
        assertThat(chinese.path("findings").findValuesAsText("what")).allMatch(what -> what.matches(".*\\p{IsHan}.*"));
        assertThat(english.path("errors").asInt()).as(english.toString()).isZero();
    }

    @Test
    @DisplayName("asks for an account")
    void account() {
        assertThat(application.http().get("/ops/api/doctor").status()).isEqualTo(401);
    }

    private JsonNode look(Map<String, String> headers) {
        String account = "vera:" + Secrets.DISTINCTIVE.operatorPassword();
        Map<String, String> all = new HashMap<>(headers);
        all.put(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(account.getBytes(StandardCharsets.UTF_8)));
        Http.Answer answer = application.http().send("GET", "/ops/api/doctor", new byte[0], all);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).doesNotContain(Secrets.DISTINCTIVE.appSecret());
        return answer.json();
    }

    private static String said(JsonNode report, String check) {
        for (JsonNode finding : report.path("findings")) {
            if (finding.path("check").asText().equals(check)) {
                return finding.path("what").asText();
            }
        }
        return null;
    }
}
