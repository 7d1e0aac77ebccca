package dev.camelfeishu.sandbox.application;

import static org.assertj.core.api.Assertions.assertThat;

import com.lark.oapi.Client;
import com.lark.oapi.service.application.v6.model.GetApplicationReq;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The app and its tenant")
class ApplicationTest {
    private static TestDatabase postgres;
    private static RunningSandbox sandbox;
    private static Client client;

    @BeforeAll
    static void start() throws IOException {
        postgres = new TestDatabase();
        sandbox = RunningSandbox.start(postgres, Map.of("feishu.sandbox.denied-scopes", "im:chat:delete"));
        client = sandbox.sdk();
    }

    @AfterAll
    static void stop() throws IOException {
        sandbox.close();
        postgres.close();
    }

    @Test
    @DisplayName("its scopes say which are granted, and what is missing is asked for once")
    void scopes() throws Exception {
        var scopes = client.application().v6().scope().list();
        assertThat(scopes.success()).as(scopes.getMsg()).isTrue();
        assertThat(Arrays.stream(scopes.getData().getScopes())
                        .filter(scope -> scope.getGrantStatus() != 1)
                        .map(scope -> scope.getScopeName()))
                .containsExactly("im:chat:delete");
        assertThat(client.application().v6().scope().apply().getCode()).isZero();
        assertThat(client.application().v6().scope().apply().getCode()).isEqualTo(212004);
    }

    @Test
    @DisplayName("its description and its tenant")
    void itself() throws Exception {
        var app = client.application()
                .v6()
                .application()
                .get(GetApplicationReq.newBuilder().appId("me").lang("zh_cn").build());
        assertThat(app.getData().getApp().getAppId()).isEqualTo("cli_a1b2c3d4e5f60718");
        assertThat(client.tenant().v2().tenant().query().getData().getTenant().getTenantKey())
                .isEqualTo("sandbox0tenant001");
        assertThat(sandbox.api("GET", "/open-apis/application/v6/applications/cli_other?lang=zh_cn", null)
                        .code())
                .isEqualTo(210504);
    }

    @Test
    @DisplayName("the ticket of its web pages stays the same until the last half hour")
    void ticket() {
        String path = "/open-apis/jssdk/ticket/get";
        String first = sandbox.api("POST", path, null).data().path("ticket").asText();
        assertThat(sandbox.api("POST", path, null).data().path("ticket").asText())
                .isEqualTo(first);
        sandbox.jdbc().update("update sandbox.jsapi_ticket set expires_ms = expires_ms - 5460000");
        assertThat(sandbox.api("POST", path, null).data().path("ticket").asText())
                .isNotEqualTo(first);
    }
}
