package dev.camelfeishu.event;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Encrypts and signs as the platform does, written from its documentation and not from the code under test. */
record PlatformSender(String encryptKey, String verificationToken) {

    static final String TIMESTAMP = "1700000000";
    static final String NONCE = "n0nce";

    record Request(byte[] body, Map<String, String> headers) {
        Request with(String name, String value) {
            Map<String, String> changed = new TreeMap<>(headers);
            changed.put(name, value);
            return new Request(body, changed);
        }

        Request without(String name) {
            Map<String, String> changed = new TreeMap<>(headers);
            changed.remove(name);
            return new Request(body, changed);
        }

        Request body(byte[] other) {
            return new Request(other, headers);
        }

        Request body(String other) {
            return body(utf8(other));
        }

        Request unsigned() {
            return new Request(body, Map.of());
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Encrypted, signed with SHA-256. */
    Request encrypted(String plain) {
        return signed("{\"encrypt\":\"" + encrypt(utf8(plain)) + "\"}");
    }

    /** The body as it is, signed with SHA-256. */
    Request signed(String body) {
        return request(body, "SHA-256", encryptKey);
    }

    /** The body as it is, signed with SHA-1 as an old card callback. */
    Request oldCard(String body) {
        return request(body, "SHA-1", verificationToken);
    }

    String encrypt(byte[] plain) {
        return encrypt(plain, 16 - plain.length % 16);
    }

    /** With a padding of that many bytes of that value: wrong unless it is the right one. */
    String encrypt(byte[] plain, int padding) {
        byte[] padded = java.util.Arrays.copyOf(plain, plain.length + 16 - plain.length % 16);
        java.util.Arrays.fill(padded, plain.length, padded.length, (byte) padding);
        byte[] iv = utf8("0123456789abcdef");
        try {
            Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(MessageDigest.getInstance("SHA-256").digest(utf8(encryptKey)), "AES"),
                    new IvParameterSpec(iv));
            byte[] secret = cipher.doFinal(padded);
            byte[] raw = java.util.Arrays.copyOf(iv, iv.length + secret.length);
            System.arraycopy(secret, 0, raw, iv.length, secret.length);
            return Base64.getEncoder().encodeToString(raw);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Request request(String body, String algorithm, String secret) {
        try {
            String signature = HexFormat.of()
                    .formatHex(MessageDigest.getInstance(algorithm).digest(utf8(TIMESTAMP + NONCE + secret + body)));
            return new Request(
                    utf8(body),
                    Map.of(
                            "x-lark-request-timestamp", TIMESTAMP,
                            "x-lark-request-nonce", NONCE,
                            "x-lark-signature", signature));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
