package dev.camelfeishu.component;

import dev.camelfeishu.event.Apps;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;

/**
 * Takes a route's deliveries from the journal. The subscription exists as soon as the route does, so that an event which
 * comes while the route is stopped waits for it. The route runs on the journal's lane; what it throws goes back to the
 * journal, which tries again or keeps a dead letter.
 */
final class JournalConsumer extends DefaultConsumer {

    private final FeishuEndpoint endpoint;
    private final EventSource source;
    private final String appName;
    /** Held for reading by each delivery. */
    private final ReadWriteLock running = new ReentrantReadWriteLock();

    private volatile boolean stopping;
    private EventJournal.Subscription subscription;

    JournalConsumer(FeishuEndpoint endpoint, Processor processor, EventSource source) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.source = source;
        this.appName = endpoint.appName();
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        source.added(getRouteId());
        Integer attempts = endpoint.getConfiguration().getAttempts();
        subscription = endpoint.platform()
                .journal()
                .subscribe(
                        getRouteId(),
                        new EventJournal.Options(attempts != null ? attempts : source.attempts()),
                        event -> isOurs(event) && source.accepts(event),
                        this::deliver);
        subscription.pause();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        stopping = false;
        source.started();
        subscription.resume();
    }

    @Override
    protected void doStop() throws Exception {
        if (subscription != null) {
            // the next start brings a consumer of its own
            subscription.leave();
        }
        stopping = true;
        awaitRunning();
        source.stopped();
        super.doStop();
    }

    @Override
    protected void doShutdown() throws Exception {
        if (subscription != null) {
            subscription.cancel();
            subscription = null;
        }
        source.removed(getRouteId());
        super.doShutdown();
    }

    /** By the app's id: what is stored does not change when an app is given another name. */
    private boolean isOurs(FeishuEvent event) {
        return appName.equals(Apps.ALL)
                || endpoint.platform().apps().name(event.appId()).equals(appName);
    }

    private void head(Message message, EventJournal.Delivery delivery) {
        FeishuEvent event = delivery.event();
        message.setHeader(FeishuConstants.EVENT_ID, event.eventId());
        message.setHeader(FeishuConstants.EVENT_TYPE, event.type());
        message.setHeader(FeishuConstants.EVENT_KEY, event.key());
        message.setHeader(FeishuConstants.EVENT_TIME, event.createdAt());
        message.setHeader(FeishuConstants.APP_NAME, endpoint.platform().apps().name(event.appId()));
        message.setHeader(FeishuConstants.TENANT_KEY, event.tenantKey());
        message.setHeader(FeishuConstants.REFERENCE, String.valueOf(delivery.id()));
        message.setHeader(FeishuConstants.REPLAY, delivery.replay());
        message.setHeader(FeishuConstants.TRACE_PARENT, event.trace().parent());
        // by the names that tracing and HTTP endpoints look for
        message.setHeader("traceparent", event.trace().parent());
        if (!event.trace().state().isEmpty()) {
            message.setHeader("tracestate", event.trace().state());
        }
    }

    /** A delivery that has begun before the stop still finds the route's steps running. */
    private void awaitRunning() throws InterruptedException {
        long patience = getEndpoint().getCamelContext().getShutdownStrategy().getTimeout();
        if (running.writeLock().tryLock(patience, TimeUnit.SECONDS)) {
            running.writeLock().unlock();
        }
    }

    private void deliver(EventJournal.Delivery delivery) throws Exception {
        if (!running.readLock().tryLock()) {
            throw new EventJournal.NotTakenException("route " + getRouteId() + " stops");
        }
        try {
            // claimed before the stop, and not begun
            if (stopping) {
                throw new EventJournal.NotTakenException("route " + getRouteId() + " has stopped");
            }
            begin(delivery);
        } finally {
            running.readLock().unlock();
        }
    }

    private void begin(EventJournal.Delivery delivery) throws Exception {
        Exchange exchange = createExchange(false);
        try {
            head(exchange.getMessage(), delivery);
            exchange.setProperty(EventSource.PERSON_WAITS, source.personWaits());
            if (source.fill(delivery, exchange)) {
                getProcessor().process(exchange);
                if (exchange.getException() != null) {
                    throw exchange.getException();
                }
            }
            source.done(delivery, exchange);
        } catch (Exception e) {
            source.failed(exchange);
            throw e;
        } finally {
            releaseExchange(exchange, false);
        }
    }
}
