package dev.camelfeishu.openapi;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The moment at which a caller stops waiting, on the monotonic clock. */
record Deadline(long atNanos) {

    /** Long enough for any call, short enough for the monotonic clock's arithmetic. */
    private static final Duration LONGEST = Duration.ofDays(1);

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + (time.compareTo(LONGEST) > 0 ? LONGEST : time).toNanos());
    }

    /** Time left; zero when it has passed. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, atNanos - System.nanoTime()));
    }

    boolean allows(Duration wait) {
        return wait.compareTo(left()) < 0;
    }

    /** Sleeps; the caller has checked that the time is there. */
    static void sleep(Duration wait) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(wait.toNanos());
    }
}
