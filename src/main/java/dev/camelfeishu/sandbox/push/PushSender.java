package dev.camelfeishu.sandbox.push;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;

/** Delivers the stored events, from the moment the application is ready. What was not delivered before a restart is then. */
public final class PushSender implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(PushSender.class);
    private static final int PARALLEL = 8;
    private static final Duration KEPT = Duration.ofDays(7);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final PushStore store;
    private final Delivery delivery;
    private final Set<Long> underWay = ConcurrentHashMap.newKeySet();
    private final Semaphore wake = new Semaphore(0);
    private volatile PushSettings settings = PushSettings.NONE;
    private volatile boolean running;
    private ExecutorService senders;
    private Thread dispatcher;

    public PushSender(PushStore store, Delivery delivery) {
        this.store = store;
        this.delivery = delivery;
    }

    public PushSettings settings() {
        return settings;
    }

    void settings(PushSettings changed) {
        settings = changed;
        wake();
    }

    /** Looks for due events now. */
    void wake() {
        wake.release();
    }

    /** Delivery waits for the application: its webhook is not there earlier. */
    @EventListener(ApplicationReadyEvent.class)
    public synchronized void start() {
        if (running) {
            return;
        }
        running = true;
        store.forget(Instant.now().minus(KEPT));
        senders = Executors.newFixedThreadPool(PARALLEL, task -> thread(task, "sandbox-push"));
        dispatcher = thread(this::dispatch, "sandbox-push-dispatcher");
        dispatcher.start();
    }

    @Override
    public synchronized void stop() {
        if (!running) {
            return;
        }
        running = false;
        dispatcher.interrupt();
        try {
            // it hands work to the senders: it ends first
            dispatcher.join(TimeUnit.SECONDS.toMillis(5));
            senders.shutdownNow();
            if (!senders.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("A push of the sandbox is still under way; it is delivered again after the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** The application's readiness starts it. */
    @Override
    public boolean isAutoStartup() {
        return false;
    }

    private void dispatch() {
        while (running) {
            try {
                if (!settings.paused()) {
                    for (Push push : store.due(PARALLEL * 8)) {
                        if (underWay.add(push.id())) {
                            senders.execute(() -> deliver(push));
                        }
                    }
                }
                if (wake.tryAcquire(pause(), TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RejectedExecutionException e) {
                LOG.debug("The sandbox stops; what is left is delivered after the next start", e);
                return;
            } catch (DataAccessException e) {
                if (running) {
                    LOG.warn("The sandbox cannot read its pushes: {}", e.getMessage());
                    await();
                }
            }
        }
    }

    private long pause() {
        long longest = LONGEST_WAIT.toMillis();
        return store.nextDue()
                .map(next -> Math.max(
                        1,
                        Math.min(longest, Duration.between(Instant.now(), next).toMillis() + 1)))
                .orElse(longest);
    }

    private void await() {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            running = false;
        }
    }

    private void deliver(Push push) {
        try {
            // The dispatcher may have read it just before its previous delivery was recorded.
            if (!store.unchanged(push)) {
                return;
            }
            PushSettings now = settings;
            if (push.attempts() == 0 && ThreadLocalRandom.current().nextDouble() < now.loseProbability()) {
                store.lose(push);
                return;
            }
            Attempt attempt = ThreadLocalRandom.current().nextDouble() < now.dropProbability()
                    ? new Attempt(Instant.now(), 0, "dropped", null, 0)
                    : delivery.send(push);
            if (!running && !attempt.acknowledged()) {
                return;
            }
            store.settle(push, attempt);
            for (int i = 0; i < now.duplicates() && attempt.acknowledged(); i++) {
                store.record(push, delivery.send(push));
            }
        } catch (DataAccessException e) {
            if (running) {
                LOG.warn("The sandbox cannot record push {}: {}", push.id(), e.getMessage());
            }
        } finally {
            underWay.remove(push.id());
            wake();
        }
    }

    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
