package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.push.Seal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/** Tells a third party of a quick action, at the address it gave. It has ten seconds; nothing is sent again. */
public final class ActionCallback {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Set<String> SCHEMES = Set.of("http", "https");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final SecureRandom random = new SecureRandom();

    /**
     * @param key encrypts the body; empty: it is sent as it is
     * @return {@code {"status","body","shown"}}: what was answered and, for a status above 400, what the person sees
     */
    Answer send(String url, String token, String key, ObjectNode content) {
        content.put("token", token);
        String body = Json.write(content);
        if (!key.isEmpty()) {
            byte[] iv = new byte[16];
            random.nextBytes(iv);
            body = Seal.envelope(Seal.encrypt(key, iv, body));
        }
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(address(url))
                            .timeout(PATIENCE)
                            .header("Content-Type", "application/json; charset=utf-8")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            ObjectNode answer =
                    Json.object().put("status", response.statusCode()).put("body", response.body());
            if (response.statusCode() > 400) {
                JsonNode said = Json.parse(response.body());
                answer.put("shown", said == null ? "" : said.path("message").asText(""));
            }
            return Answer.of(200, answer);
        } catch (IOException e) {
            return Answer.of(200, Json.object().put("status", 0).put("body", "no answer"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.of(200, Json.object().put("status", 0).put("body", "no answer"));
        }
    }

    private static URI address(String url) {
        try {
            URI uri = URI.create(url);
            if (uri.getHost() != null
                    && SCHEMES.contains(String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw Control.bad("The callback's address is not an address.");
        }
        throw Control.bad("The callback's address is not an address.");
    }
}
