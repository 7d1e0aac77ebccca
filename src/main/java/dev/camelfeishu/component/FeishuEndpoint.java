package dev.camelfeishu.component;

import dev.camelfeishu.event.Apps;
import dev.camelfeishu.openapi.FeishuClients;
import dev.camelfeishu.openapi.Identity;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.MultipleConsumersSupport;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** Receive Feishu (Lark) events, commands and card clicks; send messages and cards; work with approvals and Bitable. */
@UriEndpoint(
        firstVersion = "1.0.0",
        scheme = "feishu",
        title = "Feishu",
        syntax = "feishu:group/name",
        category = {Category.CHAT, Category.WORKFLOW},
        headersClass = FeishuConstants.class)
public class FeishuEndpoint extends DefaultEndpoint implements MultipleConsumersSupport {

    @UriPath(
            enums =
                    "event,command,message,card,group,approval,bitable,contact,drive,app,custom-bot,api,dead-letter,connector")
    @Metadata(required = true, description = "What the endpoint is about")
    private String group;

    @UriPath
    @Metadata(description = "Event type, command, or what to do")
    private String name;

    @UriParam
    private FeishuConfiguration configuration;

    public FeishuEndpoint(String uri, FeishuComponent component, FeishuConfiguration configuration) {
        super(uri, component);
        this.configuration = configuration;
    }

    @Override
    public Producer createProducer() {
        check();
        Operation operation = Operations.named(operation());
        Action action = operation.bind(configuration);
        checkCaller(operation);
        return new FeishuProducer(this, action);
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        check();
        Consumer consumer = Sources.consumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    /** Every route has a subscription of its own to the events of a type: two pairs in one Base take the same ones. */
    @Override
    public boolean isMultipleConsumersSupported() {
        return "event".equals(group);
    }

    /** A mistake in an option stops the route's start, and not its first exchange. */
    private void check() {
        configuration.check(operation());
        platform().check(operation(), configuration);
    }

    /** In whose name and as which app an operation can call is known from the catalog. */
    private void checkCaller(Operation operation) {
        Identity caller = configuration.asUser() ? Identity.user("anybody") : Identity.tenant();
        operation.endpoints(configuration).stream()
                .flatMap(endpoint -> endpoint.refusal(caller).stream())
                .findFirst()
                .ifPresent(refusal -> {
                    throw new IllegalArgumentException("feishu:" + operation() + ": " + refusal
                            + " The option identity is " + configuration.getIdentity());
                });
        if (configuration.asUser() && !operation.options().contains("identity")) {
            throw new IllegalArgumentException(
                    "feishu:" + operation() + " acts in the app's own name only; the option identity is user");
        }
        String app = configuration.getAppName();
        if (app == null) {
            return;
        }
        platform().clients().client(app);
        if (!app.equals(FeishuClients.DEFAULT) && !operation.options().contains("appName")) {
            throw new IllegalArgumentException("feishu:" + operation() + " works for the app " + FeishuClients.DEFAULT
                    + " only; the option appName is " + app);
        }
    }

    FeishuPlatform platform() {
        return ((FeishuComponent) getComponent()).getPlatform();
    }

    /** Group and name as written: {@code message/reply}. */
    String operation() {
        return name == null || name.isEmpty() ? group : group + "/" + name;
    }

    /** The app whose events a consumer takes, {@code *} for all. */
    String appName() {
        String appName = configuration.getAppName();
        return appName == null || appName.isEmpty() ? Apps.DEFAULT : appName;
    }

    public String getGroup() {
        return group;
    }

    public void setGroup(String group) {
        this.group = group;
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public FeishuConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(FeishuConfiguration configuration) {
        this.configuration = configuration;
    }
}
