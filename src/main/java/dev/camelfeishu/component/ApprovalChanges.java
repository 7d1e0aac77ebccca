package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of one definition's instances. The event is only a hint: the instance is read again, and the body is what it is
 * now, as a map with {@code instance_code}, {@code status} (REVERTED when it was withdrawn after approval) and {@code form}.
 *
 * <p>While the consumer runs, one thread of its own keeps the definition subscribed: at once, then once a day; after a
 * failure every half minute.
 */
final class ApprovalChanges implements EventSource {

    private static final Logger LOG = LoggerFactory.getLogger(ApprovalChanges.class);
    private static final long RETRY_SECONDS = 30;

    private final FeishuEndpoint endpoint;
    private final String code;
    private ScheduledExecutorService subscriber;
    /** Of {@link System#nanoTime()}; read and written by the subscriber's thread while it runs. */
    private long renewAt;

    ApprovalChanges(FeishuEndpoint endpoint) {
        this.endpoint = endpoint;
        this.code = endpoint.getConfiguration().getCode();
    }

    @Override
    public boolean accepts(FeishuEvent event) {
        return event.type().equals("approval_instance")
                && code.equals(event.event().path("approval_code").asText());
    }

    @Override
    public boolean fill(EventJournal.Delivery delivery, Exchange exchange) {
        JsonNode event = delivery.event().event();
        exchange.getMessage()
                .setBody(ApprovalOperations.read(
                        endpoint.platform(), event.path("instance_code").asText()));
        return true;
    }

    @Override
    public void started() {
        subscriber = endpoint.getCamelContext()
                .getExecutorServiceManager()
                .newSingleThreadScheduledExecutor(this, "feishu-approval-subscribe");
        renewAt = System.nanoTime();
        subscriber.scheduleWithFixedDelay(this::subscribe, 0, RETRY_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void stopped() {
        if (subscriber != null) {
            endpoint.getCamelContext().getExecutorServiceManager().shutdownNow(subscriber);
            subscriber = null;
        }
    }

    private void subscribe() {
        if (System.nanoTime() - renewAt < 0) {
            return;
        }
        try {
            endpoint.platform().approvals().subscribe(code);
            renewAt = System.nanoTime() + TimeUnit.DAYS.toNanos(1);
        } catch (RuntimeException e) {
            // all of them: a scheduled task that throws is never run again
            LOG.warn("Approval definition {} is not subscribed yet: {}", code, e.getMessage());
        }
    }
}
