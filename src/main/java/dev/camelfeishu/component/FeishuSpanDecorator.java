package dev.camelfeishu.component;

import dev.camelfeishu.openapi.FeishuException;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.telemetry.Span;
import org.apache.camel.telemetry.decorators.AbstractSpanDecorator;

/** Names the spans of {@code feishu:} endpoints by their operation and says which event, tenant and refusal they are about. */
public final class FeishuSpanDecorator extends AbstractSpanDecorator {

    @Override
    public String getComponent() {
        return "feishu";
    }

    @Override
    public String getComponentClassName() {
        return FeishuComponent.class.getName();
    }

    @Override
    public String getOperationName(Exchange exchange, Endpoint endpoint) {
        return "feishu " + stripSchemeAndOptions(endpoint);
    }

    @Override
    public void beforeTracingEvent(Span span, Exchange exchange, Endpoint endpoint) {
        super.beforeTracingEvent(span, exchange, endpoint);
        tag(span, "feishu.event.id", exchange.getMessage().getHeader(FeishuConstants.EVENT_ID, String.class));
        tag(span, "feishu.event.type", exchange.getMessage().getHeader(FeishuConstants.EVENT_TYPE, String.class));
        tag(span, "feishu.app", exchange.getMessage().getHeader(FeishuConstants.APP_NAME, String.class));
        tag(span, "feishu.tenant", exchange.getMessage().getHeader(FeishuConstants.TENANT_KEY, String.class));
    }

    @Override
    public void afterTracingEvent(Span span, Exchange exchange) {
        super.afterTracingEvent(span, exchange);
        FeishuException refusal = exchange.getException(FeishuException.class);
        if (refusal != null) {
            tag(span, "feishu.code", Integer.toString(refusal.code()));
            tag(span, "feishu.log_id", refusal.logId());
        }
    }

    private static void tag(Span span, String name, String value) {
        if (value != null) {
            span.setTag(name, value);
        }
    }
}
