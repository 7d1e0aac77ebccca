package dev.camelfeishu.openapi;

import static dev.camelfeishu.openapi.PlatformServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {

    private static final String RECORD = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records/:record_id";

    private final List<String> asked = new ArrayList<>();
    private final UserTokens people = new UserTokens() {
        @Override
        public String token(String openId) {
            asked.add(openId);
            return "u-first";
        }

        @Override
        public String renewed(String openId, String refused) {
            asked.add(openId + " instead of " + refused);
            return "u-second";
        }
    };
    private PlatformServer platform;
    private SdkFeishuClient client;

    @BeforeEach
    void start() throws IOException {
        platform = new PlatformServer();
        platform.checksTokens = false;
        client = platform.client(people);
    }

    @AfterEach
    void stop() {
        client.close();
        platform.close();
    }

    @Test
    void a_call_in_the_name_of_a_person_carries_the_persons_token() {
        client.call(record().as(Identity.user("ou_1")));

        assertThat(platform.calls.get(0).authorization()).isEqualTo("Bearer u-first");
        assertThat(platform.tokenRequests).isEmpty();
        assertThat(asked).containsExactly("ou_1");
    }

    @ParameterizedTest
    @ValueSource(ints = {99991668, 99991677})
    void a_refused_token_of_a_person_is_renewed_once(int code) {
        platform.next(json(400, "{\"code\":" + code + ",\"msg\":\"invalid\"}"));

        client.call(record().as(Identity.user("ou_1")));

        assertThat(asked).containsExactly("ou_1", "ou_1 instead of u-first");
        assertThat(platform.calls)
                .extracting(PlatformServer.Seen::authorization)
                .containsExactly("Bearer u-first", "Bearer u-second");
    }

    @Test
    void a_renewed_token_that_is_refused_too_ends_the_call() {
        platform.always = json(400, "{\"code\":99991668,\"msg\":\"invalid\"}");

        assertThatThrownBy(() -> client.call(record().as(Identity.user("ou_1"))))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining("log in again");
        assertThat(platform.calls).hasSize(2);
    }

    @Test
    void an_identity_that_the_endpoint_does_not_accept_never_reaches_the_wire() {
        assertThatThrownBy(() ->
                        client.call(ApiRequest.post("/open-apis/im/v1/files").as(Identity.user("ou_1"))))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining("POST /open-apis/im/v1/files accepts only the app's own token");
        assertThatThrownBy(() -> client.call(ApiRequest.get("/open-apis/authen/v1/user_info")))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining("accepts only the token of a person");
        assertThat(platform.calls).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void without_a_login_every_person_has_to_authorise_first() throws IOException {
        try (var nobody = platform.client()) {
            assertThatThrownBy(() -> nobody.call(record().as(Identity.user("ou_1"))))
                    .isInstanceOf(FeishuRejectedException.class)
                    .hasMessageContaining("log in");
        }
    }

    @Test
    void the_catalog_tells_at_the_start_of_a_route_what_an_endpoint_accepts() {
        var catalog = EndpointCatalog.packed();
        var record = catalog.match("GET", RECORD).orElseThrow().endpoint();
        var token = catalog.match("POST", "/open-apis/auth/v3/tenant_access_token/internal")
                .orElseThrow()
                .endpoint();

        assertThat(record.accepts(Identity.tenant())).isTrue();
        assertThat(record.refusal(Identity.user("ou_1"))).isEmpty();
        assertThat(token.accepts(Identity.tenant())).isTrue();
        assertThat(token.refusal(Identity.user("ou_1"))).isPresent();
    }

    private static ApiRequest record() {
        return ApiRequest.get(RECORD)
                .with("app_token", "bascn1")
                .with("table_id", "tbl1")
                .with("record_id", "rec1");
    }
}
