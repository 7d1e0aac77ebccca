package dev.camelfeishu.component;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.util.PropertiesHelper;

/** The component {@code feishu:}. Everything it reaches is in one {@link FeishuPlatform}, found in the registry. */
@Component("feishu")
public class FeishuComponent extends DefaultComponent {

    @Metadata(description = "Defaults of every endpoint")
    private FeishuConfiguration configuration = new FeishuConfiguration();

    @Metadata(
            label = "advanced",
            autowired = true,
            description = "What the endpoints reach: the gate, the journal, cards, pairs")
    private FeishuPlatform platform;

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        int slash = remaining.indexOf('/');
        var endpoint = new FeishuEndpoint(uri, this, configuration.copy());
        endpoint.setGroup(slash < 0 ? remaining : remaining.substring(0, slash));
        endpoint.setName(slash < 0 ? "" : remaining.substring(slash + 1));
        // what the endpoint says comes on top of what the component says
        endpoint.getConfiguration().getParam().putAll(PropertiesHelper.extractProperties(parameters, "param."));
        setProperties(endpoint, parameters);
        return endpoint;
    }

    public FeishuConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(FeishuConfiguration configuration) {
        this.configuration = configuration;
    }

    public FeishuPlatform getPlatform() {
        return platform;
    }

    public void setPlatform(FeishuPlatform platform) {
        this.platform = platform;
    }
}
