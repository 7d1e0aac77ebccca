package dev.camelfeishu.ops;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The fewest scopes of which each demand has one; of equally few the narrowest. The same demands give the same scopes. */
final class SmallestScopes {

    /** Reading before writing, a part before the whole, then by name. */
    private static final Comparator<String> NARROWEST = Comparator.<String>comparingInt(
                    scope -> scope.matches(".*[:.]read(only|_only)?(:.*)?") ? 0 : 1)
            .thenComparingInt(scope -> -scope.split("[:.]").length)
            .thenComparingInt(scope -> -scope.length())
            .thenComparing(Comparator.naturalOrder());

    private SmallestScopes() {}

    /** @param demands one scope of each is needed; an empty one needs none */
    static SortedSet<String> of(Collection<? extends Set<String>> demands) {
        Set<Set<String>> open = new LinkedHashSet<>();
        demands.stream().filter(demand -> !demand.isEmpty()).forEach(demand -> open.add(new TreeSet<>(demand)));
        List<Set<String>> all = List.copyOf(open);
        Set<String> candidates = new TreeSet<>(NARROWEST);
        all.forEach(candidates::addAll);

        TreeSet<String> chosen = new TreeSet<>();
        while (!open.isEmpty()) {
            String best = candidates.stream()
                    .max(Comparator.<String>comparingLong(scope -> met(open, scope))
                            .thenComparing(NARROWEST.reversed()))
                    .orElseThrow();
            chosen.add(best);
            open.removeIf(demand -> demand.contains(best));
        }
        for (String scope : broadestFirst(chosen)) {
            chosen.remove(scope);
            List<Set<String>> unmet = unmet(all, chosen);
            if (!unmet.isEmpty()) {
                chosen.add(candidates.stream()
                        .filter(candidate -> met(unmet, candidate) == unmet.size())
                        .findFirst()
                        .orElse(scope));
            }
        }
        return chosen;
    }

    private static List<String> broadestFirst(Collection<String> scopes) {
        List<String> sorted = new ArrayList<>(scopes);
        sorted.sort(NARROWEST.reversed());
        return sorted;
    }

    private static long met(Collection<Set<String>> demands, String scope) {
        return demands.stream().filter(demand -> demand.contains(scope)).count();
    }

    private static List<Set<String>> unmet(Collection<Set<String>> demands, Set<String> scopes) {
        return demands.stream()
                .filter(demand -> demand.stream().noneMatch(scopes::contains))
                .toList();
    }
}
