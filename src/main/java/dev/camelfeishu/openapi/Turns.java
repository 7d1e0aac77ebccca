package dev.camelfeishu.openapi;

import java.time.Duration;
import java.util.Map;

/**
 * Says when a call may be sent, so that the platform's limits are met by waiting here and not by being refused there.
 * Implementations are thread safe and do not block.
 */
public interface Turns {

    /**
     * Takes the next turn of an endpoint, if it comes soon enough.
     *
     * @param endpoint what is called
     * @param variables its path variables, not encoded
     * @param request the call
     * @param patience the longest the caller waits
     * @return how long to wait before sending; when it is longer than the patience, no turn was taken
     */
    Duration take(Endpoint endpoint, Map<String, String> variables, ApiRequest request, Duration patience);
}
