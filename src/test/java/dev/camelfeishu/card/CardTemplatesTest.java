package dev.camelfeishu.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A card template")
class CardTemplatesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Texts TEXTS = new Texts("en-US", Map.of("hello", "Hello **${name}**", "ok", "OK"));

    private static JsonNode fill(String template, Map<String, ?> values) {
        return new CardTemplates(Map.of("c", template.replace('\'', '"')), TEXTS, JSON, ZoneId.of("Asia/Shanghai"))
                .fill("c", values);
    }

    @Test
    void replaces_names_dotted_paths_and_texts() {
        var values =
                Map.of("name", "Wang", "order", Map.of("id", "SO-1", "lines", Map.of("n", 2)), "a.b", "dotted key");

        JsonNode card = fill("{'x':'${order.id}/${order.lines.n} ${text:ok} ${name} ${a.b}'}", values);

        assertThat(card.path("x").asText()).isEqualTo("SO-1/2 OK Wang dotted key");
    }

    @Test
    void keeps_the_type_of_a_value_that_stands_alone_except_where_text_is_wanted() {
        var values = Map.of("id", 7L, "value", Map.of("action", "go"), "list", List.of(1, 2), "yes", true);

        JsonNode card = fill(
                "{'id':'${id}','value':'${value}','list':'${list}','yes':'${yes}',"
                        + "'text':{'tag':'plain_text','content':'${id}'}}",
                values);

        assertThat(card.toString())
                .isEqualTo("{\"id\":7,\"value\":{\"action\":\"go\"},\"list\":[1,2],\"yes\":true,"
                        + "\"text\":{\"tag\":\"plain_text\",\"content\":\"7\"}}");
    }

    @Test
    void a_value_cannot_break_out_of_its_string_or_be_expanded_again() {
        var values = Map.of("name", "\"},{\"tag\":\"${secret}", "secret", "s3cret");

        JsonNode card = fill("{'elements':[{'text':'${name}'}]}", values);

        assertThat(card.at("/elements")).hasSize(1);
        assertThat(card.at("/elements/0/text").asText()).isEqualTo("\"},{\"tag\":\"${secret}");
    }

    @Test
    void null_reads_as_a_dash_and_times_and_amounts_read_as_people_write_them() {
        var values = new HashMap<String, Object>();
        values.put("none", null);
        values.put("amount", new BigDecimal("1E+3"));
        values.put("at", Timestamp.from(Instant.parse("2025-03-01T02:03:04Z")));

        JsonNode card = fill("{'a':'${none}','b':'${amount} CNY','c':'${at}','d':'${none.deeper}'}", values);

        assertThat(card.path("a").asText()).isEqualTo("—");
        assertThat(card.path("b").asText()).isEqualTo("1000 CNY");
        assertThat(card.path("c").asText()).isEqualTo("2025-03-01 10:03");
        assertThat(card.path("d").asText()).isEqualTo("—");
    }

    @ParameterizedTest
    @ValueSource(strings = {"markdown", "lark_md"})
    void a_customer_name_cannot_mention_people_or_inject_markup(String tag) {
        String name =
                "<at id=all></at> [pay](https://evil.example) **bold** `x` ~~y~~ :OK: &#60;at id=all&#62;\n# big\n- a\n1. b";

        String content = fill("{'tag':'" + tag + "','content':'**Customer** ${name}'}", Map.of("name", name))
                .path("content")
                .asText();

        assertThat(content).startsWith("**Customer** &#60;at id=all&#62;");
        assertThat(content.substring("**Customer** ".length()))
                .doesNotContain("<", ">", "*", "[", "]", "`", "~", "://", ":OK:", "&#38;#60;at id=all>")
                .contains("&#38;#60;at", "\n&#35; big", "\n&#45; a", "\n1&#46; b", "&#58;//evil.example");
    }

    @ParameterizedTest
    @CsvSource({"SO-1001", "1234.50", "2025-03-01 10:03", "A & B Co.", "王芳", "O'Neil (Ltd)", "http:80"})
    void ordinary_values_stay_as_they_are_in_markdown(String value) {
        assertThat(fill("{'tag':'markdown','content':'${v}'}", Map.of("v", value))
                        .path("content")
                        .asText())
                .isEqualTo(value);
    }

    @Test
    void a_text_of_the_locale_keeps_its_markup_while_the_value_in_it_is_escaped() {
        JsonNode card = fill("{'tag':'markdown','content':'${text:hello}'}", Map.of("name", "*<at>*"));

        assertThat(card.path("content").asText()).isEqualTo("Hello **&#42;&#60;at&#62;&#42;**");
    }

    @Test
    void plain_text_is_not_escaped() {
        JsonNode card = fill("{'tag':'plain_text','content':'${name}'}", Map.of("name", "A <b> & *c*"));

        assertThat(card.path("content").asText()).isEqualTo("A <b> & *c*");
    }

    @Test
    void every_language_of_a_markdown_is_escaped() {
        JsonNode card = fill("{'tag':'markdown','i18n_content':{'zh_cn':'${name}'}}", Map.of("name", "<at id=all>"));

        assertThat(card.at("/i18n_content/zh_cn").asText()).isEqualTo("&#60;at id=all&#62;");
    }

    @Test
    void cells_of_a_markdown_column_are_escaped() {
        JsonNode card = fill(
                "{'tag':'table','columns':[{'name':'a','data_type':'lark_md'},{'name':'b','data_type':'text'},"
                        + "{'name':'n','data_type':'number'}],'rows':[{'a':'${v}','b':'${v}','n':'${n}'}]}",
                Map.of("v", "*x*", "n", 3));

        assertThat(card.at("/rows/0").toString()).isEqualTo("{\"a\":\"&#42;x&#42;\",\"b\":\"*x*\",\"n\":3}");
    }

    @Test
    void a_value_in_part_of_an_address_is_encoded() {
        JsonNode card = fill(
                "{'url':'https://erp.example/o/${id}','pc_url':'${whole}'}",
                Map.of("id", "a/../b?c d", "whole", "https://x.example/y"));

        assertThat(card.path("url").asText()).isEqualTo("https://erp.example/o/a%2F..%2Fb%3Fc%20d");
        assertThat(card.path("pc_url").asText()).isEqualTo("https://x.example/y");
    }

    @Test
    void an_element_whose_condition_is_not_met_is_left_out() {
        var values = new HashMap<String, Object>();
        values.put("yes", "x");
        values.put("blank", " ");
        values.put("no", false);
        values.put("nothing", null);

        JsonNode card = fill(
                "{'elements':[{'if':'yes','t':1},{'if':'blank','t':'${unknown}'},{'if':'no','t':3},{'if':'nothing','t':4},{'if':'absent','t':5}],"
                        + "'sub':{'if':'no','t':6}}",
                values);

        assertThat(card.toString()).isEqualTo("{\"elements\":[{\"t\":1}]}");
    }

    @Test
    void a_choice_becomes_what_stands_beside_the_value() {
        String template = "{'color':{'choose':'s','when':{'A':'red','B':'${text:ok}'},'otherwise':'${s}'}}";

        assertThat(fill(template, Map.of("s", "A")).path("color").asText()).isEqualTo("red");
        assertThat(fill(template, Map.of("s", "B")).path("color").asText()).isEqualTo("OK");
        assertThat(fill(template, Map.of("s", "C")).path("color").asText()).isEqualTo("C");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> fill("{'color':{'choose':'s','when':{'A':'red'}}}", Map.of("s", "C")))
                .withMessageContaining("card 'c', color")
                .withMessageContaining("otherwise");
    }

    @Test
    void a_missing_value_is_an_error_that_names_card_path_and_known_names() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> fill(
                        "{'body':{'elements':[{'tag':'div'},{'content':'No ${order_idd}'}]}}",
                        Map.of("order_id", 1, "amount", 2)))
                .withMessage("card 'c', body.elements[1].content: there is no value for ${order_idd};"
                        + " known are [amount, order_id]");
    }

    @Test
    void a_missing_value_inside_a_text_is_an_error_that_names_card_and_path() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> fill("{'content':'${text:hello}'}", Map.of("nam", "x")))
                .withMessage("card 'c', content: there is no value for ${name}; known are [nam]");
    }

    @Test
    void a_map_cannot_stand_in_the_middle_of_a_text() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> fill("{'x':'a ${m}'}", Map.of("m", Map.of("k", "v"))))
                .withMessageContaining("card 'c', x");
    }

    @Test
    void a_mistake_in_the_template_itself_is_found_before_it_is_used() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CardTemplates(Map.of("c", "{\n \"a\": }"), TEXTS, JSON))
                .withMessageStartingWith("card 'c', line 2, column");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CardTemplates(Map.of("c", "{\"a\":\"${text:helo}\"}"), TEXTS, JSON))
                .withMessage("card 'c': there is no text 'helo' in the texts of en-US");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CardTemplates(Map.of("c", "{\"a\":1,\"a\":2}"), TEXTS, JSON))
                .withMessageContaining("Duplicate");
    }

    @Test
    void an_unknown_card_is_an_error_that_names_the_known_ones() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CardTemplates(Map.of("order", "{}"), TEXTS, JSON).fill("ordr", Map.of()))
                .withMessage("there is no card 'ordr'; known are [order]");
    }

    @Test
    void filling_leaves_the_template_as_it_was() {
        var templates = new CardTemplates(Map.of("c", "{\"a\":[{\"b\":\"${v}\"}]}"), TEXTS, JSON);

        assertThat(templates.fill("c", Map.of("v", "1")).toString()).contains("\"1\"");
        assertThat(templates.fill("c", Map.of("v", "2")).toString()).contains("\"2\"");
    }
}
