package dev.camelfeishu.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.RunningSandbox.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What every call passes before its endpoint")
class GateTest {
    private static final String TOKEN = "/open-apis/auth/v3/tenant_access_token/internal";
    private static final String BOT = "/open-apis/bot/v3/info";

    private static TestDatabase postgres;
    private static RunningSandbox sandbox;

    @BeforeAll
    static void start() throws IOException {
        postgres = new TestDatabase();
        sandbox = RunningSandbox.start(
                postgres, Map.of("feishu.sandbox.denied-scopes", "im:chat,im:chat:read,im:chat:readonly"));
    }

    @AfterAll
    static void stop() throws IOException {
        sandbox.close();
        postgres.close();
    }

    @BeforeEach
    void noFaults() {
        sandbox.send("DELETE", "/sandbox/faults", null, Map.of());
    }

    private static ObjectNode credentials() {
        return Json.object().put("app_id", "cli_a1b2c3d4e5f60718").put("app_secret", "sandbox-app-secret");
    }

    @Test
    @DisplayName("the token stays the same while more than 30 minutes are left, then there are two valid ones")
    void tokens() {
        sandbox.post("/sandbox/tokens/expire", Json.object());
        Reply first = sandbox.post(TOKEN, credentials());
        String token = first.body().path("tenant_access_token").asText();
        assertThat(first.code()).isZero();
        assertThat(first.body().path("expire").asInt()).isBetween(7190, 7200);
        assertThat(sandbox.post(TOKEN, credentials())
                        .body()
                        .path("tenant_access_token")
                        .asText())
                .isEqualTo(token);

        sandbox.jdbc().update("update sandbox.token set expires_at = now() + interval '29 minutes'");
        String second = sandbox.post(TOKEN, credentials())
                .body()
                .path("tenant_access_token")
                .asText();

        assertThat(second).isNotEqualTo(token).startsWith("t-");
        for (String valid : new String[] {token, second}) {
            assertThat(sandbox.send("GET", BOT, null, Map.of("Authorization", "Bearer " + valid))
                            .body()
                            .path("bot")
                            .path("open_id")
                            .asText())
                    .isEqualTo("ou_b0700000000000000000000000000001");
        }
    }

    @Test
    @DisplayName("wrong credentials get the documented codes")
    void credentialsAreChecked() {
        assertThat(sandbox.post(TOKEN, Json.object()).code()).isEqualTo(10003);
        assertThat(sandbox.post(TOKEN, credentials().put("app_secret", "no")).code())
                .isEqualTo(10015);
        assertThat(sandbox.post(TOKEN, credentials().put("app_id", "cli_none")).code())
                .isEqualTo(10014);
    }

    @Test
    @DisplayName("missing, malformed and expired tokens are told apart")
    void badTokens() {
        assertThat(sandbox.get(BOT).code()).isEqualTo(99991661);
        assertThat(sandbox.send("GET", BOT, null, Map.of("Authorization", "Bearer xyz"))
                        .code())
                .isEqualTo(99991671);
        String token = sandbox.post(TOKEN, credentials())
                .body()
                .path("tenant_access_token")
                .asText();
        sandbox.post("/sandbox/tokens/expire", Json.object());
        Reply expired = sandbox.send("GET", BOT, null, Map.of("Authorization", "Bearer " + token));
        assertThat(expired.code()).isEqualTo(99991663);
        assertThat(expired.body().path("error").path("log_id").asText())
                .isEqualTo(expired.headers().firstValue("X-Tt-Logid").orElseThrow());
    }

    @Test
    @DisplayName("a path that is not documented is 404, a documented one that is not simulated 501")
    void unknownPaths() {
        assertThat(api("GET", "/open-apis/im/v9/nothing").status()).isEqualTo(404);
        assertThat(api("GET", "/open-apis/approval/v4/districts").status()).isEqualTo(501);
    }

    @Test
    @DisplayName("an app without any of the scopes is told which it needs")
    void scopes() {
        Reply reply = api("GET", "/open-apis/im/v1/chats/" + RunningSandbox.PURCHASING);
        assertThat(reply.code()).isEqualTo(99991672);
        assertThat(reply.body().path("error").path("permission_violations")).hasSize(3);
        assertThat(reply.body()
                        .path("error")
                        .path("permission_violations")
                        .path(0)
                        .path("subject")
                        .asText())
                .startsWith("im:chat");
    }

    @Test
    @DisplayName("the call after the documented number of calls is 429 and names the wait")
    void rate() {
        String path = "/open-apis/approval/v4/approvals/" + RunningSandbox.APPROVAL_CODE;
        for (int i = 0; i < 100; i++) {
            assertThat(api("GET", path).code()).isZero();
        }
        Reply limited = api("GET", path);
        assertThat(limited.status()).isEqualTo(429);
        assertThat(limited.code()).isEqualTo(99991400);
        assertThat(limited.headers().firstValue("x-ogw-ratelimit-limit")).contains("100");
        assertThat(Integer.parseInt(
                        limited.headers().firstValue("x-ogw-ratelimit-reset").orElseThrow()))
                .isBetween(1, 60);
    }

    @Test
    @DisplayName("faults change the answer as often as wanted")
    void faults() {
        sandbox.post(
                "/sandbox/faults",
                Json.object()
                        .put("path", BOT)
                        .put("kind", "status")
                        .put("status", 503)
                        .put("times", 2));
        assertThat(api("GET", BOT).status()).isEqualTo(503);
        assertThat(api("GET", BOT).status()).isEqualTo(503);
        assertThat(api("GET", BOT).status()).isEqualTo(200);

        sandbox.post(
                "/sandbox/faults",
                Json.object().put("path", BOT).put("kind", "code").put("code", 99991663));
        assertThat(api("GET", BOT).code()).isEqualTo(99991663);
    }

    @Test
    @DisplayName("a dropped connection has no answer; after-drop has done the work")
    void drops() throws IOException {
        sandbox.post("/sandbox/faults", Json.object().put("path", BOT).put("kind", "drop"));
        assertThat(raw("GET " + BOT + " HTTP/1.1\r\nHost: localhost\r\n\r\n")).isEmpty();

        sandbox.post(
                "/sandbox/faults",
                Json.object()
                        .put("method", "POST")
                        .put("path", "/open-apis/im/v1/messages")
                        .put("kind", "after-drop"));
        ObjectNode body = RunningSandbox.message(
                RunningSandbox.direct(1), "text", Json.object().put("text", "lost answer"));
        body.put("uuid", "after-drop-1");
        assertThatThrownBy(() -> sandbox.api("POST", "/open-apis/im/v1/messages?receive_id_type=chat_id", body))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(sandbox.jdbc()
                        .queryForObject(
                                "select count(*) from sandbox.message where content like '%lost answer%'", Long.class))
                .isEqualTo(1);
    }

    @Test
    @DisplayName("control calls with bad input get 400 and a sentence")
    void badControl() {
        assertThat(sandbox.post(
                                "/sandbox/faults",
                                Json.object().put("path", BOT).put("kind", "magic"))
                        .status())
                .isEqualTo(400);
        assertThat(sandbox.post("/sandbox/messages", Json.object())
                        .body()
                        .path("msg")
                        .asText())
                .isEqualTo("chat_id must be given, as a string.");
    }

    @Test
    @DisplayName("control calls under a foreign name or from a foreign page are refused")
    void foreign() throws IOException {
        assertThat(raw("GET /sandbox/info HTTP/1.1\r\nHost: evil.example:8090\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(sandbox.send("GET", "/sandbox/info", null, Map.of("Origin", "http://evil.example"))
                        .status())
                .isEqualTo(403);
        assertThat(sandbox.send("GET", "/sandbox/info", null, Map.of("Origin", sandbox.root()))
                        .status())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("the info names everything that a tester needs")
    void info() {
        Reply info = sandbox.get("/sandbox/info");
        Set<String> names = new HashSet<>();
        info.body().fieldNames().forEachRemaining(names::add);
        assertThat(names)
                .containsExactlyInAnyOrder(
                        "app_id",
                        "app_secret",
                        "encrypt_key",
                        "verification_token",
                        "base",
                        "approval_code",
                        "chats",
                        "people",
                        "jdbc");
        assertThat(info.body().path("chats")).hasSize(8);
        assertThat(info.body().path("people")).hasSize(6);
        assertThat(info.body().path("jdbc").path("url").asText()).startsWith("jdbc:postgresql://");
        assertThat(info.body().path("jdbc").path("username").asText()).isEqualTo("erp_user");
        assertThat(info.body().path("jdbc").path("password").asText()).isEqualTo("erp password");
    }

    @Test
    @DisplayName("the call log keeps no secret and no token")
    void callLog() {
        sandbox.post(TOKEN, credentials());
        var newest =
                sandbox.get("/sandbox/calls?path=" + TOKEN).body().path("items").path(0);
        assertThat(newest.path("code").asInt()).isZero();
        assertThat(newest.path("log_id").asText()).isNotEmpty();
        assertThat(newest.path("request").asText()).contains("\"app_secret\":\"***\"");
        assertThat(newest.path("response").asText()).contains("\"tenant_access_token\":\"***\"");
    }

    private static Reply api(String method, String path) {
        String token = sandbox.post(TOKEN, credentials())
                .body()
                .path("tenant_access_token")
                .asText();
        return sandbox.send(method, path, null, Map.of("Authorization", "Bearer " + token));
    }

    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", URI.create(sandbox.root()).getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
