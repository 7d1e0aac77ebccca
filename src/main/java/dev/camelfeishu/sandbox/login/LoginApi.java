package dev.camelfeishu.sandbox.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The OAuth token endpoint, version 2, and what it tells about the person. */
public final class LoginApi implements Api {
    private final SandboxDatabase database;
    private final UserTokens tokens;
    private final People people;
    private final SandboxProperties properties;
    private final LoginSettings settings;

    public LoginApi(
            SandboxDatabase database,
            UserTokens tokens,
            People people,
            SandboxProperties properties,
            LoginSettings settings) {
        this.database = database;
        this.tokens = tokens;
        this.people = people;
        this.properties = properties;
        this.settings = settings;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", "/open-apis/authen/v2/oauth/token", this::token);
        routes.on("GET", "/open-apis/authen/v1/user_info", this::info);
    }

    private Answer token(Call call) {
        try {
            return database.inTransaction(() -> exchange(call));
        } catch (OAuthRefusal refusal) {
            return refusal.answer();
        }
    }

    private Answer exchange(Call call) {
        JsonNode body = Json.parse(new String(call.body(), StandardCharsets.UTF_8));
        if (body == null || !body.isObject()) {
            throw new OAuthRefusal(20063, "invalid_request", "The request is malformed. Please check your request.");
        }
        String grant = required(body, "grant_type");
        checkApp(call, body);
        UserTokens.Issued issued = switch (grant) {
            case "authorization_code" -> byCode(body);
            case "refresh_token" -> byRefreshToken(body);
            default ->
                throw new OAuthRefusal(20036, "unsupported_grant_type", "The specified grant_type is not supported.");
        };
        ObjectNode answer = Json.object()
                .put("code", 0)
                .put("access_token", issued.accessToken())
                .put("expires_in", issued.expiresIn().toSeconds());
        if (issued.refreshToken() != null) {
            answer.put("refresh_token", issued.refreshToken())
                    .put("refresh_token_expires_in", issued.refreshExpiresIn().toSeconds());
        }
        answer.put("token_type", "Bearer").put("scope", String.join(" ", new TreeSet<>(issued.scopes())));
        return Answer.of(200, answer);
    }

    private void checkApp(Call call, JsonNode body) {
        if (call.headers().containsKey("authorization") && body.has("client_secret")) {
            throw new OAuthRefusal(
                    20070,
                    "invalid_request",
                    "Multiple authentication methods were provided. Please only use one to proceed.");
        }
        if (!properties.appId().equals(required(body, "client_id"))) {
            throw new OAuthRefusal(20048, "invalid_client", "The specified app does not exist.");
        }
        byte[] given = required(body, "client_secret").getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(given, properties.appSecret().getBytes(StandardCharsets.UTF_8))) {
            throw new OAuthRefusal(20002, "invalid_client", "The client secret is invalid.");
        }
    }

    private UserTokens.Issued byCode(JsonNode body) {
        String code = required(body, "code");
        UserTokens.Agreement agreement = tokens.code(code)
                .orElseThrow(() -> new OAuthRefusal(20003, "invalid_grant", "The authorization code is not found."));
        if (agreement.expired()) {
            throw new OAuthRefusal(20004, "invalid_grant", "The authorization code has expired.");
        }
        if (body.has("redirect_uri")
                && !agreement.redirectUri().equals(body.path("redirect_uri").asText())) {
            throw new OAuthRefusal(20071, "invalid_grant", "The redirect_uri does not match the authorization's.");
        }
        if (!proven(agreement, body.path("code_verifier").asText(""))) {
            throw new OAuthRefusal(20049, "invalid_grant", "The PKCE verification failed.");
        }
        Set<String> scopes = scopes(body, agreement.scopes());
        if (!tokens.use(code)) {
            throw new OAuthRefusal(20065, "invalid_grant", "The authorization code has been used.");
        }
        return tokens.issue(agreement.openId(), scopes, Instant.now());
    }

    private UserTokens.Issued byRefreshToken(JsonNode body) {
        String token = required(body, "refresh_token");
        if (!settings.refresh()) {
            throw new OAuthRefusal(20074, "invalid_grant", "The specified app is not allowed to refresh token.");
        }
        UserTokens.Refresh known = tokens.refresh(token)
                .orElseThrow(() -> new OAuthRefusal(
                        20026, "invalid_grant", "The refresh token passed is invalid. Please check the value."));
        if (known.used()) {
            throw new OAuthRefusal(20073, "invalid_grant", "The refresh token has been used.");
        }
        if (known.expired()) {
            throw new OAuthRefusal(
                    20037, "invalid_grant", "The refresh token passed has expired. Please generate a new one.");
        }
        Set<String> scopes = scopes(body, known.scopes());
        tokens.spend(token);
        return tokens.issue(known.openId(), scopes, known.firstGranted());
    }

    private static boolean proven(UserTokens.Agreement agreement, String verifier) {
        if (agreement.challenge() == null) {
            return true;
        }
        String proof = agreement.method().equals("S256") ? s256(verifier) : verifier;
        return verifier.length() >= 43 && verifier.length() <= 128 && proof.equals(agreement.challenge());
    }

    private static String s256(String verifier) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static Set<String> scopes(JsonNode body, Set<String> granted) {
        String wanted = body.path("scope").asText("").strip();
        if (wanted.isEmpty()) {
            return granted;
        }
        List<String> list = Arrays.asList(wanted.split("\\s+"));
        Set<String> scopes = new LinkedHashSet<>(list);
        if (scopes.size() < list.size()) {
            throw new OAuthRefusal(20067, "invalid_scope", "The provided scope list contains duplicate scopes.");
        }
        if (!granted.containsAll(scopes)) {
            throw new OAuthRefusal(
                    20068, "invalid_scope", "The provided scope list contains scopes that are not permitted.");
        }
        return scopes;
    }

    private static String required(JsonNode body, String name) {
        if (!body.path(name).isTextual() || body.path(name).asText().isEmpty()) {
            throw new OAuthRefusal(20001, "invalid_request", "The request is missing a required parameter: " + name);
        }
        return body.path(name).asText();
    }

    private Answer info(Call call) {
        Person person = people.byOpenId(call.user()).orElseThrow(() -> new Denial(20008));
        ObjectNode data = Json.object()
                .put("name", person.name())
                .put("en_name", person.name())
                .put("avatar_url", "")
                .put("avatar_thumb", "")
                .put("avatar_middle", "")
                .put("avatar_big", "")
                .put("open_id", person.openId())
                .put("union_id", person.unionId())
                .put("tenant_key", person.tenantKey());
        if (granted("contact:user.email:readonly")) {
            data.put("email", person.email());
        }
        if (granted("contact:user.employee_id:readonly")) {
            data.put("user_id", person.userId());
        }
        if (granted("contact:user.phone:readonly")) {
            data.put("mobile", person.mobile());
        }
        return Answer.ok(data);
    }

    private boolean granted(String scope) {
        return !properties.deniedScopes().contains(scope);
    }
}
