package dev.camelfeishu.openapi;

/** What an error code asks of the caller. */
public enum Reaction {
    /** Too many calls: refused before it had an effect; wait and repeat. */
    WAIT_FOR_RATE(true),
    /** Something else is under way: refused before it had an effect; repeat shortly, with the same key. */
    WAIT_SHORTLY(true),
    /** Trouble at the server: it may have had its effect; repeat only where that is safe. */
    SERVER_TROUBLE(false),
    /** The token is not valid: refused before it had an effect; take a new one and repeat once. */
    REFRESH_TOKEN(true),
    /** The effect may be there already, from this call or an earlier one: read before repeating. */
    LOOK_FIRST(false),
    /** Repeating it does not help. */
    NEVER(true);

    private final boolean withoutEffect;

    Reaction(boolean withoutEffect) {
        this.withoutEffect = withoutEffect;
    }

    /** Whether the call surely had no effect. */
    public boolean withoutEffect() {
        return withoutEffect;
    }
}
