package dev.camelfeishu.sandbox.base;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What each field type takes, repeats and reads")
class CellShapesTest {
    @RegisterExtension
    static final BaseServer SERVER = new BaseServer();

    private static String table;

    @BeforeAll
    static void table() {
        table = SERVER.newTable("""
                [{'field_name':'Text','type':1},
                 {'field_name':'Email','type':1,'ui_type':'Email'},
                 {'field_name':'Number','type':2},
                 {'field_name':'Rating','type':2,'ui_type':'Rating','property':{'min':1,'max':3}},
                 {'field_name':'Single','type':3,'property':{'options':[{'name':'Open'}]}},
                 {'field_name':'Multi','type':4},
                 {'field_name':'Date','type':5},
                 {'field_name':'Box','type':7},
                 {'field_name':'Person','type':11,'property':{'multiple':false}},
                 {'field_name':'Phone','type':13},
                 {'field_name':'Url','type':15},
                 {'field_name':'Files','type':17},
                 {'field_name':'Place','type':22},
                 {'field_name':'Chat','type':23},
                 {'field_name':'Made','type':1001},
                 {'field_name':'Maker','type':1003},
                 {'field_name':'Serial','type':1005,'property':{'auto_serial':{'type':'custom','options':[
                    {'type':'fixed_text','value':'SO-'},{'type':'system_number','value':'3'}]}}}]
                """);
        String tableId = table.substring(table.lastIndexOf('/') + 1);
        for (String type : new String[] {"18", "21"}) {
            SERVER.bitable(
                            "POST",
                            table + "/fields",
                            "{'field_name':'Link" + type + "','type':" + type + ",'property':{'table_id':'" + tableId
                                    + "'}}")
                    .data();
        }
    }

    @ParameterizedTest(name = "{0}: {1} reads {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Text|'a *b*'|[{'type':'text','text':'a *b*'}]",
                "Email|'a@b.c'|[{'type':'url','text':'a@b.c','link':'mailto:a@b.c'}]",
                "Number|12.5|12.5",
                "Number|-3|-3",
                "Rating|3|3",
                "Single|'Open'|'Open'",
                "Single|'Brand new'|'Brand new'",
                "Multi|['a','b']|['a','b']",
                "Date|1700000000000|1700000000000",
                "Box|false|false",
                "Phone|'+86131'|'+86131'",
                "Url|{'text':'t','link':'https://x.y'}|{'text':'t','link':'https://x.y'}",
                "Place|'116.39,39.9'|{'location':'116.39,39.9','pname':'','cityname':'','adname':'','address':'','name':'','full_address':''}",
                "Chat|[{'id':'oc_group0000000000000000000000001'}]|[{'id':'oc_group0000000000000000000000001','name':'采购审批 Purchasing','avatar_url':''}]",
                "Person|[{'id':'ou_5a1d0000000000000000000000000001'}]|[{'id':'ou_5a1d0000000000000000000000000001','name':'王芳','en_name':'王芳','email':'wangfang@example.com','avatar_url':''}]",
            })
    void a_write_repeats_the_written_shape_and_a_search_reads_the_other(String field, String written, String read) {
        JsonNode record = SERVER.bitable(
                        "POST", table + "/records", "{'fields':{'" + field + "':" + written + ",'Link18':null}}")
                .data()
                .path("record");

        assertThat(record.path("fields")).isEqualTo(SERVER.json("{'" + field + "':" + written + "}"));
        JsonNode got = read(record.path("record_id").asText());
        assertThat(got.path(field)).isEqualTo(SERVER.json(read));
        assertThat(got.has("Link18")).isFalse();
    }

    @ParameterizedTest(name = "{0} refuses {1} with {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Text|1|1254060|200",
                "Text|[{'type':'text','text':'x'}]|1254060|200",
                "Number|'1'|1254061|200",
                "Rating|4|1254061|200",
                "Single|['Open']|1254062|200",
                "Single|''|1254062|200",
                "Multi|'a'|1254063|200",
                "Date|'1700000000000'|1254064|200",
                "Date|1.7E12|1254064|200",
                "Box|'true'|1254065|200",
                "Person|[{'id':'ou_unknown'}]|1254066|200",
                "Person|['ou_5a1d0000000000000000000000000001']|1254066|200",
                "Person|[{'id':'ou_5a1d0000000000000000000000000006'}]|1254066|200",
                "Person|[{'id':'ou_5a1d0000000000000000000000000001'},{'id':'ou_5a1d0000000000000000000000000002'}]|1254066|200",
                "Link18|['recUnknown']|1254067|200",
                "Link21|'recUnknown'|1254074|400",
                "Url|'https://x.y'|1254068|200",
                "Files|['token']|1254069|200",
                "Phone|'12 34'|1254072|200",
                "Place|'north'|1254015|400",
                "Made|1700000000000|1254015|400",
                "Nowhere|'x'|1254045|200",
            })
    void a_value_of_another_shape_is_refused_as_documented(String field, String written, int code, int status) {
        BaseServer.Reply reply =
                SERVER.bitable("POST", table + "/records", "{'fields':{'" + field + "':" + written + "}}");

        assertThat(reply.code()).isEqualTo(code);
        assertThat(reply.status()).isEqualTo(status);
    }

    @Test
    void a_text_of_100000_characters_is_kept_and_one_more_is_too_large() {
        String longest = "x".repeat(100_000);

        String id = create("{'Text':'" + longest + "'}");
        assertThat(read(id).at("/Text/0/text").asText()).hasSize(100_000);
        assertThat(SERVER.bitable("POST", table + "/records", "{'fields':{'Text':'" + longest + "y'}}")
                        .code())
                .isEqualTo(1254130);
    }

    @Test
    void null_clears_a_cell_and_an_absent_key_leaves_it() {
        String id = create("{'Text':'a','Number':1,'Box':true}");

        SERVER.bitable("PUT", table + "/records/" + id, "{'fields':{'Text':null}}")
                .data();

        JsonNode fields = read(id);
        assertThat(fields.has("Text")).isFalse();
        assertThat(fields.path("Number").asInt()).isEqualTo(1);
        assertThat(fields.path("Box").asBoolean()).isTrue();
    }

    @Test
    void an_unknown_name_adds_an_option_once() {
        create("{'Single':'Paid'}");
        create("{'Single':'Paid'}");

        assertThat(optionNames("Single")).containsOnlyOnce("Paid");
    }

    @Test
    void the_same_new_name_twice_in_a_multi_select_adds_two_options() {
        create("{'Multi':['twin','twin']}");

        assertThat(optionNames("Multi").stream().filter("twin"::equals)).hasSize(2);
    }

    @Test
    void a_refused_write_adds_no_option() {
        SERVER.bitable("POST", table + "/records", "{'fields':{'Single':'Never','Number':'x'}}");

        assertThat(optionNames("Single")).doesNotContain("Never");
    }

    @Test
    void links_read_as_record_ids() {
        String first = create("{'Text':'linked'}");
        String second = create("{'Link18':['" + first + "'],'Link21':['" + first + "']}");

        assertThat(read(second).path("Link18")).isEqualTo(SERVER.json("{'link_record_ids':['" + first + "']}"));
        assertThat(read(second).path("Link21")).isEqualTo(SERVER.json("{'link_record_ids':['" + first + "']}"));
    }

    @Test
    void attachments_read_with_their_addresses() {
        String id = create("{'Files':[{'file_token':'boxcnAbCdEfGhIjKlMnOpQrStUv'}]}");

        assertThat(read(id).at("/Files/0/file_token").asText()).isEqualTo("boxcnAbCdEfGhIjKlMnOpQrStUv");
        assertThat(read(id).at("/Files/0/tmp_url").asText()).contains("boxcnAbCdEfGhIjKlMnOpQrStUv");
        assertThat(read(id).at("/Files/0/name").asText()).isEqualTo("plan.pdf");
        assertThat(SERVER.bitable(
                                "POST",
                                table + "/records",
                                "{'fields':{'Files':[{'file_token':'otherAbCdEfGhIjKlMnOpQrStUv'}]}}")
                        .code())
                .isEqualTo(1254303);
    }

    @Test
    void people_are_named_in_the_id_type_of_the_call() {
        String id = SERVER.bitable(
                        "POST", table + "/records?user_id_type=user_id", "{'fields':{'Person':[{'id':'wangfang'}]}}")
                .data()
                .at("/record/record_id")
                .asText();

        assertThat(read(id).at("/Person/0/id").asText()).isEqualTo(BaseServer.WANG_FANG);
        assertThat(SERVER.bitable(
                                "POST",
                                table + "/records/batch_get",
                                "{'record_ids':['" + id + "'],'user_id_type':'union_id'}")
                        .data()
                        .at("/records/0/fields/Person/0/id")
                        .asText())
                .isEqualTo("on_5a1d0000000000000000000000000001");
    }

    @Test
    void computed_fields_are_filled_in() {
        JsonNode fields = read(create("{}"));

        assertThat(fields.path("Serial").asText()).matches("SO-\\d{3}");
        assertThat(fields.at("/Maker/0/id").asText()).isEqualTo("ou_b0700000000000000000000000000001");
        assertThat(fields.path("Made").asLong()).isGreaterThan(1_700_000_000_000L);
    }

    private static String create(String fields) {
        return SERVER.bitable("POST", table + "/records", "{'fields':" + fields + "}")
                .data()
                .at("/record/record_id")
                .asText();
    }

    private static JsonNode read(String recordId) {
        return SERVER.bitable("POST", table + "/records/batch_get", "{'record_ids':['" + recordId + "']}")
                .data()
                .at("/records/0/fields");
    }

    private static List<String> optionNames(String field) {
        for (JsonNode item : SERVER.bitable("GET", table + "/fields?page_size=100", null)
                .data()
                .path("items")) {
            if (item.path("field_name").asText().equals(field)) {
                return item.at("/property/options").findValuesAsText("name");
            }
        }
        throw new AssertionError(field);
    }
}
