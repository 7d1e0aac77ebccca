package dev.camelfeishu.event;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Where events are kept between Feishu and the routes: stored before they are acknowledged, delivered at least once to
 * every subscription, in order per key, and kept as dead letters when a subscription cannot process them.
 */
public interface EventJournal {

    /**
     * Stores the event and one delivery for each subscription that accepts it, in one commit. The future completes after
     * that commit; it fails with a {@link JournalUnavailableException} when it is not known to be stored. An event stored
     * before has no second effect. A filter that throws counts as one that accepts: its handler will tell.
     */
    CompletableFuture<Appended> append(FeishuEvent event);

    /**
     * Stores a callback, whose sender waits for what the handler makes of it. As {@link #append}; the future holds, besides,
     * the outcome of the first attempts.
     */
    CompletableFuture<Awaited> appendCallback(FeishuEvent callback);

    /**
     * Registers who wants events. Deliveries begin when {@link #open()} was called and the subscription is not paused.
     *
     * @throws IllegalStateException when the name is taken
     */
    Subscription subscribe(String name, Options options, Filter filter, Handler handler);

    /**
     * Keeps the places of subscriptions while their routes are replaced: one that is cancelled meanwhile goes on accepting, and
     * its deliveries wait, until another of its name comes. Those that nobody has taken when the hold is closed are cancelled.
     */
    default Hold hold(Collection<String> names) {
        // a journal without a memory loses nothing
        return () -> {};
    }

    /** Ends a {@link #hold}. */
    interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /** Every consumer is registered: begin to accept and deliver. Until then {@link #append} fails. */
    void open();

    /**
     * What became of an append.
     *
     * @param id of the stored event
     * @param duplicate whether it was stored before; then this append made no delivery
     * @param deliveries how many were made
     * @param deliveryIds theirs, in the order of the subscriptions
     */
    record Appended(long id, boolean duplicate, int deliveries, List<Long> deliveryIds) {
        public Appended {
            deliveryIds = List.copyOf(deliveryIds);
        }

        public Appended(long id, boolean duplicate, int deliveries) {
            this(id, duplicate, deliveries, List.of());
        }
    }

    /**
     * A stored callback.
     *
     * @param outcome completes when each delivery was tried once, at once when there is none; fails with what a handler
     *     threw first; fails with a {@link java.util.concurrent.TimeoutException} after ten seconds, as it does when another
     *     node took the delivery or it had to wait
     */
    record Awaited(Appended appended, CompletableFuture<Void> outcome) {}

    /**
     * @param attempts how often a delivery may fail before it is a dead letter; an attempt during which the process ended
     *     does not end it
     */
    record Options(int attempts) {
        public static final Options DEFAULT = new Options(8);
    }

    /** Decides, from the event alone, whether a subscription wants it. Called on the thread that appends: no remote call. */
    @FunctionalInterface
    interface Filter {
        boolean accepts(FeishuEvent event);
    }

    /**
     * Works on one delivery, on a lane's thread. Returning means done; an exception means it failed and is tried again
     * later, unless a {@link dev.camelfeishu.openapi.FeishuRejectedException} is among its causes: then it is a dead letter
     * at once. Interrupted when the journal closes and the handler did not end in time; that is no failure.
     */
    @FunctionalInterface
    interface Handler {
        void handle(Delivery delivery) throws Exception;
    }

    /** A handler gives the delivery back: it has not begun with it, and somebody may take it later. This is no failure. */
    final class NotTakenException extends Exception {
        private static final long serialVersionUID = 1L;

        public NotTakenException(String message) {
            super(message);
        }
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

        /** As {@link #pause()}, until {@link #resume()} or until another subscription of the same name takes its place. */
        default void leave() {
            pause();
        }

        /** Ends it; what is undelivered stays in the journal under its name. */
        void cancel();
    }
}
