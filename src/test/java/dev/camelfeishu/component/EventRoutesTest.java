package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.camelfeishu.event.FeishuEvent;
import java.util.Map;
import org.apache.camel.Message;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a YAML route receives from {@code feishu:event/…}. */
class EventRoutesTest {

    private static final String TABLE = "{'file_token': 'bas1', 'table_id': 'tbl1', 'action_list': []}";

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final FakePlatform fake = new FakePlatform();

    @AfterEach
    void stop() {
        camel.stop();
    }

    private void start(String yaml) throws Exception {
        FeishuComponent component = new FeishuComponent();
        component.setPlatform(fake.platform());
        camel.addComponent("feishu", component);
        PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.fromString("test.camel.yaml", yaml));
        camel.start();
    }

    private void startFrom(String uri) throws Exception {
        start("""
                - route:
                    id: r
                    from:
                      uri: "%s"
                      steps:
                        - to: mock:end
                """.formatted(uri));
    }

    private Message received() {
        return camel.getEndpoint("mock:end", MockEndpoint.class)
                .getExchanges()
                .get(0)
                .getMessage();
    }

    private boolean takes(FeishuEvent event) throws Exception {
        return !fake.journal.deliver(event).isEmpty();
    }

    /** Two pairs in one Base. */
    @Test
    void twoRoutesMayTakeTheSameEvents() throws Exception {
        start("""
                - route: {id: one, from: {uri: "feishu:event/drive.file.bitable_record_changed_v1?app=bas1", steps: [{to: mock:end}]}}
                - route: {id: two, from: {uri: "feishu:event/drive.file.bitable_record_changed_v1?app=bas1", steps: [{to: mock:end}]}}
                """);
        assertThat(fake.journal.deliver(Events.event("drive.file.bitable_record_changed_v1", TABLE.replace('\'', '"'))))
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "im.chat.updated_v1, im.chat.updated_v1, true",
        "im.chat.updated_v1, im.chat.updated_v10, false",
        "im.chat.*, im.chat.updated_v1, true",
        "im.chat.*, im.chat.member.bot.added_v1, true",
        "im.chat.*, im.chatty.updated_v1, false",
        "*, approval_instance, true",
        "'im.message.recalled_v1, contact.user.*', im.message.recalled_v1, true",
        "'im.message.recalled_v1, contact.user.*', contact.user.updated_v3, true",
        "'im.message.recalled_v1, contact.user.*', contact.department.updated_v3, false"
    })
    void aTypeMayStandForSeveral(String types, String type, boolean taken) throws Exception {
        startFrom("feishu:event/" + types);
        assertThat(takes(Events.event(type, "{}"))).isEqualTo(taken);
    }

    @ParameterizedTest
    @ValueSource(strings = {"im.*.updated_v1", "im chat", "im.chat*", ".*", "a,,b"})
    void whatIsNoTypeStopsTheStart(String type) {
        assertThatThrownBy(() -> startFrom("feishu:event/" + type))
                .rootCause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a type of event");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "app=bas1&table=tbl1      | drive.file.bitable_record_changed_v1 | " + TABLE,
                "table=tbl0,tbl1          | drive.file.bitable_record_changed_v1 | " + TABLE,
                "chat=oc_1                | im.message.receive_v1    | {'message': {'chat_id': 'oc_1'}}",
                "chat=oc_1                | im.chat.updated_v1       | {'chat_id': 'oc_1'}",
                "chat=oc_1                | card.action.trigger      | {'context': {'open_chat_id': 'oc_1'}}",
                "code=C1&status=PENDING   | approval_task            | {'approval_code': 'C1', 'status': 'PENDING'}",
                "code=C1                  | approval.approval.updated_v4 | {'object': {'approval_code': 'C1'}}"
            })
    void anOptionNarrowsItBeforeADeliveryIsMade(String options, String type, String event) throws Exception {
        startFrom("feishu:event/" + type + "?" + options);
        assertThat(takes(Events.event(type, event))).isTrue();
        assertThat(takes(Events.event(type, event.replace("1'", "2'")))).isFalse();
        assertThat(takes(Events.event(type, "{}"))).isFalse();
    }

    @Test
    void aMessageIsReadByItsNames() throws Exception {
        start("""
                - route:
                    id: r
                    from:
                      uri: feishu:event/im.message.receive_v1
                      steps:
                        - setVariable:
                            name: said
                            simple: "${bodyAs(dev.camelfeishu.component.typed.MessageReceived).text}"
                        - setBody:
                            simple: "${header.CamelFeishuOperatorId}: ${variable.said}"
                        - to: mock:end
                """);

        assertThat(takes(Events.message("p2p", "hello", ""))).isTrue();
        assertThat(received().getBody()).isEqualTo("ou_person: hello");
        assertThat(received().getHeader("CamelFeishuMessageId")).isEqualTo("om_1");
    }

    @Test
    void anEventBecomesACloudEventByItsHeaders() throws Exception {
        start("""
                - route:
                    id: r
                    from:
                      uri: feishu:event/approval_instance
                      steps:
                        - transformDataType:
                            toType: feishu:application-cloudevents
                        - to: mock:end
                """);

        assertThat(takes(Events.event("approval_instance", "{'instance_code': 'I'}")))
                .isTrue();
        Message message = received();
        assertThat(message.getBody()).isEqualTo(Map.of("instance_code", "I"));
        assertThat(message.getHeaders())
                .containsEntry("CamelCloudEventVersion", "1.0")
                .containsEntry("CamelCloudEventID", "ev-1")
                .containsEntry("CamelCloudEventSource", "feishu:default/" + Events.TENANT)
                .containsEntry("CamelCloudEventType", "approval_instance")
                .containsEntry("CamelCloudEventSubject", "key")
                .containsEntry("CamelCloudEventTime", "1970-01-01T00:00:00Z")
                .containsEntry("CamelCloudEventDataContentType", "application/json")
                .containsEntry("CamelCloudEventSchemaURL", "urn:feishu:event:approval_instance");
    }

    @Test
    void anEventBecomesACloudEventInJson() throws Exception {
        start("""
                - route:
                    id: r
                    from:
                      uri: feishu:event/approval_instance
                      steps:
                        - setBody:
                            simple: "${body[instance_code]}"
                        - transformDataType:
                            toType: feishu:application-cloudevents+json
                        - to: mock:end
                """);
        FeishuEvent event = Events.event("approval_instance", "{'instance_code': 'I'}");

        assertThat(takes(event)).isTrue();
        assertThat(received().getHeader("Content-Type")).isEqualTo("application/cloudevents+json");
        JsonNode json = FeishuConverters.JSON.readTree(received().getBody(String.class));
        assertThat(json)
                .isEqualTo(JsonNodeFactory.instance
                        .objectNode()
                        .put("specversion", "1.0")
                        .put("id", "ev-1")
                        .put("source", "feishu:default/" + Events.TENANT)
                        .put("type", "approval_instance")
                        .put("subject", "key")
                        .put("time", "1970-01-01T00:00:00Z")
                        .put("datacontenttype", "application/json")
                        .put("dataschema", "urn:feishu:event:approval_instance")
                        .put("traceparent", event.trace().parent())
                        .put("data", "I"));
    }

    @Test
    void somethingElseIsNoCloudEvent() throws Exception {
        start("""
                - route:
                    id: r
                    from:
                      uri: direct:begin
                      steps:
                        - transformDataType:
                            toType: feishu:application-cloudevents
                """);
        assertThatThrownBy(() -> camel.createProducerTemplate().sendBody("direct:begin", "x"))
                .rootCause()
                .hasMessageContaining("CamelFeishuEventId");
    }

    @Test
    void aLinkPreviewIsAnsweredByWhatTheRouteMakes() throws Exception {
        start("""
                - route:
                    id: r
                    from:
                      uri: feishu:event/url.preview.get
                      steps:
                        - setBody:
                            simple: "${body[answer]}"
                """);
        FeishuEvent preview = Events.event("url.preview.get", "{'answer': {'inline': {'title': 'Order'}, 'other': 1}}");
        fake.answers.expect(preview);

        assertThat(takes(preview)).isTrue();
        assertThat(fake.answers.take(preview)).contains(FakeFeishu.json("{'inline': {'title': 'Order'}}"));
    }

    @Test
    void anotherAppsEventIsTakenByItsName() throws Exception {
        startFrom("feishu:event/*?appName=hr");
        assertThat(takes(Events.event("x", "{}"))).isFalse();
        assertThat(takes(Events.of("cli_hr", Events.event("x", "{}")))).isTrue();
        assertThat(received().getHeader("CamelFeishuAppName")).isEqualTo("hr");
    }

    @Test
    void whatWorksAsTheDefaultAppOnlyIsRefusedForAnother() {
        assertThatThrownBy(() -> startFrom("feishu:approval/changes?code=A&appName=hr"))
                .rootCause()
                .hasMessageContaining("works as the app default only");
    }

    @Test
    void anAppThatIsNotConfiguredStopsTheStart() {
        assertThatThrownBy(() -> startFrom("feishu:event/x?appName=sales"))
                .rootCause()
                .hasMessageContaining("appName is sales");
    }
}
