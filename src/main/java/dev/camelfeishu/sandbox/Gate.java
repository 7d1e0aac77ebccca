package dev.camelfeishu.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What every call of the Open Platform passes, in this order: injected faults, the catalog, the access token, the content
 * type, the frequency limit, the granted scopes, then the endpoint.
 *
 * <p>A person's token is a {@code u-} or a JWT. The HTTP status of 99991661, 99991663, 99991668, 99991671, 99991672, 99991677
 * and 99991679 and the answer for an unknown path are not documented; HTTP 400 and 404 are this sandbox's choice.
 */
final class Gate {
    private static final String ANY_TOKEN = "tenant_access_token";
    /** The code of an endpoint that counts its calls itself, since its limit is not one of the app. */
    private static final int OWN_LIMIT = 11232;

    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

    /** The answer, or null for a dropped connection, and the template that the path fits, or null. */
    record Outcome(Answer answer, String template) {}

    private final Catalog catalog;
    private final Router router;
    private final Faults faults;
    private final Tokens tokens;
    private final RateLimits rates;
    private final SandboxProperties properties;

    Gate(Catalog catalog, Router router, Faults faults, Tokens tokens, RateLimits rates, SandboxProperties properties) {
        this.catalog = catalog;
        this.router = router;
        this.faults = faults;
        this.tokens = tokens;
        this.rates = rates;
        this.properties = properties;
    }

    /** Whether an endpoint is documented at a method and path; not all are below {@code /open-apis}. */
    boolean documents(String method, List<String> segments) {
        return catalog.find(method, segments).isPresent();
    }

    Outcome answer(Call call, List<String> segments) {
        Optional<PathTemplates.Match<Catalog.Entry>> match = catalog.find(call.method(), segments);
        String template = match.map(PathTemplates.Match::template).orElse(null);
        Optional<Faults.Fault> fault = faults.next(call.method(), call.path(), template);
        if (fault.isPresent()) {
            switch (fault.get().kind()) {
                case STATUS, CODE -> {
                    ObjectNode body = Json.object()
                            .put("code", fault.get().code())
                            .put("msg", fault.get().msg());
                    return new Outcome(
                            new Answer(fault.get().status(), body, fault.get().headers()), template);
                }
                case DROP -> {
                    return new Outcome(null, template);
                }
                case DELAY -> pause(fault.get().delayMs());
                case AFTER_DROP -> {
                    settle(call, match);
                    return new Outcome(null, template);
                }
            }
        }
        return new Outcome(settle(call, match), template);
    }

    private Answer settle(Call call, Optional<PathTemplates.Match<Catalog.Entry>> match) {
        try {
            if (match.isEmpty()) {
                throw new Refusal(404, 404, "404 page not found: no documented endpoint has this method and path");
            }
            Catalog.Entry entry = match.get().value();
            Optional<Tokens.UserToken> user = checkToken(call, entry);
            checkContentType(call);
            checkRate(entry);
            checkScopes(entry);
            user.ifPresent(token -> checkGrants(token, entry));
            Endpoint endpoint = router.at(entry.method(), entry.path())
                    .orElseThrow(() -> new Refusal(
                            501, 501, "not simulated: the sandbox has no " + entry.method() + " " + entry.path()));
            return endpoint.answer(call.at(
                    match.get().variables(), user.map(Tokens.UserToken::openId).orElse(null)));
        } catch (Refusal refusal) {
            return refused(refusal);
        } catch (Denial denial) {
            return refused(match.map(PathTemplates.Match::value)
                    .map(entry -> entry.refusal(denial))
                    .orElseGet(() -> new Refusal(400, denial.code(), denial.getMessage())));
        }
    }

    /** @return the person's token, or empty when the app itself calls or the endpoint needs no token */
    private Optional<Tokens.UserToken> checkToken(Call call, Catalog.Entry entry) {
        if (entry.tokens().isEmpty()) {
            return Optional.empty();
        }
        String header = call.headers().getOrDefault("authorization", "");
        if (!header.startsWith("Bearer ") || header.length() == "Bearer ".length()) {
            throw new Refusal(400, 99991661, "Missing access token for authorization.");
        }
        String token = header.substring("Bearer ".length());
        if (token.startsWith("u-") || token.startsWith("eyJ")) {
            return Optional.of(checkUserToken(token, entry));
        }
        if (!token.startsWith("t-")) {
            throw new Refusal(400, 99991671, "Invalid access token format: it must begin with t- or u-.");
        }
        boolean accepted = entry.tokens().contains(ANY_TOKEN) || entry.tokens().contains("app_access_token");
        if (!accepted || !tokens.valid(token)) {
            throw new Refusal(400, 99991663, "Invalid access token for authorization.");
        }
        return Optional.empty();
    }

    private Tokens.UserToken checkUserToken(String token, Catalog.Entry entry) {
        Tokens.UserToken known = tokens.user(token)
                .filter(any -> entry.tokens().contains("user_access_token"))
                .orElseThrow(() -> new Refusal(400, 99991668, "Invalid access token for authorization."));
        if (known.expired()) {
            throw new Refusal(400, 99991677, "Authentication token expired.");
        }
        return known;
    }

    /** The person must have granted one of the endpoint's scopes. */
    private static void checkGrants(Tokens.UserToken token, Catalog.Entry entry) {
        if (entry.scopes().isEmpty() || entry.scopes().stream().anyMatch(token.scopes()::contains)) {
            return;
        }
        ObjectNode error = Json.object();
        var violations = error.putArray("permission_violations");
        entry.scopes()
                .forEach(scope -> violations
                        .addObject()
                        .put("type", "action_privilege_required")
                        .put("subject", scope));
        throw new Refusal(
                400,
                99991679,
                "Unauthorized. You do not have permission to perform the requested operation on the resource. The app is"
                        + " required one of these privileges: [" + String.join(", ", entry.scopes()) + "].",
                error,
                Map.of());
    }

    private static void checkContentType(Call call) {
        if (call.body().length == 0 || !WITH_BODY.contains(call.method())) {
            return;
        }
        String type = call.headers().getOrDefault("content-type", "").toLowerCase(Locale.ROOT);
        if (!type.startsWith("application/json") && !type.startsWith("multipart/form-data")) {
            throw new Refusal(400, 9499, "Bad Request: the Content-Type must be application/json; charset=utf-8");
        }
    }

    private void checkRate(Catalog.Entry entry) {
        if (!properties.rates() || entry.errors().containsKey(OWN_LIMIT)) {
            return;
        }
        RateLimits.Exceeded exceeded = rates.count(entry.method() + " " + entry.path(), entry.rate());
        if (exceeded != null) {
            throw new Refusal(
                    429,
                    99991400,
                    "request trigger frequency limit",
                    null,
                    Map.of(
                            "x-ogw-ratelimit-limit", Integer.toString(exceeded.limit()),
                            "x-ogw-ratelimit-reset", Long.toString(exceeded.resetSeconds())));
        }
    }

    private void checkScopes(Catalog.Entry entry) {
        if (entry.scopes().isEmpty() || !properties.deniedScopes().containsAll(entry.scopes())) {
            return;
        }
        ObjectNode error = Json.object();
        error.put("message", "Refer to the documentation to grant the app one of the scopes.");
        var violations = error.putArray("permission_violations");
        var helps = error.putArray("helps");
        for (String scope : entry.scopes()) {
            violations.addObject().put("type", "action_scope_required").put("subject", scope);
            helps.addObject()
                    .put(
                            "url",
                            "https://open.feishu.cn/app/" + properties.appId() + "/auth?q=" + scope
                                    + "&op_from=openapi")
                    .put("description", "Grant the scope and publish a version of the app.");
        }
        throw new Refusal(
                400,
                99991672,
                "Access denied. One of the following scopes is required: [" + String.join(", ", entry.scopes()) + "].",
                error,
                Map.of());
    }

    static Answer refused(Refusal refusal) {
        ObjectNode body = Json.object().put("code", refusal.code()).put("msg", refusal.getMessage());
        body.set("error", refusal.error() == null ? Json.object() : refusal.error());
        return new Answer(refusal.httpStatus(), body, refusal.headers());
    }

    /** The answer's JSON; an error names the log id. */
    static String text(Answer answer, String logId) {
        if (answer.body().path("error") instanceof ObjectNode error) {
            error.put("log_id", logId);
        }
        return Json.write(answer.body());
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(500, 1500, "the sandbox is stopping");
        }
    }
}
