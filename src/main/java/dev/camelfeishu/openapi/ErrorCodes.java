package dev.camelfeishu.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The error codes of the Open Platform that the gate knows: how to react, and one sentence that says what to do. They are all
 * that the catalog's endpoints document, and those of the platform's general pages. A code that is not here is never repeated,
 * unless its HTTP status says server trouble or too many calls.
 */
public final class ErrorCodes {

    /**
     * A known code.
     *
     * @param code Feishu's code
     * @param reaction what it asks of the caller
     * @param hint one sentence saying what to do
     */
    public record Known(int code, Reaction reaction, String hint) {}

    /** The app lacks a scope; the answer names it. */
    static final int APP_LACKS_SCOPE = 99991672;
    /** The person has not granted a scope; the answer names it. */
    static final int USER_LACKS_SCOPE = 99991679;
    /** Bitable was not ready in time: fewer calls help. */
    static final int DATA_NOT_READY = 1254607;
    /** Card content is refused; the message holds a sub-code. */
    static final int CARD_REFUSED = 230099;

    private static final String RESOURCE = "/feishu/errors.tsv";
    /** In place of a reaction, for the sub-codes of {@link #CARD_REFUSED}. */
    private static final String CARD = "CARD";

    private static final Map<Integer, Known> CODES;
    private static final Map<Integer, String> CARD_SUB_CODES;

    static {
        var codes = new HashMap<Integer, Known>();
        var cards = new HashMap<Integer, String>();
        try (InputStream in = ErrorCodes.class.getResourceAsStream(RESOURCE)) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> read(line, codes, cards));
        } catch (IOException e) {
            throw new UncheckedIOException("the error codes " + RESOURCE + " cannot be read", e);
        }
        CODES = Map.copyOf(codes);
        CARD_SUB_CODES = Map.copyOf(cards);
    }

    private ErrorCodes() {}

    /** What is known of a code. */
    public static Optional<Known> of(int code) {
        return Optional.ofNullable(CODES.get(code));
    }

    /** What to do about a sub-code of 230099, the one after {@code ErrCode:} in its message. */
    public static Optional<String> cardHint(int subCode) {
        return Optional.ofNullable(CARD_SUB_CODES.get(subCode));
    }

    private static void read(String line, Map<Integer, Known> codes, Map<Integer, String> cards) {
        var columns = line.split("\t");
        for (var span : columns[2].split(" ")) {
            var ends = span.split("-");
            var last = Integer.parseInt(ends[ends.length - 1]);
            for (var code = Integer.parseInt(ends[0]); code <= last; code++) {
                if (columns[0].equals(CARD)) {
                    cards.put(code, columns[1]);
                } else {
                    codes.put(code, new Known(code, Reaction.valueOf(columns[0]), columns[1]));
                }
            }
        }
    }
}
