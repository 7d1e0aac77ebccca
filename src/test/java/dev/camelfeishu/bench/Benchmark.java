package dev.camelfeishu.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.camelfeishu.e2e.ChaosRun;
import dev.camelfeishu.event.Retention;
import dev.camelfeishu.openapi.GateBenchmark;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.FileSystemUtils;

/**
 * Runs the parts that {@code -Dbench} names, one receiver at a time, and prints the figures. {@code docs/benchmarks.md} says
 * what each part measures.
 */
class Benchmark {

    private static final int CONNECTIONS = 64;
    private static final Duration WARM_UP = Duration.ofSeconds(Integer.getInteger("bench.warm-up", 20));
    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("bench.length", 15));
    private static final int MOST_PER_SECOND = 30_000;
    private static final int CALM = 3_000;
    private static final int STORED = Integer.getInteger("bench.stored", 1_000_000);
    private static final Map<String, Part> PARTS = new LinkedHashMap<>();

    static {
        PARTS.put("gate", Benchmark::gate);
        PARTS.put("ingest", Benchmark::ingest);
        PARTS.put("latency", Benchmark::latency);
        PARTS.put("stored", Benchmark::stored);
        PARTS.put("purge", Benchmark::purge);
        PARTS.put("backlog", Benchmark::backlog);
        PARTS.put("kill", Benchmark::kill);
        PARTS.put("sync", SyncParts::sync);
        PARTS.put("chaos", Benchmark::chaos);
    }

    @FunctionalInterface
    private interface Part {
        void run() throws Exception;
    }

    @Test
    void parts() throws Exception {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        String wanted = System.getProperty("bench", "all");
        Set<String> names = wanted.equals("all") ? PARTS.keySet() : Set.of(wanted.split(","));
        if (!PARTS.keySet().containsAll(names)) {
            throw new IllegalArgumentException("-Dbench is one or more of " + PARTS.keySet() + ", or all");
        }
        for (Map.Entry<String, Part> part : PARTS.entrySet()) {
            if (names.contains(part.getKey())) {
                System.out.printf("%n%s%n", part.getKey());
                part.getValue().run();
            }
        }
    }

    /** What a call costs through the gate beside the bare SDK transport, and the heap after many, in a process of its own. */
    private static void gate() throws Exception {
        Process process = new ProcessBuilder(
                        ReceiverProcess.java(),
                        "-Xmx256m",
                        "-cp",
                        ReceiverProcess.classPath(),
                        GateBenchmark.class.getName())
                .redirectErrorStream(true)
                .start();
        // said by this process: what a child writes past it, Maven keeps to itself
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            said.lines().forEach(line -> System.out.println("  " + line));
        }
        if (process.waitFor() != 0) {
            throw new AssertionError("the gate costs more than it may");
        }
    }

    /** What each receiver accepts at 64 connections; ours stores it, the others do not. */
    private static void ingest() throws Exception {
        SealedEvents events = pool(1);
        Set<String> wanted =
                Set.of(System.getProperty("bench.receivers", "node,java,webhook,webhook-routed,main,main-routed")
                        .split(","));
        double node = Double.NaN;
        if (wanted.contains("node")) {
            try (Receiver receiver = ReceiverProcess.nodeSdk(
                    NodeSdk.find(Path.of(System.getProperty("bench.node-sdk", "target/bench/node-sdk"))))) {
                node = measured(events, receiver);
            } catch (NodeSdk.AbsentException e) {
                System.out.println("  official Node SDK: skipped: " + e.getMessage());
            }
        }
        double java = Double.NaN;
        if (wanted.contains("java")) {
            try (Receiver receiver = ReceiverProcess.javaSdk()) {
                java = measured(events, receiver);
            }
        }
        for (boolean ownPort : new boolean[] {true, false}) {
            for (boolean subscribed : new boolean[] {false, true}) {
                if (wanted.contains((ownPort ? "webhook" : "main") + (subscribed ? "-routed" : ""))) {
                    try (DurablePostgres postgres = new DurablePostgres();
                            Application application = new Application(postgres, ownPort, subscribed).start()) {
                        double ours = measured(events, application);
                        System.out.printf("    %.2f of the Node SDK, %.2f of the Java SDK%n", ours / node, ours / java);
                    }
                }
            }
        }
    }

    /** Acknowledgement at 1,000 events/s and the time until a route is done at 500/s. */
    private static void latency() throws Exception {
        int acknowledged = 30_000;
        int routed = 15_000;
        SealedEvents events = SealedEvents.make(20_000 + acknowledged + 5_000 + routed);
        try (DurablePostgres postgres = new DurablePostgres();
                Application application = new Application(postgres, true, true).start()) {
            LoadGenerator generator = new LoadGenerator(events, application.port(), CONNECTIONS);
            generator.run(new OpenLoop(0, 20_000, 1_000));
            OpenLoop acks = new OpenLoop(20_000, 20_000 + acknowledged, 1_000);
            generator.run(acks);
            times("acknowledgement at 1,000 events/s", acks.micros(), acks.others());
            int first = 20_000 + acknowledged;
            awaitEffects(postgres, first);
            generator.run(new OpenLoop(first, first + 5_000, 500));
            OpenLoop whole = new OpenLoop(first + 5_000, events.count(), 500);
            generator.run(whole);
            awaitEffects(postgres, events.count());
            times("acknowledgement at 500 events/s", whole.micros(), whole.others());
            Histogram endToEnd = new Histogram(600_000_000, 3);
            postgres.sql.query("select event_id, extract(epoch from at) * 1000 from bench.effect", row -> {
                int number = SealedEvents.number(row.getString(1));
                if (number >= first + 5_000) {
                    endToEnd.recordValue(Math.max(0, Math.round((row.getDouble(2) - whole.dueMillis(number)) * 1e3)));
                }
            });
            times("end to end at 500 events/s", endToEnd, Map.of());
        }
    }

    /** The same with none and with a million stored events. */
    private static void stored() throws Exception {
        SealedEvents events = pool(2);
        try (DurablePostgres postgres = new DurablePostgres();
                Application application = new Application(postgres, true, false).start()) {
            LoadGenerator generator = new LoadGenerator(events, application.port(), CONNECTIONS);
            ClosedLoop warmUp = closed(generator, 0, events.count(), WARM_UP);
            postgres.sql.execute("truncate feishu.event");
            ClosedLoop none = closed(generator, warmUp.nextEvent(), events.count(), LENGTH);
            times("with none stored: " + rate(none), none.micros(), none.others());
            fill(postgres, STORED, "now()");
            ClosedLoop many = closed(generator, none.nextEvent(), events.count(), LENGTH);
            times("with %,d stored: %s".formatted(STORED, rate(many)), many.micros(), many.others());
            System.out.printf("    %.2f of the rate with none%n", many.perSecond() / none.perSecond());
        }
    }

    /** While the purge removes old events. */
    private static void purge() throws Exception {
        SealedEvents events = pool(2);
        int old = Math.min(STORED, 300_000);
        try (DurablePostgres postgres = new DurablePostgres();
                Application application = new Application(postgres, true, false).start()) {
            LoadGenerator generator = new LoadGenerator(events, application.port(), CONNECTIONS);
            fill(postgres, old, "now() - interval '40 days'");
            ClosedLoop warmUp = closed(generator, 0, events.count(), WARM_UP);
            ClosedLoop without = closed(generator, warmUp.nextEvent(), events.count(), LENGTH);
            times("without purge: " + rate(without), without.micros(), without.others());
            Retention retention = new Retention(new DriverManagerDataSource(postgres.url(), "postgres", "postgres"));
            CompletableFuture<Retention.Purged> purging =
                    CompletableFuture.supplyAsync(() -> retention.purge(Duration.ofDays(30)));
            ClosedLoop during = closed(generator, without.nextEvent(), events.count(), LENGTH);
            times(
                    "while it runs (%s): %s"
                            .formatted(purging.isDone() ? "it ended before" : "to the end", rate(during)),
                    during.micros(),
                    during.others());
            System.out.printf(
                    "    %.2f of the rate without; %s%n", during.perSecond() / without.perSecond(), purging.join());
        }
    }

    /** With a million open deliveries: memory is bounded, and events are still acknowledged. */
    private static void backlog() throws Exception {
        SealedEvents events = SealedEvents.make(20_000);
        try (DurablePostgres postgres = new DurablePostgres();
                Application application = new Application(postgres, true, true)) {
            application.start().kill();
            fill(postgres, STORED, "now()");
            postgres.sql.execute("insert into feishu.delivery (event_id, subscription, lane_key)"
                    + " select id, 'bench-effect', lane_key from feishu.event order by id");
            application.start();
            LoadGenerator generator = new LoadGenerator(events, application.port(), CONNECTIONS);
            long before = effects(postgres);
            long begun = System.nanoTime();
            OpenLoop run = new OpenLoop(0, events.count(), 1_000);
            generator.run(run);
            double seconds = (System.nanoTime() - begun) / 1e9;
            times("acknowledgement at 1,000 events/s", run.micros(), run.others());
            System.out.printf(
                    "  %,.0f deliveries/s beside it; heap in use %,d MB of 512 after a collection%n",
                    (effects(postgres) - before) / seconds, application.heapMegabytes());
        }
    }

    /** 100,000 events at the highest rate, with three kills in between. */
    private static void kill() throws Exception {
        SealedEvents events = SealedEvents.make(Integer.getInteger("bench.kill-events", 100_000));
        try (DurablePostgres postgres = new DurablePostgres();
                Application application = new Application(postgres, true, true).start()) {
            KillRun.Report report = new KillRun(events, application, postgres, 3).run();
            System.out.println("  " + report);
            if (!report.isRight()) {
                throw new IllegalStateException("Events were lost or handled twice");
            }
        }
    }

    private static SealedEvents pool(int runs) {
        return SealedEvents.make(
                (int) Math.min(500_000, MOST_PER_SECOND * (WARM_UP.toSeconds() + runs * LENGTH.toSeconds())));
    }

    /** The accepted events per second. */
    private static double measured(SealedEvents events, Receiver receiver) throws IOException {
        LoadGenerator generator = new LoadGenerator(events, receiver.port(), CONNECTIONS);
        // first at a rate that leaves a compiler time for what it has to do, which it would else take from the run
        OpenLoop calm = new OpenLoop(0, (int) (CALM * WARM_UP.toSeconds()), CALM);
        generator.run(calm);
        ClosedLoop warmUp = closed(generator, calm.nextEvent(), events.count() / 2, WARM_UP.dividedBy(4));
        Duration before = receiver.processorTime();
        long generatorBefore = ownProcessorTime();
        ClosedLoop run = closed(generator, warmUp.nextEvent(), events.count(), LENGTH);
        long accepted = Math.max(1, run.accepted());
        double micros = receiver.processorTime().minus(before).toNanos() / 1e3 / accepted;
        double generatorMicros = (ownProcessorTime() - generatorBefore) / 1e3 / accepted;
        times(
                "%s: %s, %.1f us of processor each (%.1f of the load generator)"
                        .formatted(receiver.name(), rate(run), micros, generatorMicros),
                run.micros(),
                run.others());
        return run.perSecond();
    }

    private static long ownProcessorTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static ClosedLoop closed(LoadGenerator generator, int first, int end, Duration length) throws IOException {
        ClosedLoop loop = new ClosedLoop(first, end, length);
        generator.run(loop);
        if (loop.nextEvent() == end) {
            throw new IllegalStateException(
                    "The events were used up before the time was: shorten -Dbench.warm-up and -Dbench.length");
        }
        return loop;
    }

    private static String rate(ClosedLoop run) {
        return "%,.0f events/s".formatted(run.perSecond());
    }

    private static void times(String what, Histogram micros, Map<Integer, Long> others) {
        System.out.printf(
                "  %s; p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms%s%n",
                what,
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getValueAtPercentile(99.9) / 1e3,
                others.isEmpty() ? "" : "; not accepted (status=times): " + others);
    }

    /** Stored events as they would be after a while. */
    private static void fill(DurablePostgres postgres, int count, String receivedAt) {
        postgres.sql.execute("""
                insert into feishu.event (app_id, tenant_key, event_id, type, lane_key, created_at, received_at, payload)
                select '%s', '2ca1d211f64f6438', md5(i::text), '%s', 'oc_' || md5((i %% 5000)::text), %s, %s,
                       json_build_object('schema', '2.0', 'event', json_build_object('chat_id', md5(i::text),
                                         'name', repeat(md5(i::text), 20)))
                from generate_series(1, %d) i""".formatted(SealedEvents.APP_ID, SealedEvents.TYPE, receivedAt, receivedAt, count));
        postgres.sql.execute("checkpoint");
    }

    private static long effects(DurablePostgres postgres) {
        return postgres.sql.queryForObject("select count(*) from bench.effect", Long.class);
    }

    private static void awaitEffects(DurablePostgres postgres, int count) {
        Awaitility.await()
                .dontCatchUncaughtExceptions()
                .atMost(Duration.ofMinutes(2))
                .until(() -> effects(postgres) >= count);
    }

    /** Both sides of two pairs edited at random while everything goes wrong, on two nodes. */
    private static void chaos() throws Exception {
        Path folder = Files.createTempDirectory("chaos");
        Duration length = Duration.ofMinutes(Integer.getInteger("chaos.minutes", 30));
        ChaosRun.run(
                new ChaosRun.Plan(
                        length,
                        3,
                        2,
                        Duration.ofMillis(Integer.getInteger("chaos.gap", 500)),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(30),
                        Integer.getInteger("chaos.calm", 30),
                        Long.getLong("chaos.seed", System.nanoTime() & 0xffffff)),
                folder);
        FileSystemUtils.deleteRecursively(folder);
    }
}
