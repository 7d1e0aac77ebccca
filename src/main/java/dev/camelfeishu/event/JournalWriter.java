package dev.camelfeishu.event;

import dev.camelfeishu.event.EventJournal.Appended;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Groups appends: one thread takes what waits and commits it at once, so that the speed of the disk is not the speed of the
 * webhook. A second thread completes the futures, so that what hangs on them does not hold up the next commit.
 */
final class JournalWriter {

    private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);

    /** As many characters of payloads as one commit may hold; one event may have more. */
    private static final long COMMIT = 4 << 20;

    private static final long NOTHING = Long.MIN_VALUE;

    private static final String INSERT_EVENTS = """
            insert into feishu.event (app_id, tenant_key, event_id, type, lane_key, created_at, payload, trace)
            select e.app_id, e.tenant_key, e.event_id, e.type, e.lane_key, 'epoch'::timestamptz + e.micros * interval '1 microsecond',
                   e.payload, e.trace
            from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[])
                as e(app_id, tenant_key, event_id, type, lane_key, micros, payload, trace)
            on conflict do nothing
            returning id, app_id, tenant_key, event_id""";

    private static final String FIND_EVENTS = """
            select e.id, e.app_id, e.tenant_key, e.event_id
            from unnest(?::text[], ?::text[], ?::text[]) as k(app_id, tenant_key, event_id)
            join feishu.event e
                on hashtextextended(e.app_id || ' ' || e.tenant_key || ' ' || e.event_id, 0)
                    = hashtextextended(k.app_id || ' ' || k.tenant_key || ' ' || k.event_id, 0)
                and (e.app_id, e.tenant_key, e.event_id) = (k.app_id, k.tenant_key, k.event_id)""";

    /** With the notification of other processes, for which a round trip of its own would be too dear. */
    private static final String INSERT_DELIVERIES = """
            with made as (
                insert into feishu.delivery (event_id, subscription, lane_key)
                select d.event_id, d.subscription, d.lane_key
                from unnest(?::bigint[], ?::text[], ?::text[]) with ordinality as d(event_id, subscription, lane_key, position)
                order by d.position
                returning id, event_id)
            select made.id, made.event_id from made, (select pg_notify(?, ?)) as told order by made.id""";

    private final Database database;
    private final Subscribers subscribers;
    private final UUID instance;
    private final JournalSettings settings;
    private final Outcomes outcomes;
    private final Runnable stored;
    /** Bounded by what {@link #waiting} and {@link #writing} tell. */
    private final BlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
    /** Characters of the payloads in the queue. */
    private final AtomicLong waiting = new AtomicLong();
    /** In the order of their appends; what is done leaves with the next {@link #endLate()}. */
    private final Queue<Entry> unanswered = new ConcurrentLinkedQueue<>();

    private final long longest;
    private final Counter fresh;
    private final Counter duplicates;
    private final Timer time;
    private final DistributionSummary group;
    private final MeterRegistry meters;
    private final Map<String, Counter> unclaimed = new ConcurrentHashMap<>();
    private final ExecutorService answers =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "feishu-journal-answers"));
    private final Thread thread = new Thread(this::run, "feishu-journal-writer");
    /** Since when the oldest of those that are being stored has waited; {@link #NOTHING} between two commits. */
    private volatile long writing = NOTHING;

    private volatile boolean closing;

    /** @param stored called after each commit that made deliveries */
    JournalWriter(
            Database database,
            Subscribers subscribers,
            UUID instance,
            JournalSettings settings,
            Outcomes outcomes,
            MeterRegistry meters,
            Runnable stored) {
        this.database = database;
        this.subscribers = subscribers;
        this.instance = instance;
        this.settings = settings;
        this.outcomes = outcomes;
        this.stored = stored;
        this.longest = settings.appendTimeout().toNanos();
        this.fresh = meters.counter("feishu.events.appended", "duplicate", "false");
        this.duplicates = meters.counter("feishu.events.appended", "duplicate", "true");
        this.time = Timer.builder("feishu.events.append.time")
                .publishPercentileHistogram()
                .register(meters);
        this.group = DistributionSummary.builder("feishu.events.append.group")
                .description("events that shared a commit")
                .register(meters);
        this.meters = meters;
        meters.gaugeCollectionSize("feishu.events.append.waiting", List.of(), queue);
    }

    void start() {
        thread.start();
    }

    /**
     * On the caller's thread all that needs no database: what waits is small, and one thread has less to do. Refused at once is
     * what could only be answered too late, or would not fit in the memory.
     */
    CompletableFuture<Appended> append(FeishuEvent event, CompletableFuture<Void> outcome) {
        Entry entry = new Entry(event, wanted(event), outcome);
        if (closing) {
            return refused("The journal is closed");
        }
        long oldest = writing;
        if (oldest != NOTHING && entry.since - oldest > longest) {
            return refused(
                    "The database has not stored an event for " + TimeUnit.NANOSECONDS.toMillis(longest) + " ms");
        }
        if (waiting.addAndGet(entry.size()) > settings.queue() && !queue.isEmpty()) {
            waiting.addAndGet(-entry.size());
            return refused("Events of " + settings.queue() + " characters wait for the database");
        }
        unanswered.add(entry);
        queue.add(entry);
        return entry.future;
    }

    private static CompletableFuture<Appended> refused(String why) {
        return CompletableFuture.failedFuture(new JournalUnavailableException(why));
    }

    /** Tells those who have waited too long. A timer for each append would cost more than the look at the oldest. */
    void endLate() {
        long now = System.nanoTime();
        for (Entry oldest = unanswered.peek();
                oldest != null && (oldest.future.isDone() || now - oldest.since > longest);
                oldest = unanswered.peek()) {
            unanswered.poll();
            oldest.future.completeExceptionally(new TimeoutException());
        }
    }

    /** Stores what waits, then ends. */
    void close() throws InterruptedException {
        closing = true;
        thread.interrupt();
        thread.join(settings.shutdown().toMillis());
        if (thread.isAlive()) {
            LOG.warn("The database still hangs; who waits for an append has been told to send it again");
        }
        List<Entry> left = new ArrayList<>();
        queue.drainTo(left);
        left.forEach(
                entry -> entry.future.completeExceptionally(new JournalUnavailableException("The journal is closed")));
        answers.shutdown();
        answers.awaitTermination(1, TimeUnit.SECONDS);
    }

    private void run() {
        List<Entry> batch = new ArrayList<>(settings.batch());
        while (!(closing && queue.isEmpty())) {
            try {
                batch.add(queue.take());
            } catch (InterruptedException e) {
                // close() woke us: what still waits is stored before the thread ends
                continue;
            }
            writing = batch.get(0).since;
            long size = fill(batch);
            waiting.addAndGet(-size);
            try {
                write(List.copyOf(batch));
            } catch (RuntimeException | Error e) {
                LOG.error("Storing {} events failed", batch.size(), e);
                fail(List.copyOf(batch), e);
            }
            writing = NOTHING;
            batch.clear();
        }
    }

    /** What waits behind the first, as far as one commit goes; answers the characters of all. */
    private long fill(List<Entry> batch) {
        long size = batch.get(0).size();
        for (Entry next = queue.peek();
                next != null && batch.size() < settings.batch() && size + next.size() <= COMMIT && queue.remove(next);
                next = queue.peek()) {
            batch.add(next);
            size += next.size();
        }
        return size;
    }

    private void write(List<Entry> batch) {
        try {
            store(batch);
        } catch (SQLException e) {
            if (batch.size() == 1 || !Database.isStatementsFault(e)) {
                LOG.warn(
                        "{} events could not be stored: {}",
                        batch.size(),
                        Failure.of(e).cause());
                fail(batch, e);
                return;
            }
            LOG.warn(
                    "A batch of {} events could not be stored and is stored one by one: {}",
                    batch.size(),
                    Failure.of(e).cause());
            batch.forEach(entry -> write(List.of(entry)));
        }
    }

    private void store(List<Entry> batch) throws SQLException {
        List<Runnable> completions = new ArrayList<>(batch.size());
        int deliveries;
        try {
            // where nobody wants an event one statement stores all; the pool's connections commit each statement
            deliveries = batch.stream().allMatch(entry -> entry.wanted.isEmpty())
                    ? database.committing(connection -> insert(connection, batch, completions))
                    : database.transaction(connection -> insert(connection, batch, completions));
        } catch (SQLException | RuntimeException | Error e) {
            batch.forEach(entry -> outcomes.forget(entry.outcome));
            throw e;
        }
        if (deliveries > 0) {
            stored.run();
        }
        group.record(batch.size());
        long now = System.nanoTime();
        batch.forEach(entry -> time.record(now - entry.since, TimeUnit.NANOSECONDS));
        answer(() -> completions.forEach(Runnable::run));
    }

    private int insert(Connection connection, List<Entry> batch, List<Runnable> completions) throws SQLException {
        Map<Identity, Entry> first = new LinkedHashMap<>();
        batch.forEach(entry -> first.putIfAbsent(entry.identity, entry));
        Map<Identity, Long> made = insertEvents(connection, List.copyOf(first.values()));
        Map<Long, List<Long>> deliveries = insertDeliveries(connection, first, made);
        Map<Identity, Long> ids = new HashMap<>(made);
        if (made.size() < first.size()) {
            List<Identity> known = first.keySet().stream()
                    .filter(identity -> !made.containsKey(identity))
                    .toList();
            ids.putAll(findEvents(connection, known));
        }
        for (Entry entry : batch) {
            Identity identity = entry.identity;
            boolean duplicate = !made.containsKey(identity) || first.get(identity) != entry;
            Long id = ids.get(identity);
            if (id == null) {
                completions.add(() -> entry.future.completeExceptionally(new JournalUnavailableException(
                        "The event was stored before and removed in the same moment; send it again")));
                continue;
            }
            List<Long> own = duplicate ? List.of() : deliveries.getOrDefault(id, List.of());
            outcomes.expect(entry.outcome, own);
            completions.add(() -> {
                (duplicate ? duplicates : fresh).increment();
                if (!duplicate && own.isEmpty()) {
                    unclaimed
                            .computeIfAbsent(
                                    entry.type, type -> meters.counter("feishu.events.unclaimed", "type", type))
                            .increment();
                }
                entry.future.complete(new Appended(id, duplicate, own.size(), own));
            });
        }
        return deliveries.size();
    }

    private static Map<Identity, Long> insertEvents(Connection connection, List<Entry> entries) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT_EVENTS)) {
            texts(statement, 1, entries, entry -> entry.identity.appId());
            texts(statement, 2, entries, entry -> entry.identity.tenantKey());
            texts(statement, 3, entries, entry -> entry.identity.eventId());
            texts(statement, 4, entries, entry -> entry.type);
            texts(statement, 5, entries, entry -> entry.key);
            statement.setArray(
                    6,
                    connection.createArrayOf(
                            "bigint",
                            entries.stream().map(entry -> entry.createdMicros).toArray()));
            texts(statement, 7, entries, entry -> entry.payload);
            texts(statement, 8, entries, entry -> entry.trace);
            return identities(statement);
        }
    }

    private static Map<Identity, Long> findEvents(Connection connection, List<Identity> known) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FIND_EVENTS)) {
            texts(statement, 1, known, Identity::appId);
            texts(statement, 2, known, Identity::tenantKey);
            texts(statement, 3, known, Identity::eventId);
            return identities(statement);
        }
    }

    private static Map<Identity, Long> identities(PreparedStatement statement) throws SQLException {
        Map<Identity, Long> ids = new HashMap<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                ids.put(new Identity(rows.getString(2), rows.getString(3), rows.getString(4)), rows.getLong(1));
            }
        }
        return ids;
    }

    private Map<Long, List<Long>> insertDeliveries(
            Connection connection, Map<Identity, Entry> entries, Map<Identity, Long> made) throws SQLException {
        List<Long> events = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        entries.forEach((identity, entry) -> {
            Long id = made.get(identity);
            if (id != null) {
                entry.wanted.forEach(subscriber -> {
                    events.add(id);
                    names.add(subscriber.name());
                    keys.add(entry.key);
                });
            }
        });
        Map<Long, List<Long>> ids = new HashMap<>();
        if (events.isEmpty()) {
            return ids;
        }
        try (PreparedStatement statement = connection.prepareStatement(INSERT_DELIVERIES)) {
            statement.setArray(1, connection.createArrayOf("bigint", events.toArray()));
            texts(statement, 2, names, name -> name);
            texts(statement, 3, keys, key -> key);
            statement.setString(4, Wakeups.CHANNEL);
            statement.setString(5, instance.toString());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ids.computeIfAbsent(rows.getLong(2), event -> new ArrayList<>())
                            .add(rows.getLong(1));
                }
            }
        }
        return ids;
    }

    private static <T> void texts(PreparedStatement statement, int index, List<T> from, Function<T, String> text)
            throws SQLException {
        String[] values = from.stream().map(text).toArray(String[]::new);
        statement.setArray(index, statement.getConnection().createArrayOf("text", values));
    }

    /** Who wants the event. A filter that throws must not lose it: its handler gets the event and fails visibly. */
    private List<Subscribers.Subscriber> wanted(FeishuEvent event) {
        List<Subscribers.Subscriber> wanted = new ArrayList<>();
        for (Subscribers.Subscriber subscriber : subscribers.all()) {
            boolean accepted;
            try {
                accepted = subscriber.filter().accepts(event);
            } catch (RuntimeException e) {
                LOG.error("The filter of '{}' failed for a {}; it is delivered", subscriber.name(), event.type(), e);
                accepted = true;
            }
            if (accepted) {
                wanted.add(subscriber);
            }
        }
        return wanted;
    }

    private void fail(List<Entry> batch, Throwable cause) {
        JournalUnavailableException failure = new JournalUnavailableException("The event could not be stored", cause);
        answer(() -> batch.forEach(entry -> entry.future.completeExceptionally(failure)));
    }

    private void answer(Runnable completions) {
        try {
            answers.execute(completions);
        } catch (RejectedExecutionException e) {
            // close() did not wait for a database that hangs: who waited has timed out, and this thread is about to end
            completions.run();
        }
    }

    private record Identity(String appId, String tenantKey, String eventId) {}

    /** An event as it is stored. */
    private static final class Entry {
        private final Identity identity;
        private final String type;
        private final String key;
        private final long createdMicros;
        private final String payload;
        private final String trace;
        private final List<Subscribers.Subscriber> wanted;
        private final CompletableFuture<Void> outcome;
        private final CompletableFuture<Appended> future = new CompletableFuture<>();
        private final long since = System.nanoTime();

        /** @param outcome of the first attempts, null when nobody waits for them */
        Entry(FeishuEvent event, List<Subscribers.Subscriber> wanted, CompletableFuture<Void> outcome) {
            this.identity = new Identity(event.appId(), event.tenantKey(), event.eventId());
            this.type = event.type();
            this.key = event.key();
            this.createdMicros = ChronoUnit.MICROS.between(Instant.EPOCH, event.createdAt());
            this.payload = event.payload().toString();
            this.trace = event.trace().text();
            this.wanted = wanted;
            this.outcome = outcome;
        }

        int size() {
            return payload.length();
        }
    }
}
