package dev.camelfeishu.openapi;

/** A call that may succeed when it is repeated later. */
public final class FeishuRetryableException extends FeishuException {

    private static final long serialVersionUID = 1L;

    public FeishuRetryableException(
            String message,
            int httpStatus,
            int code,
            String logId,
            String hint,
            boolean outcomeUnknown,
            Throwable cause) {
        super(message, httpStatus, code, logId, hint, outcomeUnknown, cause);
    }
}
