package dev.camelfeishu.openapi;

import static dev.camelfeishu.openapi.PlatformServer.answer;
import static dev.camelfeishu.openapi.PlatformServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class RepliesTest {

    private static final ApiRequest REPLY = ApiRequest.post("/open-apis/im/v1/messages/:message_id/reply")
            .with("message_id", "om_1")
            .within(Duration.ofMillis(100));

    private PlatformServer platform;
    private SdkFeishuClient client;

    @BeforeEach
    void start() throws IOException {
        platform = new PlatformServer();
        client = platform.client();
        client.call(ApiRequest.get("/open-apis/bot/v3/info"));
        platform.calls.clear();
    }

    @AfterEach
    void stop() {
        client.close();
        platform.close();
    }

    @Test
    void a_message_says_what_was_called_what_came_back_and_what_to_do() {
        platform.next(json(
                400,
                "{\"code\":230002,\"msg\":\"The bot can not be outside the group.\"}",
                "x-tt-logid",
                "20230102030405ABCDEF"));

        var e = catchThrowableOfType(FeishuRejectedException.class, () -> client.call(REPLY));

        assertThat(e)
                .hasMessage(
                        "POST /open-apis/im/v1/messages/:message_id/reply: 230002 The bot can not be outside the group"
                                + " (HTTP 400, log id 20230102030405ABCDEF). Add the bot to the group.");
        assertThat(e.httpStatus()).isEqualTo(400);
        assertThat(e.code()).isEqualTo(230002);
        assertThat(e.logId()).isEqualTo("20230102030405ABCDEF");
        assertThat(e.hint()).isEqualTo("Add the bot to the group.");
    }

    @Test
    void a_code_in_an_http_200_is_an_error_all_the_same() {
        platform.next(json(200, "{\"code\":230002,\"msg\":\"no\"}"));
        assertThatThrownBy(() -> client.call(REPLY)).isInstanceOf(FeishuRejectedException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "502 | text/html        | <html>Bad Gateway</html> | not JSON",
                "200 | text/html        | {\"code\":0}             | not JSON",
                "200 | application/json | ''                       | empty body",
                "500 | application/json | {\"message\":\"boom\"}   | without a code",
                "200 | application/json | {\"message\":\"boom\"}   | without a code",
                "200 | application/json | {\"code\":\"0\"}         | without a code",
                "200 | application/json | {\"code\":null}          | without a code",
                "200 | application/json | {\"code\":0.5}           | without a code",
                "200 | application/json | [{\"code\":0}]           | not JSON",
                "200 | application/json | {\"code\":0              | not JSON",
                "200 | application/json | null                     | not JSON",
                "503 | application/json | {\"code\":0}             | 0"
            })
    void an_answer_that_is_not_feishus_is_never_a_success(int status, String type, String body, String said) {
        platform.always = answer(status, type, body);

        assertThatThrownBy(() -> client.call(REPLY)).isInstanceOfSatisfying(FeishuRetryableException.class, e -> {
            assertThat(e).hasMessageContaining(said).hasMessageContaining("HTTP " + status);
            assertThat(e.outcomeUnknown()).isTrue();
            assertThat(e.code()).isZero();
        });
    }

    @ParameterizedTest
    @CsvSource({"302, text/html", "404, text/html", "400, application/json"})
    void a_wrong_server_is_a_refusal_that_names_the_base_url(int status, String type) {
        platform.next(answer(status, type, "nothing here", "Location", platform.url() + "/elsewhere"));

        assertThatThrownBy(() -> client.call(REPLY))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining("FEISHU_BASE_URL");
        assertThat(platform.calls).hasSize(1);
    }

    @Test
    void an_error_member_that_is_a_text_does_not_hide_the_code() {
        platform.next(json(400, "{\"code\":99991672,\"msg\":\"Access denied\",\"error\":\"see the log\"}"));
        assertThatThrownBy(() -> client.call(REPLY)).isInstanceOfSatisfying(FeishuRejectedException.class, e -> {
            assertThat(e.code()).isEqualTo(99991672);
            assertThat(e.hint()).contains("im:message:send_as_bot");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"subject", "scope"})
    void a_missing_scope_is_named_as_the_answer_names_it(String member) {
        platform.next(json(
                400,
                "{\"code\":99991672,\"msg\":\"Access denied.\",\"error\":{\"log_id\":\"2023x\",\"permission_violations\":"
                        + "[{\"type\":\"action_scope_required\",\"" + member + "\":\"contact:user.id:readonly\"},"
                        + "{\"" + member + "\":\"bad scope\\n\"}]}}"));

        var e = catchThrowableOfType(FeishuRejectedException.class, () -> client.call(REPLY));

        assertThat(e.hint()).contains("the scope contact:user.id:readonly ").doesNotContain("bad scope");
        assertThat(e.logId()).isEqualTo("2023x");
    }

    @Test
    void a_refused_card_is_explained_by_its_sub_code() {
        platform.next(json(
                400,
                "{\"code\":230099,\"msg\":\"Failed to create card content, ext=ErrCode: 200861; ErrMsg: unsupported tag"
                        + " action; ErrorValue: action\"}"));
        assertThatThrownBy(() -> client.call(REPLY))
                .isInstanceOfSatisfying(
                        FeishuRejectedException.class, e -> assertThat(e.hint()).contains("card schema 2.0"));
    }

    @Test
    void a_code_that_means_different_things_is_explained_by_its_endpoint() {
        platform.next(json(400, "{\"code\":230071,\"msg\":\"\"}"));
        var documented = EndpointCatalog.packed()
                .match("POST", REPLY.path())
                .orElseThrow()
                .endpoint()
                .documentedErrors()
                .get(230071);
        assertThatThrownBy(() -> client.call(REPLY)).hasMessageContaining(documented.substring(0, 20));
    }

    @ParameterizedTest
    @CsvSource({
        "1254302, document app",
        "99991543, FEISHU_APP_ID",
        "10014, FEISHU_APP_SECRET",
        "1390007, nothing to do",
        "1254045, fields again",
        "99991401, allowlist",
        "99991403, quota"
    })
    void known_codes_say_what_to_do(int code, String hint) {
        assertThat(ErrorCodes.of(code).orElseThrow().hint()).contains(hint).endsWith(".");
    }

    @Test
    void foreign_text_is_bounded_and_has_no_control_characters() {
        platform.next(json(
                400,
                "{\"code\":230001,\"msg\":\"line\\r\\nINFO forged \\u001b[31m\\u202e" + "x".repeat(5000) + "\"}",
                "X-Tt-Logid",
                "bad id with spaces"));

        var e = catchThrowableOfType(FeishuRejectedException.class, () -> client.call(REPLY));

        assertThat(e.getMessage()).hasSizeLessThan(600).doesNotContain("\r", "\n", "\u001b", "\u202e");
        assertThat(e.logId()).isNull();
    }

    @Test
    void neither_the_secret_nor_a_token_shows_in_an_exception_or_a_log_line() {
        var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        var level = root.getLevel();
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        root.addAppender(lines);
        root.setLevel(Level.TRACE);
        var said = new StringWriter();
        try (var fresh = platform.client()) {
            var echo = "{\"code\":10015,\"msg\":\"wrong secret " + PlatformServer.APP_SECRET + "\"}";
            platform.nextToken(
                    json(200, echo), answer(502, "text/html", PlatformServer.APP_SECRET), json(200, "{\"code\":0}"));
            for (var i = 0; i < 2; i++) {
                say(said, fresh, REPLY.within(Duration.ofSeconds(1)));
            }
            platform.next(exchange -> json(
                            400,
                            "{\"code\":230001,\"msg\":\""
                                    + exchange.getRequestHeaders().getFirst("Authorization") + "\"}")
                    .answer(exchange));
            say(said, fresh, REPLY);
            platform.next(exchange -> answer(504, exchange.getRequestHeaders().getFirst("Authorization"), "x")
                    .answer(exchange));
            say(said, fresh, REPLY.body(JsonNodeFactory.instance.objectNode().put("text", "private words")));
            platform.next(PlatformServer.drop());
            say(said, fresh, REPLY);
            platform.next(json(200, "{\"code\":0,\"data\":{\"text\":\"private words\"}}"));
            fresh.call(REPLY.body(JsonNodeFactory.instance.objectNode().put("text", "private words")));
        } finally {
            root.setLevel(level);
            root.detachAppender(lines);
        }
        lines.list.stream()
                .filter(line -> !line.getLoggerName().startsWith("com.sun.")
                        && !line.getLoggerName().startsWith("sun."))
                .forEach(line -> said.append(line.getFormattedMessage()).append('\n'));

        assertThat(platform.calls.size()).isGreaterThanOrEqualTo(4);
        assertThat(said.toString())
                .contains("10015")
                .contains("***")
                .doesNotContain(PlatformServer.APP_SECRET)
                .doesNotContain("t-granted")
                .doesNotContain("private words");
    }

    @Test
    void nulls_are_sent_and_numbers_keep_every_digit_both_ways() throws IOException {
        var exact = "{\"fields\":{\"Note\":null,\"Big\":9007199254740993123,\"Amount\":12345678901234567890.12,"
                + "\"Small\":0.10,\"Html\":\"<a href='x'>&\"}}";
        platform.next(json(200, "{\"code\":0,\"data\":{\"record\":" + exact + "}}"));
        var body = JsonNodeFactory.instance.objectNode();
        var fields = body.putObject("fields");
        fields.putNull("Note");
        fields.put("Big", 9007199254740993123L);
        fields.set("Amount", DecimalNode.valueOf(new BigDecimal("12345678901234567890.12")));
        fields.set("Small", DecimalNode.valueOf(new BigDecimal("0.10")));
        fields.put("Html", "<a href='x'>&");

        var response = client.call(ApiRequest.post("/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records")
                .with("app_token", "bascn1")
                .with("table_id", "tbl1")
                .body(body));

        assertThat(platform.calls.get(0).text()).isEqualTo(exact);
        var read = response.data().path("record").path("fields");
        assertThat(new ObjectMapper().writeValueAsString(response.data().path("record")))
                .isEqualTo(exact);
        assertThat(read.path("Amount").decimalValue()).isEqualTo(new BigDecimal("12345678901234567890.12"));
        assertThat(read.path("Note").isNull()).isTrue();
    }

    @Test
    void a_success_has_its_data_its_root_and_its_log_id() {
        platform.next(json(200, "{\"code\":0,\"msg\":\"ok\",\"bot\":{\"open_id\":\"ou_b\"}}", "X-TT-LOGID", "2023ok"));
        var response = client.call(ApiRequest.get("/open-apis/bot/v3/info"));

        assertThat(response.data().isMissingNode()).isTrue();
        assertThat(response.root().path("bot").path("open_id").asText()).isEqualTo("ou_b");
        assertThat(response.logId()).isEqualTo("2023ok");
        assertThat(response.status()).isEqualTo(200);
    }

    @Test
    void a_path_variable_reaches_the_wire_as_one_segment() {
        client.call(ApiRequest.get("/open-apis/im/v1/messages/:message_id").with("message_id", "../../x y?z=1"));
        assertThat(platform.calls.get(0).uri()).isEqualTo("/open-apis/im/v1/messages/..%2F..%2Fx%20y%3Fz%3D1");
    }

    @Test
    void a_get_with_a_body_is_refused_before_it_is_sent() {
        assertThatThrownBy(() -> client.call(
                        ApiRequest.get("/open-apis/bot/v3/info").body(JsonNodeFactory.instance.objectNode())))
                .isInstanceOf(FeishuRejectedException.class);
        assertThat(platform.calls).isEmpty();
    }

    @Test
    void a_post_without_a_body_is_sent_empty() {
        client.call(ApiRequest.post("/open-apis/approval/v4/approvals/:approval_code/subscribe")
                .with("approval_code", "7C468A54"));
        assertThat(platform.calls.get(0).body()).isEmpty();
        assertThat(platform.calls.get(0).method()).isEqualTo("POST");
    }

    @Test
    void the_bot_is_asked_for_once_and_again_while_it_does_not_answer() {
        var bot = new Bot(client);
        platform.next(
                json(400, "{\"code\":99991662,\"msg\":\"app disabled\"}"),
                json(200, "{\"code\":0,\"bot\":{}}"),
                json(200, "{\"code\":0,\"bot\":{\"open_id\":\"ou_bot\"}}"));

        assertThatThrownBy(bot::openId).isInstanceOf(FeishuRejectedException.class);
        assertThatThrownBy(bot::openId).hasMessageContaining("no bot");
        assertThat(bot.openId()).isEqualTo("ou_bot");
        assertThat(bot.openId()).isEqualTo("ou_bot");
        assertThat(platform.calls).hasSize(3);
    }

    private static void say(StringWriter said, FeishuClient client, ApiRequest request) {
        var e = catchThrowableOfType(FeishuException.class, () -> client.call(request));
        assertThat(e).isNotNull();
        e.printStackTrace(new PrintWriter(said, true));
        said.append(String.valueOf(e.hint())).append('\n');
    }

    @Test
    void the_one_get_that_wants_a_body_has_it() throws IOException {
        platform.next(json(200, "{\"code\":0,\"data\":{\"data\":[]}}"));
        var tasks = JsonNodeFactory.instance.objectNode();
        tasks.putArray("approval_codes").add("A-1");

        var response = client.call(ApiRequest.get("/open-apis/approval/v4/external_tasks")
                .query("page_size", "10")
                .body(tasks));

        assertThat(response.data().path("data").isArray()).isTrue();
        var seen = platform.calls.get(platform.calls.size() - 1);
        assertThat(seen.method()).isEqualTo("GET");
        assertThat(seen.uri()).isEqualTo("/open-apis/approval/v4/external_tasks?page_size=10");
        assertThat(seen.authorization()).startsWith("Bearer t-");
        assertThat(platform.parse(seen.text())).isEqualTo(tasks);
    }
}
