package dev.camelfeishu.route;

import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.Ingress;
import dev.camelfeishu.event.Verdict;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * {@code POST /webhook/event}: 200 only after the event's commit. Verification runs on the request's thread, the answer is
 * written by the journal's.
 */
@Component
class EventWebhook extends AsyncProcessorSupport {

    private static final Logger LOG = LoggerFactory.getLogger(EventWebhook.class);

    private final Ingress ingress;
    private final EventJournal journal;
    private final ClickAnswer clicks;

    EventWebhook(Ingress ingress, EventJournal journal, ClickAnswer clicks) {
        this.ingress = ingress;
        this.journal = journal;
        this.clicks = clicks;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Message request = exchange.getMessage();
        byte[] body = request.getBody(byte[].class);
        Verdict verdict =
                ingress.event(body == null ? new byte[0] : body, name -> request.getHeader(name, String.class));
        if (verdict instanceof Verdict.Event event) {
            journal.append(event.event()).whenComplete((appended, failure) -> {
                if (failure == null) {
                    WebhookAnswer.ok(exchange);
                } else {
                    LOG.error("Event {} is not stored: {}", event.event().type(), WebhookAnswer.cause(failure));
                    WebhookAnswer.refuse(exchange, 503);
                }
                callback.done(false);
            });
            return false;
        }
        if (verdict instanceof Verdict.Callback click) {
            // the console asks for one URL for events and another for callbacks; nothing says that they must differ
            clicks.answer(exchange, click, () -> callback.done(false));
            return false;
        }
        if (verdict instanceof Verdict.Challenge challenge) {
            WebhookAnswer.text(exchange, 200, challenge.answer());
        } else if (verdict instanceof Verdict.Refusal refusal) {
            LOG.warn("An event was refused: {}", refusal.cause());
            WebhookAnswer.refuse(exchange, refusal.status());
        }
        callback.done(true);
        return true;
    }
}
