package dev.camelfeishu.event.socket;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.event.Verdict;
import java.util.concurrent.CompletableFuture;

/** What answers a callback, whichever way it came in. */
@FunctionalInterface
public interface CallbackResponder {

    /**
     * Stores the callback and answers it within 2.5 s, whatever the business does.
     *
     * @return the JSON to answer with, in the callback's format; fails when the callback is not known to be stored
     */
    CompletableFuture<JsonNode> answer(Verdict.Callback callback);
}
