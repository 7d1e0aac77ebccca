package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.ComponentCustomizer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** {@code camel.component.feishu.*} reaches the component. */
class ComponentSettingsTest {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withBean(DefaultCamelContext.class)
            .withUserConfiguration(FeishuComponentAutoConfiguration.class);

    @Test
    void everyOptionOfTheComponentIsBound() throws IOException {
        JsonNode options = new ObjectMapper()
                .readTree(Path.of("src/generated/resources/META-INF/dev/camelfeishu/component/feishu.json")
                        .toFile())
                .path("componentProperties");
        List<String> unbound = new ArrayList<>();
        for (Map.Entry<String, JsonNode> option : options.properties()) {
            Class<?> bound = option.getValue().has("configurationClass")
                    ? FeishuConfiguration.class
                    : FeishuComponentConfiguration.class;
            if (!option.getValue().path("label").asText().contains("advanced")
                    && (BeanUtils.getPropertyDescriptor(bound, option.getKey()) == null)) {
                unbound.add(option.getKey());
            }
        }

        assertThat(options).isNotEmpty();
        assertThat(unbound).isEmpty();
    }

    @Test
    void anEndpointsDefaultMayBeSet() {
        application
                .withPropertyValues(
                        "camel.component.feishu.deadline=3s",
                        "camel.component.feishu.receive-id-type=open_id",
                        "camel.component.feishu.attempts=4",
                        "camel.component.feishu.lazy-start-producer=true")
                .run(context -> {
                    FeishuComponent component = customized(context.getBean(ComponentCustomizer.class), context);

                    assertThat(component.getConfiguration().getDeadline()).isEqualTo("3s");
                    assertThat(component.getConfiguration().getReceiveIdType()).isEqualTo("open_id");
                    assertThat(component.getConfiguration().getAttempts()).isEqualTo(4);
                    assertThat(component.isLazyStartProducer()).isTrue();
                });
    }

    @Test
    void itMayBeSetUnderConfigurationToo() {
        application
                .withPropertyValues("camel.component.feishu.configuration.deadline=3s")
                .run(context -> assertThat(customized(context.getBean(ComponentCustomizer.class), context)
                                .getConfiguration()
                                .getDeadline())
                        .isEqualTo("3s"));
    }

    @Test
    void whatIsNotSetKeepsItsDefault() {
        application.run(context -> assertThat(customized(context.getBean(ComponentCustomizer.class), context)
                        .getConfiguration()
                        .getToastType())
                .isEqualTo("info"));
    }

    private static FeishuComponent customized(ComponentCustomizer customizer, ApplicationContext context) {
        FeishuComponent component = new FeishuComponent();
        component.setCamelContext(context.getBean(DefaultCamelContext.class));
        assertThat(customizer.isEnabled("feishu", component)).isTrue();
        customizer.configure("feishu", component);
        return component;
    }
}
