package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.event.FeishuEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may click, and how often. */
class ClickRulesTest {

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final FakePlatform fake = new FakePlatform();
    private final List<String> worked = new ArrayList<>();
    private Object answer = Map.of("toast", Map.of("type", "success", "content", "Done"));

    @AfterEach
    void stop() {
        camel.stop();
    }

    private void start(String options) throws Exception {
        FeishuComponent component = new FeishuComponent();
        component.setPlatform(fake.platform());
        camel.addComponent("feishu", component);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("feishu:card/action?action=approve,reject&" + options)
                        .routeId("clicked")
                        .process(exchange -> {
                            worked.add(exchange.getMessage().getHeader("CamelFeishuOperatorId", String.class));
                            if (answer instanceof RuntimeException failure) {
                                throw failure;
                            }
                            exchange.getMessage().setBody(answer);
                        });
            }
        });
        camel.start();
    }

    private static FeishuEvent click(String message, String person, String value) {
        return Events.event("card.action.trigger", """
                {'operator': {'open_id': '%s'}, 'token': 'c-1', 'action': {'value': %s},
                 'context': {'open_message_id': '%s', 'open_chat_id': 'oc_1'}}""".formatted(person, value, message));
    }

    /** The answer's toast. */
    private String toast(FeishuEvent click) throws Exception {
        fake.answers.expect(click);
        try {
            assertThat(fake.journal.deliver(click)).hasSize(1);
        } catch (Exception e) {
            fake.answers.take(click);
            throw e;
        }
        return fake.answers
                .take(click)
                .map(json -> json.at("/toast/content"))
                .map(JsonNode::asText)
                .orElse(null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "card   | {'action': 'approve', 'id': 1} | {'action': 'reject', 'id': 2}  | true",
                "action | {'action': 'approve', 'id': 1} | {'action': 'approve', 'id': 2} | true",
                "action | {'action': 'approve', 'id': 1} | {'action': 'reject', 'id': 1}  | false",
                "value  | {'action': 'approve', 'id': 1} | {'action': 'approve', 'id': 1} | true",
                "value  | {'action': 'approve', 'id': 1} | {'action': 'approve', 'id': 2} | false"
            })
    void whatIsDoneOnceIsNotDoneAgain(String once, String first, String second, boolean same) throws Exception {
        start("once=" + once);
        assertThat(toast(click("om_1", "ou_a", first))).isEqualTo("Done");
        assertThat(toast(click("om_1", "ou_b", second))).isEqualTo(same ? "Done before" : "Done");
        assertThat(worked).hasSize(same ? 1 : 2);
        assertThat(toast(click("om_2", "ou_a", first))).isEqualTo("Done");
    }

    @Test
    void withoutTheOptionEveryClickCounts() throws Exception {
        start("attempts=1");
        String value = "{'action': 'approve'}";
        assertThat(toast(click("om_1", "ou_a", value))).isEqualTo("Done");
        assertThat(toast(click("om_1", "ou_a", value))).isEqualTo("Done");
    }

    @ParameterizedTest
    @CsvSource({"warning, 2", "error, 2", "info, 1", "success, 1"})
    void aClickThatCameToNothingCanBeRepeated(String type, int times) throws Exception {
        start("once=card");
        answer = Map.of("toast", Map.of("type", type, "content", "So"));
        toast(click("om_1", "ou_a", "{'action': 'approve'}"));
        toast(click("om_1", "ou_a", "{'action': 'approve'}"));
        assertThat(worked).hasSize(times);
    }

    @Test
    void aClickThatFailedCanBeRepeated() throws Exception {
        start("once=card");
        answer = new IllegalStateException("the ERP is away");
        FeishuEvent click = click("om_1", "ou_a", "{'action': 'approve'}");
        assertThatThrownBy(() -> toast(click)).hasMessage("the ERP is away");
        answer = Map.of();
        toast(click);
        assertThat(worked).hasSize(2);
        assertThat(toast(click)).isEqualTo("Done before");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ou_a,ou_b    | ou_b | {'action': 'approve'}                        | true",
                "ou_a,ou_b    | ou_c | {'action': 'approve'}                        | false",
                "value.for    | ou_a | {'action': 'approve', 'for': 'ou_a'}         | true",
                "value.for    | ou_b | {'action': 'approve', 'for': 'ou_a'}         | false",
                "value.for    | ou_b | {'action': 'approve', 'for': ['ou_a','ou_b']} | true",
                "value.for    | ou_c | {'action': 'approve', 'for': ['ou_a','ou_b']} | false",
                "value.for    | ou_c | {'action': 'approve', 'for': {'ou_c': 1}}    | false",
                "value.for    | ou_a | {'action': 'approve'}                        | false",
                "value.for    | ''   | {'action': 'approve', 'for': ''}             | false"
            })
    void onlyWhomItIsForMayClick(String onlyFor, String person, String value, boolean theirs) throws Exception {
        start("once=card&onlyFor=" + onlyFor);
        assertThat(toast(click("om_1", person, value))).isEqualTo(theirs ? "Done" : "For somebody else");
        assertThat(worked).hasSize(theirs ? 1 : 0);
    }

    @Test
    void aStrangersClickUsesNothingUp() throws Exception {
        start("once=card&onlyFor=ou_a");
        toast(click("om_1", "ou_b", "{'action': 'approve'}"));
        assertThat(toast(click("om_1", "ou_a", "{'action': 'approve'}"))).isEqualTo("Done");
    }

    @Test
    void aWrongWordStopsTheStart() {
        assertThatThrownBy(() -> start("once=always"))
                .rootCause()
                .hasMessageContaining("once is always; it must be card,action,value");
    }
}
