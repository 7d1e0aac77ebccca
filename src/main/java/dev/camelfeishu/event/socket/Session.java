package dev.camelfeishu.event.socket;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.lark.oapi.google.protobuf.InvalidProtocolBufferException;
import com.lark.oapi.ws.pb.Pbbp2.Frame;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.Ingress;
import dev.camelfeishu.event.Verdict;
import java.io.ByteArrayOutputStream;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket from its handshake to its end. A frame is acknowledged when the journal has stored what it carries; as many
 * messages are read as may be in flight, and the next one for each that is acknowledged. A ping goes out at once and then in
 * the platform's interval; without its pong the session ends, which also is what ends one that has fallen silent.
 *
 * <p>The listener's methods come one after the other on the HTTP client's threads, acknowledgements from the journal's, pings
 * from the timer's.
 */
final class Session implements WebSocket.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BROKEN = 1006;
    private static final int STORED = 200;
    private static final int NOT_STORED = 500;
    private static final int LARGEST_FRAME = Ingress.MAX_BODY + 64 * 1024;
    private static final int LARGEST_SUM_OF_PARTS = 8 * Ingress.MAX_BODY;

    /** Why it is over. */
    enum End {
        /** The platform closed it. */
        CLOSED,
        /** The connection broke. */
        LOST,
        /** A ping was not answered. */
        NO_PONG,
        /** We stop. */
        STOPPED
    }

    /** Who opened it. */
    interface Owner {
        /** The platform has answered a ping: the connection works. */
        void proven(Session session);

        /** Called once. */
        void ended(Session session, End end, String detail);
    }

    /** What becomes of a frame. */
    private record Ack(int code, JsonNode data) {}

    private final String app;
    private final int service;
    private final Ingress ingress;
    private final EventJournal journal;
    private final CallbackResponder callbacks;
    private final Owner owner;
    private final ScheduledExecutorService timer;
    private final SocketMeters meters;
    private final Limits limits;
    private final Parts parts;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    /** Of the message that is being received; touched by the listener's methods only. */
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();

    private boolean skipping;
    private volatile WebSocket socket;
    private volatile ClientConfig config;
    private volatile long lastPong;
    private volatile boolean draining;
    private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);

    Session(
            String app,
            Discovery.Address address,
            Ingress ingress,
            EventJournal journal,
            CallbackResponder callbacks,
            Owner owner,
            ScheduledExecutorService timer,
            SocketMeters meters,
            Limits limits) {
        this.app = app;
        this.service = address.service();
        this.config = address.config();
        this.ingress = ingress;
        this.journal = journal;
        this.callbacks = callbacks;
        this.owner = owner;
        this.timer = timer;
        this.meters = meters;
        this.limits = limits;
        this.parts = new Parts(Ingress.MAX_BODY, LARGEST_SUM_OF_PARTS, limits.parts(), System::nanoTime);
    }

    ClientConfig config() {
        return config;
    }

    boolean isOver() {
        return ended.get();
    }

    // ---- what comes

    @Override
    public void onOpen(WebSocket opened) {
        socket = opened;
        opened.request(limits.inFlight());
        timer.execute(this::ping);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        if (message.size() + data.remaining() > LARGEST_FRAME) {
            skipping = true;
            message.reset();
        }
        if (!skipping) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            message.writeBytes(bytes);
        }
        if (!last) {
            from.request(1);
            return null;
        }
        byte[] whole = message.toByteArray();
        boolean oversize = skipping;
        message.reset();
        skipping = false;
        if (oversize) {
            meters.frame("oversize");
            LOG.warn("A frame to app {} is larger than {} bytes and was dropped", app, LARGEST_FRAME);
            from.request(1);
        } else {
            received(whole).whenComplete((done, failure) -> from.request(1));
        }
        return null;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        if (last) {
            malformed("text");
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        closed.complete(null);
        // 1006 stands for an end without a word, and never travels
        end(status == BROKEN ? End.LOST : End.CLOSED, status + (reason.isEmpty() ? "" : " " + Text.printable(reason)));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        end(End.LOST, Text.cause(failure));
    }

    /** Completes when the frame needs no more attention. */
    private CompletableFuture<?> received(byte[] bytes) {
        Frame frame;
        try {
            frame = Frame.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            malformed("not a frame");
            return CompletableFuture.completedFuture(null);
        }
        String type = Frames.header(frame, "type");
        if (frame.getMethod() == Frames.CONTROL && type.equals("pong")) {
            pong(frame);
        } else if (frame.getMethod() == Frames.DATA && (type.equals("event") || type.equals("card"))) {
            if (!draining) {
                meters.frame(type);
                return data(frame);
            }
        } else {
            malformed("of an unknown kind");
        }
        return CompletableFuture.completedFuture(null);
    }

    private void malformed(String what) {
        meters.frame("malformed");
        LOG.warn("A message to app {} on the long connection is {} and was dropped", app, what);
    }

    private void pong(Frame frame) {
        meters.frame("pong");
        boolean first = lastPong == 0;
        lastPong = System.nanoTime();
        if (!frame.getPayload().isEmpty()) {
            try {
                config = ClientConfig.of(JSON.readTree(frame.getPayload().toStringUtf8()));
            } catch (JsonProcessingException e) {
                malformed("a pong with a payload that is not JSON");
            }
        }
        if (first) {
            owner.proven(this);
        }
    }

    private CompletableFuture<?> data(Frame frame) {
        long begin = System.nanoTime();
        int sum = Frames.number(frame, "sum", 1);
        byte[] payload = frame.getPayload().toByteArray();
        if (sum > 1 || sum < 0) {
            try {
                Optional<byte[]> whole =
                        parts.add(Frames.header(frame, "message_id"), sum, Frames.number(frame, "seq", -1), payload);
                if (whole.isEmpty()) {
                    return CompletableFuture.completedFuture(null);
                }
                payload = whole.get();
            } catch (IllegalArgumentException e) {
                LOG.warn("A split message to app {} was refused: {}", app, e.getMessage());
                return acknowledge(frame, new Ack(NOT_STORED, null), begin);
            }
        }
        inFlight.incrementAndGet();
        CompletableFuture<Ack> answer = CompletableFuture.completedFuture(payload)
                .thenCompose(this::answer)
                .orTimeout(limits.answer().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(failure -> {
                    LOG.error(
                            "What came for app {} is not stored: {}",
                            app,
                            Text.printable(Text.root(failure).toString()));
                    return new Ack(NOT_STORED, null);
                });
        return answer.thenCompose(ack -> acknowledge(frame, ack, begin)).whenComplete((done, failure) -> {
            if (inFlight.decrementAndGet() == 0 && draining) {
                drained.complete(null);
            }
        });
    }

    private CompletableFuture<Ack> answer(byte[] payload) {
        Verdict verdict = ingress.socket(payload);
        if (verdict instanceof Verdict.Event event) {
            return journal.append(event.event()).thenApply(appended -> new Ack(STORED, null));
        }
        if (verdict instanceof Verdict.Callback callback) {
            return callbacks.answer(callback).thenApply(json -> new Ack(STORED, json));
        }
        // challenges and tickets come to request URLs
        Object cause = verdict instanceof Verdict.Refusal refusal
                ? refusal.cause()
                : verdict.getClass().getSimpleName();
        LOG.warn("What came for app {} on the long connection was refused: {}", app, cause);
        return CompletableFuture.completedFuture(new Ack(NOT_STORED, null));
    }

    // ---- what goes

    private CompletableFuture<?> acknowledge(Frame frame, Ack ack, long begin) {
        Duration time = Duration.ofNanos(System.nanoTime() - begin);
        meters.ack(ack.code(), time);
        return send(Frames.ack(frame, ack.code(), ack.data(), time.toMillis()));
    }

    /** One after the other: a WebSocket takes the next message when the one before is gone. */
    private CompletableFuture<?> send(Frame frame) {
        byte[] bytes = frame.toByteArray();
        CompletableFuture<?> done;
        synchronized (this) {
            done = sent.handle((before, failure) -> null)
                    .thenCompose(before -> socket.sendBinary(ByteBuffer.wrap(bytes), true));
            sent = done;
        }
        return done.whenComplete((gone, failure) -> {
            if (failure != null) {
                end(End.LOST, Text.cause(failure));
            }
        });
    }

    private void ping() {
        if (ended.get()) {
            return;
        }
        long asked = System.nanoTime();
        meters.frame("ping");
        send(Frames.ping(service));
        timer.schedule(() -> expectPong(asked), limits.pong().toMillis(), TimeUnit.MILLISECONDS);
        timer.schedule(this::ping, config.pingInterval().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void expectPong(long asked) {
        if (lastPong == 0 || lastPong - asked < 0) {
            end(End.NO_PONG, "no pong within " + limits.pong().toSeconds() + " s");
        }
    }

    // ---- the end

    /**
     * Takes nothing more, finishes what is in flight and says good-bye.
     *
     * @return completes in any case, after {@link Limits#answer} and {@link Limits#farewell} at the latest
     */
    CompletableFuture<Void> stop() {
        draining = true;
        if (inFlight.get() == 0) {
            drained.complete(null);
        }
        return drained.orTimeout(limits.answer().toMillis() + 500, TimeUnit.MILLISECONDS)
                .handle((done, failure) -> null)
                .thenCompose(done -> ended.get() ? closed : farewell())
                .handle((done, failure) -> {
                    end(End.STOPPED, "");
                    socket.abort();
                    return null;
                });
    }

    private CompletableFuture<Void> farewell() {
        synchronized (this) {
            sent = sent.handle((before, failure) -> null)
                    .thenCompose(before -> socket.sendClose(WebSocket.NORMAL_CLOSURE, ""));
        }
        return closed.orTimeout(limits.farewell().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void end(End end, String detail) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        closed.complete(null);
        if (end == End.LOST || end == End.NO_PONG) {
            socket.abort();
        }
        owner.ended(this, end, detail);
    }
}
