package dev.camelfeishu.connector;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Proof that a Base has sent a request: {@code X-Base-Signature} is the SHA-1 of {@code timestamp + nonce + secret + body}, lower
 * case hex. A request is taken for five minutes only.
 */
final class BaseSignature {

    static final Duration WINDOW = Duration.ofSeconds(300);

    private static final int LONGEST_NONCE = 128;

    private final List<String> secrets;
    private final Clock clock;

    /** @param secrets one, or two while rotating */
    BaseSignature(List<String> secrets, Clock clock) {
        this.secrets = List.copyOf(secrets);
        this.clock = clock;
    }

    /** Why the request is none of a Base's; empty when it is. */
    Optional<String> refusal(byte[] body, UnaryOperator<String> headers) {
        var timestamp = headers.apply("X-Base-Request-Timestamp");
        var nonce = headers.apply("X-Base-Request-Nonce");
        var signature = headers.apply("X-Base-Signature");
        if (timestamp == null || nonce == null || signature == null) {
            return Optional.of("the request is not signed");
        }
        if (nonce.length() > LONGEST_NONCE || !timestamp.matches("\\d{10}|\\d{13}")) {
            return Optional.of("the signature's timestamp or nonce is malformed");
        }
        var given = signature.getBytes(StandardCharsets.UTF_8);
        var right = false;
        for (var secret : secrets) {
            right |= MessageDigest.isEqual(
                    given, sign(timestamp, nonce, secret, body).getBytes(StandardCharsets.UTF_8));
        }
        if (!right) {
            return Optional.of("the signature is wrong");
        }
        var number = Long.parseLong(timestamp);
        var sent = timestamp.length() == 10 ? Instant.ofEpochSecond(number) : Instant.ofEpochMilli(number);
        return Duration.between(sent, clock.instant()).abs().compareTo(WINDOW) > 0
                ? Optional.of("the signature is older than " + WINDOW.toSeconds() + " s, or a clock is wrong")
                : Optional.empty();
    }

    static String sign(String timestamp, String nonce, String secret, byte[] body) {
        try {
            var sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update((timestamp + nonce + secret).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha1.digest(body));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
