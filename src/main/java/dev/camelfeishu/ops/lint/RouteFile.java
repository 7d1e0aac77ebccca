package dev.camelfeishu.ops.lint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A file of routes, or a kamelet, as a tree: its routes, the endpoints in it and its texts, each with its place. */
public final class RouteFile {

    /** Steps whose value may be an endpoint alone. */
    private static final Set<String> SENDING =
            Set.of("from", "to", "toD", "wireTap", "enrich", "pollEnrich", "poll", "deadLetterUri");

    /** Steps whose endpoint is an expression that is computed. */
    private static final Set<String> COMPUTED = Set.of("toD", "recipientList", "routingSlip", "dynamicRouter");

    /** Steps that take from their endpoint. */
    private static final Set<String> TAKING = Set.of("from", "pollEnrich", "poll");

    private final SourceFile source;
    private final Yaml yaml;
    private final boolean kamelet;
    private final List<Route> routes = new ArrayList<>();
    private final List<Endpoint> endpoints = new ArrayList<>();

    /**
     * @param id or "" where it has none
     * @param place of the route's own map
     */
    public record Route(String id, String place, JsonNode definition) {}

    /**
     * @param step what names it: {@code from}, {@code to}, {@code toD}, …
     * @param uri as written, with its query
     * @param options under parameters
     * @param place of the uri
     */
    record Endpoint(String step, String uri, Map<String, JsonNode> options, String place, String parametersPlace) {

        String scheme() {
            int colon = uri.indexOf(':');
            int question = uri.indexOf('?');
            int end = colon < 0 ? question : question < 0 ? colon : Math.min(colon, question);
            return end < 0 ? uri : uri.substring(0, end);
        }

        /** What stands between the scheme and the query. */
        String path() {
            int colon = uri.indexOf(':');
            return colon < 0
                    ? ""
                    : base().substring(Math.min(base().length(), colon + 1)).replaceFirst("^//", "");
        }

        private String base() {
            // in SQL a question mark is part of the text
            int question = scheme().equals("sql") ? -1 : uri.indexOf('?');
            return question < 0 ? uri : uri.substring(0, question);
        }

        String query() {
            return base().length() == uri.length() ? "" : uri.substring(base().length() + 1);
        }

        /** All options, wherever they stand, as text. */
        Map<String, String> allOptions() {
            Map<String, String> all = new LinkedHashMap<>();
            for (String option : query().split("&")) {
                if (!option.isEmpty()) {
                    String[] parts = option.split("=", 2);
                    all.put(parts[0], parts.length < 2 ? "" : parts[1]);
                }
            }
            options.forEach((name, value) -> all.put(name, value.asText()));
            return all;
        }

        boolean takes() {
            return TAKING.contains(step);
        }

        boolean isComputed() {
            return COMPUTED.contains(step);
        }

        /** The place of an option, or of the endpoint where the option stands in its query. */
        String placeOf(String option) {
            return options.containsKey(option) ? parametersPlace + "/" + option : place;
        }
    }

    record Text(String place, String key, String value) {}

    RouteFile(SourceFile source, Yaml yaml, boolean kamelet) {
        this.source = source;
        this.yaml = yaml;
        this.kamelet = kamelet;
        JsonNode root = yaml.root();
        if (kamelet) {
            endpoints("", "", root.at("/spec/template"), "/spec/template");
            return;
        }
        for (int i = 0; i < root.size(); i++) {
            JsonNode entry = root.get(i);
            String place = "/" + i;
            if (entry.has("route")) {
                routes.add(new Route(entry.at("/route/id").asText(), place + "/route", entry.get("route")));
            } else if (entry.has("from")) {
                routes.add(new Route(entry.at("/from/id").asText(), place + "/from", entry));
            }
        }
        endpoints("", "", root, "");
    }

    /** Reads a file that is YAML; what is wrong in it is the linter's to say. */
    public static java.util.Optional<RouteFile> read(SourceFile source) {
        return Yaml.read(source, finding -> {}).map(yaml -> new RouteFile(source, yaml, Home.isKamelet(source.name())));
    }

    private void endpoints(String step, String key, JsonNode node, String place) {
        if (node.isObject()) {
            if (node.path("uri").isTextual()) {
                endpoints.add(new Endpoint(
                        key,
                        node.get("uri").asText(),
                        map(node.path("parameters")),
                        place + "/uri",
                        place + "/parameters"));
            }
            node.properties().forEach(entry -> {
                String name = entry.getKey();
                String child = place + "/" + name.replace("~", "~0").replace("/", "~1");
                if (entry.getValue().isTextual() && SENDING.contains(name)) {
                    endpoints.add(new Endpoint(name, entry.getValue().asText(), Map.of(), child, child));
                } else if (!name.equals("parameters")) {
                    endpoints(key, name, entry.getValue(), child);
                }
            });
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                endpoints(step, key, node.get(i), place + "/" + i);
            }
        }
    }

    private static Map<String, JsonNode> map(JsonNode parameters) {
        Map<String, JsonNode> map = new LinkedHashMap<>();
        parameters.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue()));
        return map;
    }

    public Yaml yaml() {
        return yaml;
    }

    SourceFile source() {
        return source;
    }

    boolean isKamelet() {
        return kamelet;
    }

    public List<Route> routes() {
        return routes;
    }

    /** Ids of its route configurations. */
    public Set<String> configurations() {
        Set<String> ids = new LinkedHashSet<>();
        yaml.root().forEach(entry -> {
            if (entry.at("/routeConfiguration/id").isTextual()) {
                ids.add(entry.at("/routeConfiguration/id").asText());
            }
        });
        return ids;
    }

    /** Names of the beans it declares. */
    Set<String> beans() {
        Set<String> names = new LinkedHashSet<>();
        yaml.root()
                .forEach(entry -> entry.path("beans")
                        .forEach(bean -> names.add(bean.path("name").asText())));
        return names;
    }

    /** Ids of the routes that kamelets make under a name of their own: {@code kamelet:feishu-event-source/my-events}. */
    public Set<String> namedKamelets() {
        Set<String> ids = new LinkedHashSet<>();
        for (Endpoint endpoint : endpoints) {
            int slash = endpoint.path().indexOf('/');
            if (endpoint.scheme().equals("kamelet") && slash > 0) {
                ids.add(endpoint.path().substring(slash + 1));
            } else if (endpoint.scheme().equals("kamelet")
                    && endpoint.allOptions().containsKey("routeId")) {
                ids.add(endpoint.allOptions().get("routeId"));
            }
        }
        return ids;
    }

    List<Endpoint> endpoints() {
        return endpoints;
    }

    /** Every text at or below a place. */
    List<Text> texts(String place) {
        List<Text> texts = new ArrayList<>();
        collect(place, "", yaml.root().at(place), texts);
        return texts;
    }

    private static void collect(String place, String key, JsonNode node, List<Text> texts) {
        if (node.isObject()) {
            node.properties()
                    .forEach(entry -> collect(
                            place + "/" + entry.getKey().replace("~", "~0").replace("/", "~1"),
                            entry.getKey(),
                            entry.getValue(),
                            texts));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                collect(place + "/" + i, key, node.get(i), texts);
            }
        } else if (node.isTextual()) {
            texts.add(new Text(place, key, node.asText()));
        }
    }
}
