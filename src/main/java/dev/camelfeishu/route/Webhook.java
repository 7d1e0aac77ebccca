package dev.camelfeishu.route;

import dev.camelfeishu.event.Headers;
import dev.camelfeishu.event.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One address of one app: verifies, stores, answers. Nothing of a request but its body, Feishu's signature headers and the trace
 * it belongs to is looked at, and nothing else of it goes further: routes take the event from the journal.
 */
abstract class Webhook {

    private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);

    private final String path;

    Webhook(String path) {
        this.path = path;
    }

    final String path() {
        return path;
    }

    abstract Verdict verify(byte[] body, Headers headers);

    /** What was verified and is neither refused nor a challenge. */
    abstract CompletableFuture<WebhookAnswer> accept(Verdict verdict);

    /**
     * Verifies on the calling thread and never waits. Every request has its answer, whatever it holds and whatever happens: the
     * future never fails.
     */
    final CompletableFuture<WebhookAnswer> receive(byte[] body, Headers headers) {
        try {
            Verdict verdict = verify(body, headers);
            if (verdict instanceof Verdict.Challenge challenge) {
                return CompletableFuture.completedFuture(WebhookAnswer.ok(challenge.answer()));
            }
            if (verdict instanceof Verdict.Refusal refusal) {
                LOG.warn("{}: a request was refused: {}", path, refusal.cause());
                return CompletableFuture.completedFuture(WebhookAnswer.refusal(refusal.status()));
            }
            return accept(verdict);
        } catch (RuntimeException e) {
            LOG.error("{}: a request was not worked on", path, e);
            return CompletableFuture.completedFuture(WebhookAnswer.refusal(503));
        }
    }

    /** What a log line says of a failure; a timeout has no message of its own. */
    static String cause(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
