package dev.camelfeishu.sandbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Things by method and path template. Where several templates fit, the one whose first variable comes latest wins. */
final class PathTemplates<T> {
    /** What was found, with the values of the template's variables. */
    record Match<T>(T value, String template, Map<String, String> variables) {}

    private record Entry<T>(String template, List<String> segments, T value) {}

    private final Map<String, List<Entry<T>>> byShape = new ConcurrentHashMap<>();

    /** @return false if the template was added before */
    boolean add(String method, String template, T value) {
        List<String> segments = List.of(template.substring(1).split("/", -1));
        List<Entry<T>> entries = byShape.computeIfAbsent(method + " " + segments.size(), shape -> new ArrayList<>());
        if (entries.stream().anyMatch(entry -> entry.template().equals(template))) {
            return false;
        }
        return entries.add(new Entry<>(template, segments, value));
    }

    Optional<Match<T>> find(String method, List<String> path) {
        Match<T> best = null;
        int bestRank = -1;
        for (Entry<T> entry : byShape.getOrDefault(method + " " + path.size(), List.of())) {
            Map<String, String> variables = new HashMap<>();
            int rank = fit(entry.segments(), path, variables);
            if (rank > bestRank) {
                bestRank = rank;
                best = new Match<>(entry.value(), entry.template(), Map.copyOf(variables));
            }
        }
        return Optional.ofNullable(best);
    }

    /** Position of the first variable, or -1 when the path does not fit. */
    private static int fit(List<String> template, List<String> path, Map<String, String> variables) {
        int firstVariable = template.size();
        for (int i = 0; i < template.size(); i++) {
            String segment = template.get(i);
            if (segment.startsWith(":")) {
                if (path.get(i).isEmpty()) {
                    return -1;
                }
                variables.put(segment.substring(1), path.get(i));
                firstVariable = Math.min(firstVariable, i);
            } else if (!segment.equals(path.get(i))) {
                return -1;
            }
        }
        return firstVariable;
    }
}
