package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("A Base that pulls the ERP's orders by the data connector's protocol")
@ExtendWith(RunningApplication.Extension.class)
class ConnectorIT {

    private static final String PATH = "/webhook/connector/orders";
    private static final String TOKEN = "sandbox-connector-token";

    private final RunningApplication application;
    private final Http sandbox;

    ConnectorIT(RunningApplication application) {
        this.application = application;
        this.sandbox = new Http(application.ports().sandbox());
    }

    private ObjectNode request(String token) {
        return Http.JSON
                .createObjectNode()
                .put(
                        "app_token",
                        application.sandbox().info().at("/base/app_token").asText())
                .put("service", "http://127.0.0.1:" + application.ports().server() + PATH)
                .put("token", token)
                .put("max_page_size", 20);
    }

    @Test
    void it_holds_every_order_follows_the_erp_and_costs_no_call() {
        int orders = application.erp().queryForObject("select count(*) from erp.orders", Integer.class);

        Http.Answer connected = sandbox.post("/sandbox/connected-tables", request(TOKEN));

        assertThat(connected.status()).as(connected.body()).isEqualTo(200);
        assertThat(connected.json().path("added").asInt()).isEqualTo(orders);
        assertThat(connected.json().path("pages").asInt()).isEqualTo((orders + 19) / 20);
        String table = connected.json().path("table_id").asText();
        String app = application.sandbox().info().at("/base/app_token").asText();

        application
                .erp()
                .update("insert into erp.orders (order_id, customer_name, amount) values ('SO-PULL', 'New', 12.25)");
        try {
            JsonNode again = sandbox.post("/sandbox/connected-tables/" + table + "/sync", request(TOKEN))
                    .json();
            assertThat(again.path("added").asInt()).as(again.toString()).isEqualTo(1);
            JsonNode shown = sandbox.get("/sandbox/bases/" + app + "/tables/" + table + "?q=SO-PULL")
                    .json();
            assertThat(shown.path("name").asText()).isEqualTo("ERP orders");
            assertThat(shown.path("records")).hasSize(1);
            assertThat(shown.at("/records/0/fields").toString()).contains("SO-PULL", "12.25", "NEW");
            Http.Answer edit = sandbox.send(
                    "DELETE",
                    "/sandbox/bases/" + app + "/tables/" + table + "/records/"
                            + shown.at("/records/0/record_id").asText() + "?operator=" + Person.ALICE.openId(),
                    new byte[0],
                    Map.of());
            assertThat(edit.json().path("code").asInt()).as(edit.body()).isEqualTo(1254302);
        } finally {
            application.erp().update("delete from erp.orders where order_id = 'SO-PULL'");
        }
        JsonNode last = sandbox.post("/sandbox/connected-tables/" + table + "/sync", request(TOKEN))
                .json();
        assertThat(last.path("deleted").asInt()).as(last.toString()).isEqualTo(1);
        assertThat(sandbox.get("/sandbox/calls?size=5000&path=/open-apis/bitable")
                        .json()
                        .path("items"))
                .noneMatch(call -> call.path("path").asText().contains(table));
    }

    @Test
    void it_is_refused_with_another_token_and_from_another_tenant() {
        Http.Answer guessed = sandbox.post("/sandbox/connected-tables", request("guessed"));
        assertThat(guessed.status()).isEqualTo(400);
        assertThat(guessed.body()).contains("1254403");

        Http.Answer stranger =
                sandbox.post("/sandbox/connected-tables", request(TOKEN).put("tenant_key", "other00tenant0002"));
        assertThat(stranger.status()).isEqualTo(400);
        assertThat(stranger.body()).contains("1254403", "may not pull");
    }

    @Test
    void strangers_get_the_protocols_refusal_and_nothing_else() {
        Http http = application.http();
        assertThat(http.get(PATH + "/meta.json").json().path("type").asText()).isEqualTo("data_connector");
        Http.Answer unsigned = http.send(
                "POST",
                PATH + "/records",
                "{\"params\":\"{}\",\"context\":\"{}\"}".getBytes(StandardCharsets.UTF_8),
                Map.of("Content-Type", "application/json", "Camel-Header", "x"));
        assertThat(unsigned.status()).isEqualTo(200);
        assertThat(unsigned.json().path("code").asInt()).isEqualTo(1254403);
        assertThat(unsigned.body()).doesNotContain("SO-1");
        assertThat(http.get(PATH + "/records").status()).isIn(404, 405);
        assertThat(http.get("/webhook/connector/unknown/meta.json").status()).isEqualTo(404);
    }
}
