package dev.camelfeishu.openapi;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The tokens of one app, which it gets from the platform: with its secret alone, or, as a store app, with the ticket that the
 * platform pushes every hour.
 */
final class AppTokens {

    private static final String AUTH = "/open-apis/auth/v3/";
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{1,4096}");

    /** Could not get the app's token: for a store app mostly a ticket that has ended. */
    private static final int NO_APP_TOKEN = 10012;

    private static final int APP_TOKEN_INVALID = 99991664;
    private static final int TOKEN_INVALID = 99991663;

    /** A ticket asked for comes within seconds; asking more often brings none sooner. */
    private static final Duration BETWEEN_RESENDS = Duration.ofMinutes(1);

    private final FeishuClient client;
    private final AppCredentials app;
    private final AppTickets tickets;
    private final Executor background;
    private final Clock clock;
    private final TokenCache appToken;
    private Instant nextResend = Instant.MIN;

    /**
     * @param client makes the calls that need no token
     * @param tickets of a store app, else null
     * @param background asks for tokens
     */
    AppTokens(FeishuClient client, AppCredentials app, AppTickets tickets, Executor background, Clock clock) {
        this.client = client;
        this.app = app;
        this.tickets = tickets;
        this.background = background;
        this.clock = clock;
        this.appToken = cache(this::appGrant);
    }

    /** The app's own token, the same for all tenants. */
    TokenCache ofApp() {
        return appToken;
    }

    /**
     * A new cache of the app's token in a tenant.
     *
     * @param tenantKey the tenant; null for a self-built app, which has one
     */
    TokenCache inTenant(String tenantKey) {
        if (app.kind() == AppCredentials.Kind.SELF_BUILT) {
            return cache(() -> granted(secret(), "tenant_access_token/internal", Endpoint.TENANT_TOKEN));
        }
        return tenantKey == null ? null : cache(() -> tenantGrant(tenantKey));
    }

    private TokenCache cache(Supplier<TokenCache.Grant> platform) {
        return new TokenCache(platform, background, clock);
    }

    private TokenCache.Grant appGrant() {
        if (app.kind() == AppCredentials.Kind.SELF_BUILT) {
            return granted(secret(), "app_access_token/internal", Endpoint.APP_TOKEN);
        }
        var ticket = tickets.ticket(app.appId()).orElseThrow(() -> noTicket(null));
        try {
            return granted(secret().put("app_ticket", ticket), "app_access_token", Endpoint.APP_TOKEN);
        } catch (FeishuRejectedException e) {
            throw e.code() == NO_APP_TOKEN ? noTicket(e) : e;
        }
    }

    private TokenCache.Grant tenantGrant(String tenantKey) {
        var token = leaseOfApp();
        try {
            return tenantGrant(tenantKey, token);
        } catch (FeishuRejectedException e) {
            if (e.code() != APP_TOKEN_INVALID && e.code() != TOKEN_INVALID) {
                throw e;
            }
            appToken.drop(token);
            return tenantGrant(tenantKey, leaseOfApp());
        }
    }

    private TokenCache.Grant tenantGrant(String tenantKey, String token) {
        var body = JsonNodeFactory.instance
                .objectNode()
                .put("app_access_token", token)
                .put("tenant_key", tenantKey);
        return granted(body, "tenant_access_token", Endpoint.TENANT_TOKEN);
    }

    private String leaseOfApp() {
        try {
            return appToken.lease(Deadline.in(ApiRequest.DEFAULT_DEADLINE)).token();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("The thread that asks for tokens was stopped.", "Start the application again.", 0, e);
        }
    }

    /** Asks for a ticket, at most once a minute, and says that the token will be there later. */
    private FeishuRetryableException noTicket(FeishuException cause) {
        boolean due;
        synchronized (this) {
            var now = clock.instant();
            due = !now.isBefore(nextResend);
            if (due) {
                nextResend = now.plus(BETWEEN_RESENDS);
            }
        }
        if (due) {
            client.call(
                    ApiRequest.post(AUTH + "app_ticket/resend").body(secret()).onlyReads());
        }
        return failed(
                "The store app " + ForeignText.clean(app.appId()) + " has no valid app_ticket"
                        + (due ? "; Feishu was asked to send one." : " yet."),
                "Try again in a minute; if it stays, check that the address for events in the developer console reaches"
                        + " this application.",
                cause == null ? 0 : cause.code(),
                cause);
    }

    /** Asks the platform for a token. It may be asked twice without harm, so it is repeated like a read. */
    private TokenCache.Grant granted(ObjectNode body, String path, String member) {
        var root = client.call(
                        ApiRequest.post(AUTH + path).body(body).onlyReads().priority(Priority.INTERACTIVE))
                .root();
        var token = root.path(member).asText("");
        var seconds = root.path("expire").asLong(0);
        if (!TOKEN.matcher(token).matches() || seconds <= 0) {
            throw failed(
                    "POST " + AUTH + path + ": the answer holds no usable " + member + ".",
                    "Try again later; if it stays, check FEISHU_BASE_URL.",
                    0,
                    null);
        }
        return new TokenCache.Grant(token, Duration.ofSeconds(seconds));
    }

    private ObjectNode secret() {
        return JsonNodeFactory.instance.objectNode().put("app_id", app.appId()).put("app_secret", app.appSecret());
    }

    private static FeishuRetryableException failed(String what, String hint, int code, Throwable cause) {
        return new FeishuRetryableException(what + " " + hint, 0, code, null, hint, false, cause);
    }
}
