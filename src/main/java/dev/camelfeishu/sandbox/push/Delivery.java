package dev.camelfeishu.sandbox.push;

/** Delivers a push the way that the console has set: by the long connection, or to the request URL. */
public final class Delivery {
    private final Webhook webhook;
    private final LongConnection connection;

    public Delivery(Webhook webhook, LongConnection connection) {
        this.webhook = webhook;
        this.connection = connection;
    }

    Attempt send(Push push) {
        return connection.carries(push) ? connection.send(push) : webhook.send(push);
    }
}
