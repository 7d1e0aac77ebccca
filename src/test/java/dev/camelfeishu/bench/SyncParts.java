package dev.camelfeishu.bench;

import java.time.Duration;

/** The parts of the benchmark that measure a pair. */
final class SyncParts {

    private static final int ORDERS = Integer.getInteger("bench.orders", 20_000);

    private SyncParts() {}

    /** The first link of 20,000 orders beside the plain loop, by latency of the platform and by batch. */
    static void first() throws Exception {
        try (SyncRun run = new SyncRun(ORDERS)) {
            run.loop(run.base(), 1_000);
            for (int millis : new int[] {50, 300}) {
                run.latency(Duration.ofMillis(millis));
                for (int batch : new int[] {500, 1_000}) {
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
