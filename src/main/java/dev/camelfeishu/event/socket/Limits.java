package dev.camelfeishu.event.socket;

import java.time.Duration;

/**
 * Bounds of a connection that the platform does not set.
 *
 * @param connect for the discovery, and again for the handshake
 * @param pong from a ping to its pong; a silent connection is noticed within the ping interval and this
 * @param answer until a frame is acknowledged, with 500 when it is not stored by then; the platform waits 3 s
 * @param firstWait the first back-off; doubled with each failure
 * @param slowRetry between attempts while a person has to mend something
 * @param parts how long the parts of a split message wait for each other
 * @param farewell for the platform's answer to our close
 * @param inFlight messages taken and not acknowledged yet; the next is read when one of them is
 */
record Limits(
        Duration connect,
        Duration pong,
        Duration answer,
        Duration firstWait,
        Duration slowRetry,
        Duration parts,
        Duration farewell,
        int inFlight) {

    static final Limits DEFAULT = new Limits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofMillis(2_500),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofSeconds(2),
            64);
}
