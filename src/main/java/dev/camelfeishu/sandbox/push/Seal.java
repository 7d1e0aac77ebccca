package dev.camelfeishu.sandbox.push;

import dev.camelfeishu.sandbox.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Encryption and signatures of pushes. */
public final class Seal {
    private Seal() {}

    /**
     * AES-256-CBC with the SHA-256 of the Encrypt Key; the initialisation vector stands before the cipher text.
     *
     * @param iv 16 random bytes
     * @return base64
     */
    public static String encrypt(String encryptKey, byte[] iv, String plain) {
        try {
            byte[] key = digest("SHA-256", encryptKey.getBytes(StandardCharsets.UTF_8));
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
            byte[] encrypted = cipher.doFinal(plain.getBytes(StandardCharsets.UTF_8));
            byte[] all = new byte[iv.length + encrypted.length];
            System.arraycopy(iv, 0, all, 0, iv.length);
            System.arraycopy(encrypted, 0, all, iv.length, encrypted.length);
            return Base64.getEncoder().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-CBC is not available", e);
        }
    }

    /** The body of an encrypted push. */
    public static String envelope(String encrypted) {
        return Json.write(Json.object().put("encrypt", encrypted));
    }

    /** {@code X-Lark-Signature} of events and new callbacks: SHA-256 with the Encrypt Key. */
    public static String signature(String timestamp, String nonce, String encryptKey, String body) {
        return hex("SHA-256", timestamp + nonce + encryptKey + body);
    }

    /** {@code X-Lark-Signature} of the old card callback: SHA-1 with the Verification Token. */
    public static String oldCardSignature(String timestamp, String nonce, String verificationToken, String body) {
        return hex("SHA-1", timestamp + nonce + verificationToken + body);
    }

    private static String hex(String algorithm, String text) {
        return HexFormat.of().formatHex(digest(algorithm, text.getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(algorithm + " is not available", e);
        }
    }
}
