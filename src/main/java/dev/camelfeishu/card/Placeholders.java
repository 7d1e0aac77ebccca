package dev.camelfeishu.card;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code ${name}} of texts and cards. What a placeholder yields is never looked at again. */
final class Placeholders {

    static final String NOTHING = "—";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^${}]*)}");
    private static final Object ABSENT = new Object();
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]+)*");

    private Placeholders() {}

    /** Replaces each placeholder of the text by what the function answers for its inside. */
    static String replace(String text, UnaryOperator<String> value) {
        return PLACEHOLDER.matcher(text).replaceAll(match -> Matcher.quoteReplacement(value.apply(match.group(1))));
    }

    /** The inside of the placeholder that the whole text is, if it is one. */
    static Optional<String> whole(String text) {
        var matcher = PLACEHOLDER.matcher(text);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /**
     * The value of a name, or of a dotted path into maps. Null when the name is known and its value is null.
     *
     * @throws IllegalArgumentException when there is no such name; the message names the known ones
     */
    static Object value(String name, Map<String, ?> values) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("${" + name + "} is not a placeholder; write ${name} or ${text:key}");
        }
        Object value = find(name, values);
        if (value == ABSENT) {
            throw new IllegalArgumentException(
                    "there is no value for ${" + name + "}; known are " + new TreeSet<>(values.keySet()));
        }
        return value;
    }

    /** Whether there is such a name and its value says something: not null, not blank, not empty, not false. */
    static boolean says(String name, Map<String, ?> values) {
        Object value = find(name, values);
        return !(value == ABSENT
                || value == null
                || Boolean.FALSE.equals(value)
                || value instanceof CharSequence text && text.toString().isBlank()
                || value instanceof Collection<?> items && items.isEmpty()
                || value instanceof Map<?, ?> map && map.isEmpty()
                || value instanceof JsonNode node && (node.isNull() || node.isMissingNode()));
    }

    /** A key may hold dots itself, so the longest key that fits goes first. */
    private static Object find(String path, Map<?, ?> values) {
        if (values.containsKey(path)) {
            return values.get(path);
        }
        for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
            String head = path.substring(0, dot);
            if (values.containsKey(head)) {
                Object inner = values.get(head);
                if (inner == null) {
                    return null;
                }
                return inner instanceof Map<?, ?> map ? find(path.substring(dot + 1), map) : ABSENT;
            }
        }
        return ABSENT;
    }
}
