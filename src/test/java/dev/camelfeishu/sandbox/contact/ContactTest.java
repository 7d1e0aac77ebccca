package dev.camelfeishu.sandbox.contact;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The directory")
class ContactTest {
    private static final String V3 = "/open-apis/contact/v3";

    private static TestDatabase postgres;
    private static RunningSandbox sandbox;

    @BeforeAll
    static void start() throws IOException {
        postgres = new TestDatabase();
        sandbox = RunningSandbox.start(
                postgres, Map.of("feishu.sandbox.denied-scopes", "contact:user.employee_id:readonly"));
    }

    @AfterAll
    static void stop() throws IOException {
        sandbox.close();
        postgres.close();
    }

    @Test
    @DisplayName("a person is found by any id, with the departments in the wanted kind of id")
    void user() {
        JsonNode user = sandbox.api(
                        "GET", V3 + "/users/wangfang?user_id_type=user_id&department_id_type=department_id", null)
                .data()
                .path("user");
        assertThat(user.path("open_id").asText()).isEqualTo(RunningSandbox.person(1));
        assertThat(user.path("name").asText()).isEqualTo("王芳");
        assertThat(user.path("department_ids").path(0).asText()).isEqualTo("purchasing");
        assertThat(user.has("user_id")).as("a field without its scope").isFalse();
    }

    @Test
    @DisplayName("nobody and people of other tenants get different codes")
    void unknown() {
        assertThat(sandbox.api("GET", V3 + "/users/ou_nobody", null).code()).isEqualTo(41012);
        assertThat(sandbox.api("GET", V3 + "/users/" + RunningSandbox.person(6), null)
                        .code())
                .isEqualTo(41050);
    }

    @Test
    @DisplayName("an unknown e-mail comes back without an id")
    void emails() {
        ObjectNode body = Json.object();
        body.putArray("emails").add("alice@example.com").add("none@example.com");
        JsonNode found =
                sandbox.api("POST", V3 + "/users/batch_get_id", body).data().path("user_list");
        assertThat(found.path(0).path("user_id").asText()).isEqualTo(RunningSandbox.person(3));
        assertThat(found.path(1).has("user_id")).isFalse();
    }

    @Test
    @DisplayName("departments form a tree below the root")
    void departments() {
        JsonNode children = sandbox.api("GET", V3 + "/departments/0/children?fetch_child=true", null)
                .data()
                .path("items");
        assertThat(children).hasSize(6);
        JsonNode parents = sandbox.api(
                        "GET", V3 + "/departments/parent?department_id_type=department_id&department_id=finance", null)
                .data()
                .path("items");
        assertThat(parents.findValuesAsText("department_id")).containsExactly("hq");
        assertThat(sandbox.api("GET", V3 + "/departments/od-none", null).code()).isEqualTo(40015);
    }
}
