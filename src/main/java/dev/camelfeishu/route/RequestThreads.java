package dev.camelfeishu.route;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of the main port: two for each core, and one more for each that is held up. Tomcat's own pool has a thread for each
 * request that is under way, and wakes one when it comes and one when its answer goes; a webhook's work is short and never waits,
 * and with many connections the waking would cost as much as the work.
 */
final class RequestThreads extends ThreadPoolExecutor {

    /** What takes longer waits for something: a database, Feishu, a slow sender. */
    private static final long LONG_MILLIS = 20;

    private final int usual;
    private final int most;
    /** Since when each thread has been at what it does. */
    private final Map<Thread, Long> begun = new ConcurrentHashMap<>();

    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "http-watch"));

    /** @param most threads, however many are held up */
    RequestThreads(int usual, int most) {
        super(Math.min(usual, most), most, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        this.usual = Math.min(usual, most);
        this.most = most;
        AtomicInteger number = new AtomicInteger();
        setThreadFactory(task -> daemon(task, "http-" + number.incrementAndGet()));
        watch.scheduleWithFixedDelay(this::resize, LONG_MILLIS, LONG_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    protected void beforeExecute(Thread thread, Runnable task) {
        begun.put(thread, System.nanoTime());
    }

    @Override
    protected void afterExecute(Runnable task, Throwable failure) {
        begun.remove(Thread.currentThread());
    }

    private void resize() {
        long now = System.nanoTime();
        long heldUp = begun.values().stream()
                .filter(since -> now - since > TimeUnit.MILLISECONDS.toNanos(LONG_MILLIS))
                .count();
        int size = (int) Math.min(most, usual + heldUp);
        if (size != getCorePoolSize()) {
            setCorePoolSize(size);
        }
    }

    @Override
    protected void terminated() {
        watch.shutdownNow();
    }
}
