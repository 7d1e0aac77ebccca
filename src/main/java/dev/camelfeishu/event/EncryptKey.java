package dev.camelfeishu.event;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One Encrypt Key: decrypts bodies and knows their signature. AES-256-CBC, the key being the SHA-256 of the Encrypt Key, the
 * first 16 bytes the initialisation vector, PKCS#7 padding.
 */
final class EncryptKey {

    private static final int BLOCK = 16;

    private final byte[] key;
    private final SecretKeySpec aes;

    // the padding is checked below, not by the provider, whose failure would be told apart by its exception; finding a
    // provider costs more than decrypting an event
    private final ThreadLocal<Cipher> cipher = ThreadLocal.withInitial(() -> {
        try {
            return Cipher.getInstance("AES/CBC/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java has no AES in CBC mode", e);
        }
    });

    EncryptKey(String key) {
        this.key = key.getBytes(StandardCharsets.UTF_8);
        this.aes = new SecretKeySpec(Signature.digest(Signature.SHA_256).digest(this.key), "AES");
    }

    boolean signed(Signature signature, byte[] body) {
        return signature.isOf(Signature.SHA_256, key, body);
    }

    /** The plain bytes, or nothing when they were not encrypted with this key. */
    Optional<byte[]> decrypt(String base64) {
        byte[] raw;
        try {
            raw = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (raw.length < 2 * BLOCK || raw.length % BLOCK != 0) {
            return Optional.empty();
        }
        try {
            Cipher aesCbc = cipher.get();
            aesCbc.init(Cipher.DECRYPT_MODE, aes, new IvParameterSpec(raw, 0, BLOCK));
            return unpadded(aesCbc.doFinal(raw, BLOCK, raw.length - BLOCK));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES in CBC mode failed", e);
        }
    }

    /** Looks at the whole last block whatever the padding says, so that time does not tell what was wrong with it. */
    private static Optional<byte[]> unpadded(byte[] padded) {
        int length = padded[padded.length - 1] & 0xff;
        int wrong = (length - 1) & ~0xf;
        for (int i = 0; i < BLOCK; i++) {
            int inPadding = (i - length) >> 31;
            wrong |= inPadding & (padded[padded.length - 1 - i] ^ length) & 0xff;
        }
        return wrong == 0 ? Optional.of(Arrays.copyOf(padded, padded.length - length)) : Optional.empty();
    }

    @Override
    public String toString() {
        return "EncryptKey";
    }
}
