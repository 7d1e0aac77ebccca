package dev.camelfeishu.event;

import dev.camelfeishu.event.Subscribers.Subscriber;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on deliveries: one thread claims turns, each lane does one turn at a time. Any key may run on any lane, so a slow
 * handler holds up its own key and no other; the table keeps the order per key. What is claimed is bounded, whatever waits in
 * the table, and of that one subscription never takes all while others are there.
 */
final class Lanes {

    /**
     * A process that ends is not the delivery's failure: it is tried again that often beyond its attempts, and no more,
     * because it may be what ends the process.
     */
    private static final int MOST_ENDED = 20;

    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(2);

    /** Turns are claimed ahead for about that long, so that quick handlers do not wait for claims, nor others for slow ones. */
    private static final Duration AHEAD = Duration.ofMillis(50);

    private static final int MOST_AHEAD_PER_LANE = 8;

    private final DeliveryTable table;
    private final Subscribers subscribers;
    private final JournalSettings settings;
    private final BackOff backOff;
    private final Outcomes outcomes;
    private final MeterRegistry meters;
    private final Transitions transitions;
    private final Map<Long, Turn> held = new ConcurrentHashMap<>();
    private final AtomicLong meanNanos = new AtomicLong(AHEAD.toNanos());
    private final Semaphore signal = new Semaphore(0);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ExecutorService lanes;
    private final Thread dispatcher = new Thread(this::dispatch, "feishu-journal-dispatcher");

    Lanes(
            DeliveryTable table,
            Subscribers subscribers,
            JournalSettings settings,
            BackOff backOff,
            Outcomes outcomes,
            MeterRegistry meters) {
        this.table = table;
        this.subscribers = subscribers;
        this.settings = settings;
        this.backOff = backOff;
        this.outcomes = outcomes;
        this.meters = meters;
        this.transitions = new Transitions(table, this::written);
        AtomicInteger number = new AtomicInteger();
        this.lanes = Executors.newFixedThreadPool(
                settings.lanes(), task -> new Thread(task, "feishu-lane-" + number.incrementAndGet()));
    }

    void start() {
        transitions.start();
        dispatcher.start();
    }

    /** Something may have become deliverable. */
    void wake() {
        if (signal.availablePermits() == 0) {
            signal.release();
        }
    }

    void renew() throws SQLException {
        Set<Long> leases = Set.copyOf(held.keySet());
        if (leases.isEmpty()) {
            return;
        }
        Set<Long> lost = table.renewed(leases);
        lost.retainAll(held.keySet());
        if (!lost.isEmpty()) {
            LOG.warn("The leases of the turns {} were lost; what they have begun may be delivered twice", lost);
            lost.forEach(lease -> held.computeIfPresent(lease, (id, turn) -> {
                turn.lose();
                return turn;
            }));
        }
    }

    /** Waits for running handlers, interrupts those that take too long, and gives back what was not done. */
    void close() throws InterruptedException {
        closing.countDown();
        wake();
        if (dispatcher.isAlive()) {
            dispatcher.join(settings.lease().toMillis());
        }
        lanes.shutdown();
        if (!lanes.awaitTermination(settings.shutdown().toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.warn("{} handlers did not end in time and are interrupted", held.size());
            lanes.shutdownNow();
            held.values().stream()
                    .filter(turn -> !turn.isBegun())
                    .forEach(turn -> transitions.released(turn.deliveries().get(0)));
            if (!lanes.awaitTermination(AFTER_INTERRUPT.toMillis(), TimeUnit.MILLISECONDS)) {
                // their leases stay: nobody may begin the same work before they run out
                LOG.error(
                        "Handlers ignore their interrupt; their deliveries are free again when their leases end: {}",
                        held.keySet());
            }
        }
        transitions.close(settings.shutdown());
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void dispatch() {
        boolean healthy = true;
        while (!isClosing()) {
            try {
                if (signal.tryAcquire(settings.poll().toMillis(), TimeUnit.MILLISECONDS)) {
                    signal.drainPermits();
                }
                fill();
                healthy = true;
            } catch (InterruptedException e) {
                return;
            } catch (SQLException | RuntimeException | Error e) {
                // an error too: without this thread nothing is delivered any more
                if (healthy) {
                    LOG.warn(
                            "Deliveries cannot be claimed and are looked for again: {}",
                            Failure.of(e).cause());
                }
                healthy = false;
            }
        }
    }

    private void fill() throws SQLException {
        long ahead = Math.min(MOST_AHEAD_PER_LANE, AHEAD.toNanos() / Math.max(1, meanNanos.get() * 2));
        int capacity = settings.lanes() * (1 + (int) ahead);
        int free = capacity - held.size();
        boolean enough = held.size() >= settings.lanes() && free < capacity / 2;
        Map<String, Integer> most = enough ? Map.of() : most(capacity);
        if (free <= 0 || most.isEmpty() || isClosing()) {
            return;
        }
        List<Turn> claimed = table.claim(most, free);
        claimed.forEach(turn -> held.put(turn.lease(), turn));
        claimed.forEach(turn -> lanes.execute(() -> work(turn)));
    }

    /** How many turns each subscription may take: three quarters of all, where it is not alone. */
    private Map<String, Integer> most(int capacity) {
        List<String> names = subscribers.taking();
        int share = names.size() == 1 ? capacity : Math.max(1, capacity * 3 / 4);
        Map<String, Integer> most = new LinkedHashMap<>();
        names.forEach(name -> most.put(name, share));
        held.values().forEach(turn -> most.computeIfPresent(turn.subscription(), (name, left) -> left - 1));
        most.values().removeIf(left -> left <= 0);
        return most;
    }

    private void work(Turn turn) {
        turn.begin();
        for (Claimed claimed : turn.deliveries()) {
            if (turn.isLost()) {
                over(turn.lease());
                return;
            }
            try (LogContext named = LogContext.of(claimed.delivery())) {
                if (!work(claimed)) {
                    return;
                }
            }
        }
    }

    /** False when the turn ends with it. */
    private boolean work(Claimed claimed) {
        Subscriber subscriber = subscribers.find(claimed.delivery().subscription());
        if (isClosing() || subscriber == null || !subscriber.takes()) {
            transitions.released(claimed);
            return false;
        }
        if (claimed.delivery().attempt() > subscriber.attempts() + MOST_ENDED) {
            transitions.dead(
                    claimed,
                    new Failure(
                            "The process ended during " + (claimed.delivery().attempt() - 1) + " attempts",
                            "process ended",
                            null,
                            null,
                            false));
            return false;
        }
        return deliver(claimed, subscriber);
    }

    private boolean deliver(Claimed claimed, Subscriber subscriber) {
        Throwable thrown = null;
        long begun = System.nanoTime();
        try {
            subscriber.handler().handle(claimed.delivery());
        } catch (EventJournal.NotTakenException e) {
            LOG.debug("{}", e.getMessage());
            transitions.released(claimed);
            return false;
        } catch (Throwable t) {
            // whatever it is, the delivery has failed and the lane goes on
            thrown = t;
        }
        long took = System.nanoTime() - begun;
        meanNanos.updateAndGet(mean -> mean + (took - mean) / 8);
        boolean interrupted = Thread.interrupted();
        if (thrown == null) {
            transitions.done(claimed);
        } else if (isClosing() && (interrupted || Failure.interrupted(thrown))) {
            transitions.released(claimed);
        } else {
            fail(claimed, subscriber, thrown);
        }
        outcomes.tried(claimed.id(), thrown);
        return thrown == null;
    }

    private void fail(Claimed claimed, Subscriber subscriber, Throwable thrown) {
        Failure failure = Failure.of(thrown);
        LogContext.logId(failure.logId());
        int attempt = claimed.delivery().attempt();
        if (failure.rejected() || attempt >= subscriber.attempts()) {
            LOG.error(
                    "Delivery {} of {} to '{}' is a dead letter after {} attempts: {}",
                    claimed.id(),
                    claimed.delivery().event().type(),
                    subscriber.name(),
                    attempt,
                    failure.cause(),
                    thrown);
            transitions.dead(claimed, failure);
        } else {
            Duration pause = backOff.after(attempt);
            LOG.warn(
                    "Delivery {} of {} to '{}' failed (attempt {} of {}), again in {} ms: {}",
                    claimed.id(),
                    claimed.delivery().event().type(),
                    subscriber.name(),
                    attempt,
                    subscriber.attempts(),
                    pause.toMillis(),
                    failure.cause());
            transitions.failed(claimed, failure, pause);
        }
    }

    private void written(Claimed claimed, String outcome, boolean over) {
        meters.counter("feishu.deliveries", "subscription", claimed.delivery().subscription(), "outcome", outcome)
                .increment();
        if (outcome.equals("lost")) {
            held.computeIfPresent(claimed.lease(), (lease, turn) -> {
                turn.lose();
                return turn;
            });
        }
        if (over) {
            over(claimed.lease());
        }
    }

    private void over(long lease) {
        held.remove(lease);
        wake();
    }
}
