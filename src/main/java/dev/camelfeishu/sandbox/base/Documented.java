package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.sandbox.Endpoint;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The error table of each endpoint's documentation page. The same code has different HTTP statuses on different pages
 * (1254043 is 200 on most and 404 on batch_get), so refusals get theirs here.
 */
final class Documented {
    private static final int NOT_SIMULATED = 501;

    private record Page(int http, String msg) {}

    private final Map<String, Map<Integer, Page>> pages = new HashMap<>();
    private final Map<Integer, Map<Page, Integer>> everywhere = new HashMap<>();

    Documented(ObjectMapper mapper) {
        try (InputStream in = Documented.class.getResourceAsStream("/feishu/endpoints.json")) {
            for (JsonNode endpoint : mapper.readTree(in)) {
                String path = endpoint.path("path").asText();
                if (path.startsWith("/open-apis/bitable/v1/") || path.startsWith("/open-apis/drive/v1/files/")) {
                    add(endpoint.path("method").asText() + " " + path, endpoint.path("errors"));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The catalog of endpoints cannot be read", e);
        }
    }

    private void add(String name, JsonNode errors) {
        Map<Integer, Page> page = pages.computeIfAbsent(name, n -> new HashMap<>());
        for (JsonNode error : errors) {
            int code = error.path("code").asInt();
            Page entry = new Page(error.path("http").asInt(), error.path("msg").asText());
            page.put(code, entry);
            everywhere.computeIfAbsent(code, c -> new HashMap<>()).merge(entry, 1, Integer::sum);
        }
    }

    /** Adds the endpoint; what it denies is answered as its page says. */
    void on(Routes routes, String method, String template, Endpoint endpoint) {
        String name = method + " " + template;
        routes.on(method, template, call -> {
            try {
                return endpoint.answer(call);
            } catch (Denied denied) {
                throw refusal(name, denied.code(), denied.getMessage());
            } catch (Refusal refusal) {
                if (refusal.httpStatus() == NOT_SIMULATED) {
                    throw refusal;
                }
                throw refusal(name, refusal.code(), refusal.getMessage());
            }
        });
    }

    private Refusal refusal(String name, int code, String detail) {
        Page page = pages.getOrDefault(name, Map.of()).get(code);
        if (page == null) {
            page = everywhere.getOrDefault(code, Map.of()).entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .orElse(new Page(400, ""));
        }
        String msg = page.msg().isEmpty() || detail.isEmpty() ? page.msg() + detail : page.msg() + ": " + detail;
        return new Refusal(page.http(), code, msg);
    }
}
