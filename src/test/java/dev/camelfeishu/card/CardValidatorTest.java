package dev.camelfeishu.card;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The card validator")
class CardValidatorTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SUBMIT =
            "{'tag':'button','name':'ok','text':{'tag':'plain_text','content':'OK'},'form_action_type':'submit'}";

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static String v2(String elements) {
        return "{'schema':'2.0','body':{'elements':[" + elements + "]}}";
    }

    private static String v1(String elements) {
        return "{'elements':[" + elements + "]}";
    }

    private static String text(String content) {
        return "{'tag':'plain_text','content':'" + content + "'}";
    }

    private static String button(String more) {
        return "{'tag':'button','text':" + text("Go") + more + "}";
    }

    private static String nested(int levels) {
        String card = "{'tag':'hr'}";
        for (int i = 0; i < levels; i++) {
            card = "{'tag':'column_set','columns':[{'tag':'column','elements':[" + card + "]}]}";
        }
        return card;
    }

    private static String path(int levels) {
        return "body.elements[0]" + ".columns[0].elements[0]".repeat(levels - 1);
    }

    private static String repeated(int times, String element) {
        return IntStream.range(0, times).mapToObj(i -> element).collect(Collectors.joining(","));
    }

    private static String table(String columns, String rows) {
        return "{'tag':'table','columns':[" + columns + "],'rows':[" + rows + "]}";
    }

    static Stream<Arguments> faulty() {
        String option = "{'text':" + text("A") + ",'value':'a'}";
        String header = "{'schema':'2.0','header':{'title':" + text("T") + "%s}}";
        return Stream.of(
                Arguments.of("not an object", "[]", ""),
                Arguments.of("unknown version", "{'schema':'3.0'}", "schema"),
                Arguments.of("2.0 body without schema", "{'body':{'elements':[]}}", "schema"),
                Arguments.of("elements at the root of 2.0", "{'schema':'2.0','elements':[]}", "elements"),
                Arguments.of("i18n_elements in 2.0", "{'schema':'2.0','i18n_elements':{}}", "i18n_elements"),
                Arguments.of(
                        "update_multi false",
                        "{'schema':'2.0','config':{'update_multi':false}}",
                        "config.update_multi"),
                Arguments.of(
                        "unknown config",
                        "{'schema':'2.0','config':{'wide_screen_mode':true}}",
                        "config.wide_screen_mode"),
                Arguments.of(
                        "card_link without address",
                        "{'schema':'2.0','card_link':{'pc_url':'https://x.example'}}",
                        "card_link"),
                Arguments.of("header without title", "{'schema':'2.0','header':{'template':'blue'}}", "header"),
                Arguments.of("unknown header colour", header.formatted(",'template':'pink'"), "header.template"),
                Arguments.of(
                        "four text tags",
                        header.formatted(",'text_tag_list':["
                                + repeated(4, "{'tag':'text_tag','text':" + text("x") + "}") + "]"),
                        "header.text_tag_list"),
                Arguments.of(
                        "unknown colour of a text tag",
                        header.formatted(
                                ",'text_tag_list':[{'tag':'text_tag','text':" + text("x") + ",'color':'grey-500'}]"),
                        "header.text_tag_list[0].color"),
                Arguments.of("no tag", v2("{'content':'x'}"), "body.elements[0]"),
                Arguments.of("unknown tag", v2("{'tag':'hr'},{'tag':'blink'}"), "body.elements[1]"),
                Arguments.of("action in 2.0", v2("{'tag':'action','actions':[]}"), "body.elements[0]"),
                Arguments.of("note in 2.0", v2("{'tag':'note','elements':[]}"), "body.elements[0]"),
                Arguments.of(
                        "unknown property", v2("{'tag':'markdown','content':'x','href':{}}"), "body.elements[0].href"),
                Arguments.of("markdown without content", v2("{'tag':'markdown'}"), "body.elements[0]"),
                Arguments.of(
                        "content that is no text", v2("{'tag':'markdown','content':5}"), "body.elements[0].content"),
                Arguments.of("column set without columns", v2("{'tag':'column_set'}"), "body.elements[0]"),
                Arguments.of(
                        "something else than a column",
                        v2("{'tag':'hr'},{'tag':'hr'},{'tag':'column_set','columns':[{'tag':'div'}]}"),
                        "body.elements[2].columns[0]"),
                Arguments.of("column outside a column set", v2("{'tag':'column','elements':[]}"), "body.elements[0]"),
                Arguments.of(
                        "column too heavy",
                        v2("{'tag':'column_set','columns':[{'tag':'column','width':'weighted','weight':6}]}"),
                        "body.elements[0].columns[0].weight"),
                Arguments.of("six levels of containers", v2(nested(6)), path(6)),
                Arguments.of("bad margin", v2("{'tag':'hr','margin':'4px 4px 4px'}"), "body.elements[0].margin"),
                Arguments.of("margin without unit", v2("{'tag':'hr','margin':'4'}"), "body.elements[0].margin"),
                Arguments.of("bad element id", v2("{'tag':'hr','element_id':'1st'}"), "body.elements[0].element_id"),
                Arguments.of(
                        "element id used twice",
                        v2("{'tag':'hr','element_id':'a'},{'tag':'hr','element_id':'a'}"),
                        "body.elements[1].element_id"),
                Arguments.of(
                        "unknown text colour",
                        v2("{'tag':'div','text':{'tag':'plain_text','content':'x','text_color':'mauve'}}"),
                        "body.elements[0].text.text_color"),
                Arguments.of("image without alt", v2("{'tag':'img','img_key':'img_1'}"), "body.elements[0]"),
                Arguments.of(
                        "1.0 image size",
                        v2("{'tag':'img','img_key':'img_1','alt':" + text("") + ",'size':'stretch_without_padding'}"),
                        "body.elements[0].size"),
                Arguments.of(
                        "three images in a double",
                        v2("{'tag':'img_combination','combination_mode':'double','img_list':["
                                + repeated(3, "{'img_key':'k'}") + "]}"),
                        "body.elements[0].img_list"),
                Arguments.of("button without text", v2("{'tag':'button','type':'primary'}"), "body.elements[0]"),
                Arguments.of(
                        "button text too long",
                        v2("{'tag':'button','text':" + text("x".repeat(101)) + "}"),
                        "body.elements[0].text.content"),
                Arguments.of("unknown button type", v2(button(",'type':'big'")), "body.elements[0].type"),
                Arguments.of(
                        "callback value that is a text",
                        v2(button(",'behaviors':[{'type':'callback','value':'x'}]")),
                        "body.elements[0].behaviors[0].value"),
                Arguments.of(
                        "callback without value",
                        v2(button(",'behaviors':[{'type':'callback'}]")),
                        "body.elements[0].behaviors[0]"),
                Arguments.of(
                        "address that runs a script",
                        v2(button(",'behaviors':[{'type':'open_url','default_url':'javascript:alert(1)'}]")),
                        "body.elements[0].behaviors[0].default_url"),
                Arguments.of(
                        "address that is relative",
                        v2(button(",'behaviors':[{'type':'open_url','default_url':'/x'}]")),
                        "body.elements[0].behaviors[0].default_url"),
                Arguments.of(
                        "open_url on a select",
                        v2("{'tag':'select_static','options':[" + option
                                + "],'behaviors':[{'type':'open_url','default_url':'https://x.example'}]}"),
                        "body.elements[0].behaviors[0]"),
                Arguments.of(
                        "confirm without text",
                        v2(button(",'confirm':{'title':" + text("Sure?") + "}")),
                        "body.elements[0].confirm"),
                Arguments.of(
                        "option value used twice",
                        v2("{'tag':'select_static','options':[" + option + "," + option + "]}"),
                        "body.elements[0].options[1].value"),
                Arguments.of(
                        "initial option that is none",
                        v2("{'tag':'select_static','initial_option':'b','options':[" + option + "]}"),
                        "body.elements[0].initial_option"),
                Arguments.of(
                        "multi select outside a form",
                        v2("{'tag':'multi_select_static','name':'m','options':[" + option + "]}"),
                        "body.elements[0]"),
                Arguments.of(
                        "date that does not exist",
                        v2("{'tag':'date_picker','initial_date':'2025-02-30'}"),
                        "body.elements[0].initial_date"),
                Arguments.of(
                        "time picker without time and placeholder", v2("{'tag':'picker_time'}"), "body.elements[0]"),
                Arguments.of(
                        "max_length too large", v2("{'tag':'input','max_length':1001}"), "body.elements[0].max_length"),
                Arguments.of(
                        "images selected outside a form",
                        v2("{'tag':'select_img','multi_select':true,'options':[{'img_key':'k'}]}"),
                        "body.elements[0].multi_select"),
                Arguments.of(
                        "form inside a panel",
                        v2("{'tag':'collapsible_panel','header':{'title':" + text("T")
                                + "},'elements':[{'tag':'form','name':'f','elements':[" + SUBMIT + "]}]}"),
                        "body.elements[0].elements[0]"),
                Arguments.of(
                        "form without submit",
                        v2("{'tag':'form','name':'f','elements':[{'tag':'hr'}]}"),
                        "body.elements[0]"),
                Arguments.of(
                        "input in a form without name",
                        v2("{'tag':'form','name':'f','elements':[{'tag':'input'}," + SUBMIT + "]}"),
                        "body.elements[0].elements[0]"),
                Arguments.of(
                        "name used twice",
                        v2("{'tag':'form','name':'f','elements':[{'tag':'input','name':'ok'}," + SUBMIT + "]}"),
                        "body.elements[0].elements[1].name"),
                Arguments.of(
                        "table inside a column",
                        v2("{'tag':'column_set','columns':[{'tag':'column','elements':[" + table("", "") + "]}]}"),
                        "body.elements[0].columns[0].elements[0]"),
                Arguments.of(
                        "table cell without column",
                        v2(table("{'name':'a','data_type':'text'}", "{'b':'x'}")),
                        "body.elements[0].rows[0].b"),
                Arguments.of(
                        "table cell of the wrong type",
                        v2(table("{'name':'a','data_type':'number'}", "{'a':1},{'a':'x'}")),
                        "body.elements[0].rows[1].a"),
                Arguments.of(
                        "table column used twice",
                        v2(table("{'name':'a','data_type':'text'},{'name':'a','data_type':'text'}", "")),
                        "body.elements[0].columns[1].name"),
                Arguments.of("six tables", v2(repeated(6, table("", ""))), ""),
                Arguments.of(
                        "audio that can be forwarded", v2("{'tag':'audio','file_key':'f'}"), "config.enable_forward"),
                Arguments.of("201 elements", v2(repeated(201, "{'tag':'hr'}")), ""),
                Arguments.of("31 KB", v2("{'tag':'markdown','content':'" + "x".repeat(31 * 1024) + "'}"), ""),
                Arguments.of(
                        "unknown language",
                        v2("{'tag':'markdown','i18n_content':{'zh-CN':'x'}}"),
                        "body.elements[0].i18n_content.zh-CN"),
                Arguments.of("1.0 button at the root", v1(button("")), "elements[0]"),
                Arguments.of("1.0 action without actions", v1("{'tag':'action'}"), "elements[0]"),
                Arguments.of(
                        "1.0 button with two addresses",
                        v1("{'tag':'action','actions':["
                                + button(",'url':'https://x.example','multi_url':{'url':'https://x.example'}") + "]}"),
                        "elements[0].actions[0]"),
                Arguments.of("1.0 div without text", v1("{'tag':'div'}"), "elements[0]"),
                Arguments.of("1.0 audio", v1("{'tag':'audio','file_key':'f'}"), "elements[0]"),
                Arguments.of(
                        "1.0 image in a note without alt",
                        v1("{'tag':'note','elements':[{'tag':'img','img_key':'k'}]}"),
                        "elements[0].elements[0]"),
                Arguments.of(
                        "1.0 elements of a language",
                        "{'i18n_elements':{'zh_cn':[{'tag':'markdown'}]}}",
                        "i18n_elements.zh_cn[0]"),
                Arguments.of("template without id", "{'type':'template','data':{}}", "data"));
    }

    @ParameterizedTest(name = "{0} at {2}")
    @MethodSource("faulty")
    void refuses_one_fault_and_names_its_place(String fault, String card, String path) {
        assertThat(CardValidator.validate(json(card))).singleElement().satisfies(found -> {
            assertThat(found.path()).isEqualTo(path);
            assertThat(found.message()).isNotBlank();
        });
    }

    static Stream<String> correct() {
        return Stream.of(
                "{}",
                "{'schema':'2.0'}",
                v2(""),
                v2(nested(5)),
                v2(
                        "{'tag':'form','name':'f','elements':[{'tag':'input','name':'i'},{'tag':'column_set','columns':[{'tag':'column','elements':["
                                + SUBMIT + "]}]}]}"),
                v2(
                        button(
                                ",'behaviors':[{'type':'callback','value':{'tag':'anything'}},{'type':'open_url','default_url':'https://x.example','pc_url':''}]")),
                "{'schema':'2.0','config':{'enable_forward':false},'body':{'elements':[{'tag':'audio','file_key':'f'}]}}",
                "{'schema':'2.0','config':{'style':{'color':{'mine':{}}}},'body':{'elements':["
                        + "{'tag':'div','text':{'tag':'plain_text','content':'x','text_color':'mine'}}]}}",
                v2(repeated(200, "{'tag':'hr'}")),
                v2(
                        "{'tag':'interactive_container','behaviors':[{'type':'callback','value':{}}],'background_style':'laser','elements':[{'tag':'hr'}]}"),
                v2(table(
                        "{'name':'a','data_type':'persons'},{'name':'b','data_type':'date'}",
                        "{'a':['ou_1'],'b':1700000000000}")),
                v1(
                        "{'tag':'action','actions':[" + button(",'value':{'k':'v'}") + "]},{'tag':'note','elements':["
                                + text("n")
                                + "]},{'tag':'div','fields':[{'is_short':true,'text':{'tag':'lark_md','content':'x'}}],'unknown':1}"),
                "{'schema':'1.0','config':{'wide_screen_mode':true,'update_multi':false},'elements':[{'tag':'hr'}]}",
                "{'type':'template','data':{'template_id':'AAq1'}}");
    }

    @ParameterizedTest
    @MethodSource("correct")
    void accepts_what_feishu_accepts(String card) {
        assertThat(CardValidator.validate(json(card))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"blue", "blue-50", "grey-650", "bg-white", "rgba(1, 2,3,0.5)", "rgba(1,2,3,50%)", "default"})
    void knows_the_colours(String color) {
        assertThat(CardValidator.validate(
                        json(v2("{'tag':'column_set','columns':[],'background_style':'" + color + "'}"))))
                .isEmpty();
    }

    @Test
    void a_fault_reads_as_one_line() {
        assertThat(CardValidator.validate(json(v2("{'tag':'column_set','columns':[{'tag':'div'}]}"))))
                .singleElement()
                .hasToString("body.elements[0].columns[0]: a div cannot stand here, allowed is column");
    }
}
