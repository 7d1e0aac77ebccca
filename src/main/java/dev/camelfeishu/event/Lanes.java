package dev.camelfeishu.event;

import dev.camelfeishu.event.Subscribers.Subscriber;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Works on deliveries: one thread claims for as many lanes as are idle, each lane runs one handler at a time. Any key may
 * run on any lane, so a slow handler holds up its own key and no other; the table keeps the order per key.
 */
final class Lanes {

    /**
     * A process that ends is not the delivery's failure: it is tried again that often beyond its attempts, and no more,
     * because it may be what ends the process.
     */
    private static final int MOST_ENDED = 20;

    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

    private static final int WRITE_ATTEMPTS = 5;
    private static final Duration WRITE_PAUSE = Duration.ofMillis(200);
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(2);

    private final DeliveryTable table;
    private final Subscribers subscribers;
    private final JournalSettings settings;
    private final BackOff backOff;
    private final Outcomes outcomes;
    private final MeterRegistry meters;
    private final Map<Long, Claimed> held = new ConcurrentHashMap<>();
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
        AtomicInteger number = new AtomicInteger();
        this.lanes = Executors.newFixedThreadPool(
                settings.lanes(), task -> new Thread(task, "feishu-lane-" + number.incrementAndGet()));
    }

    void start() {
        dispatcher.start();
    }

    /** Something may have become deliverable. */
    void wake() {
        if (signal.availablePermits() == 0) {
            signal.release();
        }
    }

    void renew() throws SQLException {
        Set<Long> ids = Set.copyOf(held.keySet());
        if (ids.isEmpty()) {
            return;
        }
        Set<Long> lost = table.renewed(ids);
        lost.retainAll(held.keySet());
        if (!lost.isEmpty()) {
            LOG.warn("The leases of deliveries {} were lost; they may be delivered twice", lost);
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
            if (!lanes.awaitTermination(AFTER_INTERRUPT.toMillis(), TimeUnit.MILLISECONDS)) {
                // their leases stay: nobody may begin the same work before they run out
                LOG.error(
                        "Handlers ignore their interrupt; their deliveries are free again when their leases end: {}",
                        held.keySet());
            }
        }
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
            } catch (SQLException | RuntimeException e) {
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
        int idle = settings.lanes() - held.size();
        List<String> names = subscribers.taking();
        if (idle <= 0 || names.isEmpty() || isClosing()) {
            return;
        }
        List<Claimed> claimed = table.claim(names, idle);
        claimed.forEach(one -> held.put(one.id(), one));
        claimed.forEach(one -> lanes.execute(() -> work(one)));
    }

    private void work(Claimed claimed) {
        MDC.put("delivery", Long.toString(claimed.id()));
        try {
            Subscriber subscriber = subscribers.find(claimed.delivery().subscription());
            if (isClosing() || subscriber == null || !subscriber.takes()) {
                written(claimed, "released", () -> table.released(claimed));
            } else if (claimed.delivery().attempt() > subscriber.attempts() + MOST_ENDED) {
                Failure failure = new Failure(
                        "The process ended during " + (claimed.delivery().attempt() - 1) + " attempts",
                        "process ended",
                        null,
                        null,
                        false);
                written(claimed, "dead", () -> table.dead(claimed, failure));
            } else {
                deliver(claimed, subscriber);
            }
        } finally {
            MDC.remove("delivery");
            held.remove(claimed.id());
            wake();
        }
    }

    private void deliver(Claimed claimed, Subscriber subscriber) {
        Throwable thrown = null;
        try {
            subscriber.handler().handle(claimed.delivery());
        } catch (Throwable t) {
            // whatever it is, the delivery has failed and the lane goes on
            thrown = t;
        }
        boolean interrupted = Thread.interrupted();
        if (thrown == null) {
            written(claimed, "done", () -> table.done(claimed));
        } else if (isClosing() && (interrupted || Failure.interrupted(thrown))) {
            written(claimed, "released", () -> table.released(claimed));
        } else {
            fail(claimed, subscriber, thrown);
        }
        outcomes.tried(claimed.id(), thrown);
    }

    private void fail(Claimed claimed, Subscriber subscriber, Throwable thrown) {
        Failure failure = Failure.of(thrown);
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
            written(claimed, "dead", () -> table.dead(claimed, failure));
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
            written(claimed, "failed", () -> table.failed(claimed, failure, pause));
        }
    }

    @FunctionalInterface
    private interface Transition {
        boolean write() throws SQLException;
    }

    /** The database may be away for a moment; when it stays away the lease ends and the delivery is made again. */
    private void written(Claimed claimed, String outcome, Transition transition) {
        boolean interrupted = false;
        for (int attempt = 1; attempt <= WRITE_ATTEMPTS; attempt++) {
            try {
                boolean ours = transition.write();
                if (!ours) {
                    LOG.warn(
                            "Delivery {} was {} after its lease was lost; it is delivered again",
                            claimed.id(),
                            outcome);
                }
                count(claimed, ours ? outcome : "lost");
                break;
            } catch (SQLException | RuntimeException e) {
                if (attempt == WRITE_ATTEMPTS) {
                    LOG.error(
                            "That delivery {} is {} could not be stored; it is delivered again",
                            claimed.id(),
                            outcome,
                            e);
                    count(claimed, "lost");
                    break;
                }
            }
            try {
                TimeUnit.MILLISECONDS.sleep(WRITE_PAUSE.toMillis() << attempt);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void count(Claimed claimed, String outcome) {
        meters.counter("feishu.deliveries", "subscription", claimed.delivery().subscription(), "outcome", outcome)
                .increment();
    }
}
