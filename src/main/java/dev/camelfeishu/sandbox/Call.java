package dev.camelfeishu.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A request to the sandbox.
 *
 * @param method HTTP method in capitals
 * @param path decoded path, without the query
 * @param variables values of the template's variables, decoded, by name without the colon
 * @param query query parameters, decoded; the first value of each
 * @param headers header fields by lower-case name; the first value of each
 * @param body the bytes as received, empty when there are none
 * @param user open_id of the person in whose name it is made, null for the app itself
 * @param repeated all values of each query parameter, in their order
 * @param form the parts of a body of {@code multipart/form-data}, of which {@code body} then has nothing
 */
public record Call(
        String method,
        String path,
        Map<String, String> variables,
        Map<String, String> query,
        Map<String, String> headers,
        byte[] body,
        String user,
        Map<String, List<String>> repeated,
        Form form) {
    /** A call of the app itself that repeats no query parameter. */
    public Call(
            String method,
            String path,
            Map<String, String> variables,
            Map<String, String> query,
            Map<String, String> headers,
            byte[] body) {
        this(method, path, variables, query, headers, body, null, Map.of(), Form.NONE);
    }

    /** The same call, at the endpoint that was found for it. */
    Call at(Map<String, String> found, String openId) {
        return new Call(method, path, found, query, headers, body, openId, repeated, form);
    }

    /** All values of a query parameter. */
    public List<String> all(String name) {
        return repeated.getOrDefault(name, List.of());
    }

    /** The value of a variable of the template. */
    public String variable(String name) {
        String value = variables.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the template has no variable :" + name);
        }
        return value;
    }

    /** The query parameter, or {@code otherwise} when it is absent or empty. */
    public String query(String name, String otherwise) {
        String value = query.get(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    /**
     * The body as a JSON object.
     *
     * @throws Refusal 9499 with HTTP 400 when it is not one
     */
    public JsonNode json() {
        return json(9499);
    }

    /**
     * The body as a JSON object.
     *
     * @param code the family's own code for a body that is not one
     */
    public JsonNode json(int code) {
        JsonNode node;
        try {
            node = Json.MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            throw new Refusal(400, code, "Bad Request: the body is not JSON");
        } catch (IOException e) {
            throw new Refusal(400, code, "Bad Request: the body cannot be read");
        }
        if (!node.isObject()) {
            throw new Refusal(400, code, "Bad Request: the body is not a JSON object");
        }
        return node;
    }
}
