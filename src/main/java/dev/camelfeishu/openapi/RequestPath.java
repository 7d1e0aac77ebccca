package dev.camelfeishu.openapi;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The path and query of a call, encoded, and the endpoint they belong to. A variable's value fills one segment and nothing
 * else: it cannot lead to another path, not even to a sibling ({@code query} as an instance id, for one).
 *
 * @param endpoint the catalogued endpoint
 * @param variables value of each of its variables, not encoded
 * @param encoded path and query as they are sent
 */
record RequestPath(Endpoint endpoint, Map<String, String> variables, String encoded) {

    private static final String ROOT = "/open-apis/";
    private static final Pattern TEMPLATE = Pattern.compile("(?:/:?[A-Za-z0-9_@.~-]+)+/?");
    private static final int LONGEST_PATH = 2048;
    private static final int LONGEST_VALUE = 1024;
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    /** @throws FeishuRejectedException when the path is not catalogued or a value cannot stand in it */
    static RequestPath of(ApiRequest request, EndpointCatalog catalog) {
        var path = request.path();
        var called = ForeignText.clean(request.method() + " " + path);
        if (!path.startsWith(ROOT) && !path.startsWith(Endpoint.WWW_ROOT)
                || path.length() > LONGEST_PATH
                || !TEMPLATE.matcher(path).matches()) {
            throw refused(
                    called + ": not a path of the Open Platform.",
                    "Write a template such as /open-apis/im/v1/messages/:message_id; the query goes into its own"
                            + " parameters.");
        }
        var match = catalog.match(request.method(), path)
                .orElseThrow(() -> refused(
                        called + ": no such endpoint in the catalog.",
                        "The nearest one is " + catalog.nearest(request.method(), path) + "."));
        var endpoint = match.endpoint();
        var variables = new LinkedHashMap<String, String>();
        var encoded = new StringBuilder();
        for (var segment : endpoint.path().substring(1).split("/")) {
            encoded.append('/');
            if (segment.startsWith(":")) {
                var name = segment.substring(1);
                var value = value(request, endpoint, match.variables().get(name));
                variables.put(name, value);
                encoded.append(encode(value));
            } else {
                encoded.append(segment);
            }
        }
        if (endpoint.path().endsWith("/")) {
            encoded.append('/');
        }
        var reached = catalog.match(request.method(), encoded.toString());
        if (reached.isEmpty() || !reached.get().endpoint().equals(endpoint)) {
            throw refused(
                    endpoint.name() + ": the values of its variables lead to another endpoint.",
                    "Give ids as Feishu gave them.");
        }
        var separator = '?';
        for (var parameter : request.repeated().entrySet()) {
            if (parameter.getKey().isEmpty()) {
                throw refused(endpoint.name() + ": a query parameter has no name.", "Leave it out.");
            }
            for (var value : parameter.getValue()) {
                encoded.append(separator)
                        .append(encode(parameter.getKey()))
                        .append('=')
                        .append(encode(value));
                separator = '&';
            }
        }
        return new RequestPath(endpoint, Map.copyOf(variables), encoded.toString());
    }

    private static String value(ApiRequest request, Endpoint endpoint, String given) {
        var variable = given.startsWith(":");
        var value = variable ? request.pathVariables().get(given.substring(1)) : given;
        if (value == null) {
            throw refused(endpoint.name() + ": no value for " + given + ".", "Give one.");
        }
        var name = variable ? given : "a path variable";
        if (value.isBlank() || value.equals(".") || value.equals("..")) {
            throw refused(endpoint.name() + ": the value of " + name + " is empty or a dot.", "Give an id.");
        }
        if (value.length() > LONGEST_VALUE || value.chars().anyMatch(Character::isISOControl)) {
            throw refused(
                    endpoint.name() + ": the value of " + name + " holds control characters or is too long.",
                    "Give an id as Feishu gave it.");
        }
        return value;
    }

    private static FeishuRejectedException refused(String what, String hint) {
        return new FeishuRejectedException(what + " " + hint, 0, 0, null, hint, false, null);
    }

    /** Percent-encodes all but the unreserved characters of RFC 3986, so that the text is one segment or one value. */
    private static String encode(String text) {
        var encoded = new StringBuilder();
        for (var octet : text.getBytes(StandardCharsets.UTF_8)) {
            if (UNRESERVED.indexOf(octet) >= 0) {
                encoded.append((char) octet);
            } else {
                encoded.append(String.format("%%%02X", octet));
            }
        }
        return encoded.toString();
    }
}
