package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.e2e.ChaosPair.Column;
import dev.camelfeishu.e2e.ChaosTable.Content;
import dev.camelfeishu.e2e.ChaosTable.Entry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Both sides of three pairs are edited at random while all goes wrong that can, and the nodes are killed. Then there is rest, and
 * what both sides hold, and what happened to every value, is compared from outside.
 */
public final class ChaosRun {

    private static final Duration REST = Duration.ofMinutes(5);

    /**
     * @param length of the time with faults
     * @param kills {@code kill -9}, spread over it
     * @param gap between two edits of one person; there are six
     * @param calm edits on either side whose way is measured without faults, with events and then without
     */
    public record Plan(
            Duration length,
            int kills,
            int nodes,
            Duration gap,
            Duration poll,
            Duration probe,
            Duration compare,
            int calm,
            long seed) {}

    private final Plan plan;
    private final ChaosSite site;
    private final Random random;
    private final AtomicInteger numbers = new AtomicInteger();
    private final List<ChaosTable> tables = new ArrayList<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private final ChaosOperator operator;

    private ChaosRun(Plan plan, ChaosSite site) {
        this.plan = plan;
        this.site = site;
        this.random = new Random(plan.seed());
        this.operator = new ChaosOperator(site, plan.seed() + 1, plan.gap().multipliedBy(8), numbers);
    }

    /** Runs it and prints what it came to. Throws an {@link AssertionError} when a promise is broken. */
    public static void run(Plan plan, Path folder) throws InterruptedException {
        ChaosSite.Settings settings = new ChaosSite.Settings(plan.nodes(), plan.poll(), plan.probe(), plan.compare());
        try (ChaosSite site = new ChaosSite(folder, settings)) {
            new ChaosRun(plan, site).run();
        }
    }

    private void run() throws InterruptedException {
        print("seed %d, %s, %d nodes", plan.seed(), plan.length(), plan.nodes());
        site.nodes().forEach(ApplicationProcess::launch);
        site.nodes().forEach(ApplicationProcess::awaitReady);
        for (ChaosPair pair : ChaosPair.ALL) {
            await("the table of " + pair.name())
                    .atMost(REST)
                    .until(() -> ChaosTable.find(site, pair).isPresent());
            tables.add(ChaosTable.find(site, pair).orElseThrow());
        }
        awaitEqual();
        Map<String, Long> before = site.calls();
        Instant begun = Instant.now();
        Map<String, Integer> doings = storm();
        Instant over = Instant.now();
        site.mend();
        // people who contradict each other in one cell look like two automations: it is parked until an operator says
        // go on
        tables.forEach(table -> site.ops("POST", "pairs/" + table.pair().name() + "/parked/retry"));
        awaitEqual();
        takeAllBack();
        Map<String, Long> calls = site.calls();
        print("people: %s", doings);
        print(
                "at rest %.1f s after the last edit",
                Duration.between(over, Instant.now()).toMillis() / 1e3);
        List<String> problems = new ArrayList<>();
        long changed = 0;
        long overtaken = 0;
        for (ChaosHistory history : histories(begun)) {
            problems.addAll(history.problems());
            overtaken += history.overtaken();
            changed += history.rowsChanged();
            print(
                    "%s: people wrote %,d values into %,d rows and records; %,d were replaced by the application: %,d of them"
                            + " are in the journal, %,d of them decided by a person, %,d united, the others superseded where they"
                            + " came from; %,d records made, none twice",
                    history.pair().name(),
                    history.writtenByPeople(),
                    history.rowsChanged(),
                    history.replaced(),
                    history.fromJournal(),
                    history.decided(),
                    history.united(),
                    history.recordsMade());
            print(
                    "  in the storm: SQL to Bitable %s, Bitable to SQL %s",
                    told(history.toBitable(begun, over)), told(history.toSql(begun, over)));
        }
        calls.replaceAll((action, count) -> count - before.getOrDefault(action, 0L));
        calls.values().removeIf(count -> count == 0);
        long sum = calls.values().stream().mapToLong(Long::longValue).sum();
        print("%,d calls for %,d changed rows: %.2f each; %s", sum, changed, (double) sum / changed, calls);
        print("%d edits came between a last look and a write, and were overtaken", overtaken);
        assertThat(problems).isEmpty();
        checkVerified();
        massDelete(tables.get(0), begun);
        calm();
        assertThat(site.nodes()).allMatch(ApplicationProcess::isAlive);
    }

    private Map<String, Integer> storm() throws InterruptedException {
        site.breakThings();
        site.events(0.3, 1, Duration.ofSeconds(3));
        List<ChaosPeople> people = new ArrayList<>();
        for (ChaosTable table : tables) {
            people.add(new ChaosPeople(table, site.erp(), random.nextLong(), plan.gap(), numbers));
        }
        people.forEach(ChaosPeople::start);
        operator.start();
        long begun = System.nanoTime();
        long part = plan.length().toMillis() / (plan.kills() + 1);
        for (int kill = 0; kill < plan.kills(); kill++) {
            pause(random.nextLong(part / 3));
            site.revokeToken();
            pause(random.nextLong(part / 3));
            String away = kill % 2 == 0 ? ChaosSite.ERP : ChaosSite.FEISHU;
            site.databases().lockOut(away);
            pause(1000 + random.nextLong(2000));
            site.databases().letIn(away);
            pause(left(begun + part * (kill + 1) * 1_000_000));
            ApplicationProcess node = site.nodes().get(kill % site.nodes().size());
            node.kill();
            long killed = System.nanoTime();
            node.start();
            print("kill %d: ready again after %.1f s", kill + 1, (System.nanoTime() - killed) / 1e9);
        }
        pause(Math.max(part / 4, left(begun + plan.length().toNanos())));
        Map<String, Integer> doings = new TreeMap<>();
        for (ChaosPeople some : people) {
            some.stop().forEach((doing, count) -> doings.merge(doing, count, Integer::sum));
        }
        doings.putAll(operator.stop());
        return doings;
    }

    private static long left(long until) {
        return Math.max(0, (until - System.nanoTime()) / 1_000_000);
    }

    private void pause(long millis) throws InterruptedException {
        never.await(millis, TimeUnit.MILLISECONDS);
    }

    // ---- rest

    private void awaitEqual() {
        long begun = System.nanoTime();
        await("both sides are equal")
                .atMost(REST)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> {
                    operator.attend();
                    for (ChaosTable table : tables) {
                        List<String> differences = differences(table);
                        if (!differences.isEmpty()) {
                            JsonNode parked =
                                    site.ops("GET", "pairs/" + table.pair().name() + "/parked?size=200");
                            retry(table, parked);
                            clearDeadLinks(table, parked);
                            differences.add("parked: " + parked);
                        }
                        assertThat(differences).isEmpty();
                    }
                });
        print("equal after %.1f s", (System.nanoTime() - begun) / 1e9);
    }

    /**
     * What the ERP has refused, it may take by now: the row that was named may have been made again since. And people who
     * contradicted each other in one cell, so that it looked like two automations, have stopped.
     */
    private void retry(ChaosTable table, JsonNode parked) {
        parked.path("items").forEach(row -> {
            String reason = row.path("reason").asText();
            if (reason.contains("refuses the value") || reason.contains("goes back and forth")) {
                site.tell(
                        "pairs/" + table.pair().name() + "/parked/retry",
                        Http.JSON.createObjectNode().put("key", row.path("key").asText()));
            }
        });
    }

    /**
     * A link that somebody made to a record which was deleted then waits for ever, and is listed: a person reads that and clears
     * it. Nobody clears one that is not listed.
     */
    private void clearDeadLinks(ChaosTable table, JsonNode parked) {
        Set<String> waiting = new HashSet<>();
        parked.path("items").forEach(row -> {
            if (row.path("reason").asText().contains("waits for its row of the pair")) {
                waiting.add(row.path("record_id").asText());
            }
        });
        if (waiting.isEmpty()) {
            return;
        }
        Set<String> alive = new HashSet<>();
        tables.forEach(any -> any.read().records().forEach(record -> alive.add(record.id())));
        Content content = table.read();
        for (Entry record : content.records()) {
            for (Column column : table.pair().columns()) {
                String value = record.values().get(column.name());
                boolean dead = column.kind() == ChaosKind.ROW && value != null && value.startsWith("rec");
                if (dead && waiting.contains(record.id()) && !alive.contains(value)) {
                    table.edit(record.id(), table.cells(content, Collections.singletonMap(column, null)));
                    print("the dead link of %s was cleared", record.key(table.pair()));
                }
            }
        }
    }

    /**
     * What has left the pairs comes back: it must become equal too, and nothing of it may be lost. One that a person has sent away
     * in Bitable meanwhile leaves once more.
     */
    private void takeAllBack() {
        int back;
        do {
            back = 0;
            for (ChaosPair pair : ChaosPair.ALL) {
                if (pair.leaving() != null) {
                    back += site.erp()
                            .update("update erp." + pair.source() + " set " + pair.leaving() + " = false where "
                                    + pair.leaving());
                }
            }
            print("%d rows come back", back);
            awaitEqual();
        } while (back > 0);
    }

    /** What is not the same on both sides, as an independent reader sees it. */
    private List<String> differences(ChaosTable table) {
        ChaosPair pair = table.pair();
        List<String> differences = new ArrayList<>();
        Map<String, String> linked = new HashMap<>();
        Map<String, String> syncIdOf = new HashMap<>();
        site.own()
                .query(
                        "select sql_key, record_id, pair_id from feishu.sync_link where pair = ?",
                        row -> {
                            linked.put(row.getString("record_id"), row.getString("sql_key"));
                            syncIdOf.put(row.getString("sql_key"), row.getString("pair_id"));
                        },
                        pair.name());
        Map<String, Map<String, String>> rows = new HashMap<>();
        site.erp().query("select to_jsonb(t) from erp." + pair.source() + " t", row -> {
            Map<String, String> values = pair.ofSql(json(row.getString(1)));
            rows.put(values.get(pair.key()), values);
        });
        Set<String> outside = rows.values().stream()
                .filter(pair::outside)
                .map(row -> row.get(pair.key()))
                .collect(Collectors.toSet());
        rows.keySet().removeAll(outside);
        Content content = table.read();
        Map<String, Entry> byKey = new HashMap<>();
        for (Entry record : content.records()) {
            if (outside.contains(linked.get(record.id()))) {
                continue;
            }
            if (linked.containsKey(record.id())) {
                String key = linked.get(record.id());
                byKey.put(key, record);
                if (!syncIdOf.get(key).equals(record.syncId())) {
                    differences.add(key + " has the Sync ID " + record.syncId() + " instead of " + syncIdOf.get(key));
                }
            } else if (record.madeByApp()) {
                differences.add("the application made " + record + " and does not know it any more");
            }
        }
        rows.forEach((key, values) -> {
            Entry record = byKey.remove(key);
            if (record == null) {
                differences.add(key + " has no record");
                return;
            }
            values.forEach((column, value) -> {
                if (!Objects.equals(value, record.values().get(column))) {
                    differences.add(key + "." + column + " is " + value + " in SQL and "
                            + record.values().get(column) + " in Bitable");
                }
            });
        });
        byKey.forEach((key, record) -> differences.add(key + " is gone from SQL and has a record"));
        return differences.stream().limit(20).collect(Collectors.toCollection(ArrayList::new));
    }

    /** The application must say the same of itself. */
    private void checkVerified() {
        for (ChaosTable table : tables) {
            String name = table.pair().name();
            await("nothing is under way").atMost(REST).untilAsserted(() -> {
                JsonNode report = site.ops("POST", "pairs/" + name + "/verify");
                assertThat(report.path("divergent").asInt(-1)).as("%s", report).isZero();
                assertThat(site.own().queryForList("select * from feishu.sync_dirty where pair = ?", name))
                        .as(() -> "parked: " + site.ops("GET", "pairs/" + name + "/parked?size=200") + ", links: "
                                + site.own()
                                        .queryForList(
                                                "select * from feishu.sync_link where pair = ? and state <> 'linked'",
                                                name))
                        .isEmpty();
            });
            JsonNode status = site.ops("GET", "pairs/" + name);
            print("%s: %s", name, status);
            assertThat(status.path("divergent").asInt(-1)).isZero();
        }
    }

    /** Orders that go all at once keep their records until a person approves. */
    private void massDelete(ChaosTable table, Instant begun) {
        ChaosPair pair = table.pair();
        int many = 25;
        site.erp()
                .update(
                        "delete from erp.orders where order_id in (select order_id from erp.orders order by order_id desc limit ?)",
                        many);
        String path = "pairs/" + pair.name();
        await("the deletions wait")
                .atMost(REST)
                .until(() -> site.ops("GET", path).path("pending_deletes").asInt() == many);
        assertThat(differences(table)).isNotEmpty().allMatch(difference -> difference.endsWith("has a record"));
        site.ops("POST", path + "/deletes/approve");
        awaitEqual();
        assertThat(histories(begun))
                .allSatisfy(history -> assertThat(history.problems()).isEmpty());
        print("%d deletions at once waited for a person", many);
    }

    // ---- bounded staleness

    private void calm() throws InterruptedException {
        for (boolean events : new boolean[] {true, false}) {
            if (plan.calm() == 0) {
                return;
            }
            site.events(events ? 0 : 1, 0, Duration.ZERO);
            Instant from = Instant.now();
            for (int i = 0; i < plan.calm(); i++) {
                for (ChaosTable table : tables) {
                    ChaosPair pair = table.pair();
                    String column = pair == ChaosPair.ITEMS ? "title" : "note";
                    List<String> keys = site.erp()
                            .queryForList(
                                    "select " + pair.key() + " from erp." + pair.source() + " order by 1",
                                    String.class);
                    site.erp()
                            .update(
                                    "update erp." + pair.source() + " set " + column + " = ? where " + pair.key()
                                            + " = ?",
                                    "calm " + numbers.incrementAndGet(),
                                    keys.get(i % (keys.size() / 2)));
                    Content content = table.read();
                    String key = keys.get(keys.size() / 2 + i % (keys.size() / 2));
                    content.records().stream()
                            .filter(record -> key.equals(record.key(pair)) && record.syncId() != null)
                            .filter(record -> linked(pair, record))
                            .forEach(record -> table.edit(
                                    record.id(),
                                    table.cells(
                                            content,
                                            Map.of(pair.column(column), "calm " + numbers.incrementAndGet()))));
                }
                pause(plan.gap().toMillis());
            }
            awaitEqual();
            for (ChaosHistory history : histories(from)) {
                print(
                        "%s, %s: SQL to Bitable %s, Bitable to SQL %s",
                        history.pair().name(),
                        events ? "with events" : "with polling only",
                        told(history.toBitable(from, Instant.now())),
                        told(history.toSql(from, Instant.now())));
                assertThat(history.problems()).isEmpty();
            }
        }
    }

    private List<ChaosHistory> histories(Instant from) {
        return ChaosHistory.of(site, tables, operator, from);
    }

    private boolean linked(ChaosPair pair, Entry record) {
        return !site.own()
                .queryForList(
                        "select 1 from feishu.sync_link where pair = ? and record_id = ?", pair.name(), record.id())
                .isEmpty();
    }

    private static String told(List<Duration> delays) {
        if (delays.isEmpty()) {
            return "nothing";
        }
        return "p50 %.1f s, p95 %.1f s of %d"
                .formatted(
                        delays.get(delays.size() / 2).toMillis() / 1e3,
                        delays.get(delays.size() * 95 / 100).toMillis() / 1e3,
                        delays.size());
    }

    private static JsonNode json(String text) {
        try {
            return Http.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static void print(String format, Object... arguments) {
        System.out.println("chaos: " + format.formatted(arguments));
    }
}
