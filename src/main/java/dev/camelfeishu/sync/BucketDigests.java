package dev.camelfeishu.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * What one side holds, in 256 numbers: bucket {@code SHA-256(pair id)[0]}, and in each the SHA-256 over its lines
 * {@code [pair id, value, …]} in canonical form, in the order they are added. Two sides that are fed in the same order hold the
 * same exactly when all numbers are equal.
 */
final class BucketDigests {

    static final int BUCKETS = 256;

    private final ObjectMapper mapper;
    private final List<MessageDigest> buckets = new ArrayList<>();

    BucketDigests(ObjectMapper mapper) {
        this.mapper = mapper;
        for (var bucket = 0; bucket < BUCKETS; bucket++) {
            buckets.add(sha256());
        }
    }

    static int bucket(UUID pairId) {
        return sha256().digest(pairId.toString().getBytes(StandardCharsets.US_ASCII))[0] & 0xff;
    }

    void add(UUID pairId, List<String> values) {
        var line = new ArrayList<String>(values.size() + 1);
        line.add(pairId.toString());
        line.addAll(values);
        try {
            buckets.get(bucket(pairId)).update(mapper.writeValueAsBytes(line));
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Lower case hex, by bucket. Ends the computation. */
    List<String> finish() {
        return buckets.stream()
                .map(bucket -> HexFormat.of().formatHex(bucket.digest()))
                .toList();
    }

    static String hex(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
