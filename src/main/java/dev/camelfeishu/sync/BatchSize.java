package dev.camelfeishu.sync;

/**
 * How many records go into one call: as many as declared until Feishu says that it was too much, then half of that, and a little
 * more with each full batch that it takes. The pause between calls is the gate's, which spreads them when Feishu refuses some.
 */
final class BatchSize {

    static final int LEAST = 50;

    private final int most;
    private int size;

    BatchSize(int most) {
        this.most = most;
        this.size = most;
    }

    synchronized int now() {
        return size;
    }

    /** A call with so many records was refused for its size, or took Feishu too long. */
    synchronized void tooLarge(int records) {
        size = Math.max(LEAST, Math.min(size, records) / 2);
    }

    /** A call with so many records went through. */
    synchronized void accepted(int records) {
        if (records >= size) {
            size = Math.min(most, size + LEAST);
        }
    }
}
