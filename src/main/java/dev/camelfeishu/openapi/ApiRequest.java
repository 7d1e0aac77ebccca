package dev.camelfeishu.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * One call of the Open Platform, not yet sent. The path is a template of the catalog, such as
 * {@code /open-apis/im/v1/messages/:message_id/reply}; its variables are encoded by the gate, so an id that comes from a
 * message can never reach another path. Instances are immutable.
 *
 * @param method HTTP method, upper case
 * @param path path template, {@code :name} for a variable
 * @param pathVariables value of each variable, not yet encoded
 * @param query query parameters, not yet encoded, in order
 * @param body JSON body, or null for none; a JSON null inside it is sent (it clears a Bitable cell)
 * @param reading whether this call only reads, although it is a POST (record search, for one)
 * @param deadline how long the caller waits in all, retries and waiting for a turn included
 */
public record ApiRequest(
        String method,
        String path,
        Map<String, String> pathVariables,
        Map<String, String> query,
        JsonNode body,
        boolean reading,
        Duration deadline) {

    /** The longest the gate retries a call when its caller names no deadline of its own. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);

    public ApiRequest {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(path, "path");
        pathVariables = Map.copyOf(pathVariables);
        query = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(query));
        Objects.requireNonNull(deadline, "deadline");
    }

    public static ApiRequest of(String method, String path) {
        return new ApiRequest(method, path, Map.of(), Map.of(), null, "GET".equals(method), DEFAULT_DEADLINE);
    }

    public static ApiRequest get(String path) {
        return of("GET", path);
    }

    public static ApiRequest post(String path) {
        return of("POST", path);
    }

    public ApiRequest with(String variable, String value) {
        var variables = new LinkedHashMap<>(pathVariables);
        variables.put(variable, Objects.requireNonNull(value, variable));
        return new ApiRequest(method, path, variables, query, body, reading, deadline);
    }

    /** Adds a query parameter; a null value leaves it out. */
    public ApiRequest query(String name, String value) {
        if (value == null) {
            return this;
        }
        var parameters = new LinkedHashMap<>(query);
        parameters.put(name, value);
        return new ApiRequest(method, path, pathVariables, parameters, body, reading, deadline);
    }

    public ApiRequest body(JsonNode json) {
        return new ApiRequest(method, path, pathVariables, query, json, reading, deadline);
    }

    /** Marks a POST that changes nothing, so that it may be retried like a GET. */
    public ApiRequest onlyReads() {
        return new ApiRequest(method, path, pathVariables, query, body, true, deadline);
    }

    public ApiRequest within(Duration deadline) {
        return new ApiRequest(method, path, pathVariables, query, body, reading, deadline);
    }
}
