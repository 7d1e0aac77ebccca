package dev.camelfeishu.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EndpointCatalogTest {

    private final EndpointCatalog catalog = EndpointCatalog.packed();

    @Test
    void finds_an_endpoint_by_its_template_whatever_the_variables_are_called() {
        var match = catalog.match("POST", "/open-apis/im/v1/messages/:id/reply").orElseThrow();

        assertThat(match.endpoint().path()).isEqualTo("/open-apis/im/v1/messages/:message_id/reply");
        assertThat(match.variables()).containsExactly(java.util.Map.entry("message_id", ":id"));
        assertThat(match.endpoint().scopes()).contains("im:message:send_as_bot");
        assertThat(match.endpoint().tokens()).contains("tenant_access_token");
    }

    @Test
    void finds_an_endpoint_by_a_concrete_path_and_reads_its_variables() {
        var match = catalog.match("PUT", "/open-apis/bitable/v1/apps/bascn1/tables/tbl1/records/rec1")
                .orElseThrow();

        assertThat(match.variables())
                .containsEntry("app_token", "bascn1")
                .containsEntry("table_id", "tbl1")
                .containsEntry("record_id", "rec1");
    }

    @Test
    void a_literal_outranks_a_variable() {
        assertThat(catalog.match("GET", "/open-apis/approval/v4/tasks/query")
                        .orElseThrow()
                        .endpoint()
                        .path())
                .isEqualTo("/open-apis/approval/v4/tasks/query");
        assertThat(catalog.match("POST", "/open-apis/im/v1/messages/merge_forward")
                        .orElseThrow()
                        .endpoint()
                        .path())
                .isEqualTo("/open-apis/im/v1/messages/merge_forward");
    }

    @Test
    void every_endpoint_is_found_by_its_own_template() {
        assertThat(catalog.endpoints())
                .hasSizeGreaterThan(300)
                .allSatisfy(endpoint -> assertThat(catalog.match(endpoint.method(), endpoint.path())
                                .orElseThrow()
                                .endpoint())
                        .isEqualTo(endpoint));
    }

    @Test
    void reads_published_rates_and_notes_special_ones() {
        var send =
                catalog.match("POST", "/open-apis/im/v1/messages").orElseThrow().endpoint();
        assertThat(send.rates())
                .containsExactly(new Rate(1000, Duration.ofMinutes(1)), new Rate(50, Duration.ofSeconds(1)));
        assertThat(send.specialRate()).isFalse();
        assertThat(catalog.endpoints().stream().filter(Endpoint::specialRate)).hasSize(29);
    }

    @Test
    void knows_the_message_of_a_documented_error() {
        var reply = catalog.match("POST", "/open-apis/im/v1/messages/:message_id/reply")
                .orElseThrow()
                .endpoint();
        assertThat(reply.documentedErrors()).containsKey(230002);
    }

    @Test
    @DisplayName("a search is a reading POST, a record write is not")
    void knows_reading_posts() {
        var table = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records";
        assertThat(catalog.match("POST", table + "/search")
                        .orElseThrow()
                        .endpoint()
                        .reads())
                .isTrue();
        assertThat(catalog.match("POST", table).orElseThrow().endpoint().reads())
                .isFalse();
        assertThat(catalog.endpoints().stream()
                        .filter(endpoint -> endpoint.method().equals("POST") && endpoint.reads()))
                .hasSize(17);
    }

    @Test
    void unknown_paths_and_methods_are_not_found_and_the_nearest_is_named() {
        assertThat(catalog.match("POST", "/open-apis/im/v1/message")).isEmpty();
        assertThat(catalog.match("TRACE", "/open-apis/im/v1/messages")).isEmpty();
        assertThat(catalog.nearest("POST", "/open-apis/im/v1/message")).isEqualTo("POST /open-apis/im/v1/messages");
    }

    @Test
    void files_of_documents_have_the_rate_that_their_pages_tell() {
        var upload = catalog.match("POST", "/open-apis/drive/v1/medias/upload_all")
                .orElseThrow()
                .endpoint();
        assertThat(upload.rates()).containsExactly(new Rate(5, Duration.ofSeconds(1)));
        assertThat(upload.specialRate()).isTrue();
    }
}
