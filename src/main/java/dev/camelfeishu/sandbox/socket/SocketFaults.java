package dev.camelfeishu.sandbox.socket;

import java.util.Optional;

/** Failures of the long connection, made on purpose. */
public final class SocketFaults {

    /**
     * A refusal.
     *
     * @param code of the discovery's answer, or {@code handshake-status}
     * @param authErrCode {@code handshake-autherrcode}, 0 for none
     * @param times how often more
     */
    record Refused(int code, long authErrCode, int times) {}

    private boolean noPong;
    private Refused discovery;
    private Refused handshake;

    synchronized boolean noPong() {
        return noPong;
    }

    synchronized void noPong(boolean wanted) {
        noPong = wanted;
    }

    synchronized void refuseDiscovery(Refused refused) {
        discovery = refused;
    }

    synchronized void refuseHandshake(Refused refused) {
        handshake = refused;
    }

    synchronized Optional<Refused> nextDiscovery() {
        Refused now = discovery;
        discovery = less(now);
        return Optional.ofNullable(now);
    }

    synchronized Optional<Refused> nextHandshake() {
        Refused now = handshake;
        handshake = less(now);
        return Optional.ofNullable(now);
    }

    synchronized void clear() {
        noPong = false;
        discovery = null;
        handshake = null;
    }

    private static Refused less(Refused refused) {
        return refused == null || refused.times() <= 1
                ? null
                : new Refused(refused.code(), refused.authErrCode(), refused.times() - 1);
    }
}
