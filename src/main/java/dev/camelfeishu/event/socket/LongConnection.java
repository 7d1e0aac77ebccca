package dev.camelfeishu.event.socket;

import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.Ingress;
import dev.camelfeishu.openapi.AppCredentials;
import dev.camelfeishu.openapi.BaseUrl;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one long connection of one app open, from {@link #start} to {@link #close}: finds the address, connects, and begins
 * again when the connection ends. It never gives up: what passes is tried again with back-off, what a person must mend slowly.
 *
 * <p>The wait before attempt n after a failure is {@code min(ReconnectInterval, 2^(n-1) s)}, and by chance up to the same
 * again, at most {@code ReconnectNonce}. After a connection that worked there is none.
 *
 * <p>Threads: {@code feishu-socket-APP} decides (connect, ping, deadlines) and never waits; {@code feishu-socket-APP-io-N}
 * belong to the HTTP client, read and verify.
 */
public final class LongConnection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LongConnection.class);
    private static final int MOST_DOUBLINGS = 12;

    /** Where it stands. */
    public enum State {
        /** Not started, or closed. */
        STOPPED,
        /** Asks for the address, or shakes hands. */
        CONNECTING,
        /** Events come. */
        CONNECTED,
        /** The next attempt is due in a while. */
        WAITING,
        /** As WAITING; but a person must do something before it can succeed. */
        REFUSED
    }

    /**
     * @param since when the state was entered
     * @param failures attempts that failed since the last connection that worked
     * @param problem what was wrong last, and what to do about it; "" when nothing was
     */
    public record Status(State state, Instant since, int failures, String problem) {}

    private final String app;
    private final Ingress ingress;
    private final EventJournal journal;
    private final CallbackResponder callbacks;
    private final SocketMeters meters;
    private final Limits limits;
    private final Clock clock;
    private final ScheduledThreadPoolExecutor timer;
    private final ExecutorService io;
    private final HttpClient http;
    private final Discovery discovery;
    private volatile Status status;
    private volatile boolean closing;
    // the timer's thread only
    private Session session;
    private ClientConfig config = ClientConfig.DEFAULT;
    private int failures;
    private boolean proven;

    /**
     * @param app the app's name in the configuration; labels logs, threads and metrics
     * @param ingress the app's, which checks what comes
     */
    public LongConnection(
            String app,
            BaseUrl baseUrl,
            AppCredentials credentials,
            Ingress ingress,
            EventJournal journal,
            CallbackResponder callbacks,
            MeterRegistry meters) {
        this(app, baseUrl, credentials, ingress, journal, callbacks, meters, Limits.DEFAULT, Clock.systemUTC());
    }

    LongConnection(
            String app,
            BaseUrl baseUrl,
            AppCredentials credentials,
            Ingress ingress,
            EventJournal journal,
            CallbackResponder callbacks,
            MeterRegistry meters,
            Limits limits,
            Clock clock) {
        this.app = app;
        this.ingress = ingress;
        this.journal = journal;
        this.callbacks = callbacks;
        this.meters = new SocketMeters(meters, app);
        this.limits = limits;
        this.clock = clock;
        this.timer = new ScheduledThreadPoolExecutor(1, threads("feishu-socket-" + app, false));
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.io = Executors.newCachedThreadPool(threads("feishu-socket-" + app + "-io-", true));
        this.http = HttpClient.newBuilder()
                // else the client offers h2c on plain http, which no WebSocket server expects
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(limits.connect())
                .executor(io)
                .build();
        this.discovery = new Discovery(baseUrl, credentials, http, io, limits.connect());
        this.status = new Status(State.STOPPED, clock.instant(), 0, "");
        Gauge.builder("feishu.socket.state", this, LongConnection::connected)
                .tag("app", app)
                .description("1 while the long connection is open")
                .register(meters);
    }

    /** Begins to connect, and returns. */
    public void start() {
        timer.execute(this::connect);
    }

    public String app() {
        return app;
    }

    public Status status() {
        return status;
    }

    private double connected() {
        return status.state() == State.CONNECTED ? 1 : 0;
    }

    /**
     * Takes nothing more, acknowledges what is in flight (3 s at most), closes the connection and waits for the platform's
     * answer (2 s at most). What is not acknowledged by then comes again.
     */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        timer.execute(() -> {
            if (session == null) {
                stopped.complete(null);
            } else {
                session.stop().whenComplete((done, failure) -> stopped.complete(null));
            }
        });
        stopped.join();
        timer.shutdownNow();
        io.shutdown();
        if (status.state() != State.STOPPED) {
            become(State.STOPPED, "");
            LOG.info("The long connection of app {} is closed", app);
        }
    }

    private void connect() {
        if (closing) {
            return;
        }
        become(State.CONNECTING, status.problem());
        discovery.ask().thenCompose(this::open).whenCompleteAsync(this::opened, timer);
    }

    private CompletableFuture<Session> open(Discovery.Address address) {
        var opening = new Session(app, address, ingress, journal, callbacks, new Ends(), timer, meters, limits);
        return http.newWebSocketBuilder()
                .connectTimeout(limits.connect())
                .buildAsync(address.url(), opening)
                .thenApply(socket -> {
                    if (closing) {
                        socket.abort();
                    }
                    return opening;
                });
    }

    private void opened(Session opened, Throwable failure) {
        if (closing) {
            return;
        }
        if (failure != null) {
            failed(refusal(failure));
        } else if (!opened.isOver()) {
            session = opened;
            config = opened.config();
            become(State.CONNECTED, "");
            LOG.info("The long connection of app {} is open", app);
        }
    }

    private static Throwable refusal(Throwable failure) {
        Throwable cause = Text.root(failure);
        if (cause instanceof WebSocketHandshakeException handshake) {
            HttpResponse<?> response = handshake.getResponse();
            return RefusedException.handshake(response.statusCode(), response.headers());
        }
        return cause;
    }

    private void failed(Throwable failure) {
        failures++;
        String problem = Text.cause(failure);
        boolean lasting = failure instanceof RefusedException refused && refused.lasting();
        if (lasting) {
            Duration wait = limits.slowRetry().plus(chance(shorter(limits.slowRetry(), config.reconnectNonce())));
            become(State.REFUSED, problem);
            LOG.error("No events come to app {}: {}. The next attempt is in {} s", app, problem, wait.toSeconds());
            connectAfter(wait);
        } else {
            Duration wait = backOff();
            become(State.WAITING, problem);
            LOG.warn(
                    "The long connection of app {} cannot be opened, attempt {}: {}. The next one is in {} ms",
                    app,
                    failures,
                    problem,
                    wait.toMillis());
            connectAfter(wait);
        }
    }

    private Duration backOff() {
        if (config.reconnectCount() >= 0 && failures > config.reconnectCount()) {
            // the platform would have us give up; nobody would start us again
            return config.reconnectInterval().plus(limits.slowRetry()).plus(chance(config.reconnectNonce()));
        }
        Duration doubled = limits.firstWait().multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
        Duration wait = shorter(doubled, config.reconnectInterval());
        return wait.plus(chance(shorter(wait, config.reconnectNonce())));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration chance(Duration most) {
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most.toMillis() + 1));
    }

    private void connectAfter(Duration wait) {
        timer.schedule(this::connect, wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void become(State state, String problem) {
        status = new Status(state, clock.instant(), failures, problem);
    }

    private final class Ends implements Session.Owner {

        @Override
        public void proven(Session of) {
            if (closing) {
                return;
            }
            timer.execute(() -> {
                failures = 0;
                proven = true;
                if (of == session) {
                    become(State.CONNECTED, "");
                }
            });
        }

        @Override
        public void ended(Session of, Session.End end, String detail) {
            if (closing) {
                return;
            }
            meters.reconnect(end);
            timer.execute(() -> {
                session = null;
                String problem = "ended (" + end.name().toLowerCase(java.util.Locale.ROOT) + ": " + detail + ")";
                if (proven) {
                    proven = false;
                    LOG.info("The long connection of app {} {}; it is opened again", app, problem);
                    become(State.CONNECTING, problem);
                    connect();
                } else {
                    failed(RefusedException.passing(problem));
                }
            });
        }
    }

    private static ThreadFactory threads(String name, boolean many) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, many ? name + number.incrementAndGet() : name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
