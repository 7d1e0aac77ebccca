package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A mistake in an endpoint stops the start and says how to mend it. */
class EndpointOptionsTest {

    private final FakePlatform fake = new FakePlatform();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "feishu:message/reply?deadline=soon|the option deadline is soon; it must be a duration above zero, such as 5s",
                "feishu:message/reply?deadline=0s|the option deadline is 0s",
                "feishu:message/send?receiveIdType=chat|the option receiveIdType is chat; it must be chat_id,open_id",
                "feishu:card/answer?toast=toast.done&toastType=red|the option toastType is red; it must be info,success",
                "feishu:approval/due?code=A&limit=0|the option limit is 0; it must be 1 or more",
                "feishu:card/update?card=nothing|the option card is nothing, but config/cards has none of that name",
                "feishu:message/reply?text=no.such|the option text is no.such, but config/texts has none of that key",
                "feishu:card/answer?toast=no.such|the option toast is no.such, but config/texts has none of that key",
                "feishu:bitable/poll?pair=ordres|the option pair is ordres, but config/pairs declares none of that name",
                "feishu:card/update|feishu:card/update needs the option card",
                "feishu:bitable/upsert?app=a&table=t|feishu:bitable/upsert needs the option key",
                "feishu:bitable/poll|feishu:bitable/poll needs the option pair",
                "feishu:mesage/send|feishu:mesage/send is not something to send to. Did you mean feishu:message/send?",
                "feishu:message|There are:"
            })
    void aProducerNamesTheOptionAndTheMend(String uri, String said) {
        FeishuEndpoint endpoint = fake.endpoint(uri);

        assertThatThrownBy(endpoint::createProducer)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "feishu:event/x?attempts=0|feishu:event/x: the option attempts is 0; it must be 1 or more",
                "feishu:event|feishu:event/… needs the name of an event type",
                "feishu:command|feishu:command/… needs the name of a command, or *",
                "feishu:card/action|feishu:card/action needs the option action",
                "feishu:approval/changes|feishu:approval/changes needs the option code",
                "feishu:bitable/changes|feishu:bitable/changes needs the option pair",
                "feishu:bitable/changes?pair=ordres|the option pair is ordres, but config/pairs declares none of that name",
                "feishu:message/reply|is not something to receive from. There are: approval/changes,"
            })
    void aConsumerNamesTheOptionAndTheMend(String uri, String said) {
        FeishuEndpoint endpoint = fake.endpoint(uri);

        assertThatThrownBy(() -> endpoint.createConsumer(exchange -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "feishu:message/send?receiveIdType=open_id&deadline=1500",
                "feishu:message/reply?text=greeting&deadline=4s",
                "feishu:card/answer?toast=toast.done&toastType=error",
                "feishu:dead-letter"
            })
    void aRightOneIsAccepted(String uri) {
        FeishuEndpoint endpoint = fake.endpoint(uri);

        assertThatCode(endpoint::createProducer).doesNotThrowAnyException();
    }

    @Test
    void anEndpointsOptionsAreItsOwn() {
        FeishuComponent component = fake.component();
        component.getConfiguration().setDeadline("7s");
        FeishuEndpoint own = FakePlatform.endpoint("feishu:message/reply?deadline=2s", component);
        FeishuEndpoint other = FakePlatform.endpoint("feishu:message/reply", component);

        assertThat(own.getConfiguration().deadlineDuration()).hasSeconds(2);
        assertThat(other.getConfiguration().deadlineDuration()).hasSeconds(7);
    }
}
