package dev.camelfeishu.ops.apply;

import java.time.Instant;

/**
 * A change of routes, as it is written down.
 *
 * @param subject the file; the route for START and STOP
 * @param message what was wrong, a line for each thing; "" when nothing was
 * @param before the file as it was running, null when there was none
 * @param after the file as it was wanted, null when it was to go
 */
public record RouteChange(
        Instant at,
        String operator,
        String node,
        Action action,
        String subject,
        Outcome outcome,
        String message,
        String before,
        String after) {

    /** What was asked for. */
    public enum Action {
        APPLY,
        ROLLBACK,
        REMOVE,
        START,
        STOP
    }

    /** What became of it. */
    public enum Outcome {
        /** The routes run as wanted. */
        DONE,
        /** Nothing was touched. */
        REFUSED,
        /** The routes were replaced and did not start; those from before run again. */
        TAKEN_BACK
    }

    public boolean isDone() {
        return outcome == Outcome.DONE;
    }
}
