package dev.camelfeishu.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Locale;

/**
 * Sends requests over keep-alive connections to one port of this machine, all on the calling thread: a few microseconds of
 * processor time each, so that what is measured is the receiver.
 */
final class LoadGenerator {

    private static final int BUFFER = 8_192;
    private static final long RECONNECT_NANOS = 20_000_000;

    private final SealedEvents events;
    private final InetSocketAddress address;
    private final int connections;

    LoadGenerator(SealedEvents events, int port, int connections) {
        this.events = events;
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.connections = connections;
    }

    /** What is sent when. Called on the generator's thread. */
    interface Plan {
        /** No event is due now. */
        int NONE = -1;

        /** The next event that is due, or {@link #NONE}. */
        int next(long now);

        /**
         * @param status of the answer, 0 when there was none
         * @param sent when the request was begun
         */
        void answered(int event, int status, long sent, long now);

        /** Whether nothing more comes and nothing is missing. */
        boolean isOver();
    }

    void run(Plan plan) throws IOException {
        try (Selector selector = Selector.open()) {
            ArrayDeque<Connection> idle = new ArrayDeque<>();
            for (int i = 0; i < connections; i++) {
                idle.add(new Connection(selector));
            }
            while (!plan.isOver()) {
                long now = System.nanoTime();
                while (!idle.isEmpty()) {
                    int event = idle.peek().pausedUntil > now ? Plan.NONE : plan.next(now);
                    if (event == Plan.NONE) {
                        break;
                    }
                    Connection connection = idle.poll();
                    if (!connection.send(event, now)) {
                        plan.answered(event, 0, now, now);
                        idle.add(connection);
                    }
                }
                selector.select(1);
                if (Thread.interrupted()) {
                    throw new InterruptedIOException("Interrupted before the plan was over");
                }
                long received = System.nanoTime();
                for (SelectionKey key : selector.selectedKeys()) {
                    Connection connection = (Connection) key.attachment();
                    int status = connection.advance();
                    if (status != Connection.PENDING) {
                        plan.answered(connection.event, status, connection.sent, received);
                        idle.add(connection);
                    }
                }
                selector.selectedKeys().clear();
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        }
    }

    private final class Connection {

        static final int PENDING = -1;

        private final Selector selector;
        private final ByteBuffer in = ByteBuffer.allocate(BUFFER);
        private SocketChannel channel;
        private SelectionKey key;
        private ByteBuffer out;
        private int event;
        private long sent;
        private long pausedUntil;

        Connection(Selector selector) {
            this.selector = selector;
        }

        boolean send(int number, long now) {
            event = number;
            sent = now;
            out = ByteBuffer.wrap(events.request(number));
            in.clear();
            try {
                if (channel == null) {
                    channel = SocketChannel.open(address);
                    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    channel.configureBlocking(false);
                    key = channel.register(selector, SelectionKey.OP_READ, this);
                }
                write();
                return true;
            } catch (IOException e) {
                fail();
                return false;
            }
        }

        private void write() throws IOException {
            channel.write(out);
            key.interestOps(out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }

        /** The status of the answer, 0 when the connection was lost, {@link #PENDING} while there is more to come. */
        int advance() {
            try {
                if (key.isWritable()) {
                    write();
                }
                if (!key.isReadable()) {
                    return PENDING;
                }
                if (channel.read(in) < 0) {
                    fail();
                    return 0;
                }
                return status();
            } catch (IOException e) {
                fail();
                return 0;
            }
        }

        private int status() {
            int length = in.position();
            byte[] bytes = in.array();
            int body = headEnd(bytes, length);
            if (body < 0) {
                return PENDING;
            }
            String head = new String(bytes, 0, body, StandardCharsets.ISO_8859_1);
            String lower = head.toLowerCase(Locale.ROOT);
            int at = lower.indexOf("\r\ncontent-length:");
            boolean complete;
            if (at >= 0) {
                int end = lower.indexOf("\r\n", at + 2);
                complete = length
                        >= body + Integer.parseInt(lower.substring(at + 17, end).strip());
            } else if (lower.contains("\r\ntransfer-encoding: chunked")) {
                complete = length >= body + 5
                        && new String(bytes, length - 5, 5, StandardCharsets.ISO_8859_1).equals("0\r\n\r\n");
            } else {
                complete = true;
            }
            if (!complete) {
                return PENDING;
            }
            int status = Integer.parseInt(head.substring(9, 12));
            if (lower.contains("\r\nconnection: close")) {
                close();
            }
            return status;
        }

        private void fail() {
            close();
            pausedUntil = System.nanoTime() + RECONNECT_NANOS;
        }

        private void close() {
            try {
                if (channel != null) {
                    channel.close();
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            channel = null;
        }

        private static int headEnd(byte[] bytes, int length) {
            for (int i = 3; i < length; i++) {
                if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n' && bytes[i - 3] == '\r') {
                    return i + 1;
                }
            }
            return -1;
        }
    }
}
