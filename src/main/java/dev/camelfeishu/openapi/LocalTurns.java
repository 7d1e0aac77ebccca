package dev.camelfeishu.openapi;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Says when the calls of one app in one tenant may be sent, so that the platform's limits are met by waiting here and not by
 * being refused there: the published rates of each endpoint, and those of the chat, user, card or custom bot it is aimed at.
 * Who waits longest goes first among calls of one {@link Priority}. Counted in this process; what other processes of the same
 * app use up comes back as a refusal, and the pace adapts to it. Thread safe.
 */
public final class LocalTurns {

    /** So many targets are remembered at least; of more, one that is idle is forgotten for each new one. */
    private static final int TARGETS = 100;

    /** Refusals that mean the target and not the endpoint: messages, members of a group, tables of a Base. */
    private static final Set<Integer> OF_TARGET =
            Set.of(11232, 11233, 230020, 232019, 1254112, 1254290, 1254291, 1254607);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, EndpointLine> lines = new HashMap<>();
    private final Map<String, Bucket> targets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > TARGETS && eldest.getValue().isIdle(System.nanoTime());
        }
    };

    /** A turn that was taken: the call may be sent. */
    final class Turn {
        private final Bucket endpoint;
        private final Bucket target;
        private final Duration waited;

        private Turn(Bucket endpoint, Bucket target, Duration waited) {
            this.endpoint = endpoint;
            this.target = target;
            this.waited = waited;
        }

        /** How long it was waited for. */
        Duration waited() {
            return waited;
        }

        /** The platform did not refuse the call for its rate. */
        void accepted() {
            lock.lock();
            try {
                endpoint.accepted();
                if (target != null) {
                    target.accepted();
                }
            } finally {
                lock.unlock();
            }
        }

        /**
         * The platform refused the call for its rate.
         *
         * @param code which limit it met
         * @param reset how long the platform says to wait, or null
         */
        void refused(int code, Duration reset) {
            lock.lock();
            try {
                (target != null && OF_TARGET.contains(code) ? target : endpoint).refused(System.nanoTime(), reset);
            } finally {
                lock.unlock();
            }
        }
    }

    /** One caller that waits. */
    private static final class Waiter implements Comparable<Waiter> {
        private final long arrival;
        private final Bucket target;
        private final Condition admitted;
        private boolean goes;

        Waiter(long arrival, Bucket target, Condition admitted) {
            this.arrival = arrival;
            this.target = target;
            this.admitted = admitted;
        }

        @Override
        public int compareTo(Waiter other) {
            return Long.compare(arrival, other.arrival);
        }
    }

    /** Those who wait for one endpoint. One of them, the watcher, wakes when the next may go; the others sleep. */
    private static final class EndpointLine {
        private final Bucket bucket;
        private final WaitingLine<Waiter> waiting = new WaitingLine<>();
        private Waiter watcher;
        private long watcherWakes;
        /** When somebody may go next, as far as is known. */
        private long next;

        EndpointLine(List<Rate> rates) {
            this.bucket = new Bucket(rates);
        }

        /** Lets go whoever may. */
        void admit(long now) {
            while (!waiting.isEmpty()) {
                next = bucket.free(now);
                if (next - now > 0) {
                    return;
                }
                next = now + Duration.ofDays(1).toNanos();
                var waiter = waiting.next(candidate -> {
                    var free = candidate.target == null ? now : candidate.target.free(now);
                    next = free - next < 0 ? free : next;
                    return free - now <= 0;
                });
                if (waiter == null) {
                    return;
                }
                bucket.use(now);
                if (waiter.target != null) {
                    waiter.target.use(now);
                }
                waiter.goes = true;
                waiter.admitted.signal();
            }
        }
    }

    /**
     * Waits for a turn.
     *
     * @param endpoint what is called
     * @param variables its path variables, not encoded
     * @param request the call
     * @param arrival its place among the waiting calls of its priority, unlike every other's
     * @param patience the longest the caller waits
     * @return the turn, or null when there is none in that time; a wait that surely is too long is not begun
     */
    Turn take(Endpoint endpoint, Map<String, String> variables, ApiRequest request, long arrival, Duration patience)
            throws InterruptedException {
        lock.lockInterruptibly();
        try {
            var line = lines.computeIfAbsent(
                    endpoint.name(),
                    name -> new EndpointLine(
                            endpoint.path().equals(Target.CUSTOM_BOT_HOOK) ? List.of() : endpoint.rates()));
            var aim = Target.of(endpoint, variables, request);
            var target = aim == null ? null : targets.computeIfAbsent(aim.key(), key -> new Bucket(aim.rates()));
            var start = System.nanoTime();
            var end = start + patience.toNanos();
            if (line.bucket.free(start) - end > 0 || target != null && target.free(start) - end > 0) {
                return null;
            }
            var waiter = new Waiter(arrival, target, lock.newCondition());
            line.waiting.add(request.priority(), waiter);
            if (target != null) {
                target.await();
            }
            try {
                return await(line, waiter, end)
                        ? new Turn(line.bucket, target, Duration.ofNanos(System.nanoTime() - start))
                        : null;
            } finally {
                line.waiting.remove(request.priority(), waiter);
                if (target != null) {
                    target.leave();
                }
                if (line.watcher == null && !line.waiting.isEmpty()) {
                    line.waiting.any().admitted.signal();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many calls wait. */
    int waiting() {
        lock.lock();
        try {
            return lines.values().stream().mapToInt(line -> line.waiting.size()).sum();
        } finally {
            lock.unlock();
        }
    }

    private static boolean await(EndpointLine line, Waiter waiter, long end) throws InterruptedException {
        while (true) {
            var now = System.nanoTime();
            line.admit(now);
            if (waiter.goes) {
                return true;
            }
            if (now - end >= 0) {
                return false;
            }
            var wakes = line.next - end < 0 ? line.next : end;
            if (line.watcher == null || wakes - line.watcherWakes < 0) {
                line.watcher = waiter;
                line.watcherWakes = wakes;
            }
            try {
                waiter.admitted.awaitNanos((line.watcher == waiter ? wakes : end) - now);
            } finally {
                if (line.watcher == waiter) {
                    line.watcher = null;
                }
            }
        }
    }
}
