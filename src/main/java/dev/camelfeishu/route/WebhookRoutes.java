package dev.camelfeishu.route;

import dev.camelfeishu.event.Apps;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.Ingresses;
import dev.camelfeishu.event.PostgresAppTickets;
import dev.camelfeishu.ops.AppSettings;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.builder.RouteBuilder;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * The two webhooks of each app: verify, store, answer. Nothing of the request but its body, Feishu's signature headers and the
 * trace it belongs to is looked at, and nothing else of it goes further: routes take the event from the journal. Served on the
 * main port by platform-http, or on {@code WEBHOOK_PORT} by a listener of its own; in mode
 * {@code socket} for store apps alone, which have no long connection.
 */
@Component
class WebhookRoutes extends RouteBuilder {

    private final Ingresses ingresses;
    private final EventJournal journal;
    private final PostgresAppTickets tickets;
    private final ClickAnswer clicks;
    private final String ownPort;
    private final String address;
    private final Set<String> served;

    WebhookRoutes(
            Ingresses ingresses,
            EventJournal journal,
            PostgresAppTickets tickets,
            ClickAnswer clicks,
            @Value("${feishu.webhook-port:}") String ownPort,
            @Value("${server.address:0.0.0.0}") String address,
            Environment environment) {
        this.ingresses = ingresses;
        this.journal = journal;
        this.tickets = tickets;
        this.clicks = clicks;
        this.ownPort = ownPort;
        boolean socket =
                environment.getProperty("feishu.event-mode", "").strip().equals("socket");
        this.served = AppSettings.read(environment).stream()
                .filter(app -> !socket || app.isStore())
                .map(AppSettings::name)
                .collect(Collectors.toSet());
        this.address = address.isBlank() ? "0.0.0.0" : address.strip();
    }

    @Override
    public void configure() {
        ingresses.byApp().forEach((app, ingress) -> {
            if (!served.contains(app)) {
                return;
            }
            boolean isDefault = app.equals(Apps.DEFAULT);
            String path = isDefault ? "/webhook/" : "/webhook/" + app + "/";
            String id = isDefault ? "webhook-" : "webhook-" + app + "-";
            from(webhook(path + "event"))
                    .routeId(id + "event")
                    .process(new EventWebhook(ingress, journal, tickets, clicks));
            from(webhook(path + "card")).routeId(id + "card").process(new CardWebhook(ingress, clicks));
        });
    }

    private String webhook(String path) {
        if (ownPort.isBlank()) {
            // streamed, for else it reads the body as text, which fails where it is none
            return "platform-http:" + path + "?httpMethodRestrict=POST&useStreaming=true";
        }
        // as a bridge it leaves the body alone; else it would read a form's content type as parameters
        return "netty-http:http://" + address + ":" + Integer.parseInt(ownPort.strip()) + path
                + "?httpMethodRestrict=POST&chunkedMaxContentLength=1048576&muteException=true&bridgeEndpoint=true";
    }
}
