package dev.camelfeishu.sandbox.push;

import java.time.Instant;

/**
 * One delivery of a push.
 *
 * @param status HTTP status, or the acknowledgement's code on the long connection; 0 when there was no answer
 * @param outcome {@code acknowledged}, {@code status} for another one than 200, {@code timeout}, {@code no connection},
 *     {@code no answer}, {@code interrupted} or {@code dropped}
 * @param answer the answer's body, or null
 */
public record Attempt(Instant at, int status, String outcome, String answer, long durationMs) {
    boolean acknowledged() {
        return outcome.equals("acknowledged");
    }
}
