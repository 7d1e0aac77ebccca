package dev.camelfeishu.sync;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Pairs as a test declares them, over one SQL side and a Base in memory each, with a clock that is set by hand. */
final class DeclaredPair {

    /** The engines that can be the SQL side: PostgreSQL in the database of the application, H2 in one of its own. */
    enum Engine {
        POSTGRESQL,
        H2
    }

    static final class HandClock extends Clock {
        private volatile Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        void pass(Duration time) {
            now = now.plus(time);
        }
    }

    /** The SQL side, empty, and what all pairs of a test share. */
    static final class World {
        final HandClock clock = new HandClock();
        final JdbcTemplate own;
        final JdbcTemplate erp;
        private final DataSource database;
        private final DataSource source;

        World(DataSource database, Engine engine) {
            this.database = database;
            this.own = new JdbcTemplate(database);
            own.execute("TRUNCATE feishu.sync_pair, feishu.sync_link, feishu.sync_dirty, feishu.sync_journal,"
                    + " feishu.sync_outbox, feishu.sync_parked, feishu.sync_report, feishu.sync_missing,"
                    + " feishu.sync_wait");
            if (engine == Engine.H2) {
                var memory = new JdbcDataSource();
                memory.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
                this.source = memory;
            } else {
                this.source = database;
                own.execute("DROP SCHEMA IF EXISTS shop CASCADE");
            }
            this.erp = new JdbcTemplate(source);
            erp.execute("CREATE SCHEMA shop");
        }

        DeclaredPair pair(String yaml) {
            return new DeclaredPair(this, yaml);
        }

        /** The pair on another node. */
        PairSync samePair(DeclaredPair pair, String yaml) {
            return sync(pair.base, yaml);
        }

        private PairSync sync(InMemoryBase side, String yaml) {
            return new PairSync(
                    new PairDeclarationParser(Map.<String, String>of()::get).parse("pair.yaml", yaml),
                    side,
                    own,
                    new TransactionTemplate(new DataSourceTransactionManager(database)),
                    source,
                    new ObjectMapper(),
                    new SimpleMeterRegistry(),
                    clock,
                    Duration.ZERO);
        }

        /** Everything the pairs do on their own, until all of them rest. */
        void settle(DeclaredPair... pairs) {
            var resting = 0;
            for (var round = 0; round < 60; round++) {
                var worked = Arrays.stream(pairs).mapToInt(DeclaredPair::round).sum();
                resting = worked == 0 ? resting + 1 : 0;
                if (resting > 1 && own.queryForObject("SELECT count(*) FROM feishu.sync_dirty", Long.class) == 0) {
                    return;
                }
                clock.pass(Duration.ofSeconds(2));
            }
            throw new AssertionError("it does not come to rest: "
                    + own.queryForList("SELECT pair, side, identity, attempts FROM feishu.sync_dirty"));
        }

        /** The time that two looks at a deletion are apart. */
        void passComparison() {
            clock.pass(Duration.ofSeconds(31));
        }
    }

    final InMemoryBase base = new InMemoryBase();
    final PairSync sync;
    private final World world;

    private DeclaredPair(World world, String yaml) {
        this.world = world;
        sync = world.sync(base, yaml);
        base.eventTime = world.clock::instant;
    }

    private int round() {
        sync.poll();
        while (!base.events.isEmpty()) {
            sync.hint(base.events.poll());
        }
        sync.probe(event -> {});
        var batches = 0;
        for (var batch = sync.claim(500); batch.isPresent(); batch = sync.claim(500)) {
            sync.merge(batch.get(), RowTransform.NONE);
            if (++batches > 50) {
                throw new AssertionError("the same marks are due again and again: " + batch.get());
            }
        }
        return batches;
    }

    void settle() {
        world.settle(this);
    }

    String recordOf(String key) {
        return world
                .own
                .queryForList(
                        "SELECT record_id FROM feishu.sync_link WHERE pair = ? AND sql_key = ?",
                        String.class,
                        sync.name(),
                        key)
                .stream()
                .findFirst()
                .orElse(null);
    }

    String cell(String key, String field) {
        var cell = base.cell(recordOf(key), field);
        return cell == null ? null : cell.isTextual() ? cell.asText() : cell.toString();
    }

    List<Map<String, Object>> journal() {
        return world.own.queryForList(
                "SELECT sql_key, field, side, losing, winning, why FROM feishu.sync_journal WHERE pair = ? ORDER BY id",
                sync.name());
    }

    List<String> reasons() {
        return sync.parked(0, 50).items().stream().map(ParkedRow::reason).toList();
    }
}
