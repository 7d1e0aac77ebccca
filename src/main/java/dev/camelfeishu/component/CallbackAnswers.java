package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.camelfeishu.event.FeishuEvent;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Where the lane's thread, which works on a click, leaves its answer for the webhook's thread, which must answer within 3 s.
 * In memory on purpose: when nobody waits here (too late, another node, a replay, a restart in between) the answer reaches the
 * card by a delayed update instead.
 */
public final class CallbackAnswers {

    private static final JsonNode NONE_YET = MissingNode.getInstance();

    private record Click(String appId, String tenantKey, String eventId) {
        static Click of(FeishuEvent callback) {
            return new Click(callback.appId(), callback.tenantKey(), callback.eventId());
        }
    }

    private final ConcurrentMap<Click, JsonNode> waiting = new ConcurrentHashMap<>();

    /**
     * Begins to wait, before the click is stored: its route may be quicker than the answer of the store. Whoever waits calls
     * {@link #take} in the end, whatever happens.
     *
     * @return false when another request of the same click waits already; that one will take
     */
    public boolean expect(FeishuEvent callback) {
        return waiting.putIfAbsent(Click.of(callback), NONE_YET) == null;
    }

    /** Takes the answer and ends the waiting; empty when there is no answer yet. */
    public Optional<JsonNode> take(FeishuEvent callback) {
        return Optional.ofNullable(waiting.remove(Click.of(callback))).filter(answer -> answer != NONE_YET);
    }

    /**
     * Leaves the answer.
     *
     * @return false when nobody waits for it here
     */
    boolean give(FeishuEvent callback, JsonNode answer) {
        return waiting.replace(Click.of(callback), NONE_YET, answer);
    }
}
