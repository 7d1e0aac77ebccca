package dev.camelfeishu.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorCodesTest {

    private static final Pattern SENTENCE = Pattern.compile("\\p{Lu}[^\\t\\r\\n]{10,250}\\.");

    @Test
    void every_code_that_an_endpoint_documents_has_a_reaction_and_a_hint() {
        var unknown = new TreeSet<Integer>();
        var documented = new TreeSet<Integer>();
        for (var endpoint : EndpointCatalog.packed().endpoints()) {
            for (var code : endpoint.documentedErrors().keySet()) {
                documented.add(code);
                var known = ErrorCodes.of(code);
                if (known.isEmpty()) {
                    unknown.add(code);
                } else {
                    assertThat(known.get().reaction()).isNotNull();
                    assertThat(known.get().hint()).as("hint of %d", code).matches(SENTENCE);
                }
            }
        }
        assertThat(documented).hasSizeGreaterThan(800);
        assertThat(unknown).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                99991400, 99991401, 99991403, 99991543, 99991661, 99991662, 99991663, 99991664, 99991665, 99991668,
                99991669, 99991671, 99991672, 99991673, 99991676, 99991677, 99991679, 1500, 1503, 2200, 5000, 10003,
                10005, 10012, 10013, 10014, 10015, 10016, 10101, 10500, 11232, 11233, 11247, 18121, 19002, 19021, 19022,
                19024, 19036, 9499, 60001, 60012, 60014, 65001, 91403, 200810, 300030, 300040, 300090, 300120, 232096
            })
    void the_codes_of_the_general_pages_are_known(int code) {
        assertThat(ErrorCodes.of(code)).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "99991400, WAIT_FOR_RATE",
        "1254290, WAIT_FOR_RATE",
        "1254291, WAIT_FOR_RATE",
        "230020, WAIT_FOR_RATE",
        "230049, WAIT_SHORTLY",
        "1254607, SERVER_TROUBLE",
        "1255040, SERVER_TROUBLE",
        "1255006, LOOK_FIRST",
        "1254608, LOOK_FIRST",
        "60012, LOOK_FIRST",
        "99991663, REFRESH_TOKEN",
        "99991677, REFRESH_TOKEN",
        "99991672, NEVER",
        "99991403, NEVER"
    })
    void each_code_asks_for_its_reaction(int code, Reaction reaction) {
        assertThat(ErrorCodes.of(code).orElseThrow().reaction()).isEqualTo(reaction);
    }

    @Test
    void a_code_that_may_have_had_its_effect_is_not_called_harmless() {
        assertThat(Reaction.SERVER_TROUBLE.withoutEffect()).isFalse();
        assertThat(Reaction.LOOK_FIRST.withoutEffect()).isFalse();
    }

    @Test
    void no_code_is_listed_twice() throws IOException {
        var lines = new HashMap<String, String>();
        try (var in = ErrorCodes.class.getResourceAsStream("/feishu/errors.tsv")) {
            for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> !l.startsWith("#"))
                    .toList()) {
                var columns = line.split("\t");
                assertThat(columns).as(line).hasSize(3);
                for (var span : columns[2].split(" ")) {
                    var ends = span.split("-");
                    for (var code = Integer.parseInt(ends[0]);
                            code <= Integer.parseInt(ends[ends.length - 1]);
                            code++) {
                        assertThat(lines.put(columns[0].equals("CARD") + " " + code, line))
                                .as("code %d", code)
                                .isNull();
                    }
                }
            }
        }
    }

    @Test
    void the_sub_codes_of_a_refused_card_have_their_own_hints() {
        assertThat(ErrorCodes.cardHint(200570))
                .hasValueSatisfying(hint -> assertThat(hint).contains("image"));
        assertThat(ErrorCodes.cardHint(1)).isEmpty();
    }
}
