package dev.camelfeishu.sync;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection to the ERP's database, on which its triggers tell that they have noted something. It is an alarm and no
 * more: what a lost connection, or a pooler between the two, swallows is found by the next poll.
 */
final class CaptureListener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CaptureListener.class);

    private static final int WAIT_MILLIS = 500;
    private static final Duration RECONNECT = Duration.ofSeconds(5);
    /** A server that is gone without a word is found out by asking it something. */
    private static final Duration PROOF = Duration.ofSeconds(30);

    private final DataSource erp;
    private final String pair;
    private final String channel;
    private final Runnable look;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** @param look called after each connection, and when something was noted; it may fail, and is then called again later */
    CaptureListener(DataSource erp, String pair, String channel, Runnable look) {
        this.erp = erp;
        this.pair = pair;
        this.channel = channel;
        this.look = look;
        this.thread = new Thread(this::run, "feishu-capture-" + pair);
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() throws InterruptedException {
        closed.countDown();
        thread.join(TimeUnit.SECONDS.toMillis(5));
    }

    private void run() {
        while (closed.getCount() > 0) {
            try (var connection = erp.getConnection()) {
                connection.setAutoCommit(true);
                listen(connection);
            } catch (SQLException | RuntimeException lost) {
                LOG.warn(
                        "Pair {}: the listener begins anew in {} s: {}",
                        pair,
                        RECONNECT.toSeconds(),
                        Cycle.printable(String.valueOf(lost.getMessage())));
                pause();
            }
        }
    }

    private void listen(Connection connection) throws SQLException {
        if (!connection.isWrapperFor(PGConnection.class)) {
            throw new SQLException("only PostgreSQL has notifications; write `capture: poll`");
        }
        var postgres = connection.unwrap(PGConnection.class);
        execute(connection, "LISTEN \"" + channel + "\"");
        try {
            var proven = System.nanoTime();
            var due = true;
            while (closed.getCount() > 0) {
                if (due) {
                    look.run();
                }
                var notifications = postgres.getNotifications(WAIT_MILLIS);
                due = notifications != null && notifications.length > 0;
                if (System.nanoTime() - proven > PROOF.toNanos()) {
                    execute(connection, "SELECT 1");
                    proven = System.nanoTime();
                }
            }
        } finally {
            // the connection goes back to a pool: nothing of ours may stay on it
            if (!connection.isClosed()) {
                execute(connection, "UNLISTEN *");
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void pause() {
        try {
            closed.await(RECONNECT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            closed.countDown();
        }
    }
}
