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

@DisplayName("Groups, one call each")
@ExtendWith(SandboxRoutes.Running.class)
class GroupCallsTest {

    private static final String ALICE = RunningSandbox.person(3);
    private static final String DAVID = RunningSandbox.person(5);

    private final SandboxRoutes feishu;

    GroupCallsTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    private String group(String name) {
        return feishu.json("group/create", Map.of(), Map.of("name", name, "user_id_list", List.of(ALICE)))
                .path("chat_id")
                .asText();
    }

    private static Map<String, Object> of(String chat) {
        return Map.of("CamelFeishuChatId", chat);
    }

    private List<String> members(String chat) {
        return all("group/members?pageSize=1", of(chat), "member_id");
    }

    private List<String> all(String operation, Map<String, ?> headers, String member) {
        List<String> found = new ArrayList<>();
        ((Iterator<?>) feishu.run(operation, headers, null))
                .forEachRemaining(
                        item -> found.add(((JsonNode) item).path(member).asText()));
        return found;
    }

    @Test
    @Exercises({"group/create", "group/get"})
    @DisplayName("a group is created, once for a delivery that is tried again, and read")
    void create() {
        Map<String, Object> delivery = Map.of("CamelFeishuReference", "group-once");
        Map<String, Object> body = Map.of("name", "Once", "description", "one of them");
        String first =
                feishu.json("group/create", delivery, body).path("chat_id").asText();

        assertThat(feishu.json("group/create", delivery, body).path("chat_id").asText())
                .isEqualTo(first);
        JsonNode read = feishu.json("group/get", of(first), null);
        assertThat(read.path("name").asText()).isEqualTo("Once");
        assertThat(read.path("chat_status").asText()).isEqualTo("normal");
    }

    @Test
    @Exercises("group/update")
    @DisplayName("a group is renamed")
    void update() {
        String chat = group("Before");

        feishu.run("group/update", of(chat), "{\"name\":\"After\"}");

        assertThat(feishu.json("group/get", of(chat), null).path("name").asText())
                .isEqualTo("After");
    }

    @Test
    @Exercises("group/disband")
    @DisplayName("a group of one's own is disbanded, another's is not")
    void disband() {
        String chat = group("Gone");

        feishu.run("group/disband", of(chat), null);

        assertThat(feishu.json("group/get", of(chat), null).path("chat_status").asText())
                .isEqualTo("dissolved");
        assertThatThrownBy(() -> feishu.run("group/disband", of(RunningSandbox.PURCHASING), null))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageContaining("232017");
    }

    @Test
    @Exercises({"group/list", "group/search"})
    @DisplayName("groups are listed and found")
    void find() {
        String chat = group("Needle in the list");

        assertThat(all("group/list", Map.of(), "chat_id")).contains(chat, RunningSandbox.PURCHASING);
        assertThat(all("group/search?param.query=needle", Map.of(), "chat_id")).contains(chat);
    }

    @Test
    @Exercises({"group/members", "group/add-members", "group/remove-members"})
    @DisplayName("people are added and taken out; what cannot be done is answered")
    void members() {
        String chat = group("Members");

        JsonNode added = feishu.json("group/add-members?param.succeed_type=1", of(chat), List.of(DAVID, "ou_nobody"));

        assertThat(added.path("not_existed_id_list").path(0).asText()).isEqualTo("ou_nobody");
        assertThat(members(chat)).containsExactlyInAnyOrder(ALICE, DAVID);
        JsonNode invalid =
                feishu.json("group/remove-members?param.member_id_type=user_id", of(chat), List.of("david", "lilei"));
        assertThat(invalid).extracting(JsonNode::asText).containsExactly("lilei");
        assertThat(members(chat)).containsExactly(ALICE);
    }

    @Test
    @Exercises({"group/is-member", "group/join"})
    @DisplayName("the bot joins a public group and knows that it is in it")
    void join() {
        String chat = feishu.json(
                        "group/create",
                        Map.of(),
                        Map.of("name", "Public one", "chat_type", "public", "owner_id", ALICE))
                .path("chat_id")
                .asText();
        feishu.run("group/remove-members?param.member_id_type=app_id", of(chat), List.of(SandboxRoutes.APP_ID));

        assertThat(feishu.json("group/is-member", of(chat), null).asBoolean(true))
                .isFalse();
        feishu.run("group/join", of(chat), null);
        assertThat(feishu.json("group/is-member", of(chat), null).asBoolean()).isTrue();
    }

    @Test
    @Exercises({"group/add-managers", "group/remove-managers"})
    @DisplayName("the owner makes managers and unmakes them")
    void managers() {
        String chat = group("Managed");

        assertThat(feishu.json("group/add-managers", of(chat), List.of(ALICE)).path("chat_managers"))
                .extracting(JsonNode::asText)
                .containsExactly(ALICE);
        assertThat(feishu.json("group/remove-managers", of(chat), ALICE).path("chat_managers"))
                .isEmpty();
    }

    @Test
    @Exercises({"group/announcement", "group/update-announcement"})
    @DisplayName("an announcement is read and changed")
    void announcement() {
        String chat = group("Announced");
        String request = "{\"requestType\":\"InsertBlocksRequestType\",\"insertBlocksRequest\":"
                + "{\"payload\":\"{\\\"blocks\\\":[{\\\"type\\\":\\\"paragraph\\\"}]}\"}}";

        feishu.run("group/update-announcement", of(chat), Map.of("revision", "0", "requests", List.of(request)));

        JsonNode read = feishu.json("group/announcement", of(chat), null);
        assertThat(read.path("revision").asText()).isEqualTo("1");
        assertThat(read.path("content").asText()).contains("paragraph");
    }

    @Test
    @Exercises({"group/moderation", "group/moderate"})
    @DisplayName("only some may speak")
    void moderation() {
        String chat = group("Quiet");

        feishu.run(
                "group/moderate",
                of(chat),
                Map.of("moderation_setting", "moderator_list", "moderator_added_list", List.of(ALICE)));

        assertThat(all("group/moderation", of(chat), "user_id")).containsExactly(ALICE);
    }
}
