package dev.camelfeishu.route;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.card.Texts;
import dev.camelfeishu.component.CallbackAnswers;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import dev.camelfeishu.event.Verdict;
import dev.camelfeishu.event.socket.CallbackResponder;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Answers a click: stores it, waits up to 2 s for the route that works on it, and says what it made; else a neutral toast,
 * and the route goes on.
 */
@Component
class ClickAnswer implements CallbackResponder {

    private static final Logger LOG = LoggerFactory.getLogger(ClickAnswer.class);
    private static final long STORE_MILLIS = 1_000;
    private static final long ANSWER_MILLIS = 2_000;

    private final EventJournal journal;
    private final CallbackAnswers answers;
    private final Texts texts;

    ClickAnswer(EventJournal journal, CallbackAnswers answers, Texts texts) {
        this.journal = journal;
        this.answers = answers;
        this.texts = texts;
    }

    /** What a webhook says to the click; never fails. No thread waits meanwhile: slow clicks hold up no event. */
    CompletableFuture<WebhookAnswer> answered(Verdict.Callback callback) {
        return answer(callback).handle((answer, failure) -> {
            if (failure == null) {
                return WebhookAnswer.ok(answer);
            }
            LOG.error("A click is not stored: {}", Webhook.cause(failure));
            return WebhookAnswer.refusal(503);
        });
    }

    @Override
    public CompletableFuture<JsonNode> answer(Verdict.Callback callback) {
        FeishuEvent click = callback.event();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS);
        boolean waits = answers.expect(click);
        return journal.appendCallback(click)
                .orTimeout(STORE_MILLIS, TimeUnit.MILLISECONDS)
                .thenCompose(stored -> answer(click, stored, deadline))
                .whenComplete((answer, failure) -> {
                    if (waits) {
                        // whatever came of it, nobody waits from now on
                        answers.take(click);
                    }
                })
                .thenApply(answer -> callback.format() == Verdict.Format.BARE ? bare(answer) : answer);
    }

    private CompletableFuture<JsonNode> answer(FeishuEvent click, EventJournal.Awaited stored, long deadline) {
        if (stored.appended().duplicate()) {
            return CompletableFuture.completedFuture(JsonNodeFactory.instance.objectNode());
        }
        if (stored.appended().deliveryIds().isEmpty()) {
            return CompletableFuture.completedFuture(toast(click, "warning", "toast.unknown-action", Map.of()));
        }
        long delivery = stored.appended().deliveryIds().get(0);
        return stored.outcome()
                .copy()
                .orTimeout(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)
                .handle((worked, failure) -> worked(click, delivery, failure));
    }

    private JsonNode worked(FeishuEvent click, long delivery, Throwable failure) {
        if (failure instanceof TimeoutException) {
            // not a failure: take() below tells the route that nobody waits any more
            LOG.info("The click of delivery {} takes longer than a client waits", delivery);
        } else if (failure != null) {
            LOG.warn("The click of delivery {} failed: {}", delivery, Webhook.cause(failure));
            return toast(click, "error", "bot.sorry", Map.of("reference", delivery));
        }
        return answers.take(click).orElseGet(() -> toast(click, "info", "toast.working", Map.of()));
    }

    /** A link preview shows no toast: without an answer it shows the link. */
    private JsonNode toast(FeishuEvent callback, String type, String text, Map<String, ?> values) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        if (callback.type().equals("url.preview.get")) {
            return answer;
        }
        answer.putObject("toast").put("type", type).put("content", texts.text(text, values));
        return answer;
    }

    /** The old callback is answered by the card itself, with the toast beside it. */
    private static JsonNode bare(JsonNode answer) {
        JsonNode card = answer.at("/card/data");
        ObjectNode bare = card.isObject() ? card.deepCopy() : JsonNodeFactory.instance.objectNode();
        if (answer.has("toast")) {
            bare.set("toast", answer.get("toast"));
        }
        return bare;
    }
}
