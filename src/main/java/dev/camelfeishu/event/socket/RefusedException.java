package dev.camelfeishu.event.socket;

import java.net.http.HttpHeaders;

/**
 * The platform gives no connection. The message is one line: the cause and, where a person can do something about it, what.
 */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int BUSY = 1;
    private static final int FORBIDDEN = 403;
    private static final int AUTH_FAILED = 514;
    private static final int INTERNAL_ERROR = 1000040343;
    private static final int TOO_MANY_CONNECTIONS = 1000040350;

    private final boolean lasting;

    private RefusedException(String message, boolean lasting) {
        super(message, null, false, false);
        this.lasting = lasting;
    }

    /** Whether it stays so until a person mends it. */
    boolean lasting() {
        return lasting;
    }

    /** It may work the next time. */
    static RefusedException passing(String message) {
        return new RefusedException(message, false);
    }

    static RefusedException lasting(String message) {
        return new RefusedException(message, true);
    }

    /** The code of the discovery's answer. */
    static RefusedException code(long code, String msg) {
        String said = " (code " + code + ": " + Text.printable(msg) + ")";
        if (code == BUSY || code == INTERNAL_ERROR) {
            return passing("Feishu is busy" + said);
        }
        if (code == AUTH_FAILED) {
            return lasting(
                    "Feishu does not know this app id with this secret" + said
                            + "; compare FEISHU_APP_ID and FEISHU_APP_SECRET with the developer console, Credentials & Basic Info");
        }
        if (code == FORBIDDEN) {
            return lasting("Feishu allows this app no long connection" + said
                    + "; it must be a self-built app, enabled in its tenant, with a published version");
        }
        if (code == TOO_MANY_CONNECTIONS) {
            return lasting("the app has as many long connections as it may have" + said
                    + "; stop processes that use the same app id, 50 are allowed");
        }
        return lasting("Feishu gives no long connection" + said + "; look the code up in its documentation");
    }

    /** The header fields of a refused handshake. */
    static RefusedException handshake(int httpStatus, HttpHeaders headers) {
        long status = headers.firstValueAsLong("handshake-status").orElse(0);
        if (status == 0) {
            return passing("the handshake was answered with HTTP " + httpStatus);
        }
        long code = headers.firstValueAsLong("handshake-autherrcode").orElse(0);
        String msg = headers.firstValue("handshake-msg").orElse("");
        return code(status == AUTH_FAILED && code == TOO_MANY_CONNECTIONS ? code : status, msg);
    }
}
