package dev.camelfeishu.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.CallLog;
import dev.camelfeishu.sandbox.Faults;
import dev.camelfeishu.sandbox.RunningSandbox;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;

/** A sandbox with its own database, and the first link of many orders against it: by the pair, and by a plain loop. */
final class SyncRun implements AutoCloseable {

    private static final String BASES = "/open-apis/bitable/v1/apps";

    private final EmbeddedPostgres sandboxDatabase;
    private final DurablePostgres postgres = new DurablePostgres();
    private final RunningSandbox sandbox;
    private final ObjectMapper mapper = new ObjectMapper();

    /**
     * What a run came to.
     *
     * @param seconds until the last order is written, and for the pair is remembered
     * @param calls by the last part of the path
     */
    record Outcome(double seconds, Map<String, Integer> calls) {
        int sum() {
            return calls.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    SyncRun(int orders) throws IOException {
        sandboxDatabase = EmbeddedPostgres.builder().start();
        sandbox = RunningSandbox.start(
                sandboxDatabase,
                Map.of(
                        "feishu.sandbox.base.record-limit", 250_000,
                        "feishu.sandbox.calls", 20_000));
        Flyway.configure()
                .dataSource(postgres.url(), "postgres", "postgres")
                .defaultSchema("feishu")
                .schemas("feishu")
                .locations("classpath:db/migration")
                .load()
                .migrate();
        postgres.sql.execute(Files.readString(Path.of("src/main/resources/db/erp/schema.sql"), StandardCharsets.UTF_8));
        postgres.sql.update(
                "insert into erp.orders (order_id, customer_name, amount, status, note)"
                        + " select 'SO-' || lpad(n::text, 7, '0'), 'Customer ' || n, n % 10000 + 0.5,"
                        + " (array['NEW', 'PAID', 'SHIPPED', 'DONE'])[n % 4 + 1], 'note ' || md5(n::text)"
                        + " from generate_series(1, ?) as n",
                orders);
    }

    /** From now on each call of a Base is answered that much later. */
    void latency(Duration latency) {
        var faults = sandbox.bean(Faults.class);
        faults.clear();
        faults.add(new Faults.Fault(
                faults.nextId(),
                null,
                BASES,
                Faults.Kind.DELAY,
                200,
                0,
                "",
                latency.toMillis(),
                1,
                new AtomicInteger(Integer.MAX_VALUE),
                Map.of()));
    }

    /** An empty Base; answers its token. */
    String base() {
        var body = mapper.createObjectNode().put("name", "Bench").put("folder_token", "");
        return sandbox.api("POST", BASES, body).data().at("/app/app_token").asText();
    }

    /** Makes the product forget what it knows of the pair. */
    void forget() {
        postgres.sql.execute("truncate feishu.sync_pair, feishu.sync_link, feishu.sync_dirty, feishu.sync_journal,"
                + " feishu.sync_outbox, feishu.sync_parked, feishu.sync_candidate, feishu.sync_report cascade");
    }

    long linked() {
        return postgres.sql.queryForObject(
                "select count(*) from feishu.sync_link where state = 'linked' and record_id is not null", Long.class);
    }

    /** A process of the pair that links all orders and then does more. */
    Process start(String base, int batch, boolean heap, String... more) throws IOException {
        var arguments = new ArrayList<>(List.of(postgres.url(), sandbox.root(), base, Integer.toString(batch)));
        if (heap) {
            arguments.add("heap");
        }
        arguments.addAll(List.of(more));
        return started(PairProcess.class, arguments);
    }

    private static Process started(Class<?> program, List<String> arguments) throws IOException {
        var command = new ArrayList<>(
                List.of(ReceiverProcess.java(), "-Xmx512m", "-cp", ReceiverProcess.classPath(), program.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** What a process says, line by line, until it ends. */
    static Map<String, String> said(Process process) throws IOException {
        var said = new TreeMap<String, String>();
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var space = line.indexOf(' ');
                said.put(space < 0 ? line : line.substring(0, space), line.substring(space + 1));
                if (!line.matches("(ready|linked|equal|verify|poll|probe|change|heap)( .*)?")) {
                    System.out.println("    " + line);
                }
            }
        }
        return said;
    }

    /** The first link by the pair. */
    Outcome linked(String base, int batch) throws IOException {
        forget();
        var said = said(start(base, batch, false));
        return new Outcome(Double.parseDouble(said.get("linked")), calls(base));
    }

    /** The plain loop, in a process of its own likewise. */
    Outcome loop(String base, int batch) throws IOException {
        var said = said(started(
                PlainLoop.class, List.of(postgres.url(), sandbox.root(), base, table(base), Integer.toString(batch))));
        return new Outcome(Double.parseDouble(said.get("linked")), calls(base));
    }

    /** A table as the pair makes it. */
    private String table(String base) {
        var table = mapper.createObjectNode().put("name", "Orders").put("default_view_name", "Orders");
        var fields = table.putArray("fields");
        for (var name : List.of("Order ID", "Customer Name", "Note", "Sync ID")) {
            fields.addObject().put("field_name", name).put("type", 1);
        }
        fields.addObject().put("field_name", "Order Amount").put("type", 2);
        fields.addObject().put("field_name", "Created At").put("type", 5);
        ObjectNode status = fields.addObject().put("field_name", "Status").put("type", 3);
        var options = status.putObject("property").putArray("options");
        List.of("NEW", "PAID", "SHIPPED", "DONE")
                .forEach(name -> options.addObject().put("name", name));
        return sandbox.api(
                        "POST",
                        BASES + "/" + base + "/tables",
                        mapper.createObjectNode().set("table", table))
                .data()
                .path("table_id")
                .asText();
    }

    Map<String, Integer> calls(String base) {
        var calls = new TreeMap<String, Integer>();
        of(base).forEach(call ->
                calls.merge(call.template().substring(call.template().lastIndexOf('/') + 1), 1, Integer::sum));
        return calls;
    }

    private List<CallLog.Entry> of(String base) {
        return sandbox.bean(CallLog.class)
                .find(call -> call.path().startsWith(BASES + "/" + base + "/") && call.template() != null);
    }

    /** Different orders among the records of the Base. */
    long distinct(String base) {
        return sandbox.jdbc()
                .queryForObject(
                        "select count(distinct r.cells ->> f.field_id) from sandbox.base_record r"
                                + " join sandbox.base_table t using (table_id) join sandbox.base_field f using (table_id)"
                                + " where t.app_token = ? and t.name = 'Orders' and f.name = 'Order ID'",
                        Long.class,
                        base);
    }

    /** Records of the Base. */
    long records(String base) {
        return sandbox.jdbc()
                .queryForObject(
                        "select count(*) from sandbox.base_record r join sandbox.base_table t using (table_id)"
                                + " where t.app_token = ? and t.name = 'Orders'",
                        Long.class,
                        base);
    }

    @Override
    public void close() {
        try {
            sandbox.close();
            postgres.close();
            sandboxDatabase.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
