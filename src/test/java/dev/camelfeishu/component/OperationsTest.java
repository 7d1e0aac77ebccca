package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.BeanUtils;

@DisplayName("The table of operations")
class OperationsTest {

    private final FakePlatform fake = new FakePlatform();

    @Test
    @DisplayName("no operation is without a test over HTTP, and no test runs one that does not exist")
    void everyOperationIsTested() {
        Set<String> known = Operations.all().stream().map(Operation::name).collect(Collectors.toSet());
        Set<String> exercised = ExercisedOperations.find().keySet();

        Set<String> untested = new HashSet<>(known);
        untested.removeAll(exercised);
        Set<String> unknown = new HashSet<>(exercised);
        unknown.removeAll(known);

        assertThat(untested)
                .as("operations without a test that @Exercises them")
                .isEmpty();
        assertThat(unknown).as("names in @Exercises that are no operation").isEmpty();
    }

    @Test
    @DisplayName("every operation has a name of two words, a sentence, and options and headers that exist")
    void pagesAreWhole() {
        assertThat(Operations.all()).isNotEmpty().allSatisfy(operation -> {
            assertThat(operation.name()).matches("[a-z]+(-[a-z]+)*(/[a-z0-9]+(-[a-z0-9]+)*)?");
            assertThat(operation.description()).matches("[A-Z].*\\.");
            assertThat(operation.bodyIn()).isNotBlank();
            assertThat(operation.bodyOut()).isNotBlank();
            List<String> options = new java.util.ArrayList<>(operation.options());
            options.addAll(operation.requiredOptions());
            assertThat(options)
                    .allSatisfy(option -> assertThat(BeanUtils.getPropertyDescriptor(FeishuConfiguration.class, option))
                            .as("option %s of %s", option, operation.name())
                            .isNotNull());
            assertThat(operation.parameters().stream().map(Parameter::name))
                    .as("parameters of %s", operation.name())
                    .doesNotHaveDuplicates();
        });
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "feishu:message/recal|Did you mean feishu:message/recall? There are: api,",
                "feishu:message/recall?param.mesage_id=om_1|feishu:message/recall has no parameter mesage_id. Did you mean param.message_id?",
                "feishu:message/recall?param.message_id=|feishu:message/recall: the option param.message_id has no value",
                "feishu:card/answer?param.x=1|feishu:card/answer has no parameter x. It takes none",
                "feishu:message/recall?identity=me|the option identity is me; it must be tenant,user",
                "feishu:message/recall?priority=now|the option priority is now; it must be interactive,normal,bulk",
                "feishu:message/recall?appName=other|the option appName is other, but feishu.apps has none of that name",
                "feishu:card/answer?identity=user|feishu:card/answer acts in the app's own name only; the option identity is user",
                "feishu:card/update?card=broken&identity=user&deadline=soon|the option deadline is soon",
                "feishu:api|feishu:api needs the option method",
                "feishu:api?method=GET&path=/open-apis/im/v1/chat|feishu:api: the catalog has no GET /open-apis/im/v1/chat; the nearest is GET /open-apis/im/v1/chats",
                "feishu:api?method=PUT&identity=user&path=/open-apis/im/v1/messages/:message_id|PUT /open-apis/im/v1/messages/:message_id accepts only the app's own token",
                "feishu:api?method=POST&path=/open-apis/search/v2/message|POST /open-apis/search/v2/message accepts only the token of a person",
                "feishu:message/list?pageSize=0|the option pageSize is 0; it must be 1 or more"
            })
    @DisplayName("a mistake is told when the route starts")
    void aMistakeStopsTheStart(String uri, String said) {
        FeishuEndpoint endpoint = fake.endpoint(uri);

        assertThatThrownBy(endpoint::createProducer)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said);
    }

    @Test
    @DisplayName("a missing parameter is told with the ways to give it, before anything is called")
    void missingParameter() throws Exception {
        FeishuComponent component = fake.component();
        try (var camel = component.getCamelContext();
                var template = camel.createProducerTemplate()) {
            camel.start();
            var exchange = template.request("feishu:message/recall", sent -> {});

            assertThat(exchange.getException())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("feishu:message/recall has no message_id: set the option param.message_id or the header"
                            + " CamelFeishuMessageId");
        }
    }

    @Test
    @DisplayName("an option of the component is one of every endpoint, and the endpoint's own wins")
    void parametersOfTheComponent() {
        FeishuComponent component = fake.component();
        component.getConfiguration().getParam().put("message_id", "om_component");
        FeishuEndpoint own = FakePlatform.endpoint("feishu:message/recall?param.message_id=om_own", component);
        FeishuEndpoint other = FakePlatform.endpoint("feishu:message/recall", component);

        assertThatCode(own::createProducer).doesNotThrowAnyException();
        assertThat(own.getConfiguration().parameter("message_id")).isEqualTo("om_own");
        assertThat(other.getConfiguration().parameter("message_id")).isEqualTo("om_component");
    }
}
