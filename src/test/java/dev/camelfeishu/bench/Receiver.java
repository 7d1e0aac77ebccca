package dev.camelfeishu.bench;

import java.time.Duration;

/** Somebody who receives events on a port of this machine. */
interface Receiver extends AutoCloseable {

    String name();

    int port();

    /** Processor time it has used, that of its database included. */
    Duration processorTime();

    @Override
    void close();
}
