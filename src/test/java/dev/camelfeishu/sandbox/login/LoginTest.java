package dev.camelfeishu.sandbox.login;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.lark.oapi.Client;
import com.lark.oapi.core.request.RequestOptions;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.RunningSandbox;
import dev.camelfeishu.sandbox.RunningSandbox.Reply;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.web.util.UriComponentsBuilder;

@DisplayName("Log-in of people")
class LoginTest {
    private static final String APP = "cli_a1b2c3d4e5f60718";
    private static final String REDIRECT = "http://localhost:8080/login";
    private static final String TOKEN = "/open-apis/authen/v2/oauth/token";

    private static TestDatabase postgres;
    private static RunningSandbox sandbox;

    @BeforeAll
    static void start() throws IOException {
        postgres = new TestDatabase();
        sandbox = RunningSandbox.start(postgres, Map.of("feishu.sandbox.denied-scopes", "contact:user.phone:readonly"));
    }

    @AfterAll
    static void stop() throws IOException {
        sandbox.close();
        postgres.close();
    }

    private static String query(String scope, String more) {
        return "?client_id=" + APP + "&response_type=code&state=s%201&redirect_uri="
                + URLEncoder.encode(REDIRECT, StandardCharsets.UTF_8) + "&scope="
                + URLEncoder.encode(scope, StandardCharsets.UTF_8) + more;
    }

    private static Map<String, String> redirected(Reply reply) {
        assertThat(reply.status()).isEqualTo(302);
        String location = reply.headers().firstValue("Location").orElseThrow();
        assertThat(location).startsWith(REDIRECT + "?");
        return UriComponentsBuilder.fromUri(URI.create(location))
                .build()
                .getQueryParams()
                .toSingleValueMap();
    }

    private static String code(int person, String scope, String more) {
        return redirected(sandbox.get(
                        "/sandbox/authorize" + query(scope, more) + "&person=" + RunningSandbox.person(person)))
                .get("code");
    }

    private static ObjectNode request(String grant) {
        return Json.object().put("grant_type", grant).put("client_id", APP).put("client_secret", "sandbox-app-secret");
    }

    private static Reply exchange(String code) {
        return sandbox.post(
                TOKEN, request("authorization_code").put("code", code).put("redirect_uri", REDIRECT));
    }

    private static Reply refresh(String token) {
        return sandbox.post(TOKEN, request("refresh_token").put("refresh_token", token));
    }

    private static Reply as(String token, String method, String path, JsonNode body) {
        return sandbox.send(method, path, body, Map.of("Authorization", "Bearer " + token));
    }

    @Test
    @DisplayName("the page asks who it is; a refusal comes back with the state")
    void page() {
        Reply page = sandbox.get("/open-apis/authen/v1/authorize" + query("offline_access", ""));
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=utf-8");
        assertThat(redirected(sandbox.get("/sandbox/authorize" + query("", "&person="))))
                .containsEntry("error", "access_denied")
                .containsEntry("state", "s%201")
                .doesNotContainKey("code");
    }

    @Test
    @DisplayName("foreign redirects, foreign apps and scopes the app lacks are refused")
    void refusedPages() {
        String path = "/open-apis/authen/v1/authorize";
        assertThat(sandbox.get(path + "?client_id=" + APP + "&redirect_uri=https%3A%2F%2Fevil.example%2F")
                        .code())
                .isEqualTo(20029);
        assertThat(sandbox.get(path + "?client_id=cli_none").code()).isEqualTo(20048);
        assertThat(sandbox.get(path + query("contact:user.phone:readonly", "")).code())
                .isEqualTo(20027);
    }

    @Test
    @DisplayName("a code gives tokens once, and the access token stands for the person")
    void exchanged() throws Exception {
        String code = code(1, "offline_access contact:contact.base:readonly", "");
        JsonNode tokens = exchange(code).body();
        assertThat(tokens.path("code").asInt(-1)).isZero();
        assertThat(tokens.path("access_token").asText()).startsWith("eyJ").hasSizeBetween(500, 4096);
        assertThat(tokens.path("scope").asText()).contains("offline_access");
        assertThat(exchange(code).code()).isEqualTo(20065);

        Client client = sandbox.sdk();
        var info = client.authen()
                .v1()
                .userInfo()
                .get(RequestOptions.newBuilder()
                        .userAccessToken(tokens.path("access_token").asText())
                        .build());
        assertThat(info.success()).as(info.getMsg()).isTrue();
        assertThat(info.getData().getOpenId()).isEqualTo(RunningSandbox.person(1));
        assertThat(info.getData().getMobile()).as("a field without its scope").isNull();
    }

    @Test
    @DisplayName("without offline_access there is no refresh token")
    void withoutRefresh() {
        JsonNode tokens = exchange(code(5, "contact:contact.base:readonly", "")).body();
        assertThat(tokens.has("refresh_token")).isFalse();
        assertThat(tokens.path("expires_in").asInt()).isEqualTo(7200);
    }

    @Test
    @DisplayName("a refresh token works once; the access token before it stays valid")
    void refreshed() {
        JsonNode first = exchange(code(2, "offline_access", "")).body();
        JsonNode second = refresh(first.path("refresh_token").asText()).body();
        assertThat(second.path("code").asInt(-1)).isZero();
        assertThat(refresh(first.path("refresh_token").asText()).code()).isEqualTo(20073);
        assertThat(as(first.path("access_token").asText(), "GET", "/open-apis/authen/v1/user_info", null)
                        .code())
                .isZero();
        assertThat(refresh("eyJ.none").code()).isEqualTo(20026);
    }

    @Test
    @DisplayName("codes and tokens end")
    void expiry() {
        String code = code(3, "offline_access", "");
        sandbox.jdbc().update("update sandbox.user_code set created_at = created_at - interval '6 minutes'");
        assertThat(exchange(code).code()).isEqualTo(20004);
        JsonNode tokens = exchange(code(3, "offline_access", "")).body();
        sandbox.jdbc().update("update sandbox.user_token set expires_at = now() - interval '1 second'");
        assertThat(as(tokens.path("access_token").asText(), "GET", "/open-apis/authen/v1/user_info", null)
                        .code())
                .isEqualTo(99991677);
        sandbox.jdbc().update("update sandbox.user_refresh set first_granted = first_granted - interval '366 days'");
        assertThat(refresh(tokens.path("refresh_token").asText()).code()).isEqualTo(20037);
    }

    @Test
    @DisplayName("PKCE, redirect and client are checked")
    void checks() {
        String pkce = "&code_challenge_method=S256&code_challenge=O0nS63zirsJkDT3cMvBt9oV_H48bhFpeAh4EyyILRWE";
        String code = code(4, "", pkce);
        assertThat(exchange(code).code()).isEqualTo(20049);
        assertThat(sandbox.post(
                                TOKEN,
                                request("authorization_code")
                                        .put("code", code)
                                        .put("code_verifier", "TxYmzM4PHLBlqm5NtnCmwxMH8mFlRWl_ipie3O0aVzo"))
                        .code())
                .isZero();
        assertThat(sandbox.post(
                                TOKEN,
                                request("authorization_code")
                                        .put("code", code(4, "", ""))
                                        .put("redirect_uri", "http://localhost/other"))
                        .code())
                .isEqualTo(20071);
        Reply wrong = sandbox.post(TOKEN, request("refresh_token").put("client_secret", "x"));
        assertThat(wrong.code()).isEqualTo(20002);
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.body().path("error_description").asText()).isNotEmpty();
        assertThat(sandbox.post(TOKEN, request("password")).code()).isEqualTo(20036);
        assertThat(exchange("none").code()).isEqualTo(20003);
    }

    @Test
    @DisplayName("a person's token is refused where only the app's is taken, and without the scope")
    void scopes() {
        String token = exchange(code(5, "contact:contact.base:readonly", ""))
                .body()
                .path("access_token")
                .asText();
        assertThat(as(token, "POST", "/open-apis/contact/v3/users/batch_get_id", Json.object())
                        .code())
                .isEqualTo(99991668);
        assertThat(as(token, "GET", "/open-apis/im/v1/chats", null).code()).isEqualTo(99991679);
        String search = "/open-apis/contact/v3/departments/search";
        JsonNode found = as(token, "POST", search, Json.object().put("query", "Finance"))
                .data()
                .path("items");
        assertThat(found.findValuesAsText("department_id")).containsExactly("finance");
        assertThat(sandbox.api("POST", search, Json.object().put("query", "x")).code())
                .isEqualTo(99991663);
    }
}
