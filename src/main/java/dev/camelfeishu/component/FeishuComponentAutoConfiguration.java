package dev.camelfeishu.component;

import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.spi.ComponentCustomizer;
import org.apache.camel.spring.boot.CamelAutoConfiguration;
import org.apache.camel.spring.boot.util.CamelPropertiesHelper;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/** Binds {@code camel.component.feishu.*}: Camel does so only for components that bring this. */
@AutoConfiguration(after = CamelAutoConfiguration.class)
@EnableConfigurationProperties(FeishuComponentConfiguration.class)
public class FeishuComponentAutoConfiguration {

    static final String PREFIX = "camel.component.feishu";

    @Lazy
    @Bean
    ComponentCustomizer configureFeishuComponent(
            CamelContext camel, FeishuComponentConfiguration configuration, Environment environment) {
        return new ComponentCustomizer() {
            @Override
            public void configure(String name, Component target) {
                CamelPropertiesHelper.copyProperties(camel, configuration, target);
                // as with every component of Camel, an endpoint option is one of the component too
                Binder.get(environment)
                        .bind(PREFIX, Bindable.ofInstance(((FeishuComponent) target).getConfiguration()));
            }

            @Override
            public boolean isEnabled(String name, Component target) {
                return target instanceof FeishuComponent;
            }
        };
    }
}
