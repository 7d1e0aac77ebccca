package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.camelfeishu.openapi.FeishuRejectedException;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What is done with messages")
@ExtendWith(SandboxRoutes.Running.class)
class MessageActionCallsTest {

    private static final String GROUP = "oc_group0000000000000000000000002";
    private static final String MEMBER = RunningSandbox.person(2);
    private static final String STRANGER = RunningSandbox.person(1);

    private final SandboxRoutes feishu;

    MessageActionCallsTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    /** Sends a text by the operation, which keeps the limits of the chat. */
    private String sent(String chat) {
        return feishu.exchange("message/send", Map.of("CamelFeishuReceiveId", chat), "text " + UUID.randomUUID())
                .getMessage()
                .getHeader("CamelFeishuSentMessageId", String.class);
    }

    private JsonNode read(String message) {
        return feishu.json("message/get?param.message_id=" + message, Map.of(), null);
    }

    private static List<JsonNode> all(Object pages) {
        List<JsonNode> items = new ArrayList<>();
        ((Iterator<?>) pages).forEachRemaining(item -> items.add((JsonNode) item));
        return items;
    }

    private void does(String person, String what, String message, Map<String, String> more) {
        var body = JsonNodeFactory.instance.objectNode().put(what.equals("read") ? "reader" : "operator", person);
        more.forEach(body::put);
        assertThat(feishu.sandbox()
                        .post("/sandbox/messages/" + message + "/" + what, body)
                        .status())
                .isEqualTo(200);
    }

    @Test
    @Exercises("message/edit")
    @DisplayName("a text is edited")
    void edit() {
        String message = sent(GROUP);

        feishu.run("message/edit", Map.of("CamelFeishuMessageId", message), "a better text");

        assertThat(read(message).at("/0/body/content").asText()).contains("a better text");
        assertThat(read(message).at("/0/updated").asBoolean()).isTrue();
    }

    @Test
    @Exercises("message/forward")
    @DisplayName("a message is forwarded to a person, once for each key")
    void forward() {
        String message = sent(GROUP);
        Map<String, Object> to = Map.of(
                "CamelFeishuMessageId",
                message,
                "CamelFeishuReceiveId",
                MEMBER,
                "CamelFeishuReceiveIdType",
                "open_id",
                "CamelFeishuUuid",
                UUID.randomUUID().toString());

        JsonNode forwarded = feishu.json("message/forward", to, null);
        JsonNode again = feishu.json("message/forward", to, null);

        assertThat(forwarded.path("chat_id").asText()).isEqualTo(RunningSandbox.direct(2));
        assertThat(forwarded.at("/body/content").asText())
                .isEqualTo(read(message).at("/0/body/content").asText());
        assertThat(again.path("message_id")).isEqualTo(forwarded.path("message_id"));
    }

    @Test
    @Exercises({"message/merge-forward", "message/get"})
    @DisplayName("several messages are forwarded as one, and read with what is in it")
    void mergeForward() {
        List<String> messages = List.of(sent(GROUP), sent(GROUP), "om_none");

        JsonNode merged = feishu.json(
                "message/merge-forward", Map.of("CamelFeishuReceiveId", RunningSandbox.direct(3)), messages);

        assertThat(merged.path("invalid_message_id_list").path(0).asText()).isEqualTo("om_none");
        JsonNode inside = read(merged.at("/message/message_id").asText());
        assertThat(inside).hasSize(3);
        assertThat(inside.at("/2/upper_message_id")).isEqualTo(merged.at("/message/message_id"));
    }

    @Test
    @Exercises({"message/forward-thread", "message/reply", "message/list"})
    @DisplayName("a reply begins a thread, which is listed and forwarded")
    void thread() {
        String question = sent(GROUP);
        feishu.run("message/reply?param.reply_in_thread=true", Map.of("CamelFeishuMessageId", question), "an answer");
        String thread = read(question).at("/0/thread_id").asText();

        assertThat(all(feishu.run(
                        "message/list?pageSize=1&param.container_id_type=thread",
                        Map.of("CamelFeishuContainerId", thread),
                        null)))
                .hasSize(2);
        JsonNode forwarded = feishu.json(
                "message/forward-thread",
                Map.of("CamelFeishuThreadId", thread, "CamelFeishuReceiveId", RunningSandbox.direct(4)),
                null);
        assertThat(forwarded.path("msg_type").asText()).isEqualTo("merge_forward");
        assertThat(read(forwarded.path("message_id").asText())).hasSize(3);
    }

    @Test
    @Exercises("message/read-by")
    @DisplayName("who has read a message is listed over all pages")
    void readBy() {
        String message = sent(GROUP);
        does(MEMBER, "read", message, Map.of());
        does(RunningSandbox.person(5), "read", message, Map.of());

        List<JsonNode> readers =
                all(feishu.run("message/read-by?pageSize=1", Map.of("CamelFeishuMessageId", message), null));

        assertThat(readers)
                .extracting(reader -> reader.path("user_id").asText())
                .containsExactly(MEMBER, RunningSandbox.person(5));
    }

    @Test
    @Exercises({"message/react", "message/reactions", "message/unreact"})
    @DisplayName("a reaction is added, listed with those of people, and taken back")
    void reactions() {
        String message = sent(GROUP);
        does(MEMBER, "reactions", message, Map.of("emoji_type", "SMILE"));

        JsonNode own =
                feishu.json("message/react?param.emoji_type=THUMBSUP", Map.of("CamelFeishuMessageId", message), null);

        assertThat(all(feishu.run("message/reactions?pageSize=1", Map.of("CamelFeishuMessageId", message), null)))
                .extracting(reaction -> reaction.at("/reaction_type/emoji_type").asText())
                .containsExactly("SMILE", "THUMBSUP");
        feishu.run(
                "message/unreact",
                Map.of(
                        "CamelFeishuMessageId",
                        message,
                        "CamelFeishuReactionId",
                        own.path("reaction_id").asText()),
                null);
        assertThat(all(feishu.run(
                        "message/reactions?param.reaction_type=THUMBSUP",
                        Map.of("CamelFeishuMessageId", message),
                        null)))
                .isEmpty();
        assertThatThrownBy(() -> feishu.run(
                        "message/react?param.emoji_type=NOTHING", Map.of("CamelFeishuMessageId", message), null))
                .isInstanceOfSatisfying(
                        FeishuRejectedException.class,
                        refused -> assertThat(refused.code()).isEqualTo(231001));
    }

    @Test
    @Exercises({"message/pin", "message/pins", "message/unpin"})
    @DisplayName("a message is pinned, listed and unpinned")
    void pins() {
        String message = sent(GROUP);

        JsonNode pin = feishu.json("message/pin", Map.of("CamelFeishuMessageId", message), null);

        assertThat(pin.path("message_id").asText()).isEqualTo(message);
        assertThat(pinned()).contains(message);
        feishu.run("message/unpin", Map.of("CamelFeishuMessageId", message), null);
        assertThat(pinned()).doesNotContain(message);
    }

    private List<String> pinned() {
        return all(feishu.run("message/pins?pageSize=1", Map.of("CamelFeishuChatId", GROUP), null)).stream()
                .map(pin -> pin.path("message_id").asText())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"app", "sms", "phone"})
    @Exercises({"message/urgent-app", "message/urgent-sms", "message/urgent-phone"})
    @DisplayName("a message is made urgent for those in the chat, the others are told")
    void urgent(String how) {
        String message = sent(GROUP);

        JsonNode invalid = feishu.json(
                "message/urgent-" + how, Map.of("CamelFeishuMessageId", message), List.of(MEMBER, STRANGER));

        assertThat(invalid).hasSize(1);
        assertThat(invalid.get(0).asText()).isEqualTo(STRANGER);
    }

    @Test
    @Exercises("message/follow-up")
    @DisplayName("bubbles for a quick answer hang below the newest direct message")
    void followUp() {
        String message = sent(RunningSandbox.direct(5));
        List<Map<String, String>> bubbles = List.of(Map.of("content", "yes"), Map.of("content", "no"));

        feishu.run("message/follow-up", Map.of("CamelFeishuMessageId", message), bubbles);

        assertThatThrownBy(() -> feishu.run("message/follow-up", Map.of("CamelFeishuMessageId", message), bubbles))
                .isInstanceOfSatisfying(
                        FeishuRejectedException.class,
                        refused -> assertThat(refused.code()).isEqualTo(230008));
    }

    @Test
    @Exercises({"message/batch-send", "message/batch-progress", "message/batch-read-count", "message/batch-recall"})
    @DisplayName("a batch goes to people and departments, is followed and withdrawn")
    void batch() {
        JsonNode sent = feishu.json(
                "message/batch-send",
                Map.of("CamelFeishuOpenIds", List.of(MEMBER, "ou_none"), "CamelFeishuDepartmentIds", List.of("sales")),
                "to many");

        String batch = sent.path("message_id").asText();
        assertThat(sent.at("/invalid_open_ids/0").asText()).isEqualTo("ou_none");
        Map<String, Object> it = Map.of("CamelFeishuBatchMessageId", batch);
        assertThat(feishu.json("message/batch-read-count", it, null)
                        .path("total_count")
                        .asText())
                .isEqualTo("2");
        feishu.run("message/batch-recall", it, null);
        JsonNode progress = feishu.json("message/batch-progress", it, null);
        assertThat(progress.at("/batch_message_send_progress/success_user_ids_count")
                        .asInt())
                .isEqualTo(2);
        assertThat(progress.at("/batch_message_recall_progress/recall_count").asInt())
                .isEqualTo(2);
    }
}
