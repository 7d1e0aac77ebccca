package dev.camelfeishu.sync;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** A key as one text: itself when it is one column, its parts with a vertical bar between them when it is several. */
final class RowKey {

    private RowKey() {}

    /** Null when a part is missing. */
    static String of(Collection<String> parts) {
        if (parts.stream().anyMatch(Objects::isNull)) {
            return null;
        }
        return parts.size() == 1
                ? parts.iterator().next()
                : parts.stream().map(RowKey::escaped).collect(Collectors.joining("|"));
    }

    private static String escaped(String part) {
        return part.replace("\\", "\\\\").replace("|", "\\|");
    }

    /** The parts of a key of {@code columns} columns. */
    static List<String> parts(String key, int columns) {
        if (columns == 1) {
            return List.of(key);
        }
        var parts = new ArrayList<String>();
        var part = new StringBuilder();
        for (var at = 0; at < key.length(); at++) {
            var letter = key.charAt(at);
            if (letter == '\\' && at + 1 < key.length()) {
                part.append(key.charAt(++at));
            } else if (letter == '|') {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(letter);
            }
        }
        parts.add(part.toString());
        return parts;
    }
}
