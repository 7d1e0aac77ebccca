package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person wrote to the bot. */
class MessageTextTest {

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "/order ORD-1,order,ORD-1",
                "/ORDER  ORD-1 ,order,ORD-1",
                "／order ORD-1,order,ORD-1",
                "/order\u3000ORD-1,order,ORD-1",
                "/help,help,''",
                "/,'',''",
                "  hello there ,'',hello there",
                "say /help,'',say /help",
                "'','',''"
            })
    void aCommandIsTheWordBehindALeadingSlash(String text, String command, String argument) {
        assertThat(text(text)).isEqualTo(new MessageText(command, argument));
    }

    @Test
    void aCommandsArgumentKeepsItsLines() {
        assertThat(text("/note first\nsecond").argument()).isEqualTo("first\nsecond");
    }

    @Test
    void mentionsAreTakenOut() {
        ObjectNode message = message("text", content("@_user_1 /order @_user_2 ORD-1"));
        message.putArray("mentions").addObject().put("key", "@_user_1");
        message.withArray("mentions").addObject().put("key", "@_user_2");

        assertThat(MessageText.of(message)).isEqualTo(new MessageText("order", "ORD-1"));
    }

    @Test
    void aRichTextIsReadParagraphByParagraph() {
        String post = """
                {"title": "", "content": [
                  [{"tag": "at", "user_id": "@_user_1"}, {"tag": "text", "text": "/order "}, {"tag": "a", "text": "ORD-1", "href": "x"}],
                  [{"tag": "img", "image_key": "k"}, {"tag": "text", "text": "please"}]]}""";

        assertThat(MessageText.of(message("post", post))).isEqualTo(new MessageText("order", "ORD-1\n please"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"not json", "", "[]", "null", "{\"text\": {\"a\": 1}}", "{\"text\""})
    void contentThatIsNotWhatFeishuSendsHasNoText(String content) {
        assertThat(MessageText.of(message("text", content))).isEqualTo(new MessageText("", ""));
    }

    @Test
    void aMessageOfAnotherKindHasNoText() {
        assertThat(MessageText.of(message("image", "{\"image_key\": \"k\", \"text\": \"/help\"}")))
                .isEqualTo(new MessageText("", ""));
    }

    private static MessageText text(String text) {
        return MessageText.of(message("text", content(text)));
    }

    private static String content(String text) {
        return JsonNodeFactory.instance.objectNode().put("text", text).toString();
    }

    private static ObjectNode message(String type, String content) {
        return JsonNodeFactory.instance.objectNode().put("message_type", type).put("content", content);
    }

    @Test
    void everyMentionIsTakenOutWholeThoughOneKeyBeginsLikeAnother() {
        ObjectNode message = message("text", content("@_user_1 /order SO-1 @_user_10"));
        message.putArray("mentions").addObject().put("key", "@_user_1");
        message.withArray("mentions").addObject().put("key", "@_user_10");
        assertThat(MessageText.of(message)).isEqualTo(new MessageText("order", "SO-1"));
    }
}
