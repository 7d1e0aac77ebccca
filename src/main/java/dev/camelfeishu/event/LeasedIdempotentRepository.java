package dev.camelfeishu.event;

import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.apache.camel.component.caffeine.processor.idempotent.CaffeineIdempotentRepository;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Keys of idempotent consumers in {@code feishu.idempotent}. A key is in progress under a lease until it is confirmed: when a
 * process dies in between, the key is free again when its lease ends, and the message is not lost. Its statements run outside
 * a route's transaction and never abort one. A duplicate is no error.
 *
 * <p>A cache of confirmed keys spares most duplicates the database. {@link #remove} and {@link #clear} are seen by
 * the caches of other processes after {@link #CACHED} only.
 */
public final class LeasedIdempotentRepository extends ServiceSupport implements IdempotentRepository {

    static final Duration CACHED = Duration.ofMinutes(10);

    private static final int MAX_KEY = 512;

    private final UUID owner = UUID.randomUUID();
    private final Database database;
    private final String repository;
    private final String node;
    private final Duration lease;
    /** Unbounded by itself, hence emptied every {@link #CACHED}. */
    private final CaffeineIdempotentRepository done;

    private final AtomicLong emptyAt = new AtomicLong(System.nanoTime() + CACHED.toNanos());

    /**
     * @param repository keeps its keys apart from those of other repositories
     * @param node as in {@link JournalSettings}: what a killed process of that name had in progress is free when it starts
     *     again, or the message that the journal delivers anew would look like a duplicate and be lost
     * @param lease shorter than the journal's, so that another node that takes a delivery over finds its key free
     */
    public LeasedIdempotentRepository(DataSource dataSource, String repository, String node, Duration lease) {
        this.database = new Database(dataSource);
        this.repository = repository;
        this.node = node;
        this.done = new CaffeineIdempotentRepository(repository);
        this.done.start();
        this.lease = lease;
    }

    @Override
    protected void doStart() {
        changed(
                "delete from feishu.idempotent where repository = ? and state = 'IN_PROGRESS' and node = ? and owner <> ?",
                repository,
                node,
                owner);
    }

    /** Takes the key. False when it is confirmed, or in progress elsewhere. */
    @Override
    public boolean add(String key) {
        String bounded = bounded(key);
        if (confirmedHere(bounded)) {
            return false;
        }
        return changed("""
                insert into feishu.idempotent as i (repository, key, state, node, owner, lease_until)
                values (?, ?, 'IN_PROGRESS', ?, ?, clock_timestamp() + ? * interval '1 millisecond')
                on conflict (repository, key) do update
                set node = excluded.node, owner = excluded.owner, lease_until = excluded.lease_until, updated_at = now()
                where i.state = 'IN_PROGRESS' and i.lease_until < clock_timestamp()""", repository, bounded, node, owner, lease.toMillis());
    }

    @Override
    public boolean contains(String key) {
        String bounded = bounded(key);
        if (confirmedHere(bounded)) {
            return true;
        }
        return database.unchecked(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("""
                    select 1 from feishu.idempotent
                    where repository = ? and key = ? and (state = 'DONE' or lease_until >= clock_timestamp())""")) {
                statement.setString(1, repository);
                statement.setString(2, bounded);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next();
                }
            }
        });
    }

    /** The message is done: the key is kept until it is purged. */
    @Override
    public boolean confirm(String key) {
        String bounded = bounded(key);
        boolean confirmed = changed(
                "update feishu.idempotent set state = 'DONE', updated_at = now() where repository = ? and key = ?",
                repository,
                bounded);
        if (confirmed) {
            done.add(bounded);
        }
        return confirmed;
    }

    /** Frees the key, unless another process has taken it over meanwhile. */
    @Override
    public boolean remove(String key) {
        String bounded = bounded(key);
        done.remove(bounded);
        return changed("""
                delete from feishu.idempotent
                where repository = ? and key = ?
                  and (state = 'DONE' or owner = ? or lease_until < clock_timestamp())""", repository, bounded, owner);
    }

    @Override
    public void clear() {
        done.clear();
        changed("delete from feishu.idempotent where repository = ?", repository);
    }

    private boolean confirmedHere(String key) {
        long now = System.nanoTime();
        long at = emptyAt.get();
        if (now - at >= 0 && emptyAt.compareAndSet(at, now + CACHED.toNanos())) {
            done.clear();
        }
        return done.contains(key);
    }

    private boolean changed(String sql, Object... values) {
        return database.unchecked(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                    statement.setObject(i + 1, values[i]);
                }
                return statement.executeUpdate() > 0;
            }
        });
    }

    /** An index entry has an upper size, and a text no U+0000. */
    private static String bounded(String key) {
        if (key.length() <= MAX_KEY && key.indexOf(0) < 0) {
            return key;
        }
        return "sha256:"
                + HexFormat.of()
                        .formatHex(Signature.digest(Signature.SHA_256).digest(key.getBytes(StandardCharsets.UTF_8)));
    }
}
