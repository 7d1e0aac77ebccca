package dev.camelfeishu.sandbox.push;

import java.util.Map;

/**
 * A push as it is sent, the same each time.
 *
 * @param kind EVENT or CALLBACK
 * @param plain the JSON inside, as it goes over the long connection
 * @param body the bytes of a webhook's request, as text
 * @param headers header fields besides Content-Type
 */
public record Push(
        long id, String kind, String type, String plain, String body, Map<String, String> headers, int attempts) {
    public static final String EVENT = "EVENT";
    public static final String CALLBACK = "CALLBACK";
}
