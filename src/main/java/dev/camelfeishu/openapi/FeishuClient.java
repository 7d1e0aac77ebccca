package dev.camelfeishu.openapi;

/**
 * The one door to the Open Platform, for one base URL, app and tenant. Thread safe; calls block.
 *
 * <p>A call carries a cached token (refreshed in its last 30 minutes, replayed once on 99991663), waits for its turn where
 * the platform allows one writer (a Bitable table), and is retried until its deadline where that is safe: the call only
 * reads, is idempotent by nature (PUT, PATCH, DELETE), carries the platform's own key ({@code uuid}, {@code client_token}),
 * or was refused before it had an effect (429, 99991400, 1254290, 1254291). A call whose outcome is unknown is repeated only
 * after its look-up ({@link ApiRequest#lookUp}) has shown that it was not carried out.
 */
public interface FeishuClient {

    /**
     * Sends the request and answers its successful response.
     *
     * @throws FeishuRetryableException when it may succeed later; {@link FeishuException#outcomeUnknown()} tells whether it
     *     may have succeeded already
     * @throws FeishuRejectedException when repeating it cannot help
     */
    ApiResponse call(ApiRequest request);

    /**
     * Sends the request and answers the file that comes back, for endpoints whose answer is binary. The deadline of the request
     * ends the waiting for the file's beginning, not its reading.
     *
     * @throws FeishuException as {@link #call}; an answer in JSON is read as the error it is
     * @throws UnsupportedOperationException when this client moves no files
     */
    default Download open(ApiRequest request) {
        throw new UnsupportedOperationException("this client moves no files");
    }
}
