package dev.camelfeishu.event;

import dev.camelfeishu.event.JournalState.SubscriptionState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal on PostgreSQL, for one to a few processes on one database. {@link #start()}, then subscribe, then
 * {@link #open()}, at last {@link #close()}.
 *
 * <p>Of its connections one stays open for notifications; the writer, the dispatcher, the keeper and each lane take one for
 * the time of a transaction.
 */
public final class PostgresEventJournal implements EventJournal, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresEventJournal.class);

    private static final long LATE_MILLIS = 50;
    private static final long GAUGE_SECONDS = 5;

    private final UUID instance = UUID.randomUUID();
    private final JournalSettings settings;
    private final DeliveryTable table;
    private final Subscribers subscribers;
    private final Lanes lanes;
    private final JournalWriter writer;
    private final Wakeups wakeups;
    private final ScheduledExecutorService keeper =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "feishu-journal-keeper"));
    /** A thread of its own: the keeper waits for the database, and who waits for an append must be told meanwhile. */
    private final ScheduledExecutorService late =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "feishu-journal-late"));

    private final Set<String> failing = new HashSet<>();
    private volatile State state = State.NEW;
    private final Backfills backfills;
    private final MultiGauge lags;
    private final MultiGauge waiting;
    private volatile JournalState measured = new JournalState(null, List.of(), 0);

    private enum State {
        NEW,
        STARTED,
        OPEN,
        CLOSED
    }

    public PostgresEventJournal(DataSource dataSource, JournalSettings settings, MeterRegistry meters) {
        this.settings = settings;
        Database database = new Database(dataSource);
        Outcomes outcomes = new Outcomes();
        BackOff backOff = new BackOff(
                settings.firstBackOff(),
                settings.longestBackOff(),
                () -> ThreadLocalRandom.current().nextDouble());
        this.table = new DeliveryTable(database, settings.node(), instance, settings.lease());
        this.subscribers = new Subscribers(this::wake);
        this.lanes = new Lanes(table, subscribers, settings, backOff, outcomes, meters);
        this.writer = new JournalWriter(database, subscribers, instance, settings, outcomes, meters, this::wake);
        this.wakeups = new Wakeups(database, settings.node(), instance.toString(), this::wake, this::reclaim);
        this.backfills = new Backfills(database, subscribers);
        this.lags = MultiGauge.builder("feishu.subscription.lag")
                .description("age of the oldest open delivery of a subscription")
                .baseUnit("seconds")
                .register(meters);
        this.waiting = MultiGauge.builder("feishu.subscription.open")
                .description("open deliveries of a subscription, counted up to " + JournalState.MOST_COUNTED)
                .register(meters);
        Gauge.builder("feishu.delivery.lag", () -> measured.lag().toMillis() / 1000.0)
                .description("age of the oldest open delivery")
                .baseUnit("seconds")
                .strongReference(true)
                .register(meters);
        Gauge.builder("feishu.deadletters", () -> measured.deadLetters())
                .description("dead letters nobody has looked after")
                .strongReference(true)
                .register(meters);
    }

    private void wake() {
        if (lanes != null) {
            lanes.wake();
        }
    }

    /** Begins to listen and to keep leases; the tables must be there. Nothing is accepted or delivered yet. */
    public synchronized void start() {
        if (state != State.NEW) {
            throw new IllegalStateException("The journal was started before");
        }
        state = State.STARTED;
        writer.start();
        wakeups.start();
        long renewal = Math.max(1, settings.lease().toMillis() / 3);
        keeper.scheduleWithFixedDelay(
                () -> kept("renew leases", lanes::renew), renewal, renewal, TimeUnit.MILLISECONDS);
        late.scheduleWithFixedDelay(writer::endLate, LATE_MILLIS, LATE_MILLIS, TimeUnit.MILLISECONDS);
        keeper.scheduleWithFixedDelay(() -> kept("measure the lag", this::measure), 0, GAUGE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public synchronized void open() {
        if (state != State.STARTED) {
            throw new IllegalStateException("The journal is " + state + "; it can be opened once, after start()");
        }
        state = State.OPEN;
        lanes.start();
        lanes.wake();
    }

    @Override
    public CompletableFuture<Appended> append(FeishuEvent event) {
        return append(event, null);
    }

    @Override
    public CompletableFuture<Awaited> appendCallback(FeishuEvent callback) {
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        return append(callback, outcome).thenApply(appended -> new Awaited(appended, outcome));
    }

    private CompletableFuture<Appended> append(FeishuEvent event, CompletableFuture<Void> outcome) {
        return state == State.OPEN
                ? writer.append(event, outcome)
                : CompletableFuture.failedFuture(new JournalUnavailableException(
                        state == State.CLOSED ? "The journal is closed" : "The journal is not open yet"));
    }

    @Override
    public Subscription subscribe(String name, Options options, Filter filter, Handler handler) {
        return subscribers.add(name, options, filter, handler);
    }

    @Override
    public Hold hold(Collection<String> names) {
        return subscribers.hold(names);
    }

    /**
     * Accepts nothing more, waits for running handlers (see {@link JournalSettings#shutdown()}), stores what was accepted
     * and gives back what was not done. A second call does nothing.
     */
    @Override
    public synchronized void close() {
        State before = state;
        state = State.CLOSED;
        if (before == State.NEW || before == State.CLOSED) {
            return;
        }
        try {
            backfills.close();
            writer.close();
            lanes.close();
            late.shutdownNow();
            keeper.shutdownNow();
            wakeups.close();
        } catch (InterruptedException e) {
            LOG.warn("The journal was interrupted while it closed; its leases end by themselves");
            Thread.currentThread().interrupt();
        }
    }

    private void reclaim(Connection connection) {
        try {
            int freed = table.reclaimed(connection);
            if (freed > 0) {
                LOG.info("Took back {} deliveries that an earlier process of this node was working on", freed);
            }
        } catch (SQLException e) {
            LOG.warn("What an earlier process left could not be taken back; its leases end by themselves", e);
        }
    }

    private void measure() throws SQLException {
        try {
            measured = table.state(subscribers.names(), Set.copyOf(subscribers.taking()));
        } catch (SQLException | RuntimeException e) {
            measured = new JournalState(null, measured.subscriptions(), measured.deadLetters());
            throw e;
        }
        lags.register(rows(one -> one.lag().toMillis() / 1000.0), true);
        waiting.register(rows(SubscriptionState::open), true);
    }

    private List<MultiGauge.Row<?>> rows(Function<SubscriptionState, Number> value) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        measured.subscriptions()
                .forEach(one -> rows.add(MultiGauge.Row.of(Tags.of("subscription", one.name()), value.apply(one))));
        return rows;
    }

    /** How far the journal was a few seconds ago. */
    public JournalState state() {
        return measured;
    }

    /** Past events for subscriptions that came later. */
    public Backfills backfills() {
        return backfills;
    }

    @FunctionalInterface
    private interface Chore {
        void run() throws SQLException;
    }

    /** On the keeper's thread only. */
    private void kept(String what, Chore chore) {
        try {
            chore.run();
            failing.remove(what);
        } catch (SQLException | RuntimeException | Error e) {
            // an error too: a chore that throws is never run again
            if (failing.add(what)) {
                LOG.warn("The journal could not {}: {}", what, Failure.of(e).cause());
            }
        }
    }
}
