package dev.camelfeishu.sandbox.base;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A subscribed base tells")
class ChangeEventsTest {
    @RegisterExtension
    static final BaseServer SERVER = new BaseServer();

    private static final String DRIVE = "/open-apis/drive/v1/files/";
    private static final String BITABLE = "?file_type=bitable";

    private String table;

    @BeforeEach
    void subscribedTable() {
        table = SERVER.newTable("""
                [{'field_name':'Name','type':1},{'field_name':'State','type':3,'property':{'options':[{'name':'New'}]}},
                 {'field_name':'Number','type':2},{'field_name':'Person','type':11},{'field_name':'Tags','type':4}]
                """);
        SERVER.call("POST", DRIVE + BaseServer.ORDERS + "/subscribe" + BITABLE, null)
                .data();
        SERVER.pushed().clear();
    }

    @Test
    void an_added_record_with_its_cells_by_field_id() {
        JsonNode record = create("{'Name':'666','State':'New','Number':1.5}");

        JsonNode event = onlyRecordEvent();
        assertThat(event.path("file_type").asText()).isEqualTo("bitable");
        assertThat(event.path("file_token").asText()).isEqualTo(BaseServer.ORDERS);
        assertThat(table).endsWith(event.path("table_id").asText());
        assertThat(event.path("revision").asLong()).isEqualTo(2);
        assertThat(event.path("update_time").asLong()).isBetween(1_700_000_000L, 100_000_000_000L);
        assertThat(event.at("/operator_id/open_id").asText()).isEqualTo("ou_b0700000000000000000000000000001");
        assertThat(event.at("/subscriber_id_list/0/open_id").asText()).isEqualTo("ou_b0700000000000000000000000000001");
        JsonNode action = event.at("/action_list/0");
        assertThat(action.path("action").asText()).isEqualTo("record_added");
        assertThat(action.path("record_id")).isEqualTo(record.path("record_id"));
        assertThat(action.has("before_value")).isFalse();
        assertThat(value(action, "after_value", "Name")).isEqualTo("666");
        assertThat(value(action, "after_value", "State")).isEqualTo("\"" + optionId("State", "New") + "\"");
        assertThat(value(action, "after_value", "Number")).isEqualTo("1.5");
        assertThat(action.path("after_value")).hasSize(3);
    }

    @Test
    void an_edit_with_its_changed_cells_only() {
        String id = create("{'Name':'a','Number':1}").path("record_id").asText();
        SERVER.pushed().clear();

        SERVER.bitable("PUT", table + "/records/" + id, "{'fields':{'Name':'a','Number':null}}")
                .data();

        JsonNode action = onlyRecordEvent().at("/action_list/0");
        assertThat(action.path("action").asText()).isEqualTo("record_edited");
        assertThat(action.path("before_value")).hasSize(1);
        assertThat(value(action, "before_value", "Number")).isEqualTo("1");
        assertThat(value(action, "after_value", "Number")).isEmpty();
    }

    @Test
    void nothing_when_nothing_changed() {
        String id = create("{'Name':'a'}").path("record_id").asText();
        SERVER.pushed().clear();

        SERVER.bitable("PUT", table + "/records/" + id, "{'fields':{'Name':'a'}}")
                .data();

        assertThat(SERVER.pushed()).isEmpty();
    }

    @Test
    void a_deleted_record_with_what_it_held() {
        String id = create("{'Name':'a'}").path("record_id").asText();
        SERVER.pushed().clear();

        SERVER.bitable("DELETE", table + "/records/" + id, null).data();

        JsonNode action = onlyRecordEvent().at("/action_list/0");
        assertThat(action.path("action").asText()).isEqualTo("record_deleted");
        assertThat(action.has("after_value")).isFalse();
        assertThat(value(action, "before_value", "Name")).isEqualTo("a");
    }

    @Test
    void people_with_their_identities() {
        create("{'Person':[{'id':'" + BaseServer.WANG_FANG + "'}]}");

        JsonNode user = onlyRecordEvent().at("/action_list/0/after_value/0/field_identity_value/users/0");
        assertThat(user.at("/user_id/open_id").asText()).isEqualTo(BaseServer.WANG_FANG);
        assertThat(user.at("/user_id/user_id").asText()).isEqualTo("wangfang");
        assertThat(user.path("name").asText()).isEqualTo("王芳");
    }

    @Test
    void an_option_that_a_write_added_before_the_record() {
        create("{'State':'Fresh','Tags':['t']}");

        assertThat(SERVER.pushed().get(0).type()).isEqualTo("drive.file.bitable_field_changed_v1");
        JsonNode actions = SERVER.fieldEvents().get(0).path("action_list");
        assertThat(actions).hasSize(2);
        assertThat(actions.at("/0/action").asText()).isEqualTo("field_edited");
        assertThat(actions.at("/0/before_value/property/options")).hasSize(1);
        assertThat(actions.at("/0/after_value/property/options")).hasSize(2);
        JsonNode action = onlyRecordEvent().at("/action_list/0");
        assertThat(value(action, "after_value", "Tags")).isEqualTo("[\"" + optionId("Tags", "t") + "\"]");
    }

    @Test
    void added_and_deleted_fields() {
        String id = SERVER.bitable("POST", table + "/fields", "{'field_name':'More','type':5}")
                .data()
                .at("/field/field_id")
                .asText();
        SERVER.bitable("DELETE", table + "/fields/" + id, null).data();

        assertThat(SERVER.fieldEvents().get(0).at("/action_list/0/action").asText())
                .isEqualTo("field_added");
        assertThat(SERVER.fieldEvents()
                        .get(0)
                        .at("/action_list/0/after_value/property/date_formatter")
                        .asText())
                .isEqualTo("yyyy/MM/dd");
        assertThat(SERVER.fieldEvents().get(1).at("/action_list/0/action").asText())
                .isEqualTo("field_deleted");
        assertThat(SERVER.fieldEvents()
                        .get(1)
                        .at("/action_list/0/before_value/id")
                        .asText())
                .isEqualTo(id);
    }

    @Test
    void a_large_batch_in_several_events_of_one_revision() {
        String batch = IntStream.range(0, 250)
                .mapToObj(i -> "{'fields':{'Name':'n" + i + "'}}")
                .collect(Collectors.joining(",", "{'records':[", "]}"));

        SERVER.bitable("POST", table + "/records/batch_create", batch).data();

        assertThat(SERVER.recordEvents())
                .extracting(e -> e.path("action_list").size())
                .containsExactly(100, 100, 50);
        assertThat(SERVER.recordEvents())
                .extracting(e -> e.path("revision").asLong())
                .containsOnly(2L);
    }

    @Test
    void what_a_person_did_with_the_persons_ids() {
        SERVER.call(
                "POST",
                "/sandbox/bases/" + table + "/records",
                "{'fields':{'Name':'by hand'},'operator':'" + BaseServer.WANG_FANG + "'}");

        assertThat(onlyRecordEvent().path("operator_id"))
                .isEqualTo(
                        SERVER.json(
                                "{'union_id':'on_5a1d0000000000000000000000000001','user_id':'wangfang','open_id':'ou_5a1d0000000000000000000000000001'}"));
    }

    @Test
    void nothing_once_it_is_unsubscribed() {
        String file = DRIVE + BaseServer.ORDERS;
        assertThat(SERVER.call("GET", file + "/get_subscribe" + BITABLE, null).data())
                .isEqualTo(SERVER.json("{'is_subscribe':true}"));

        SERVER.call("DELETE", file + "/delete_subscribe" + BITABLE, null).data();
        create("{'Name':'quiet'}");

        assertThat(SERVER.pushed()).isEmpty();
        assertThat(SERVER.call("GET", file + "/get_subscribe" + BITABLE, null).data())
                .isEqualTo(SERVER.json("{'is_subscribe':false}"));
        assertThat(SERVER.call("DELETE", file + "/delete_subscribe" + BITABLE, null)
                        .code())
                .isEqualTo(1069605);
    }

    @Test
    void only_documents_of_known_types() {
        assertThat(SERVER.call("POST", DRIVE + BaseServer.ORDERS + "/subscribe", null)
                        .code())
                .isEqualTo(1069602);
        assertThat(SERVER.call("POST", DRIVE + BaseServer.ORDERS + "/subscribe?file_type=pdf", null)
                        .code())
                .isEqualTo(1069602);
        assertThat(SERVER.call(
                                "POST",
                                DRIVE + BaseServer.ORDERS
                                        + "/subscribe?file_type=bitable&event_type=file.created_in_folder_v1",
                                null)
                        .code())
                .isEqualTo(1069602);
        BaseServer.Reply unknown =
                SERVER.call("POST", DRIVE + "bascnNobody00000000000000001/subscribe" + BITABLE, null);
        assertThat(unknown.code()).isEqualTo(1069604);
        assertThat(unknown.status()).isEqualTo(400);
    }

    private JsonNode create(String fields) {
        return SERVER.bitable("POST", table + "/records", "{'fields':" + fields + "}")
                .data()
                .path("record");
    }

    private static JsonNode onlyRecordEvent() {
        assertThat(SERVER.recordEvents()).hasSize(1);
        return SERVER.recordEvents().get(0);
    }

    private String value(JsonNode action, String side, String field) {
        String fieldId = field(field).path("field_id").asText();
        for (JsonNode value : action.path(side)) {
            if (value.path("field_id").asText().equals(fieldId)) {
                return value.path("field_value").textValue();
            }
        }
        throw new AssertionError(field + " is not in " + action);
    }

    private String optionId(String field, String name) {
        for (JsonNode option : field(field).at("/property/options")) {
            if (option.path("name").asText().equals(name)) {
                return option.path("id").asText();
            }
        }
        throw new AssertionError(name);
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
}
