package dev.camelfeishu.route;

import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import dev.camelfeishu.event.Ingress;
import dev.camelfeishu.event.PostgresAppTickets;
import dev.camelfeishu.event.Verdict;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /webhook/event} of one app: 200 only after the event's commit. Verification runs on the request's thread, the answer is
 * written by the journal's.
 */
class EventWebhook extends AsyncProcessorSupport {

    private static final Logger LOG = LoggerFactory.getLogger(EventWebhook.class);

    private final Ingress ingress;
    private final EventJournal journal;
    private final PostgresAppTickets tickets;
    private final ClickAnswer clicks;

    EventWebhook(Ingress ingress, EventJournal journal, PostgresAppTickets tickets, ClickAnswer clicks) {
        this.ingress = ingress;
        this.journal = journal;
        this.tickets = tickets;
        this.clicks = clicks;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Message request = exchange.getMessage();
        byte[] body = request.getBody(byte[].class);
        Verdict verdict =
                ingress.event(body == null ? new byte[0] : body, name -> request.getHeader(name, String.class));
        if (verdict instanceof Verdict.Event event) {
            return answer(event.event(), journal.append(event.event()), exchange, callback);
        }
        if (verdict instanceof Verdict.Ticket ticket) {
            return answer(ticket.event(), keep(ticket), exchange, callback);
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

    private boolean answer(FeishuEvent event, CompletableFuture<?> stored, Exchange exchange, AsyncCallback callback) {
        stored.whenComplete((appended, failure) -> {
            if (failure == null) {
                WebhookAnswer.ok(exchange);
            } else {
                LOG.error("Event {} is not stored: {}", event.type(), WebhookAnswer.cause(failure));
                WebhookAnswer.refuse(exchange, 503);
            }
            callback.done(false);
        });
        return false;
    }

    /** Once an hour, and not on the request's thread. The ticket comes first: an event that is stored is not sent again. */
    private CompletableFuture<EventJournal.Appended> keep(Verdict.Ticket ticket) {
        FeishuEvent event = ticket.event();
        return CompletableFuture.runAsync(() -> tickets.keep(event.appId(), ticket.ticket(), event.createdAt()))
                .thenCompose(kept -> journal.append(event));
    }
}
