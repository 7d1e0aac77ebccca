package dev.camelfeishu.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.core.io.ClassPathResource;

/** The documented endpoints of the platform, from {@code feishu/endpoints.json}. */
final class Catalog {
    /**
     * One documented endpoint.
     *
     * @param rate for example {@code 1000 per minute、50 per second}; empty when none is published
     * @param tokens kinds of access token it accepts; empty when it needs none
     * @param scopes any one of these is needed
     * @param errors the documented refusals by code; the first of two with one code
     */
    record Entry(
            String method,
            String path,
            String rate,
            List<String> tokens,
            List<String> scopes,
            Map<Integer, Documented> errors) {
        /** What the page says of a denial; a code it does not name is answered with HTTP 400. */
        Refusal refusal(Denial denial) {
            Documented page = errors.getOrDefault(denial.code(), new Documented(400, ""));
            String detail = denial.getMessage();
            String msg = page.msg().isEmpty() || detail.isEmpty() ? page.msg() + detail : page.msg() + ": " + detail;
            return new Refusal(page.http(), denial.code(), msg);
        }
    }

    /** A refusal as the endpoint's page names it. */
    record Documented(int http, String msg) {}

    private final PathTemplates<Entry> entries = new PathTemplates<>();
    private final Map<String, Entry> byName = new TreeMap<>();

    Catalog() {
        try (InputStream in = new ClassPathResource("feishu/endpoints.json").getInputStream()) {
            for (JsonNode node : Json.MAPPER.readTree(in)) {
                Entry entry = new Entry(
                        node.path("method").asText(),
                        node.path("path").asText(),
                        node.path("rate").asText(),
                        strings(node.path("tokens")),
                        strings(node.path("scopes_any_of")),
                        errors(node.path("errors")));
                entries.add(entry.method(), entry.path(), entry);
                byName.put(entry.method() + " " + entry.path(), entry);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the catalog of endpoints cannot be read", e);
        }
    }

    Optional<PathTemplates.Match<Entry>> find(String method, List<String> segments) {
        return entries.find(method, segments);
    }

    boolean contains(String method, String template) {
        return byName.containsKey(method + " " + template);
    }

    private static Map<Integer, Documented> errors(JsonNode array) {
        Map<Integer, Documented> errors = new HashMap<>();
        array.forEach(error -> errors.putIfAbsent(
                error.path("code").asInt(),
                new Documented(error.path("http").asInt(400), error.path("msg").asText())));
        return Map.copyOf(errors);
    }

    private static List<String> strings(JsonNode array) {
        List<String> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asText()));
        return List.copyOf(values);
    }
}
