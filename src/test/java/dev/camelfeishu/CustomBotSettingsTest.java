package dev.camelfeishu;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

@DisplayName("feishu.custom-bots")
class CustomBotSettingsTest {

    @Test
    @DisplayName("is read: a webhook that is none is named, one that nobody has set is left out")
    void read() {
        MockEnvironment wrong = new MockEnvironment().withProperty("feishu.custom-bots.ops.webhook", "not one");
        MockEnvironment unset = new MockEnvironment().withProperty("feishu.custom-bots.ops.webhook", "");

        assertThatThrownBy(() -> new FeishuBeans().customBots(wrong))
                .hasMessageContaining("feishu.custom-bots.ops.webhook");
        assertThatCode(() -> new FeishuBeans().customBots(unset)).doesNotThrowAnyException();
    }
}
