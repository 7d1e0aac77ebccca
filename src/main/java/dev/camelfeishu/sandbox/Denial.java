package dev.camelfeishu.sandbox;

/** A refusal known by its code: the HTTP status and the message are those of the endpoint's page in the catalog. */
public class Denial extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    public Denial(int code) {
        this(code, "");
    }

    /** @param detail what is wrong with this call, added to the documented message */
    public Denial(int code, String detail) {
        super(detail, null, false, false);
        this.code = code;
    }

    public int code() {
        return code;
    }
}
