package dev.camelfeishu.event;

import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where an event stands in a distributed trace. It is stored with the event, so that a route that works on it later, in
 * another process even, goes on with the trace that its request began.
 *
 * @param parent {@code traceparent}, in the form of version 00
 * @param state {@code tracestate}, "" when there is none
 * @see <a href="https://www.w3.org/TR/trace-context/">W3C Trace Context</a>
 */
public record TraceContext(String parent, String state) {

    private static final Pattern PARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    private static final Pattern MEMBER = Pattern.compile(
            "[a-z0-9][a-z0-9_*/@-]{0,255}=[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e]");
    private static final int PARENT_LENGTH = 55;
    private static final int MAX_STATE = 512;
    private static final int MAX_MEMBERS = 32;

    /** What a request says, or a trace of its own when it says nothing that is well formed. */
    public static TraceContext of(Headers headers) {
        return named(headers).orElseGet(TraceContext::fresh);
    }

    /** What a request says; empty when it says nothing that is well formed. */
    public static Optional<TraceContext> named(Headers headers) {
        return Optional.ofNullable(parent(headers.first("traceparent")))
                .map(parent -> new TraceContext(parent, state(headers.first("tracestate"))));
    }

    /** A new trace, marked as sampled, so that whoever samples by the parent's mark sees it. */
    public static TraceContext fresh() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        String trace = hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong() | 1);
        return new TraceContext("00-" + trace + "-" + hex.toHexDigits(random.nextLong() | 1) + "-01", "");
    }

    /** The 32 hex digits that all spans of the trace share. */
    public String traceId() {
        return parent.substring(3, 35);
    }

    /** As one text, which {@link #stored} reads. */
    String text() {
        return state.isEmpty() ? parent : parent + " " + state;
    }

    /** @param text of {@link #text}, or null where none was stored */
    static TraceContext stored(String text) {
        if (text == null) {
            return fresh();
        }
        return text.length() == PARENT_LENGTH
                ? new TraceContext(text, "")
                : new TraceContext(text.substring(0, PARENT_LENGTH), text.substring(PARENT_LENGTH + 1));
    }

    /** A later version may say more; its first part reads as that of version 00, which is what we write. */
    private static String parent(String header) {
        if (header == null || header.length() < PARENT_LENGTH) {
            return null;
        }
        String known = header.substring(0, PARENT_LENGTH);
        boolean whole =
                header.length() == PARENT_LENGTH || (!header.startsWith("00") && header.charAt(PARENT_LENGTH) == '-');
        return whole && PARENT.matcher(known).matches() ? "00" + known.substring(2) : null;
    }

    private static String state(String header) {
        if (header == null || header.length() > MAX_STATE) {
            return "";
        }
        String[] members = Stream.of(header.split(","))
                .map(String::strip)
                .filter(member -> !member.isEmpty())
                .toArray(String[]::new);
        boolean right = members.length <= MAX_MEMBERS
                && Stream.of(members).allMatch(member -> MEMBER.matcher(member).matches());
        return right ? String.join(",", members) : "";
    }
}
