package dev.camelfeishu.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.lark.oapi.Client;
import com.lark.oapi.service.bitable.v1.model.AppTableRecord;
import com.lark.oapi.service.bitable.v1.model.BatchCreateAppTableRecordReq;
import com.lark.oapi.service.bitable.v1.model.BatchCreateAppTableRecordReqBody;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** A sandbox with its own database, and the first link of many orders against it: by the application, and by a plain loop. */
final class SyncRun implements AutoCloseable {

    private static final String BASES = "/open-apis/bitable/v1/apps";
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final EmbeddedPostgres sandboxDatabase;
    private final DurablePostgres postgres = new DurablePostgres();
    private final RunningSandbox sandbox;
    private final ObjectMapper mapper = new ObjectMapper();
    private final Application application = new Application(postgres, false, false);

    /**
     * What a run came to.
     *
     * @param seconds from the first call to the Base until the last order is linked
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
                        "feishu.sandbox.calls", 20_000,
                        "feishu.sandbox.webhook-url", "http://127.0.0.1:" + application.port() + "/webhook"));
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

    /** The application with an empty memory of the pair, told to write that many records at once. */
    Application application(String base, int batch) throws IOException {
        forget();
        var pair = Files.readString(Path.of("config/pairs/orders.yaml"), StandardCharsets.UTF_8)
                .replaceFirst("(?m)^batch: \\d+", "batch: " + batch);
        var file = application.home().resolve("config/pairs/orders.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, pair, StandardCharsets.UTF_8);
        return application
                .with("FEISHU_BASE_URL", sandbox.root())
                .with("FEISHU_APP_ID", "cli_a1b2c3d4e5f60718")
                .with("FEISHU_APP_SECRET", "sandbox-app-secret")
                .with("FEISHU_ENCRYPT_KEY", "sandbox-encrypt-key")
                .with("FEISHU_VERIFICATION_TOKEN", "sandbox-verification-token")
                .with("BITABLE_APP_TOKEN", base);
    }

    private void forget() {
        if (Boolean.TRUE.equals(
                postgres.sql.queryForObject("select to_regclass('feishu.sync_pair') is not null", Boolean.class))) {
            postgres.sql.execute("truncate feishu.sync_pair, feishu.sync_link, feishu.sync_dirty, feishu.sync_journal,"
                    + " feishu.sync_outbox, feishu.sync_parked, feishu.sync_candidate, feishu.sync_report,"
                    + " feishu.event cascade");
        }
    }

    long linked() {
        return postgres.sql.queryForObject(
                "select count(*) from feishu.sync_link where state = 'linked' and record_id is not null", Long.class);
    }

    void awaitLinked(long orders) {
        Awaitility.await()
                .dontCatchUncaughtExceptions()
                .pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .until(() -> linked() >= orders);
    }

    /** The first link by the application. */
    Outcome linked(String base, int batch, int orders) throws IOException {
        application(base, batch).start();
        try {
            awaitLinked(orders);
            long end = System.currentTimeMillis();
            var calls = calls(base);
            if (System.getProperty("bench.trace") != null) {
                long first = first(base);
                var all = new ArrayList<>(of(base));
                java.util.Collections.reverse(all);
                all.forEach(call ->
                        System.out.println("    " + (call.at().toEpochMilli() - first) + " " + call.durationMs() + " "
                                + call.template().substring(call.template().lastIndexOf('/') + 1) + " " + call.code()));
                System.out.println("    " + (end - first) + " end");
            }
            return new Outcome((end - first(base)) / 1e3, calls);
        } finally {
            application.kill();
        }
    }

    /** What an engineer would write with the official SDK: read, write so many records at once, pause. */
    Outcome loop(String base, int batch) throws Exception {
        var table = table(base);
        Client sdk = sandbox.sdk();
        long begun = System.nanoTime();
        var last = "";
        List<Map<String, Object>> rows;
        do {
            rows = postgres.sql.queryForList(
                    "select * from erp.orders where order_id > ? order by order_id limit " + batch, last);
            if (!rows.isEmpty()) {
                if (!last.isEmpty()) {
                    Thread.sleep(PAUSE.toMillis());
                }
                last = rows.get(rows.size() - 1).get("order_id").toString();
                write(sdk, base, table, rows);
            }
        } while (rows.size() == batch);
        return new Outcome((System.nanoTime() - begun) / 1e9, calls(base));
    }

    private static void write(Client sdk, String base, String table, List<Map<String, Object>> rows) throws Exception {
        var records = new ArrayList<AppTableRecord>();
        for (var row : rows) {
            var cells = new HashMap<String, Object>();
            cells.put("Order ID", row.get("order_id"));
            cells.put("Customer Name", row.get("customer_name"));
            cells.put("Order Amount", row.get("amount"));
            cells.put("Status", row.get("status"));
            cells.put("Note", row.get("note"));
            cells.put("Created At", ((java.sql.Timestamp) row.get("created_at")).getTime());
            records.add(AppTableRecord.newBuilder().fields(cells).build());
        }
        var answer = sdk.bitable()
                .v1()
                .appTableRecord()
                .batchCreate(BatchCreateAppTableRecordReq.newBuilder()
                        .appToken(base)
                        .tableId(table)
                        .batchCreateAppTableRecordReqBody(BatchCreateAppTableRecordReqBody.newBuilder()
                                .records(records.toArray(AppTableRecord[]::new))
                                .build())
                        .build());
        if (!answer.success()) {
            throw new IllegalStateException(answer.getCode() + " " + answer.getMsg());
        }
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

    private Map<String, Integer> calls(String base) {
        var calls = new TreeMap<String, Integer>();
        of(base).forEach(call ->
                calls.merge(call.template().substring(call.template().lastIndexOf('/') + 1), 1, Integer::sum));
        return calls;
    }

    private long first(String base) {
        return of(base).stream()
                .mapToLong(call -> call.at().toEpochMilli() - call.durationMs())
                .min()
                .orElseThrow();
    }

    private List<CallLog.Entry> of(String base) {
        return sandbox.bean(CallLog.class)
                .find(call -> call.path().startsWith(BASES + "/" + base + "/") && call.template() != null);
    }

    /** Records of the Base, and how many of its orders are there more than once. */
    long records(String base) {
        return sandbox.jdbc()
                .queryForObject(
                        "select count(*) from sandbox.base_record r join sandbox.base_table t using (table_id)"
                                + " where t.app_token = ? and t.name = 'Orders'",
                        Long.class,
                        base);
    }

    Application application() {
        return application;
    }

    @Override
    public void close() {
        try {
            application.close();
            sandbox.close();
            postgres.close();
            sandboxDatabase.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
