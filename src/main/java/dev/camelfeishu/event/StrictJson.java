package dev.camelfeishu.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * JSON from outside: UTF-8 only, one object, no duplicate names, bounded depth and numbers, and nothing that a {@code jsonb}
 * column refuses: U+0000 and lone surrogates become U+FFFD.
 */
final class StrictJson {

    private static final int MAX_DEPTH = 100;
    private static final int MAX_NUMBER_LENGTH = 100;
    private static final int MAX_EXPONENT = 400;
    private static final char REPLACEMENT = '\uFFFD';
    private static final byte[] SEALED = "{\"encrypt\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final boolean[] BASE_64 = new boolean[128];

    static {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
                .chars()
                .forEach(letter -> BASE_64[letter] = true);
    }

    private final ObjectMapper mapper = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .maxStringLength(2 * Ingress.MAX_BODY)
                            .maxNameLength(1_000)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** The object, or nothing when the bytes are anything else. */
    Optional<ObjectNode> object(byte[] utf8) {
        try {
            String text = decoded(utf8);
            if (!(mapper.readTree(text) instanceof ObjectNode object) || !bounded(object)) {
                return Optional.empty();
            }
            // what a column cannot hold comes as an escape only
            return Optional.of(text.contains("\\u") ? (ObjectNode) storable(object) : object);
        } catch (IOException | NumberFormatException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /**
     * The member {@code encrypt} of a body as Feishu writes it: with no other member, no white space and nothing but Base64 in
     * it. Most bodies are such and need not be parsed; nothing for the others, which {@link #object} reads.
     */
    static Optional<String> sealed(byte[] body) {
        int from = SEALED.length;
        int to = body.length - 2;
        if (to <= from
                || body.length > Ingress.MAX_BODY
                || body[to] != '"'
                || body[to + 1] != '}'
                || !Arrays.equals(body, 0, from, SEALED, 0, from)) {
            return Optional.empty();
        }
        for (int i = from; i < to; i++) {
            if (body[i] < 0 || !BASE_64[body[i]]) {
                return Optional.empty();
            }
        }
        return Optional.of(new String(body, from, to - from, StandardCharsets.ISO_8859_1));
    }

    private static String decoded(byte[] utf8) throws CharacterCodingException {
        String text = new String(utf8, StandardCharsets.UTF_8);
        // what it stands for may have been sent as well; only a decoder that reports can tell
        return text.indexOf(REPLACEMENT) < 0
                ? text
                : StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)
                        .decode(ByteBuffer.wrap(utf8))
                        .toString();
    }

    String text(JsonNode node) {
        return node.toString();
    }

    /** What the database gave back: our own JSON, no longer foreign. */
    JsonNode stored(String text) {
        if (text == null) {
            return null;
        }
        try {
            return mapper.readTree(text);
        } catch (IOException e) {
            throw new IllegalStateException("A stored payload is not JSON", e);
        }
    }

    private static boolean bounded(JsonNode node) {
        if (node.isBigDecimal() && Math.abs(node.decimalValue().scale()) > MAX_EXPONENT) {
            return false;
        }
        for (JsonNode child : node) {
            if (!bounded(child)) {
                return false;
            }
        }
        return true;
    }

    /** The same tree without what {@code jsonb} cannot hold. */
    static JsonNode storable(JsonNode node) {
        if (clean(node)) {
            return node;
        }
        if (node.isTextual()) {
            return TextNode.valueOf(storable(node.textValue()));
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = array.arrayNode(array.size());
            array.forEach(item -> copy.add(storable(item)));
            return copy;
        }
        ObjectNode copy = ((ObjectNode) node).objectNode();
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            copy.set(storable(member.getKey()), storable(member.getValue()));
        }
        return copy;
    }

    private static boolean clean(JsonNode node) {
        if (node.isTextual()) {
            return clean(node.textValue());
        }
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                if (!clean(member.getKey()) || !clean(member.getValue())) {
                    return false;
                }
            }
            return true;
        }
        for (JsonNode item : node) {
            if (!clean(item)) {
                return false;
            }
        }
        return true;
    }

    private static boolean clean(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return false;
            }
            if (Character.isSurrogate(c)) {
                if (!pairAt(text, i)) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    private static String storable(String text) {
        StringBuilder copy = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c) && pairAt(text, i)) {
                copy.append(c).append(text.charAt(++i));
            } else {
                copy.append(c == 0 || Character.isSurrogate(c) ? REPLACEMENT : c);
            }
        }
        return copy.toString();
    }

    private static boolean pairAt(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
    }
}
