package dev.camelfeishu.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionTemplate;

/** The pair `orders` as shipped, on a real database, with a Base in memory and a clock that is set by hand. */
final class OrdersPair {

    /** The end of the process, for a test: nothing may catch it and go on. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static final class HandClock extends Clock {
        // no finer than the database keeps it: what is due at a moment is due then
        private volatile Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);

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
    }

    final InMemoryBase base = new InMemoryBase();
    final JdbcTemplate jdbc;
    /** What the probe found that no event had told. */
    final List<JsonNode> missed = new ArrayList<>();

    private final HandClock clock = new HandClock();
    private final DataSource database;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private int steps;
    private int crashAt = Integer.MAX_VALUE;
    PairDeclaration declared;
    Quota quota = Quota.UNKNOWN;
    ReportKeys keys = ReportKeys.NONE;
    PairSync pair;

    /** With the product's tables and an ERP of one table. */
    static DataSource migrated(DataSource database) {
        var jdbc = new JdbcTemplate(database);
        jdbc.execute("CREATE SCHEMA erp");
        jdbc.execute("CREATE TABLE erp.orders (order_id text PRIMARY KEY, customer_name text NOT NULL,"
                + " amount numeric(14,2) NOT NULL, status text NOT NULL DEFAULT 'NEW' CHECK (status <> 'BROKEN'), note text"
                + " CHECK (note <> 'refuse me'), created_at timestamptz NOT NULL DEFAULT now(),"
                + " tags text[],"
                + " updated_at timestamptz NOT NULL DEFAULT now())");
        jdbc.execute("CREATE FUNCTION erp.touch() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN NEW.updated_at := clock_timestamp(); RETURN NEW; END'");
        jdbc.execute("CREATE TRIGGER touch BEFORE UPDATE ON erp.orders FOR EACH ROW EXECUTE FUNCTION erp.touch()");
        return database;
    }

    OrdersPair(DataSource database) {
        this(database, declaration());
    }

    /** The pair with something else declared. */
    OrdersPair(DataSource database, PairDeclaration declaration) {
        this.declared = declaration;
        this.database = database;
        this.jdbc = new JdbcTemplate(database);
        jdbc.execute("TRUNCATE erp.orders, feishu.sync_pair, feishu.sync_link, feishu.sync_dirty, feishu.sync_journal,"
                + " feishu.sync_outbox, feishu.sync_parked, feishu.sync_candidate, feishu.sync_report,"
                + " feishu.sync_hold, feishu.sync_turn, feishu.sync_unseen, feishu.sync_missing, feishu.sync_wait");
        base.tableWithPrimaryFieldOnly();
        base.eventTime = clock::instant;
        restart();
    }

    static PairDeclaration declaration() {
        return declaration(UnaryOperator.identity());
    }

    /** As shipped, with one text in place of another. */
    static PairDeclaration declaration(String text, String instead) {
        return declaration(yaml -> yaml.replace(text, instead));
    }

    static PairDeclaration declaration(UnaryOperator<String> changed) {
        try {
            var yaml = changed.apply(Files.readString(Path.of("config/pairs/orders.yaml"), StandardCharsets.UTF_8));
            var variables = Map.of("BITABLE_APP_TOKEN", InMemoryBase.APP);
            return new PairDeclarationParser(variables::get).parse("orders.yaml", yaml);
        } catch (IOException missing) {
            throw new AssertionError(missing);
        }
    }

    /** A new process: nothing but the two databases and the Base is left. */
    void restart() {
        crashAt = Integer.MAX_VALUE;
        base.before = request -> step();
        base.after = request -> step();
        pair = pairWith(base);
    }

    PairSync pairWith(InMemoryBase side) {
        var transactions = new TransactionTemplate(new DataSourceTransactionManager(database)) {
            private static final long serialVersionUID = 1L;

            @Override
            public <T> T execute(TransactionCallback<T> action) {
                step();
                var result = super.execute((TransactionStatus status) -> action.doInTransaction(status));
                step();
                return result;
            }
        };
        return new PairSync(
                declared,
                side,
                jdbc,
                transactions,
                database,
                new ObjectMapper(),
                meters,
                clock,
                Duration.ofSeconds(60),
                quota,
                keys);
    }

    /** From now on the process ends at its {@code step}-th commit or call, before or after it, and stays dead. */
    void crashAfter(int more) {
        steps = 0;
        crashAt = more;
    }

    private void step() {
        if (++steps >= crashAt) {
            throw new Crash();
        }
    }

    synchronized void pass(Duration time) {
        clock.now = clock.now.plus(time);
    }

    void order(String id, String customer, String amount, String status, String note) {
        jdbc.update(
                "INSERT INTO erp.orders (order_id, customer_name, amount, status, note) VALUES (?, ?, ?::numeric, ?, ?)",
                id,
                customer,
                amount,
                status,
                note);
    }

    void orders(int count) {
        for (var i = 1; i <= count; i++) {
            order("SO-" + i, "Customer " + i, i + ".50", "NEW", i % 2 == 0 ? "note " + i : null);
        }
    }

    void update(String id, String column, Object value) {
        jdbc.update("UPDATE erp.orders SET " + column + " = ? WHERE order_id = ?", value, id);
    }

    String value(String id, String column) {
        return jdbc.queryForObject("SELECT " + column + "::text FROM erp.orders WHERE order_id = ?", String.class, id);
    }

    /** The record linked with the order. */
    String record(String id) {
        return jdbc.queryForObject("SELECT record_id FROM feishu.sync_link WHERE sql_key = ?", String.class, id);
    }

    String cell(String id, String field) {
        return base.text(record(id), field);
    }

    List<Map<String, Object>> journal() {
        return jdbc.queryForList(
                "SELECT sql_key, field, side, losing, winning, why FROM feishu.sync_journal ORDER BY id");
    }

    long dirty() {
        return jdbc.queryForObject("SELECT count(*) FROM feishu.sync_dirty", Long.class);
    }

    /** Everything a running application does on its own, until it rests: polls, delivered events, probes, cycles. */
    void settle() {
        for (var round = 0; round < 40; round++) {
            pair.poll();
            deliver();
            pair.probe(missed::add);
            pass(Duration.ofSeconds(2));
            var batches = pair.drain(RowTransform.NONE);
            if (batches == 0 && base.events.isEmpty() && dirty() == 0) {
                return;
            }
        }
        throw new AssertionError("it does not come to rest: " + jdbc.queryForList("SELECT * FROM feishu.sync_dirty"));
    }

    void deliver() {
        while (!base.events.isEmpty()) {
            pair.hint(base.events.poll());
        }
    }

    /** The order and its record hold the same, the record is the only one of that order, and carries its pair id. */
    void assertEqual(String id) {
        var record = base.idOf("Order ID", id);
        if (!record.equals(record(id))) {
            throw new AssertionError("the record of " + id + " is not the linked one");
        }
        var row = jdbc.queryForMap("SELECT * FROM erp.orders WHERE order_id = ?", id);
        equal(id, row.get("customer_name"), base.text(record, "Customer Name"));
        equal(id, Double.valueOf(row.get("amount").toString()), Double.valueOf(base.text(record, "Order Amount")));
        equal(id, row.get("status"), base.text(record, "Status"));
        equal(id, "".equals(row.get("note")) ? null : row.get("note"), base.text(record, "Note"));
        equal(
                id,
                ((java.sql.Timestamp) row.get("created_at")).toInstant().toEpochMilli(),
                Long.valueOf(base.text(record, "Created At")));
        var pairId = jdbc.queryForObject("SELECT pair_id FROM feishu.sync_link WHERE sql_key = ?", UUID.class, id);
        equal(id, pairId.toString(), base.text(record, "Sync ID"));
    }

    private static void equal(String id, Object expected, Object actual) {
        if (!java.util.Objects.equals(expected, actual)) {
            throw new AssertionError(id + ": the ERP holds " + expected + ", Bitable holds " + actual);
        }
    }
}
