package dev.camelfeishu.sandbox.base;

/** A refusal known by its code; its HTTP status and message depend on the endpoint. See {@link Documented}. */
final class Denied extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    Denied(int code, String detail) {
        super(detail, null, false, false);
        this.code = code;
    }

    int code() {
        return code;
    }
}
