package dev.camelfeishu.openapi;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** One writer at a time for each Bitable table, first come first served: the platform refuses concurrent writes (1254291). */
final class TableLine {

    private static final String UNDER_A_TABLE = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id";

    /** A table of a Base. */
    record Table(String appToken, String tableId) {}

    /** A place at the head of the line; closing it lets the next writer in. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    private static final class Line {
        private final ReentrantLock head = new ReentrantLock(true);
        private int standing;
    }

    private final Map<Table, Line> lines = new ConcurrentHashMap<>();

    /** The table a call writes to, or null when it writes to none. */
    static Table written(Endpoint endpoint, Map<String, String> variables, boolean reading) {
        var under = endpoint.path().equals(UNDER_A_TABLE) || endpoint.path().startsWith(UNDER_A_TABLE + "/");
        return under && !reading ? new Table(variables.get("app_token"), variables.get("table_id")) : null;
    }

    /** Waits for the head of the table's line; null when the deadline passes before. */
    Place enter(Table table, Deadline deadline) throws InterruptedException {
        var line = lines.compute(table, (t, known) -> {
            var joined = known == null ? new Line() : known;
            joined.standing++;
            return joined;
        });
        var entered = false;
        try {
            entered = line.head.tryLock(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            if (!entered) {
                leave(table);
            }
        }
        if (!entered) {
            return null;
        }
        return () -> {
            line.head.unlock();
            leave(table);
        };
    }

    /** Lines with somebody in them. */
    int size() {
        return lines.size();
    }

    private void leave(Table table) {
        lines.computeIfPresent(table, (t, line) -> --line.standing == 0 ? null : line);
    }
}
