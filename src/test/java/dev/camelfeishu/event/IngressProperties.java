package dev.camelfeishu.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.camelfeishu.event.PlatformSender.Request;
import dev.camelfeishu.event.Verdict.Refusal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

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
}
