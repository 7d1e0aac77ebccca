package dev.camelfeishu.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;

/**
 * Access tokens of a self-built app, and the bot itself.
 *
 * <p>The HTTP status of a refused token call is not documented: 200, as with other endpoints of that age. Which code an
 * unknown app gets is not either: 10014.
 */
final class AuthApi implements Api {
    private final Tokens tokens;
    private final SandboxProperties properties;

    AuthApi(Tokens tokens, SandboxProperties properties) {
        this.tokens = tokens;
        this.properties = properties;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", "/open-apis/auth/v3/tenant_access_token/internal", call -> issue(call, false));
        routes.on("POST", "/open-apis/auth/v3/app_access_token/internal", call -> issue(call, true));
        routes.on("GET", "/open-apis/bot/v3/info", call -> bot());
    }

    private Answer issue(Call call, boolean app) {
        JsonNode body = call.json(10003);
        if (!body.path("app_id").isTextual() || !body.path("app_secret").isTextual()) {
            return refused(10003, "invalid param");
        }
        if (!properties.appId().equals(body.path("app_id").asText())) {
            return refused(10014, "app is not usable");
        }
        byte[] given = body.path("app_secret").asText().getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(given, properties.appSecret().getBytes(StandardCharsets.UTF_8))) {
            return refused(10015, "app secret invalid");
        }
        Tokens.Issued issued = tokens.issue();
        ObjectNode answer = Json.object().put("code", 0).put("msg", "ok");
        if (app) {
            answer.put("app_access_token", issued.token());
        }
        answer.put("tenant_access_token", issued.token());
        answer.put("expire", Duration.between(Instant.now(), issued.expiresAt()).toSeconds());
        return Answer.of(200, answer);
    }

    private static Answer refused(int code, String msg) {
        return Answer.of(200, Json.object().put("code", code).put("msg", msg));
    }

    private static Answer bot() {
        ObjectNode answer = Json.object().put("code", 0).put("msg", "ok");
        ObjectNode bot = answer.putObject("bot");
        bot.put("activate_status", 2)
                .put("app_name", SandboxProperties.BOT_NAME)
                .put("avatar_url", "")
                .put("open_id", SandboxProperties.BOT_OPEN_ID);
        bot.putArray("ip_white_list");
        return Answer.of(200, answer);
    }
}
