package dev.camelfeishu.sync;

/** A {@link RowTransform} forbids that a row is written, either way. The row is parked with the reason, and not tried again. */
public final class RowVetoedException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 500;

    /** @param reason for a person; it is cut after 500 characters */
    public RowVetoedException(String reason) {
        super(Cycle.printable(reason.length() > LONGEST ? reason.substring(0, LONGEST) + "…" : reason));
    }
}
