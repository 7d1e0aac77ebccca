package dev.camelfeishu.ops.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.connector.Connectors;
import dev.camelfeishu.sync.PairDeclarationException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Says what is wrong in what people edit, before it runs: the YAML, Camel's schema of its DSL, the options of every endpoint,
 * the rules of this house, and what Camel refuses to build. It needs neither a database nor credentials, and sends nothing.
 */
public final class Linter {

    private static final DslSchema ROUTES = DslSchema.ofRoutes();

    private final Settings settings;

    /** @param settings what is declared where the routes will run; a value may be missing */
    public Linter(Settings settings) {
        this.settings = settings;
    }

    /** All of the home folder. */
    public List<Finding> lint(Home home) {
        return lint(home, file -> true);
    }

    /**
     * Some files among all others.
     *
     * @param home all files, for what the chosen ones name
     * @param chosen names of those that are looked at
     * @return by file and line
     */
    public List<Finding> lint(Home home, Predicate<String> chosen) {
        Set<Finding> findings = new HashSet<>();
        Map<String, RouteFile> routes = read(home.routes(), chosen, findings);
        Map<String, RouteFile> kamelets = read(home.kamelets(), chosen, findings);
        try (ScratchContext scratch = ScratchContext.building(home, settings)) {
            Names names = Names.of(home, routes.values(), kamelets.values());
            EndpointRules endpoints = new EndpointRules(scratch.camel(), settings, names);
            for (RouteFile file : all(routes, kamelets)) {
                if (chosen.test(file.yaml().file())) {
                    shape(file, findings);
                    endpoints.check(file, findings::add);
                    new HouseRules(file, names, settings).check(findings::add);
                }
            }
            List<RouteFile> ordered = new ArrayList<>(routes.values());
            // of two that are in each other's way, that one is named which is looked at
            ordered.sort(Comparator.comparing(file -> chosen.test(file.yaml().file())));
            Across.check(ordered, names, finding -> {
                if (chosen.test(finding.file())) {
                    findings.add(finding);
                }
            });
            RouteTestRules.check(home, routes, chosen, findings::add);
            findings.addAll(ConfigRules.check(home, settings, chosen));
            build(home, scratch, routes, findings, chosen);
        }
        return findings.stream()
                .sorted(Comparator.comparing(Finding::file)
                        .thenComparingInt(Finding::line)
                        .thenComparing(Finding::rule)
                        .thenComparing(Finding::cause))
                .toList();
    }

    /**
     * A change of one file: what is wrong in it, and what it would make wrong in the others.
     *
     * @param home before the change
     */
    public List<Finding> lint(Home home, SourceFile changed) {
        Home after = home.with(List.of(changed));
        List<Finding> findings = new ArrayList<>(lint(after, changed.name()::equals));
        Set<String> before = new HashSet<>();
        across(home).forEach(finding -> before.add(finding.toString()));
        across(after).stream()
                .filter(finding -> !finding.file().equals(changed.name()) && !before.contains(finding.toString()))
                .forEach(findings::add);
        return findings;
    }

    private static List<Finding> across(Home home) {
        List<RouteFile> files = new ArrayList<>(
                read(home.routes(), file -> false, new HashSet<>()).values());
        List<Finding> findings = new ArrayList<>();
        Across.check(files, Names.of(home, files, List.of()), findings::add);
        return findings;
    }

    private static List<RouteFile> all(Map<String, RouteFile> routes, Map<String, RouteFile> kamelets) {
        List<RouteFile> all = new ArrayList<>(routes.values());
        all.addAll(kamelets.values());
        return all;
    }

    /** A file that cannot be read is said to be so when it is one of the chosen, and else left out. */
    private static Map<String, RouteFile> read(
            Collection<SourceFile> files, Predicate<String> chosen, Set<Finding> findings) {
        Map<String, RouteFile> read = new LinkedHashMap<>();
        for (SourceFile file : files) {
            Yaml.read(file, finding -> {
                        if (chosen.test(finding.file())) {
                            findings.add(finding);
                        }
                    })
                    .map(yaml -> new RouteFile(file, yaml, Home.isKamelet(file.name())))
                    .ifPresent(route -> read.put(file.name(), route));
        }
        return read;
    }

    private static void shape(RouteFile file, Set<Finding> findings) {
        if (!file.isKamelet()) {
            findings.addAll(ROUTES.check(file.yaml(), file.yaml().root(), ""));
            return;
        }
        JsonNode from = file.yaml().root().at("/spec/template/from");
        ObjectNode route = JsonNodeFactory.instance.objectNode();
        route.set("from", from);
        findings.addAll(
                ROUTES.check(file.yaml(), JsonNodeFactory.instance.arrayNode().add(route), "/spec/template"));
    }

    /** The last word is Camel's own: what passed all rules is built. */
    private static void build(
            Home home,
            ScratchContext scratch,
            Map<String, RouteFile> routes,
            Set<Finding> findings,
            Predicate<String> chosen) {
        Set<String> wrong = new HashSet<>();
        findings.stream().filter(Finding::isError).forEach(finding -> wrong.add(finding.file()));
        boolean named = home.routes().stream()
                .anyMatch(file -> chosen.test(file.name()) && file.text().contains("kamelet:"));
        for (SourceFile kamelet : home.kamelets()) {
            if (!wrong.contains(kamelet.name()) && (named || chosen.test(kamelet.name()))) {
                build(scratch, kamelet, Optional.empty())
                        .filter(f -> chosen.test(f.file()))
                        .ifPresent(findings::add);
            }
        }
        List<SourceFile> ordered = new ArrayList<>(home.routes());
        // what other files name comes first
        ordered.sort(Comparator.comparing((SourceFile file) -> !file.text().contains("routeConfiguration:"))
                .thenComparing(SourceFile::name));
        for (SourceFile file : ordered) {
            boolean shared =
                    file.text().contains("routeConfiguration:") || file.text().contains("routeTemplate:");
            if (routes.containsKey(file.name())
                    && !wrong.contains(file.name())
                    && (shared || chosen.test(file.name()))) {
                build(scratch, file, Optional.of(routes.get(file.name())))
                        .filter(finding -> chosen.test(finding.file()))
                        .ifPresent(findings::add);
            }
        }
    }

    private static Optional<Finding> build(ScratchContext scratch, SourceFile file, Optional<RouteFile> route) {
        try {
            scratch.load(file);
            return Optional.empty();
        } catch (Exception e) {
            return Optional.of(Refusal.of(e, file, route));
        }
    }

    /** The pair declarations' own checks, for {@link ConfigRules}. */
    static Optional<Finding> pair(SourceFile file, Settings settings) {
        try {
            ScratchContext.parser(settings).parse(file.name(), file.text());
            return Optional.empty();
        } catch (PairDeclarationException e) {
            String message = e.getMessage();
            String place = file.name() + (e.line() > 0 ? ":" + e.line() : "") + ": ";
            return Optional.of(new Finding(
                    file.name(),
                    e.line(),
                    Rule.PAIR,
                    withoutStop(message.startsWith(place) ? message.substring(place.length()) : message),
                    "See config/pairs/pair.schema.json, which editors complete from."));
        }
    }

    /** The connector declarations' own checks, for {@link ConfigRules}. */
    static Optional<Finding> connector(SourceFile file) {
        try {
            Connectors.check(file.name(), file.text(), ScratchContext::withValues);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(new Finding(
                    file.name(),
                    1,
                    Rule.CONNECTOR,
                    withoutStop(e.getMessage().substring(file.name().length() + 2)),
                    "See docs/connector.md."));
        }
    }

    static String withoutStop(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }
}
