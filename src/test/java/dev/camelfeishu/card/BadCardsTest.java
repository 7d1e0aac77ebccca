package dev.camelfeishu.card;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The file bad-cards.txt: what is wrong, the path of the one fault, the card; each of them on a line. */
@DisplayName("A bad card is refused with the path of its one fault")
class BadCardsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    record BadCard(String title, String path, JsonNode card) {
        @Override
        public String toString() {
            return title;
        }
    }

    static Stream<BadCard> badCards() throws IOException {
        List<BadCard> cards = new ArrayList<>();
        try (var in = BadCardsTest.class.getResourceAsStream("/cards/bad-cards.txt")) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
            for (int i = 0; i < lines.size(); i += 3) {
                String path = lines.get(i + 1).strip();
                cards.add(new BadCard(lines.get(i).strip(), path.equals("(card)") ? "" : path, json(lines.get(i + 2))));
            }
        }
        return cards.stream();
    }

    private static JsonNode json(String text) throws JsonProcessingException {
        return JSON.readTree(text);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badCards")
    void isRefused(BadCard bad) {
        assertThat(CardValidator.validate(bad.card())).extracting(Fault::path).containsExactly(bad.path());
    }

    @Test
    @DisplayName("there are at least 40 of them, all different")
    void enough() throws IOException {
        assertThat(badCards().map(BadCard::card))
                .hasSizeGreaterThanOrEqualTo(40)
                .doesNotHaveDuplicates();
    }
}
