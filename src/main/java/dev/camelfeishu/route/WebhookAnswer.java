package dev.camelfeishu.route;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;

/**
 * What a webhook says back: a status and a small JSON body that tells a stranger nothing.
 *
 * @param body UTF-8, not to be changed
 */
record WebhookAnswer(int status, byte[] body) {

    static final String CONTENT_TYPE = "application/json; charset=utf-8";

    static final WebhookAnswer STORED = message(200, "success");

    private static final WebhookAnswer NO_EVENT = message(400, "not an event");
    private static final WebhookAnswer NOT_VERIFIED = message(401, "not verified");
    private static final WebhookAnswer TOO_LARGE = message(413, "too large");
    private static final WebhookAnswer NOT_STORED = message(503, "not stored, try again");

    static WebhookAnswer ok(JsonNode body) {
        return ok(body.toString());
    }

    static WebhookAnswer ok(String json) {
        return new WebhookAnswer(200, json.getBytes(StandardCharsets.UTF_8));
    }

    static WebhookAnswer refusal(int status) {
        return switch (status) {
            case 400 -> NO_EVENT;
            case 401 -> NOT_VERIFIED;
            case 413 -> TOO_LARGE;
            default -> NOT_STORED;
        };
    }

    private static WebhookAnswer message(int status, String message) {
        return new WebhookAnswer(status, ("{\"msg\":\"" + message + "\"}").getBytes(StandardCharsets.UTF_8));
    }
}
