package dev.camelfeishu.event;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the keeping of what is over. Walks the events from the oldest on in short transactions, and rests after each for as long
 * as it took, so that appends never wait and most of the disk stays theirs.
 *
 * <p>Kept whatever the retention: open deliveries, dead letters that are NEW or REPLAYING, their events, and for 24 hours
 * every event without its payload, because it tells duplicates.
 */
public final class Retention {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private static final Duration DUPLICATES = Duration.ofHours(24);
    private static final int BATCH = 1_000;
    private static final Duration LONGEST_REST = Duration.ofSeconds(1);

    private static final String OLDEST = """
            select id, received_at < now() - ? * interval '1 millisecond' as over
            from feishu.event where id > ? order by id limit ?""";

    private static final String FINISHED = """
            not exists (select 1 from feishu.delivery d where d.event_id = e.id and d.state = 'OPEN')
            and not exists (select 1 from feishu.delivery d join feishu.dead_letter l on l.delivery_id = d.id
                            where d.event_id = e.id and l.state in ('NEW', 'REPLAYING'))""";

    private final Database database;

    public Retention(DataSource dataSource) {
        this.database = new Database(dataSource);
    }

    /**
     * What was removed.
     *
     * @param events with their deliveries and dead letters
     * @param payloads of events that are kept for their first 24 hours
     * @param deadLetters of scheduled flows
     * @param keys of idempotent repositories
     */
    public record Purged(long events, long payloads, long deadLetters, long keys) {}

    /** Removes what is older. May be called at any time, from several processes too. */
    public Purged purge(Duration retention) {
        Duration whole = retention.compareTo(DUPLICATES) < 0 ? DUPLICATES : retention;
        long events = walk(whole, """
                with gone as (delete from feishu.event e where e.id = any (?) and %s returning e.id)
                , deliveries as (delete from feishu.delivery d using gone where d.event_id = gone.id)
                select count(*) from gone""".formatted(FINISHED));
        long payloads = whole.equals(retention) ? 0 : walk(retention, """
                        with emptied as (
                            update feishu.event e set payload = null
                            where e.id = any (?) and e.payload is not null and %s returning e.id)
                        select count(*) from emptied""".formatted(FINISHED));
        repeated("""
                update feishu.delivery set edited = null where id in (
                    select d.id from feishu.delivery d join feishu.event e on e.id = d.event_id
                    where d.edited is not null and e.payload is null
                      and e.received_at < now() - ? * interval '1 millisecond' limit ?)""", retention);
        long letters = repeated("""
                delete from feishu.dead_letter where id in (
                    select id from feishu.dead_letter
                    where state in ('RESOLVED', 'DISCARDED') and delivery_id is null
                      and updated_at < now() - ? * interval '1 millisecond' limit ?)""", retention);
        long keys = repeated("""
                delete from feishu.idempotent where (repository, key) in (
                    select repository, key from feishu.idempotent
                    where updated_at < now() - ? * interval '1 millisecond' and lease_until < now() limit ?)""", whole);
        Purged purged = new Purged(events, payloads, letters, keys);
        LOG.info("Removed what is older than {}: {}", retention, purged);
        return purged;
    }

    /** Ids grow with the time of receipt, so the walk ends at the first batch that has a young one. */
    private long walk(Duration age, String change) {
        long changed = 0;
        long after = 0;
        while (true) {
            long from = after;
            long begun = System.nanoTime();
            Batch batch = database.unchecked(connection -> {
                Batch read = batch(connection, age, from);
                return new Batch(read.ids, read.last, read.end, apply(connection, change, read.ids));
            });
            changed += batch.changed;
            if (batch.end) {
                return changed;
            }
            after = batch.last;
            rest(System.nanoTime() - begun);
        }
    }

    private static void rest(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(Math.min(nanos, LONGEST_REST.toNanos()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted; the next run goes on", e);
        }
    }

    private record Batch(List<Long> ids, long last, boolean end, int changed) {}

    private static Batch batch(Connection connection, Duration age, long after) throws SQLException {
        List<Long> over = new ArrayList<>();
        long last = after;
        int read = 0;
        boolean young = false;
        try (PreparedStatement statement = connection.prepareStatement(OLDEST)) {
            statement.setLong(1, age.toMillis());
            statement.setLong(2, after);
            statement.setInt(3, BATCH);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    read++;
                    last = rows.getLong(1);
                    if (rows.getBoolean(2)) {
                        over.add(last);
                    } else {
                        young = true;
                    }
                }
            }
        }
        return new Batch(over, last, young || read < BATCH, 0);
    }

    private static int apply(Connection connection, String change, List<Long> ids) throws SQLException {
        if (ids.isEmpty()) {
            return 0;
        }
        // first the locks, in a statement of its own: the change then sees what a backfill has just added
        try (PreparedStatement locks =
                connection.prepareStatement("select id from feishu.event where id = any (?) order by id for update")) {
            locks.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            locks.execute();
        }
        try (PreparedStatement statement = connection.prepareStatement(change)) {
            statement.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            try (ResultSet count = statement.executeQuery()) {
                count.next();
                return count.getInt(1);
            }
        }
    }

    private long repeated(String delete, Duration age) {
        long deleted = 0;
        int batch;
        do {
            long begun = System.nanoTime();
            batch = database.unchecked(connection -> {
                try (PreparedStatement statement = connection.prepareStatement(delete)) {
                    statement.setLong(1, age.toMillis());
                    statement.setInt(2, BATCH);
                    return statement.executeUpdate();
                }
            });
            deleted += batch;
            rest(System.nanoTime() - begun);
        } while (batch == BATCH);
        return deleted;
    }
}
