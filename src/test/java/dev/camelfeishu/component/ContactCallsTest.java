package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.openapi.FeishuRejectedException;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("The directory, one call each")
@ExtendWith(SandboxRoutes.Running.class)
class ContactCallsTest {

    private final SandboxRoutes feishu;

    ContactCallsTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    private List<JsonNode> all(String operation, Map<String, ?> headers) {
        List<JsonNode> found = new ArrayList<>();
        ((Iterator<?>) feishu.run(operation, headers, null)).forEachRemaining(item -> found.add((JsonNode) item));
        return found;
    }

    private List<String> names(String operation, Map<String, ?> headers) {
        return all(operation, headers).stream()
                .map(item -> item.path("name").asText())
                .toList();
    }

    @Test
    @Exercises("contact/user")
    @DisplayName("a person is read by any id")
    void user() {
        assertThat(feishu.json("contact/user?param.user_id_type=user_id", Map.of("CamelFeishuUserId", "alice"), null)
                        .path("open_id")
                        .asText())
                .isEqualTo(RunningSandbox.person(3));
        assertThatThrownBy(() -> feishu.run("contact/user?param.user_id=ou_nobody", Map.of(), null))
                .isInstanceOf(FeishuRejectedException.class);
    }

    @Test
    @Exercises({"contact/users", "contact/department", "contact/departments", "contact/parents"})
    @DisplayName("departments and the people in them")
    void departments() {
        String kind = "param.department_id_type=department_id";
        assertThat(names("contact/departments?pageSize=2&param.fetch_child=true&param.department_id=0", Map.of()))
                .hasSize(6);
        assertThat(names("contact/users?" + kind, Map.of("CamelFeishuDepartmentId", "finance")))
                .containsExactly("Alice Chen");
        assertThat(names("contact/parents?" + kind, Map.of("CamelFeishuDepartmentId", "finance")))
                .containsExactly("总部 HQ");
        assertThat(feishu.json("contact/department?" + kind, Map.of("CamelFeishuDepartmentId", "sales"), null)
                        .path("name")
                        .asText())
                .contains("Sales");
    }

    @Test
    @Exercises({"contact/users-batch", "contact/departments-batch"})
    @DisplayName("many people and departments by their ids, as a list or as text")
    void batches() {
        assertThat(feishu.json(
                        "contact/users-batch?param.user_id_type=user_id",
                        Map.of("CamelFeishuUserIds", List.of("alice", "nobody", "david")),
                        null))
                .extracting(person -> person.path("open_id").asText())
                .containsExactly(RunningSandbox.person(3), RunningSandbox.person(5));
        assertThat(feishu.json(
                        "contact/departments-batch?param.department_id_type=department_id"
                                + "&param.department_ids=finance, sales",
                        Map.of(),
                        null))
                .extracting(department -> department.path("department_id").asText())
                .containsExactly("finance", "sales");
        assertThatThrownBy(() -> feishu.run("contact/users-batch", Map.of(), null))
                .hasMessageContaining("user_ids")
                .hasMessageContaining("CamelFeishuUserIds");
    }

    @Test
    @Exercises("contact/ids")
    @DisplayName("ids by mail and mobile number")
    void ids() {
        JsonNode found = feishu.json(
                "contact/ids",
                Map.of(),
                Map.of("emails", List.of("alice@example.com"), "mobiles", List.of("13800000001", "1")));

        assertThat(found)
                .extracting(entry -> entry.path("user_id").asText())
                .containsExactly(RunningSandbox.person(3), RunningSandbox.person(1), "");
    }

    @Test
    @Exercises({"contact/me", "contact/search-departments"})
    @DisplayName("what only a person may ask, in their name")
    void person() {
        Map<String, Object> alice = Map.of("CamelFeishuUserOpenId", RunningSandbox.person(3));

        assertThat(feishu.json("contact/me?identity=user", alice, null)
                        .path("name")
                        .asText())
                .isEqualTo("Alice Chen");
        assertThat(names("contact/search-departments?identity=user&param.query=Sales", alice))
                .containsExactly("销售部 Sales");
    }

    @Test
    @Exercises("contact/scopes")
    @DisplayName("what the app may see")
    void scopes() {
        assertThat(feishu.json("contact/scopes?param.department_id_type=department_id", Map.of(), null)
                        .path("department_ids")
                        .path(0)
                        .asText())
                .isEqualTo("hq");
    }

    @Test
    @Exercises({
        "contact/groups",
        "contact/group",
        "contact/create-group",
        "contact/update-group",
        "contact/delete-group",
        "contact/group-members",
        "contact/groups-of",
        "contact/join-group",
        "contact/leave-group"
    })
    @DisplayName("a user group from its beginning to its end")
    void groups() {
        String id = feishu.json("contact/create-group", Map.of(), Map.of("name", "Testers", "type", 1))
                .asText();
        Map<String, Object> group = Map.of("CamelFeishuGroupId", id);
        Map<String, Object> member = Map.of("member_id", "david", "member_type", "user", "member_id_type", "user_id");

        assertThat(feishu.run("contact/join-group", group, List.of(member)).toString())
                .contains("\"code\":0");
        feishu.run("contact/update-group", group, Map.of("description", "they test"));

        assertThat(feishu.json("contact/group", group, null).path("description").asText())
                .isEqualTo("they test");
        assertThat(names("contact/groups", Map.of())).contains("Testers");
        assertThat(all("contact/group-members", group))
                .extracting(found -> found.path("member_id").asText())
                .containsExactly(RunningSandbox.person(5));
        assertThat(all("contact/groups-of?param.member_id_type=user_id&param.member_id=david", Map.of()))
                .extracting(JsonNode::asText)
                .contains(id);
        feishu.run("contact/leave-group", group, member);
        feishu.run("contact/delete-group", group, null);
        assertThat(names("contact/groups", Map.of())).doesNotContain("Testers");
    }
}
