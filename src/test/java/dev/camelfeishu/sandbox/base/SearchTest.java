package dev.camelfeishu.sandbox.base;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Searching records")
class SearchTest {
    @RegisterExtension
    static final BaseServer SERVER = new BaseServer();

    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");

    private static String table;

    /** Rows a to e; d has a name only and e nothing. */
    @BeforeAll
    static void rows() {
        table = SERVER.newTable("""
                [{'field_name':'Name','type':1},{'field_name':'Number','type':2},
                 {'field_name':'State','type':3,'property':{'options':[{'name':'New'},{'name':'Done'}]}},
                 {'field_name':'Tags','type':4},{'field_name':'Day','type':5},{'field_name':'Box','type':7},
                 {'field_name':'Person','type':11},{'field_name':'Files','type':17},
                 {'field_name':'Formula','type':20,'property':{'formula_expression':'1'}}]
                """);
        SERVER.bitable("POST", table + "/records/batch_create", """
                        {'records':[
                         {'fields':{'Name':'a apple','Number':1,'State':'Done','Tags':['x','y'],'Day':1700000000000,'Box':true,
                            'Person':[{'id':'ou_5a1d0000000000000000000000000001'}]}},
                         {'fields':{'Name':'b banana','Number':2.5,'State':'New','Tags':['y'],'Day':1700100000000,'Box':false}},
                         {'fields':{'Name':'c apple','Number':10,'State':'New','Tags':['z'],'Day':TODAY,
                            'Person':[{'id':'ou_5a1d0000000000000000000000000002'}]}},
                         {'fields':{'Name':'d'}},
                         {'fields':{}}]}
                        """.replace("TODAY", Long.toString(noon(0))))
                .data();
    }

    private static long noon(int days) {
        return LocalDate.now(SHANGHAI)
                .plusDays(days)
                .atTime(12, 0)
                .atZone(SHANGHAI)
                .toInstant()
                .toEpochMilli();
    }

    @ParameterizedTest(name = "{0} {1} {2}: {3}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Name|is|['d']|d",
                "Name|isNot|['d']|abce",
                "Name|contains|['apple']|ac",
                "Name|doesNotContain|['apple']|bde",
                "Name|isEmpty|[]|e",
                "Name|isNotEmpty|[]|abcd",
                "Number|is|['2.50']|b",
                "Number|isNot|['1']|bcde",
                "Number|isGreater|['1']|bc",
                "Number|isGreaterEqual|['1']|abc",
                "Number|isLess|['10']|ab",
                "Number|isLessEqual|['10']|abc",
                "State|is|['New']|bc",
                "State|isNot|['New']|ade",
                "State|contains|['New','Done']|abc",
                "State|doesNotContain|['Done']|bcde",
                "Tags|is|['y']|b",
                "Tags|contains|['x','z']|ac",
                "Tags|doesNotContain|['y']|cde",
                "Person|is|['ou_5a1d0000000000000000000000000001']|a",
                "Person|isEmpty|[]|bde",
                "Box|is|['true']|a",
                "Box|is|['false']|bcde",
                "Files|isEmpty|[]|abcde",
                "Day|is|['ExactDate','1700000000000']|a",
                "Day|isGreater|['ExactDate','1700000000000']|bc",
                "Day|isLess|['ExactDate','1700100000000']|a",
                "Day|is|['Today']|c",
                "Day|isLess|['Today']|ab",
                "Day|is|['CurrentMonth']|c",
            })
    void an_operator_finds(String field, String operator, String value, String found) {
        assertThat(names("{'filter':{'conjunction':'and','conditions':[" + condition(field, operator, value) + "]}}"))
                .isEqualTo(found);
    }

    @ParameterizedTest(name = "{0} {1} {2} is refused")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Name|isGreater|['a']",
                "Name|is|['a','b']",
                "Name|like|['a']",
                "Number|is|['a']",
                "Number|is|[1]",
                "Number|isEmpty|['1']",
                "Number|isEmpty|null",
                "State|is|['New','Done']",
                "Box|isNot|['true']",
                "Box|is|['yes']",
                "Files|is|['x']",
                "Day|is|['1700000000000']",
                "Day|isGreaterEqual|['Today']",
                "Day|isLess|['CurrentWeek']",
                "Formula|is|['1']",
                "Name|is|['1','2','3','4','5','6','7','8','9','10','11']",
            })
    void a_filter_outside_the_guide_is_refused(String field, String operator, String value) {
        assertThat(search(
                                "",
                                "{'filter':{'conjunction':'and','conditions':[" + condition(field, operator, value)
                                        + "]}}")
                        .code())
                .isEqualTo(1254018);
    }

    @Test
    void a_date_filter_cuts_to_the_day_of_the_base() {
        long lateOnTheSameDay = 1_700_063_999_000L - 1_000L;

        assertThat(names("{'filter':{'conjunction':'and','conditions':["
                        + condition("Day", "is", "['ExactDate','1699977600000']") + "]}}"))
                .as("midnight of that day in Shanghai")
                .isEqualTo("a");
        assertThat(names("{'filter':{'conjunction':'and','conditions':["
                        + condition("Day", "is", "['ExactDate','" + lateOnTheSameDay + "']") + "]}}"))
                .as("the evening of that day")
                .isEqualTo("a");
    }

    @Test
    void groups_join_their_conditions() {
        String newState = condition("State", "is", "['New']");
        String banana = condition("Name", "contains", "['banana']");
        String big = condition("Number", "isGreater", "['5']");

        assertThat(names("{'filter':{'conjunction':'or','conditions':[" + banana + "," + big + "]}}"))
                .isEqualTo("bc");
        assertThat(names("{'filter':{'conjunction':'and','conditions':[" + newState
                        + "],'children':[{'conjunction':'or','conditions':[" + banana + "," + big + "]}]}}"))
                .isEqualTo("bc");
        assertThat(search(
                                "",
                                "{'filter':{'conjunction':'and','children':[{'conjunction':'or','children':[{'conjunction':'or','conditions':["
                                        + big + "]}]}]}}")
                        .code())
                .isEqualTo(1254018);
        assertThat(search("", "{'filter':{'conjunction':'xor','conditions':[" + big + "]}}")
                        .code())
                .isEqualTo(1254018);
    }

    @Test
    void sorts_by_several_fields_with_empty_cells_last() {
        assertThat(names("{'sort':[{'field_name':'Number','desc':true}]}")).isEqualTo("cbade");
        assertThat(names("{'sort':[{'field_name':'State'},{'field_name':'Number','desc':true}]}"))
                .as("options sort in their own order")
                .isEqualTo("cbade");
        assertThat(search("", "{'sort':[{'field_name':'Nothing'}]}").code()).isEqualTo(1254045);
        assertThat(search("", "{'sort':'Number'}").code()).isEqualTo(1254016);
    }

    @Test
    void pages_follow_their_tokens() {
        List<Integer> sizes = new ArrayList<>();
        StringBuilder names = new StringBuilder();
        String token = "";
        JsonNode data;
        do {
            data = search("?page_size=2" + token, "{'sort':[{'field_name':'Name','desc':true}]}")
                    .data();
            sizes.add(data.path("items").size());
            data.path("items").forEach(item -> names.append(name(item)));
            token = "&page_token=" + data.path("page_token").asText();
            assertThat(data.path("total").asInt()).isEqualTo(5);
        } while (data.path("has_more").asBoolean());

        assertThat(sizes).containsExactly(2, 2, 1);
        assertThat(names).hasToString("dcbae");
        assertThat(data.has("page_token")).isFalse();
    }

    @Test
    void a_token_of_another_search_is_refused() {
        String token = search("?page_size=2", "{}").data().path("page_token").asText();

        assertThat(search("?page_size=2&page_token=" + token, "{'sort':[{'field_name':'Name'}]}")
                        .code())
                .isEqualTo(1254002);
        assertThat(search("?page_token=nonsense", "{}").code()).isEqualTo(1254002);
    }

    @Test
    void page_sizes_are_1_to_500() {
        for (String size : new String[] {"0", "-1", "501", "many"}) {
            BaseServer.Reply reply = search("?page_size=" + size, "{}");
            assertThat(reply.code()).as(size).isEqualTo(1254011);
            assertThat(reply.status()).isEqualTo(400);
        }
    }

    @Test
    void only_the_named_fields_are_shown() {
        JsonNode item = search("", "{'field_names':['Number']}").data().at("/items/0");

        assertThat(item.path("fields")).isEqualTo(SERVER.json("{'Number':1}"));
        assertThat(item.has("created_time")).isFalse();
        assertThat(search("", "{'field_names':['Nothing']}").code()).isEqualTo(1254045);
        assertThat(search("", "{'field_names':'Number'}").code()).isEqualTo(1254024);
    }

    @Test
    void automatic_fields_tell_who_and_when() {
        JsonNode item = search("", "{'automatic_fields':true}").data().at("/items/0");

        assertThat(item.at("/created_by/id").asText()).isEqualTo("ou_b0700000000000000000000000000001");
        assertThat(item.path("last_modified_time").asLong())
                .isEqualTo(item.path("created_time").asLong());
        assertThat(item.at("/last_modified_by/name").asText()).isEqualTo("ERP 助手");
    }

    @Test
    void a_view_is_looked_up_only_without_filter_and_sort() {
        assertThat(search("", "{'view_id':'vewNobody'}").code()).isEqualTo(1254042);
        assertThat(search("", "{'view_id':'vewNobody','sort':[{'field_name':'Name'}]}")
                        .code())
                .isZero();
    }

    @Test
    void the_superseded_list_shows_its_own_shapes() {
        JsonNode item = SERVER.bitable(
                        "GET",
                        table
                                + "/records?page_size=1&sort=%5B%22Name%20ASC%22%5D&field_names=%5B%22Name%22,%22Number%22%5D",
                        null)
                .data()
                .at("/items/0");

        assertThat(item.path("fields")).isEqualTo(SERVER.json("{'Name':'a apple','Number':'1'}"));
        JsonNode record = SERVER.bitable(
                        "GET",
                        table + "/records/" + item.path("record_id").asText() + "?text_field_as_array=true",
                        null)
                .data()
                .path("record");
        assertThat(record.at("/fields/Name/0/text").asText()).isEqualTo("a apple");
    }

    private static String condition(String field, String operator, String value) {
        return "{'field_name':'" + field + "','operator':'" + operator + "','value':" + value + "}";
    }

    private static BaseServer.Reply search(String query, String body) {
        return SERVER.bitable("POST", table + "/records/search" + query, body);
    }

    private static String names(String body) {
        StringBuilder names = new StringBuilder();
        search("", body).data().path("items").forEach(item -> names.append(name(item)));
        return names.toString();
    }

    private static String name(JsonNode item) {
        String text = item.at("/fields/Name/0/text").asText();
        return text.isEmpty() ? "e" : text.substring(0, 1);
    }
}
