package dev.camelfeishu.sync;

/** An overwritten value cannot be brought back; the message says why. */
public final class UndoRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String current;

    /** @param current what the side holds now, canonical; null when it is empty or was not looked at */
    public UndoRefusedException(String message, String current) {
        super(message);
        this.current = current;
    }

    /** What the side holds now, canonical; null when it is empty or was not looked at. */
    public String current() {
        return current;
    }
}
