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
import java.util.ArrayDeque;

/**
 * Sends requests over keep-alive connections to one port of this machine, all on the calling thread: a few microseconds of
 * processor time each, so that what is measured is the receiver. Nothing is made anew for a request or its answer.
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
        private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
        private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER);
        private final Answer answer = new Answer();
        private SocketChannel channel;
        private SelectionKey key;
        private int event;
        private long sent;
        private long pausedUntil;

        Connection(Selector selector) {
            this.selector = selector;
        }

        boolean send(int number, long now) {
            event = number;
            sent = now;
            out.clear().put(events.request(number)).flip();
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
            int wanted = out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
            if (key.interestOps() != wanted) {
                key.interestOps(wanted);
            }
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
                if (!answer.isComplete(in)) {
                    return PENDING;
                }
                if (answer.isLast()) {
                    close();
                }
                return answer.status();
            } catch (IOException e) {
                fail();
                return 0;
            }
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
    }
}
