package dev.camelfeishu.ops.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.component.Spelling;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Route tests: their shape, and the routes they are about. */
final class RouteTestRules {

    private static final DslSchema SCHEMA = DslSchema.ofRouteTests();

    private RouteTestRules() {}

    static void check(Home home, Map<String, RouteFile> routes, Predicate<String> chosen, Consumer<Finding> findings) {
        Set<String> ids = new TreeSet<>();
        routes.values().forEach(file -> file.routes().forEach(route -> ids.add(route.id())));
        for (SourceFile file : home.tests()) {
            if (chosen.test(file.name())) {
                Yaml.read(file, findings).ifPresent(yaml -> check(yaml, routes, ids, findings));
            }
        }
    }

    private static void check(Yaml yaml, Map<String, RouteFile> routes, Set<String> ids, Consumer<Finding> findings) {
        SCHEMA.check(yaml, yaml.root(), "")
                .forEach(finding -> findings.accept(
                        new Finding(finding.file(), finding.line(), Rule.ROUTE_TEST, finding.cause(), finding.mend())));
        String beside = yaml.file().substring(0, yaml.file().length() - Home.TEST.length()) + Home.ROUTE;
        if (!routes.containsKey(beside)) {
            findings.accept(new Finding(
                    yaml.file(),
                    1,
                    Rule.ROUTE_TEST,
                    "There are no routes in " + beside,
                    "Name the test after its routes."));
        }
        for (int i = 0; i < yaml.root().size(); i++) {
            JsonNode id = yaml.root().get(i).path("route");
            if (id.isTextual() && !ids.contains(id.asText())) {
                findings.accept(yaml.finding(
                        "/" + i + "/route",
                        Rule.ROUTE_TEST,
                        "There is no route " + id.asText(),
                        Spelling.near(id.asText(), ids)
                                .map(near -> "Did you mean " + near + "?")
                                .orElse("Write the id of a route.")));
            }
        }
    }
}
