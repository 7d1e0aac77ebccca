package dev.camelfeishu.event;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of its own that hears of deliveries made elsewhere, and that holds the node's advisory lock: the lock tells
 * that no other living process has this node's name, so that what a predecessor left behind can be taken back at once.
 * A lost connection is opened again.
 */
final class Wakeups {

    private static final Logger LOG = LoggerFactory.getLogger(Wakeups.class);

    static final String CHANNEL = "feishu_delivery";
    private static final int NODE_LOCKS = 0x66656973;
    private static final int WAIT_MILLIS = 500;
    private static final Duration RECONNECT = Duration.ofSeconds(1);

    private final Database database;
    private final String node;
    private final String instance;
    private final Runnable wake;
    private final Consumer<Connection> alone;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "feishu-journal-listener");

    /**
     * @param wake called for each notification of another process, and after each reconnection
     * @param alone called once per connection, when the node's lock was got
     */
    Wakeups(Database database, String node, String instance, Runnable wake, Consumer<Connection> alone) {
        this.database = database;
        this.node = node;
        this.instance = instance;
        this.wake = wake;
        this.alone = alone;
    }

    /** Tells every process, when the transaction commits. */
    static void send(Connection connection, String sender) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select pg_notify(?, ?)")) {
            statement.setString(1, CHANNEL);
            statement.setString(2, sender);
            statement.execute();
        }
    }

    void start() {
        thread.start();
    }

    void close() throws InterruptedException {
        closed.countDown();
        thread.join(TimeUnit.SECONDS.toMillis(5));
    }

    private void run() {
        boolean healthy = true;
        while (closed.getCount() > 0) {
            try (Connection connection = database.connection()) {
                connection.setAutoCommit(true);
                if (!healthy) {
                    LOG.info("The journal's listener is connected again");
                    healthy = true;
                }
                listen(connection);
            } catch (SQLException | RuntimeException | Error e) {
                if (closed.getCount() > 0) {
                    if (healthy) {
                        LOG.warn(
                                "The journal's listener lost its connection: {}",
                                Failure.of(e).cause());
                    }
                    healthy = false;
                    pause();
                }
            }
        }
    }

    private void listen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("listen " + CHANNEL);
        }
        try {
            wake.run();
            PGConnection postgres = connection.unwrap(PGConnection.class);
            boolean locked = false;
            while (closed.getCount() > 0) {
                if (!locked && lock(connection)) {
                    locked = true;
                    alone.accept(connection);
                    wake.run();
                }
                PGNotification[] notifications = postgres.getNotifications(WAIT_MILLIS);
                for (PGNotification notification : notifications == null ? new PGNotification[0] : notifications) {
                    if (!instance.equals(notification.getParameter())) {
                        wake.run();
                    }
                }
            }
        } finally {
            release(connection);
        }
    }

    private boolean lock(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select pg_try_advisory_lock(?, hashtext(?))")) {
            statement.setInt(1, NODE_LOCKS);
            statement.setString(2, node);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** The connection goes back to a pool: nothing of ours may stay on it. */
    private static void release(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("unlisten *");
            statement.execute("select pg_advisory_unlock_all()");
        } catch (SQLException e) {
            LOG.debug("The listener's connection was gone already", e);
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
