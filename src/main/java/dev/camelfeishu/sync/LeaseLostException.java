package dev.camelfeishu.sync;

/** Another worker holds the lease of the pair now: this one must stop without a further effect. */
public final class LeaseLostException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public LeaseLostException(String pair) {
        super("The lease of pair " + pair + " went to another worker; this cycle ends without a further effect.");
    }
}
