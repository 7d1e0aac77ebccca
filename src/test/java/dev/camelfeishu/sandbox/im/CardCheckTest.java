package dev.camelfeishu.sandbox.im;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What a card is refused for")
class CardCheckTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"elements\":[]}",
                "{\"elements\":[{\"tag\":\"action\",\"actions\":[{\"tag\":\"button\"}]},{\"tag\":\"note\"}],\"strange\":1}",
                "{\"schema\":\"2.0\",\"body\":{\"elements\":[{\"tag\":\"button\",\"behaviors\":[{\"type\":\"callback\","
                        + "\"value\":{\"tag\":\"action\"}}]}]}}"
            })
    @DisplayName("cards that are fine")
    void fine(String card) {
        assertThat(CardCheck.check(card)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no json|200621",
                "{\"header\":{}}|200621",
                "{\"elements\":[{\"tag\":\"button\"}]}|200621",
                "{\"schema\":\"2.0\",\"elements\":[]}|200621",
                "{\"schema\":\"2.0\",\"body\":{}}|200621",
                "{\"schema\":\"2.0\",\"body\":{\"elements\":[{\"tag\":\"action\",\"actions\":[]}]}}|200861",
                "{\"schema\":\"2.0\",\"body\":{\"elements\":[{\"tag\":\"note\"}]}}|200861",
                "{\"type\":\"template\",\"data\":{\"template_id\":\"x\"}}|200380"
            })
    @DisplayName("cards that are not")
    void refused(String card, int code) {
        assertThat(CardCheck.check(card)).map(CardCheck.Fault::code).contains(code);
    }

    @Test
    @DisplayName("200 components are the limit of schema 2.0")
    void count() {
        String hr = "{\"tag\":\"hr\"}";
        assertThat(CardCheck.check(card((hr + ",").repeat(199) + hr))).isEmpty();
        assertThat(CardCheck.check(card((hr + ",").repeat(200) + hr)))
                .map(CardCheck.Fault::code)
                .contains(11310);
    }

    private static String card(String elements) {
        return "{\"schema\":\"2.0\",\"body\":{\"elements\":[" + elements + "]}}";
    }
}
