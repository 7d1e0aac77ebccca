package dev.camelfeishu.openapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate over the official SDK's wire layer. One instance per platform, app and tenant; its tokens are its own. Calls block
 * on the caller's thread until they succeed, fail or meet their deadline; an interrupted caller gets a
 * {@link FeishuRetryableException} and keeps its interrupt flag. Bodies and tokens are never logged.
 *
 * <p>Meters: timers {@code feishu.api.calls} (endpoint, outcome, code) and {@code feishu.api.wait} (endpoint: waiting for a
 * turn, once for each attempt), counters {@code feishu.api.retries} (endpoint) and {@code feishu.token.cache} (result: hit, miss).
 */
public final class SdkFeishuClient implements FeishuClient, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SdkFeishuClient.class);

    /** Members under which the platform takes a caller's own key; a second call with the same key has no second effect. */
    private static final List<String> KEYS = List.of("uuid", "client_token");

    private static final Set<String> IDEMPOTENT_METHODS = Set.of("PUT", "PATCH", "DELETE");
    /** Urgent messages ring again with every call, although they are sent with PATCH. */
    private static final String URGENT = "/open-apis/im/v1/messages/:message_id/urgent_";

    /** The documentation wants a JSON body in spite of the method. */
    private static final Set<String> GETS_WITH_BODY = Set.of("/open-apis/approval/v4/external_tasks");

    /** Uploads that nobody sees before another call uses their key; a second one leaves an unused file at most. */
    private static final Set<String> UNSEEN_UPLOADS = Set.of(
            "/approval/openapi/v2/file/upload",
            "/open-apis/drive/v1/files/upload_part",
            "/open-apis/drive/v1/medias/upload_all",
            "/open-apis/drive/v1/medias/upload_part",
            "/open-apis/im/v1/files",
            "/open-apis/im/v1/images");

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration FIRST_RATE_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(4);
    private static final long RESET_JITTER_MILLIS = 200;
    /** So often a call is looked up and repeated. */
    private static final int LOOK_UPS = 2;

    /** After a longer wait the token is looked at again before it is sent. */
    private static final Duration TOKEN_AGES = Duration.ofSeconds(2);

    private final Platform platform;
    private final boolean ownsPlatform;
    private final AppCredentials app;
    private final LocalTurns turns;
    private final AppTokens appTokens;
    private final TokenCache tenantToken;
    /** Or null where calls are not counted. */
    private final MonthlyBudget.Account budget;

    private final ReplyReader replies = new ReplyReader();
    private final ObjectMapper json = new ObjectMapper();

    /**
     * The client of one self-built app, with connections of its own; {@link SdkFeishuClients} serves several apps and tenants.
     *
     * @param baseUrl root of the Open Platform, all hosts of it
     * @param app the app in whose name calls are made
     * @param catalog what may be called
     * @param turns when it may be called
     * @param meters where calls are counted
     */
    public SdkFeishuClient(
            BaseUrl baseUrl, AppCredentials app, EndpointCatalog catalog, LocalTurns turns, MeterRegistry meters) {
        this(baseUrl, app, catalog, turns, meters, UserTokens.none(), Clock.systemUTC());
    }

    SdkFeishuClient(
            BaseUrl baseUrl,
            AppCredentials app,
            EndpointCatalog catalog,
            LocalTurns turns,
            MeterRegistry meters,
            UserTokens people,
            Clock clock) {
        this(
                new Platform(new PlatformUrls(baseUrl, baseUrl), catalog, people, null, meters, clock),
                true,
                app,
                turns,
                null,
                null,
                null);
    }

    /** The client of an app on a platform that others use too; for a store app not yet in a tenant. */
    SdkFeishuClient(Platform platform, AppCredentials app, AppTickets tickets, LocalTurns turns) {
        this(platform, false, app, turns, null, tickets, null);
    }

    private SdkFeishuClient(
            Platform platform,
            boolean ownsPlatform,
            AppCredentials app,
            LocalTurns turns,
            AppTokens appTokens,
            AppTickets tickets,
            String tenantKey) {
        this.platform = platform;
        this.ownsPlatform = ownsPlatform;
        this.app = Objects.requireNonNull(app, "app");
        this.turns = Objects.requireNonNull(turns, "turns");
        this.appTokens =
                appTokens == null ? new AppTokens(this, app, tickets, platform.background, platform.clock) : appTokens;
        this.tenantToken = this.appTokens.inTenant(tenantKey);
        this.budget = platform.budget == null ? null : platform.budget.account(app.appId(), tenantKey);
    }

    boolean isStoreApp() {
        return app.kind() == AppCredentials.Kind.STORE;
    }

    /** The client of this store app in a tenant, with turns of its own. */
    SdkFeishuClient in(String tenantKey, LocalTurns turns) {
        return new SdkFeishuClient(platform, false, app, turns, appTokens, null, tenantKey);
    }

    @Override
    public ApiResponse call(ApiRequest request) {
        var reply = carriedOut(request, false);
        return ((Reply.Success) reply).response();
    }

    @Override
    public Download open(ApiRequest request) {
        return ((Reply.File) carriedOut(request, true)).download();
    }

    /** Carries a call out and counts it; the answer is a success, or a file where one is wanted. */
    private Reply carriedOut(ApiRequest request, boolean wantsFile) {
        var path = RequestPath.of(request, platform.catalog);
        var start = System.nanoTime();
        try {
            var reply = inTurn(new Call(request, path, wantsFile));
            count(path.endpoint(), "success", 0, start);
            return reply;
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
        if (ownsPlatform) {
            platform.close();
        }
    }

    /** One call with what is known of it from the start; the same bytes are sent at every attempt. */
    private final class Call {
        private final ApiRequest request;
        private final RequestPath path;
        private final Endpoint endpoint;
        private final Wire.Message message;
        private final boolean wantsFile;
        private final boolean reading;
        private final boolean repeatable;
        private final Credential credential;
        private final Deadline deadline;
        private final long arrival;
        /** Whether an earlier attempt may have had its effect. */
        private boolean maybeDone;

        Call(ApiRequest request, RequestPath path, boolean wantsFile) {
            this.request = request;
            this.path = path;
            this.endpoint = path.endpoint();
            this.wantsFile = wantsFile;
            this.message = new Wire.Message(request.method(), path.encoded(), bytes(), request.parts(), wantsFile);
            this.reading = request.reading() || endpoint.reads();
            this.repeatable = reading
                    || IDEMPOTENT_METHODS.contains(request.method())
                            && !endpoint.path().startsWith(URGENT)
                    || UNSEEN_UPLOADS.contains(endpoint.path())
                    || KEYS.stream().anyMatch(this::keyed);
            this.credential = credential();
            this.deadline = Deadline.in(request.deadline());
            this.arrival = platform.arrival();
        }

        private byte[] bytes() {
            if (request.body() == null) {
                return null;
            }
            if (!request.parts().isEmpty()) {
                throw rejected("it has a JSON body and a form", "Send one of them.");
            }
            if (request.method().equals("GET") && !GETS_WITH_BODY.contains(endpoint.path())) {
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

        private Credential credential() {
            var refusal = endpoint.refusal(request.identity());
            if (refusal.isPresent()) {
                throw new FeishuRejectedException(refusal.get(), 0, 0, null, refusal.get(), false, null);
            }
            if (request.identity() instanceof Identity.User user) {
                return new Credential.OfPerson(platform.people, user.openId());
            }
            if (endpoint.tokens().isEmpty()) {
                return null;
            }
            if (!endpoint.tokens().contains(Endpoint.TENANT_TOKEN)) {
                return appTokens.ofApp();
            }
            if (tenantToken == null) {
                throw rejected("a store app calls it in a tenant, and none was named", "Name the tenant_key.");
            }
            return tenantToken;
        }

        /** Whether its effect may be there, it cannot just be repeated, and its caller said how to look. */
        private boolean looksUp(Reply.Failure failure) {
            return request.lookUp() != null
                    && (failure.reaction() == Reaction.LOOK_FIRST
                            || failure.reaction() == Reaction.SERVER_TROUBLE && !repeatable)
                    && Form.available(request.parts());
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

    private Reply inTurn(Call call) {
        try {
            return attempts(call);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw call.late("the calling thread was interrupted", "Try again.");
        }
    }

    private Reply attempts(Call call) throws InterruptedException {
        var replayed = false;
        var lookUps = 0;
        for (var attempt = 0; ; attempt++) {
            var sent = sent(call);
            var reply = sent.reply();
            if (reply instanceof Reply.Success success) {
                if (call.wantsFile) {
                    throw call.rejected("the answer is JSON where a file was expected", "Use call for this endpoint.");
                }
                return success;
            }
            if (reply instanceof Reply.File) {
                return reply;
            }
            var failure = (Reply.Failure) reply;
            if (!call.reading && !failure.reaction().withoutEffect()) {
                call.maybeDone = true;
            }
            if (failure.reaction() == Reaction.REFRESH_TOKEN
                    && call.credential != null
                    && !replayed
                    && Form.available(call.request.parts())) {
                call.credential.drop(sent.token());
                replayed = true;
                continue;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException();
            }
            var pause = pause(failure, attempt);
            var looksUp = call.looksUp(failure) && lookUps++ < LOOK_UPS;
            if (!looksUp && !again(call, failure) || !call.deadline.allows(pause)) {
                throw call.failed(failure);
            }
            LOG.debug("{}: {}; again in {} ms", call.endpoint.name(), failure.text(), pause.toMillis());
            platform.meters
                    .counter("feishu.api.retries", "endpoint", call.endpoint.name())
                    .increment();
            // the wait that the platform names is kept by the whole line, this call's next turn included
            if (failure.retryAfter() == null || failure.retryAfter().isZero()) {
                Deadline.sleep(pause);
            }
            if (looksUp) {
                var done = lookUp(call, failure);
                if (done.isPresent()) {
                    return done.get();
                }
                call.maybeDone = false;
            }
        }
    }

    /** One sending of a call, and the token it carried. */
    private record Sent(Reply reply, String token) {}

    /** Sends a call when its turn has come: as the only writer where there may be one only, within the rates. */
    private Sent sent(Call call) throws InterruptedException {
        var written = WriterLine.written(call.endpoint, call.path.variables(), call.reading);
        if (written == null) {
            return sentInTurn(call, Duration.ZERO);
        }
        var start = System.nanoTime();
        try (var place = platform.writers.enter(written, call.request.priority(), call.arrival, call.deadline)) {
            var waited = Duration.ofNanos(System.nanoTime() - start);
            if (place == null) {
                waited(call, waited);
                throw call.late(
                        "other calls were writing to the same " + written.substring(0, written.lastIndexOf(' '))
                                + " until the deadline",
                        "Try again later, or write more at once.");
            }
            return sentInTurn(call, waited);
        }
    }

    /** @param waited how long the call has waited already */
    private Sent sentInTurn(Call call, Duration waited) throws InterruptedException {
        var token = token(call);
        var turn = turn(call, waited);
        if (turn.waited().compareTo(TOKEN_AGES) > 0) {
            token = token(call);
        }
        if (!call.request.isWanted()) {
            throw call.late("it is not wanted any more", "What it was to change has changed since.");
        }
        var left = call.deadline.left();
        if (left.isZero()) {
            throw call.late("its deadline passed before it could be sent", "Try again later.");
        }
        spend(call);
        var answer = platform.wire.send(call.message, token, left);
        var reply = replies.read(answer, call.endpoint, app.appSecret(), token);
        if (reply instanceof Reply.Failure failure
                && (failure.reaction() == Reaction.WAIT_FOR_RATE || failure.code() == ErrorCodes.DATA_NOT_READY)) {
            turn.refused(failure.code(), failure.retryAfter());
        } else {
            turn.accepted();
        }
        return new Sent(reply, token);
    }

    /** Asks whether the call was carried out; what it would have answered then, else empty. */
    private Optional<Reply> lookUp(Call call, Reply.Failure failure) {
        var lookUp = call.request.lookUp();
        ApiResponse seen;
        try {
            seen = call(lookUp.reading().within(call.deadline.left()).priority(call.request.priority()));
        } catch (FeishuException e) {
            var unknown = call.failed(failure);
            unknown.addSuppressed(e);
            throw unknown;
        }
        return lookUp.found()
                .apply(seen)
                .map(data -> new Reply.Success(new ApiResponse(data, seen.root(), seen.status(), seen.logId())));
    }

    private static boolean again(Call call, Reply.Failure failure) {
        if (!Form.available(call.request.parts())) {
            return false;
        }
        return switch (failure.reaction()) {
            case WAIT_FOR_RATE, WAIT_SHORTLY -> true;
            case SERVER_TROUBLE -> call.repeatable;
            case REFRESH_TOKEN, LOOK_FIRST, NEVER -> false;
        };
    }

    private LocalTurns.Turn turn(Call call, Duration waited) throws InterruptedException {
        var start = System.nanoTime();
        var turn = turns.take(call.endpoint, call.path.variables(), call.request, call.arrival, call.deadline.left());
        waited(call, waited.plusNanos(System.nanoTime() - start));
        if (turn == null) {
            throw call.late(
                    "its rate is used up, and its turn does not come before its deadline",
                    "Try again later, call it less often, or give it more time.");
        }
        return turn;
    }

    /** Takes the call from the month's budget; requests for tokens and custom bots are not counted by the platform. */
    private void spend(Call call) {
        if (budget == null || call.credential == null) {
            return;
        }
        var refusal = budget.spend(call.request.priority());
        if (refusal != null) {
            throw call.late(refusal, "Wait for the next month, or raise the budget if more calls were bought.");
        }
    }

    private void waited(Call call, Duration time) {
        platform.meters
                .timer("feishu.api.wait", "endpoint", call.endpoint.name())
                .record(time);
    }

    private String token(Call call) throws InterruptedException {
        if (call.credential == null) {
            return null;
        }
        try {
            var lease = call.credential.lease(call.deadline);
            platform.meters
                    .counter("feishu.token.cache", "result", lease.waited() ? "miss" : "hit")
                    .increment();
            return lease.token();
        } catch (FeishuException e) {
            platform.meters.counter("feishu.token.cache", "result", "miss").increment();
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

    private void count(Endpoint endpoint, String outcome, int code, long start) {
        // a code nobody documented would be a tag value that anything on the way could invent
        var known = code == 0
                || ErrorCodes.of(code).isPresent()
                || endpoint.documentedErrors().containsKey(code);
        platform.meters
                .timer(
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
