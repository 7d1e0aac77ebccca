package dev.camelfeishu.card;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The shipped cards and texts")
class ShippedCardsTest {

    static Stream<Arguments> everyCard() {
        return ShippedCards.LOCALES.stream()
                .flatMap(locale -> ShippedCards.cards().keySet().stream().map(card -> Arguments.of(card, locale)));
    }

    @ParameterizedTest(name = "{0} in {1}")
    @MethodSource("everyCard")
    void every_card_is_valid_and_has_nothing_left_to_fill(String card, String locale) {
        JsonNode filled = ShippedCards.templates(locale).fill(card, ShippedCards.values(card));

        assertThat(CardValidator.validate(filled)).isEmpty();
        assertThat(filled.path("schema").asText()).isEqualTo("2.0");
        assertThat(filled.path("header").path("template").asText()).isNotBlank();
        assertThat(filled.toString()).doesNotContain("${", "\"if\"", "\"choose\"", "—");
    }

    @ParameterizedTest(name = "{0} in {1}")
    @MethodSource("everyCard")
    void every_card_is_valid_when_its_values_are_null(String card, String locale) {
        var values = new HashMap<String, Object>();
        ShippedCards.values(card).keySet().forEach(name -> values.put(name, null));

        assertThat(CardValidator.validate(ShippedCards.templates(locale).fill(card, values)))
                .isEmpty();
    }

    @Test
    void the_texts_of_both_locales_have_the_same_keys_and_placeholders() {
        Texts chinese = ShippedCards.texts("zh-CN");
        Texts english = ShippedCards.texts("en-US");

        assertThat(english.keys()).containsExactlyInAnyOrderElementsOf(chinese.keys());
        assertThat(chinese.keys())
                .allSatisfy(key ->
                        assertThat(placeholders(chinese.raw(key))).as(key).isEqualTo(placeholders(english.raw(key))));
    }

    @Test
    void the_texts_that_the_routes_name_exist() {
        assertThat(ShippedCards.texts("en-US").keys())
                .contains(
                        "bot.help",
                        "bot.welcome",
                        "bot.order-usage",
                        "bot.order-not-found",
                        "bot.unknown-command",
                        "bot.not-allowed",
                        "bot.sorry",
                        "toast.working",
                        "toast.unknown-action",
                        "toast.done",
                        "toast.not-yours",
                        "toast.already-decided");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NEW", "PAID", "SHIPPED", "DONE", "CANCELED"})
    void an_order_shows_its_status_as_a_coloured_tag(String status) {
        var values = ShippedCards.values("order");
        values.put("status", status);

        JsonNode tag = ShippedCards.templates("en-US").fill("order", values).at("/header/text_tag_list/0");

        assertThat(tag.at("/text/content").asText()).isEqualToIgnoringCase(status);
        assertThat(tag.path("color").asText()).isNotBlank();
    }

    @Test
    void an_order_with_an_unknown_status_and_without_a_note_is_shown_all_the_same() {
        var values = ShippedCards.values("order");
        values.put("status", "ON HOLD");
        values.put("note", " ");

        JsonNode card = ShippedCards.templates("zh-CN").fill("order", values);

        assertThat(CardValidator.validate(card)).isEmpty();
        assertThat(card.at("/header/text_tag_list/0/text/content").asText()).isEqualTo("ON HOLD");
        assertThat(card.toString()).contains("1234.50", "2025-03-01 10:03").doesNotContain("备注");
    }

    @Test
    void the_buttons_of_an_approval_carry_what_the_callback_needs() {
        JsonNode card =
                ShippedCards.templates("en-US").fill("purchase-approval", ShippedCards.values("purchase-approval"));

        assertThat(card.findValues("value"))
                .extracting(JsonNode::toString)
                .containsExactly(
                        "{\"action\":\"approve\",\"instance_code\":\"81D31358-93AF-92D6-7425-01A5D67C4E71\",\"task_id\":\"7100000000000000001\"}",
                        "{\"action\":\"reject\",\"instance_code\":\"81D31358-93AF-92D6-7425-01A5D67C4E71\",\"task_id\":\"7100000000000000001\"}");
        assertThat(card.findValuesAsText("type"))
                .containsSubsequence("primary", "callback", "danger", "callback", "default", "open_url");
        assertThat(card.findValuesAsText("default_url")).containsExactly("https://example.com/approval?id=81D31358");
    }

    @Test
    void a_decided_approval_has_no_button_to_decide_it_again() {
        JsonNode card =
                ShippedCards.templates("en-US").fill("purchase-decided", ShippedCards.values("purchase-decided"));

        assertThat(card.toString()).doesNotContain("callback");
        assertThat(card.findValuesAsText("user_id"))
                .containsExactly("ou_5a1d0000000000000000000000000001", "ou_5a1d0000000000000000000000000002");
        assertThat(card.at("/header/text_tag_list/0/text/content").asText()).isEqualTo("Approved");
    }

    @Test
    void a_dead_letter_can_be_replayed_or_discarded() {
        JsonNode card = ShippedCards.templates("en-US").fill("dead-letter", ShippedCards.values("dead-letter"));

        assertThat(card.findValues("value"))
                .extracting(JsonNode::toString)
                .containsExactly(
                        "{\"action\":\"dead-letter-replay\",\"id\":7}",
                        "{\"action\":\"dead-letter-discard\",\"id\":7}");
    }

    private static TreeSet<String> placeholders(String text) {
        return new TreeSet<>(Pattern.compile("\\$\\{[^}]*}")
                .matcher(text)
                .results()
                .map(match -> match.group())
                .toList());
    }

    @Test
    void every_card_has_values_here() {
        assertThat(ShippedCards.cards().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        List.of("order", "purchase-approval", "purchase-decided", "dead-letter", "alert", "help"));
    }
}
