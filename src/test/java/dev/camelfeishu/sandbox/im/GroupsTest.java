package dev.camelfeishu.sandbox.im;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.lark.oapi.Client;
import com.lark.oapi.core.utils.Jsons;
import com.lark.oapi.service.im.v1.model.AddManagersChatManagersReq;
import com.lark.oapi.service.im.v1.model.AddManagersChatManagersReqBody;
import com.lark.oapi.service.im.v1.model.CreateChatMembersReq;
import com.lark.oapi.service.im.v1.model.CreateChatMembersReqBody;
import com.lark.oapi.service.im.v1.model.CreateChatReq;
import com.lark.oapi.service.im.v1.model.CreateChatReqBody;
import com.lark.oapi.service.im.v1.model.DeleteChatMembersReq;
import com.lark.oapi.service.im.v1.model.DeleteChatMembersReqBody;
import com.lark.oapi.service.im.v1.model.DeleteChatReq;
import com.lark.oapi.service.im.v1.model.GetChatAnnouncementReq;
import com.lark.oapi.service.im.v1.model.GetChatModerationReq;
import com.lark.oapi.service.im.v1.model.GetChatReq;
import com.lark.oapi.service.im.v1.model.P2ChatAccessEventBotP2pChatEnteredV1Data;
import com.lark.oapi.service.im.v1.model.P2ChatMemberUserAddedV1Data;
import com.lark.oapi.service.im.v1.model.P2ChatUpdatedV1Data;
import com.lark.oapi.service.im.v1.model.PatchChatAnnouncementReq;
import com.lark.oapi.service.im.v1.model.PatchChatAnnouncementReqBody;
import com.lark.oapi.service.im.v1.model.SearchChatReq;
import com.lark.oapi.service.im.v1.model.UpdateChatModerationReq;
import com.lark.oapi.service.im.v1.model.UpdateChatModerationReqBody;
import com.lark.oapi.service.im.v1.model.UpdateChatReq;
import com.lark.oapi.service.im.v1.model.UpdateChatReqBody;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.ReceivingWebhook;
import dev.camelfeishu.sandbox.RunningSandbox;
import dev.camelfeishu.sandbox.RunningSandbox.Reply;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Groups, with the platform's own Java SDK")
class GroupsTest {
    private static final String CHATS = "/open-apis/im/v1/chats";
    private static final String OTHER_BOT = "cli_b0b0000000000001";
    private static final String APP = "cli_a1b2c3d4e5f60718";

    private static TestDatabase postgres;
    private static ReceivingWebhook webhook;
    private static RunningSandbox sandbox;
    private static Client client;

    @BeforeAll
    static void start() throws IOException {
        postgres = new TestDatabase();
        webhook = new ReceivingWebhook();
        sandbox = RunningSandbox.start(
                postgres, Map.of("feishu.sandbox.webhook-url", webhook.url(), "feishu.sandbox.rates", "false"));
        client = sandbox.sdk();
    }

    @AfterAll
    static void stop() throws IOException {
        sandbox.close();
        webhook.close();
        postgres.close();
    }

    @BeforeEach
    void quiet() {
        webhook.forget();
    }

    private static String created(CreateChatReqBody body) throws Exception {
        var created = client.im()
                .v1()
                .chat()
                .create(CreateChatReq.newBuilder().createChatReqBody(body).build());
        assertThat(created.success()).as(created.getMsg()).isTrue();
        return created.getData().getChatId();
    }

    /** A group that the bot owns, with some people in it. */
    private static String group(int... people) throws Exception {
        String[] ids =
                java.util.Arrays.stream(people).mapToObj(RunningSandbox::person).toArray(String[]::new);
        return created(
                CreateChatReqBody.newBuilder().name("Project").userIdList(ids).build());
    }

    private static <T> T event(String type, Class<T> model) {
        await().untilAsserted(() -> assertThat(webhook.ofType(type)).hasSize(1));
        return Jsons.DEFAULT.fromJson(
                webhook.ofType(type).get(0).json().path("event").toString(), model);
    }

    private static Reply members(String method, String chat, String query, String... ids) {
        ObjectNode body = Json.object();
        body.set("id_list", Json.MAPPER.valueToTree(ids));
        return sandbox.api(method, CHATS + "/" + chat + "/members?" + query, body);
    }

    @Test
    @DisplayName("a group is created once per uuid, and read with its owner, members and settings")
    void create() throws Exception {
        CreateChatReq request = CreateChatReq.newBuilder()
                .userIdType("user_id")
                .setBotManager(true)
                .uuid("group-once")
                .createChatReqBody(CreateChatReqBody.newBuilder()
                        .name("Release")
                        .description("what goes out")
                        .ownerId("lilei")
                        .userIdList(new String[] {"alice", "wangfang"})
                        .botIdList(new String[] {OTHER_BOT})
                        .editPermission("only_owner")
                        .build())
                .build();
        var first = client.im().v1().chat().create(request);
        assertThat(first.success()).as(first.getMsg()).isTrue();
        assertThat(client.im().v1().chat().create(request).getData().getChatId())
                .isEqualTo(first.getData().getChatId());
        var read = client.im()
                .v1()
                .chat()
                .get(GetChatReq.newBuilder()
                        .chatId(first.getData().getChatId())
                        .userIdType("user_id")
                        .build());
        assertThat(read.getData().getName()).isEqualTo("Release");
        assertThat(read.getData().getOwnerId()).isEqualTo("lilei");
        assertThat(read.getData().getUserCount()).isEqualTo("3");
        assertThat(read.getData().getBotCount()).isEqualTo("2");
        assertThat(read.getData().getBotManagerIdList()).containsExactly(APP);
        assertThat(read.getData().getEditPermission()).isEqualTo("only_owner");
        assertThat(read.getData().getChatStatus()).isEqualTo("normal");
    }

    @Test
    @DisplayName("what the platform refuses at creation")
    void refusedCreations() {
        assertThat(sandbox.api("POST", CHATS, Json.object().put("chat_type", "public"))
                        .code())
                .isEqualTo(232042);
        assertThat(sandbox.api(
                                "POST",
                                CHATS,
                                Json.object().put("chat_type", "public").put("name", "x"))
                        .code())
                .isEqualTo(232020);
        assertThat(sandbox.api("POST", CHATS, Json.object().put("owner_id", "ou_nobody"))
                        .code())
                .isEqualTo(232030);
        assertThat(sandbox.api("POST", CHATS, Json.object().put("owner_id", RunningSandbox.person(6)))
                        .code())
                .isEqualTo(232032);
        ObjectNode bots = Json.object();
        bots.putArray("bot_id_list").add("cli_none");
        assertThat(sandbox.api("POST", CHATS, bots).code()).isEqualTo(232021);
        ObjectNode guests = Json.object();
        guests.putArray("user_id_list").add(RunningSandbox.person(6));
        assertThat(sandbox.api("POST", CHATS, guests).code()).isEqualTo(232043);
        assertThat(sandbox.api("POST", CHATS, Json.object().put("edit_permission", "nobody"))
                        .code())
                .isEqualTo(232001);
    }

    @Test
    @DisplayName("a change is stored and told with what was and what is; the owner may hand the group over")
    void update() throws Exception {
        String chat = group(1, 3);
        var changed = client.im()
                .v1()
                .chat()
                .update(UpdateChatReq.newBuilder()
                        .chatId(chat)
                        .updateChatReqBody(UpdateChatReqBody.newBuilder()
                                .name("Project B")
                                .ownerId(RunningSandbox.person(3))
                                .addMemberPermission("only_owner")
                                .build())
                        .build());
        assertThat(changed.success()).as(changed.getMsg()).isTrue();
        P2ChatUpdatedV1Data event = event("im.chat.updated_v1", P2ChatUpdatedV1Data.class);
        assertThat(event.getChatId()).isEqualTo(chat);
        assertThat(event.getBeforeChange().getName()).isEqualTo("Project");
        assertThat(event.getAfterChange().getName()).isEqualTo("Project B");
        assertThat(event.getAfterChange().getOwnerId().getOpenId()).isEqualTo(RunningSandbox.person(3));
        assertThat(event.getAfterChange().getAddMemberPermission()).isEqualTo("only_owner");
        assertThat(event.getAfterChange().getDescription()).isNull();

        String path = CHATS + "/" + chat;
        assertThat(sandbox.api("PUT", path, Json.object().put("description", "still allowed"))
                        .code())
                .isZero();
        assertThat(sandbox.api("PUT", path, Json.object().put("edit_permission", "only_owner"))
                        .code())
                .as("settings are for the owner and managers")
                .isEqualTo(232016);
        assertThat(sandbox.api("PUT", path, Json.object().put("owner_id", RunningSandbox.person(1)))
                        .code())
                .isEqualTo(232016);
        assertThat(members("POST", chat, "", RunningSandbox.person(4)).code())
                .as("the app created the group and has the scope to act as its owner")
                .isZero();
        assertThat(sandbox.api("PUT", CHATS + "/" + RunningSandbox.direct(1), Json.object())
                        .code())
                .isEqualTo(232008);
        assertThat(sandbox.api("PUT", CHATS + "/oc_none", Json.object()).code()).isEqualTo(232006);
    }

    @Test
    @DisplayName("people come and go, and the app is told")
    void members() throws Exception {
        String chat = group(1);
        var added = client.im()
                .v1()
                .chatMembers()
                .create(CreateChatMembersReq.newBuilder()
                        .chatId(chat)
                        .memberIdType("open_id")
                        .succeedType(1)
                        .createChatMembersReqBody(CreateChatMembersReqBody.newBuilder()
                                .idList(new String[] {
                                    RunningSandbox.person(2),
                                    RunningSandbox.person(6),
                                    "ou_nobody",
                                    RunningSandbox.person(1)
                                })
                                .build())
                        .build());
        assertThat(added.success()).as(added.getMsg()).isTrue();
        assertThat(added.getData().getNotExistedIdList()).containsExactly("ou_nobody");
        assertThat(added.getData().getInvalidIdList()).containsExactly(RunningSandbox.person(6));
        P2ChatMemberUserAddedV1Data event = event("im.chat.member.user.added_v1", P2ChatMemberUserAddedV1Data.class);
        assertThat(event.getUsers()).hasSize(1);
        assertThat(event.getUsers()[0].getUserId().getOpenId()).isEqualTo(RunningSandbox.person(2));

        assertThat(members("POST", chat, "", "ou_nobody").code()).isEqualTo(99992351);
        assertThat(members("POST", chat, "member_id_type=user_id", "nobody").code())
                .isEqualTo(99992364);
        assertThat(members("POST", chat, "succeed_type=2", RunningSandbox.person(6))
                        .code())
                .isEqualTo(232043);
        assertThat(members("POST", chat, "", RunningSandbox.person(6)).code()).isEqualTo(232028);
        assertThat(members("POST", chat, "").code()).isEqualTo(232027);
        assertThat(members("POST", chat, "", new String[51]).code()).isEqualTo(232001);

        var removed = client.im()
                .v1()
                .chatMembers()
                .delete(DeleteChatMembersReq.newBuilder()
                        .chatId(chat)
                        .memberIdType("user_id")
                        .deleteChatMembersReqBody(DeleteChatMembersReqBody.newBuilder()
                                .idList(new String[] {"lilei", "david"})
                                .build())
                        .build());
        assertThat(removed.getData().getInvalidIdList()).containsExactly("david");
        await().untilAsserted(() ->
                assertThat(webhook.ofType("im.chat.member.user.deleted_v1")).hasSize(1));
        JsonNode left =
                sandbox.api("GET", CHATS + "/" + chat + "/members", null).data();
        assertThat(left.path("items").findValuesAsText("member_id")).containsExactly(RunningSandbox.person(1));
        assertThat(left.path("member_total").asInt()).isEqualTo(1);
    }

    @Test
    @DisplayName("bots come and go; the app's own bot is told and then outside")
    void bots() throws Exception {
        String chat = created(CreateChatReqBody.newBuilder()
                .name("Bots")
                .ownerId(RunningSandbox.person(2))
                .build());
        assertThat(members("POST", chat, "member_id_type=app_id", OTHER_BOT).code())
                .isZero();
        assertThat(members("POST", chat, "member_id_type=app_id", "cli_none").code())
                .isEqualTo(232004);
        assertThat(members("DELETE", chat, "member_id_type=app_id", APP).code()).isZero();
        await().untilAsserted(() ->
                assertThat(webhook.ofType("im.chat.member.bot.deleted_v1")).hasSize(1));
        assertThat(sandbox.api("GET", CHATS + "/" + chat, null).code()).isEqualTo(232011);
        assertThat(sandbox.api("GET", CHATS + "/" + chat + "/members/is_in_chat", null)
                        .data()
                        .path("is_in_chat")
                        .asBoolean(true))
                .isFalse();
        assertThat(sandbox.api("PATCH", CHATS + "/" + chat + "/members/me_join", null)
                        .code())
                .as("a private group")
                .isEqualTo(232008);
        String open = created(CreateChatReqBody.newBuilder()
                .name("Everybody")
                .chatType("public")
                .ownerId(RunningSandbox.person(2))
                .build());
        members("DELETE", open, "member_id_type=app_id", APP);
        assertThat(sandbox.api("PATCH", CHATS + "/" + open + "/members/me_join", null)
                        .code())
                .isZero();
        await().untilAsserted(() ->
                assertThat(webhook.ofType("im.chat.member.bot.added_v1")).hasSize(1));
    }

    @Test
    @DisplayName("only the owner names managers; they are shown with the group")
    void managers() throws Exception {
        String chat = group(1, 3);
        var added = client.im()
                .v1()
                .chatManagers()
                .addManagers(AddManagersChatManagersReq.newBuilder()
                        .chatId(chat)
                        .memberIdType("open_id")
                        .addManagersChatManagersReqBody(AddManagersChatManagersReqBody.newBuilder()
                                .managerIds(new String[] {RunningSandbox.person(3)})
                                .build())
                        .build());
        assertThat(added.success()).as(added.getMsg()).isTrue();
        assertThat(added.getData().getChatManagers()).containsExactly(RunningSandbox.person(3));
        ObjectNode body = Json.object();
        body.putArray("manager_ids").add(RunningSandbox.person(3));
        String path = CHATS + "/" + chat + "/managers/";
        assertThat(sandbox.api("POST", path + "delete_managers", body).data().path("chat_managers"))
                .isEmpty();
        ObjectNode stranger = Json.object();
        stranger.putArray("manager_ids").add(RunningSandbox.person(5));
        assertThat(sandbox.api("POST", path + "add_managers", stranger).code()).isEqualTo(232027);
        assertThat(sandbox.api("POST", CHATS + "/" + RunningSandbox.PURCHASING + "/managers/add_managers", body)
                        .code())
                .as("the bot does not own this group")
                .isEqualTo(232038);
    }

    @Test
    @DisplayName("who may speak can be limited to some")
    void moderation() throws Exception {
        String chat = group(1, 3);
        var moderated = client.im()
                .v1()
                .chatModeration()
                .update(UpdateChatModerationReq.newBuilder()
                        .chatId(chat)
                        .userIdType("open_id")
                        .updateChatModerationReqBody(UpdateChatModerationReqBody.newBuilder()
                                .moderationSetting("moderator_list")
                                .moderatorAddedList(new String[] {RunningSandbox.person(1)})
                                .build())
                        .build());
        assertThat(moderated.success()).as(moderated.getMsg()).isTrue();
        P2ChatUpdatedV1Data event = event("im.chat.updated_v1", P2ChatUpdatedV1Data.class);
        assertThat(event.getAfterChange().getModerationPermission()).isEqualTo("moderator_list");
        assertThat(event.getModeratorList().getAddedMemberList()).hasSize(1);
        var read = client.im()
                .v1()
                .chatModeration()
                .get(GetChatModerationReq.newBuilder().chatId(chat).build());
        assertThat(read.getData().getModerationSetting()).isEqualTo("moderator_list");
        assertThat(read.getData().getItems()[0].getUserId()).isEqualTo(RunningSandbox.person(1));
        assertThat(sandbox.api(
                                "PUT",
                                CHATS + "/" + RunningSandbox.PURCHASING + "/moderation",
                                Json.object().put("moderation_setting", "only_owner"))
                        .code())
                .isEqualTo(232017);
    }

    @Test
    @DisplayName("an announcement grows by blocks, each change naming the revision before it")
    void announcement() throws Exception {
        String chat = group(1);
        var announcements = client.im().v1().chatAnnouncement();
        GetChatAnnouncementReq get =
                GetChatAnnouncementReq.newBuilder().chatId(chat).build();
        assertThat(announcements.get(get).getData().getRevision()).isEqualTo("0");
        String block = Json.write(Json.object()
                .put("requestType", "InsertBlocksRequestType")
                .set("insertBlocksRequest", Json.object().put("payload", "{\"blocks\":[{\"type\":\"paragraph\"}]}")));
        PatchChatAnnouncementReq patch = PatchChatAnnouncementReq.newBuilder()
                .chatId(chat)
                .patchChatAnnouncementReqBody(PatchChatAnnouncementReqBody.newBuilder()
                        .revision("0")
                        .requests(new String[] {block})
                        .build())
                .build();
        assertThat(announcements.patch(patch).getCode()).isZero();
        assertThat(announcements.patch(patch).getCode()).isEqualTo(232018);
        var read = announcements.get(get).getData();
        assertThat(read.getRevision()).isEqualTo("1");
        assertThat(Json.read(read.getContent()).path("body").path("blocks")).hasSize(1);
        assertThat(read.getModifierId()).isEqualTo(APP);
        ObjectNode other = Json.object().put("revision", "1");
        other.putArray("requests").add("{\"requestType\":\"DeleteContentRangeRequestType\"}");
        assertThat(sandbox.api("PATCH", CHATS + "/" + chat + "/announcement", other)
                        .code())
                .as("not simulated")
                .isEqualTo(501);
    }

    @Test
    @DisplayName("a group is disbanded by its owner or creator only, and nothing can be done with it then")
    void disband() throws Exception {
        assertThat(sandbox.api("DELETE", CHATS + "/" + RunningSandbox.PURCHASING, null)
                        .code())
                .isEqualTo(232017);
        String chat = group(1);
        assertThat(client.im()
                        .v1()
                        .chat()
                        .delete(DeleteChatReq.newBuilder().chatId(chat).build())
                        .getCode())
                .isZero();
        await().untilAsserted(
                        () -> assertThat(webhook.ofType("im.chat.disbanded_v1")).hasSize(1));
        assertThat(sandbox.api("PUT", CHATS + "/" + chat, Json.object().put("name", "x"))
                        .code())
                .isEqualTo(232009);
        assertThat(client.im()
                        .v1()
                        .chat()
                        .get(GetChatReq.newBuilder().chatId(chat).build())
                        .getData()
                        .getChatStatus())
                .isEqualTo("dissolved");
    }

    @Test
    @DisplayName("groups are listed and searched, each in the view of who asks")
    void search() throws Exception {
        String chat = created(CreateChatReqBody.newBuilder()
                .name("Quarterly figures")
                .userIdList(new String[] {RunningSandbox.person(4)})
                .build());
        var found = client.im()
                .v1()
                .chat()
                .search(SearchChatReq.newBuilder().query("quarterly").build());
        assertThat(found.getData().getItems()).hasSize(1);
        assertThat(found.getData().getItems()[0].getChatId()).isEqualTo(chat);
        String token = sandbox.userToken(RunningSandbox.person(5), "im:chat:readonly");
        Map<String, String> as = Map.of("Authorization", "Bearer " + token);
        assertThat(sandbox.send("GET", CHATS + "/search?query=quarterly", null, as)
                        .data()
                        .path("items"))
                .isEmpty();
        assertThat(sandbox.send("GET", CHATS, null, as).data().path("items").findValuesAsText("chat_id"))
                .contains(RunningSandbox.PURCHASING)
                .doesNotContain(chat);
    }

    @Test
    @DisplayName("what people do by hand is told as well")
    void byHand() throws Exception {
        String chat = group(1);
        String path = "/sandbox/chats/" + chat;
        sandbox.post(
                path + "/members",
                Json.object().put("open_id", RunningSandbox.person(4)).put("change", "added"));
        sandbox.post(
                path + "/members",
                Json.object().put("open_id", RunningSandbox.person(4)).put("change", "withdrawn"));
        await().untilAsserted(() ->
                assertThat(webhook.ofType("im.chat.member.user.withdrawn_v1")).hasSize(1));
        assertThat(webhook.ofType("im.chat.member.user.added_v1")).hasSize(1);
        sandbox.send("PATCH", path, Json.object().put("name", "Renamed"), Map.of());
        assertThat(event("im.chat.updated_v1", P2ChatUpdatedV1Data.class)
                        .getAfterChange()
                        .getName())
                .isEqualTo("Renamed");
        sandbox.post("/sandbox/chats/" + RunningSandbox.direct(4) + "/enter", Json.object());
        assertThat(event("im.chat.access_event.bot_p2p_chat_entered_v1", P2ChatAccessEventBotP2pChatEnteredV1Data.class)
                        .getOperatorId()
                        .getOpenId())
                .isEqualTo(RunningSandbox.person(4));
        sandbox.send("DELETE", path, null, Map.of());
        await().untilAsserted(
                        () -> assertThat(webhook.ofType("im.chat.disbanded_v1")).hasSize(1));
    }
}
