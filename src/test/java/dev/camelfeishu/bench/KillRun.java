package dev.camelfeishu.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/**
 * Events at the highest rate while the application is killed and started again. As Feishu does, what was not acknowledged is
 * sent again later, and some events come twice although they were.
 */
final class KillRun {

    private static final int CONNECTIONS = 64;
    private static final double DUPLICATES = 0.05;
    private static final long REDELIVERY_NANOS = Duration.ofSeconds(2).toNanos();
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final SealedEvents events;
    private final Application application;
    private final DurablePostgres postgres;
    private final int kills;
    private final AtomicInteger acknowledged = new AtomicInteger();

    KillRun(SealedEvents events, Application application, DurablePostgres postgres, int kills) {
        this.events = events;
        this.application = application;
        this.postgres = postgres;
        this.kills = kills;
    }

    /**
     * What it came to.
     *
     * @param redeliveries sent again because they were not acknowledged
     * @param duplicates sent again although they were
     * @param stored rows of the journal
     * @param effects rows that the route made
     * @param repeated deliveries that were made again, because the end of the process cut off what would have been written of
     *     them; the key of the effect keeps them from having a second one
     * @param deadLetters of the route
     * @param ingest from the first event to the last acknowledgement, kills included
     * @param whole until the last effect
     */
    record Report(
            int events,
            int kills,
            int redeliveries,
            int duplicates,
            long stored,
            long effects,
            long repeated,
            long deadLetters,
            Duration ingest,
            Duration whole) {

        boolean isRight() {
            return stored == events && effects == events && deadLetters == 0;
        }

        @Override
        public String toString() {
            return ("%,d events, %d kills: %,d stored, %,d effects, %,d dead letters; %,d redelivered, %,d sent twice;"
                            + " %,d deliveries made again; acknowledged after %.1f s, done after %.1f s")
                    .formatted(
                            events,
                            kills,
                            stored,
                            effects,
                            deadLetters,
                            redeliveries,
                            duplicates,
                            repeated,
                            ingest.toMillis() / 1e3,
                            whole.toMillis() / 1e3);
        }
    }

    Report run() throws IOException {
        CompletableFuture<Void> killing = CompletableFuture.runAsync(this::kill);
        Feishu feishu = new Feishu();
        long begun = System.nanoTime();
        new LoadGenerator(events, application.port(), CONNECTIONS).run(feishu);
        killing.join();
        Duration ingest = Duration.ofNanos(System.nanoTime() - begun);
        await(() -> number("select count(*) from feishu.delivery where state = 'OPEN'") == 0);
        Duration whole = Duration.ofNanos(System.nanoTime() - begun);
        return new Report(
                events.count(),
                kills,
                feishu.redeliveries,
                feishu.duplicates,
                number("select count(*) from feishu.event where type = '" + SealedEvents.TYPE + "'"),
                number("select count(*) from bench.effect"),
                number("select coalesce(sum(times - 1), 0) from bench.effect"),
                number("select count(*) from feishu.dead_letter where flow = 'bench-effect'"),
                ingest,
                whole);
    }

    private void kill() {
        for (int i = 1; i <= kills; i++) {
            int moment = events.count() * i / (kills + 1);
            await(() -> acknowledged.get() >= moment);
            application.kill();
            application.start();
        }
    }

    private long number(String query) {
        return postgres.sql.queryForObject(query, Long.class);
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .dontCatchUncaughtExceptions()
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }

    private record Sending(int event, long due) {}

    private final class Feishu implements LoadGenerator.Plan {

        private final PriorityQueue<Sending> again = new PriorityQueue<>(Comparator.comparingLong(Sending::due));
        private final BitSet done = new BitSet();
        private final Random random = new Random(7);
        private int next;
        private int open;
        private int redeliveries;
        private int duplicates;

        @Override
        public int next(long now) {
            Sending waiting = again.peek();
            if (waiting != null && waiting.due() <= now) {
                again.poll();
                open++;
                return waiting.event();
            }
            if (next == events.count()) {
                return NONE;
            }
            open++;
            return next++;
        }

        @Override
        public void answered(int event, int status, long sent, long now) {
            open--;
            if (status != 200) {
                redeliveries++;
                again.add(new Sending(event, now + REDELIVERY_NANOS));
                return;
            }
            if (!done.get(event)) {
                done.set(event);
                acknowledged.incrementAndGet();
                if (random.nextDouble() < DUPLICATES) {
                    duplicates++;
                    again.add(new Sending(event, now + random.nextLong(REDELIVERY_NANOS)));
                }
            }
        }

        @Override
        public boolean isOver() {
            return next == events.count() && open == 0 && again.isEmpty();
        }
    }
}
