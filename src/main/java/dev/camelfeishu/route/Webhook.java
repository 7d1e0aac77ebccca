package dev.camelfeishu.route;

import dev.camelfeishu.event.Headers;
import dev.camelfeishu.event.Verdict;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.TypeConversionException;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One address of one app. Every request is answered, whatever it holds and whatever happens: an exception out of here would
 * leave its sender without an answer and its connection open until it times out.
 */
abstract class Webhook extends AsyncProcessorSupport {

    private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);

    abstract Verdict verify(byte[] body, Headers headers);

    /** As {@link #process}; refusals and challenges are answered already. */
    abstract boolean accept(Verdict verdict, Exchange exchange, AsyncCallback callback);

    @Override
    public final boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            Message request = exchange.getMessage();
            byte[] body = request.getBody(byte[].class);
            Verdict verdict = verify(
                    body == null ? new byte[0] : body,
                    name -> request.getHeader(name) instanceof String text ? text : null);
            if (verdict instanceof Verdict.Challenge challenge) {
                WebhookAnswer.text(exchange, 200, challenge.answer());
            } else if (verdict instanceof Verdict.Refusal refusal) {
                LOG.warn("{}: a request was refused: {}", exchange.getFromRouteId(), refusal.cause());
                WebhookAnswer.refuse(exchange, refusal.status());
            } else {
                return accept(verdict, exchange, callback);
            }
        } catch (TypeConversionException e) {
            LOG.info("{}: a body did not arrive: {}", exchange.getFromRouteId(), WebhookAnswer.cause(e));
            WebhookAnswer.refuse(exchange, 400);
        } catch (RuntimeException e) {
            LOG.error("{}: a request was not worked on", exchange.getFromRouteId(), e);
            WebhookAnswer.refuse(exchange, 503);
        }
        callback.done(true);
        return true;
    }
}
