package dev.camelfeishu.openapi;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One token of one app in one tenant on one platform. However many callers need it, one request is under way at a time.
 * With less than 30 minutes left the first caller that sees it has it renewed in the background and nobody waits: before
 * that the platform answers the same token, and the old one stays valid until its end.
 */
final class TokenCache implements Credential {

    private static final Logger LOG = LoggerFactory.getLogger(TokenCache.class);

    private static final Duration RENEWED_BEFORE_END = Duration.ofMinutes(30);
    /** A token that ends within this time may end on its way. */
    private static final Duration TOO_SHORT = Duration.ofSeconds(5);
    /** Pause between two renewals while the token is valid, so that a failing one does not repeat with every call. */
    private static final Duration RENEWAL_PAUSE = Duration.ofSeconds(30);

    /** A token as the platform grants it. */
    record Grant(String token, Duration lifetime) {}

    /** A token for a call, and whether the caller had to wait for a request. */
    record Lease(String token, boolean waited) {}

    private record Held(String token, Instant end, Instant renewal) {}

    private final Supplier<Grant> platform;
    private final Executor background;
    private final Clock clock;
    private Held held;
    private CompletableFuture<String> underWay;

    /**
     * @param platform asks the platform for a token; throws FeishuException when it gives none
     * @param background runs those requests, so that no caller's deadline or interruption ends another's
     */
    TokenCache(Supplier<Grant> platform, Executor background, Clock clock) {
        this.platform = platform;
        this.background = background;
        this.clock = clock;
    }

    /**
     * A valid token; waits for one where there is none.
     *
     * @throws FeishuException when the platform gives none, or not before the deadline
     */
    @Override
    public Lease lease(Deadline deadline) throws InterruptedException {
        CompletableFuture<String> awaited;
        synchronized (this) {
            var now = clock.instant();
            if (held != null && now.plus(TOO_SHORT).isBefore(held.end)) {
                if (!now.isBefore(held.renewal)) {
                    held = new Held(held.token, held.end, now.plus(RENEWAL_PAUSE));
                    request();
                }
                return new Lease(held.token, false);
            }
            awaited = request();
        }
        try {
            return new Lease(awaited.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS), true);
        } catch (TimeoutException e) {
            throw new FeishuRetryableException(
                    "No token from Feishu before the deadline. Try again later.",
                    0,
                    0,
                    null,
                    "Try again later.",
                    false,
                    e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof FeishuException refused) {
                throw again(refused, false);
            }
            throw new IllegalStateException("The Feishu token could not be fetched", e.getCause());
        }
    }

    /** Forgets a token that was refused, unless another one has taken its place meanwhile. */
    @Override
    public synchronized void drop(String refused) {
        if (held != null && held.token.equals(refused)) {
            held = null;
        }
    }

    /** The request under way, started if there is none. */
    private synchronized CompletableFuture<String> request() {
        if (underWay == null) {
            var started = new CompletableFuture<String>();
            underWay = started;
            try {
                background.execute(() -> run(started));
            } catch (RejectedExecutionException e) {
                underWay = null;
                started.completeExceptionally(new FeishuRetryableException(
                        "The Feishu client is closed. Start the application again.",
                        0,
                        0,
                        null,
                        "Start the application again.",
                        false,
                        e));
                return started;
            }
        }
        return underWay;
    }

    private void run(CompletableFuture<String> started) {
        try {
            var grant = platform.get();
            synchronized (this) {
                var now = clock.instant();
                var end = now.plus(grant.lifetime());
                var renewal = end.minus(RENEWED_BEFORE_END);
                var earliest = now.plus(RENEWAL_PAUSE);
                held = new Held(grant.token(), end, renewal.isBefore(earliest) ? earliest : renewal);
                underWay = null;
            }
            started.complete(grant.token());
        } catch (RuntimeException | Error e) {
            boolean needed;
            synchronized (this) {
                underWay = null;
                needed = held == null;
            }
            if (!needed) {
                LOG.warn("The Feishu token could not be renewed, the present one is used on: {}", e.getMessage());
            }
            started.completeExceptionally(e);
        }
    }

    /** The same failure for another thread, with a stack of its own. */
    static FeishuException again(FeishuException e, boolean outcomeUnknown) {
        return e instanceof FeishuRejectedException
                ? new FeishuRejectedException(
                        e.getMessage(), e.httpStatus(), e.code(), e.logId(), e.hint(), outcomeUnknown, e)
                : new FeishuRetryableException(
                        e.getMessage(), e.httpStatus(), e.code(), e.logId(), e.hint(), outcomeUnknown, e);
    }
}
