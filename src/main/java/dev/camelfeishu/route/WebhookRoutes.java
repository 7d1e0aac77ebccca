package dev.camelfeishu.route;

import org.apache.camel.builder.RouteBuilder;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The two webhooks of each app: verify, store, answer. Nothing of the request but its body, Feishu's signature headers and the
 * trace it belongs to is looked at, and nothing else of it goes further: routes take the event from the journal. Served on the
 * main port by a servlet ({@link WebhookServlet}), or on {@code WEBHOOK_PORT} by a listener of its own; in mode {@code socket}
 * for store apps alone, which have no long connection.
 */
@Component
class WebhookRoutes extends RouteBuilder {

    private static final String CHANNELS = "webhook-channels";

    private final AppWebhooks webhooks;
    private final String ownPort;
    private final String address;

    WebhookRoutes(
            AppWebhooks webhooks,
            @Value("${feishu.webhook-port:}") String ownPort,
            @Value("${server.address:0.0.0.0}") String address) {
        this.webhooks = webhooks;
        this.ownPort = ownPort;
        this.address = address.isBlank() ? "0.0.0.0" : address.strip();
    }

    @Override
    public void configure() {
        // one for all: routes share the listener's port
        getContext().getRegistry().bind(CHANNELS, new WebhookChannels());
        // the processors answer whatever happens, and read the body once
        webhooks.all()
                .forEach(webhook -> from(ownPort.isBlank() ? webhook.direct() : listener(webhook.path()))
                        .routeId(webhook.id())
                        .streamCache("false")
                        .errorHandler(noErrorHandler())
                        .process(webhook.processor()));
    }

    /**
     * As a bridge it leaves the body alone; else it would read a form's content type as parameters. Verification is quick and
     * storing asynchronous: both run on the connection's own thread.
     */
    private String listener(String path) {
        return "netty-http:http://" + address + ":" + Integer.parseInt(ownPort.strip()) + path
                + "?httpMethodRestrict=POST&chunkedMaxContentLength=1048576&muteException=true&bridgeEndpoint=true"
                + "&usingExecutorService=false&serverInitializerFactory=#" + CHANNELS;
    }
}
