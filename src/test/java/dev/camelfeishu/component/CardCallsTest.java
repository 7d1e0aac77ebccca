package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Cards: sent, shown to one, kept, streamed")
@ExtendWith(SandboxRoutes.Running.class)
class CardCallsTest {

    private static final String CHAT = RunningSandbox.PURCHASING;
    private static final Map<String, Object> STREAMING = card(
            Map.of("streaming_mode", true),
            Map.of("tag", "markdown", "element_id", "answer", "content", "…"),
            Map.of("tag", "hr", "element_id", "line"));
    private static final Map<String, Object> BROKEN =
            card(Map.of(), Map.of("tag", "markdown", "content", "what it says"), Map.of("tag", "hr", "colour", "red"));

    private final SandboxRoutes feishu;

    CardCallsTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    @SafeVarargs
    private static Map<String, Object> card(Map<String, Object> config, Map<String, Object>... elements) {
        return Map.of("schema", "2.0", "config", config, "body", Map.of("elements", List.of(elements)));
    }

    private JsonNode message(String id) {
        return feishu.sandbox()
                .api("GET", "/open-apis/im/v1/messages/" + id + "?card_msg_content_type=raw_card_content", null)
                .data()
                .at("/items/0");
    }

    private JsonNode content(String id) throws Exception {
        return new ObjectMapper().readTree(message(id).at("/body/content").asText());
    }

    private static String sent(Exchange exchange) {
        return exchange.getMessage().getHeader(FeishuConstants.SENT_MESSAGE_ID, String.class);
    }

    private static String fault(Exchange exchange) {
        return exchange.getMessage().getHeader(FeishuConstants.CARD_FAULT, String.class);
    }

    private Exchange send(String options, Map<String, ?> headers, Object body) {
        Map<String, Object> all = new HashMap<>(headers);
        all.put("CamelFeishuReceiveId", CHAT);
        return feishu.exchange("card/send" + options, all, body);
    }

    private String entity() {
        return (String) feishu.run("card/create-entity", Map.of(), STREAMING);
    }

    private Map<String, Object> change(String entity, String element, int sequence) {
        return Map.of("CamelFeishuCardId", entity, "CamelFeishuElementId", element, "CamelFeishuSequence", sequence);
    }

    @Test
    @Exercises("card/send")
    @DisplayName("a card comes from config/cards, from a published template or from the body")
    void send() throws Exception {
        assertThat(content(sent(send("?card=help", Map.of(), Map.of())))
                        .path("schema")
                        .asText())
                .isEqualTo("2.0");
        Exchange template = send(
                "?param.template_id=AAq5a1d000001", Map.of(), Map.of("title", "Order", "body", "paid", "amount", 3));
        assertThat(content(sent(template)).at("/body/elements/0/content").asText())
                .isEqualTo("paid: 3");
        Exchange older = send(
                "?param.template_id=AAq5a1d000001&param.template_version_name=1.0.0",
                Map.of(),
                Map.of("title", "Order", "body", "paid"));
        assertThat(content(sent(older)).at("/body/elements/0/content").asText()).isEqualTo("paid");
        assertThat(content(sent(send("", Map.of(), STREAMING)))
                        .at("/body/elements/1/tag")
                        .asText())
                .isEqualTo("hr");
        assertThatThrownBy(() -> send("", Map.of(), "no card")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Exercises("card/send")
    @DisplayName("of a card that is not valid its text is sent, and the path of the fault is told")
    void brokenCard() {
        Exchange exchange = send("", Map.of(), BROKEN);

        assertThat(fault(exchange)).startsWith("body.elements[1].colour: ");
        assertThat(message(sent(exchange)).path("msg_type").asText()).isEqualTo("text");
        assertThat(message(sent(exchange)).at("/body/content").asText()).contains("what it says");
    }

    @Test
    @Exercises("card/send")
    @DisplayName("of a card that Feishu itself refuses its text is sent")
    void refusedCard() {
        feishu.sandbox()
                .post(
                        "/sandbox/faults",
                        new ObjectMapper()
                                .createObjectNode()
                                .put("method", "POST")
                                .put("path", "/open-apis/im/v1/messages")
                                .put("kind", "code")
                                .put("code", 230099)
                                .put("msg", "Failed to create card content, ext=ErrCode: 200570"));

        Exchange exchange = send("", Map.of(), STREAMING);

        assertThat(fault(exchange)).contains("200570");
        assertThat(message(sent(exchange)).path("msg_type").asText()).isEqualTo("text");
    }

    @Test
    @Exercises({"card/send-ephemeral", "card/delete-ephemeral"})
    @DisplayName("a card for one is sent and taken away; a broken one shows its text")
    void ephemeral() {
        Map<String, Object> headers = Map.of("CamelFeishuChatId", CHAT, "CamelFeishuOpenId", RunningSandbox.person(1));
        String message = sent(feishu.exchange("card/send-ephemeral?card=help", headers, Map.of()));
        String broken = sent(feishu.exchange("card/send-ephemeral", headers, BROKEN));

        assertThat(ephemeral(broken).at("/card/body/elements/0/text/content").asText())
                .isEqualTo("what it says");
        feishu.run("card/delete-ephemeral", Map.of("CamelFeishuMessageId", message), null);
        assertThat(ephemeral(message).path("deleted").asBoolean()).isTrue();
    }

    private JsonNode ephemeral(String id) {
        for (JsonNode item : feishu.sandbox()
                .get("/sandbox/ephemeral?chat_id=" + CHAT)
                .body()
                .path("items")) {
            if (item.path("message_id").asText().equals(id)) {
                return item;
            }
        }
        throw new IllegalStateException("there is no card " + id);
    }

    @Test
    @Exercises("card/update-late")
    @DisplayName("a card that was clicked is replaced by the click's token")
    void updateLate() throws Exception {
        String message = sent(send("", Map.of(), STREAMING));
        feishu.sql()
                .update(
                        "insert into sandbox.card_token (token, message_id, created_ms, answered) values ('c-late', ?, ?, true)",
                        message,
                        System.currentTimeMillis());

        feishu.run("card/update-late?card=help&param.token=c-late", Map.of(), Map.of());

        assertThat(content(message).at("/body/elements").toString()).doesNotContain("answer");
        feishu.run("card/update-late", Map.of("CamelFeishuToken", "c-late"), BROKEN);
        assertThat(content(message).at("/body/elements/0/text/content").asText())
                .isEqualTo("what it says");
    }

    @Test
    @Exercises({"card/create-entity", "card/stream", "card/configure-entity", "card/send"})
    @DisplayName("text is streamed into an entity that was sent, and streaming is switched off")
    void stream() throws Exception {
        Exchange created = feishu.exchange("card/create-entity", Map.of(), STREAMING);
        String entity = created.getMessage().getBody(String.class);
        assertThat(created.getMessage().getHeader(FeishuConstants.CARD_ID)).isEqualTo(entity);
        String message = sent(send("?param.card_id=" + entity, Map.of(), null));

        Exchange streamed = feishu.exchange(
                "card/stream?param.element_id=answer",
                Map.of("CamelFeishuCardId", entity),
                List.of("Hel", "lo, ", "world"));

        assertThat(streamed.getMessage().getBody()).isEqualTo("Hello, world");
        assertThat(streamed.getMessage().getHeader(FeishuConstants.SEQUENCE)).isEqualTo(3);
        assertThat(content(message).at("/body/elements/0/content").asText()).isEqualTo("Hello, world");
        feishu.run(
                "card/configure-entity?param.sequence=4",
                Map.of("CamelFeishuCardId", entity),
                Map.of("config", Map.of("streaming_mode", false)));
        assertThatThrownBy(() -> feishu.run("card/stream", change(entity, "answer", 4), "more"))
                .hasMessageContaining("300309");
        assertThat(feishu.run("card/create-entity?param.template_id=AAq5a1d000001", Map.of(), Map.of("title", "T")))
                .isInstanceOf(String.class);
    }

    @Test
    @Exercises({
        "card/update-entity",
        "card/add-elements",
        "card/replace-element",
        "card/change-element",
        "card/delete-element",
        "card/batch-update-entity"
    })
    @DisplayName("an entity is changed element by element, at once and as a whole")
    void change() throws Exception {
        String entity = entity();
        String message = sent(send("", Map.of("CamelFeishuCardId", entity), null));

        feishu.run(
                "card/add-elements?param.type=insert_before&param.target_element_id=line",
                change(entity, "", 1),
                List.of(Map.of("tag", "markdown", "element_id", "extra", "content", "a")));
        feishu.run("card/change-element", change(entity, "extra", 2), Map.of("content", "b"));
        assertThat(content(message).at("/body/elements/1/content").asText()).isEqualTo("b");
        feishu.run("card/replace-element", change(entity, "extra", 3), Map.of("tag", "hr", "element_id", "extra"));
        feishu.run("card/delete-element?param.sequence=4", change(entity, "line", 0), null);
        assertThat(content(message).at("/body/elements")).hasSize(2);
        feishu.run(
                "card/batch-update-entity",
                change(entity, "", 5),
                List.of(Map.of("action", "delete_elements", "params", Map.of("element_ids", List.of("extra")))));
        assertThat(content(message).at("/body/elements")).hasSize(1);
        feishu.run("card/update-entity", change(entity, "", 6), BROKEN);
        assertThat(content(message).at("/body/elements/0/text/content").asText())
                .isEqualTo("what it says");
        assertThatThrownBy(() -> feishu.run("card/update-entity?card=help", change(entity, "", 6), Map.of()))
                .hasMessageContaining("300317");
    }

    @Test
    @Exercises("card/entity-of")
    @DisplayName("the card of a message gets an entity")
    void entityOf() {
        String message = sent(send("", Map.of(), STREAMING));

        JsonNode entity = feishu.json("card/entity-of", Map.of("CamelFeishuMessageId", message), null);

        feishu.run("card/delete-element", change(entity.asText(), "line", 1), null);
        assertThat(message(message).path("updated").asBoolean()).isTrue();
    }
}
