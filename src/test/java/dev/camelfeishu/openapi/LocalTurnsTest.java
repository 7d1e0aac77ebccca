package dev.camelfeishu.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LocalTurnsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final EndpointCatalog catalog = EndpointCatalog.packed();
    private final AtomicLong now = new AtomicLong(42);
    private final LocalTurns turns = new LocalTurns(now::get);

    @Test
    void the_published_rate_goes_through_at_once_and_the_next_call_waits_for_the_window() {
        var field = ApiRequest.post("/open-apis/bitable/v1/apps/:app_token/tables/:table_id/fields");
        for (var i = 0; i < 10; i++) {
            assertThat(take(field, PATIENCE)).isZero();
        }
        assertThat(take(field, PATIENCE)).isEqualTo(Duration.ofSeconds(1));

        now.addAndGet(Duration.ofMillis(1500).toNanos());
        assertThat(take(field, PATIENCE)).isZero();
    }

    @Test
    void both_of_two_rates_hold() {
        var subscribe = ApiRequest.post("/open-apis/drive/v1/files/:file_token/subscribe");
        var sent = 0;
        for (var second = 0; second < 20; second++) {
            while (take(subscribe, Duration.ZERO).isZero()) {
                sent++;
            }
            now.addAndGet(Duration.ofSeconds(1).toNanos());
        }
        assertThat(sent).isEqualTo(1000);
    }

    @Test
    void a_turn_that_comes_too_late_is_not_taken() {
        var create = ApiRequest.post("/open-apis/approval/v4/instances");
        for (var i = 0; i < 100; i++) {
            take(create, PATIENCE);
        }
        for (var i = 0; i < 5; i++) {
            assertThat(take(create, PATIENCE)).isEqualTo(Duration.ofMinutes(1));
        }
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(take(create, PATIENCE)).isZero();
    }

    @Test
    void five_messages_per_second_go_to_one_chat_and_others_do_not_wait_for_it() {
        for (var i = 0; i < 5; i++) {
            assertThat(take(messageTo("oc_1"), PATIENCE)).isZero();
        }
        assertThat(take(messageTo("oc_1"), PATIENCE)).isEqualTo(Duration.ofSeconds(1));
        assertThat(take(messageTo("oc_2"), PATIENCE)).isZero();
    }

    @Test
    void an_endpoint_without_a_published_rate_never_waits() {
        for (var i = 0; i < 10_000; i++) {
            assertThat(take(ApiRequest.get("/open-apis/bot/v3/info"), PATIENCE)).isZero();
        }
    }

    private ApiRequest messageTo(String chat) {
        return ApiRequest.post("/open-apis/im/v1/messages")
                .body(JsonNodeFactory.instance.objectNode().put("receive_id", chat));
    }

    private Duration take(ApiRequest request, Duration patience) {
        var endpoint =
                catalog.match(request.method(), request.path()).orElseThrow().endpoint();
        return turns.take(endpoint, Map.of("message_id", "om_1"), request, patience);
    }
}
