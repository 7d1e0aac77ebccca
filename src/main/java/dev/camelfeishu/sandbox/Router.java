package dev.camelfeishu.sandbox;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The endpoints of all families. */
final class Router implements Routes {
    private final Catalog catalog;
    private final PathTemplates<Endpoint> endpoints = new PathTemplates<>();
    private final Map<String, Endpoint> byTemplate = new HashMap<>();

    Router(Catalog catalog, List<Api> families) {
        this.catalog = catalog;
        families.forEach(family -> family.register(this));
    }

    @Override
    public void on(String method, String template, Endpoint endpoint) {
        if (template.startsWith("/open-apis/") && !catalog.contains(method, template)) {
            throw new IllegalArgumentException("the catalog has no " + method + " " + template);
        }
        if (!endpoints.add(method, template, endpoint)) {
            throw new IllegalArgumentException(method + " " + template + " is simulated twice");
        }
        byTemplate.put(method + " " + template, endpoint);
    }

    /** The endpoint of exactly this template; another that its text would fit is another endpoint. */
    Optional<Endpoint> at(String method, String template) {
        return Optional.ofNullable(byTemplate.get(method + " " + template));
    }

    Optional<PathTemplates.Match<Endpoint>> find(String method, List<String> segments) {
        return endpoints.find(method, segments);
    }
}
