package dev.camelfeishu.sandbox.contact;

import static org.assertj.core.api.Assertions.assertThat;

import com.lark.oapi.Client;
import com.lark.oapi.service.contact.v3.model.AddGroupMemberReq;
import com.lark.oapi.service.contact.v3.model.AddGroupMemberReqBody;
import com.lark.oapi.service.contact.v3.model.BatchDepartmentReq;
import com.lark.oapi.service.contact.v3.model.BatchGetIdUserReq;
import com.lark.oapi.service.contact.v3.model.BatchGetIdUserReqBody;
import com.lark.oapi.service.contact.v3.model.BatchUserReq;
import com.lark.oapi.service.contact.v3.model.ChildrenDepartmentReq;
import com.lark.oapi.service.contact.v3.model.CreateGroupReq;
import com.lark.oapi.service.contact.v3.model.DeleteGroupReq;
import com.lark.oapi.service.contact.v3.model.GetGroupReq;
import com.lark.oapi.service.contact.v3.model.Group;
import com.lark.oapi.service.contact.v3.model.ListScopeReq;
import com.lark.oapi.service.contact.v3.model.MemberBelongGroupReq;
import com.lark.oapi.service.contact.v3.model.RemoveGroupMemberReq;
import com.lark.oapi.service.contact.v3.model.RemoveGroupMemberReqBody;
import com.lark.oapi.service.contact.v3.model.SimplelistGroupMemberReq;
import com.lark.oapi.service.contact.v3.model.SimplelistGroupReq;
import com.lark.oapi.service.contact.v3.model.User;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The platform's own Java SDK reads the directory of the sandbox")
class TypedContactTest {
    private static TestDatabase postgres;
    private static RunningSandbox sandbox;
    private static Client client;

    @BeforeAll
    static void start() throws IOException {
        postgres = new TestDatabase();
        sandbox = RunningSandbox.start(postgres, Map.of());
        client = sandbox.sdk();
    }

    @AfterAll
    static void stop() throws IOException {
        sandbox.close();
        postgres.close();
    }

    @Test
    @DisplayName("several people and departments at once")
    void batches() throws Exception {
        var people = client.contact()
                .v3()
                .user()
                .batch(BatchUserReq.newBuilder()
                        .userIds(new String[] {RunningSandbox.person(1), RunningSandbox.person(3), "ou_nobody"})
                        .build());
        assertThat(people.success()).as(people.getMsg()).isTrue();
        assertThat(people.getData().getItems()).extracting(User::getName).containsExactly("王芳", "Alice Chen");
        var departments = client.contact()
                .v3()
                .department()
                .batch(BatchDepartmentReq.newBuilder()
                        .departmentIdType("department_id")
                        .departmentIds(new String[] {"sales", "hq"})
                        .build());
        assertThat(departments.getData().getItems()).hasSize(2);
    }

    @Test
    @DisplayName("ids by mail and mobile phone")
    void ids() throws Exception {
        var found = client.contact()
                .v3()
                .user()
                .batchGetId(BatchGetIdUserReq.newBuilder()
                        .userIdType("user_id")
                        .batchGetIdUserReqBody(BatchGetIdUserReqBody.newBuilder()
                                .emails(new String[] {"lilei@example.com"})
                                .mobiles(new String[] {"13800000001", "+8613800000003", "13900000000"})
                                .build())
                        .build());
        assertThat(found.getData().getUserList())
                .extracting(entry -> entry.getUserId())
                .containsExactly("lilei", "wangfang", "alice", null);
    }

    @Test
    @DisplayName("pages follow one another until there is no more, and a token is for its own question")
    void pages() throws Exception {
        List<String> names = new ArrayList<>();
        String token = null;
        do {
            var page = client.contact()
                    .v3()
                    .department()
                    .children(ChildrenDepartmentReq.newBuilder()
                            .departmentId("0")
                            .fetchChild(true)
                            .pageSize(4)
                            .pageToken(token)
                            .build());
            assertThat(page.success()).as(page.getMsg()).isTrue();
            for (var department : page.getData().getItems()) {
                names.add(department.getName());
            }
            token = page.getData().getHasMore() ? page.getData().getPageToken() : null;
        } while (token != null);
        assertThat(names).hasSize(6).doesNotHaveDuplicates();
        String path = "/open-apis/contact/v3/departments/0/children?fetch_child=true&page_size=";
        String other =
                sandbox.api("GET", path + "2", null).data().path("page_token").asText();
        assertThat(sandbox.api("GET", "/open-apis/contact/v3/departments/0/children?page_token=" + other, null)
                        .code())
                .isEqualTo(40012);
        assertThat(sandbox.api("GET", path + "51", null).code()).isEqualTo(40011);
    }

    @Test
    @DisplayName("the app's range")
    void scopes() throws Exception {
        var scopes = client.contact()
                .v3()
                .scope()
                .list(ListScopeReq.newBuilder()
                        .departmentIdType("department_id")
                        .build());
        assertThat(scopes.getData().getDepartmentIds()).containsExactly("hq");
        assertThat(scopes.getData().getHasMore()).isFalse();
    }

    @Test
    @DisplayName("a user group is made, filled, read, emptied and deleted")
    void groups() throws Exception {
        var groups = client.contact().v3().group();
        var members = client.contact().v3().groupMember();
        var created = groups.create(CreateGroupReq.newBuilder()
                .group(Group.newBuilder()
                        .name("Buyers")
                        .description("may buy")
                        .type(1)
                        .build())
                .build());
        assertThat(created.success()).as(created.getMsg()).isTrue();
        String id = created.getData().getGroupId();
        assertThat(groups.create(CreateGroupReq.newBuilder()
                                .group(Group.newBuilder().name("Buyers").build())
                                .build())
                        .getCode())
                .isEqualTo(47009);
        AddGroupMemberReq add = AddGroupMemberReq.newBuilder()
                .groupId(id)
                .addGroupMemberReqBody(AddGroupMemberReqBody.newBuilder()
                        .memberType("user")
                        .memberIdType("user_id")
                        .memberId("david")
                        .build())
                .build();
        assertThat(members.add(add).getCode()).isZero();
        assertThat(members.add(add).getCode()).isEqualTo(42005);
        var list = members.simplelist(SimplelistGroupMemberReq.newBuilder()
                .groupId(id)
                .memberIdType("open_id")
                .memberType("user")
                .build());
        assertThat(list.getData().getMemberlist())
                .extracting(member -> member.getMemberId())
                .containsExactly(RunningSandbox.person(5));
        assertThat(groups.memberBelong(MemberBelongGroupReq.newBuilder()
                                .memberId("david")
                                .memberIdType("user_id")
                                .build())
                        .getData()
                        .getGroupList())
                .containsExactly(id);
        assertThat(groups.delete(DeleteGroupReq.newBuilder().groupId(id).build())
                        .getCode())
                .isEqualTo(42017);
        assertThat(members.remove(RemoveGroupMemberReq.newBuilder()
                                .groupId(id)
                                .removeGroupMemberReqBody(RemoveGroupMemberReqBody.newBuilder()
                                        .memberType("user")
                                        .memberIdType("user_id")
                                        .memberId("david")
                                        .build())
                                .build())
                        .getCode())
                .isZero();
        assertThat(groups.get(GetGroupReq.newBuilder().groupId(id).build())
                        .getData()
                        .getGroup()
                        .getMemberUserCount())
                .isZero();
        assertThat(groups.delete(DeleteGroupReq.newBuilder().groupId(id).build())
                        .getCode())
                .isZero();
        assertThat(groups.simplelist(SimplelistGroupReq.newBuilder().build())
                        .getData()
                        .getGrouplist())
                .hasSize(1);
    }
}
