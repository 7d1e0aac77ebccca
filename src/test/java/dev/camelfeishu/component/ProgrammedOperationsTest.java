package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Operations that no shipped flow runs from end to end")
@ExtendWith(SandboxRoutes.Running.class)
class ProgrammedOperationsTest {

    private static final Map<String, Object> LETTER = Map.of(
            "id",
            1,
            "flow",
            "orders",
            "cause",
            "the first cause",
            "attempts",
            8,
            "time",
            "2026-01-01",
            "reference",
            "1");

    private final SandboxRoutes feishu;

    ProgrammedOperationsTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    @Test
    @Exercises("card/update")
    @DisplayName("a card is replaced")
    void updateCard() {
        String message = feishu.exchange(
                        "message/send?card=dead-letter",
                        Map.of("CamelFeishuReceiveId", RunningSandbox.PURCHASING),
                        LETTER)
                .getMessage()
                .getHeader("CamelFeishuSentMessageId", String.class);

        feishu.run("card/update?card=help", Map.of("CamelFeishuMessageId", message), Map.of());

        JsonNode card = feishu.sandbox()
                .api("GET", "/open-apis/im/v1/messages/" + message, null)
                .data()
                .at("/items/0");
        assertThat(card.path("updated").asBoolean()).isTrue();
        assertThat(card.at("/body/content").asText()).doesNotContain("the first cause");
    }

    @Test
    @DisplayName("a large whole number makes a number field, a point in time a date field")
    void fieldTypes() {
        String app = feishu.sandbox()
                .get("/sandbox/info")
                .body()
                .at("/base/app_token")
                .asText();

        feishu.run(
                "bitable/upsert?app=" + app + "&table=Types&key=Number&create=true",
                Map.of(),
                Map.of("Number", "A-1", "Barcode", 6901234567892L, "At", Instant.ofEpochMilli(1_700_000_000_000L)));

        JsonNode tables = feishu.sandbox()
                .api("GET", "/open-apis/bitable/v1/apps/" + app + "/tables", null)
                .data()
                .path("items");
        String table = tables.valueStream()
                .filter(one -> one.path("name").asText().equals("Types"))
                .findFirst()
                .orElseThrow()
                .path("table_id")
                .asText();
        Map<String, Integer> types = new HashMap<>();
        feishu.sandbox()
                .api("GET", "/open-apis/bitable/v1/apps/" + app + "/tables/" + table + "/fields", null)
                .data()
                .path("items")
                .forEach(field -> types.put(
                        field.path("field_name").asText(), field.path("type").asInt()));
        assertThat(types).containsEntry("Barcode", 2).containsEntry("At", 5);
    }

    @Test
    @Exercises("bitable/upsert")
    @DisplayName("rows become records, once each")
    void upsert() {
        String app = feishu.sandbox()
                .get("/sandbox/info")
                .body()
                .at("/base/app_token")
                .asText();
        String upsert = "bitable/upsert?app=" + app + "&table=Upsert&key=Number&create=true";
        List<Map<String, Object>> rows =
                List.of(Map.of("Number", "A-1", "Amount", 5), Map.of("Number", "A-2", "Amount", 7));

        assertThat(feishu.run(upsert, Map.of(), rows)).isEqualTo(Map.of("created", 2, "updated", 0, "unchanged", 0));
        assertThat(feishu.run(upsert, Map.of(), Map.of("Number", "A-2", "Amount", 8)))
                .isEqualTo(Map.of("created", 0, "updated", 1, "unchanged", 0));
        assertThat(feishu.run(upsert, Map.of(), rows)).isEqualTo(Map.of("created", 0, "updated", 1, "unchanged", 1));
    }
}
