package dev.camelfeishu.route;

import dev.camelfeishu.event.Headers;
import dev.camelfeishu.event.Ingress;
import dev.camelfeishu.event.Verdict;
import java.util.concurrent.CompletableFuture;

/** {@code POST /webhook/card}: card callbacks of both formats, of one app. */
final class CardWebhook extends Webhook {

    private final Ingress ingress;
    private final ClickAnswer clicks;

    CardWebhook(String path, Ingress ingress, ClickAnswer clicks) {
        super(path);
        this.ingress = ingress;
        this.clicks = clicks;
    }

    @Override
    Verdict verify(byte[] body, Headers headers) {
        return ingress.card(body, headers);
    }

    @Override
    CompletableFuture<WebhookAnswer> accept(Verdict verdict) {
        return verdict instanceof Verdict.Callback click
                ? clicks.answered(click)
                : CompletableFuture.completedFuture(WebhookAnswer.refusal(400));
    }
}
