package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.component.typed.ApprovalInstanceChanged;
import dev.camelfeishu.component.typed.ApprovalTaskChanged;
import dev.camelfeishu.component.typed.BotMembershipChanged;
import dev.camelfeishu.component.typed.CardClicked;
import dev.camelfeishu.component.typed.DepartmentChanged;
import dev.camelfeishu.component.typed.MembersChanged;
import dev.camelfeishu.component.typed.MenuChosen;
import dev.camelfeishu.component.typed.MessageRecalled;
import dev.camelfeishu.component.typed.MessageReceived;
import dev.camelfeishu.component.typed.MessagesRead;
import dev.camelfeishu.component.typed.Person;
import dev.camelfeishu.component.typed.RecordsChanged;
import dev.camelfeishu.component.typed.TypedEvent;
import dev.camelfeishu.component.typed.UserChanged;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documented examples of the common events as records, found by Camel's type converters. */
class TypedEventsTest {

    private static final String IDS = "{'union_id': 'on_x', 'user_id': 'e33x', 'open_id': 'ou_x'}";
    private static final Person TOM = new Person("ou_x", "on_x", "e33x");
    private static final DefaultCamelContext CAMEL = new DefaultCamelContext();

    @BeforeAll
    static void start() {
        CAMEL.start();
    }

    @AfterAll
    static void stop() {
        CAMEL.stop();
    }

    /** From the body that a route has: a map. */
    private static <T> T read(Class<T> type, String event) {
        return CAMEL.getTypeConverter().convertTo(type, FeishuConverters.toMap(json(event)));
    }

    private static JsonNode json(String event) {
        return FakeFeishu.json(event.replace("IDS", IDS));
    }

    @Test
    void messageReceived() {
        MessageReceived message = read(MessageReceived.class, """
                {'sender': {'sender_id': IDS, 'sender_type': 'user', 'tenant_key': '7365'},
                 'message': {'message_id': 'om_1', 'root_id': 'om_2', 'parent_id': 'om_3', 'create_time': '1609073151345',
                   'chat_id': 'oc_x', 'thread_id': 'omt_x', 'chat_type': 'group', 'message_type': 'text',
                   'content': '{\\u0022text\\u0022: \\u0022@_user_1 hello\\u0022}',
                   'mentions': [{'key': '@_user_1', 'id': IDS, 'name': 'Tom', 'tenant_key': '7365'}]}}""");
        assertThat(message.messageId()).isEqualTo("om_1");
        assertThat(message.rootId()).isEqualTo("om_2");
        assertThat(message.parentId()).isEqualTo("om_3");
        assertThat(message.threadId()).isEqualTo("omt_x");
        assertThat(message.chatId()).isEqualTo("oc_x");
        assertThat(message.chatType()).isEqualTo("group");
        assertThat(message.messageType()).isEqualTo("text");
        assertThat(message.text()).isEqualTo("@_user_1 hello");
        assertThat(message.sender()).isEqualTo(TOM);
        assertThat(message.senderType()).isEqualTo("user");
        assertThat(message.senderTenantKey()).isEqualTo("7365");
        assertThat(message.mentions()).containsExactly(new MessageReceived.Mention("@_user_1", TOM, "Tom"));
        assertThat(message.createdAt()).isEqualTo(Instant.ofEpochMilli(1609073151345L));
    }

    @Test
    void messagesReadAndRecalled() {
        assertThat(read(MessagesRead.class, """
                {'reader': {'reader_id': IDS, 'read_time': '1609484183000', 'tenant_key': 't'}, 'message_id_list': ['om_x']}"""))
                .isEqualTo(new MessagesRead(List.of("om_x"), TOM, Instant.ofEpochMilli(1609484183000L)));
        assertThat(read(MessageRecalled.class, """
                {'message_id': 'om_x', 'chat_id': 'oc_x', 'recall_time': '1615380573411', 'recall_type': 'group_owner'}"""))
                .isEqualTo(new MessageRecalled("om_x", "oc_x", "group_owner", Instant.ofEpochMilli(1615380573411L)));
    }

    @Test
    void members() {
        String event = """
                {'chat_id': 'oc_x', 'operator_id': IDS, 'external': true, 'operator_tenant_key': '7', 'name': 'group',
                 'users': [{'name': 'n', 'tenant_key': '3774', 'user_id': IDS}]}""";
        assertThat(read(BotMembershipChanged.class, event))
                .isEqualTo(new BotMembershipChanged("oc_x", "group", TOM, true));
        assertThat(read(MembersChanged.class, event))
                .isEqualTo(new MembersChanged(
                        "oc_x", "group", TOM, true, List.of(new MembersChanged.Member(TOM, "n", "3774"))));
    }

    @Test
    void menu() {
        assertThat(read(MenuChosen.class, """
                {'operator': {'operator_name': 'n', 'operator_id': IDS}, 'event_key': 'menu_key', 'timestamp': 1669364458}"""))
                .isEqualTo(new MenuChosen("menu_key", TOM, "n", Instant.ofEpochSecond(1669364458)));
    }

    @Test
    void approvals() {
        assertThat(read(ApprovalInstanceChanged.class, """
                {'type': 'approval_instance', 'approval_code': '7C46', 'instance_code': '81D3', 'status': 'PENDING',
                 'operate_time': '1666079207003', 'uuid': '6525'}"""))
                .isEqualTo(new ApprovalInstanceChanged(
                        "7C46", "81D3", "PENDING", "6525", Instant.ofEpochMilli(1666079207003L)));
        assertThat(read(ApprovalTaskChanged.class, """
                {'type': 'approval_task', 'open_id': 'ou_x', 'approval_code': 'A', 'instance_code': 'I', 'task_id': '12345',
                 'user_id': 'b613', 'status': 'PENDING', 'operate_time': 1502199207000}"""))
                .isEqualTo(new ApprovalTaskChanged(
                        "A",
                        "I",
                        "12345",
                        "PENDING",
                        new Person("ou_x", "", "b613"),
                        Instant.ofEpochMilli(1502199207000L)));
    }

    @Test
    void records() {
        assertThat(read(RecordsChanged.class, """
                {'file_type': 'bitable', 'file_token': 'bas', 'table_id': 'tbl', 'revision': 41, 'operator_id': IDS,
                 'action_list': [{'record_id': 'rec', 'action': 'record_edited',
                   'before_value': [{'field_id': 'fld', 'field_value': '665'}],
                   'after_value': [{'field_id': 'fld', 'field_value': '666'}]}],
                 'update_time': 1717040601}"""))
                .isEqualTo(new RecordsChanged(
                        "bas",
                        "tbl",
                        41,
                        TOM,
                        Instant.ofEpochSecond(1717040601),
                        List.of(new RecordsChanged.Change(
                                "rec", "record_edited", Map.of("fld", "665"), Map.of("fld", "666")))));
    }

    @Test
    void contacts() {
        UserChanged updated = read(UserChanged.class, """
                {'object': {'open_id': 'ou_x', 'union_id': 'on_x', 'user_id': 'e33x', 'name': 'n', 'department_ids': ['od-1']},
                 'old_object': {'name': 'm'}}""");
        assertThat(updated.person()).isEqualTo(TOM);
        assertThat(updated.name()).isEqualTo("n");
        assertThat(updated.departmentIds()).containsExactly("od-1");
        assertThat(updated.before().path("name").asText()).isEqualTo("m");
        assertThat(read(UserChanged.class, """
                {'object': {'open_id': 'ou_x', 'department_ids': []}, 'old_object': {'department_ids': ['od-2']}}""").departmentIds()).containsExactly("od-2");
        DepartmentChanged department = read(DepartmentChanged.class, """
                {'object': {'open_department_id': 'od-1', 'name': 'd', 'parent_department_id': '0'}}""");
        assertThat(department.openDepartmentId()).isEqualTo("od-1");
        assertThat(department.name()).isEqualTo("d");
        assertThat(department.parentId()).isEqualTo("0");
    }

    static Stream<String> clicks() {
        return Stream.of(
                "{'operator': {'open_id': 'ou_x'}, 'token': 'c-1', 'action': {'value': {'action': 'a'}, 'form_value': {'f': '1'}},"
                        + " 'context': {'open_message_id': 'om_x', 'open_chat_id': 'oc_x'}}",
                "{'open_id': 'ou_x', 'open_message_id': 'om_x', 'open_chat_id': 'oc_x', 'token': 'c-1',"
                        + " 'action': {'value': {'action': 'a'}, 'form_value': {'f': '1'}}}",
                "{'action': 'a', 'value': {'action': 'a'}, 'form_value': {'f': '1'}, 'option': null, 'message_id': 'om_x',"
                        + " 'chat_id': 'oc_x', 'operator': 'ou_x'}");
    }

    @ParameterizedTest
    @MethodSource("clicks")
    void aClickIsReadAlikeInEachOfItsShapes(String click) {
        assertThat(read(CardClicked.class, click))
                .isEqualTo(new CardClicked(
                        "a", json("{'action': 'a'}"), json("{'f': '1'}"), "om_x", "oc_x", new Person("ou_x", "", "")));
    }

    @Test
    void aStoredEventIsReadToo() {
        assertThat(CAMEL.getTypeConverter()
                        .convertTo(MessageReceived.class, Events.message("p2p", "hello", ""))
                        .text())
                .isEqualTo("hello");
    }

    /** What a stranger leaves out or spells wrong is empty and not an exception. */
    @Test
    void anEmptyEventIsAnEmptyRecord() {
        for (Class<?> type : TypedEvent.class.getPermittedSubclasses()) {
            assertThat(read(type, "{}")).as(type.getSimpleName()).isNotNull();
        }
        assertThat(read(MessageReceived.class, "{'message': {'content': 'not JSON', 'create_time': 'soon'}}"))
                .satisfies(message -> {
                    assertThat(message.text()).isEmpty();
                    assertThat(message.createdAt()).isNull();
                });
    }
}
