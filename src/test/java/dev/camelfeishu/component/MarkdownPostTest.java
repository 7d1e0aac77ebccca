package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Markdown as rich text")
class MarkdownPostTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "plain|[[{'tag':'text','text':'plain'}]]",
                "a **b**|[[{'tag':'text','text':'a '},{'tag':'text','text':'b','style':['bold']}]]",
                "***b***|[[{'tag':'text','text':'b','style':['bold','italic']}]]",
                "[x](https://a.b)|[[{'tag':'a','text':'x','href':'https://a.b'}]]",
                "one\\n\\ntwo|[[{'tag':'text','text':'one'}],[{'tag':'text','text':'two'}]]",
                "- x\\n- y|[[{'tag':'text','text':'• '},{'tag':'text','text':'x'}],[{'tag':'text','text':'• '},{'tag':'text','text':'y'}]]",
                "3. x\\n4. y|[[{'tag':'text','text':'3. '},{'tag':'text','text':'x'}],[{'tag':'text','text':'4. '},{'tag':'text','text':'y'}]]",
                "```java\\nint i;\\n```|[[{'tag':'code_block','language':'JAVA','text':'int i;'}]]",
                "---|[[{'tag':'hr'}]]",
                "![](img_v2_x)|[[{'tag':'img','image_key':'img_v2_x'}]]",
                "<at user_id=\"all\"></at>|[[{'tag':'text','text':'<at user_id=\"all\">'},{'tag':'text','text':'</at>'}]]",
                "a\\n\\n## h|[[{'tag':'text','text':'a'}],[{'tag':'text','text':'h','style':['bold']}]]"
            })
    void content(String markdown, String content) throws Exception {
        assertThat(MarkdownPost.of(markdown.replace("\\n", "\n")).path("content"))
                .isEqualTo(FeishuConverters.JSON.readTree(
                        content.replace("\"", "\\\"").replace('\'', '"')));
    }

    @Test
    @DisplayName("a first heading is the title")
    void title() {
        var post = MarkdownPost.of("# Order *42*\n\nIt is there.");

        assertThat(post.path("title").asText()).isEqualTo("Order 42");
        assertThat(post.path("content")).hasSize(1);
    }

    @Test
    @DisplayName("items of a nested list are indented, and text after a list is not")
    void nested() {
        var content = MarkdownPost.of("- a\n  - b\n\nend").path("content");

        assertThat(content.at("/0/0/text").asText()).isEqualTo("• ");
        assertThat(content.at("/1/0/text").asText()).isEqualTo("    • ");
        assertThat(content.at("/2/0/text").asText()).isEqualTo("end");
    }
}
