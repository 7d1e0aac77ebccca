package dev.camelfeishu.sandbox.push;

/** The way to a client that has connected by itself. */
public interface LongConnection {
    /** Whether the console has it that a push of this kind goes this way, and not to the request URL. */
    boolean carries(Push push);

    /** Delivers to one of the clients, and waits up to 3 s. */
    Attempt send(Push push);
}
