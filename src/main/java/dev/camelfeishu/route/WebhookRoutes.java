package dev.camelfeishu.route;

import org.apache.camel.builder.RouteBuilder;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The two webhooks: verify, store, answer. Nothing of the request but its body and Feishu's signature headers is looked at,
 * and nothing of it goes further: routes take the event from the journal. Served on the main port by platform-http, or on
 * {@code WEBHOOK_PORT} by a listener of its own.
 */
@Component
class WebhookRoutes extends RouteBuilder {

    private final EventWebhook events;
    private final CardWebhook cards;
    private final String ownPort;
    private final String address;

    WebhookRoutes(
            EventWebhook events,
            CardWebhook cards,
            @Value("${feishu.webhook-port:}") String ownPort,
            @Value("${server.address:0.0.0.0}") String address) {
        this.events = events;
        this.cards = cards;
        this.ownPort = ownPort;
        this.address = address.isBlank() ? "0.0.0.0" : address.strip();
    }

    @Override
    public void configure() {
        from(webhook("/webhook/event")).routeId("webhook-event").process(events);
        from(webhook("/webhook/card")).routeId("webhook-card").process(cards);
    }

    private String webhook(String path) {
        if (ownPort.isBlank()) {
            return "platform-http:" + path + "?httpMethodRestrict=POST";
        }
        // as a bridge it leaves the body alone; else it would read a form's content type as parameters
        return "netty-http:http://" + address + ":" + Integer.parseInt(ownPort.strip()) + path
                + "?httpMethodRestrict=POST&chunkedMaxContentLength=1048576&muteException=true&bridgeEndpoint=true";
    }
}
