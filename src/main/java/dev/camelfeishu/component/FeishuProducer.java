package dev.camelfeishu.component;

import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/** Runs one operation on the caller's thread; an error of Feishu becomes the exchange's exception. */
final class FeishuProducer extends DefaultProducer {

    private final FeishuEndpoint endpoint;
    private final Action action;

    FeishuProducer(FeishuEndpoint endpoint, Action action) {
        super(endpoint);
        this.endpoint = endpoint;
        this.action = action;
    }

    @Override
    public void process(Exchange exchange) {
        action.run(exchange, endpoint.getConfiguration(), endpoint.platform());
    }
}
