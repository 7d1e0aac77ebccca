package dev.camelfeishu.openapi;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** One Open Platform as all clients of it share it: connections, the catalog, the lines of writers. */
final class Platform implements AutoCloseable {

    final Wire wire;
    final EndpointCatalog catalog;
    final UserTokens people;
    /** Or null where calls are not counted. */
    final MonthlyBudget budget;

    final MeterRegistry meters;
    final Clock clock;
    final WriterLine writers = new WriterLine();
    private final AtomicLong arrivals = new AtomicLong();
    final ExecutorService background = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task, "feishu-token");
        thread.setDaemon(true);
        return thread;
    });

    Platform(
            PlatformUrls urls,
            EndpointCatalog catalog,
            UserTokens people,
            MonthlyBudget budget,
            MeterRegistry meters,
            Clock clock) {
        this.wire = new Wire(urls);
        this.catalog = Objects.requireNonNull(catalog, "catalog");
        this.people = Objects.requireNonNull(people, "people");
        this.budget = budget;
        this.meters = Objects.requireNonNull(meters, "meters");
        this.clock = clock;
    }

    /** A number that says which of two calls came first. */
    long arrival() {
        return arrivals.incrementAndGet();
    }

    @Override
    public void close() {
        background.shutdownNow();
        wire.close();
    }
}
