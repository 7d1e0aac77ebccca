package dev.camelfeishu.event.socket;

import com.lark.oapi.google.protobuf.ByteString;
import com.lark.oapi.ws.pb.Pbbp2.Frame;
import com.lark.oapi.ws.pb.Pbbp2.Header;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * The platform's side of the wire down to the bytes, so that everything can be done wrong: discovery and WebSocket on one
 * port. Its secrets are {@link #SECRETS}.
 */
final class FakePlatform implements AutoCloseable {

    static final List<String> SECRETS = List.of("the-app-secret", "the-access-key", "the-ticket");
    static final String CONFIG =
            "{\"ReconnectCount\":-1,\"ReconnectInterval\":1,\"ReconnectNonce\":0,\"PingInterval\":120}";

    private static final String ACCEPT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final long PATIENCE_SECONDS = 15;

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final BlockingQueue<Peer> opened = new LinkedBlockingQueue<>();
    private final List<Peer> peers = new CopyOnWriteArrayList<>();
    /** When each discovery came, and with what body. */
    final List<Long> asked = new CopyOnWriteArrayList<>();

    final List<String> bodies = new CopyOnWriteArrayList<>();

    /** The discovery's answer to the n-th request, 0 for the first: status line's code and body. */
    volatile IntFunction<Answer> discovery = n -> new Answer(200, address("127.0.0.1", CONFIG));
    /** Header fields with which the handshake is refused; none: it is not. */
    volatile Map<String, String> refusal = Map.of();

    volatile boolean pongs = true;
    volatile String pongPayload = "";

    record Answer(int status, String body) {}

    FakePlatform() throws IOException {
        Thread accepting = new Thread(this::accept, "fake-platform");
        accepting.setDaemon(true);
        accepting.start();
    }

    String root() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    String address(String host, String config) {
        return "{\"code\":0,\"msg\":\"ok\",\"data\":{\"URL\":\"ws://" + host + ":" + server.getLocalPort()
                + "/ws/v2?device_id=1&service_id=7&access_key=the-access-key&ticket=the-ticket\",\"ClientConfig\":"
                + config + "}}";
    }

    /** The next client that comes. */
    Peer connected() {
        try {
            Peer peer = opened.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (peer == null) {
                throw new AssertionError("no client has come");
            }
            return peer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        peers.forEach(Peer::cut);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread thread = new Thread(() -> serve(socket), "fake-platform-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (SocketException closed) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var in = new DataInputStream(socket.getInputStream());
            while (true) {
                String request = line(in);
                Map<String, String> headers = new TreeMap<>();
                for (String field = line(in); !field.isEmpty(); field = line(in)) {
                    int colon = field.indexOf(':');
                    headers.put(
                            field.substring(0, colon).toLowerCase(Locale.ROOT),
                            field.substring(colon + 1).strip());
                }
                byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
                if (request.startsWith("POST /callback/ws/endpoint")) {
                    asked.add(System.nanoTime());
                    bodies.add(new String(body, StandardCharsets.UTF_8));
                    Answer answer = discovery.apply(asked.size() - 1);
                    respond(socket.getOutputStream(), answer.status() + " X", Map.of(), answer.body());
                } else if (!refusal.isEmpty()) {
                    respond(socket.getOutputStream(), "403 Forbidden", refusal, "");
                } else {
                    upgrade(socket, in, headers);
                    return;
                }
            }
        } catch (EOFException | SocketException gone) {
            // the client is done
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void upgrade(Socket socket, DataInputStream in, Map<String, String> headers) throws IOException {
        String accept = Base64.getEncoder()
                .encodeToString(sha1((headers.get("sec-websocket-key") + ACCEPT).getBytes(StandardCharsets.US_ASCII)));
        socket.getOutputStream()
                .write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Accept: " + accept + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        Peer peer = new Peer(socket);
        peers.add(peer);
        opened.add(peer);
        peer.read(in);
    }

    private static void respond(OutputStream out, String status, Map<String, String> headers, String body)
            throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + "\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
        out.write(head.toString().getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.US_ASCII);
    }

    private static byte[] sha1(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** A data frame. */
    static Frame event(String id, int sum, int seq, String payload) {
        return Frame.newBuilder()
                .setSeqID(100 + seq)
                .setLogID(9)
                .setService(7)
                .setMethod(1)
                .addHeaders(header("type", "event"))
                .addHeaders(header("message_id", id))
                .addHeaders(header("trace_id", "trace"))
                .addHeaders(header("sum", Integer.toString(sum)))
                .addHeaders(header("seq", Integer.toString(seq)))
                .setPayload(ByteString.copyFromUtf8(payload))
                .build();
    }

    static Frame event(String id, String payload) {
        return event(id, 1, 0, payload);
    }

    static Header header(String key, String value) {
        return Header.newBuilder().setKey(key).setValue(value).build();
    }

    /** One client. */
    final class Peer {

        private final Socket socket;
        final BlockingQueue<Frame> acks = new LinkedBlockingQueue<>();
        final List<Long> pings = new CopyOnWriteArrayList<>();
        /** The status with which the client closed, also in answer to our close. */
        final CompletableFuture<Integer> closed = new CompletableFuture<>();

        Peer(Socket socket) {
            this.socket = socket;
        }

        void send(Frame frame) {
            sendBinary(frame.toByteArray());
        }

        void sendBinary(byte[] bytes) {
            message(0x82, bytes);
        }

        void sendText(String text) {
            message(0x81, text.getBytes(StandardCharsets.UTF_8));
        }

        void close(int code, String reason) {
            byte[] text = reason.getBytes(StandardCharsets.UTF_8);
            message(
                    0x88,
                    ByteBuffer.allocate(2 + text.length)
                            .putShort((short) code)
                            .put(text)
                            .array());
        }

        /** As a network does it. */
        void cut() {
            if (socket.isClosed()) {
                return;
            }
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Frame ack() {
            try {
                Frame ack = acks.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (ack == null) {
                    throw new AssertionError("no acknowledgement has come");
                }
                return ack;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        private synchronized void message(int first, byte[] payload) {
            ByteBuffer head = ByteBuffer.allocate(10).put((byte) first);
            if (payload.length < 126) {
                head.put((byte) payload.length);
            } else if (payload.length < 1 << 16) {
                head.put((byte) 126).putShort((short) payload.length);
            } else {
                head.put((byte) 127).putLong(payload.length);
            }
            try {
                OutputStream out = socket.getOutputStream();
                out.write(head.array(), 0, head.position());
                out.write(payload);
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void read(DataInputStream in) throws IOException {
            try {
                while (true) {
                    int opcode = in.readUnsignedByte() & 0xf;
                    int length = in.readUnsignedByte() & 0x7f;
                    length = length == 126 ? in.readUnsignedShort() : length == 127 ? (int) in.readLong() : length;
                    byte[] mask = in.readNBytes(4);
                    byte[] payload = in.readNBytes(length);
                    for (int i = 0; i < payload.length; i++) {
                        payload[i] ^= mask[i % 4];
                    }
                    if (opcode == 8) {
                        closed.complete(
                                payload.length < 2
                                        ? 1005
                                        : ByteBuffer.wrap(payload).getShort() & 0xffff);
                        message(0x88, payload);
                        return;
                    }
                    received(Frame.parseFrom(payload));
                }
            } finally {
                closed.complete(-1);
            }
        }

        private void received(Frame frame) {
            if (frame.getMethod() == 1) {
                acks.add(frame);
                return;
            }
            pings.add(System.nanoTime());
            if (pongs) {
                send(Frame.newBuilder()
                        .setSeqID(0)
                        .setLogID(0)
                        .setService(frame.getService())
                        .setMethod(0)
                        .addHeaders(header("type", "pong"))
                        .setPayload(ByteString.copyFromUtf8(pongPayload))
                        .build());
            }
        }
    }
}
