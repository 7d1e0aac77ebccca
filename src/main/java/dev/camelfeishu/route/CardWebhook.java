package dev.camelfeishu.route;

import dev.camelfeishu.event.Headers;
import dev.camelfeishu.event.Ingress;
import dev.camelfeishu.event.Verdict;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;

/** {@code POST /webhook/card}: card callbacks of both formats, of one app. */
final class CardWebhook extends Webhook {

    private final Ingress ingress;
    private final ClickAnswer clicks;

    CardWebhook(Ingress ingress, ClickAnswer clicks) {
        this.ingress = ingress;
        this.clicks = clicks;
    }

    @Override
    Verdict verify(byte[] body, Headers headers) {
        return ingress.card(body, headers);
    }

    @Override
    boolean accept(Verdict verdict, Exchange exchange, AsyncCallback callback) {
        if (verdict instanceof Verdict.Callback click) {
            clicks.answer(exchange, click, () -> callback.done(false));
            return false;
        }
        WebhookAnswer.refuse(exchange, 400);
        callback.done(true);
        return true;
    }
}
