package dev.camelfeishu.component;

import dev.camelfeishu.event.EventJournal;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.MDC;

/**
 * Takes a route's deliveries from the journal. The subscription exists as soon as the route does, so that an event which
 * comes while the route is stopped waits for it. The route runs on the journal's lane; what it throws goes back to the
 * journal, which tries again or keeps a dead letter.
 */
final class JournalConsumer extends DefaultConsumer {

    private final FeishuEndpoint endpoint;
    private final EventSource source;
    private EventJournal.Subscription subscription;

    JournalConsumer(FeishuEndpoint endpoint, Processor processor, EventSource source) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.source = source;
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        Integer attempts = endpoint.getConfiguration().getAttempts();
        subscription = endpoint.platform()
                .journal()
                .subscribe(
                        getRouteId(),
                        new EventJournal.Options(attempts != null ? attempts : source.attempts()),
                        source::accepts,
                        this::deliver);
        subscription.pause();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        source.started();
        subscription.resume();
    }

    @Override
    protected void doStop() throws Exception {
        if (subscription != null) {
            subscription.pause();
        }
        source.stopped();
        super.doStop();
    }

    @Override
    protected void doShutdown() throws Exception {
        if (subscription != null) {
            subscription.cancel();
        }
        super.doShutdown();
    }

    private void deliver(EventJournal.Delivery delivery) throws Exception {
        Exchange exchange = createExchange(false);
        MDC.put("event_id", delivery.event().eventId());
        MDC.put("reference", String.valueOf(delivery.id()));
        try {
            exchange.getMessage()
                    .setHeader(FeishuConstants.EVENT_ID, delivery.event().eventId());
            exchange.getMessage()
                    .setHeader(FeishuConstants.EVENT_TYPE, delivery.event().type());
            exchange.getMessage()
                    .setHeader(FeishuConstants.TENANT_KEY, delivery.event().tenantKey());
            exchange.getMessage().setHeader(FeishuConstants.REFERENCE, String.valueOf(delivery.id()));
            exchange.getMessage().setHeader(FeishuConstants.REPLAY, delivery.replay());
            if (source.fill(delivery, exchange)) {
                getProcessor().process(exchange);
                if (exchange.getException() != null) {
                    throw exchange.getException();
                }
            }
            source.done(delivery, exchange);
        } finally {
            MDC.remove("event_id");
            MDC.remove("reference");
            releaseExchange(exchange, false);
        }
    }
}
