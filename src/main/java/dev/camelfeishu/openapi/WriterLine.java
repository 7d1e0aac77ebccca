package dev.camelfeishu.openapi;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One writer at a time for each Base and for the members of each group: the platform refuses concurrent ones (1254291, 1254112,
 * 232019), also of two tables of which one links to the other. Within this process; a writer elsewhere comes back as such a refusal, which is waited for.
 */
final class WriterLine {

    private static final String UNDER_A_TABLE = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id";
    private static final String MEMBERS = "/open-apis/im/v1/chats/:chat_id/members";

    /** A place at the head of the line; closing it lets the next writer in. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    private static final class Line {
        private final WaitingLine<Waiter> waiting = new WaitingLine<>();
        private int standing;
        private boolean taken;
    }

    private record Waiter(long arrival, CountDownLatch admitted) implements Comparable<Waiter> {
        @Override
        public int compareTo(Waiter other) {
            return Long.compare(arrival, other.arrival);
        }
    }

    private final Map<String, Line> lines = new ConcurrentHashMap<>();

    /** What a call writes to that takes one writer only, or null. */
    static String written(Endpoint endpoint, Map<String, String> variables, boolean reading) {
        if (reading) {
            return null;
        }
        var path = endpoint.path();
        if (path.equals(UNDER_A_TABLE) || path.startsWith(UNDER_A_TABLE + "/")) {
            return "Base " + variables.get("app_token");
        }
        return path.startsWith(MEMBERS) ? "members of group " + variables.get("chat_id") : null;
    }

    /**
     * Waits for the head of the line.
     *
     * @param arrival its place among the waiting calls of its priority, unlike every other's
     * @return null when the deadline passes before
     */
    Place enter(String written, Priority priority, long arrival, Deadline deadline) throws InterruptedException {
        var line = lines.compute(written, (w, known) -> {
            var joined = known == null ? new Line() : known;
            joined.standing++;
            return joined;
        });
        var entered = false;
        try {
            entered = enter(line, priority, arrival, deadline);
        } finally {
            if (!entered) {
                forget(written);
            }
        }
        return entered ? () -> leave(written, line) : null;
    }

    private boolean enter(Line line, Priority priority, long arrival, Deadline deadline) throws InterruptedException {
        var waiter = new Waiter(arrival, new CountDownLatch(1));
        synchronized (line) {
            if (!line.taken) {
                line.taken = true;
                return true;
            }
            line.waiting.add(priority, waiter);
        }
        try {
            if (waiter.admitted.await(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
                return true;
            }
        } catch (InterruptedException e) {
            if (withdrawn(line, priority, waiter)) {
                throw e;
            }
            // its turn came in the same moment: the call is made, and meets the interruption at its next wait
            Thread.currentThread().interrupt();
            return true;
        }
        return !withdrawn(line, priority, waiter);
    }

    /** Takes a waiter out of the line; false when its turn has come already. */
    private static boolean withdrawn(Line line, Priority priority, Waiter waiter) {
        synchronized (line) {
            if (waiter.admitted.getCount() == 0) {
                return false;
            }
            line.waiting.remove(priority, waiter);
            return true;
        }
    }

    private void leave(String written, Line line) {
        synchronized (line) {
            var next = line.waiting.next(waiter -> true);
            if (next == null) {
                line.taken = false;
            } else {
                next.admitted.countDown();
            }
        }
        forget(written);
    }

    /** Lines with somebody in them. */
    int size() {
        return lines.size();
    }

    /** How many stand in a line, the one at its head included. */
    int standing(String written) {
        var line = lines.get(written);
        return line == null ? 0 : line.standing;
    }

    private void forget(String written) {
        lines.computeIfPresent(written, (w, line) -> --line.standing == 0 ? null : line);
    }
}
