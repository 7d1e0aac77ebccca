package dev.camelfeishu.sandbox.socket;

import com.fasterxml.jackson.databind.JsonNode;
import com.lark.oapi.google.protobuf.ByteString;
import com.lark.oapi.google.protobuf.InvalidProtocolBufferException;
import com.lark.oapi.ws.pb.Pbbp2.Frame;
import com.lark.oapi.ws.pb.Pbbp2.Header;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.push.Attempt;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client. A push is acknowledged by the same frame with another payload, all headers echoed and {@code biz_rt} added, within
 * 3 s; of a split one by any of its frames. A message that is not a frame ends the connection with 1002, which is this sandbox's
 * choice.
 */
final class Connection extends Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final int CONTROL = 0;
    private static final int DATA = 1;
    private static final long DEADLINE_MS = 3000;
    private static final int LARGEST_ACK = 4 * 1024 * 1024;

    /** A push whose acknowledgement has not come. */
    private record Pending(List<Frame> frames, CompletableFuture<JsonNode> ack) {}

    private final Connections connections;
    private final Droppable transport;
    private final String deviceId;
    private final int serviceId;
    private final Instant since = Instant.now();
    private final AtomicLong sequence = new AtomicLong();
    private final Map<String, Pending> pending = new ConcurrentHashMap<>();
    private volatile Session session;

    Connection(Connections connections, Droppable transport, String deviceId, int serviceId) {
        this.connections = connections;
        this.transport = transport;
        this.deviceId = deviceId;
        this.serviceId = serviceId;
    }

    String deviceId() {
        return deviceId;
    }

    Instant since() {
        return since;
    }

    @Override
    public void onOpen(Session opened, EndpointConfig config) {
        session = opened;
        opened.setMaxIdleTimeout(0);
        opened.setMaxBinaryMessageBufferSize(LARGEST_ACK);
        opened.addMessageHandler(byte[].class, this::received);
        opened.addMessageHandler(String.class, text -> refuse("a text message"));
        connections.opened(this);
    }

    @Override
    public void onClose(Session closed, CloseReason reason) {
        connections.closed(this, Integer.toString(reason.getCloseCode().getCode()));
        pending.values().forEach(push -> push.ack().completeExceptionally(new IOException("the connection has ended")));
    }

    @Override
    public void onError(Session of, Throwable failure) {
        LOG.debug("A client of the long connection failed", failure);
    }

    /** Closes it in good order. */
    void close(int code) {
        try {
            session.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(code), ""));
        } catch (IOException e) {
            LOG.debug("A client of the long connection was gone already", e);
        }
    }

    /** Breaks it: no close frame. */
    void drop() {
        connections.closed(this, "dropped");
        transport.drop();
    }

    private void refuse(String what) {
        LOG.warn("A client of the long connection sends {}", what);
        close(CloseReason.CloseCodes.PROTOCOL_ERROR.getCode());
    }

    private void received(byte[] bytes) {
        Frame frame;
        try {
            frame = Frame.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            refuse("what is no frame");
            return;
        }
        if (frame.getMethod() == CONTROL && header(frame, "type").equals("ping")) {
            if (!connections.faults().noPong()) {
                pong(frame);
            }
        } else if (frame.getMethod() == DATA) {
            Pending push = pending.get(header(frame, "message_id"));
            JsonNode answer = Json.parse(frame.getPayload().toStringUtf8());
            if (push == null) {
                LOG.debug("An acknowledgement came too late");
            } else if (answer == null
                    || !answer.path("code").isInt()
                    || push.frames().stream().noneMatch(sent -> echoes(frame, sent))) {
                LOG.warn("A client of the long connection acknowledges with what is no acknowledgement");
            } else {
                push.ack().complete(answer);
            }
        } else {
            LOG.warn("A client of the long connection sends a frame of an unknown kind");
        }
    }

    private static boolean echoes(Frame ack, Frame sent) {
        return ack.getSeqID() == sent.getSeqID()
                && ack.getLogID() == sent.getLogID()
                && ack.getService() == sent.getService()
                && ack.getHeadersList().containsAll(sent.getHeadersList())
                // negative in the official Node client, which subtracts the wrong way round
                && header(ack, "biz_rt").matches("-?\\d+");
    }

    private void pong(Frame ping) {
        SocketProperties.Connection settings = connections.settings();
        send(ping.toBuilder()
                .clearHeaders()
                .addHeaders(header("type", "pong"))
                .setPayload(ByteString.copyFromUtf8(Json.write(DiscoveryApi.clientConfig(settings))))
                .build());
    }

    /** Sends a push and waits for its acknowledgement. */
    Attempt send(String payload, int partSize) {
        Instant at = Instant.now();
        long begin = System.nanoTime();
        String id = UUID.randomUUID().toString();
        Pending push =
                new Pending(frames(id, payload.getBytes(StandardCharsets.UTF_8), partSize), new CompletableFuture<>());
        pending.put(id, push);
        try {
            push.frames().forEach(this::send);
            JsonNode ack = push.ack().get(DEADLINE_MS, TimeUnit.MILLISECONDS);
            int code = ack.path("code").intValue();
            return attempt(at, begin, code, code == 200 ? "acknowledged" : "status", data(ack));
        } catch (TimeoutException e) {
            return attempt(at, begin, 0, "timeout", null);
        } catch (ExecutionException | UncheckedIOException | IllegalStateException e) {
            return attempt(at, begin, 0, "no answer", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return attempt(at, begin, 0, "interrupted", null);
        } finally {
            pending.remove(id);
        }
    }

    private List<Frame> frames(String id, byte[] payload, int partSize) {
        int sum = Math.max(1, (payload.length + partSize - 1) / partSize);
        String trace = UUID.randomUUID().toString();
        long log = sequence.incrementAndGet();
        Frame[] frames = new Frame[sum];
        for (int seq = 0; seq < sum; seq++) {
            int end = Math.min(payload.length, (seq + 1) * partSize);
            frames[seq] = Frame.newBuilder()
                    .setSeqID(sequence.incrementAndGet())
                    .setLogID(log)
                    .setService(serviceId)
                    .setMethod(DATA)
                    .addHeaders(header("type", "event"))
                    .addHeaders(header("message_id", id))
                    .addHeaders(header("trace_id", trace))
                    .addHeaders(header("sum", Integer.toString(sum)))
                    .addHeaders(header("seq", Integer.toString(seq)))
                    .setPayload(ByteString.copyFrom(Arrays.copyOfRange(payload, seq * partSize, end)))
                    .build();
        }
        return List.of(frames);
    }

    private synchronized void send(Frame frame) {
        try {
            session.getBasicRemote().sendBinary(ByteBuffer.wrap(frame.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a callback is answered with; {@code {}} when there is nothing. */
    private static String data(JsonNode ack) {
        String data = ack.path("data").asText("");
        try {
            return data.isEmpty() ? "{}" : new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return data;
        }
    }

    private static Attempt attempt(Instant at, long begin, int status, String outcome, String answer) {
        String text = answer == null ? null : answer.replace("\u0000", "");
        return new Attempt(at, status, outcome, text, (System.nanoTime() - begin) / 1_000_000);
    }

    private static String header(Frame frame, String key) {
        return frame.getHeadersList().stream()
                .filter(header -> header.getKey().equals(key))
                .map(Header::getValue)
                .findFirst()
                .orElse("");
    }

    private static Header header(String key, String value) {
        return Header.newBuilder().setKey(key).setValue(value).build();
    }
}
