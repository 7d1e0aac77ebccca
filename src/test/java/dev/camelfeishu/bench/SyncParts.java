package dev.camelfeishu.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The parts of the benchmark that measure a pair. */
final class SyncParts {

    private static final int ORDERS = Integer.getInteger("bench.orders", 20_000);

    private static final int[] LATENCIES = numbers("bench.latencies", "50,300");
    /** In use after a collection, however many rows there are. */
    private static final int MOST_MEGABYTES = 100;

    private static final int[] BATCHES = numbers("bench.batches", "500,1000");

    private SyncParts() {}

    private static int[] numbers(String property, String otherwise) {
        return Stream.of(System.getProperty(property, otherwise).split(","))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    /** All of the following. */
    static void sync() throws Exception {
        for (String part :
                System.getProperty("bench.sync", "first,kill,cost,memory").split(",")) {
            switch (part) {
                case "first" -> first();
                case "kill" -> kill();
                case "cost" -> cost();
                case "memory" -> memory();
                default -> throw new IllegalArgumentException("-Dbench.sync is first, kill, cost, memory");
            }
        }
    }

    /** The first link of 20,000 orders beside the plain loop, by latency of the platform and by batch. */
    private static void first() throws Exception {
        try (SyncRun run = new SyncRun(ORDERS)) {
            run.loop(run.base(), 1_000);
            run.linked(run.base(), 1_000);
            for (int millis : LATENCIES) {
                run.latency(Duration.ofMillis(millis));
                for (int batch : BATCHES) {
                    SyncRun.Outcome loop = run.loop(run.base(), batch);
                    String base = run.base();
                    SyncRun.Outcome ours = run.linked(base, batch);
                    System.out.printf(
                            "  %,d orders, %d ms, batches of %,d: loop %.1f s with %d calls; pair %.1f s with %d calls,"
                                    + " %.2f of the loop; %s%n",
                            ORDERS,
                            millis,
                            batch,
                            loop.seconds(),
                            loop.sum(),
                            ours.seconds(),
                            ours.sum(),
                            ours.seconds() / loop.seconds(),
                            ours.calls());
                    if (run.records(base) != ORDERS) {
                        throw new AssertionError(run.records(base) + " records of " + ORDERS + " orders");
                    }
                }
            }
        }
    }

    /** Memory with few and with many rows. */
    private static void memory() throws Exception {
        for (int orders : numbers("bench.heaps", "20000,200000")) {
            try (SyncRun run = new SyncRun(orders)) {
                String base = run.base();
                Map<String, String> said = SyncRun.said(run.start(base, 1_000, true, "verify"));
                System.out.printf(
                        "  %,d orders: linked in %s s, compared in %s s (%s); at most %s MB in use after a collection, of 512%n",
                        orders, said.get("linked"), said.get("verify"), said.get("equal"), said.get("heap"));
                if (Integer.parseInt(said.get("heap")) > MOST_MEGABYTES) {
                    throw new AssertionError("memory grows with the rows");
                }
            }
        }
    }

    /** {@code kill -9} in the middle of a first link. */
    private static void kill() throws Exception {
        try (SyncRun run = new SyncRun(ORDERS)) {
            run.latency(Duration.ofMillis(300));
            String base = run.base();
            Process process = run.start(base, 1_000, false);
            while (run.linked() < ORDERS / 3) {
                process.waitFor(20, TimeUnit.MILLISECONDS);
            }
            process.destroyForcibly().waitFor();
            long linked = run.linked();
            SyncRun.said(run.start(base, 1_000, false));
            System.out.printf(
                    "  kill -9 after %,d of %,d orders: %,d records, %,d orders more than once, %,d linked%n",
                    linked, ORDERS, run.records(base), run.records(base) - run.distinct(base), run.linked());
            if (run.records(base) != ORDERS || run.linked() != ORDERS) {
                throw new AssertionError("records were made twice, or not at all");
            }
        }
    }

    /** Calls of a pair with all its orders linked. */
    private static void cost() throws Exception {
        try (SyncRun run = new SyncRun(ORDERS)) {
            String base = run.base();
            Map<String, Integer> before = Map.of();
            for (String work : List.of("", "probe", "change", "poll", "probe", "probe", "verify")) {
                SyncRun.said(work.isEmpty() ? run.start(base, 1_000, false) : run.start(base, 1_000, false, work));
                Map<String, Integer> after = run.calls(base);
                Map<String, Integer> known = before;
                Map<String, Integer> more = new TreeMap<>();
                after.forEach((call, times) -> more.merge(call, times - known.getOrDefault(call, 0), Integer::sum));
                more.values().removeIf(times -> times == 0);
                System.out.printf("  %s: %s%n", work.isEmpty() ? "first link" : work, more);
                before = after;
            }
        }
    }
}
