package dev.camelfeishu.event;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Who waits for the first attempt of which deliveries. */
final class Outcomes {

    private static final long PATIENCE_SECONDS = 10;

    private final ConcurrentMap<Long, Pending> byDelivery = new ConcurrentHashMap<>();

    /** Before the commit, so that no delivery can be over before it is expected. */
    void expect(CompletableFuture<Void> outcome, List<Long> deliveries) {
        if (outcome == null) {
            return;
        }
        if (deliveries.isEmpty()) {
            outcome.complete(null);
            return;
        }
        Pending pending = new Pending(outcome, new AtomicInteger(deliveries.size()));
        deliveries.forEach(id -> byDelivery.put(id, pending));
        outcome.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .whenComplete((nothing, failure) -> deliveries.forEach(byDelivery::remove));
    }

    /** The commit did not come about. */
    void forget(CompletableFuture<Void> outcome) {
        if (outcome != null) {
            byDelivery.values().removeIf(pending -> pending.outcome == outcome);
        }
    }

    /** @param failure null when the handler returned */
    void tried(long delivery, Throwable failure) {
        Pending pending = byDelivery.remove(delivery);
        if (pending == null) {
            return;
        }
        if (failure != null) {
            pending.outcome.completeExceptionally(failure);
        } else if (pending.open.decrementAndGet() == 0) {
            pending.outcome.complete(null);
        }
    }

    private record Pending(CompletableFuture<Void> outcome, AtomicInteger open) {}
}
