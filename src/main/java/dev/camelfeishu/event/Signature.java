package dev.camelfeishu.event;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** The three headers of a signed request: the lower-case hex of a digest over timestamp, nonce, a secret and the raw body. */
record Signature(String timestamp, String nonce, String value) {

    static final String SHA_256 = "SHA-256";
    static final String SHA_1 = "SHA-1";

    /** Null when any of the three is missing: the request is unsigned. */
    static Signature of(Headers headers) {
        String timestamp = headers.first("X-Lark-Request-Timestamp");
        String nonce = headers.first("X-Lark-Request-Nonce");
        String value = headers.first("X-Lark-Signature");
        return timestamp == null || nonce == null || value == null || value.isEmpty()
                ? null
                : new Signature(timestamp, nonce, value);
    }

    /** Compared in constant time. */
    boolean isOf(String algorithm, byte[] secret, byte[] body) {
        MessageDigest digest = digest(algorithm);
        digest.update(timestamp.getBytes(StandardCharsets.UTF_8));
        digest.update(nonce.getBytes(StandardCharsets.UTF_8));
        digest.update(secret);
        byte[] expected = HexFormat.of().formatHex(digest.digest(body)).getBytes(StandardCharsets.US_ASCII);
        return MessageDigest.isEqual(expected, value.getBytes(StandardCharsets.UTF_8));
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java has no " + algorithm, e);
        }
    }
}
