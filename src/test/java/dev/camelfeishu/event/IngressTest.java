package dev.camelfeishu.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.camelfeishu.event.PlatformSender.Request;
import dev.camelfeishu.event.Verdict.Callback;
import dev.camelfeishu.event.Verdict.Cause;
import dev.camelfeishu.event.Verdict.Challenge;
import dev.camelfeishu.event.Verdict.Event;
import dev.camelfeishu.event.Verdict.Refusal;
import dev.camelfeishu.event.Verdict.Ticket;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Ingress decides on the raw bytes")
class IngressTest {

    private static final Instant NOW = Instant.parse("2024-05-01T08:00:00Z");
    private static final PlatformSender FEISHU = new PlatformSender("test key", "vtoken");
    private static final PlatformSender FORGER = new PlatformSender("other key", "other token");

    private static final String EVENT = """
            {"schema":"2.0","header":{"event_id":"5e37","event_type":"contact.user.updated_v3","create_time":"1608725989000",\
            "token":"vtoken","app_id":"cli_x","tenant_key":"2ca1"},"event":{"object":{"open_id":"ou_1"}}}""";
    private static final String OLD_EVENT = """
            {"ts":"1502199207.7171419","uuid":"bc44","token":"vtoken","type":"event_callback",\
            "event":{"type":"approval_instance","app_id":"cli_x","tenant_key":"t1","instance_code":"81D3","uuid":"6525"}}""";
    private static final String CARD = """
            {"schema":"2.0","header":{"event_id":"f798","token":"vtoken","create_time":"1603977298000000",\
            "event_type":"card.action.trigger","tenant_key":"t","app_id":"cli_x"},"event":{"token":"c-295e",\
            "action":{"value":"a string","tag":"button"},"context":{"open_message_id":"om_x","open_chat_id":"oc_x"}}}""";
    private static final String OLD_CARD = """
            {"open_id":"ou_x","open_message_id":"om_x","tenant_key":"t","token":"c-77","action":{"value":{"k":"v"},"tag":"button"}}""";
    private static final String CHALLENGE =
            "{\"challenge\":\"ajls\\\"384\",\"token\":\"vtoken\",\"type\":\"url_verification\"}";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Ingress ingress = ingress(IngressSettings.of("cli_x", "test key", "vtoken", false));

    private Ingress ingress(IngressSettings settings) {
        return new Ingress(settings, meters, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static Verdict event(Ingress ingress, Request request) {
        return ingress.event(request.body(), Headers.of(request.headers()));
    }

    private static Verdict card(Ingress ingress, Request request) {
        return ingress.card(request.body(), Headers.of(request.headers()));
    }

    private FeishuEvent stored(String plain) {
        assertThat(event(ingress, FEISHU.encrypted(plain))).isInstanceOf(Event.class);
        return ((Event) event(ingress, FEISHU.encrypted(plain))).event();
    }

    @Test
    void documented_ciphertext_gives_documented_text() {
        assertThat(new EncryptKey("test key").decrypt("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="))
                .contains(PlatformSender.utf8("hello world"));
    }

    @Test
    void documented_signatures_match_byte_for_byte() {
        byte[] body = PlatformSender.utf8("{\"encrypt\":\"P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=\"}");
        Signature event = new Signature(
                "1700000000", "n0nce", "bed8fdd3e4bbc581364c140b572ec676edff3db612d57bbc07a24d062c40ddf3");
        assertThat(new EncryptKey("test key").signed(event, body)).isTrue();

        Signature card = new Signature("1700000000", "n0nce", "c23f0ff5a616116dd26e9026193b12ad9f55558d");
        byte[] cardBody = PlatformSender.utf8("{\"open_id\":\"ou_x\"}");
        assertThat(card.isOf(Signature.SHA_1, PlatformSender.utf8("vtoken"), cardBody))
                .isTrue();
    }

    @Test
    void text_that_ends_in_bytes_above_127_keeps_its_tail() {
        assertThat(new EncryptKey("test key").decrypt(FEISHU.encrypt(PlatformSender.utf8("abc中"))))
                .contains(PlatformSender.utf8("abc中"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 17, 255})
    void wrong_padding_is_not_decrypted(int padding) {
        // 10 bytes of text: only a padding of 6 is right
        assertThat(new EncryptKey("test key").decrypt(FEISHU.encrypt(PlatformSender.utf8("0123456789"), padding)))
                .isEmpty();
    }

    @Test
    void signed_and_encrypted_event_is_accepted_without_its_token() {
        FeishuEvent event = stored(EVENT);
        assertThat(event.appId()).isEqualTo("cli_x");
        assertThat(event.tenantKey()).isEqualTo("2ca1");
        assertThat(event.eventId()).isEqualTo("5e37");
        assertThat(event.type()).isEqualTo("contact.user.updated_v3");
        assertThat(event.key()).isEqualTo("ou_1");
        assertThat(event.createdAt()).isEqualTo(Instant.ofEpochMilli(1608725989000L));
        assertThat(event.payload().path("header").has("token")).isFalse();
        assertThat(event.payload().path("header").path("event_id").textValue()).isEqualTo("5e37");
    }

    @Test
    void old_envelope_is_accepted_under_its_outer_uuid() {
        FeishuEvent event = stored(OLD_EVENT);
        assertThat(event.eventId()).isEqualTo("bc44");
        assertThat(event.type()).isEqualTo("approval_instance");
        assertThat(event.key()).isEqualTo("81D3");
        assertThat(event.tenantKey()).isEqualTo("t1");
        assertThat(event.createdAt()).isEqualTo(Instant.parse("2017-08-08T13:33:27.717141Z"));
        assertThat(event.payload().has("token")).isFalse();
        assertThat(event.event().path("uuid").textValue()).isEqualTo("6525");
    }

    @Test
    void message_is_known_by_its_message_id_and_ordered_by_chat() {
        FeishuEvent event = stored("""
                {"schema":"2.0","header":{"event_id":"e1","event_type":"im.message.receive_v1","token":"vtoken"},
                 "event":{"message":{"message_id":"om_1","chat_id":"oc_1","content":"{}"}}}""");
        assertThat(event.eventId()).isEqualTo("om_1");
        assertThat(event.key()).isEqualTo("oc_1");
        assertThat(event.appId()).isEqualTo("cli_x");
        assertThat(event.tenantKey()).isEmpty();
        assertThat(event.createdAt()).isEqualTo(NOW);
    }

    static Stream<Arguments> keys() {
        return Stream.of(
                arguments(
                        "drive.file.bitable_record_changed_v1",
                        "{\"file_token\":\"bas\",\"table_id\":\"tbl\"}",
                        "bas/tbl"),
                arguments("drive.file.edit_v1", "{\"file_token\":\"bas\"}", "bas"),
                arguments("im.chat.member.bot.added_v1", "{\"chat_id\":\"oc_2\"}", "oc_2"),
                arguments("approval.instance.trip_group_update_v4", "{\"object\":{\"instance_code\":\"I\"}}", "I"),
                arguments("approval.task.status_changed_v4", "{\"instance_code\":\"J\",\"task_id\":\"1\"}", "J"),
                arguments("contact.department.updated_v3", "{\"object\":{\"open_department_id\":\"od\"}}", "od"),
                arguments("application.bot.menu_v6", "{\"operator\":{\"operator_id\":{\"open_id\":\"ou_3\"}}}", "ou_3"),
                arguments("some.new.type_v9", "{\"chat_id\":{\"not\":\"text\"}}", "id-1"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void what_must_stay_in_order_is_the_key(String type, String event, String key) {
        assertThat(stored("{\"schema\":\"2.0\",\"header\":{\"event_id\":\"id-1\",\"event_type\":\"" + type
                                + "\",\"token\":\"vtoken\"},\"event\":" + event + "}")
                        .key())
                .isEqualTo(key);
    }

    @ParameterizedTest
    @CsvSource({
        "create_time, '\"1608725989123\"', 2020-12-23T12:19:49.123Z",
        "create_time, 1608725989123, 2020-12-23T12:19:49.123Z",
        "create_time, '\"1603977298000001\"', 2020-10-29T13:14:58.000001Z",
        "event_create_time, '\"1502199207.7171419\"', 2017-08-08T13:33:27.717141Z",
        "create_time, '\"soon\"', 2024-05-01T08:00:00Z",
        "create_time, '\"-1\"', 2024-05-01T08:00:00Z",
        "create_time, '\"99999999999999999999\"', 2024-05-01T08:00:00Z",
        "create_time, '{}', 2024-05-01T08:00:00Z"
    })
    void time_is_read_in_each_of_its_units(String name, String value, String expected) {
        assertThat(stored(
                                "{\"schema\":\"2.0\",\"header\":{\"event_id\":\"i\",\"event_type\":\"a.b_v1\",\"token\":\"vtoken\",\""
                                        + name + "\":" + value + "},\"event\":{}}")
                        .createdAt())
                .isEqualTo(Instant.parse(expected));
    }

    @Test
    void task_event_without_id_is_known_by_what_it_tells() {
        FeishuEvent event = stored("""
                {"schema":"2.0","header":{"event_type":"approval.task.status_changed_v4","token":"vtoken"},
                 "event":{"instance_code":"I","task_id":"77","status":"APPROVED","operate_time":1666079207003}}""");
        assertThat(event.eventId()).isEqualTo("approval.task.status_changed_v4/77/APPROVED/1666079207003");
        assertThat(event.key()).isEqualTo("I");
    }

    @Test
    void a_ticket_is_taken_out_of_its_event() {
        String pushed = """
                {"ts":"1502199207.7171419","uuid":"u-1","token":"vtoken","type":"event_callback",
                 "event":{"type":"app_ticket","app_id":"cli_x","app_ticket":"t-secret"}}""";
        assertThat(event(ingress, FEISHU.encrypted(pushed))).isInstanceOfSatisfying(Ticket.class, ticket -> {
            assertThat(ticket.ticket()).isEqualTo("t-secret");
            assertThat(ticket.event().type()).isEqualTo("app_ticket");
            assertThat(ticket.event().createdAt()).isEqualTo(Instant.parse("2017-08-08T13:33:27.717141Z"));
            assertThat(ticket.toString()).doesNotContain("t-secret");
        });
        for (String without : List.of("", "null", "{}", "1")) {
            String value = without.isEmpty() ? "\"\"" : without;
            assertThat(event(ingress, FEISHU.encrypted(pushed.replace("\"t-secret\"", value))))
                    .isEqualTo(new Refusal(Cause.NOT_AN_EVENT));
        }
    }

    @Test
    void the_trace_of_the_request_goes_with_the_event() {
        String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        Request request = FEISHU.encrypted(EVENT).with("traceparent", parent).with("tracestate", "vendor=a");
        assertThat(event(ingress, request))
                .isInstanceOfSatisfying(
                        Event.class,
                        event -> assertThat(event.event().trace()).isEqualTo(new TraceContext(parent, "vendor=a")));
        assertThat(stored(EVENT).trace().traceId())
                .isNotEqualTo(stored(EVENT).trace().traceId());
    }

    @Test
    void what_jsonb_cannot_hold_is_replaced() {
        FeishuEvent event = stored(EVENT.replace("ou_1", "a\\u0000b\\ud800c\\ud83d\\ude00"));
        assertThat(event.event().path("object").path("open_id").textValue()).isEqualTo("a\uFFFDb\uFFFDc\uD83D\uDE00");
    }

    @Test
    void challenge_is_answered_as_json_whether_plain_encrypted_or_signed() {
        Challenge answer = new Challenge("{\"challenge\":\"ajls\\\"384\"}");
        assertThat(event(ingress, new Request(PlatformSender.utf8(CHALLENGE), Map.of())))
                .isEqualTo(answer);
        assertThat(event(ingress, FEISHU.encrypted(CHALLENGE).unsigned())).isEqualTo(answer);
        assertThat(event(ingress, FEISHU.encrypted(CHALLENGE))).isEqualTo(answer);
        assertThat(card(ingress, FEISHU.encrypted(CHALLENGE).unsigned())).isEqualTo(answer);
        Ingress withoutKey = ingress(IngressSettings.of("cli_x", "", "vtoken", false));
        assertThat(event(withoutKey, new Request(PlatformSender.utf8(CHALLENGE), Map.of())))
                .isEqualTo(answer);
    }

    @Test
    void both_values_are_valid_while_a_secret_is_rotated() {
        Ingress rotating = ingress(IngressSettings.of("cli_x", "new key, test key", "new token,vtoken", false));
        assertThat(event(rotating, FEISHU.encrypted(EVENT))).isInstanceOf(Event.class);
        PlatformSender after = new PlatformSender("new key", "new token");
        assertThat(event(rotating, after.encrypted(EVENT.replace("vtoken", "new token"))))
                .isInstanceOf(Event.class);
        assertThat(event(rotating, FEISHU.encrypted(CHALLENGE).unsigned())).isInstanceOf(Challenge.class);
        assertThat(card(rotating, after.oldCard(OLD_CARD))).isInstanceOf(Callback.class);
        assertThatThrownBy(() -> IngressSettings.of("cli_x", "a,b,c", "t", false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FEISHU_ENCRYPT_KEY")
                .hasMessageNotContaining("a,b");
    }

    @Test
    void secrets_are_not_shown() {
        assertThat(IngressSettings.of("cli_x", "test key", "vtoken", false).toString())
                .doesNotContain("test key", "vtoken");
    }

    @Test
    void redelivery_with_the_first_signature_is_accepted_however_old() {
        // the timestamp in the header is of 2023, the clock says 2024
        assertThat(event(ingress, FEISHU.encrypted(EVENT))).isInstanceOf(Event.class);
    }

    @Test
    void header_names_do_not_tell_upper_from_lower_case() {
        Request request = FEISHU.encrypted(EVENT);
        Map<String, String> headers = Map.of(
                "X-LARK-Request-Timestamp", request.headers().get("x-lark-request-timestamp"),
                "X-Lark-Request-NONCE", request.headers().get("x-lark-request-nonce"),
                "X-Lark-Signature", request.headers().get("x-lark-signature"));
        assertThat(event(ingress, new Request(request.body(), headers))).isInstanceOf(Event.class);
    }

    @Test
    void plain_event_is_accepted_where_that_is_allowed_and_the_token_is_right() {
        Ingress open = ingress(new IngressSettings("cli_x", List.of(), List.of("vtoken"), true));
        assertThat(event(open, new Request(PlatformSender.utf8(EVENT), Map.of())))
                .isInstanceOf(Event.class);
        assertThat(event(open, new Request(PlatformSender.utf8(EVENT.replace("vtoken", "x")), Map.of())))
                .isEqualTo(new Refusal(Cause.WRONG_TOKEN));
    }

    /** Each request without a trace begins one of its own. */
    private static void assertSame(Verdict actual, Verdict expected) {
        assertThat(actual)
                .usingRecursiveComparison()
                .ignoringFields("event.trace")
                .isEqualTo(expected);
    }

    @Test
    void card_callback_keeps_its_own_token() {
        Verdict verdict = card(ingress, FEISHU.encrypted(CARD));
        assertThat(verdict).isInstanceOfSatisfying(Callback.class, callback -> {
            assertThat(callback.format()).isEqualTo(Verdict.Format.ENVELOPE);
            assertThat(callback.event().key()).isEqualTo("om_x");
            assertThat(callback.event().eventId()).isEqualTo("f798");
            assertThat(callback.event().createdAt()).isEqualTo(Instant.parse("2020-10-29T13:14:58Z"));
            assertThat(callback.event().event().path("token").textValue()).isEqualTo("c-295e");
            assertThat(callback.event().payload().path("header").has("token")).isFalse();
        });
        assertSame(event(ingress, FEISHU.encrypted(CARD)), verdict);
    }

    @Test
    void old_card_callback_is_accepted_plain_and_encrypted_at_the_card_url() {
        Verdict plain = card(ingress, FEISHU.oldCard(OLD_CARD));
        assertThat(plain).isInstanceOfSatisfying(Callback.class, callback -> {
            assertThat(callback.format()).isEqualTo(Verdict.Format.BARE);
            assertThat(callback.event().type()).isEqualTo("card.action.trigger_v1");
            assertThat(callback.event().eventId()).isEqualTo("c-77");
            assertThat(callback.event().key()).isEqualTo("om_x");
            assertThat(callback.event().tenantKey()).isEqualTo("t");
            assertThat(callback.event().createdAt()).isEqualTo(NOW);
            assertThat(callback.event().event().path("token").textValue()).isEqualTo("c-77");
        });
        String encrypted = "{\"encrypt\":\"" + FEISHU.encrypt(PlatformSender.utf8(OLD_CARD)) + "\"}";
        assertSame(card(ingress, FEISHU.oldCard(encrypted)), plain);
        Ingress withoutKey = ingress(IngressSettings.of("cli_x", null, "vtoken", false));
        assertSame(card(withoutKey, FEISHU.oldCard(OLD_CARD)), plain);
    }

    @Test
    void old_card_callback_is_known_by_its_refresh_token() {
        Request request = FEISHU.oldCard(OLD_CARD).with("X-Refresh-Token", "r-1");
        assertThat(((Callback) card(ingress, request)).event().eventId()).isEqualTo("r-1");
        Request unfit = FEISHU.oldCard(OLD_CARD).with("X-Refresh-Token", "r 1\n");
        assertThat(((Callback) card(ingress, unfit)).event().eventId()).isEqualTo("c-77");
    }

    @Test
    void long_connection_needs_no_token_but_the_right_app() {
        String plain = EVENT.replace("\"token\":\"vtoken\",", "");
        assertThat(ingress.socket(PlatformSender.utf8(plain))).isInstanceOf(Event.class);
        assertThat(ingress.socket(PlatformSender.utf8(plain.replace("cli_x", "cli_y"))))
                .isEqualTo(new Refusal(Cause.WRONG_APP));
    }

    static Stream<Arguments> refusals() {
        Request right = FEISHU.encrypted(EVENT);
        String text = new String(right.body(), java.nio.charset.StandardCharsets.UTF_8);
        String signature = right.headers().get("x-lark-signature");
        String tampered = text.replace(text.charAt(40), text.charAt(40) == 'A' ? 'B' : 'A');
        return Stream.of(
                arguments("forged with another key", FORGER.encrypted(EVENT), Cause.WRONG_SIGNATURE),
                arguments("tampered body", right.body(tampered), Cause.WRONG_SIGNATURE),
                arguments("re-serialised body", right.body(text.replace(":", ": ")), Cause.WRONG_SIGNATURE),
                arguments(
                        "tampered timestamp",
                        right.with("x-lark-request-timestamp", "1700000001"),
                        Cause.WRONG_SIGNATURE),
                arguments("tampered nonce", right.with("x-lark-request-nonce", "n"), Cause.WRONG_SIGNATURE),
                arguments(
                        "signature in upper case",
                        right.with("x-lark-signature", signature.toUpperCase(java.util.Locale.ROOT)),
                        Cause.WRONG_SIGNATURE),
                arguments(
                        "half a signature",
                        right.with("x-lark-signature", signature.substring(32)),
                        Cause.WRONG_SIGNATURE),
                arguments("signature not in ASCII", right.with("x-lark-signature", "é"), Cause.WRONG_SIGNATURE),
                arguments("SHA-1 signature on an event", FEISHU.oldCard(text), Cause.WRONG_SIGNATURE),
                arguments("no signature", right.without("x-lark-signature"), Cause.MISSING_SIGNATURE),
                arguments("empty signature", right.with("x-lark-signature", ""), Cause.MISSING_SIGNATURE),
                arguments("no timestamp", right.without("x-lark-request-timestamp"), Cause.MISSING_SIGNATURE),
                arguments("no nonce", right.without("x-lark-request-nonce"), Cause.MISSING_SIGNATURE),
                arguments("no header at all", right.unsigned(), Cause.MISSING_SIGNATURE),
                arguments("unsigned, with another key", FORGER.encrypted(EVENT).unsigned(), Cause.MISSING_SIGNATURE),
                arguments("plain and unsigned", new Request(PlatformSender.utf8(EVENT), Map.of()), Cause.NOT_ENCRYPTED),
                arguments("plain and signed", FEISHU.signed(EVENT), Cause.NOT_ENCRYPTED),
                arguments(
                        "plain old envelope",
                        new Request(PlatformSender.utf8(OLD_EVENT), Map.of()),
                        Cause.NOT_ENCRYPTED),
                arguments("wrong token", FEISHU.encrypted(EVENT.replace("vtoken", "Vtoken")), Cause.WRONG_TOKEN),
                arguments("longer token", FEISHU.encrypted(EVENT.replace("vtoken", "vtokenn")), Cause.WRONG_TOKEN),
                arguments("no token", FEISHU.encrypted(EVENT.replace("\"token\"", "\"tok\"")), Cause.MISSING_TOKEN),
                arguments("empty token", FEISHU.encrypted(EVENT.replace("vtoken", "")), Cause.MISSING_TOKEN),
                arguments("token not a text", FEISHU.encrypted(EVENT.replace("\"vtoken\"", "7")), Cause.MISSING_TOKEN),
                arguments(
                        "wrong token, old envelope",
                        FEISHU.encrypted(OLD_EVENT.replace("vtoken", "v")),
                        Cause.WRONG_TOKEN),
                arguments("another app", FEISHU.encrypted(EVENT.replace("cli_x", "cli_y")), Cause.WRONG_APP),
                arguments(
                        "another app, old envelope",
                        FEISHU.encrypted(OLD_EVENT.replace("cli_x", "cli_y")),
                        Cause.WRONG_APP),
                arguments("app not a text", FEISHU.encrypted(EVENT.replace("\"cli_x\"", "{}")), Cause.WRONG_APP),
                arguments(
                        "signed, but encrypted with another key",
                        FEISHU.signed("{\"encrypt\":\"" + FORGER.encrypt(PlatformSender.utf8(EVENT)) + "\"}"),
                        Cause.UNDECRYPTABLE),
                arguments(
                        "signed, wrong padding",
                        FEISHU.signed("{\"encrypt\":\"" + FEISHU.encrypt(PlatformSender.utf8(EVENT + "  "), 0) + "\"}"),
                        Cause.UNDECRYPTABLE),
                arguments("signed, no base64", FEISHU.signed("{\"encrypt\":\"?\"}"), Cause.UNDECRYPTABLE),
                arguments("signed, nothing encrypted", FEISHU.signed("{\"encrypt\":\"\"}"), Cause.UNDECRYPTABLE),
                arguments(
                        "signed, no whole block",
                        FEISHU.signed("{\"encrypt\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}"),
                        Cause.UNDECRYPTABLE),
                arguments(
                        "challenge with the wrong token",
                        new Request(PlatformSender.utf8(CHALLENGE.replace("vtoken", "x")), Map.of()),
                        Cause.WRONG_TOKEN),
                arguments(
                        "encrypted challenge with the wrong token",
                        FEISHU.encrypted(CHALLENGE.replace("vtoken", "x")).unsigned(),
                        Cause.WRONG_TOKEN),
                arguments(
                        "challenge without a token",
                        new Request(
                                PlatformSender.utf8("{\"type\":\"url_verification\",\"challenge\":\"c\"}"), Map.of()),
                        Cause.MISSING_TOKEN),
                arguments("challenge of a forger", FORGER.encrypted(CHALLENGE).unsigned(), Cause.MISSING_SIGNATURE),
                arguments("encrypt not a text", FEISHU.signed("{\"encrypt\":{}}"), Cause.NOT_AN_EVENT),
                arguments("old card at the event URL", FEISHU.oldCard(OLD_CARD), Cause.NOT_AN_EVENT),
                arguments("nothing", FEISHU.signed(""), Cause.NOT_JSON),
                arguments("no JSON", FEISHU.signed("challenge"), Cause.NOT_JSON),
                arguments("an array", FEISHU.signed("[]"), Cause.NOT_JSON),
                arguments("truncated", right.body(text.substring(0, text.length() - 1)), Cause.NOT_JSON),
                arguments("two objects", right.body(text + text), Cause.NOT_JSON),
                arguments(
                        "not UTF-8",
                        right.body(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}),
                        Cause.NOT_JSON),
                arguments(
                        "UTF-16", right.body(EVENT.getBytes(java.nio.charset.StandardCharsets.UTF_16)), Cause.NOT_JSON),
                arguments("an empty object", FEISHU.signed("{}"), Cause.NOT_AN_EVENT),
                arguments("encrypted text that is no JSON", FEISHU.encrypted("hello world"), Cause.NOT_JSON),
                arguments("encrypted array", FEISHU.encrypted("[1]"), Cause.NOT_JSON),
                arguments("encrypted object that is no event", FEISHU.encrypted("{\"a\":1}"), Cause.NOT_AN_EVENT),
                arguments("another schema", FEISHU.encrypted(EVENT.replace("2.0", "3.0")), Cause.NOT_AN_EVENT),
                arguments(
                        "header not an object",
                        FEISHU.encrypted("{\"schema\":\"2.0\",\"header\":[],\"event\":{}}"),
                        Cause.NOT_AN_EVENT),
                arguments(
                        "event an array",
                        FEISHU.encrypted(EVENT.replace("{\"object\":{\"open_id\":\"ou_1\"}}", "[]")),
                        Cause.NOT_AN_EVENT),
                arguments(
                        "type an object",
                        FEISHU.encrypted(OLD_EVENT.replace("\"approval_instance\"", "{}")),
                        Cause.NOT_AN_EVENT),
                arguments(
                        "type with a line break",
                        FEISHU.encrypted(EVENT.replace("updated_v3", "u\\n")),
                        Cause.NOT_AN_EVENT),
                arguments("no id", FEISHU.encrypted(EVENT.replace("event_id", "id")), Cause.NOT_AN_EVENT),
                arguments(
                        "id of 300 characters",
                        FEISHU.encrypted(EVENT.replace("5e37", "x".repeat(300))),
                        Cause.NOT_AN_EVENT),
                arguments("tenant with a space", FEISHU.encrypted(EVENT.replace("2ca1", "a b")), Cause.NOT_AN_EVENT),
                arguments(
                        "duplicate names",
                        FEISHU.encrypted(EVENT.replace("{\"schema\"", "{\"schema\":\"1\",\"schema\"")),
                        Cause.NOT_JSON),
                arguments(
                        "deep nesting",
                        FEISHU.signed("{\"a\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}"),
                        Cause.NOT_JSON),
                arguments(
                        "long number", FEISHU.encrypted(EVENT.replace("\"ou_1\"", "9".repeat(2_000))), Cause.NOT_JSON),
                arguments("huge number", FEISHU.encrypted(EVENT.replace("\"ou_1\"", "1e999999")), Cause.NOT_JSON),
                arguments(
                        "immeasurable number",
                        FEISHU.encrypted(EVENT.replace("\"ou_1\"", "1e99999999999")),
                        Cause.NOT_JSON),
                arguments("more than 1 MiB", FEISHU.signed(" ".repeat(1 << 20) + "{}"), Cause.TOO_LARGE));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("refusals")
    void refused(String what, Request request, Cause cause) {
        assertThat(event(ingress, request)).as(what).isEqualTo(new Refusal(cause));
        assertThat(meters.counter(
                                "feishu.ingress.rejected", "cause", cause.name().toLowerCase(java.util.Locale.ROOT))
                        .count())
                .isEqualTo(1);
    }

    static Stream<Arguments> cardRefusals() {
        return Stream.of(
                arguments("signed with another token", FORGER.oldCard(OLD_CARD), Cause.WRONG_SIGNATURE),
                arguments("signed with the encrypt key", FEISHU.signed(OLD_CARD), Cause.WRONG_SIGNATURE),
                arguments("unsigned", FEISHU.oldCard(OLD_CARD).unsigned(), Cause.MISSING_SIGNATURE),
                arguments(
                        "tampered",
                        FEISHU.oldCard(OLD_CARD).body(OLD_CARD.replace("ou_x", "ou_y")),
                        Cause.WRONG_SIGNATURE),
                arguments("encrypted with the new signature", FEISHU.encrypted(OLD_CARD), Cause.NOT_AN_EVENT),
                arguments(
                        "event with the old signature",
                        FEISHU.oldCard("{\"encrypt\":\"" + FEISHU.encrypt(PlatformSender.utf8(EVENT)) + "\"}"),
                        Cause.NOT_AN_EVENT),
                arguments(
                        "without anything that tells clicks apart",
                        FEISHU.oldCard(OLD_CARD.replace("\"token\"", "\"tok\"")),
                        Cause.NOT_AN_EVENT),
                arguments(
                        "encrypted with another key",
                        FEISHU.oldCard("{\"encrypt\":\"" + FORGER.encrypt(PlatformSender.utf8(OLD_CARD)) + "\"}"),
                        Cause.UNDECRYPTABLE),
                arguments("plain new callback", FEISHU.oldCard(CARD), Cause.NOT_ENCRYPTED));
    }

    @ParameterizedTest(name = "old card callback {0}: {2}")
    @MethodSource("cardRefusals")
    void refused_at_the_card_url(String what, Request request, Cause cause) {
        assertThat(card(ingress, request)).as(what).isEqualTo(new Refusal(cause));
    }

    @Test
    void nothing_is_accepted_while_nothing_is_configured() {
        Ingress bare = ingress(IngressSettings.of("cli_x", null, " ", true));
        for (Request request : List.of(
                FEISHU.encrypted(EVENT),
                FEISHU.oldCard(OLD_CARD),
                new Request(PlatformSender.utf8(EVENT.replace("vtoken", "")), Map.of()),
                new Request(PlatformSender.utf8(CHALLENGE.replace("vtoken", "")), Map.of()))) {
            assertThat(event(bare, request)).isEqualTo(new Refusal(Cause.NOT_CONFIGURED));
            assertThat(card(bare, request)).isEqualTo(new Refusal(Cause.NOT_CONFIGURED));
        }
    }

    @Test
    void without_a_key_events_are_refused_unless_that_is_allowed() {
        Ingress closed = ingress(IngressSettings.of("cli_x", null, "vtoken", false));
        assertThat(event(closed, new Request(PlatformSender.utf8(EVENT), Map.of())))
                .isEqualTo(new Refusal(Cause.UNSIGNED));
        assertThat(event(closed, FEISHU.encrypted(EVENT))).isEqualTo(new Refusal(Cause.UNDECRYPTABLE));
    }

    @ParameterizedTest
    @CsvSource({"TOO_LARGE, 413", "NOT_JSON, 400", "NOT_AN_EVENT, 400", "WRONG_SIGNATURE, 401", "WRONG_APP, 401"})
    void each_refusal_has_its_status(Cause cause, int status) {
        assertThat(new Refusal(cause).status()).isEqualTo(status);
    }
}
