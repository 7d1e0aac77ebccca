package dev.camelfeishu.bench;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** As fast as the receiver answers: each connection sends its next event when the last was answered. */
final class ClosedLoop implements LoadGenerator.Plan {

    private final int end;
    private final long length;
    private final Histogram micros = new Histogram(60_000_000, 3);
    private final Map<Integer, Long> others = new TreeMap<>();
    private int next;
    private int open;
    private long begun;
    private long last;
    private long accepted;

    /**
     * @param first the first event
     * @param end the one after the last
     * @param length ends it before that
     */
    ClosedLoop(int first, int end, Duration length) {
        this.next = first;
        this.end = end;
        this.length = length.toNanos();
    }

    @Override
    public int next(long now) {
        if (begun == 0) {
            begun = now;
        }
        if (isDone(now)) {
            return NONE;
        }
        open++;
        return next++;
    }

    private boolean isDone(long now) {
        return next == end || now - begun > length;
    }

    @Override
    public void answered(int event, int status, long sent, long now) {
        open--;
        last = now;
        if (status == 200) {
            accepted++;
            micros.recordValue(Math.min((now - sent) / 1_000, 60_000_000));
        } else {
            others.merge(status, 1L, Long::sum);
        }
    }

    @Override
    public boolean isOver() {
        return begun != 0 && open == 0 && isDone(System.nanoTime());
    }

    int nextEvent() {
        return next;
    }

    long accepted() {
        return accepted;
    }

    double perSecond() {
        return accepted * 1e9 / (last - begun);
    }

    Histogram micros() {
        return micros;
    }

    Map<Integer, Long> others() {
        return others;
    }
}
