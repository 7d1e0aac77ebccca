package dev.camelfeishu.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.camelfeishu.event.PlatformSender.Request;
import dev.camelfeishu.event.Verdict.Refusal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/** Whatever a stranger sends is refused, and never more than refused. */
class IngressProperties {

    private static final PlatformSender FEISHU = new PlatformSender("test key", "vtoken");
    private static final String EVENT = """
            {"schema":"2.0","header":{"event_id":"5e37","event_type":"a.b_v1","create_time":"1608725989000","token":"vtoken",\
            "app_id":"cli_x","tenant_key":"2ca1"},"event":{"list":[1,2.5,{"deep":true}],"text":"中文"}}""";

    private final Ingress ingress = new Ingress(
            IngressSettings.of("cli_x", "test key", "vtoken", false), new SimpleMeterRegistry(), Clock.systemUTC());

    private void refused(byte[] body, Headers headers) {
        assertThat(ingress.event(body, headers)).isInstanceOf(Refusal.class);
        assertThat(ingress.card(body, headers)).isInstanceOf(Refusal.class);
    }

    @Property(tries = 500)
    void random_bytes_are_refused(@ForAll @Size(max = 300) byte[] body, @ForAll String header) {
        refused(body, name -> header);
        refused(body, Headers.NONE);
    }

    @Property(tries = 500)
    void a_request_with_one_changed_byte_is_refused(
            @ForAll @IntRange(max = 10_000) int position, @ForAll @ByteRange(min = 1, max = 127) byte change) {
        Request request = FEISHU.encrypted(EVENT);
        byte[] body = request.body();
        body[position % body.length] ^= change;
        refused(body, Headers.of(request.headers()));
    }

    @Property(tries = 200)
    void a_shortened_or_lengthened_request_is_refused(@ForAll @IntRange(max = 600) int length) {
        Request request = FEISHU.encrypted(EVENT);
        if (length != request.body().length) {
            refused(Arrays.copyOf(request.body(), length), Headers.of(request.headers()));
        }
    }

    @Property(tries = 500)
    void a_plain_text_with_one_changed_byte_gives_a_verdict_even_when_it_is_signed(
            @ForAll @IntRange(max = 10_000) int position, @ForAll byte value) {
        byte[] plain = PlatformSender.utf8(EVENT);
        plain[position % plain.length] = value;
        Request request = FEISHU.signed("{\"encrypt\":\"" + FEISHU.encrypt(plain) + "\"}");
        assertThat(ingress.event(request.body(), Headers.of(request.headers()))).isNotNull();
        assertThat(ingress.socket(plain)).isNotNull();
    }

    @Property(tries = 300)
    void random_cipher_text_under_a_right_signature_is_refused(@ForAll @Size(max = 120) byte[] raw) {
        String text = java.util.Base64.getEncoder().encodeToString(raw);
        Request request = FEISHU.signed("{\"encrypt\":\"" + text + "\"}");
        refused(request.body(), Headers.of(request.headers()));
        Request old = FEISHU.oldCard("{\"encrypt\":\"" + text + "\"}");
        refused(old.body(), Headers.of(old.headers()));
    }

    @Property(tries = 300)
    void members_of_any_text_give_a_verdict(
            @ForAll String id, @ForAll String tenant, @ForAll String type, @ForAll String key) {
        com.fasterxml.jackson.databind.node.ObjectNode body =
                com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode();
        body.put("schema", "2.0");
        body.putObject("header")
                .put("event_id", id)
                .put("tenant_key", tenant)
                .put("event_type", type)
                .put("create_time", key)
                .put("token", "vtoken");
        body.putObject("event").put("instance_code", key).put(id, tenant);
        Request request = FEISHU.encrypted(body.toString());
        assertThat(ingress.event(request.body(), Headers.of(request.headers()))).isNotNull();
    }

    /** Valid requests of every kind, which are then spoilt. */
    private static final List<String> PLAIN = List.of(
            EVENT,
            """
            {"ts":"1502199207.7171419","uuid":"bc44","token":"vtoken","type":"event_callback",\
            "event":{"type":"approval_instance","app_id":"cli_x","tenant_key":"t1","instance_code":"81D3","uuid":"6525"}}""",
            """
            {"ts":"1502199207","uuid":"u-1","token":"vtoken","type":"event_callback",\
            "event":{"type":"app_ticket","app_id":"cli_x","app_ticket":"secret"}}""",
            """
            {"schema":"2.0","header":{"event_id":"e1","event_type":"im.message.receive_v1","token":"vtoken","app_id":"cli_x"},\
            "event":{"message":{"message_id":"om_1","chat_id":"oc_1","content":"{}"}}}""",
            """
            {"schema":"2.0","header":{"event_id":"f7","token":"vtoken","create_time":"1603977298000000",\
            "event_type":"card.action.trigger","tenant_key":"t","app_id":"cli_x"},"event":{"token":"c-1",\
            "action":{"value":{"a":1}},"context":{"open_message_id":"om_x"}}}""",
            "{\"challenge\":\"c\",\"token\":\"vtoken\",\"type\":\"url_verification\"}",
            "{\"open_id\":\"ou_x\",\"open_message_id\":\"om_x\",\"token\":\"c-7\",\"action\":{\"value\":{\"k\":\"v\"}}}");

    /** Pieces that parsers stumble over. */
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\\",
            ":",
            ",",
            "\\u0000",
            "\\ud800",
            "\u0000",
            "\ufeff",
            "null",
            "1e999999",
            "-0",
            "NaN",
            "9".repeat(150),
            "{\"a\":".repeat(120),
            "//",
            "/*",
            "\"encrypt\":\"AAAA\",",
            "\"schema\":\"2.0\",",
            "\"type\":\"url_verification\",",
            "\"token\":\"vtoken\",",
            "\"event\":{},",
            "\"header\":null,");

    @Provide
    Arbitrary<byte[]> valid() {
        Arbitrary<String> plain = Arbitraries.of(PLAIN);
        return Arbitraries.oneOf(
                plain.map(PlatformSender::utf8),
                plain.map(text -> FEISHU.encrypted(text).body()),
                plain.map(text -> FEISHU.oldCard(text).body()));
    }

    /** Up to eight changes: a byte flipped, a piece put in, bytes left out, doubled or moved. */
    @Provide
    Arbitrary<List<Change>> changes() {
        Arbitrary<Integer> place = Arbitraries.integers().between(0, 5_000);
        return Combinators.combine(
                        Arbitraries.integers().between(0, 4), place, place, Arbitraries.of(PIECES), Arbitraries.bytes())
                .as(Change::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(8);
    }

    record Change(int kind, int at, int length, String piece, byte value) {
        byte[] of(byte[] bytes) {
            int begin = bytes.length == 0 ? 0 : at % bytes.length;
            int end = Math.min(bytes.length, begin + length % 40);
            byte[] cut = Arrays.copyOfRange(bytes, begin, end);
            return switch (kind) {
                case 0 -> joined(Arrays.copyOf(bytes, begin), new byte[] {value}, tail(bytes, Math.max(end, begin)));
                case 1 -> joined(Arrays.copyOf(bytes, begin), PlatformSender.utf8(piece), tail(bytes, begin));
                case 2 -> joined(Arrays.copyOf(bytes, begin), tail(bytes, end));
                case 3 -> joined(Arrays.copyOf(bytes, end), cut, tail(bytes, end));
                default -> joined(Arrays.copyOf(bytes, begin), tail(bytes, end), cut);
            };
        }

        private static byte[] tail(byte[] bytes, int from) {
            return Arrays.copyOfRange(bytes, from, bytes.length);
        }

        private static byte[] joined(byte[]... parts) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            Stream.of(parts).forEach(all::writeBytes);
            return all.toByteArray();
        }
    }

    private static byte[] spoilt(byte[] body, List<Change> changes) {
        byte[] spoilt = body;
        for (Change change : changes) {
            spoilt = change.of(spoilt);
        }
        return spoilt;
    }

    /** What was signed is not what came: nothing but a check of the address, which is not signed, may pass. */
    @Property(tries = 3_000, edgeCases = EdgeCasesMode.NONE)
    void a_spoilt_request_is_refused(
            @ForAll("valid") byte[] body, @ForAll("changes") List<Change> changes, @ForAll boolean oldSignature) {
        byte[] spoilt = spoilt(body, changes);
        String text = new String(body, StandardCharsets.UTF_8);
        Request request = oldSignature ? FEISHU.oldCard(text) : FEISHU.signed(text);
        if (Arrays.equals(spoilt, body)) {
            return;
        }
        for (Headers headers : List.of(Headers.of(request.headers()), Headers.NONE)) {
            for (Verdict verdict : List.of(ingress.event(spoilt, headers), ingress.card(spoilt, headers))) {
                assertThat(verdict).isInstanceOfAny(Refusal.class, Verdict.Challenge.class);
                if (verdict instanceof Verdict.Challenge) {
                    assertThat(text(spoilt)).contains("vtoken");
                }
            }
        }
    }

    /** The text of a plain or an encrypted body. */
    private static String text(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        Matcher encrypted = Pattern.compile("\"encrypt\":\"([A-Za-z0-9+/=]*)\"").matcher(text);
        return encrypted.find()
                ? new EncryptKey("test key")
                        .decrypt(encrypted.group(1))
                        .map(plain -> new String(plain, StandardCharsets.UTF_8))
                        .orElse(text)
                : text;
    }

    /** A spoilt text under right encryption and signature: whatever is accepted can be stored and holds no secret. */
    @Property(tries = 3_000, edgeCases = EdgeCasesMode.NONE)
    void whatever_is_accepted_can_be_stored(
            @ForAll("changes") List<Change> changes, @ForAll @IntRange(max = 6) int which) {
        byte[] plain = spoilt(PlatformSender.utf8(PLAIN.get(which)), changes);
        Request request = FEISHU.signed("{\"encrypt\":\"" + FEISHU.encrypt(plain) + "\"}");
        Headers headers = Headers.of(request.headers());
        for (Verdict verdict : List.of(
                ingress.event(request.body(), headers), ingress.card(request.body(), headers), ingress.socket(plain))) {
            if (verdict instanceof Verdict.Event event) {
                storable(event.event());
            } else if (verdict instanceof Verdict.Callback callback) {
                storable(callback.event());
            } else if (verdict instanceof Verdict.Ticket ticket) {
                storable(ticket.event());
                assertThat(ticket.event().payload().at("/event/app_ticket").isMissingNode())
                        .isTrue();
            } else {
                assertThat(verdict).isInstanceOfAny(Refusal.class, Verdict.Challenge.class);
            }
        }
    }

    private static void storable(FeishuEvent event) {
        assertThat(event.appId()).isEqualTo("cli_x");
        assertThat(event.eventId()).isNotEmpty().hasSizeLessThanOrEqualTo(512);
        assertThat(event.type()).matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
        assertThat(event.key()).isNotEmpty().hasSizeLessThanOrEqualTo(512);
        assertThat(event.tenantKey()).hasSizeLessThanOrEqualTo(256);
        assertThat(event.payload().path("header").has("token")).isFalse();
        assertThat(event.payload().toString()).doesNotContain("\u0000").doesNotContain("\\u0000");
        assertThat(event.createdAt()).isNotNull();
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void whatever_the_headers_hold_there_is_a_verdict(
            @ForAll("valid") byte[] body,
            @ForAll @Size(max = 20) Map<@AlphaChars @StringLength(min = 1, max = 30) String, String> others,
            @ForAll String timestamp,
            @ForAll String nonce,
            @ForAll String signature,
            @ForAll String trace) {
        Map<String, String> headers = new TreeMap<>(others);
        headers.put("x-lark-request-timestamp", timestamp);
        headers.put("x-lark-request-nonce", nonce);
        headers.put("x-lark-signature", signature);
        headers.put("traceparent", trace);
        headers.put("tracestate", trace);
        for (Verdict verdict :
                List.of(ingress.event(body, Headers.of(headers)), ingress.card(body, Headers.of(headers)))) {
            assertThat(verdict).isInstanceOfAny(Refusal.class, Verdict.Challenge.class);
        }
    }
}
