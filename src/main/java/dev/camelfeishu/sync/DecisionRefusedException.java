package dev.camelfeishu.sync;

/** A conflict cannot be decided like that; the message says what to send instead. */
public final class DecisionRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DecisionRefusedException(String message) {
        super(message);
    }
}
