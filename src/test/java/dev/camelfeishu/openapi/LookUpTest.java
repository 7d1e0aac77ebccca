package dev.camelfeishu.openapi;

import static dev.camelfeishu.openapi.PlatformServer.drop;
import static dev.camelfeishu.openapi.PlatformServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A call whose outcome is unknown is looked up before it is repeated. */
class LookUpTest {

    private static final String RECORDS = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records";
    private static final String THERE =
            "{\"code\":0,\"data\":{\"items\":[{\"record_id\":\"rec1\",\"fields\":{\"Order ID\":\"A-1\"}}]}}";
    private static final String NOT_THERE = "{\"code\":0,\"data\":{\"items\":[]}}";

    private PlatformServer platform;
    private SdkFeishuClient client;

    @BeforeEach
    void start() throws IOException {
        platform = new PlatformServer();
        client = platform.client();
    }

    @AfterEach
    void stop() {
        client.close();
        platform.close();
    }

    @Test
    void an_effect_that_is_found_is_the_answer_and_nothing_is_repeated() {
        platform.next(drop(), json(200, THERE));

        var response = client.call(create());

        assertThat(response.data().path("record").path("record_id").asText()).isEqualTo("rec1");
        assertThat(platform.calls).extracting(PlatformServer.Seen::method).containsExactly("POST", "POST");
        assertThat(platform.calls.get(1).uri()).endsWith("/records/search");
    }

    @Test
    void a_call_whose_effect_is_not_found_is_repeated() {
        platform.next(json(500, "{\"code\":1255001,\"msg\":\"InternalError\"}"), json(200, NOT_THERE));

        client.call(create());

        assertThat(platform.calls).hasSize(3);
        assertThat(platform.calls.get(2).uri()).endsWith("/records");
    }

    @Test
    void a_code_that_says_look_first_is_looked_up_even_with_a_key() {
        platform.next(json(200, "{\"code\":1255006,\"msg\":\"client token conflict\"}"), json(200, THERE));

        var response = client.call(create().query("client_token", "6a9a4e2c-1c3a-4d0a-9a0e-0a5d3f6f7a11"));

        assertThat(response.data().path("record").path("record_id").asText()).isEqualTo("rec1");
        assertThat(platform.calls).hasSize(2);
    }

    @Test
    void when_the_look_up_fails_too_the_caller_is_told_that_the_outcome_is_unknown() {
        platform.next(drop(), json(400, "{\"code\":1254302,\"msg\":\"permission denied\"}"));

        var e = catchThrowableOfType(FeishuRetryableException.class, () -> client.call(create()));

        assertThat(e.outcomeUnknown()).isTrue();
        assertThat(e).hasMessageContaining("no answer");
        assertThat(e.getSuppressed()).singleElement().isInstanceOf(FeishuRejectedException.class);
        assertThat(platform.calls).hasSize(2);
    }

    @Test
    void it_is_looked_up_and_repeated_twice_at_most() {
        platform.next(drop(), json(200, NOT_THERE), drop(), json(200, NOT_THERE), drop());

        var e = catchThrowableOfType(FeishuRetryableException.class, () -> client.call(create()));

        assertThat(e.outcomeUnknown()).isTrue();
        assertThat(platform.calls).hasSize(5);
    }

    private static ApiRequest create() {
        var fields = JsonNodeFactory.instance.objectNode();
        fields.putObject("fields").put("Order ID", "A-1");
        return records(ApiRequest.post(RECORDS))
                .body(fields)
                .within(Duration.ofSeconds(20))
                .lookUp(records(ApiRequest.post(RECORDS + "/search")), LookUpTest::record);
    }

    private static Optional<JsonNode> record(ApiResponse found) {
        var items = found.data().path("items");
        return items.isEmpty()
                ? Optional.empty()
                : Optional.of(JsonNodeFactory.instance.objectNode().set("record", items.get(0)));
    }

    private static ApiRequest records(ApiRequest request) {
        return request.with("app_token", "bascn1").with("table_id", "tbl1");
    }
}
