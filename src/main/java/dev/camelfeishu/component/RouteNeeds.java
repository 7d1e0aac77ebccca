package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.openapi.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What routes need of Feishu, read from their YAML: nothing is started, and no credentials are needed.
 *
 * @param calls the endpoints they call
 * @param events the events and callbacks they wait for
 */
public record RouteNeeds(List<Call> calls, List<Event> events) {

    private static final String KAMELET = "kamelet:";
    private static final String FEISHU = "feishu:";
    private static final String EVENTS = "/feishu/events.json";
    private static final String MESSAGE_RECEIVED = "im.message.receive_v1";

    /** A command comes in a direct chat, or in a group with a mention: each has scopes of its own. */
    private static final List<Set<String>> COMMAND_SCOPES = List.of(
            Set.of("im:message.p2p_msg:readonly", "im:message.p2p_msg"),
            Set.of("im:message.group_at_msg:readonly", "im:message.group_at_msg", "im:message.group_msg"));

    /**
     * A call that a route makes.
     *
     * @param asUser whether in the name of a person
     * @param where file that makes it
     * @param fieldScopes each of them is needed too, for a member of the answer that is read
     */
    public record Call(Endpoint endpoint, boolean asUser, String where, Set<String> fieldScopes) {

        public Call {
            fieldScopes = Set.copyOf(fieldScopes);
        }

        Call(Endpoint endpoint, boolean asUser, String where) {
            this(endpoint, asUser, where, Set.of());
        }
    }

    /**
     * An event or callback that a route waits for.
     *
     * @param scopes of each of these sets one is needed
     * @param where file that waits for it
     */
    public record Event(String type, List<Set<String>> scopes, String where) {

        /** Whether it is a callback, which is subscribed on a page of its own. */
        public boolean isCallback() {
            return type.startsWith("card.action.") || type.startsWith("url.preview.");
        }
    }

    /**
     * An endpoint in a route.
     *
     * @param from whether the route begins with it
     * @param endpoint what stands after {@code feishu:}, such as {@code message/send}
     * @param options its options, as far as they are written out
     * @param where file it stands in
     */
    public record Use(boolean from, String endpoint, Map<String, String> options, String where) {}

    public RouteNeeds {
        calls = List.copyOf(calls);
        events = List.copyOf(events);
    }

    /**
     * The endpoints in route files. A kamelet counts where a route names it.
     *
     * @param routes name of a file to its YAML
     * @param kamelets name of a kamelet to its YAML
     */
    public static List<Use> uses(Map<String, String> routes, Map<String, String> kamelets) {
        List<Use> uses = new ArrayList<>();
        new TreeMap<>(routes).forEach((file, yaml) -> {
            Set<String> named = new LinkedHashSet<>();
            collect(yaml, file, uses, named);
            for (String kamelet : named) {
                if (kamelets.containsKey(kamelet)) {
                    collect(kamelets.get(kamelet), file, uses, new LinkedHashSet<>());
                }
            }
        });
        return uses;
    }

    /** @throws IllegalArgumentException when an endpoint does not exist; the message names the file */
    public static RouteNeeds of(List<Use> uses) {
        Map<String, Set<String>> eventScopes = eventScopes();
        List<Call> calls = new ArrayList<>();
        List<Event> events = new ArrayList<>();
        for (Use use : uses) {
            if (use.from()) {
                source(use, eventScopes, calls, events);
            } else {
                FeishuConfiguration options = options(use);
                operation(use)
                        .endpoints(options)
                        .forEach(called -> calls.add(new Call(called, options.asUser(), use.where())));
            }
        }
        return new RouteNeeds(calls, events);
    }

    /** With calls that no route names. */
    public RouteNeeds with(List<Call> more) {
        List<Call> all = new ArrayList<>(calls);
        all.addAll(more);
        return new RouteNeeds(all, events);
    }

    private static Operation operation(Use use) {
        try {
            return Operations.named(use.endpoint());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(use.where() + ": " + e.getMessage(), e);
        }
    }

    private static FeishuConfiguration options(Use use) {
        FeishuConfiguration options = new FeishuConfiguration();
        options.setMethod(use.options().get("method"));
        options.setPath(use.options().get("path"));
        options.setIdentity(use.options().getOrDefault("identity", options.getIdentity()));
        return options;
    }

    private static void source(Use use, Map<String, Set<String>> eventScopes, List<Call> calls, List<Event> events) {
        String name = use.endpoint();
        int slash = name.indexOf('/');
        switch (slash < 0 ? name : name.substring(0, slash)) {
            case "event" -> events.add(event(name.substring(slash + 1), eventScopes, use));
            case "command" -> {
                events.add(new Event(MESSAGE_RECEIVED, COMMAND_SCOPES, use.where()));
                call(calls, "GET", "/open-apis/bot/v3/info", use);
                call(calls, "POST", "/open-apis/im/v1/messages/:message_id/reply", use);
            }
            case "card" -> {
                events.add(event("card.action.trigger", eventScopes, use));
                call(calls, "POST", "/open-apis/interactive/v1/card/update", use);
                call(calls, "PATCH", "/open-apis/im/v1/messages/:message_id", use);
            }
            case "approval" -> {
                events.add(event("approval_instance", eventScopes, use));
                call(calls, "POST", "/open-apis/approval/v4/approvals/:approval_code/subscribe", use);
                call(calls, "GET", "/open-apis/approval/v4/instances/:instance_id", use);
            }
            // a pair with a schedule does these by itself
            case "bitable" ->
                Stream.of("bitable/poll", "bitable/probe", "bitable/verify")
                        .flatMap(done -> Operations.named(done).endpoints(new FeishuConfiguration()).stream())
                        .forEach(called -> calls.add(new Call(called, false, use.where())));
            default -> {
                // what the others take comes from this side
            }
        }
    }

    private static Event event(String type, Map<String, Set<String>> eventScopes, Use use) {
        Set<String> scopes = eventScopes.getOrDefault(type, Set.of());
        return new Event(type, scopes.isEmpty() ? List.of() : List.of(scopes), use.where());
    }

    private static void call(List<Call> calls, String method, String path, Use use) {
        calls.add(new Call(DeclaredCall.endpoint(method, path), false, use.where()));
    }

    private static Map<String, Set<String>> eventScopes() {
        try (InputStream in = RouteNeeds.class.getResourceAsStream(EVENTS)) {
            Map<String, Set<String>> scopes = new TreeMap<>();
            for (JsonNode event : FeishuConverters.JSON.readTree(in)) {
                Set<String> any = new LinkedHashSet<>();
                event.path("scopes_any_of").forEach(scope -> any.add(scope.asText()));
                scopes.put(event.path("type").asText(), any);
            }
            return scopes;
        } catch (IOException e) {
            throw new UncheckedIOException("the event catalog " + EVENTS + " cannot be read", e);
        }
    }

    private static void collect(String yaml, String file, List<Use> uses, Set<String> kamelets) {
        for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
            collect(document, false, file, uses, kamelets);
        }
    }

    private static void collect(Object node, boolean from, String file, List<Use> uses, Set<String> kamelets) {
        if (node instanceof Map<?, ?> map) {
            Object uri = map.get("uri");
            if (uri instanceof String text) {
                add(text, map.get("parameters"), from, file, uses, kamelets);
            }
            map.forEach((key, value) -> {
                if (!key.equals("uri")) {
                    collect(value, key.equals("from"), file, uses, kamelets);
                }
            });
        } else if (node instanceof Iterable<?> list) {
            list.forEach(item -> collect(item, false, file, uses, kamelets));
        } else if (node instanceof String text) {
            add(text, null, from, file, uses, kamelets);
        }
    }

    private static void add(
            String uri, Object parameters, boolean from, String file, List<Use> uses, Set<String> kamelets) {
        int question = uri.indexOf('?');
        String path = question < 0 ? uri : uri.substring(0, question);
        if (path.startsWith(KAMELET)) {
            kamelets.add(path.substring(KAMELET.length()).split("/")[0]);
        } else if (path.startsWith(FEISHU) && path.length() > FEISHU.length()) {
            Map<String, String> options = new LinkedHashMap<>();
            if (question >= 0) {
                for (String option : uri.substring(question + 1).split("&")) {
                    String[] parts = option.split("=", 2);
                    options.put(parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
                }
            }
            if (parameters instanceof Map<?, ?> given) {
                given.forEach((name, value) -> options.put(String.valueOf(name), String.valueOf(value)));
            }
            uses.add(new Use(from, path.substring(FEISHU.length()), options, file));
        }
    }
}
