package dev.camelfeishu.openapi;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * When calls that share a limit may go. Within the published rates they go at once, up to the whole rate in a burst. When the
 * platform refuses some all the same (others use the same quota, or the limit is not published) they are spread out: the pace
 * falls by half of the share that was refused, four times a second at most, and rises by a fifth of the rate each second. Not
 * thread safe: its owner locks. Times are of the monotonic clock, in nanoseconds.
 */
final class Bucket {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** Two calls meet the platform's clock later than they left here, one perhaps more so than the other. */
    private static final long JITTER = Duration.ofMillis(50).toNanos();

    private static final long BETWEEN_FALLS = Duration.ofMillis(250).toNanos();
    private static final double RISE_EACH_SECOND = 0.2;
    /** Weight of the newest call in the share of refused ones. */
    private static final double NEWEST = 1.0 / 16;

    private static final double SLOWEST_EACH_SECOND = 0.2;
    /** Where no rate is published, the pace at which calls go after the first refusal. */
    private static final double UNPUBLISHED_EACH_SECOND = 20;

    private final Window[] windows;
    private final double fullPace;
    private boolean paced;
    private double pace;
    private long paceSince;
    private long lastUse;
    private long blockedUntil;
    private boolean blocked;
    private double refusedShare;
    private int waiting;

    /** @param rates all of which hold; none when none is published */
    Bucket(List<Rate> rates) {
        this.windows = rates.stream().map(Window::new).toArray(Window[]::new);
        this.fullPace = rates.stream()
                .mapToDouble(
                        rate -> rate.permits() * (double) SECOND / rate.period().toNanos())
                .max()
                .orElse(UNPUBLISHED_EACH_SECOND);
    }

    /** When the next call may go: now, or later. */
    long free(long now) {
        var free = now;
        for (var window : windows) {
            free = later(free, window.free(now));
        }
        if (blocked) {
            free = later(free, blockedUntil);
        }
        if (paced) {
            var present = pace(now);
            if (present < fullPace) {
                free = later(free, lastUse + (long) (SECOND / present));
            } else {
                paced = false;
            }
        }
        return free;
    }

    void use(long now) {
        for (var window : windows) {
            window.use(now);
        }
        lastUse = now;
        blocked = false;
    }

    /** Somebody begins to wait for it. */
    void await() {
        waiting++;
    }

    /** Somebody no longer waits for it. */
    void leave() {
        waiting--;
    }

    /** A call went through. */
    void accepted() {
        refusedShare -= NEWEST * refusedShare;
    }

    /**
     * A call was refused for its rate.
     *
     * @param reset how long the platform says to wait, or null
     */
    void refused(long now, Duration reset) {
        refusedShare += NEWEST * (1 - refusedShare);
        if (reset != null) {
            var until = now + reset.toNanos() + JITTER;
            blockedUntil = blocked ? later(blockedUntil, until) : until;
            blocked = true;
        }
        if (!paced || now - paceSince >= BETWEEN_FALLS) {
            pace = Math.max(SLOWEST_EACH_SECOND, (paced ? pace(now) : fullPace) * (1 - refusedShare / 2));
            paceSince = now;
            paced = true;
        }
    }

    /** Whether nobody waits for it and forgetting it would let nobody go earlier. */
    boolean isIdle(long now) {
        if (waiting > 0 || paced && pace(now) < fullPace || blocked && blockedUntil - now > 0) {
            return false;
        }
        for (var window : windows) {
            if (!window.isEmpty(now)) {
                return false;
            }
        }
        return true;
    }

    private double pace(long now) {
        return Math.min(fullPace, pace + fullPace * RISE_EACH_SECOND * (now - paceSince) / SECOND);
    }

    private static long later(long a, long b) {
        return a - b > 0 ? a : b;
    }

    /** The last calls of one rate: a new one is free when the oldest of them is a whole period ago. */
    private static final class Window {
        private static final int FIRST_SIZE = 4;

        private final int permits;
        private final long periodNanos;
        /** A ring once it holds as many as are permitted; until then it grows. */
        private long[] used;

        private int oldest;
        private int count;

        Window(Rate rate) {
            this.permits = rate.permits();
            this.periodNanos = rate.period().toNanos() + JITTER;
            this.used = new long[Math.min(permits, FIRST_SIZE)];
        }

        long free(long now) {
            return count < permits ? now : later(now, used[oldest] + periodNanos);
        }

        boolean isEmpty(long now) {
            return count == 0 || now - used[(oldest + count - 1) % count] >= periodNanos;
        }

        void use(long at) {
            if (count == permits) {
                used[oldest] = at;
                oldest = (oldest + 1) % permits;
                return;
            }
            if (count == used.length) {
                used = Arrays.copyOf(used, Math.min(permits, 2 * count));
            }
            used[count++] = at;
        }
    }
}
