package dev.camelfeishu.card;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What was found in one card so far: its faults, and what must be unique or few in the whole card. */
final class Findings {

    private final List<Fault> faults = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private final Map<String, Integer> tags = new HashMap<>();
    private final Set<String> ownColors;

    Findings(Set<String> ownColors) {
        this.ownColors = ownColors;
    }

    List<Fault> faults() {
        return List.copyOf(faults);
    }

    void add(Fault fault) {
        faults.add(fault);
    }

    /** Colors that the card defines in {@code config.style.color}. */
    Set<String> ownColors() {
        return ownColors;
    }

    boolean isFirst(String kind, String value) {
        return seen.add(kind + " " + value);
    }

    void count(String tag) {
        tags.merge(tag, 1, Integer::sum);
    }

    int number(String tag) {
        return tags.getOrDefault(tag, 0);
    }
}
