package dev.camelfeishu.sandbox.base;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("What people do by hand")
class PeopleTest {
    @RegisterExtension
    static final BaseServer SERVER = new BaseServer();

    private static final String OPERATOR = "'operator':'" + BaseServer.WANG_FANG + "'";

    private String table;
    private String path;

    @BeforeEach
    void table() {
        table = SERVER.newTable("[{'field_name':'Name','type':1},{'field_name':'Number','type':2}]");
        path = "/sandbox/bases/" + table;
    }

    @Test
    void the_bases_list_their_tables() {
        JsonNode base = SERVER.call("GET", "/sandbox/bases", null).body().at("/bases/0");

        assertThat(base.path("app_token").asText()).isEqualTo(BaseServer.ORDERS);
        assertThat(base.at("/tables/0/name").asText()).isEqualTo("Orders");
        assertThat(base.at("/tables/0/table_id").asText()).isEqualTo(SERVER.ordersTable());
    }

    @Test
    void an_insert_an_edit_and_a_delete_carry_the_persons_name() {
        JsonNode added =
                record(SERVER.call("POST", path + "/records", "{'fields':{'Name':'a','Number':1}," + OPERATOR + "}"));
        String id = added.path("record_id").asText();
        assertThat(added.at("/fields/Name/0/text").asText()).isEqualTo("a");
        assertThat(added.at("/created_by/name").asText()).isEqualTo("王芳");
        assertThat(added.path("revision").asLong()).isEqualTo(2);

        JsonNode edited = record(SERVER.call(
                "PUT",
                path + "/records/" + id,
                "{'fields':{'Number':null},'operator':'ou_5a1d0000000000000000000000000002'}"));
        assertThat(edited.path("fields").has("Number")).isFalse();
        assertThat(edited.at("/last_modified_by/name").asText()).isEqualTo("李雷");
        assertThat(edited.at("/created_by/name").asText()).isEqualTo("王芳");

        assertThat(SERVER.call("DELETE", path + "/records/" + id + "?operator=" + BaseServer.WANG_FANG, null)
                        .status())
                .isEqualTo(200);
        assertThat(list("").path("total").asInt(-1)).isZero();
    }

    @Test
    void a_copy_is_a_new_record_with_the_same_cells() {
        JsonNode first =
                record(SERVER.call("POST", path + "/records", "{'fields':{'Name':'a','Number':1}," + OPERATOR + "}"));

        JsonNode copy = record(SERVER.call(
                "POST", path + "/records/" + first.path("record_id").asText() + "/copy", "{" + OPERATOR + "}"));

        assertThat(copy.path("fields")).isEqualTo(first.path("fields"));
        assertThat(copy.path("record_id")).isNotEqualTo(first.path("record_id"));
    }

    @Test
    void a_table_is_shown_in_pages_and_by_words() {
        for (String name : new String[] {"Apple", "Banana", "Pineapple"}) {
            SERVER.call("POST", path + "/records", "{'fields':{'Name':'" + name + "'}," + OPERATOR + "}");
        }

        JsonNode second = list("?page=2&size=2");
        assertThat(second.path("fields")).hasSize(2);
        assertThat(second.path("records")).hasSize(1);
        assertThat(second.path("total").asInt()).isEqualTo(3);
        assertThat(second.at("/records/0/fields/Name/0/text").asText()).isEqualTo("Pineapple");
        assertThat(second.at("/records/0/last_modified_time").asLong()).isPositive();
        assertThat(list("?q=apple").path("total").asInt()).isEqualTo(2);
        assertThat(SERVER.call("GET", path + "?page=0", null).code()).isEqualTo(1254001);
    }

    @Test
    void the_same_rules_hold_for_cells() {
        assertThat(SERVER.call("POST", path + "/records", "{'fields':{'Number':'1'}," + OPERATOR + "}")
                        .code())
                .isEqualTo(1254061);
        assertThat(SERVER.call("PUT", path + "/records/recNobody1", "{'fields':{}," + OPERATOR + "}")
                        .code())
                .isEqualTo(1254043);
    }

    @Test
    void only_members_of_the_tenant_edit() {
        assertThat(SERVER.call(
                                "POST",
                                path + "/records",
                                "{'fields':{},'operator':'ou_5a1d0000000000000000000000000006'}")
                        .code())
                .isEqualTo(1254302);
        assertThat(SERVER.call("POST", path + "/records", "{'fields':{}}").code())
                .isEqualTo(1254302);
    }

    @Test
    void fields_are_added_renamed_and_deleted() {
        String id = SERVER.call("POST", path + "/fields", "{'field_name':'More','type':3," + OPERATOR + "}")
                .body()
                .at("/field/field_id")
                .asText();
        SERVER.call("PATCH", path + "/fields/" + id, "{'field_name':'Less'," + OPERATOR + "}");
        assertThat(list("").at("/fields/2/field_name").asText()).isEqualTo("Less");

        SERVER.call("DELETE", path + "/fields/" + id + "?operator=" + BaseServer.WANG_FANG, null);
        assertThat(list("").path("fields")).hasSize(2);
    }

    private JsonNode list(String query) {
        return SERVER.call("GET", path + query, null).body();
    }

    private static JsonNode record(BaseServer.Reply reply) {
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
        return reply.body().path("record");
    }
}
