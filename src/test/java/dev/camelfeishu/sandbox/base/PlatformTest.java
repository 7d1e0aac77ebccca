package dev.camelfeishu.sandbox.base;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.Bases;
import dev.camelfeishu.sandbox.SandboxAutoConfiguration;
import dev.camelfeishu.sandbox.SandboxServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

@DisplayName("The Bases within the whole sandbox")
class PlatformTest {
    private static final String ORDERS = "/open-apis/bitable/v1/apps/bascnSandboxOrders000000001/tables/";

    private static TestDatabase postgres;

    private final ObjectMapper mapper = new ObjectMapper();
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void database() throws Exception {
        postgres = new TestDatabase();
    }

    @AfterAll
    static void close() throws Exception {
        postgres.close();
    }

    @Test
    void are_reached_with_a_token_named_by_the_sandbox_and_push_their_events() {
        new ApplicationContextRunner()
                .withBean(DataSource.class, postgres::dataSource)
                .withConfiguration(AutoConfigurations.of(SandboxAutoConfiguration.class))
                .withPropertyValues(
                        "spring.profiles.active=sandbox",
                        "feishu.sandbox.port=0",
                        "feishu.sandbox.base.write-latency=1ms",
                        "feishu.sandbox.webhook-url=http://127.0.0.1:9/nobody")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    String url = "http://127.0.0.1:"
                            + context.getBean(SandboxServer.class).port();
                    String table = context.getBean(Bases.class).ordersTable();

                    assertThat(call("GET", url + "/sandbox/info", "", "")
                                    .at("/base/table_id")
                                    .asText())
                            .isEqualTo(table);
                    String records = url + ORDERS + table + "/records";
                    assertThat(call("POST", records, "", "{\"fields\":{}}")
                                    .path("code")
                                    .asInt())
                            .as("without a token")
                            .isEqualTo(99991661);
                    String token = call(
                                    "POST",
                                    url + "/open-apis/auth/v3/tenant_access_token/internal",
                                    "",
                                    "{\"app_id\":\"cli_a1b2c3d4e5f60718\",\"app_secret\":\"sandbox-app-secret\"}")
                            .path("tenant_access_token")
                            .asText();
                    call(
                            "POST",
                            url + "/open-apis/drive/v1/files/bascnSandboxOrders000000001/subscribe?file_type=bitable",
                            token,
                            "");
                    assertThat(call("POST", records, token, "{\"fields\":{\"Order ID\":\"SO-1\"}}")
                                    .at("/data/record/fields/Order ID")
                                    .asText())
                            .isEqualTo("SO-1");
                    assertThat(call("GET", url + "/sandbox/pushes", "", "").toString())
                            .contains("drive.file.bitable_record_changed_v1");
                    JsonNode refused = call("POST", records, token, "{\"fields\":{\"Order ID\":1}}");
                    assertThat(refused.path("code").asInt()).isEqualTo(1254060);
                    assertThat(refused.at("/error/log_id").asText()).isNotEmpty();
                });
    }

    private JsonNode call(String method, String url, String token, String json) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json; charset=utf-8")
                .method(method, HttpRequest.BodyPublishers.ofString(json));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return mapper.readTree(client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                .body());
    }
}
