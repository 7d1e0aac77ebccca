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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /webhook/event} of one app: 200 only after the event's commit. */
final class EventWebhook extends Webhook {

    private static final Logger LOG = LoggerFactory.getLogger(EventWebhook.class);

    /** Feishu waits three seconds. */
    private static final Duration TICKET = Duration.ofSeconds(1);

    private final Ingress ingress;
    private final EventJournal journal;
    private final PostgresAppTickets tickets;
    private final ClickAnswer clicks;

    EventWebhook(String path, Ingress ingress, EventJournal journal, PostgresAppTickets tickets, ClickAnswer clicks) {
        super(path);
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
    CompletableFuture<WebhookAnswer> accept(Verdict verdict) {
        if (verdict instanceof Verdict.Event event) {
            return stored(event.event(), journal.append(event.event()));
        }
        if (verdict instanceof Verdict.Ticket ticket) {
            return stored(ticket.event(), keep(ticket));
        }
        // the console asks for one URL for events and another for callbacks; nothing says that they must differ
        return clicks.answered((Verdict.Callback) verdict);
    }

    private static CompletableFuture<WebhookAnswer> stored(FeishuEvent event, CompletableFuture<?> stored) {
        return stored.handle((appended, failure) -> {
            if (failure == null) {
                return WebhookAnswer.STORED;
            }
            LOG.error("Event {} is not stored: {}", event.type(), cause(failure));
            return WebhookAnswer.refusal(503);
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
