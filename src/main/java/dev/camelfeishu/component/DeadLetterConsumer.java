package dev.camelfeishu.component;

import dev.camelfeishu.event.DeadLetters;
import dev.camelfeishu.openapi.FeishuRetryableException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.ScheduledPollConsumer;

/**
 * {@code dead-letter}: each dead letter that nobody was told of yet, so that a route can tell people. One that fails comes
 * again with the next poll. The body is a map with {@code id}, {@code flow}, {@code cause}, {@code code}, {@code log_id},
 * {@code attempts}, {@code time} and {@code reference} (that of the delivery, else the dead letter's own id).
 */
final class DeadLetterConsumer extends ScheduledPollConsumer {

    private static final int MOST = 20;
    private static final long POLL_MILLIS = 2_000;

    private final DeadLetters deadLetters;

    DeadLetterConsumer(FeishuEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.deadLetters = endpoint.platform().deadLetters();
        setDelay(POLL_MILLIS);
        // three failed polls on end, and it looks every ten seconds only
        setBackoffErrorThreshold(3);
        setBackoffMultiplier(5);
    }

    @Override
    protected int poll() throws Exception {
        int told = 0;
        Exception failure = null;
        for (DeadLetters.DeadLetter letter : deadLetters.untold(MOST)) {
            try {
                tell(letter);
                deadLetters.told(letter.id());
                told++;
            } catch (FeishuRetryableException e) {
                // Feishu is away: the others would only wait for the same
                throw e;
            } catch (Exception e) {
                // one that cannot be told must not hide the others
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return told;
    }

    private void tell(DeadLetters.DeadLetter letter) throws Exception {
        Exchange exchange = createExchange(false);
        try {
            exchange.getMessage().setBody(body(letter));
            // the same for every attempt to tell: the platform sends one message for it
            exchange.getMessage()
                    .setHeader(FeishuConstants.REFERENCE, "dead-letter-" + letter.id() + "-" + letter.attempts());
            getProcessor().process(exchange);
            if (exchange.getException() != null) {
                throw exchange.getException();
            }
        } finally {
            releaseExchange(exchange, false);
        }
    }

    private static Map<String, Object> body(DeadLetters.DeadLetter letter) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", letter.id());
        body.put("flow", letter.flow());
        body.put("cause", letter.cause());
        body.put("code", letter.code());
        body.put("log_id", letter.logId());
        body.put("attempts", letter.attempts());
        body.put("time", letter.createdAt());
        body.put("reference", letter.reference() != null ? letter.reference() : String.valueOf(letter.id()));
        return body;
    }
}
