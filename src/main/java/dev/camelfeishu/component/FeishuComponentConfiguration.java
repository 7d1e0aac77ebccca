package dev.camelfeishu.component;

import org.apache.camel.spring.boot.ComponentConfigurationPropertiesCommon;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

/** Settings of the component {@code feishu:}; what is not set keeps the component's own default. */
@ConfigurationProperties(FeishuComponentAutoConfiguration.PREFIX)
public class FeishuComponentConfiguration extends ComponentConfigurationPropertiesCommon {

    /** Whether producers start with the first message instead of with the route. */
    private Boolean lazyStartProducer;

    /** Whether a consumer hands exceptions to the route's error handler. */
    private Boolean bridgeErrorHandler;

    /** Whether what an endpoint needs is found by type in the registry. */
    private Boolean autowiredEnabled;

    /** Defaults of every endpoint. */
    @NestedConfigurationProperty
    private FeishuConfiguration configuration;

    public Boolean getLazyStartProducer() {
        return lazyStartProducer;
    }

    public void setLazyStartProducer(Boolean lazyStartProducer) {
        this.lazyStartProducer = lazyStartProducer;
    }

    public Boolean getBridgeErrorHandler() {
        return bridgeErrorHandler;
    }

    public void setBridgeErrorHandler(Boolean bridgeErrorHandler) {
        this.bridgeErrorHandler = bridgeErrorHandler;
    }

    public Boolean getAutowiredEnabled() {
        return autowiredEnabled;
    }

    public void setAutowiredEnabled(Boolean autowiredEnabled) {
        this.autowiredEnabled = autowiredEnabled;
    }

    public FeishuConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(FeishuConfiguration configuration) {
        this.configuration = configuration;
    }
}
