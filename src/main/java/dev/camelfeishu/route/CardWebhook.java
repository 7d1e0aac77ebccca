package dev.camelfeishu.route;

import dev.camelfeishu.event.Ingress;
import dev.camelfeishu.event.Verdict;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /webhook/card}: card callbacks of both formats, of one app. */
class CardWebhook extends AsyncProcessorSupport {

    private static final Logger LOG = LoggerFactory.getLogger(CardWebhook.class);

    private final Ingress ingress;
    private final ClickAnswer clicks;

    CardWebhook(Ingress ingress, ClickAnswer clicks) {
        this.ingress = ingress;
        this.clicks = clicks;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Message request = exchange.getMessage();
        byte[] body = request.getBody(byte[].class);
        Verdict verdict =
                ingress.card(body == null ? new byte[0] : body, name -> request.getHeader(name, String.class));
        if (verdict instanceof Verdict.Callback click) {
            clicks.answer(exchange, click, () -> callback.done(false));
            return false;
        }
        if (verdict instanceof Verdict.Challenge challenge) {
            WebhookAnswer.text(exchange, 200, challenge.answer());
        } else if (verdict instanceof Verdict.Refusal refusal) {
            LOG.warn("A card callback was refused: {}", refusal.cause());
            WebhookAnswer.refuse(exchange, refusal.status());
        } else {
            WebhookAnswer.refuse(exchange, 400);
        }
        callback.done(true);
        return true;
    }
}
