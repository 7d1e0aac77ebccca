package dev.camelfeishu.sandbox.im;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.gson.JsonParser;
import com.lark.oapi.Client;
import com.lark.oapi.core.enums.AppType;
import com.lark.oapi.core.request.RequestOptions;
import com.lark.oapi.core.response.BaseResponse;
import com.lark.oapi.core.response.RawResponse;
import com.lark.oapi.core.token.AccessTokenType;
import com.lark.oapi.service.im.v1.V1;
import com.lark.oapi.service.im.v1.model.CreateFileReq;
import com.lark.oapi.service.im.v1.model.CreateFileReqBody;
import com.lark.oapi.service.im.v1.model.CreateImageReq;
import com.lark.oapi.service.im.v1.model.CreateImageReqBody;
import com.lark.oapi.service.im.v1.model.CreateMessageReactionReq;
import com.lark.oapi.service.im.v1.model.CreateMessageReactionReqBody;
import com.lark.oapi.service.im.v1.model.CreateMessageReactionRespBody;
import com.lark.oapi.service.im.v1.model.CreateMessageReq;
import com.lark.oapi.service.im.v1.model.CreateMessageReqBody;
import com.lark.oapi.service.im.v1.model.CreateMessageRespBody;
import com.lark.oapi.service.im.v1.model.CreatePinReq;
import com.lark.oapi.service.im.v1.model.CreatePinReqBody;
import com.lark.oapi.service.im.v1.model.DeleteBatchMessageReq;
import com.lark.oapi.service.im.v1.model.DeleteMessageReactionReq;
import com.lark.oapi.service.im.v1.model.DeleteMessageReq;
import com.lark.oapi.service.im.v1.model.DeletePinReq;
import com.lark.oapi.service.im.v1.model.Emoji;
import com.lark.oapi.service.im.v1.model.FollowUp;
import com.lark.oapi.service.im.v1.model.ForwardMessageReq;
import com.lark.oapi.service.im.v1.model.ForwardMessageReqBody;
import com.lark.oapi.service.im.v1.model.ForwardMessageRespBody;
import com.lark.oapi.service.im.v1.model.ForwardThreadReq;
import com.lark.oapi.service.im.v1.model.ForwardThreadReqBody;
import com.lark.oapi.service.im.v1.model.ForwardThreadRespBody;
import com.lark.oapi.service.im.v1.model.GetFileReq;
import com.lark.oapi.service.im.v1.model.GetFileResp;
import com.lark.oapi.service.im.v1.model.GetImageReq;
import com.lark.oapi.service.im.v1.model.GetImageResp;
import com.lark.oapi.service.im.v1.model.GetMessageReq;
import com.lark.oapi.service.im.v1.model.GetMessageResourceReq;
import com.lark.oapi.service.im.v1.model.GetMessageResourceResp;
import com.lark.oapi.service.im.v1.model.GetProgressBatchMessageReq;
import com.lark.oapi.service.im.v1.model.GetProgressBatchMessageRespBody;
import com.lark.oapi.service.im.v1.model.ListMessageReactionReq;
import com.lark.oapi.service.im.v1.model.ListMessageReactionRespBody;
import com.lark.oapi.service.im.v1.model.ListMessageReq;
import com.lark.oapi.service.im.v1.model.ListMessageRespBody;
import com.lark.oapi.service.im.v1.model.ListPinReq;
import com.lark.oapi.service.im.v1.model.MergeForwardMessageReq;
import com.lark.oapi.service.im.v1.model.MergeForwardMessageReqBody;
import com.lark.oapi.service.im.v1.model.MergeForwardMessageRespBody;
import com.lark.oapi.service.im.v1.model.Message;
import com.lark.oapi.service.im.v1.model.PatchMessageReq;
import com.lark.oapi.service.im.v1.model.PatchMessageReqBody;
import com.lark.oapi.service.im.v1.model.Pin;
import com.lark.oapi.service.im.v1.model.PushFollowUpMessageReq;
import com.lark.oapi.service.im.v1.model.PushFollowUpMessageReqBody;
import com.lark.oapi.service.im.v1.model.ReadUser;
import com.lark.oapi.service.im.v1.model.ReadUserBatchMessageReq;
import com.lark.oapi.service.im.v1.model.ReadUserBatchMessageRespBody;
import com.lark.oapi.service.im.v1.model.ReadUsersMessageReq;
import com.lark.oapi.service.im.v1.model.ReplyMessageReq;
import com.lark.oapi.service.im.v1.model.ReplyMessageReqBody;
import com.lark.oapi.service.im.v1.model.ReplyMessageRespBody;
import com.lark.oapi.service.im.v1.model.UpdateMessageReq;
import com.lark.oapi.service.im.v1.model.UpdateMessageReqBody;
import com.lark.oapi.service.im.v1.model.UpdateMessageRespBody;
import com.lark.oapi.service.im.v1.model.UrgentAppMessageReq;
import com.lark.oapi.service.im.v1.model.UrgentPhoneMessageReq;
import com.lark.oapi.service.im.v1.model.UrgentReceivers;
import com.lark.oapi.service.im.v1.model.UrgentSmsMessageReq;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Messages by the typed classes of the platform's own Java SDK")
class OfficialSdkMessagesTest {
    private static final String GROUP = "oc_group0000000000000000000000002";
    private static final String DIRECT = RunningSandbox.direct(2);
    private static final String CARD = "{\"config\":{\"update_multi\":true},\"elements\":[{\"tag\":\"div\",\"text\":"
            + "{\"tag\":\"plain_text\",\"content\":\"one\"}}]}";

    @TempDir
    static Path folder;

    private static TestDatabase postgres;
    private static RunningSandbox sandbox;
    private static Client client;
    private static V1 im;

    @BeforeAll
    static void start() throws IOException {
        postgres = new TestDatabase();
        sandbox = RunningSandbox.start(postgres, Map.of("feishu.sandbox.rates", "false"));
        client = Client.newBuilder("cli_a1b2c3d4e5f60718", "sandbox-app-secret")
                .appType(AppType.SELF_BUILT)
                .openBaseUrl(sandbox.root())
                .build();
        im = client.im().v1();
    }

    @AfterAll
    static void stop() throws IOException {
        sandbox.close();
        postgres.close();
    }

    private static <T> T ok(BaseResponse<T> answer) {
        assertThat(answer.success())
                .as(answer.getCode() + " " + answer.getMsg())
                .isTrue();
        return answer.getData();
    }

    private static CreateMessageRespBody send(String chat, String type, String content) throws Exception {
        return ok(im.message()
                .create(CreateMessageReq.newBuilder()
                        .receiveIdType("chat_id")
                        .createMessageReqBody(CreateMessageReqBody.newBuilder()
                                .receiveId(chat)
                                .msgType(type)
                                .content(content)
                                .build())
                        .build()));
    }

    private static String text(String chat, String text) throws Exception {
        return send(chat, "text", Json.write(Json.object().put("text", text))).getMessageId();
    }

    private static Message[] read(String messageId) throws Exception {
        return ok(im.message()
                        .get(GetMessageReq.newBuilder().messageId(messageId).build()))
                .getItems();
    }

    private static String image() throws Exception {
        File file = folder.resolve("dot.png").toFile();
        ImageIO.write(new BufferedImage(4, 3, BufferedImage.TYPE_INT_RGB), "png", file);
        return ok(im.image()
                        .create(CreateImageReq.newBuilder()
                                .createImageReqBody(CreateImageReqBody.newBuilder()
                                        .imageType("message")
                                        .image(file)
                                        .build())
                                .build()))
                .getImageKey();
    }

    private static String file(String type, String name, String bytes) throws Exception {
        File file = folder.resolve(name).toFile();
        Files.writeString(file.toPath(), bytes);
        return ok(im.file()
                        .create(CreateFileReq.newBuilder()
                                .createFileReqBody(CreateFileReqBody.newBuilder()
                                        .fileType(type)
                                        .fileName(name)
                                        .duration(type.equals("opus") || type.equals("mp4") ? 3000 : null)
                                        .file(file)
                                        .build())
                                .build()))
                .getFileKey();
    }

    @Test
    @DisplayName("every type of message is sent and read")
    void types() throws Exception {
        String image = image();
        String sticker = sandbox.post(
                        "/sandbox/messages",
                        Json.object()
                                .put("chat_id", GROUP)
                                .put("sender", RunningSandbox.person(2))
                                .set(
                                        "file",
                                        Json.object().put("type", "sticker").put("base64", "AAAA")))
                .body()
                .path("message_id")
                .asText();
        String stickerKey = Json.read(read(sticker)[0].getBody().getContent())
                .path("file_key")
                .asText();
        String post = "{\"zh_cn\":{\"title\":\"标题\",\"content\":[[{\"tag\":\"text\",\"text\":\"a\"},{\"tag\":\"at\","
                + "\"user_id\":\"" + RunningSandbox.person(2) + "\"}],[{\"tag\":\"img\",\"image_key\":\"" + image
                + "\"}],[{\"tag\":\"md\",\"text\":\"**b**\"}]]}}";
        List<String[]> messages = List.of(
                new String[] {"text", "{\"text\":\"hello\"}"},
                new String[] {"post", post},
                new String[] {"image", "{\"image_key\":\"" + image + "\"}"},
                new String[] {"file", "{\"file_key\":\"" + file("pdf", "a.pdf", "pdf") + "\"}"},
                new String[] {"audio", "{\"file_key\":\"" + file("opus", "a.opus", "opus") + "\"}"},
                new String[] {
                    "media", "{\"file_key\":\"" + file("mp4", "a.mp4", "mp4") + "\",\"image_key\":\"" + image + "\"}"
                },
                new String[] {"sticker", "{\"file_key\":\"" + stickerKey + "\"}"},
                new String[] {"share_chat", "{\"chat_id\":\"" + RunningSandbox.PURCHASING + "\"}"},
                new String[] {"share_user", "{\"user_id\":\"" + RunningSandbox.person(1) + "\"}"},
                new String[] {"interactive", CARD});
        for (String[] message : messages) {
            String id = send(GROUP, message[0], message[1]).getMessageId();
            Message[] read = read(id);
            assertThat(read).hasSize(1);
            assertThat(read[0].getMsgType()).isEqualTo(message[0]);
            JsonNode content = Json.read(read[0].getBody().getContent());
            switch (message[0]) {
                case "post" -> {
                    assertThat(content.path("title").asText()).isEqualTo("标题");
                    assertThat(content.findValuesAsText("tag")).containsExactly("text", "at", "img", "text");
                    assertThat(read[0].getMentions()[0].getId()).isEqualTo(RunningSandbox.person(2));
                }
                case "file" -> assertThat(content.path("file_name").asText()).isEqualTo("a.pdf");
                case "audio", "media" ->
                    assertThat(content.path("duration").asInt()).isEqualTo(3000);
                default -> assertThat(content.isObject()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("images and files come back as they went up, with the file's name")
    void uploads() throws Exception {
        GetImageResp image =
                im.image().get(GetImageReq.newBuilder().imageKey(image()).build());
        assertThat(image.getRawResponse().getStatusCode()).isEqualTo(200);
        assertThat(image.getData().toByteArray()).isEqualTo(Files.readAllBytes(folder.resolve("dot.png")));

        String key = file("stream", "数据.txt", "some text");
        GetFileResp file = im.file().get(GetFileReq.newBuilder().fileKey(key).build());
        assertThat(file.getData().toString(StandardCharsets.UTF_8)).isEqualTo("some text");

        String message = send(DIRECT, "file", "{\"file_key\":\"" + key + "\"}").getMessageId();
        GetMessageResourceResp resource = im.messageResource()
                .get(GetMessageResourceReq.newBuilder()
                        .messageId(message)
                        .fileKey(key)
                        .type("file")
                        .build());
        assertThat(resource.getData().toString(StandardCharsets.UTF_8)).isEqualTo("some text");
    }

    @Test
    @DisplayName("a message is answered, in a thread too, and both are listed")
    void replies() throws Exception {
        String first = text(DIRECT, "question");
        ReplyMessageRespBody reply = ok(im.message().reply(replyTo(first, false)));
        assertThat(reply.getParentId()).isEqualTo(first);
        assertThat(reply.getThreadId()).isNull();
        ReplyMessageRespBody inThread = ok(im.message().reply(replyTo(first, true)));
        ReplyMessageRespBody deeper = ok(im.message().reply(replyTo(inThread.getMessageId(), false)));
        assertThat(deeper.getThreadId()).isEqualTo(inThread.getThreadId());
        assertThat(deeper.getParentId()).isEqualTo(first);

        ListMessageRespBody thread = ok(im.message()
                .list(ListMessageReq.newBuilder()
                        .containerIdType("thread")
                        .containerId(inThread.getThreadId())
                        .pageSize(2)
                        .build()));
        assertThat(thread.getItems()).extracting(Message::getMessageId).containsExactly(first, inThread.getMessageId());
        assertThat(thread.getHasMore()).isTrue();
        ListMessageRespBody rest = ok(im.message()
                .list(ListMessageReq.newBuilder()
                        .containerIdType("thread")
                        .containerId(inThread.getThreadId())
                        .pageToken(thread.getPageToken())
                        .build()));
        assertThat(rest.getItems()).extracting(Message::getMessageId).containsExactly(deeper.getMessageId());
        assertThat(rest.getPageToken()).isNull();

        ListMessageRespBody chat = ok(im.message()
                .list(ListMessageReq.newBuilder()
                        .containerIdType("chat")
                        .containerId(DIRECT)
                        .startTime(Long.toString(System.currentTimeMillis() / 1000 - 60))
                        .endTime(Long.toString(System.currentTimeMillis() / 1000 + 60))
                        .sortType("ByCreateTimeDesc")
                        .pageSize(50)
                        .build()));
        assertThat(chat.getItems())
                .extracting(Message::getMessageId)
                .contains(first, reply.getMessageId())
                .doesNotContain(inThread.getMessageId(), deeper.getMessageId());
    }

    private static ReplyMessageReq replyTo(String message, boolean inThread) {
        return ReplyMessageReq.newBuilder()
                .messageId(message)
                .replyMessageReqBody(ReplyMessageReqBody.newBuilder()
                        .msgType("text")
                        .content("{\"text\":\"answer\"}")
                        .replyInThread(inThread)
                        .build())
                .build();
    }

    @Test
    @DisplayName("messages are edited, cards updated, and both recalled")
    void changes() throws Exception {
        String message = text(DIRECT, "before");
        UpdateMessageRespBody edited = ok(im.message()
                .update(UpdateMessageReq.newBuilder()
                        .messageId(message)
                        .updateMessageReqBody(UpdateMessageReqBody.newBuilder()
                                .msgType("text")
                                .content("{\"text\":\"after\"}")
                                .build())
                        .build()));
        assertThat(edited.getUpdated()).isTrue();
        assertThat(edited.getBody().getContent()).contains("after");
        String card = send(DIRECT, "interactive", CARD).getMessageId();
        ok(im.message()
                .patch(PatchMessageReq.newBuilder()
                        .messageId(card)
                        .patchMessageReqBody(PatchMessageReqBody.newBuilder()
                                .content(CARD.replace("one", "two"))
                                .build())
                        .build()));
        assertThat(read(card)[0].getBody().getContent()).contains("two");
        ok(im.message().delete(DeleteMessageReq.newBuilder().messageId(message).build()));
        assertThat(read(message)[0].getDeleted()).isTrue();
        assertThat(read(message)[0].getBody().getContent()).isNull();
    }

    @Test
    @DisplayName("a message, several in one and a thread are forwarded")
    void forwards() throws Exception {
        String one = text(GROUP, "one");
        String two = text(GROUP, "two");
        ForwardMessageReq request = ForwardMessageReq.newBuilder()
                .messageId(one)
                .receiveIdType("open_id")
                .uuid("forward-once")
                .forwardMessageReqBody(ForwardMessageReqBody.newBuilder()
                        .receiveId(RunningSandbox.person(3))
                        .build())
                .build();
        ForwardMessageRespBody forwarded = ok(im.message().forward(request));
        assertThat(forwarded.getChatId()).isEqualTo(RunningSandbox.direct(3));
        assertThat(forwarded.getBody().getContent()).contains("one");
        assertThat(ok(im.message().forward(request)).getMessageId()).isEqualTo(forwarded.getMessageId());

        MergeForwardMessageRespBody merged = ok(im.message()
                .mergeForward(MergeForwardMessageReq.newBuilder()
                        .receiveIdType("chat_id")
                        .mergeForwardMessageReqBody(MergeForwardMessageReqBody.newBuilder()
                                .receiveId(DIRECT)
                                .messageIdList(new String[] {one, "om_none", two})
                                .build())
                        .build()));
        assertThat(merged.getInvalidMessageIdList()).containsExactly("om_none");
        assertThat(merged.getMessage().getBody().getContent()).isEqualTo("Merged and Forwarded Message");
        Message[] inside = read(merged.getMessage().getMessageId());
        assertThat(inside).hasSize(3);
        assertThat(Arrays.stream(inside).skip(1).map(Message::getUpperMessageId))
                .containsOnly(merged.getMessage().getMessageId());
        assertThat(inside[2].getBody().getContent()).contains("two");

        String thread = ok(im.message().reply(replyTo(one, true))).getThreadId();
        ForwardThreadRespBody whole = ok(im.thread()
                .forward(ForwardThreadReq.newBuilder()
                        .threadId(thread)
                        .receiveIdType("chat_id")
                        .forwardThreadReqBody(ForwardThreadReqBody.newBuilder()
                                .receiveId(DIRECT)
                                .build())
                        .build()));
        assertThat(whole.getMsgType()).isEqualTo("merge_forward");
        assertThat(read(whole.getMessageId())).hasSize(3);
    }

    @Test
    @DisplayName("reactions are added, listed by pages and removed, by the bot and in a person's name")
    void reactions() throws Exception {
        String message = text(GROUP, "react");
        CreateMessageReactionReq smile = CreateMessageReactionReq.newBuilder()
                .messageId(message)
                .createMessageReactionReqBody(CreateMessageReactionReqBody.newBuilder()
                        .reactionType(Emoji.newBuilder().emojiType("SMILE").build())
                        .build())
                .build();
        CreateMessageReactionRespBody own = ok(im.messageReaction().create(smile));
        assertThat(own.getOperator().getOperatorType()).isEqualTo("app");
        String token = sandbox.userToken(RunningSandbox.person(2), "im:message", "im:message:readonly");
        RequestOptions asPerson =
                RequestOptions.newBuilder().userAccessToken(token).build();
        CreateMessageReactionRespBody persons = ok(im.messageReaction().create(smile, asPerson));
        assertThat(persons.getOperator().getOperatorId()).isEqualTo(RunningSandbox.person(2));

        ListMessageReactionRespBody first = ok(im.messageReaction()
                .list(ListMessageReactionReq.newBuilder()
                        .messageId(message)
                        .reactionType("SMILE")
                        .userIdType("user_id")
                        .pageSize(1)
                        .build()));
        assertThat(first.getItems()).hasSize(1);
        ListMessageReactionRespBody second = ok(im.messageReaction()
                .list(ListMessageReactionReq.newBuilder()
                        .messageId(message)
                        .userIdType("user_id")
                        .pageToken(first.getPageToken())
                        .build()));
        assertThat(second.getItems()[0].getOperator().getOperatorId()).isEqualTo("lilei");
        assertThat(second.getItems()[0].getReactionType().getEmojiType()).isEqualTo("SMILE");

        DeleteMessageReactionReq remove = DeleteMessageReactionReq.newBuilder()
                .messageId(message)
                .reactionId(persons.getReactionId())
                .build();
        assertThat(im.messageReaction().delete(remove).getCode()).isEqualTo(231007);
        assertThat(ok(im.messageReaction().delete(remove, asPerson)).getReactionId())
                .isEqualTo(persons.getReactionId());
    }

    @Test
    @DisplayName("messages are pinned, listed and unpinned")
    void pins() throws Exception {
        String message = text(GROUP, "pin me");
        CreatePinReq pin = CreatePinReq.newBuilder()
                .createPinReqBody(
                        CreatePinReqBody.newBuilder().messageId(message).build())
                .build();
        Pin first = ok(im.pin().create(pin)).getPin();
        assertThat(first.getOperatorIdType()).isEqualTo("app_id");
        assertThat(ok(im.pin().create(pin)).getPin().getCreateTime()).isEqualTo(first.getCreateTime());
        ListPinReq list = ListPinReq.newBuilder().chatId(GROUP).build();
        assertThat(ok(im.pin().list(list)).getItems())
                .extracting(Pin::getMessageId)
                .contains(message);
        ok(im.pin().delete(DeletePinReq.newBuilder().messageId(message).build()));
        assertThat(ok(im.pin().list(list)).getItems())
                .extracting(Pin::getMessageId)
                .doesNotContain(message);
    }

    @Test
    @DisplayName("people in the chat are notified urgently, the others are told back")
    void urgent() throws Exception {
        String message = text(GROUP, "urgent");
        String[] ids = {RunningSandbox.person(2), RunningSandbox.person(1)};
        UrgentReceivers receivers = UrgentReceivers.newBuilder().userIdList(ids).build();
        assertThat(ok(im.message()
                                .urgentApp(UrgentAppMessageReq.newBuilder()
                                        .messageId(message)
                                        .userIdType("open_id")
                                        .urgentReceivers(receivers)
                                        .build()))
                        .getInvalidUserIdList())
                .containsExactly(RunningSandbox.person(1));
        assertThat(ok(im.message()
                                .urgentSms(UrgentSmsMessageReq.newBuilder()
                                        .messageId(message)
                                        .userIdType("open_id")
                                        .urgentReceivers(receivers)
                                        .build()))
                        .getInvalidUserIdList())
                .hasSize(1);
        assertThat(ok(im.message()
                                .urgentPhone(UrgentPhoneMessageReq.newBuilder()
                                        .messageId(message)
                                        .userIdType("open_id")
                                        .urgentReceivers(receivers)
                                        .build()))
                        .getInvalidUserIdList())
                .hasSize(1);
    }

    @Test
    @DisplayName("it is known who has read a message")
    void readers() throws Exception {
        String message = text(GROUP, "read me");
        sandbox.post("/sandbox/messages/" + message + "/read", Json.object().put("reader", RunningSandbox.person(5)));
        ReadUser[] readers = ok(im.message()
                        .readUsers(ReadUsersMessageReq.newBuilder()
                                .messageId(message)
                                .userIdType("open_id")
                                .build()))
                .getItems();
        assertThat(readers).extracting(ReadUser::getUserId).containsExactly(RunningSandbox.person(5));
        assertThat(readers[0].getTimestamp()).matches("\\d{13}");
    }

    @Test
    @DisplayName("quick replies hang below the newest message of a direct chat")
    void followUps() throws Exception {
        String message = text(RunningSandbox.direct(5), "well?");
        PushFollowUpMessageReq push = PushFollowUpMessageReq.newBuilder()
                .messageId(message)
                .pushFollowUpMessageReqBody(PushFollowUpMessageReqBody.newBuilder()
                        .followUps(new FollowUp[] {
                            FollowUp.newBuilder().content("yes").build()
                        })
                        .build())
                .build();
        ok(im.message().pushFollowUp(push));
        assertThat(im.message().pushFollowUp(push).getCode()).isEqualTo(230008);
    }

    @Test
    @DisplayName("a batch goes to departments and people, and is followed and recalled")
    void batches() throws Exception {
        RawResponse raw = client.post(
                "/open-apis/message/v4/batch_send/",
                JsonParser.parseString(
                        "{\"msg_type\":\"text\",\"content\":{\"text\":\"to all\"},\"department_ids\":[\"sales\",\"none\"],"
                                + "\"user_ids\":[\"alice\",\"guest\"]}"),
                AccessTokenType.Tenant);
        JsonNode sent =
                Json.read(new String(raw.getBody(), StandardCharsets.UTF_8)).path("data");
        String batch = sent.path("message_id").asText();
        assertThat(batch).startsWith("bm-");
        assertThat(sent.path("invalid_department_ids").path(0).asText()).isEqualTo("none");
        String received = sandbox.get("/sandbox/messages?chat_id=" + RunningSandbox.direct(3))
                .body()
                .path("items")
                .path(0)
                .path("message_id")
                .asText();
        sandbox.post("/sandbox/messages/" + received + "/read", Json.object().put("reader", RunningSandbox.person(3)));

        ReadUserBatchMessageRespBody read = ok(im.batchMessage()
                .readUser(ReadUserBatchMessageReq.newBuilder()
                        .batchMessageId(batch)
                        .build()));
        assertThat(read.getReadUser().getReadCount()).isEqualTo("1");
        assertThat(read.getReadUser().getTotalCount()).isEqualTo("2");
        ok(im.batchMessage()
                .delete(DeleteBatchMessageReq.newBuilder().batchMessageId(batch).build()));
        GetProgressBatchMessageRespBody progress = ok(im.batchMessage()
                .getProgress(GetProgressBatchMessageReq.newBuilder()
                        .batchMessageId(batch)
                        .build()));
        assertThat(progress.getBatchMessageSendProgress().getValidUserIdsCount())
                .isEqualTo(3);
        assertThat(progress.getBatchMessageSendProgress().getSuccessUserIdsCount())
                .isEqualTo(2);
        assertThat(progress.getBatchMessageRecallProgress().getRecallCount()).isEqualTo(2);
        assertThat(read(received)[0].getDeleted()).isTrue();
    }
}
