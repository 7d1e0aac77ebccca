package dev.camelfeishu.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.component.RouteNeeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The scopes and subscriptions that routes need.
 *
 * @param tenant scopes of the app itself
 * @param user scopes that people grant
 * @param events type of an event to the files that wait for it
 * @param callbacks type of a callback to the files that wait for it
 * @param reasons scope to what it is for
 */
public record ScopeReport(
        SortedSet<String> tenant,
        SortedSet<String> user,
        Map<String, SortedSet<String>> events,
        Map<String, SortedSet<String>> callbacks,
        Map<String, SortedSet<String>> reasons) {

    public static ScopeReport of(RouteNeeds needs) {
        return lacking(needs, Set.of());
    }

    /** What is needed besides the scopes that are granted: one of several may do as well as another. */
    public static ScopeReport lacking(RouteNeeds needs, Set<String> granted) {
        List<Set<String>> tenantDemands = new ArrayList<>();
        List<Set<String>> userDemands = new ArrayList<>();
        for (RouteNeeds.Call call : needs.calls()) {
            List<Set<String>> demands = call.asUser() ? userDemands : tenantDemands;
            demands.add(Set.copyOf(call.endpoint().scopes()));
            call.fieldScopes().forEach(scope -> demands.add(Set.of(scope)));
        }
        needs.events().forEach(event -> tenantDemands.addAll(event.scopes()));
        tenantDemands.removeIf(any -> any.stream().anyMatch(granted::contains));
        userDemands.removeIf(any -> any.stream().anyMatch(granted::contains));
        SortedSet<String> tenant = SmallestScopes.of(tenantDemands);
        SortedSet<String> user = SmallestScopes.of(userDemands);

        Map<String, SortedSet<String>> reasons = new TreeMap<>();
        for (RouteNeeds.Call call : needs.calls()) {
            (call.asUser() ? user : tenant)
                    .stream()
                            .filter(scope -> call.endpoint().scopes().contains(scope)
                                    || call.fieldScopes().contains(scope))
                            .forEach(
                                    scope -> add(reasons, scope, call.endpoint().name()));
        }
        Map<String, SortedSet<String>> events = new TreeMap<>();
        Map<String, SortedSet<String>> callbacks = new TreeMap<>();
        for (RouteNeeds.Event event : needs.events()) {
            add(event.isCallback() ? callbacks : events, event.type(), event.where());
            event.scopes()
                    .forEach(any -> tenant.stream()
                            .filter(any::contains)
                            .forEach(scope -> add(reasons, scope, "event " + event.type())));
        }
        return new ScopeReport(tenant, user, events, callbacks, reasons);
    }

    /** For people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("Scopes of the app (developer console, Permissions & Scopes):");
        scopes(lines, tenant);
        if (!user.isEmpty()) {
            lines.add("");
            lines.add("Scopes that people grant the app:");
            scopes(lines, user);
        }
        subscriptions(lines, "Events (developer console, Events & Callbacks, Event Configuration):", events);
        subscriptions(lines, "Callbacks (developer console, Events & Callbacks, Callback Configuration):", callbacks);
        return lines;
    }

    /** To be pasted into the developer console: Permissions & Scopes, Batch import/export scopes. */
    public String json() {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = json.createObjectNode();
        ObjectNode scopes = root.putObject("scopes");
        scopes.set("tenant", json.valueToTree(tenant));
        scopes.set("user", json.valueToTree(user));
        try {
            return json.writerWithDefaultPrettyPrinter().writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All scopes, of the app and of people. */
    public SortedSet<String> scopes() {
        SortedSet<String> scopes = new TreeSet<>(tenant);
        scopes.addAll(user);
        return scopes;
    }

    private void scopes(List<String> lines, SortedSet<String> scopes) {
        if (scopes.isEmpty()) {
            lines.add("  none");
        }
        for (String scope : scopes) {
            lines.add("  " + scope);
            reasons.get(scope).forEach(reason -> lines.add("      " + reason));
        }
    }

    private static void subscriptions(List<String> lines, String title, Map<String, SortedSet<String>> types) {
        lines.add("");
        lines.add(title);
        if (types.isEmpty()) {
            lines.add("  none");
        }
        types.forEach((type, files) ->
                lines.add("  " + type + "  (" + files.stream().collect(Collectors.joining(", ")) + ")"));
    }

    private static void add(Map<String, SortedSet<String>> map, String key, String value) {
        map.computeIfAbsent(key, none -> new TreeSet<>()).add(value);
    }
}
