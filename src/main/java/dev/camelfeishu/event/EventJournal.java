package dev.camelfeishu.event;

import java.util.concurrent.CompletableFuture;

/**
 * Where events are kept between Feishu and the routes: stored before they are acknowledged, delivered at least once to
 * every subscription, in order per key, and kept as dead letters when a subscription cannot process them.
 */
public interface EventJournal {

    /**
     * Stores the event and one delivery for each subscription that accepts it, in one commit. The future completes after
     * that commit; it fails when nothing was stored. An event stored before has no second effect.
     */
    CompletableFuture<Appended> append(FeishuEvent event);

    /**
     * Registers who wants events. Deliveries begin when {@link #open()} was called and the subscription is not paused.
     *
     * @throws IllegalStateException when the name is taken
     */
    Subscription subscribe(String name, Options options, Filter filter, Handler handler);

    /** Every consumer is registered: begin to accept and deliver. Until then {@link #append} fails. */
    void open();

    /** What became of an append. */
    record Appended(long id, boolean duplicate, int deliveries) {}

    /**
     * @param attempts how often a delivery is tried before it is a dead letter
     */
    record Options(int attempts) {
        public static final Options DEFAULT = new Options(8);
    }

    /** Decides, from the event alone, whether a subscription wants it. Called on the writer's thread: no remote call. */
    @FunctionalInterface
    interface Filter {
        boolean accepts(FeishuEvent event);
    }

    /** Works on one delivery, on a lane's thread. Returning means done; an exception means it failed. */
    @FunctionalInterface
    interface Handler {
        void handle(Delivery delivery) throws Exception;
    }

    /**
     * One event on its way to one subscription.
     *
     * @param id of the delivery; the reference number that users, logs and dead letters share
     * @param attempt 1 for the first
     * @param replay how often a person has replayed it; 0 for an ordinary delivery
     */
    record Delivery(long id, String subscription, FeishuEvent event, int attempt, int replay) {}

    /** A registered wish for events. */
    interface Subscription {
        /** Holds deliveries back (they stay in the journal) until {@link #resume()}. */
        void pause();

        void resume();

        /** Ends it; what is undelivered stays in the journal under its name. */
        void cancel();
    }
}
