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
            return mapper.readTree(decoded(utf8)) instanceof ObjectNode object && bounded(object)
                    ? Optional.of((ObjectNode) storable(object))
                    : Optional.empty();
        } catch (IOException | NumberFormatException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static String decoded(byte[] utf8) throws CharacterCodingException {
        return isAscii(utf8)
                ? new String(utf8, StandardCharsets.ISO_8859_1)
                : StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)
                        .decode(ByteBuffer.wrap(utf8))
                        .toString();
    }

    /** As every encrypted body is. */
    private static boolean isAscii(byte[] bytes) {
        byte seen = 0;
        for (byte one : bytes) {
            seen |= one;
        }
        return seen >= 0;
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
