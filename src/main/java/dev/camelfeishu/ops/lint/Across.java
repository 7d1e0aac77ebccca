package dev.camelfeishu.ops.lint;

import dev.camelfeishu.component.Spelling;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** What is right in each file and wrong in all of them together. */
final class Across {

    private static final Set<String> TIMERS = Set.of("timer", "quartz", "scheduler", "cron");

    private Across() {}

    static void check(Collection<RouteFile> files, Names names, Consumer<Finding> findings) {
        Map<String, String> ids = new HashMap<>();
        Map<String, String> timers = new HashMap<>();
        Map<String, RouteFile.Endpoint> begun = new HashMap<>();
        Map<String, Finding> uncalled = new HashMap<>();
        Set<String> called = new HashSet<>();
        for (RouteFile file : files) {
            Yaml yaml = file.yaml();
            for (RouteFile.Route route : file.routes()) {
                String here = yaml.file() + ":" + yaml.line(route.place());
                String first = ids.putIfAbsent(route.id(), here);
                if (first != null && !route.id().isBlank()) {
                    findings.accept(yaml.finding(
                            route.place() + "/id",
                            Rule.DUPLICATE_ROUTE,
                            "The id " + route.id() + " is that of another route, " + first,
                            "Give this route an id of its own."));
                }
            }
            for (RouteFile.Endpoint endpoint : file.endpoints()) {
                if (endpoint.step().equals("from") && TIMERS.contains(endpoint.scheme())) {
                    timer(yaml, endpoint, timers, findings);
                }
                if (endpoint.scheme().equals("direct")) {
                    direct(yaml, endpoint, endpoint.path(), begun, uncalled, called, names, findings);
                }
                for (String option : Set.of("toBitable", "toErp")) {
                    String target = endpoint.allOptions().getOrDefault(option, "");
                    if (target.startsWith("direct:")) {
                        called.add(target.substring("direct:".length()));
                    }
                }
            }
        }
        called.forEach(uncalled::remove);
        uncalled.values().forEach(findings);
    }

    private static void timer(
            Yaml yaml, RouteFile.Endpoint endpoint, Map<String, String> timers, Consumer<Finding> findings) {
        String name = endpoint.scheme() + ":" + endpoint.path();
        String here = yaml.file() + ":" + yaml.line(endpoint.place());
        String first = timers.putIfAbsent(name, here);
        if (endpoint.path().isBlank() || first != null) {
            findings.accept(yaml.finding(
                    endpoint.place(),
                    Rule.TIMER_NAME,
                    endpoint.path().isBlank()
                            ? "The " + endpoint.scheme() + " has no name"
                            : "The name " + name + " is that of another route, " + first
                                    + ": the two would share one clock",
                    "Name it after its route: " + endpoint.scheme() + ":the-route's-id."));
        }
    }

    private static void direct(
            Yaml yaml,
            RouteFile.Endpoint endpoint,
            String name,
            Map<String, RouteFile.Endpoint> begun,
            Map<String, Finding> uncalled,
            Set<String> called,
            Names names,
            Consumer<Finding> findings) {
        if (endpoint.step().equals("from")) {
            if (begun.putIfAbsent(name, endpoint) != null) {
                findings.accept(yaml.finding(
                        endpoint.place(),
                        Rule.DIRECT,
                        "Two routes begin with direct:" + name,
                        "Give one of them another name."));
            }
            uncalled.put(
                    name,
                    yaml.finding(
                            endpoint.place(),
                            Rule.UNUSED_DIRECT,
                            "No route sends to direct:" + name,
                            "Remove the route, or send to it."));
            return;
        }
        called.add(name);
        if (!endpoint.isComputed()
                && !name.contains("{{")
                && !name.contains("${")
                && !names.directs().contains(name)) {
            findings.accept(yaml.finding(
                    endpoint.place(),
                    Rule.DIRECT,
                    "No route begins with direct:" + name,
                    Spelling.near(name, names.directs())
                            .map(near -> "Did you mean direct:" + near + "?")
                            .orElse("Add a route with from: direct:" + name + ".")));
        }
    }
}
