package dev.camelfeishu.openapi;

/**
 * A call to Feishu that did not succeed. Its message names the cause and what to do; it never holds a secret.
 * The two subclasses let a route tell "try later" from "never".
 */
public abstract sealed class FeishuException extends RuntimeException
        permits FeishuRetryableException, FeishuRejectedException {

    private static final long serialVersionUID = 1L;

    private final int httpStatus;
    private final int code;
    private final String logId;
    private final String hint;
    private final boolean outcomeUnknown;

    /**
     * @param message what was called, what came back and what to do, for people: it holds the hint
     * @param httpStatus HTTP status, 0 when no answer came
     * @param code Feishu's code, 0 when no answer came
     * @param logId Feishu's log id, or null
     * @param hint one sentence saying what to do, or null
     * @param outcomeUnknown whether the call may have had its effect all the same
     */
    protected FeishuException(
            String message,
            int httpStatus,
            int code,
            String logId,
            String hint,
            boolean outcomeUnknown,
            Throwable cause) {
        super(message, cause);
        this.httpStatus = httpStatus;
        this.code = code;
        this.logId = logId;
        this.hint = hint;
        this.outcomeUnknown = outcomeUnknown;
    }

    public int httpStatus() {
        return httpStatus;
    }

    public int code() {
        return code;
    }

    public String logId() {
        return logId;
    }

    public String hint() {
        return hint;
    }

    public boolean outcomeUnknown() {
        return outcomeUnknown;
    }
}
