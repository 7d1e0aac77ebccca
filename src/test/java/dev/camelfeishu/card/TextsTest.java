package dev.camelfeishu.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The texts of a locale")
class TextsTest {

    private final Texts texts = Texts.read("en-US", "greeting: Hello ${who}\nplain: 'a: $5'\n");

    @Test
    void replace_their_placeholders() {
        var nobody = new HashMap<String, Object>();
        nobody.put("who", null);

        assertThat(texts.text("greeting", Map.of("who", "Wang"))).isEqualTo("Hello Wang");
        assertThat(texts.text("greeting", nobody)).isEqualTo("Hello —");
        assertThat(texts.text("plain")).isEqualTo("a: $5");
    }

    @Test
    void never_mention_people_or_link_for_a_value() {
        assertThat(texts.text("greeting", Map.of("who", "<at user_id=\"all\">x</at> [a](b) 1 < 2")))
                .isEqualTo("Hello ＜at user_id=\"all\">x＜/at> [a] (b) 1 < 2");
    }

    @Test
    void say_which_key_or_value_is_missing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> texts.text("greting"))
                .withMessage("there is no text 'greting' in the texts of en-US");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> texts.text("greeting", Map.of("name", "x")))
                .withMessage("text 'greeting' of en-US: there is no value for ${who}; known are [name]");
    }

    @Test
    void refuse_what_is_no_flat_map_of_texts() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Texts.read("en-US", "a: {b: c}"))
                .withMessageContaining("'a'");
        assertThatIllegalArgumentException().isThrownBy(() -> Texts.read("en-US", "- a"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Texts.read("en-US", "a: !!java.net.URL [http://x]"))
                .withMessageContaining("en-US");
        assertThatIllegalArgumentException().isThrownBy(() -> Texts.read("en-US", "a: b: c"));
    }

    @Test
    void take_newer_keys_from_the_packed_file() {
        Texts both = texts.orElse(new Texts("en-US", Map.of("greeting", "Hi", "new", "New")));

        assertThat(both.text("new")).isEqualTo("New");
        assertThat(both.text("greeting", Map.of("who", "x"))).isEqualTo("Hello x");
    }
}
