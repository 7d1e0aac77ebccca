package dev.camelfeishu.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.card.CardBuilder.Color;
import dev.camelfeishu.card.CardBuilder.Style;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The card builder")
class CardBuilderTest {

    @Test
    @DisplayName("what it builds is valid, with everything it knows")
    void everything() {
        JsonNode card = CardBuilder.card("Order A-1", Color.BLUE)
                .summary("Order A-1")
                .streaming()
                .markdown("**Paid**")
                .markdown("answer", "…")
                .columns(
                        left -> left.text("Amount").image("img_1", "a stamp"),
                        right -> right.text("12.00")
                                .link("Open", URI.create("https://example.com/orders/A-1"))
                                .button("Stop", Style.DANGER, Map.of("action", "stop")))
                .line()
                .button("Release", Style.PRIMARY, Map.of("action", "release", "order_id", 7))
                .link("All orders", URI.create("https://example.com/orders"))
                .form(
                        "why",
                        "Send",
                        Map.of("action", "why"),
                        form -> form.text("Why?")
                                .input("reason", "Reason", true)
                                .select("kind", "Kind", Map.of("a", "late", "b", "wrong"))
                                .date("until", "Until"))
                .build();

        assertThat(CardValidator.validate(card)).isEmpty();
        assertThat(card.at("/header/template").asText()).isEqualTo("blue");
        assertThat(card.at("/body/elements/4/behaviors/0/value/action").asText())
                .isEqualTo("release");
        assertThat(CardText.of(card)).startsWith("Order A-1\n**Paid**").contains("Reason", "late");
    }

    @Test
    @DisplayName("what people wrote is no Markdown in a text")
    void text() {
        assertThat(CardBuilder.card()
                        .text("**no**")
                        .build()
                        .at("/body/elements/0/text/tag")
                        .asText())
                .isEqualTo("plain_text");
    }

    @Test
    @DisplayName("a card that would be refused is not built")
    void faults() {
        var script = CardBuilder.card().link("Open", URI.create("javascript:alert(1)"));
        assertThatThrownBy(script::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("body.elements[0].behaviors[0].default_url");
        var large = CardBuilder.card().text("x".repeat(31_000));
        assertThatThrownBy(large::build).hasMessageContaining("bytes");
    }

    @Test
    @DisplayName("a text of any card can be sent instead, as a valid card of the same version")
    void textInstead() {
        JsonNode first = CardText.card(
                "x\n\"y\"",
                com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
                        .objectNode()
                        .set("elements", com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.arrayNode()));
        assertThat(first.has("schema")).isFalse();
        assertThat(CardValidator.validate(first)).isEmpty();
        JsonNode second = CardText.card("x", CardBuilder.card().build());
        assertThat(second.path("schema").asText()).isEqualTo("2.0");
        assertThat(CardValidator.validate(second)).isEmpty();
    }
}
