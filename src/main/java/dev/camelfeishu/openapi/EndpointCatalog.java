package dev.camelfeishu.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Every endpoint the gate may call, read from the public documentation. A path that is not here does not reach the wire.
 * Immutable; safe for all threads.
 */
public final class EndpointCatalog {

    private static final String RESOURCE = "/feishu/endpoints.json";
    private static final String SPECIAL_RATE = "特殊频控";

    /** Where the special limit is told on the endpoint's page: files of documents, five a second. */
    private static final List<Rate> MEDIA_RATE = List.of(new Rate(5, Duration.ofSeconds(1)));

    private static final Pattern MEDIA = Pattern.compile("/open-apis/drive/v1/medias/(upload_.*|:file_token/download)");

    /** POSTs that change nothing: the documentation does not mark them. */
    private static final Set<String> READING_POSTS = Set.of(
            "/open-apis/approval/v4/districts/search",
            "/open-apis/approval/v4/external_instances/check",
            "/open-apis/approval/v4/instances/preview",
            "/open-apis/approval/v4/instances/query",
            "/open-apis/approval/v4/instances/search_cc",
            "/open-apis/approval/v4/tasks/search",
            "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records/batch_get",
            "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records/search",
            "/open-apis/contact/v3/departments/search",
            "/open-apis/contact/v3/users/batch_get_id",
            "/open-apis/drive/v1/files/:file_token/comments/batch_query",
            "/open-apis/drive/v1/metas/batch_query",
            "/open-apis/im/v1/messages/reactions/batch_query",
            "/open-apis/search/v2/app",
            "/open-apis/search/v2/doc_wiki/search",
            "/open-apis/search/v2/message",
            "/open-apis/suite/docs-api/search/object");

    /**
     * An endpoint found by a path.
     *
     * @param endpoint what was found
     * @param variables for each variable of its template, in order, what stands in its place in the given path: another
     *     {@code :name}, or a concrete value
     */
    public record Match(Endpoint endpoint, Map<String, String> variables) {}

    private final List<Endpoint> endpoints;
    private final Map<String, List<Endpoint>> byShape;

    private EndpointCatalog(List<Endpoint> endpoints) {
        this.endpoints = List.copyOf(endpoints);
        var shapes = new HashMap<String, List<Endpoint>>();
        for (var endpoint : endpoints) {
            shapes.computeIfAbsent(shape(endpoint.method(), segments(endpoint.path())), s -> new ArrayList<>())
                    .add(endpoint);
        }
        this.byShape = Map.copyOf(shapes);
    }

    /** Reads the catalog that is packed with the application. */
    public static EndpointCatalog packed() {
        try (InputStream in = EndpointCatalog.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the endpoint catalog " + RESOURCE + " is not on the class path");
            }
            var endpoints = new ArrayList<Endpoint>();
            for (var node : new ObjectMapper().readTree(in)) {
                endpoints.add(endpoint(node));
            }
            return new EndpointCatalog(endpoints);
        } catch (IOException e) {
            throw new UncheckedIOException("the endpoint catalog " + RESOURCE + " cannot be read", e);
        }
    }

    /** All endpoints, in the order of the documentation. */
    public List<Endpoint> endpoints() {
        return endpoints;
    }

    /**
     * Finds the endpoint of a path, which may be a template ({@code /open-apis/im/v1/messages/:message_id}, whatever its
     * variables are called) or concrete ({@code /open-apis/im/v1/messages/om_1}). A literal segment outranks a variable.
     */
    public Optional<Match> match(String method, String path) {
        var segments = segments(path);
        Endpoint best = null;
        for (var candidate : byShape.getOrDefault(shape(method, segments), List.of())) {
            if (fits(candidate, segments) && (best == null || outranks(candidate, best))) {
                best = candidate;
            }
        }
        return Optional.ofNullable(best).map(endpoint -> new Match(endpoint, variables(endpoint, segments)));
    }

    /** Method and template of the catalogued endpoint whose spelling is nearest; for error messages. */
    public String nearest(String method, String path) {
        var wanted = method + " " + (path.length() > 200 ? path.substring(0, 200) : path);
        var nearest = "";
        var least = Integer.MAX_VALUE;
        for (var endpoint : endpoints) {
            var distance = distance(wanted, endpoint.name());
            if (distance < least) {
                least = distance;
                nearest = endpoint.name();
            }
        }
        return nearest;
    }

    private static Endpoint endpoint(JsonNode node) {
        var method = node.path("method").asText();
        var path = node.path("path").asText();
        var errors = new HashMap<Integer, String>();
        for (var error : node.path("errors")) {
            errors.putIfAbsent(error.path("code").asInt(), error.path("msg").asText());
        }
        var rate = node.path("rate").asText();
        return new Endpoint(
                method,
                path,
                MEDIA.matcher(path).matches() ? MEDIA_RATE : Rate.parse(rate),
                rate.contains(SPECIAL_RATE),
                texts(node.path("tokens")),
                texts(node.path("scopes_any_of")),
                texts(node.path("field_scopes")),
                errors,
                node.path("doc").asText(),
                node.path("historic").asBoolean(),
                method.equals("GET") || method.equals("POST") && READING_POSTS.contains(path));
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static String[] segments(String path) {
        return path.split("/", -1);
    }

    private static String shape(String method, String[] segments) {
        return method + " " + segments.length;
    }

    private static boolean fits(Endpoint endpoint, String[] segments) {
        var template = segments(endpoint.path());
        for (var i = 0; i < template.length; i++) {
            var variable = template[i].startsWith(":");
            if (variable ? segments[i].isEmpty() : !template[i].equals(segments[i])) {
                return false;
            }
        }
        return true;
    }

    /** Of two templates that fit the same path, the one with the earlier literal is meant. */
    private static boolean outranks(Endpoint candidate, Endpoint best) {
        var mine = segments(candidate.path());
        var theirs = segments(best.path());
        for (var i = 0; i < mine.length; i++) {
            var literal = !mine[i].startsWith(":");
            if (literal != !theirs[i].startsWith(":")) {
                return literal;
            }
        }
        return false;
    }

    private static Map<String, String> variables(Endpoint endpoint, String[] segments) {
        var template = segments(endpoint.path());
        var variables = new LinkedHashMap<String, String>();
        for (var i = 0; i < template.length; i++) {
            if (template[i].startsWith(":")) {
                variables.put(template[i].substring(1), segments[i]);
            }
        }
        return variables;
    }

    private static int distance(String a, String b) {
        var previous = new int[b.length() + 1];
        for (var j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (var i = 1; i <= a.length(); i++) {
            var current = new int[b.length() + 1];
            current[0] = i;
            for (var j = 1; j <= b.length(); j++) {
                var change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(change, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
