package dev.camelfeishu.sync;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/**
 * The Ed25519 keys (RFC 8032) of verification reports: the first signs, each checks what it has signed. A key is known by its id,
 * the first 16 hex digits of the SHA-256 of its public half (X.509 SubjectPublicKeyInfo, DER).
 */
public final class ReportKeys {

    /** No key: reports are chained, not signed. */
    public static final ReportKeys NONE = new ReportKeys(List.of());

    private static final String ED25519 = "Ed25519";
    private static final int MOST = 2;
    private static final int ID_LENGTH = 16;

    /** What the signature of a text is worth. */
    public enum Signed {
        @JsonProperty("valid")
        VALID,
        /** It is not the signature of this text. */
        @JsonProperty("invalid")
        INVALID,
        /** By a key that is not set here. */
        @JsonProperty("unknown-key")
        UNKNOWN_KEY,
        @JsonProperty("no")
        NO
    }

    private record Key(String id, PrivateKey secret, PublicKey open) {}

    private final List<Key> keys;

    private ReportKeys(List<Key> keys) {
        this.keys = keys;
    }

    /**
     * @param setting private keys, PKCS #8 as PEM or its Base64 part alone, one or two separated by a comma; null or blank for none
     * @throws IllegalArgumentException when it is something else; the message does not repeat it
     */
    public static ReportKeys of(String setting) {
        var keys = Stream.ofNullable(setting)
                .flatMap(all -> Stream.of(all.split(",")))
                .filter(one -> !one.isBlank())
                .map(ReportKeys::key)
                .toList();
        if (keys.size() > MOST) {
            throw new IllegalArgumentException("There are more than two keys; two are enough to change it");
        }
        return new ReportKeys(keys);
    }

    private static Key key(String text) {
        var base64 = text.replaceAll("-----(BEGIN|END) PRIVATE KEY-----|\\s", "");
        try {
            var secret = KeyFactory.getInstance(ED25519)
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
            var open = publicHalf(
                    ((EdECPrivateKey) secret).getBytes().orElseThrow(() -> new IllegalArgumentException("no seed")));
            var key = new Key(BucketDigests.hex(open.getEncoded()).substring(0, ID_LENGTH), secret, open);
            if (!holds(key, key.id(), signature(key, key.id()))) {
                throw new IllegalStateException("This Java gives no public half of a key");
            }
            return key;
        } catch (GeneralSecurityException | IllegalArgumentException wrong) {
            // its message may hold a part of the key
            throw new IllegalArgumentException("It is no Ed25519 private key (PKCS #8, PEM or its Base64 part)");
        }
    }

    /** The JDK makes public halves for new keys only; a new key is what the random source gives. */
    private static PublicKey publicHalf(byte[] seed) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance(ED25519);
        generator.initialize(NamedParameterSpec.ED25519, new SecureRandom() {
            private static final long serialVersionUID = 1L;

            @Override
            public void nextBytes(byte[] bytes) {
                System.arraycopy(seed, 0, bytes, 0, bytes.length);
            }
        });
        return generator.generateKeyPair().getPublic();
    }

    /** Id of the key that signs, null when there is none. */
    public String signing() {
        return keys.isEmpty() ? null : keys.get(0).id();
    }

    /** Base64, null when there is no key. */
    String sign(String text) {
        return keys.isEmpty() ? null : signature(keys.get(0), text);
    }

    /**
     * @param signature Base64, or null
     * @param keyId of the key that is said to have made it, or null
     */
    Signed check(String text, String signature, String keyId) {
        if (signature == null) {
            return Signed.NO;
        }
        return keys.stream()
                .filter(key -> key.id().equals(keyId))
                .findFirst()
                .map(key -> holds(key, text, signature) ? Signed.VALID : Signed.INVALID)
                .orElse(Signed.UNKNOWN_KEY);
    }

    private static String signature(Key key, String text) {
        try {
            var signature = Signature.getInstance(ED25519);
            signature.initSign(key.secret());
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static boolean holds(Key key, String text, String signature) {
        try {
            var check = Signature.getInstance(ED25519);
            check.initVerify(key.open());
            check.update(text.getBytes(StandardCharsets.UTF_8));
            return check.verify(Base64.getDecoder().decode(signature));
        } catch (SignatureException | IllegalArgumentException malformed) {
            return false;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The ids only: the rest is secret. */
    @Override
    public String toString() {
        return "ReportKeys" + keys.stream().map(Key::id).toList();
    }
}
