package dev.camelfeishu.openapi;

import java.io.IOException;
import java.time.Duration;

/** What one sending of a call came to. */
sealed interface Reply {

    /** Feishu did it. */
    record Success(ApiResponse response) implements Reply {}

    /** Feishu sends a file; its receiver closes it. */
    record File(Download download) implements Reply {}

    /**
     * Feishu did not do it, or nobody can tell.
     *
     * @param httpStatus HTTP status, 0 when no answer came
     * @param code Feishu's code, 0 when no answer of Feishu came
     * @param text what came back, for people, fit for a message
     * @param logId Feishu's log id, or null
     * @param reaction what it asks of the caller
     * @param hint one sentence saying what to do
     * @param retryAfter how long Feishu says to wait, or null
     * @param cause why no answer came, or null
     */
    record Failure(
            int httpStatus,
            int code,
            String text,
            String logId,
            Reaction reaction,
            String hint,
            Duration retryAfter,
            IOException cause)
            implements Reply {}
}
