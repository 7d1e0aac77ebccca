package dev.camelfeishu.bench;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * At a fixed rate, whatever the receiver does. Times are counted from when an event was due, so that an event which had to
 * wait for a connection shows it.
 */
final class OpenLoop implements LoadGenerator.Plan {

    private final int first;
    private final int end;
    private final double nanosBetween;
    private final Histogram micros = new Histogram(600_000_000, 3);
    private final Map<Integer, Long> others = new TreeMap<>();
    private int next;
    private int open;
    private long begun;
    private long begunMillis;

    OpenLoop(int first, int end, int perSecond) {
        this.first = first;
        this.next = first;
        this.end = end;
        this.nanosBetween = 1e9 / perSecond;
    }

    @Override
    public int next(long now) {
        if (begun == 0) {
            begun = now;
            begunMillis = System.currentTimeMillis();
        }
        if (next == end || due(next) > now) {
            return NONE;
        }
        open++;
        return next++;
    }

    private long due(int event) {
        return begun + (long) ((event - first) * nanosBetween);
    }

    /** By the clock of this machine. */
    double dueMillis(int event) {
        return begunMillis + (event - first) * nanosBetween / 1e6;
    }

    @Override
    public void answered(int event, int status, long sent, long now) {
        open--;
        if (status == 200) {
            micros.recordValue(Math.min((now - due(event)) / 1_000, 600_000_000));
        } else {
            others.merge(status, 1L, Long::sum);
        }
    }

    int nextEvent() {
        return next;
    }

    @Override
    public boolean isOver() {
        return next == end && open == 0;
    }

    Histogram micros() {
        return micros;
    }

    Map<Integer, Long> others() {
        return others;
    }
}
