package dev.camelfeishu.sandbox.im;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.ReceivingWebhook;
import dev.camelfeishu.sandbox.RunningSandbox;
import dev.camelfeishu.sandbox.RunningSandbox.Reply;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is done with messages, and what is refused")
class MessageActionsTest {
    private static final String IM = "/open-apis/im/v1";
    private static final String MESSAGES = IM + "/messages";
    private static final String GROUP = "oc_group0000000000000000000000002";
    private static final String DIRECT = RunningSandbox.direct(1);
    private static final String PERSON = RunningSandbox.person(1);
    private static final String MEMBER = RunningSandbox.person(2);
    private static final String OTHER = RunningSandbox.person(5);

    private static TestDatabase postgres;
    private static ReceivingWebhook webhook;
    private static RunningSandbox sandbox;

    @BeforeAll
    static void start() throws IOException {
        postgres = new TestDatabase();
        webhook = new ReceivingWebhook();
        sandbox = RunningSandbox.start(
                postgres, Map.of("feishu.sandbox.webhook-url", webhook.url(), "feishu.sandbox.rates", "false"));
    }

    @AfterAll
    static void stop() throws IOException {
        sandbox.close();
        webhook.close();
        postgres.close();
    }

    private static String sent(String chat) {
        return sent(chat, "text", Json.object().put("text", "hello"));
    }

    private static String sent(String chat, String type, JsonNode content) {
        Reply reply =
                sandbox.api("POST", MESSAGES + "?receive_id_type=chat_id", RunningSandbox.message(chat, type, content));
        assertThat(reply.code()).as(reply.body().toString()).isZero();
        return reply.data().path("message_id").asText();
    }

    private static int sending(String chat, String type, JsonNode content) {
        return sandbox.api("POST", MESSAGES + "?receive_id_type=chat_id", RunningSandbox.message(chat, type, content))
                .code();
    }

    private static ObjectNode wrote(String chat, String person) {
        return Json.object().put("chat_id", chat).put("sender", person);
    }

    private static String written(String chat, String person) {
        return written(wrote(chat, person).put("text", "hi"));
    }

    private static String written(ObjectNode body) {
        Reply reply = sandbox.post("/sandbox/messages", body);
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
        return reply.body().path("message_id").asText();
    }

    private static void aged(String message, String interval) {
        sandbox.jdbc()
                .update(
                        "update sandbox.message set created_ms = created_ms"
                                + " - (extract(epoch from ?::interval) * 1000)::bigint where message_id = ?",
                        interval,
                        message);
    }

    private static Reply as(String token, String method, String path, JsonNode body) {
        return sandbox.send(method, path, body, Map.of("Authorization", "Bearer " + token));
    }

    private static JsonNode event(String type, String message) {
        await().untilAsserted(() -> assertThat(webhook.ofType(type))
                .anyMatch(delivery -> delivery.body() != null
                        && delivery.json().path("event").toString().contains(message)));
        return webhook.ofType(type).stream()
                .map(delivery -> delivery.json().path("event"))
                .filter(event -> event.toString().contains(message))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] png(int width, int height) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_BYTE_BINARY), "png", out);
        return out.toByteArray();
    }

    /** A form with one file and texts before it. */
    private static JsonNode upload(String path, String part, byte[] bytes, String... texts) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < texts.length; i += 2) {
            body.writeBytes(
                    ("--b\r\nContent-Disposition: form-data; name=\"" + texts[i] + "\"\r\n\r\n" + texts[i + 1] + "\r\n")
                            .getBytes(StandardCharsets.UTF_8));
        }
        if (bytes != null) {
            body.writeBytes(("--b\r\nContent-Disposition: form-data; name=\"" + part + "\"; filename=\"x\"\r\n"
                            + "Content-Type: application/octet-stream\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            body.writeBytes(bytes);
            body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        body.writeBytes("--b--\r\n".getBytes(StandardCharsets.UTF_8));
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(sandbox.root() + path))
                                .header("Authorization", "Bearer " + sandbox.token())
                                .header("Content-Type", "multipart/form-data; boundary=b")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return Json.read(response.body());
    }

    private static JsonNode image(String type, byte[] bytes) throws Exception {
        return upload(IM + "/images", "image", bytes, "image_type", type);
    }

    private static JsonNode file(String type, byte[] bytes) throws Exception {
        return upload(IM + "/files", "file", bytes, "file_type", type, "file_name", "a.bin");
    }

    private static int code(JsonNode answer) {
        return answer.path("code").asInt();
    }

    @Test
    @DisplayName("images are refused by type, emptiness, format, size and resolution")
    void images() throws Exception {
        assertThat(code(image("message", png(10, 10)))).isZero();
        assertThat(code(image("other", png(10, 10)))).isEqualTo(234001);
        assertThat(code(image("message", null))).isEqualTo(234001);
        assertThat(code(image("message", new byte[0]))).isEqualTo(234010);
        assertThat(code(image("message", "no image".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(234011);
        assertThat(code(image("message", new byte[10 * 1024 * 1024 + 1]))).isEqualTo(234006);
        assertThat(code(image("message", png(12001, 1)))).isEqualTo(234039);
        assertThat(code(image("avatar", png(4097, 1)))).isEqualTo(234039);
        assertThat(code(image("message", png(4097, 1)))).isZero();

        String avatar = image("avatar", png(8, 8)).at("/data/image_key").asText();
        assertThat(sandbox.api("GET", IM + "/images/" + avatar, null).code()).isEqualTo(234001);
        assertThat(sandbox.api("GET", IM + "/images/img_none", null).code()).isEqualTo(234005);
        assertThat(sending(DIRECT, "image", Json.object().put("image_key", avatar)))
                .isEqualTo(230055);
    }

    @Test
    @DisplayName("files are refused by type, name, duration, emptiness and size")
    void files() throws Exception {
        byte[] bytes = {1, 2, 3};
        assertThat(code(file("stream", bytes))).isZero();
        assertThat(code(file("exe", bytes))).isEqualTo(234001);
        assertThat(code(upload(IM + "/files", "file", bytes, "file_type", "stream")))
                .isEqualTo(234001);
        assertThat(code(upload(
                        IM + "/files", "file", bytes, "file_type", "opus", "file_name", "a.opus", "duration", "3s")))
                .isEqualTo(234001);
        assertThat(code(file("stream", new byte[0]))).isEqualTo(234010);
        assertThat(code(file("stream", new byte[30 * 1024 * 1024 + 1]))).isEqualTo(234006);
        assertThat(sandbox.api("GET", IM + "/files/file_none", null).code()).isEqualTo(234005);
    }

    @Test
    @DisplayName("a key must be the app's own and fit the type of message")
    void keys() throws Exception {
        String video = file("mp4", new byte[] {1}).at("/data/file_key").asText();
        assertThat(sending(DIRECT, "media", Json.object().put("file_key", video)))
                .isZero();
        assertThat(sending(DIRECT, "file", Json.object().put("file_key", video)))
                .isEqualTo(230055);
        assertThat(sending(DIRECT, "file", Json.object().put("file_key", "file_none")))
                .isEqualTo(230017);
        assertThat(sending(DIRECT, "image", Json.object().put("image_key", "img_none")))
                .isEqualTo(230017);
        String received = written(
                (ObjectNode) wrote(DIRECT, PERSON).set("file", Json.object().put("base64", "AAAA")));
        JsonNode message = event("im.message.receive_v1", received).path("message");
        assertThat(message.path("message_type").asText()).isEqualTo("file");
        String theirs =
                Json.read(message.path("content").asText()).path("file_key").asText();
        assertThat(sending(DIRECT, "file", Json.object().put("file_key", theirs)))
                .isEqualTo(230017);
        assertThat(sandbox.api("GET", IM + "/files/" + theirs, null).code()).isEqualTo(234008);
        String resource = MESSAGES + "/" + received + "/resources/" + theirs;
        assertThat(sandbox.api("GET", resource + "?type=image", null).code()).isEqualTo(234003);
        assertThat(sandbox.api("GET", resource, null).code()).isEqualTo(234001);
        assertThat(sandbox.api("GET", resource + "?type=file", null).status()).isEqualTo(200);
    }

    @Test
    @DisplayName("contents are checked as their types want it")
    void contents() {
        assertThat(sending(DIRECT, "share_chat", Json.object().put("chat_id", DIRECT)))
                .isEqualTo(230015);
        assertThat(sending(DIRECT, "share_user", Json.object().put("user_id", "nobody")))
                .isEqualTo(230001);
        assertThat(sending(DIRECT, "share_user", Json.object().put("user_id", RunningSandbox.person(6))))
                .isEqualTo(230013);
        assertThat(sending(DIRECT, "vote", Json.object())).isEqualTo(230001);
        for (String paragraph : List.of(
                "[{\"tag\":\"text\"}]",
                "[{\"tag\":\"a\",\"text\":\"x\"}]",
                "[{\"tag\":\"at\",\"user_id\":\"nobody\"}]",
                "[{\"tag\":\"md\",\"text\":\"x\"},{\"tag\":\"hr\"}]")) {
            assertThat(sending(DIRECT, "post", Json.read("{\"zh_cn\":{\"content\":[" + paragraph + "]}}")))
                    .as(paragraph)
                    .isEqualTo(230001);
        }
        JsonNode divider = Json.read("{\"type\":\"divider\",\"params\":{\"divider_text\":{\"text\":\"new\"}}}");
        assertThat(sending(DIRECT, "system", divider)).isZero();
        assertThat(sending(GROUP, "system", divider)).isEqualTo(230001);
    }

    @Test
    @DisplayName("a bot recalls its own within the window, the owner of a group everybody's; the bot is told")
    void recalls() {
        String own = sent(GROUP);
        aged(own, "25 hours");
        assertThat(sandbox.api("DELETE", MESSAGES + "/" + own, null).code()).isEqualTo(230009);
        assertThat(sandbox.api(
                                "PUT",
                                MESSAGES + "/" + own,
                                Json.read("{\"msg_type\":\"text\",\"content\":\"{\\\"text\\\":\\\"x\\\"}\"}"))
                        .code())
                .isEqualTo(230075);
        String theirs = written(GROUP, OTHER);
        assertThat(sandbox.api("DELETE", MESSAGES + "/" + theirs, null).code()).isEqualTo(230026);
        String stranger = sandbox.userToken(PERSON, "im:message");
        assertThat(as(stranger, "DELETE", MESSAGES + "/" + theirs, null).code()).isEqualTo(230002);
        String owner = sandbox.userToken(MEMBER, "im:message");
        assertThat(as(owner, "DELETE", MESSAGES + "/" + theirs, null).code()).isZero();
        assertThat(event("im.message.recalled_v1", theirs).path("recall_type").asText())
                .isEqualTo("group_owner");
        String again = written(GROUP, OTHER);
        assertThat(sandbox.post(
                                "/sandbox/messages/" + again + "/recall",
                                Json.object().put("operator", OTHER))
                        .status())
                .isEqualTo(200);
        assertThat(event("im.message.recalled_v1", again).path("recall_type").asText())
                .isEqualTo("message_owner");
        assertThat(sandbox.api("POST", MESSAGES + "/" + again + "/reply", Json.object())
                        .code())
                .isEqualTo(230011);
    }

    @Test
    @DisplayName("a person's token sends in the person's name, where the person is and has granted it")
    void inAPersonsName() {
        ObjectNode toGroup = RunningSandbox.message(GROUP, "text", Json.object().put("text", "me"));
        String path = MESSAGES + "?receive_id_type=chat_id";
        String plain = sandbox.userToken(MEMBER, "im:message");
        assertThat(as(plain, "POST", path, toGroup).code()).isEqualTo(230027);
        String granted = sandbox.userToken(MEMBER, "im:message", "im:message.send_as_user");
        Reply reply = as(granted, "POST", path, toGroup);
        assertThat(reply.data().at("/sender/id").asText()).isEqualTo(MEMBER);
        assertThat(reply.data().at("/sender/sender_type").asText()).isEqualTo("user");
        String outside = sandbox.userToken(PERSON, "im:message", "im:message.send_as_user");
        assertThat(as(outside, "POST", path, toGroup).code()).isEqualTo(230002);
        assertThat(as(
                                outside,
                                "GET",
                                MESSAGES + "/" + reply.data().path("message_id").asText(),
                                null)
                        .code())
                .isEqualTo(230002);
    }

    @Test
    @DisplayName("what cannot be forwarded or merged is told apart")
    void forwards() throws Exception {
        JsonNode toDirect = Json.object().put("receive_id", DIRECT);
        String to = "/forward?receive_id_type=chat_id";
        String recalled = sent(GROUP);
        sandbox.api("DELETE", MESSAGES + "/" + recalled, null);
        assertThat(sandbox.api("POST", MESSAGES + "/" + recalled + to, toDirect).code())
                .isEqualTo(230065);
        assertThat(sandbox.api("POST", MESSAGES + "/om_none" + to, toDirect).code())
                .isEqualTo(230064);
        String voice = sent(
                GROUP,
                "audio",
                Json.object()
                        .put(
                                "file_key",
                                file("opus", new byte[] {1})
                                        .at("/data/file_key")
                                        .asText()));
        assertThat(sandbox.api("POST", MESSAGES + "/" + voice + to, toDirect).code())
                .isEqualTo(230061);
        String text = sent(GROUP);
        assertThat(sandbox.api("POST", MESSAGES + "/" + text + to, Json.object().put("receive_id", "oc_none"))
                        .code())
                .isEqualTo(230063);
        assertThat(sandbox.api(
                                "POST",
                                MESSAGES + "/" + text + "/forward?receive_id_type=thread_id",
                                Json.object().put("receive_id", "omt_none"))
                        .code())
                .isEqualTo(230019);

        assertThat(merge(text, sent(DIRECT)).code()).isEqualTo(230069);
        assertThat(merge(recalled).code()).isEqualTo(230065);
        assertThat(merge("om_none").code()).isEqualTo(230064);
        String thread = sandbox.api(
                        "POST",
                        MESSAGES + "/" + text + "/reply",
                        Json.read(
                                "{\"msg_type\":\"text\",\"content\":\"{\\\"text\\\":\\\"x\\\"}\",\"reply_in_thread\":true}"))
                .data()
                .path("thread_id")
                .asText();
        assertThat(merge(text, sent(GROUP)).code()).isEqualTo(230067);
        Reply intoThread = sandbox.api(
                "POST",
                MESSAGES + "/" + sent(DIRECT) + "/forward?receive_id_type=thread_id",
                Json.object().put("receive_id", thread));
        assertThat(intoThread.data().path("thread_id").asText()).isEqualTo(thread);
        assertThat(intoThread.data().path("parent_id").asText()).isEqualTo(text);

        Reply merged = merge(text);
        String inside = sandbox.api(
                        "GET",
                        MESSAGES + "/" + merged.data().at("/message/message_id").asText(),
                        null)
                .data()
                .at("/items/1/message_id")
                .asText();
        assertThat(sandbox.api("POST", MESSAGES + "/" + inside + to, toDirect).code())
                .isEqualTo(230064);
        assertThat(sandbox.api("GET", MESSAGES + "/" + inside + "/resources/x?type=file", null)
                        .code())
                .isEqualTo(234043);
    }

    private static Reply merge(String... ids) {
        ObjectNode body = Json.object().put("receive_id", DIRECT);
        var list = body.putArray("message_id_list");
        List.of(ids).forEach(list::add);
        return sandbox.api("POST", MESSAGES + "/merge_forward?receive_id_type=chat_id", body);
    }

    @Test
    @DisplayName("reactions of people and of the bot are told to the bot; wrong ones have their codes")
    void reactions() {
        String message = sent(DIRECT);
        String reaction = sandbox.post(
                        "/sandbox/messages/" + message + "/reactions",
                        Json.object().put("operator", PERSON).put("emoji_type", "THUMBSUP"))
                .body()
                .path("reaction_id")
                .asText();
        JsonNode created = event("im.message.reaction.created_v1", message);
        assertThat(created.path("operator_type").asText()).isEqualTo("user");
        assertThat(created.at("/user_id/open_id").asText()).isEqualTo(PERSON);
        assertThat(created.at("/reaction_type/emoji_type").asText()).isEqualTo("THUMBSUP");
        sandbox.send(
                "DELETE",
                "/sandbox/messages/" + message + "/reactions/" + reaction + "?operator=" + PERSON,
                null,
                Map.of());
        event("im.message.reaction.deleted_v1", message);

        String reactions = MESSAGES + "/" + message + "/reactions";
        ObjectNode smile = Json.object();
        smile.putObject("reaction_type").put("emoji_type", "SMILE");
        ObjectNode unknown = Json.object();
        unknown.putObject("reaction_type").put("emoji_type", "NOTHING");
        assertThat(sandbox.api("POST", reactions, unknown).code()).isEqualTo(231001);
        assertThat(sandbox.api("POST", MESSAGES + "/om_none/reactions", smile).code())
                .isEqualTo(231003);
        String own =
                sandbox.api("POST", reactions, smile).data().path("reaction_id").asText();
        assertThat(sandbox.api("POST", reactions, smile)
                        .data()
                        .path("reaction_id")
                        .asText())
                .isEqualTo(own);
        String outside = sandbox.userToken(OTHER, "im:message", "im:message:readonly");
        assertThat(as(outside, "POST", reactions, smile).code()).isEqualTo(231002);
        assertThat(as(outside, "GET", reactions, null).code()).isEqualTo(231008);
        assertThat(sandbox.api("DELETE", reactions + "/none", null).code()).isEqualTo(231011);
        assertThat(sandbox.api("DELETE", MESSAGES + "/" + sent(DIRECT) + "/reactions/" + own, null)
                        .code())
                .isEqualTo(231010);
        assertThat(sandbox.api("GET", reactions + "?page_token=x", null).code()).isEqualTo(231012);
        assertThat(sandbox.api("GET", reactions + "?user_id_type=x", null).code())
                .isEqualTo(231014);

        JsonNode many = sandbox.api(
                        "POST",
                        MESSAGES + "/reactions/batch_query",
                        Json.read("{\"queries\":[{\"message_id\":\"" + message + "\"},{\"message_id\":\"om_none\"}]}"))
                .data();
        assertThat(many.at("/success_msg_reaction_counts/0/reaction_count/0/reaction_type")
                        .asText())
                .isEqualTo("SMILE");
        assertThat(many.at("/success_msg_reaction_details/0/message_reaction_items/0/reaction_id")
                        .asText())
                .isEqualTo(own);
        assertThat(many.at("/fail_msg_reaction_details/0/fail_reason").asText()).isEqualTo("invalid");
    }

    @Test
    @DisplayName("pins need a message of a chat the bot is in; a recalled one is no longer listed")
    void pins() {
        String message = sent(GROUP);
        JsonNode pin = Json.object().put("message_id", message);
        assertThat(sandbox.api("POST", IM + "/pins", pin).code()).isZero();
        assertThat(sandbox.api("POST", IM + "/pins", Json.object()).code()).isEqualTo(230001);
        assertThat(sandbox.api("GET", IM + "/pins?chat_id=" + GROUP + "&start_time=5&end_time=5", null)
                        .code())
                .isEqualTo(230001);
        sandbox.api("DELETE", MESSAGES + "/" + message, null);
        assertThat(sandbox.api("POST", IM + "/pins", pin).code()).isEqualTo(230011);
        assertThat(sandbox.api("GET", IM + "/pins?chat_id=" + GROUP, null)
                        .data()
                        .path("items"))
                .noneMatch(item -> item.path("message_id").asText().equals(message));
        assertThat(sandbox.api("DELETE", IM + "/pins/" + message, null).code()).isZero();
    }

    @Test
    @DisplayName("nobody gets more than 200 unread urgent notices; reading frees")
    void urgent() {
        String message = sent(GROUP);
        String path = MESSAGES + "/" + message + "/urgent_app";
        JsonNode both = Json.read("{\"user_id_list\":[\"" + MEMBER + "\"]}");
        assertThat(sandbox.api("PATCH", path, both).code()).isEqualTo(230001);
        String known = path + "?user_id_type=open_id";
        assertThat(sandbox.api("PATCH", known, Json.read("{\"user_id_list\":[\"" + PERSON + "\"]}"))
                        .code())
                .isEqualTo(230001);
        assertThat(sandbox.api("PATCH", known.replace(message, written(GROUP, MEMBER)), both)
                        .code())
                .isEqualTo(230012);
        assertThat(sandbox.api("PATCH", known, both).data().path("invalid_user_id_list"))
                .isEmpty();
        sandbox.jdbc()
                .update(
                        "insert into sandbox.urgent select ?, ?, 'x' || n, false from generate_series(1, 199) n",
                        message,
                        MEMBER);
        assertThat(sandbox.api("PATCH", MESSAGES + "/" + sent(GROUP) + "/urgent_sms?user_id_type=open_id", both)
                        .code())
                .isEqualTo(230023);
        sandbox.post("/sandbox/messages/" + message + "/read", Json.object().put("reader", MEMBER));
        assertThat(sandbox.api("PATCH", MESSAGES + "/" + sent(GROUP) + "/urgent_sms?user_id_type=open_id", both)
                        .code())
                .isZero();
    }

    @Test
    @DisplayName("the bot is told who read its direct messages, and asks within seven days")
    void reads() {
        String message = sent(DIRECT);
        sandbox.post("/sandbox/messages/" + message + "/read", Json.object().put("reader", PERSON));
        JsonNode read = event("im.message.message_read_v1", message);
        assertThat(read.at("/reader/reader_id/open_id").asText()).isEqualTo(PERSON);
        String readers = MESSAGES + "/" + message + "/read_users?user_id_type=user_id";
        assertThat(sandbox.api("GET", readers, null)
                        .data()
                        .at("/items/0/user_id")
                        .asText())
                .isEqualTo("wangfang");
        assertThat(sandbox.api("GET", readers + "&page_size=101", null).code()).isEqualTo(230001);
        assertThat(sandbox.api("GET", readers.replace(message, written(DIRECT, PERSON)), null)
                        .code())
                .isEqualTo(230012);
        aged(message, "8 days");
        assertThat(sandbox.api("GET", readers, null).code()).isEqualTo(230033);
    }

    @Test
    @DisplayName("quick replies are refused below anything but the newest direct message of the bot")
    void followUps() {
        JsonNode yes = Json.read("{\"follow_ups\":[{\"content\":\"yes\"}]}");
        assertThat(sandbox.api("POST", MESSAGES + "/" + sent(GROUP) + "/push_follow_up", yes)
                        .code())
                .isEqualTo(230003);
        String message = sent(RunningSandbox.direct(4));
        String path = MESSAGES + "/" + message + "/push_follow_up";
        assertThat(sandbox.api("POST", path, Json.read("{\"follow_ups\":[{\"content\":\"\"}]}"))
                        .code())
                .isEqualTo(230007);
        aged(message, "11 minutes");
        assertThat(sandbox.api("POST", path, yes).code()).isEqualTo(230002);
        written(RunningSandbox.direct(4), RunningSandbox.person(4));
        assertThat(sandbox.api("POST", path, yes).code()).isEqualTo(230006);
    }

    @Test
    @DisplayName("batches are refused with HTTP 200, and when the quota of the day is used up")
    void batches() {
        String path = "/open-apis/message/v4/batch_send/";
        ObjectNode text = (ObjectNode)
                Json.read("{\"msg_type\":\"text\",\"content\":{\"text\":\"x\"},\"open_ids\":[\"" + PERSON + "\"]}");
        Reply missing = sandbox.api("POST", path, text.deepCopy().without("open_ids"));
        assertThat(missing.status()).isEqualTo(200);
        assertThat(missing.code()).isEqualTo(10003);
        assertThat(sandbox.api(
                                "POST",
                                path,
                                text.deepCopy()
                                        .put("msg_type", "image")
                                        .set("content", Json.object().put("image_key", "none")))
                        .code())
                .isEqualTo(11227);
        String batch = sandbox.api("POST", path, text).data().path("message_id").asText();
        String message = sandbox.jdbc()
                .queryForObject("select message_id from sandbox.message where batch_id = ?", String.class, batch);
        assertThat(sandbox.api("DELETE", MESSAGES + "/" + message, null).code()).isEqualTo(230054);
        sandbox.jdbc()
                .update("insert into sandbox.batch values ('bm-old', 1, 499999, ?, null)", System.currentTimeMillis());
        Reply used = sandbox.api("POST", path, text);
        assertThat(used.status()).isEqualTo(200);
        assertThat(used.code()).isEqualTo(11247);
        sandbox.jdbc().update("update sandbox.batch set created_ms = created_ms - 90000000 where sent = 499999");
        assertThat(sandbox.api("DELETE", IM + "/batch_messages/bm-old", null).code())
                .isEqualTo(230009);
        assertThat(sandbox.api("GET", IM + "/batch_messages/bm-none/read_user", null)
                        .code())
                .isEqualTo(230030);
    }

    private static String group(String settings) {
        String chat = sandbox.api(
                        "POST",
                        IM + "/chats?user_id_type=open_id",
                        Json.read("{\"name\":\"Rules\",\"user_id_list\":[\"" + MEMBER + "\"],\"owner_id\":\"" + MEMBER
                                + "\"}"))
                .data()
                .path("chat_id")
                .asText();
        sandbox.jdbc()
                .update("update sandbox.chat set settings = ?, created_by = null where chat_id = ?", settings, chat);
        return chat;
    }

    @Test
    @DisplayName("what a group leaves to its owner is refused to the bot, unless it is a manager")
    void settings() {
        String chat = group("{}");
        String message = sent(chat);
        String theirs = written(chat, MEMBER);
        sandbox.jdbc()
                .update(
                        "update sandbox.chat set settings = ? where chat_id = ?",
                        "{\"moderation_permission\":\"only_owner\",\"pin_manage_setting\":\"only_owner\","
                                + "\"urgent_setting\":\"only_owner\"}",
                        chat);
        String urgent = MESSAGES + "/" + message + "/urgent_app?user_id_type=open_id";
        JsonNode people = Json.read("{\"user_id_list\":[\"" + MEMBER + "\"]}");
        JsonNode pin = Json.object().put("message_id", message);
        assertThat(sending(chat, "text", Json.object().put("text", "x"))).isEqualTo(230018);
        assertThat(sandbox.api("POST", IM + "/pins", pin).code()).isEqualTo(230046);
        assertThat(sandbox.api("PATCH", urgent, people).code()).isEqualTo(230052);
        assertThat(sandbox.api("DELETE", MESSAGES + "/" + theirs, null).code()).isEqualTo(230026);

        sandbox.jdbc().update("update sandbox.chat set bot_manager = true where chat_id = ?", chat);
        assertThat(sending(chat, "text", Json.object().put("text", "x"))).isZero();
        assertThat(sandbox.api("POST", IM + "/pins", pin).code()).isZero();
        assertThat(sandbox.api("PATCH", urgent, people).code()).isZero();
        assertThat(sandbox.api("DELETE", MESSAGES + "/" + theirs, null).code()).isZero();
        assertThat(event("im.message.recalled_v1", theirs).path("recall_type").asText())
                .isEqualTo("group_manager");
    }

    @Test
    @DisplayName("in a group of threads every message begins one, and every reply is in it")
    void threads() {
        String chat = group("{\"group_message_type\":\"thread\"}");
        JsonNode first = sandbox.api(
                        "POST",
                        MESSAGES + "?receive_id_type=chat_id",
                        RunningSandbox.message(chat, "text", Json.object().put("text", "topic")))
                .data();
        JsonNode reply = sandbox.api(
                        "POST",
                        MESSAGES + "/" + first.path("message_id").asText() + "/reply",
                        Json.object().put("msg_type", "text").put("content", "{\"text\":\"x\"}"))
                .data();
        assertThat(first.path("thread_id").asText()).startsWith("omt_");
        assertThat(reply.path("thread_id")).isEqualTo(first.path("thread_id"));
    }

    @Test
    @DisplayName("nothing is done with the messages of a dissolved group")
    void dissolved() {
        String chat = group("{}");
        String message = sent(chat);
        sandbox.jdbc().update("update sandbox.chat set status = 'dissolved', bot = false where chat_id = ?", chat);
        String path = MESSAGES + "/" + message;
        ObjectNode smile = Json.object();
        smile.putObject("reaction_type").put("emoji_type", "SMILE");
        JsonNode text = Json.object().put("msg_type", "text").put("content", "{\"text\":\"x\"}");
        assertThat(sending(chat, "text", Json.object().put("text", "x"))).isEqualTo(232009);
        assertThat(sandbox.api("POST", path + "/reply", text).code()).isEqualTo(232009);
        assertThat(sandbox.api("PUT", path, text).code()).isEqualTo(232009);
        assertThat(sandbox.api("DELETE", path, null).code()).isEqualTo(232009);
        assertThat(sandbox.api("POST", path + "/reactions", smile).code()).isEqualTo(232009);
        assertThat(sandbox.api("POST", IM + "/pins", Json.object().put("message_id", message))
                        .code())
                .isEqualTo(232009);
        assertThat(sandbox.api(
                                "PATCH",
                                path + "/urgent_app?user_id_type=open_id",
                                Json.read("{\"user_id_list\":[\"" + MEMBER + "\"]}"))
                        .code())
                .isEqualTo(232009);
        assertThat(sandbox.api("GET", path, null).code()).isEqualTo(230002);
    }

    private static Reply hook(String path, ObjectNode body) {
        return sandbox.send("POST", path, body, Map.of());
    }

    @Test
    @DisplayName("a custom bot checks signature, keyword and size, and speaks in its group")
    void customBot() throws Exception {
        String path = sandbox.post(
                        "/sandbox/custom-bots",
                        Json.read("{\"chat_id\":\"" + GROUP
                                + "\",\"name\":\"Monitor\",\"secret\":\"demo\",\"keywords\":[\"alert\"]}"))
                .body()
                .path("path")
                .asText();
        assertThat(sign("1599360473", "demo")).isEqualTo("l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=");
        String now = Long.toString(System.currentTimeMillis() / 1000);
        ObjectNode body = (ObjectNode) Json.read("{\"msg_type\":\"text\",\"content\":{\"text\":\"alert: hot\"}}");
        assertThat(hook(path, body).code()).isEqualTo(19021);
        body.put("timestamp", now).put("sign", sign(now, "demo"));
        Reply done = hook(path, body);
        assertThat(done.body())
                .isEqualTo(Json.read("{\"StatusCode\":0,\"StatusMessage\":\"success\",\"code\":0,\"data\":{},"
                        + "\"msg\":\"success\"}"));
        assertThat(hook(path, body.deepCopy().put("sign", sign(now, "other"))).code())
                .isEqualTo(19021);
        String old = Long.toString(System.currentTimeMillis() / 1000 - 3700);
        assertThat(hook(path, body.deepCopy().put("timestamp", old).put("sign", sign(old, "demo")))
                        .code())
                .isEqualTo(19021);
        Reply quiet = hook(path, (ObjectNode)
                body.deepCopy().set("content", Json.object().put("text", "all is well")));
        assertThat(quiet.status()).isEqualTo(200);
        assertThat(quiet.code()).isEqualTo(19024);
        assertThat(hook(path, (ObjectNode) body.deepCopy()
                                .set("content", Json.object().put("text", "alert" + "x".repeat(21000))))
                        .code())
                .isEqualTo(9499);
        assertThat(hook("/open-apis/bot/v2/hook/none", body).code()).isEqualTo(9499);
        JsonNode shown = sandbox.get("/sandbox/messages?chat_id=" + GROUP)
                .body()
                .path("items")
                .path(0);
        assertThat(shown.path("sender_name").asText()).isEqualTo("Monitor");
        assertThat(shown.at("/content/text").asText()).isEqualTo("alert: hot");
    }

    /** What a caller computes. */
    private static String sign(String timestamp, String secret) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec((timestamp + "\n" + secret).getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return Base64.getEncoder().encodeToString(mac.doFinal(new byte[0]));
    }

    @Test
    @DisplayName("the custom bot's sixth message within a second is refused")
    void customBotLimit() throws IOException {
        try (TestDatabase own = new TestDatabase();
                RunningSandbox limited = RunningSandbox.start(own, Map.of())) {
            String path = limited.post(
                            "/sandbox/custom-bots",
                            Json.object().put("chat_id", GROUP).put("name", "Busy"))
                    .body()
                    .path("path")
                    .asText();
            JsonNode body = Json.read("{\"msg_type\":\"text\",\"content\":{\"text\":\"x\"}}");
            List<Integer> codes = IntStream.range(0, 12)
                    .mapToObj(i -> limited.post(path, body).code())
                    .toList();
            assertThat(codes.subList(0, 5)).containsOnly(0);
            assertThat(codes).contains(11232);
        }
    }
}
