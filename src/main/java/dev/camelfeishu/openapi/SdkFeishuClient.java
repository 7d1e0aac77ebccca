package dev.camelfeishu.openapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate over the official SDK's wire layer, for a self-built app. One instance per base URL, app and tenant; its tokens
 * are its own. Calls block on the caller's thread until they succeed, fail or meet their deadline; an interrupted caller
 * gets a {@link FeishuRetryableException} and keeps its interrupt flag. Bodies and tokens are never logged.
 *
 * <p>Meters: timer {@code feishu.api.calls} (endpoint, outcome, code), counters {@code feishu.api.retries} (endpoint) and
 * {@code feishu.token.cache} (result: hit, miss).
 */
public final class SdkFeishuClient implements FeishuClient, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SdkFeishuClient.class);

    private static final String TENANT_TOKEN_PATH = "/open-apis/auth/v3/tenant_access_token/internal";
    private static final String APP_TOKEN_PATH = "/open-apis/auth/v3/app_access_token/internal";
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{1,4096}");

    /** Members under which the platform takes a caller's own key; a second call with the same key has no second effect. */
    private static final List<String> KEYS = List.of("uuid", "client_token");

    private static final Set<String> IDEMPOTENT_METHODS = Set.of("PUT", "PATCH", "DELETE");
    /** Urgent messages ring again with every call, although they are sent with PATCH. */
    private static final String URGENT = "/open-apis/im/v1/messages/:message_id/urgent_";

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration FIRST_RATE_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(4);
    private static final long RESET_JITTER_MILLIS = 200;

    private final AppCredentials app;
    private final EndpointCatalog catalog;
    private final Turns turns;
    private final MeterRegistry meters;
    private final Wire wire;
    private final ExecutorService background;
    private final TokenCache tenantTokens;
    private final TokenCache appTokens;
    private final TableLine tables = new TableLine();
    private final ReplyReader replies = new ReplyReader();
    private final ObjectMapper json = new ObjectMapper();

    /**
     * @param baseUrl root of the Open Platform
     * @param app the app in whose name calls are made
     * @param catalog what may be called
     * @param turns when it may be called; {@link LocalTurns} on a single node
     * @param meters where calls are counted
     */
    public SdkFeishuClient(
            BaseUrl baseUrl, AppCredentials app, EndpointCatalog catalog, Turns turns, MeterRegistry meters) {
        this(baseUrl, app, catalog, turns, meters, Clock.systemUTC());
    }

    SdkFeishuClient(
            BaseUrl baseUrl,
            AppCredentials app,
            EndpointCatalog catalog,
            Turns turns,
            MeterRegistry meters,
            Clock clock) {
        this.app = Objects.requireNonNull(app, "app");
        this.catalog = Objects.requireNonNull(catalog, "catalog");
        this.turns = Objects.requireNonNull(turns, "turns");
        this.meters = Objects.requireNonNull(meters, "meters");
        this.wire = new Wire(baseUrl);
        this.background = Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "feishu-token");
            thread.setDaemon(true);
            return thread;
        });
        this.tenantTokens = new TokenCache(() -> grant(TENANT_TOKEN_PATH, Endpoint.TENANT_TOKEN), background, clock);
        this.appTokens = new TokenCache(() -> grant(APP_TOKEN_PATH, Endpoint.APP_TOKEN), background, clock);
    }

    @Override
    public ApiResponse call(ApiRequest request) {
        var path = RequestPath.of(request, catalog);
        var start = System.nanoTime();
        try {
            var response = inTurn(new Call(request, path));
            count(path.endpoint(), "success", 0, start);
            return response;
        } catch (FeishuRejectedException e) {
            count(path.endpoint(), "rejected", e.code(), start);
            throw e;
        } catch (FeishuRetryableException e) {
            count(path.endpoint(), e.outcomeUnknown() ? "unknown" : "retryable", e.code(), start);
            throw e;
        }
    }

    /** Ends idle connections and the threads that renew tokens; calls under way may fail. */
    @Override
    public void close() {
        background.shutdownNow();
        wire.close();
    }

    /** One call with what is known of it from the start; the same bytes are sent at every attempt. */
    private final class Call {
        private final ApiRequest request;
        private final RequestPath path;
        private final Endpoint endpoint;
        private final byte[] body;
        private final boolean reading;
        private final boolean repeatable;
        private final TokenCache tokens;
        private final Deadline deadline;
        /** Whether an earlier attempt may have had its effect. */
        private boolean maybeDone;

        Call(ApiRequest request, RequestPath path) {
            this.request = request;
            this.path = path;
            this.endpoint = path.endpoint();
            this.body = bytes();
            this.reading = request.reading() || endpoint.reads();
            this.repeatable = reading
                    || IDEMPOTENT_METHODS.contains(request.method())
                            && !endpoint.path().startsWith(URGENT)
                    || KEYS.stream().anyMatch(this::keyed);
            this.tokens = tokens();
            this.deadline = Deadline.in(request.deadline());
        }

        private byte[] bytes() {
            if (request.body() == null) {
                return null;
            }
            if (request.method().equals("GET")) {
                throw rejected("a GET has no body", "Put the values into the query.");
            }
            try {
                return json.writeValueAsBytes(request.body());
            } catch (JsonProcessingException e) {
                // without the cause, which may quote the body
                throw rejected("the body cannot be written as JSON", "Correct the body.");
            }
        }

        private boolean keyed(String key) {
            var inQuery = request.query().get(key);
            return inQuery != null && !inQuery.isBlank()
                    || request.body() != null
                            && request.body().path(key).isTextual()
                            && !request.body().path(key).textValue().isBlank();
        }

        private TokenCache tokens() {
            if (endpoint.tokens().isEmpty()) {
                return null;
            }
            if (endpoint.tokens().contains(Endpoint.TENANT_TOKEN)) {
                return tenantTokens;
            }
            if (endpoint.tokens().contains(Endpoint.APP_TOKEN)) {
                return appTokens;
            }
            throw rejected(
                    "this endpoint accepts only " + String.join(", ", endpoint.tokens()),
                    "Use one that accepts the app's own token.");
        }

        private FeishuRejectedException rejected(String what, String hint) {
            return new FeishuRejectedException(
                    endpoint.name() + ": " + what + ". " + hint, 0, 0, null, hint, maybeDone, null);
        }

        private FeishuRetryableException late(String what, String hint) {
            return new FeishuRetryableException(
                    endpoint.name() + ": " + what + ". " + hint, 0, 0, null, hint, maybeDone, null);
        }

        private FeishuException failed(Reply.Failure failure) {
            var where = failure.httpStatus() == 0
                    ? ""
                    : " (HTTP " + failure.httpStatus() + (failure.logId() == null ? "" : ", log id " + failure.logId())
                            + ")";
            var looksFirst = failure.reaction() == Reaction.LOOK_FIRST;
            var unknown = maybeDone || looksFirst;
            var hint = failure.hint();
            if (failure.retryAfter() != null) {
                hint += " Feishu allows the next call in "
                        + failure.retryAfter().toSeconds() + " s.";
            }
            if (maybeDone && !looksFirst) {
                hint += " It may have been carried out: look before repeating it.";
            }
            var message = endpoint.name() + ": " + withoutStop(failure.text()) + where + ". " + hint;
            var later = switch (failure.reaction()) {
                case WAIT_FOR_RATE, WAIT_SHORTLY, SERVER_TROUBLE, LOOK_FIRST -> true;
                case REFRESH_TOKEN, NEVER -> false;
            };
            return later
                    ? new FeishuRetryableException(
                            message,
                            failure.httpStatus(),
                            failure.code(),
                            failure.logId(),
                            hint,
                            unknown,
                            failure.cause())
                    : new FeishuRejectedException(
                            message,
                            failure.httpStatus(),
                            failure.code(),
                            failure.logId(),
                            hint,
                            unknown,
                            failure.cause());
        }
    }

    private ApiResponse inTurn(Call call) {
        try {
            var table = TableLine.written(call.endpoint, call.path.variables(), call.reading);
            if (table == null) {
                return attempts(call);
            }
            try (var place = tables.enter(table, call.deadline)) {
                if (place == null) {
                    throw call.late(
                            "other calls were writing to the same Bitable table until the deadline",
                            "Try again later, or write more records per call.");
                }
                return attempts(call);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw call.late("the calling thread was interrupted", "Try again.");
        }
    }

    private ApiResponse attempts(Call call) throws InterruptedException {
        var replayed = false;
        for (var attempt = 0; ; attempt++) {
            awaitTurn(call);
            var token = token(call);
            var left = call.deadline.left();
            if (left.isZero()) {
                throw call.late("its deadline passed before it could be sent", "Try again later.");
            }
            var answer = wire.send(call.request.method(), call.path.encoded(), token, call.body, left);
            var reply = replies.read(answer, call.endpoint, app.appSecret(), token);
            if (reply instanceof Reply.Success success) {
                return success.response();
            }
            var failure = (Reply.Failure) reply;
            if (!call.reading && !failure.reaction().withoutEffect()) {
                call.maybeDone = true;
            }
            if (failure.reaction() == Reaction.REFRESH_TOKEN && call.tokens != null && !replayed) {
                call.tokens.drop(token);
                replayed = true;
                continue;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException();
            }
            var pause = pause(failure, attempt);
            if (!again(call, failure) || !call.deadline.allows(pause)) {
                throw call.failed(failure);
            }
            LOG.debug("{}: {}; again in {} ms", call.endpoint.name(), failure.text(), pause.toMillis());
            meters.counter("feishu.api.retries", "endpoint", call.endpoint.name())
                    .increment();
            Deadline.sleep(pause);
        }
    }

    private static boolean again(Call call, Reply.Failure failure) {
        return switch (failure.reaction()) {
            case WAIT_FOR_RATE, WAIT_SHORTLY -> true;
            case SERVER_TROUBLE -> call.repeatable;
            case REFRESH_TOKEN, LOOK_FIRST, NEVER -> false;
        };
    }

    private void awaitTurn(Call call) throws InterruptedException {
        var left = call.deadline.left();
        var wait = turns.take(call.endpoint, call.path.variables(), call.request, left);
        if (wait.compareTo(left) > 0) {
            throw call.late(
                    "its rate is used up for the next " + (wait.toMillis() + 999) / 1000 + " s",
                    "Try again later, or call it less often.");
        }
        if (!wait.isZero()) {
            Deadline.sleep(wait);
        }
    }

    private String token(Call call) throws InterruptedException {
        if (call.tokens == null) {
            return null;
        }
        try {
            var lease = call.tokens.lease(call.deadline);
            meters.counter("feishu.token.cache", "result", lease.waited() ? "miss" : "hit")
                    .increment();
            return lease.token();
        } catch (FeishuException e) {
            meters.counter("feishu.token.cache", "result", "miss").increment();
            // an earlier attempt of this call may have succeeded, and its caller must know
            throw call.maybeDone ? TokenCache.again(e, true) : e;
        }
    }

    private static Duration pause(Reply.Failure failure, int attempt) {
        var random = ThreadLocalRandom.current();
        if (failure.retryAfter() != null && !failure.retryAfter().isZero()) {
            return failure.retryAfter().plusMillis(random.nextLong(RESET_JITTER_MILLIS));
        }
        var first = failure.reaction() == Reaction.WAIT_FOR_RATE ? FIRST_RATE_PAUSE : FIRST_PAUSE;
        var pause = Math.min(LONGEST_PAUSE.toMillis(), first.toMillis() << Math.min(attempt, 10));
        return Duration.ofMillis(pause / 2 + random.nextLong(pause / 2 + 1));
    }

    /** Asks the platform for a token. It may be asked twice without harm, so it is repeated like a read. */
    private TokenCache.Grant grant(String path, String member) {
        ObjectNode body =
                JsonNodeFactory.instance.objectNode().put("app_id", app.appId()).put("app_secret", app.appSecret());
        var root = call(ApiRequest.post(path).body(body).onlyReads()).root();
        var token = root.path(member).asText("");
        var seconds = root.path("expire").asLong(0);
        if (!TOKEN.matcher(token).matches() || seconds <= 0) {
            var hint = "Try again later; if it stays, check FEISHU_BASE_URL.";
            throw new FeishuRetryableException(
                    "POST " + path + ": the answer holds no usable " + member + ". " + hint,
                    200,
                    0,
                    null,
                    hint,
                    false,
                    null);
        }
        return new TokenCache.Grant(token, Duration.ofSeconds(seconds));
    }

    private void count(Endpoint endpoint, String outcome, int code, long start) {
        // a code nobody documented would be a tag value that anything on the way could invent
        var known = code == 0
                || ErrorCodes.of(code).isPresent()
                || endpoint.documentedErrors().containsKey(code);
        meters.timer(
                        "feishu.api.calls",
                        "endpoint",
                        endpoint.name(),
                        "outcome",
                        outcome,
                        "code",
                        known ? Integer.toString(code) : "other")
                .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    }

    private static String withoutStop(String text) {
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }
}
