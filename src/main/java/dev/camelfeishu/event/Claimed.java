package dev.camelfeishu.event;

import dev.camelfeishu.event.EventJournal.Delivery;

/** A delivery that this process holds the lease of. */
record Claimed(Delivery delivery) {

    long id() {
        return delivery.id();
    }
}
