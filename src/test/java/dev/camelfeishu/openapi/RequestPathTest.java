package dev.camelfeishu.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathTest {

    private static final String MESSAGE = "/open-apis/im/v1/messages/:message_id";

    private final EndpointCatalog catalog = EndpointCatalog.packed();

    @Test
    void a_value_stays_one_segment() {
        assertThat(path(ApiRequest.get(MESSAGE).with("message_id", "../../x y?z=1#é:")))
                .isEqualTo("/open-apis/im/v1/messages/..%2F..%2Fx%20y%3Fz%3D1%23%C3%A9%3A");
        assertThat(path(ApiRequest.get(MESSAGE).with("message_id", "%2e%2e"))).endsWith("/%252e%252e");
    }

    @Test
    void query_names_and_values_are_encoded_in_order() {
        assertThat(path(ApiRequest.get("/open-apis/im/v1/messages")
                        .query("container_id", "a&b=c d+e")
                        .query("x&y", "中")))
                .isEqualTo("/open-apis/im/v1/messages?container_id=a%26b%3Dc%20d%2Be&x%26y=%E4%B8%AD");
    }

    @Test
    void a_repeated_parameter_is_sent_once_for_each_value() {
        assertThat(path(ApiRequest.get("/open-apis/contact/v3/users/batch")
                        .query("user_id_type", "open_id")
                        .repeated("user_ids", List.of("ou_1", "ou&2"))
                        .repeated("nothing", List.of())))
                .isEqualTo("/open-apis/contact/v3/users/batch?user_id_type=open_id&user_ids=ou_1&user_ids=ou%262");
    }

    @Test
    void a_concrete_path_is_encoded_like_a_template() {
        assertThat(path(ApiRequest.get("/open-apis/im/v1/messages/om_1@x"))).endsWith("/om_1%40x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ".", "..", "a\r\nb", "a\u0000", "a\u0085b"})
    void values_that_cannot_be_an_id_are_refused(String value) {
        assertThatThrownBy(() -> path(ApiRequest.get(MESSAGE).with("message_id", value)))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining(":message_id");
    }

    @Test
    void a_value_that_names_a_sibling_endpoint_is_refused() {
        assertThatThrownBy(() -> path(
                        ApiRequest.get("/open-apis/contact/v3/users/:user_id").with("user_id", "batch")))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining("another endpoint");
    }

    @Test
    void a_variable_without_a_value_is_named() {
        assertThatThrownBy(() -> path(ApiRequest.post("/open-apis/approval/v4/approvals/:approval_code/subscribe")
                        .with("other", "x")))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining("no value for :approval_code");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/open-apis/im/v1/messages",
                "http://evil.example",
                "//evil.example/open-apis/im/v1/messages",
                "open-apis/im/v1/messages",
                "/other/im/v1/messages",
                "/open-apis/im/v1/messages?x=1",
                "/open-apis/im/v1/messages#x",
                "/open-apis/im/v1//messages",
                "/open-apis/im/v1/%2e%2e/messages",
                "/open-apis/im/v1/messages\r\nX: y"
            })
    void only_templates_of_the_platform_are_paths(String path) {
        assertThatThrownBy(() -> path(ApiRequest.get(path)))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining("not a path of the Open Platform")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\r", "\n"));
    }

    @Test
    void an_unknown_endpoint_is_refused_with_the_nearest_one() {
        assertThatThrownBy(() -> path(ApiRequest.post("/open-apis/im/v1/message")))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining("POST /open-apis/im/v1/messages.");
    }

    @Test
    void a_slash_at_the_end_is_there_where_the_documentation_has_it() {
        assertThat(path(ApiRequest.post("/open-apis/message/v4/batch_send/")))
                .isEqualTo("/open-apis/message/v4/batch_send/");
        assertThatThrownBy(() -> path(ApiRequest.get("/open-apis/im/v1/messages/")))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining("no such endpoint");
    }

    @Test
    void a_very_long_path_is_refused() {
        assertThatThrownBy(() -> path(ApiRequest.get("/open-apis" + "/a".repeat(100_000))))
                .isInstanceOf(FeishuRejectedException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600));
    }

    private String path(ApiRequest request) {
        return RequestPath.of(request, catalog).encoded();
    }
}
