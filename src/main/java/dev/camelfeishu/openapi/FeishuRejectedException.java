package dev.camelfeishu.openapi;

/** A call that Feishu refuses for a reason that repeating it does not change. */
public final class FeishuRejectedException extends FeishuException {

    private static final long serialVersionUID = 1L;

    public FeishuRejectedException(
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
