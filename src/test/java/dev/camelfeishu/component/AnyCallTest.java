package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.openapi.FeishuRejectedException;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Any endpoint of the catalog, by method and path")
@ExtendWith(SandboxRoutes.Running.class)
class AnyCallTest {

    private final SandboxRoutes feishu;

    AnyCallTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    @Test
    @Exercises("api")
    @DisplayName("variables of the path come from headers, the query from options, the body from the exchange")
    void post() {
        String chat = RunningSandbox.PURCHASING;

        JsonNode sent = feishu.json(
                "api?method=POST&path=/open-apis/im/v1/messages&param.receive_id_type=chat_id",
                Map.of(),
                Map.of("receive_id", chat, "msg_type", "text", "content", "{\"text\":\"by path\"}"));
        JsonNode read = feishu.json(
                "api?method=GET&path=/open-apis/im/v1/messages/:message_id",
                Map.of("CamelFeishuMessageId", sent.path("message_id").asText()),
                "not sent");

        assertThat(read.at("/items/0/chat_id").asText()).isEqualTo(chat);
        assertThat(read.at("/items/0/body/content").asText()).contains("by path");
    }

    @Test
    @DisplayName("a variable may have any name, and JSON text is a body too")
    void ownNames() {
        String message = feishu.text(RunningSandbox.PURCHASING, "first");

        feishu.run(
                "api?method=PUT&path=/open-apis/im/v1/messages/:it&param.it=" + message,
                Map.of(),
                "{\"msg_type\":\"text\",\"content\":\"{\\\"text\\\":\\\"second\\\"}\"}");

        assertThat(feishu.json("message/get?param.message_id=" + message, Map.of(), null)
                        .at("/0/body/content")
                        .asText())
                .contains("second");
    }

    @Test
    @DisplayName("a query parameter that is there several times is repeated")
    void repeated() {
        JsonNode found = feishu.json(
                "api?method=GET&path=/open-apis/contact/v3/users/batch&param.user_id_type=user_id"
                        + "&param.user_ids=alice&param.user_ids=david",
                Map.of(),
                null);

        assertThat(found.path("items"))
                .extracting(person -> person.path("open_id").asText())
                .containsExactly(RunningSandbox.person(3), RunningSandbox.person(5));
    }

    @Test
    @DisplayName("an error is the same as anywhere")
    void error() {
        assertThatThrownBy(() -> feishu.run(
                        "api?method=GET&path=/open-apis/im/v1/messages/:message_id&param.message_id=om_nothing",
                        Map.of(),
                        null))
                .isInstanceOf(FeishuRejectedException.class)
                .hasMessageStartingWith("GET /open-apis/im/v1/messages/:message_id: ");
    }
}
