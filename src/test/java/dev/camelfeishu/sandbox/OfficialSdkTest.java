package dev.camelfeishu.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.lark.oapi.Client;
import com.lark.oapi.service.approval.v4.model.CreateInstanceReq;
import com.lark.oapi.service.approval.v4.model.GetInstanceReq;
import com.lark.oapi.service.approval.v4.model.InstanceCreate;
import com.lark.oapi.service.contact.v3.model.GetUserReq;
import com.lark.oapi.service.im.v1.model.CreateMessageReq;
import com.lark.oapi.service.im.v1.model.CreateMessageReqBody;
import dev.camelfeishu.TestDatabase;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The platform's own Java SDK is at home in the sandbox")
class OfficialSdkTest {
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
    @DisplayName("it sends a message")
    void message() throws Exception {
        var answer = client.im()
                .v1()
                .message()
                .create(CreateMessageReq.newBuilder()
                        .receiveIdType("open_id")
                        .createMessageReqBody(CreateMessageReqBody.newBuilder()
                                .receiveId(RunningSandbox.person(1))
                                .msgType("text")
                                .content("{\"text\":\"hello\"}")
                                .build())
                        .build());
        assertThat(answer.success()).as(answer.getMsg()).isTrue();
        assertThat(answer.getData().getChatId()).isEqualTo(RunningSandbox.direct(1));
        assertThat(answer.getData().getSender().getIdType()).isEqualTo("app_id");
    }

    @Test
    @DisplayName("it creates an approval instance and reads it")
    void approval() throws Exception {
        var created = client.approval()
                .v4()
                .instance()
                .create(CreateInstanceReq.newBuilder()
                        .instanceCreate(InstanceCreate.newBuilder()
                                .approvalCode(RunningSandbox.APPROVAL_CODE)
                                .openId(RunningSandbox.person(4))
                                .form("[{\"id\":\"title\",\"type\":\"input\",\"value\":\"Ink\"}]")
                                .uuid("sdk-1")
                                .build())
                        .build());
        assertThat(created.success()).as(created.getMsg()).isTrue();
        var read = client.approval()
                .v4()
                .instance()
                .get(GetInstanceReq.newBuilder()
                        .instanceId(created.getData().getInstanceCode())
                        .build());
        assertThat(read.success()).as(read.getMsg()).isTrue();
        assertThat(read.getData().getStatus()).isEqualTo("PENDING");
        assertThat(read.getData().getTaskList()[0].getOpenId()).isEqualTo(RunningSandbox.person(2));
    }

    @Test
    @DisplayName("it reads a person")
    void person() throws Exception {
        var answer = client.contact()
                .v3()
                .user()
                .get(GetUserReq.newBuilder()
                        .userIdType("open_id")
                        .userId(RunningSandbox.person(2))
                        .build());
        assertThat(answer.success()).as(answer.getMsg()).isTrue();
        assertThat(answer.getData().getUser().getName()).isEqualTo("李雷");
        assertThat(answer.getData().getUser().getDepartmentIds()).hasSize(1);
    }
}
