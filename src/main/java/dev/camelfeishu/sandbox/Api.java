package dev.camelfeishu.sandbox;

/** A family of simulated endpoints. */
public interface Api {
    /** Adds the family's endpoints. Called once, before the server listens. */
    void register(Routes routes);
}
