package dev.camelfeishu.sandbox.im;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.lark.oapi.Client;
import com.lark.oapi.service.cardkit.v1.model.ContentCardElementReq;
import com.lark.oapi.service.cardkit.v1.model.ContentCardElementReqBody;
import com.lark.oapi.service.cardkit.v1.model.CreateCardElementReq;
import com.lark.oapi.service.cardkit.v1.model.CreateCardElementReqBody;
import com.lark.oapi.service.cardkit.v1.model.CreateCardReq;
import com.lark.oapi.service.cardkit.v1.model.CreateCardReqBody;
import com.lark.oapi.service.cardkit.v1.model.DeleteCardElementReq;
import com.lark.oapi.service.cardkit.v1.model.DeleteCardElementReqBody;
import com.lark.oapi.service.cardkit.v1.model.IdConvertCardReq;
import com.lark.oapi.service.cardkit.v1.model.IdConvertCardReqBody;
import com.lark.oapi.service.cardkit.v1.model.PatchCardElementReq;
import com.lark.oapi.service.cardkit.v1.model.PatchCardElementReqBody;
import com.lark.oapi.service.cardkit.v1.model.SettingsCardReq;
import com.lark.oapi.service.cardkit.v1.model.SettingsCardReqBody;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.RunningSandbox;
import dev.camelfeishu.sandbox.RunningSandbox.Reply;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Card entities, templates and cards for one")
class CardEntitiesTest {
    private static final String CARDS = "/open-apis/cardkit/v1/cards";
    private static final String SEND = "/open-apis/im/v1/messages?receive_id_type=chat_id";

    private static final AtomicInteger CHATS = new AtomicInteger();

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

    private static String card(boolean streaming) {
        return "{\"schema\":\"2.0\",\"config\":{\"streaming_mode\":" + streaming + "},\"body\":{\"elements\":["
                + "{\"tag\":\"markdown\",\"element_id\":\"answer\",\"content\":\"\"},"
                + "{\"tag\":\"hr\",\"element_id\":\"line\"}]}}";
    }

    private static Reply create(String type, String data) {
        return sandbox.api("POST", CARDS, Json.object().put("type", type).put("data", data));
    }

    private static String entity(boolean streaming) throws Exception {
        var created = client.cardkit()
                .v1()
                .card()
                .create(CreateCardReq.newBuilder()
                        .createCardReqBody(CreateCardReqBody.newBuilder()
                                .type("card_json")
                                .data(card(streaming))
                                .build())
                        .build());
        assertThat(created.success()).as(created.getMsg()).isTrue();
        assertThat(created.getData().getCardId()).hasSizeLessThanOrEqualTo(20);
        return created.getData().getCardId();
    }

    /** To one chat after another: a chat takes five messages a second. */
    private static Reply send(JsonNode content) {
        String chat = RunningSandbox.direct(1 + CHATS.getAndIncrement() % 5);
        return sandbox.api("POST", SEND, RunningSandbox.message(chat, "interactive", content));
    }

    private static Reply sendEntity(String id) {
        ObjectNode content = Json.object().put("type", "card");
        content.putObject("data").put("card_id", id);
        return send(content);
    }

    private static JsonNode shown(String messageId) {
        return Json.read(sandbox.api(
                        "GET",
                        "/open-apis/im/v1/messages/" + messageId + "?card_msg_content_type=raw_card_content",
                        null)
                .data()
                .path("items")
                .path(0)
                .path("body")
                .path("content")
                .asText());
    }

    private static int stream(String card, String element, String content, int sequence) throws Exception {
        return client.cardkit()
                .v1()
                .cardElement()
                .content(ContentCardElementReq.newBuilder()
                        .cardId(card)
                        .elementId(element)
                        .contentCardElementReqBody(ContentCardElementReqBody.newBuilder()
                                .content(content)
                                .sequence(sequence)
                                .build())
                        .build())
                .getCode();
    }

    private static Reply change(String method, String path, int sequence, ObjectNode body) {
        return sandbox.api(method, CARDS + "/" + path, body.put("sequence", sequence));
    }

    @Test
    @DisplayName("text is streamed into the card of a message, in growing sequence, until streaming is switched off")
    void streaming() throws Exception {
        String id = entity(true);
        String message = sendEntity(id).data().path("message_id").asText();
        assertThat(sendEntity(id).code()).as("an entity is sent once").isEqualTo(230001);
        assertThat(stream(id, "answer", "Hel", 1)).isZero();
        assertThat(stream(id, "answer", "Hello", 3)).isZero();
        assertThat(stream(id, "answer", "Hello!", 3)).isEqualTo(300317);
        assertThat(stream(id, "line", "x", 4)).isEqualTo(300310);
        assertThat(shown(message).at("/body/elements/0/content").asText()).isEqualTo("Hello");
        var off = client.cardkit()
                .v1()
                .card()
                .settings(SettingsCardReq.newBuilder()
                        .cardId(id)
                        .settingsCardReqBody(SettingsCardReqBody.newBuilder()
                                .settings("{\"config\":{\"streaming_mode\":false}}")
                                .sequence(5)
                                .build())
                        .build());
        assertThat(off.success()).as(off.getMsg()).isTrue();
        assertThat(stream(id, "answer", "more", 6)).isEqualTo(300309);
        assertThat(stream("none", "answer", "more", 1)).isEqualTo(200740);
    }

    @Test
    @DisplayName("streaming ends after ten minutes, an entity after fourteen days")
    void ends() throws Exception {
        String id = entity(true);
        sandbox.jdbc()
                .update("update sandbox.card_entity set streaming_ms = streaming_ms - 600001 where card_id = ?", id);
        assertThat(stream(id, "answer", "late", 1)).isEqualTo(200850);
        sandbox.jdbc()
                .update(
                        "update sandbox.card_entity set created_ms = created_ms - 14 * 86400000::bigint - 1 where card_id = ?",
                        id);
        assertThat(stream(id, "answer", "late", 1)).isEqualTo(200750);
    }

    @Test
    @DisplayName("elements are added, changed, replaced and deleted")
    void elements() throws Exception {
        String id = entity(false);
        String message = sendEntity(id).data().path("message_id").asText();
        var elements = client.cardkit().v1().cardElement();
        var added = elements.create(CreateCardElementReq.newBuilder()
                .cardId(id)
                .createCardElementReqBody(CreateCardElementReqBody.newBuilder()
                        .type("insert_after")
                        .targetElementId("answer")
                        .elements(
                                "[{\"tag\":\"div\",\"element_id\":\"new\",\"text\":{\"tag\":\"plain_text\",\"content\":\"a\"}}]")
                        .sequence(1)
                        .build())
                .build());
        assertThat(added.success()).as(added.getMsg()).isTrue();
        var patched = elements.patch(PatchCardElementReq.newBuilder()
                .cardId(id)
                .elementId("new")
                .patchCardElementReqBody(PatchCardElementReqBody.newBuilder()
                        .partialElement("{\"text\":{\"content\":\"b\"}}")
                        .sequence(2)
                        .build())
                .build());
        assertThat(patched.success()).as(patched.getMsg()).isTrue();
        assertThat(shown(message).at("/body/elements/1/text/content").asText()).isEqualTo("b");
        assertThat(shown(message).at("/body/elements/1/text/tag").asText()).isEqualTo("plain_text");
        assertThat(elements.delete(DeleteCardElementReq.newBuilder()
                                .cardId(id)
                                .elementId("line")
                                .deleteCardElementReqBody(DeleteCardElementReqBody.newBuilder()
                                        .sequence(3)
                                        .build())
                                .build())
                        .getCode())
                .isZero();
        assertThat(shown(message).at("/body/elements")).hasSize(2);
        assertThat(change("DELETE", id + "/elements/line", 4, Json.object()).code())
                .isEqualTo(300314);
        assertThat(change("PATCH", id + "/elements/new", 4, Json.object().put("partial_element", "{\"tag\":\"hr\"}"))
                        .code())
                .isEqualTo(300312);
        assertThat(change("PATCH", id + "/elements/none", 4, Json.object().put("partial_element", "{}"))
                        .code())
                .isEqualTo(300313);
        assertThat(change(
                                "PUT",
                                id + "/elements/new",
                                4,
                                Json.object().put("element", "{\"tag\":\"hr\",\"element_id\":\"answer\"}"))
                        .code())
                .as("a second element of one id")
                .isEqualTo(300301);
        assertThat(change("PUT", id + "/elements/none", 4, Json.object().put("element", "{\"tag\":\"hr\"}"))
                        .code())
                .isEqualTo(300121);
        ObjectNode batch = Json.object()
                .put(
                        "actions",
                        "[{\"action\":\"update_element\",\"params\":{\"element_id\":\"new\",\"element\":{\"tag\":\"hr\"}}},"
                                + "{\"action\":\"delete_elements\",\"params\":{\"element_ids\":[\"answer\"]}}]");
        assertThat(change("POST", id + "/batch_update", 4, batch).code()).isZero();
        assertThat(shown(message).at("/body/elements").toString()).isEqualTo("[{\"tag\":\"hr\"}]");
    }

    @Test
    @DisplayName("a uuid has one effect, and belongs to one request")
    void uuid() throws Exception {
        String id = entity(true);
        ObjectNode body = Json.object().put("content", "one").put("uuid", "u1");
        String path = id + "/elements/answer/content";
        assertThat(change("PUT", path, 1, body).code()).isZero();
        assertThat(change("PUT", path, 1, body).code()).isZero();
        assertThat(change("PUT", path, 2, body.deepCopy().put("content", "two")).code())
                .isEqualTo(200770);
    }

    @Test
    @DisplayName("bad cards are refused with their codes")
    void refusals() throws Exception {
        assertThat(create("card_json", "{}").code()).isEqualTo(300307);
        assertThat(create("card_json", "{\"elements\":[]}").code()).isEqualTo(300303);
        assertThat(create("card_json", "no json").code()).isEqualTo(10002);
        assertThat(create("picture", "{}").code()).isEqualTo(10002);
        assertThat(create("card_json", card(false).replace("\"streaming_mode\":false", "\"update_multi\":false"))
                        .code())
                .isEqualTo(300302);
        assertThat(create("card_json", card(false).replace("\"line\"", "\"answer\""))
                        .code())
                .isEqualTo(300301);
        assertThat(create("card_json", card(false).replace("\"hr\"", "\"note\""))
                        .code())
                .isEqualTo(200220);
        assertThat(create(
                                "card_json",
                                card(false).replace("\"content\":\"\"", "\"content\":\"" + "x".repeat(31000) + "\""))
                        .code())
                .isEqualTo(200860);
        ObjectNode many = (ObjectNode) Json.read(card(false));
        IntStream.range(0, 200)
                .forEach(i -> ((ObjectNode) many.path("body"))
                        .withArray("elements")
                        .addObject()
                        .put("tag", "hr"));
        assertThat(create("card_json", Json.write(many)).code()).isEqualTo(300305);
        assertThat(sendEntity("none").body().path("msg").asText()).contains("ErrCode: 200740");
    }

    @Test
    @DisplayName("more than ten changes a second of a card that does not stream are too many")
    void limit() throws Exception {
        String still = entity(false);
        String streaming = entity(true);
        int refused = 0;
        for (int i = 1; i <= 25; i++) {
            refused += change("PATCH", still + "/settings", i, Json.object().put("settings", "{\"config\":{}}"))
                                    .status()
                            == 429
                    ? 1
                    : 0;
            assertThat(stream(streaming, "answer", "x" + i, i)).isZero();
        }
        assertThat(refused).isPositive();
    }

    @Test
    @DisplayName("the card of a message gets an entity by its id")
    void converted() throws Exception {
        String message = send(Json.read(card(false))).data().path("message_id").asText();
        IdConvertCardReq convert = IdConvertCardReq.newBuilder()
                .idConvertCardReqBody(
                        IdConvertCardReqBody.newBuilder().messageId(message).build())
                .build();
        String id = client.cardkit().v1().card().idConvert(convert).getData().getCardId();
        assertThat(client.cardkit().v1().card().idConvert(convert).getData().getCardId())
                .isEqualTo(id);
        assertThat(change("DELETE", id + "/elements/line", 1, Json.object()).code())
                .isZero();
        assertThat(shown(message).at("/body/elements")).hasSize(1);
    }

    private static ObjectNode template(String id, String version, ObjectNode variables) {
        ObjectNode content = Json.object().put("type", "template");
        ObjectNode data = content.putObject("data").put("template_id", id);
        if (version != null) {
            data.put("template_version_name", version);
        }
        data.set("template_variable", variables);
        return content;
    }

    @Test
    @DisplayName("a template is sent with its variables, in the version named or the newest")
    void templates() {
        ObjectNode variables =
                Json.object().put("title", "Order").put("body", "paid").put("amount", 12);
        String newest = send(template("AAq5a1d000001", null, variables))
                .data()
                .path("message_id")
                .asText();
        assertThat(shown(newest).at("/body/elements/0/content").asText()).isEqualTo("paid: 12");
        String older = send(template("AAq5a1d000001", "1.0.0", variables))
                .data()
                .path("message_id")
                .asText();
        assertThat(shown(older).at("/header/title/content").asText()).isEqualTo("Order");
        assertThat(shown(older).at("/body/elements/0/content").asText()).isEqualTo("paid");
        assertThat(send(template("AAqnone", null, variables)).body().path("msg").asText())
                .contains("ErrCode: 200380");
        assertThat(send(template("AAq5a1d000001", "9.9.9", variables))
                        .body()
                        .path("msg")
                        .asText())
                .contains("ErrCode: 200380");
        assertThat(send(template("AAq5a1d000002", null, variables))
                        .body()
                        .path("msg")
                        .asText())
                .contains("ErrCode: 200381");
        assertThat(send(template("AAq5a1d000001", null, variables.deepCopy().put("amount", "12")))
                        .body()
                        .path("msg")
                        .asText())
                .contains("ErrCode: 200732");
        assertThat(create(
                                "template",
                                Json.write(template("AAq5a1d000001", null, variables)
                                        .path("data")))
                        .code())
                .isZero();
    }

    @Test
    @DisplayName("a card for one member of a group is sent and taken away")
    void ephemeral() {
        ObjectNode body = Json.object()
                .put("chat_id", RunningSandbox.PURCHASING)
                .put("open_id", RunningSandbox.person(1))
                .put("msg_type", "interactive");
        body.set("card", Json.read(card(false)));
        Reply sent = sandbox.api("POST", "/open-apis/ephemeral/v1/send", body);
        assertThat(sent.code()).isZero();
        String id = sent.data().path("message_id").asText();
        JsonNode item = sandbox.get("/sandbox/ephemeral?chat_id=" + RunningSandbox.PURCHASING)
                .body()
                .path("items")
                .path(0);
        assertThat(item.path("open_id").asText()).isEqualTo(RunningSandbox.person(1));
        ObjectNode delete = Json.object().put("message_id", id);
        assertThat(sandbox.api("POST", "/open-apis/ephemeral/v1/delete", delete).code())
                .isZero();
        assertThat(sandbox.api("POST", "/open-apis/ephemeral/v1/delete", delete).code())
                .isEqualTo(10002);
        assertThat(sandbox.api(
                                "POST",
                                "/open-apis/ephemeral/v1/send",
                                body.deepCopy().put("chat_id", RunningSandbox.direct(1)))
                        .code())
                .as("not in a direct chat")
                .isEqualTo(10002);
        body.set("card", Json.read("{\"elements\":1}"));
        assertThat(sandbox.api("POST", "/open-apis/ephemeral/v1/send", body).code())
                .isEqualTo(11311);
    }
}
