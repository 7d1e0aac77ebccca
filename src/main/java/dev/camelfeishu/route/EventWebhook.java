package dev.camelfeishu.route;

import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import dev.camelfeishu.event.Headers;
import dev.camelfeishu.event.Ingress;
import dev.camelfeishu.event.PostgresAppTickets;
import dev.camelfeishu.event.Verdict;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /webhook/event} of one app: 200 only after the event's commit. Verification runs on the request's thread, the
 * answer is written by the journal's.
 */
final class EventWebhook extends Webhook {

    private static final Logger LOG = LoggerFactory.getLogger(EventWebhook.class);

    /** Feishu waits three seconds. */
    private static final Duration TICKET = Duration.ofSeconds(1);

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
    Verdict verify(byte[] body, Headers headers) {
        return ingress.event(body, headers);
    }

    @Override
    boolean accept(Verdict verdict, Exchange exchange, AsyncCallback callback) {
        if (verdict instanceof Verdict.Callback click) {
            // the console asks for one URL for events and another for callbacks; nothing says that they must differ
            clicks.answer(exchange, click, () -> callback.done(false));
        } else if (verdict instanceof Verdict.Ticket ticket) {
            answer(ticket.event(), keep(ticket), exchange, callback);
        } else if (verdict instanceof Verdict.Event event) {
            answer(event.event(), journal.append(event.event()), exchange, callback);
        }
        return false;
    }

    private static void answer(
            FeishuEvent event, CompletableFuture<?> stored, Exchange exchange, AsyncCallback callback) {
        stored.whenComplete((appended, failure) -> {
            if (failure == null) {
                WebhookAnswer.ok(exchange);
            } else {
                LOG.error("Event {} is not stored: {}", event.type(), WebhookAnswer.cause(failure));
                WebhookAnswer.refuse(exchange, 503);
            }
            callback.done(false);
        });
    }

    /** Once an hour, and not on the request's thread. The ticket comes first: an event that is stored is not sent again. */
    private CompletableFuture<EventJournal.Appended> keep(Verdict.Ticket ticket) {
        FeishuEvent event = ticket.event();
        return CompletableFuture.runAsync(() -> tickets.keep(event.appId(), ticket.ticket(), event.createdAt()))
                .orTimeout(TICKET.toMillis(), TimeUnit.MILLISECONDS)
                .thenCompose(kept -> journal.append(event));
    }
}
