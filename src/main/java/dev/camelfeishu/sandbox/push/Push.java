package dev.camelfeishu.sandbox.push;

import java.util.Map;

/**
 * A push as it is sent, the same each time.
 *
 * @param kind EVENT or CALLBACK
 * @param body the bytes on the wire, as text
 * @param headers header fields besides Content-Type
 */
record Push(long id, String kind, String body, Map<String, String> headers, int attempts) {
    static final String EVENT = "EVENT";
    static final String CALLBACK = "CALLBACK";
}
