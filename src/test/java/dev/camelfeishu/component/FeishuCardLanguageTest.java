package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.RunningSandbox;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("A card as an expression of a YAML route")
@ExtendWith(SandboxRoutes.Running.class)
class FeishuCardLanguageTest {

    private final SandboxRoutes feishu;

    FeishuCardLanguageTest(SandboxRoutes feishu) {
        this.feishu = feishu;
    }

    @Test
    @DisplayName("the body fills the card, which is sent as the body then is")
    void fillsFromTheBody() throws Exception {
        load("card-of-the-body", "dead-letter");

        try (var template = feishu.camel().createProducerTemplate()) {
            Exchange sent = template.request(
                    "direct:card-of-the-body",
                    exchange -> exchange.getMessage()
                            .setBody(Map.of(
                                    "id",
                                    7,
                                    "flow",
                                    "orders",
                                    "cause",
                                    "a cause of its own",
                                    "attempts",
                                    8,
                                    "time",
                                    "2026-01-01",
                                    "reference",
                                    "7")));
            assertThat(sent.getException()).isNull();
            assertThat(sent.getMessage().getBody()).isInstanceOf(JsonNode.class);
            JsonNode message = feishu.sandbox()
                    .api(
                            "GET",
                            "/open-apis/im/v1/messages/"
                                    + sent.getMessage().getHeader("CamelFeishuSentMessageId", String.class),
                            null)
                    .data()
                    .at("/items/0");
            assertThat(message.path("msg_type").asText()).isEqualTo("interactive");
            assertThat(message.at("/body/content").asText()).contains("a cause of its own");
        } finally {
            feishu.camel().getRouteController().stopRoute("card-of-the-body");
            feishu.camel().removeRoute("card-of-the-body");
        }
    }

    @Test
    @DisplayName("a card that does not exist stops the route's start")
    void unknownCard() {
        assertThatThrownBy(() -> load("card-unknown", "no-such-card"))
                .rootCause()
                .hasMessage(
                        "The language feishu-card names the card no-such-card, but config/cards has none of that name");
    }

    private void load(String route, String card) throws Exception {
        PluginHelper.getRoutesLoader(feishu.camel())
                .loadRoutes(ResourceHelper.fromString(
                        route + ".camel.yaml", """
                        - route:
                            id: %s
                            from:
                              uri: direct:%s
                              steps:
                                - setBody:
                                    language:
                                      language: feishu-card
                                      expression: %s
                                - to:
                                    uri: feishu:message/send
                                    parameters:
                                      type: interactive
                                      receiveId: %s
                        """.formatted(route, route, card, RunningSandbox.PURCHASING)));
    }
}
