package dev.camelfeishu.sandbox.base;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Bases, tables and fields")
class SchemaTest {
    @RegisterExtension
    static final BaseServer SERVER = new BaseServer();

    private String table;

    @BeforeEach
    void table() {
        table = SERVER.newTable(
                "[{'field_name':'Name','type':1},{'field_name':'State','type':3,'property':{'options':[{'name':'New'},{'name':'Old'}]}}]");
    }

    @Test
    void the_seeded_table_has_its_primary_field_and_nothing_else() {
        String orders = BaseServer.ORDERS + "/tables/" + SERVER.ordersTable();

        JsonNode fields = SERVER.bitable("GET", orders + "/fields", null).data().path("items");
        assertThat(fields).hasSize(1);
        assertThat(fields.at("/0/field_name").asText()).isEqualTo("Order ID");
        assertThat(fields.at("/0/is_primary").asBoolean()).isTrue();
        assertThat(fields.at("/0/ui_type").asText()).isEqualTo("Text");
        assertThat(SERVER.bitable("POST", orders + "/records/search", "{}")
                        .data()
                        .path("total")
                        .asInt(-1))
                .isZero();
    }

    @Test
    void the_seeded_table_keeps_its_id() {
        String before = SERVER.ordersTable();

        SERVER.restart();

        assertThat(SERVER.ordersTable()).isEqualTo(before).startsWith("tbl");
    }

    @Test
    void a_new_base_has_a_table_with_blank_rows() {
        JsonNode app = SERVER.bitable("POST", "", "{'name':'Sales','time_zone':'Europe/Berlin'}")
                .data()
                .path("app");
        String token = app.path("app_token").asText();

        assertThat(SERVER.bitable(
                                "POST",
                                token + "/tables/"
                                        + app.path("default_table_id").asText() + "/records/search",
                                "{}")
                        .data()
                        .path("total")
                        .asInt())
                .isPositive();
        JsonNode got = SERVER.bitable("GET", token, null).data().path("app");
        assertThat(got.path("time_zone").asText()).isEqualTo("Europe/Berlin");
        assertThat(got.path("revision").asLong()).isPositive();
        SERVER.bitable("PUT", token, "{'name':'Renamed','is_advanced':true}").data();
        assertThat(SERVER.bitable("GET", token, null).data().at("/app/name").asText())
                .isEqualTo("Renamed");
        assertThat(SERVER.bitable("PUT", token, "{'name':'a/b'}").code()).isEqualTo(1254031);
    }

    @Test
    void the_revision_of_a_table_rises_with_each_change() {
        long before = revision();

        SERVER.bitable("POST", table + "/records", "{'fields':{'Name':'a'}}").data();

        assertThat(revision()).isEqualTo(before + 1);
    }

    @Test
    void names_of_tables_follow_their_rules() {
        String tables = BaseServer.ORDERS + "/tables";
        BaseServer.Reply duplicate = SERVER.bitable("POST", tables, "{'table':{'name':' Orders '}}");
        assertThat(duplicate.code()).isEqualTo(1254013);
        assertThat(duplicate.status()).isEqualTo(200);
        BaseServer.Reply renamed = SERVER.bitable("PATCH", table, "{'name':'Orders'}");
        assertThat(renamed.code()).isEqualTo(1254013);
        assertThat(renamed.status()).isEqualTo(400);
        assertThat(SERVER.bitable("POST", tables, "{'table':{'name':'a/b'}}").code())
                .isEqualTo(1254001);
        assertThat(SERVER.bitable("PATCH", table, "{'name':''}").code()).isZero();
        assertThat(SERVER.bitable("PATCH", table, "{'name':'Renamed'}").data())
                .isEqualTo(SERVER.json("{'name':'Renamed'}"));
        SERVER.bitable("DELETE", table, null).data();
        assertThat(SERVER.bitable("GET", table + "/fields", null).code()).isEqualTo(1254041);
    }

    @Test
    void a_batch_of_tables_is_created_whole_or_not_at_all() {
        String tables = BaseServer.ORDERS + "/tables";

        assertThat(SERVER.bitable("POST", tables + "/batch_create", "{'tables':[{'name':'Half'},{'name':'Orders'}]}")
                        .code())
                .isEqualTo(1254013);
        assertThat(SERVER.bitable("POST", tables + "/batch_create", "{'tables':[{'name':'Half'},{'name':'Whole'}]}")
                        .data()
                        .path("table_ids"))
                .hasSize(2);
    }

    @Test
    void the_last_table_stays() {
        JsonNode app = SERVER.bitable("POST", "", "{'name':'One'}").data().path("app");

        BaseServer.Reply reply = SERVER.bitable(
                "DELETE",
                app.path("app_token").asText() + "/tables/"
                        + app.path("default_table_id").asText(),
                null);

        assertThat(reply.code()).isEqualTo(1254034);
        assertThat(reply.status()).isEqualTo(403);
    }

    @Test
    void a_table_has_a_view() {
        JsonNode view = SERVER.bitable("GET", table + "/views", null).data().at("/items/0");

        assertThat(view.path("view_id").asText()).startsWith("vew");
        assertThat(view.path("view_type").asText()).isEqualTo("grid");
        assertThat(SERVER.bitable(
                                "POST",
                                table + "/records/search",
                                "{'view_id':'" + view.path("view_id").asText() + "'}")
                        .code())
                .isZero();
    }

    @ParameterizedTest(name = "{0} is refused with {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type':1}|1254028|400",
                "{'field_name':'','type':1}|1254028|400",
                "{'field_name':'Name','type':1}|1254014|200",
                "{'field_name':'a[b]','type':1}|1254029|400",
                "{'field_name':'N','type':19}|1254012|200",
                "{'field_name':'N','type':99}|1254012|200",
                "{'field_name':'N','type':'1'}|1254001|200",
                "{'field_name':'N','type':1,'ui_type':'Number'}|1254001|200",
                "{'field_name':'N','type':2,'property':{'formatter':'x'}}|1254081|400",
                "{'field_name':'N','type':3,'property':{'options':[{'name':''}]}}|1254026|200",
                "{'field_name':'N','type':3,'property':{'options':[{'name':'a','color':55}]}}|1254082|400",
                "{'field_name':'N','type':4,'property':{'options':'a'}}|1254083|400",
                "{'field_name':'N','type':5,'property':{'date_formatter':'x'}}|1254084|400",
                "{'field_name':'N','type':11,'property':{'multiple':'yes'}}|1254086|400",
                "{'field_name':'N','type':18,'property':{'table_id':'tblNobody'}}|1254089|400",
                "{'field_name':'N','type':20}|1254091|400",
                "{'field_name':'N','type':21}|1254092|400",
            })
    void a_wrong_field(String field, int code, int status) {
        BaseServer.Reply reply = SERVER.bitable("POST", table + "/fields", field);

        assertThat(reply.code()).isEqualTo(code);
        assertThat(reply.status()).isEqualTo(status);
    }

    @Test
    void a_field_is_created_once_per_client_token() {
        String path = table + "/fields?client_token=" + UUID.randomUUID();

        JsonNode first =
                SERVER.bitable("POST", path, "{'field_name':'More','type':2}").data();
        JsonNode second =
                SERVER.bitable("POST", path, "{'field_name':'More','type':2}").data();

        assertThat(second).isEqualTo(first);
        assertThat(first.at("/field/property/formatter").asText()).isEqualTo("0.0");
    }

    @Test
    void an_update_replaces_the_property_and_removed_options_leave_the_cells() {
        String kept = create("{'Name':'a','State':'Old'}");
        String cleared = create("{'Name':'b','State':'New'}");
        JsonNode state = field("State");
        String old = state.at("/property/options/1/id").asText();

        SERVER.bitable(
                        "PUT",
                        table + "/fields/" + state.path("field_id").asText(),
                        "{'field_name':'Status','type':3,'property':{'options':[{'id':'" + old
                                + "','name':'Older'},{'name':'Next'}]}}")
                .data();

        assertThat(field("Status").at("/property/options").findValuesAsText("name"))
                .containsExactly("Older", "Next");
        assertThat(read(kept).path("Status").asText()).isEqualTo("Older");
        assertThat(read(cleared).has("Status")).isFalse();
        SERVER.restart();
        assertThat(read(kept).path("Status").asText()).isEqualTo("Older");
        assertThat(read(cleared).has("Status")).isFalse();
    }

    @Test
    void an_update_that_changes_nothing_says_so() {
        assertThat(SERVER.bitable(
                                "PUT",
                                table + "/fields/"
                                        + field("Name").path("field_id").asText(),
                                "{'field_name':'Name','type':1}")
                        .code())
                .isEqualTo(1254606);
    }

    @Test
    void a_deleted_field_takes_its_cells_along_but_the_primary_one_stays() {
        String id = create("{'Name':'a','State':'Old'}");

        SERVER.bitable(
                        "DELETE",
                        table + "/fields/" + field("State").path("field_id").asText(),
                        null)
                .data();

        assertThat(read(id)).isEqualTo(SERVER.json("{'Name':[{'type':'text','text':'a'}]}"));
        SERVER.restart();
        assertThat(read(id)).isEqualTo(SERVER.json("{'Name':[{'type':'text','text':'a'}]}"));
        assertThat(SERVER.bitable(
                                "DELETE",
                                table + "/fields/"
                                        + field("Name").path("field_id").asText(),
                                null)
                        .code())
                .isEqualTo(1254046);
        assertThat(SERVER.bitable("DELETE", table + "/fields/fldNobody", null).code())
                .isEqualTo(1254044);
        assertThat(SERVER.bitable("DELETE", table + "/fields/nobody", null).code())
                .isEqualTo(1254009);
    }

    @Test
    void descriptions_read_as_text_or_segments() {
        SERVER.bitable(
                        "POST",
                        table + "/fields",
                        "{'field_name':'Told','type':1,'description':{'text':'what it is','disable_sync':true}}")
                .data();

        assertThat(field("Told").path("description").asText()).isEqualTo("what it is");
        assertThat(SERVER.bitable("GET", table + "/fields?text_field_as_array=true", null)
                        .data()
                        .at("/items/2/description/0/text")
                        .asText())
                .isEqualTo("what it is");
    }

    @Test
    void the_first_field_of_a_table_has_a_primary_type() {
        assertThat(SERVER.bitable(
                                "POST",
                                BaseServer.ORDERS + "/tables",
                                "{'table':{'name':'Bad','fields':[{'field_name':'S','type':3}]}}")
                        .code())
                .isEqualTo(1254012);
    }

    private String create(String fields) {
        return SERVER.bitable("POST", table + "/records", "{'fields':" + fields + "}")
                .data()
                .at("/record/record_id")
                .asText();
    }

    private JsonNode read(String recordId) {
        return SERVER.bitable("POST", table + "/records/batch_get", "{'record_ids':['" + recordId + "']}")
                .data()
                .at("/records/0/fields");
    }

    private JsonNode field(String name) {
        for (JsonNode item :
                SERVER.bitable("GET", table + "/fields", null).data().path("items")) {
            if (item.path("field_name").asText().equals(name)) {
                return item;
            }
        }
        throw new AssertionError(name);
    }

    private long revision() {
        for (JsonNode item : SERVER.bitable("GET", BaseServer.ORDERS + "/tables?page_size=100", null)
                .data()
                .path("items")) {
            if (table.endsWith(item.path("table_id").asText())) {
                return item.path("revision").asLong();
            }
        }
        throw new AssertionError(table);
    }
}
