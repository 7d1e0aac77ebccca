package dev.camelfeishu.event;

import dev.camelfeishu.event.Subscribers.Subscriber;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives subscriptions events that were stored before they were there. One at a time, in the order of storing, at a limited
 * rate. An event that a subscription has had is not given again, so that what was cut off may be asked for again.
 */
public final class Backfills implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Backfills.class);

    private static final int BATCH = 200;

    private static final String STORED = """
            select e.id, e.app_id, e.tenant_key, e.event_id, e.type, e.lane_key, e.created_at, e.payload,
                   e.trace, e.received_at
            from feishu.event e
            where e.id > ?
            order by e.id
            limit ?
            for key share""";

    private static final String GIVE = """
            insert into feishu.delivery (event_id, subscription, lane_key)
            select d.event_id, ?, d.lane_key
            from unnest(?::bigint[], ?::text[]) with ordinality as d(event_id, lane_key, position)
            order by d.position
            on conflict (event_id, subscription) do nothing""";

    private final Database database;
    private final Subscribers subscribers;
    private final StrictJson json = new StrictJson();
    private final ConcurrentMap<String, Progress> progress = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService worker =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "feishu-journal-backfill"));

    Backfills(Database database, Subscribers subscribers) {
        this.database = database;
        this.subscribers = subscribers;
    }

    /**
     * What is wanted.
     *
     * @param since when the first event was received
     * @param until before which the last was
     * @param types none for all; the subscription's own filter decides besides
     * @param perSecond how many events are looked at in a second, at most
     */
    public record Request(Instant since, Instant until, Set<String> types, int perSecond) {
        public Request {
            types = Set.copyOf(types);
            if (!since.isBefore(until)) {
                throw new IllegalArgumentException("since must be before until");
            }
            if (perSecond < 1) {
                throw new IllegalArgumentException("perSecond must be 1 or more");
            }
        }
    }

    /** How a backfill ended, or that it has not. */
    public enum State {
        WAITING,
        RUNNING,
        DONE,
        FAILED
    }

    /**
     * @param looked events looked at
     * @param given deliveries made
     */
    public record Progress(State state, long looked, long given) {}

    /**
     * Begins to give; the last one asked for of the subscription is told by {@link #progress}.
     *
     * @throws IllegalArgumentException when no route of this process has that name
     * @throws IllegalStateException when one is under way for it
     */
    public void begin(String subscription, Request request) {
        if (subscribers.find(subscription) == null) {
            throw new IllegalArgumentException("There is no subscription '" + subscription + "' here");
        }
        progress.compute(subscription, (name, last) -> {
            if (last != null && (last.state == State.WAITING || last.state == State.RUNNING)) {
                throw new IllegalStateException("A backfill of '" + name + "' is under way");
            }
            return new Progress(State.WAITING, 0, 0);
        });
        worker.execute(() -> run(subscription, request));
    }

    public Optional<Progress> progress(String subscription) {
        return Optional.ofNullable(progress.get(subscription));
    }

    @Override
    public void close() throws InterruptedException {
        closed.countDown();
        worker.shutdown();
        worker.awaitTermination(5, TimeUnit.SECONDS);
    }

    private void run(String subscription, Request request) {
        Progress now = new Progress(State.RUNNING, 0, 0);
        try {
            long after = database.transaction(connection -> ReceivedIds.before(connection, request.since));
            Step step;
            do {
                progress.put(subscription, now);
                long begun = System.nanoTime();
                long from = after;
                step = database.transaction(connection -> step(connection, subscription, request, from));
                now = new Progress(State.RUNNING, now.looked + step.looked, now.given + step.given);
                after = step.last;
                long due = TimeUnit.SECONDS.toNanos(1) * step.looked / request.perSecond;
                if (!step.end && closed.await(due - (System.nanoTime() - begun), TimeUnit.NANOSECONDS)) {
                    throw new IllegalStateException("The journal closes");
                }
            } while (!step.end);
            progress.put(subscription, new Progress(State.DONE, now.looked, now.given));
            LOG.info("Of {} stored events {} were given to '{}'", now.looked, now.given, subscription);
        } catch (SQLException | RuntimeException e) {
            progress.put(subscription, new Progress(State.FAILED, now.looked, now.given));
            LOG.warn(
                    "The backfill of '{}' ended after {} events; ask for it again: {}",
                    subscription,
                    now.looked,
                    Failure.of(e).cause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Step(int looked, int given, long last, boolean end) {}

    private Step step(Connection connection, String subscription, Request request, long after) throws SQLException {
        Subscriber subscriber = subscribers.find(subscription);
        if (subscriber == null) {
            throw new IllegalStateException("There is no subscription '" + subscription + "' here any more");
        }
        List<Long> events = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        int looked = 0;
        long last = after;
        boolean end = false;
        try (PreparedStatement statement = connection.prepareStatement(STORED)) {
            statement.setLong(1, after);
            statement.setInt(2, BATCH);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next() && !end) {
                    end = !instant(rows, "received_at").isBefore(request.until);
                    if (end) {
                        continue;
                    }
                    looked++;
                    last = rows.getLong("id");
                    FeishuEvent event = event(rows);
                    if (event.payload() != null
                            && (request.types.isEmpty() || request.types.contains(event.type()))
                            && subscriber.filter().accepts(event)) {
                        events.add(last);
                        keys.add(event.key());
                    }
                }
            }
        }
        return new Step(looked, give(connection, subscription, events, keys), last, end || looked < BATCH);
    }

    private FeishuEvent event(ResultSet row) throws SQLException {
        return new FeishuEvent(
                row.getString("app_id"),
                row.getString("tenant_key"),
                row.getString("event_id"),
                row.getString("type"),
                row.getString("lane_key"),
                instant(row, "created_at"),
                json.stored(row.getString("payload")),
                TraceContext.stored(row.getString("trace")));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static int give(Connection connection, String subscription, List<Long> events, List<String> keys)
            throws SQLException {
        if (events.isEmpty()) {
            return 0;
        }
        int given;
        try (PreparedStatement statement = connection.prepareStatement(GIVE)) {
            statement.setString(1, subscription);
            statement.setArray(2, connection.createArrayOf("bigint", events.toArray()));
            statement.setArray(3, connection.createArrayOf("text", keys.toArray()));
            given = statement.executeUpdate();
        }
        if (given > 0) {
            Wakeups.send(connection, "backfill");
        }
        return given;
    }
}
