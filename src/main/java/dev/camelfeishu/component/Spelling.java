package dev.camelfeishu.component;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What somebody may have meant by a name that does not exist. */
public final class Spelling {

    private Spelling() {}

    /** The name that takes the fewest edits; of equally near ones the first. */
    static String nearest(String wanted, Collection<String> names) {
        return names.stream()
                .min(Comparator.comparingInt(name -> edits(wanted, name)))
                .orElseThrow();
    }

    /** The nearest name, if it is near enough to be what somebody meant: a third of its letters may differ, and at least two. */
    public static Optional<String> near(String wanted, Collection<String> names) {
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(nearest(wanted, names))
                        .filter(name -> edits(wanted.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT))
                                <= Math.max(2, wanted.length() / 3));
    }

    private static int edits(String from, String to) {
        int[] before = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            before[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] now = new int[to.length() + 1];
            now[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = before[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                now[j] = Math.min(change, Math.min(before[j], now[j - 1]) + 1);
            }
            before = now;
        }
        return before[to.length()];
    }
}
