package dev.camelfeishu.sandbox.base;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Writing records")
class RecordWritesTest {
    @RegisterExtension
    static final BaseServer SERVER = new BaseServer(new BaseSettings(Duration.ZERO, 1_500));

    private String table;

    @BeforeEach
    void table() {
        table = SERVER.newTable("[{'field_name':'Name','type':1},{'field_name':'Number','type':2}]");
    }

    @Test
    void a_batch_is_applied_in_order() {
        JsonNode records = SERVER.bitable("POST", table + "/records/batch_create", batch(0, 1_000))
                .data()
                .path("records");

        assertThat(records).hasSize(1_000);
        assertThat(records.at("/999/fields/Name").asText()).isEqualTo("n999");
        assertThat(total()).isEqualTo(1_000);
    }

    @Test
    void a_batch_with_one_bad_row_changes_nothing() {
        long revision = revision();

        BaseServer.Reply reply = SERVER.bitable(
                "POST",
                table + "/records/batch_create",
                "{'records':[{'fields':{'Name':'a'}},{'fields':{'Number':'bad'}}]}");

        assertThat(reply.code()).isEqualTo(1254061);
        assertThat(total()).isZero();
        assertThat(revision()).isEqualTo(revision);
    }

    @Test
    void a_batch_update_with_an_unknown_record_changes_nothing() {
        String id = create("{'Name':'a'}");

        BaseServer.Reply reply = SERVER.bitable(
                "POST",
                table + "/records/batch_update",
                "{'records':[{'record_id':'" + id
                        + "','fields':{'Name':'b'}},{'record_id':'recNobody1','fields':{'Name':'b'}}]}");

        assertThat(reply.code()).isEqualTo(1254043);
        assertThat(get(id).at("/fields/Name/0/text").asText()).isEqualTo("a");
    }

    @Test
    void a_batch_update_changes_named_cells_only_and_repeats_them() {
        String id = create("{'Name':'a','Number':1}");

        JsonNode records = SERVER.bitable(
                        "POST",
                        table + "/records/batch_update",
                        "{'records':[{'record_id':'" + id + "','fields':{'Number':2}}]}")
                .data()
                .path("records");

        assertThat(records.at("/0/fields")).isEqualTo(SERVER.json("{'Number':2}"));
        assertThat(get(id).path("fields")).isEqualTo(SERVER.json("{'Name':[{'type':'text','text':'a'}],'Number':2}"));
    }

    @Test
    void sizes_are_limited() {
        String ids = IntStream.range(0, 501).mapToObj(i -> "'recXX" + i + "'").collect(Collectors.joining(","));

        assertThat(SERVER.bitable("POST", table + "/records/batch_create", batch(0, 1_001))
                        .code())
                .isEqualTo(1254104);
        assertThat(SERVER.bitable("POST", table + "/records/batch_delete", "{'records':[" + ids + "]}")
                        .code())
                .isEqualTo(1254104);
        BaseServer.Reply got = SERVER.bitable("POST", table + "/records/batch_get", "{'record_ids':[" + ids + "]}");
        assertThat(got.code()).isEqualTo(1254104);
        assertThat(got.status()).isEqualTo(400);
    }

    @Test
    void a_full_table_takes_no_more() {
        SERVER.bitable("POST", table + "/records/batch_create", batch(0, 1_000)).data();

        assertThat(SERVER.bitable("POST", table + "/records/batch_create", batch(0, 501))
                        .code())
                .isEqualTo(1254103);
        assertThat(SERVER.bitable("POST", table + "/records/batch_create", batch(0, 500))
                        .code())
                .isZero();
    }

    @Test
    void deleted_records_are_gone() {
        String first = create("{'Name':'a'}");
        String second = create("{'Name':'b'}");

        assertThat(SERVER.bitable("DELETE", table + "/records/" + first, null).data())
                .isEqualTo(SERVER.json("{'deleted':true,'record_id':'" + first + "'}"));
        assertThat(SERVER.bitable("DELETE", table + "/records/" + first, null).code())
                .isEqualTo(1254043);
        SERVER.bitable("POST", table + "/records/batch_delete", "{'records':['" + second + "']}")
                .data();
        assertThat(SERVER.bitable(
                                "POST",
                                table + "/records/batch_get",
                                "{'record_ids':['" + first + "','" + second + "']}")
                        .data()
                        .path("absent_record_ids"))
                .hasSize(2);
    }

    @Test
    void the_same_request_with_the_same_client_token_is_answered_again_and_done_once() {
        String path = table + "/records/batch_create?client_token=" + UUID.randomUUID();

        JsonNode first = SERVER.bitable("POST", path, batch(0, 2)).data();
        long revision = revision();
        JsonNode second = SERVER.bitable("POST", path, batch(0, 2)).data();

        assertThat(second).isEqualTo(first);
        assertThat(total()).isEqualTo(2);
        assertThat(revision()).isEqualTo(revision);
    }

    @Test
    void another_request_with_the_same_client_token_conflicts() {
        String path = table + "/records?client_token=" + UUID.randomUUID();
        SERVER.bitable("POST", path, "{'fields':{'Name':'a'}}").data();

        BaseServer.Reply reply = SERVER.bitable("POST", path, "{'fields':{'Name':'b'}}");

        assertThat(reply.code()).isEqualTo(1255006);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(total()).isEqualTo(1);
    }

    @Test
    void a_refused_request_does_not_use_up_its_client_token() {
        String path = table + "/records?client_token=" + UUID.randomUUID();
        assertThat(SERVER.bitable("POST", path, "{'fields':{'Name':1}}").code()).isEqualTo(1254060);

        assertThat(SERVER.bitable("POST", path, "{'fields':{'Name':'a'}}").code())
                .isZero();
    }

    @Test
    void a_client_token_is_a_uuid_of_version_4() {
        for (String token : new String[] {"abc", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}) {
            BaseServer.Reply reply =
                    SERVER.bitable("POST", table + "/records?client_token=" + token, "{'fields':{'Name':'a'}}");
            assertThat(reply.code()).isEqualTo(1254037);
            assertThat(reply.status()).isEqualTo(400);
        }
    }

    @Test
    void wrong_and_unknown_ids_differ() {
        assertThat(SERVER.bitable("POST", "short/tables/tblAbc123/records", "{'fields':{}}")
                        .code())
                .isEqualTo(1254003);
        assertThat(SERVER.bitable("POST", "bascnNobody00000000000000001/tables/tblAbc123/records", "{'fields':{}}")
                        .code())
                .isEqualTo(1254040);
        assertThat(SERVER.bitable("POST", BaseServer.ORDERS + "/tables/vewAbc/records", "{'fields':{}}")
                        .code())
                .isEqualTo(1254004);
        assertThat(SERVER.bitable("POST", BaseServer.ORDERS + "/tables/tblAbc123/records", "{'fields':{}}")
                        .code())
                .isEqualTo(1254041);
        assertThat(SERVER.bitable("PUT", table + "/records/xyz", "{'fields':{}}")
                        .code())
                .isEqualTo(1254006);
        assertThat(SERVER.bitable("PUT", table + "/records/recNobody1", "{'fields':{}}")
                        .code())
                .isEqualTo(1254043);
    }

    @Test
    void a_body_of_another_form_is_refused() {
        assertThat(SERVER.bitable("POST", table + "/records", "{").code()).isEqualTo(1254000);
        assertThat(SERVER.bitable("POST", table + "/records", "{").status()).isEqualTo(200);
        assertThat(SERVER.bitable("POST", table + "/records", "{}").code()).isEqualTo(1254001);
        assertThat(SERVER.bitable("POST", table + "/records/batch_create", "{'records':[]}")
                        .code())
                .isEqualTo(1254007);
        assertThat(SERVER.bitable("POST", table + "/records?user_id_type=email", "{'fields':{}}")
                        .code())
                .isEqualTo(1254010);
    }

    @Test
    void writing_the_same_values_is_no_change_even_after_a_restart() {
        String id = create("{'Name':'a','Number':1.5}");
        String other = create("{'Number':7}");
        SERVER.restart();
        long revision = revision();

        SERVER.bitable("PUT", table + "/records/" + id, "{'fields':{'Name':'a','Number':1.5}}")
                .data();
        SERVER.bitable("PUT", table + "/records/" + other, "{'fields':{'Number':7}}")
                .data();

        assertThat(revision()).isEqualTo(revision);
    }

    @Test
    void everything_survives_a_restart() {
        String id = create("{'Name':'a','Number':2}");
        JsonNode before = get(id);

        SERVER.restart();

        assertThat(get(id).toString()).isEqualTo(before.toString());
    }

    @Test
    void a_write_whose_event_cannot_be_stored_did_not_happen() {
        SERVER.call("POST", "/open-apis/drive/v1/files/" + BaseServer.ORDERS + "/subscribe?file_type=bitable", null);
        SERVER.duringPush(() -> {
            throw new IllegalStateException("The event cannot be stored");
        });
        try {
            assertThat(SERVER.bitable("POST", table + "/records", "{'fields':{'Name':'lost'}}")
                            .status())
                    .isEqualTo(500);
        } finally {
            SERVER.duringPush(() -> {});
        }

        assertThat(total()).isZero();
        SERVER.restart();
        assertThat(total()).isZero();
    }

    private static String batch(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> "{'fields':{'Name':'n" + i + "','Number':" + i + "}}")
                .collect(Collectors.joining(",", "{'records':[", "]}"));
    }

    private String create(String fields) {
        return SERVER.bitable("POST", table + "/records", "{'fields':" + fields + "}")
                .data()
                .at("/record/record_id")
                .asText();
    }

    private JsonNode get(String id) {
        return SERVER.bitable(
                        "POST", table + "/records/batch_get", "{'record_ids':['" + id + "'],'automatic_fields':true}")
                .data()
                .at("/records/0");
    }

    private int total() {
        return SERVER.bitable("POST", table + "/records/search", "{}")
                .data()
                .path("total")
                .asInt(-1);
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
