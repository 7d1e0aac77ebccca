package dev.camelfeishu.event;

import dev.camelfeishu.event.EventJournal.Delivery;

/**
 * A delivery of a {@link Turn}.
 *
 * @param lease names the turn's lease: the id of its first delivery
 * @param last whether the turn ends with it
 */
record Claimed(Delivery delivery, long lease, boolean last) {

    long id() {
        return delivery.id();
    }
}
