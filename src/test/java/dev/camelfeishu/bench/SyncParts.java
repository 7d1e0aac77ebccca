package dev.camelfeishu.bench;

import java.time.Duration;
import java.util.stream.Stream;

/** The parts of the benchmark that measure a pair. */
final class SyncParts {

    private static final int ORDERS = Integer.getInteger("bench.orders", 20_000);

    private static final int[] LATENCIES = numbers("bench.latencies", "50,300");
    private static final int[] BATCHES = numbers("bench.batches", "500,1000");

    private SyncParts() {}

    private static int[] numbers(String property, String otherwise) {
        return Stream.of(System.getProperty(property, otherwise).split(","))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    /** The first link of 20,000 orders beside the plain loop, by latency of the platform and by batch. */
    static void first() throws Exception {
        try (SyncRun run = new SyncRun(ORDERS)) {
            run.loop(run.base(), 1_000);
            for (int millis : LATENCIES) {
                run.latency(Duration.ofMillis(millis));
                for (int batch : BATCHES) {
                    SyncRun.Outcome loop = run.loop(run.base(), batch);
                    String base = run.base();
                    SyncRun.Outcome ours = run.linked(base, batch, ORDERS);
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

    public static void main(String[] arguments) throws Exception {
        ((ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME))
                .setLevel(ch.qos.logback.classic.Level.WARN);
        first();
    }
}
