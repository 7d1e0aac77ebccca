package dev.camelfeishu.approval;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * The uuid of a request's instance: a name-based UUID (version 5) of the request id. Feishu compares uuids without regard to
 * case; this one is hexadecimal, so that two request ids that differ in case only still get two uuids that differ.
 */
final class RequestUuid {

    /** Own namespace. It must never change: a request submitted before would be submitted again. */
    private static final UUID NAMESPACE = UUID.fromString("6f0d4c1e-6c0a-5b57-9d0c-2f6b1a3c8e41");

    private RequestUuid() {}

    static String of(String requestId) {
        if (requestId == null || requestId.isBlank()) {
            throw new IllegalArgumentException("a request needs an id");
        }
        byte[] hash;
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(ByteBuffer.allocate(16)
                    .putLong(NAMESPACE.getMostSignificantBits())
                    .putLong(NAMESPACE.getLeastSignificantBits())
                    .flip());
            hash = sha1.digest(requestId.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        hash[6] = (byte) (hash[6] & 0x0f | 0x50);
        hash[8] = (byte) (hash[8] & 0x3f | 0x80);
        ByteBuffer bytes = ByteBuffer.wrap(hash);
        return new UUID(bytes.getLong(), bytes.getLong()).toString();
    }
}
