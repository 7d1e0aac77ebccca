package dev.camelfeishu.ops.routetest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which steps of routes have run in tests.
 *
 * @param files each by its name
 */
public record Coverage(Map<String, FileCoverage> files) {

    /**
     * @param not steps that did not run, as {@code file:line step}
     */
    public record FileCoverage(int steps, int ran, List<String> not) {}

    static Coverage of(Map<Steps.Step, Boolean> ran) {
        Map<String, FileCoverage> files = new TreeMap<>();
        new TreeMap<>(ran)
                .forEach((step, hasRun) -> files.merge(
                        step.file(),
                        new FileCoverage(1, hasRun ? 1 : 0, hasRun ? List.of() : List.of(step.toString())),
                        (one, other) -> {
                            List<String> not = new ArrayList<>(one.not());
                            not.addAll(other.not());
                            return new FileCoverage(
                                    one.steps() + other.steps(), one.ran() + other.ran(), List.copyOf(not));
                        }));
        return new Coverage(files);
    }

    /** Of some files only. */
    public Coverage of(Set<String> names) {
        Map<String, FileCoverage> some = new TreeMap<>(files);
        some.keySet().retainAll(names);
        return new Coverage(some);
    }

    public int steps() {
        return files.values().stream().mapToInt(FileCoverage::steps).sum();
    }

    public int ran() {
        return files.values().stream().mapToInt(FileCoverage::ran).sum();
    }

    /** A line for each file, and one for each step that did not run. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        files.forEach((file, coverage) -> {
            lines.add(file + ": " + coverage.ran() + " of " + coverage.steps() + " steps ran");
            coverage.not().forEach(step -> lines.add("    not " + step));
        });
        return lines;
    }
}
