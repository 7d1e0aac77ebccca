package dev.camelfeishu.event;

import java.util.List;

/**
 * What a lane does in one go: the oldest deliveries of one subscription and key, in their order, under one lease. Several at
 * once, because a key that has many would else need a claim for each.
 */
final class Turn {

    private final List<Claimed> deliveries;
    private volatile boolean begun;
    private volatile boolean lost;

    /** @param deliveries at least one */
    Turn(List<Claimed> deliveries) {
        this.deliveries = List.copyOf(deliveries);
    }

    List<Claimed> deliveries() {
        return deliveries;
    }

    long lease() {
        return deliveries.get(0).lease();
    }

    String subscription() {
        return deliveries.get(0).delivery().subscription();
    }

    /** A lane has it. */
    void begin() {
        begun = true;
    }

    boolean isBegun() {
        return begun;
    }

    /** The lease is another's: what is left of the turn is not ours to begin. */
    void lose() {
        lost = true;
    }

    boolean isLost() {
        return lost;
    }
}
