package dev.camelfeishu.ops.lint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the files name of each other.
 *
 * @param configurations ids of route configurations
 * @param directs names behind {@code direct:} that a route begins with
 * @param beans names of beans
 * @param kamelets each with its definition
 * @param templates ids of route templates
 */
record Names(
        Set<String> configurations,
        Set<String> directs,
        Set<String> beans,
        Map<String, JsonNode> kamelets,
        Set<String> templates) {

    static Names of(Home home, Collection<RouteFile> routes, Collection<RouteFile> kamelets) {
        Set<String> configurations = new TreeSet<>();
        Set<String> directs = new TreeSet<>();
        Set<String> beans = new TreeSet<>(ScratchContext.BEANS);
        Set<String> templates = new TreeSet<>();
        for (RouteFile file : routes) {
            configurations.addAll(file.configurations());
            beans.addAll(file.beans());
            file.yaml().root().forEach(entry -> {
                if (entry.at("/routeTemplate/id").isTextual()) {
                    templates.add(entry.at("/routeTemplate/id").asText());
                }
            });
            for (RouteFile.Endpoint endpoint : file.endpoints()) {
                if (endpoint.step().equals("from") && endpoint.scheme().equals("direct")) {
                    directs.add(endpoint.path());
                }
            }
        }
        Map<String, JsonNode> definitions = new TreeMap<>();
        for (RouteFile kamelet : kamelets) {
            definitions.put(
                    Home.stem(kamelet.yaml().file()), kamelet.yaml().root().at("/spec/definition"));
        }
        return new Names(configurations, directs, beans, definitions, templates);
    }

    /** Keys of a JSON object. */
    static List<String> keys(JsonNode object) {
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }
}
