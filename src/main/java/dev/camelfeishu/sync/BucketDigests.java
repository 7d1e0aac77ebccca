package dev.camelfeishu.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * What one side holds, in 256 numbers: bucket {@code SHA-256(pair id)[0]}, and in each the sum modulo 2^256 of the SHA-256 of
 * each of its lines {@code [pair id, value, …]} in canonical form. The order of the lines does not matter, so each side is read
 * in the order that suits it. Two sides hold the same exactly when all numbers are equal.
 */
final class BucketDigests {

    static final int BUCKETS = 256;

    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

    private final ObjectMapper mapper;
    private final BigInteger[] buckets = new BigInteger[BUCKETS];

    BucketDigests(ObjectMapper mapper) {
        this.mapper = mapper;
        Arrays.fill(buckets, BigInteger.ZERO);
    }

    static int bucket(UUID pairId) {
        return sha256().digest(pairId.toString().getBytes(StandardCharsets.US_ASCII))[0] & 0xff;
    }

    void add(UUID pairId, List<String> values) {
        var line = mapper.createArrayNode().add(pairId.toString());
        values.forEach(line::add);
        try {
            var digest = new BigInteger(1, sha256().digest(mapper.writeValueAsBytes(line)));
            var bucket = bucket(pairId);
            buckets[bucket] = buckets[bucket].add(digest).mod(MODULUS);
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Lower case hex of 64 digits, by bucket. */
    List<String> finish() {
        return Arrays.stream(buckets).map("%064x"::formatted).toList();
    }

    static String hex(String text) {
        return hex(text.getBytes(StandardCharsets.UTF_8));
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
