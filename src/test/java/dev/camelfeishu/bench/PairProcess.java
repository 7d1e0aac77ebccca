package dev.camelfeishu.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import dev.camelfeishu.openapi.AppCredentials;
import dev.camelfeishu.openapi.BaseUrl;
import dev.camelfeishu.openapi.EndpointCatalog;
import dev.camelfeishu.openapi.LocalTurns;
import dev.camelfeishu.openapi.SdkFeishuClient;
import dev.camelfeishu.sync.PairDeclarationParser;
import dev.camelfeishu.sync.PairSync;
import dev.camelfeishu.sync.RowTransform;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The pair orders in a process of its own, without the routes around it: links all orders once, as the poll and the cycles of
 * the application do, says how long that took, then does what else it is told (verify, poll, probe).
 *
 * <p>Arguments: JDBC URL, root of the platform, token of the Base, batch, then what else to do; heap has the memory watched.
 */
final class PairProcess {

    private static final Duration AGAIN = Duration.ofMillis(200);
    /** As often as the route's consumer looks when nobody wakes it. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private PairProcess() {}

    public static void main(String[] arguments) throws Exception {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        var heap = new AtomicLong();
        if (List.of(arguments).contains("heap")) {
            watch(heap);
        }
        var mapper = new ObjectMapper();
        try (var database = new HikariDataSource();
                var client = new SdkFeishuClient(
                        new BaseUrl(arguments[1]),
                        new AppCredentials("cli_a1b2c3d4e5f60718", "sandbox-app-secret"),
                        EndpointCatalog.packed(),
                        new LocalTurns(),
                        new SimpleMeterRegistry())) {
            database.setJdbcUrl(arguments[0]);
            database.setUsername("postgres");
            database.setPassword("postgres");
            var settings = new Properties();
            settings.putAll(Map.of("BITABLE_APP_TOKEN", arguments[2]));
            var yaml = Files.readString(Path.of("config/pairs/orders.yaml"), StandardCharsets.UTF_8)
                    .replaceFirst("(?m)^batch: \\d+", "batch: " + arguments[3]);
            var jdbc = new JdbcTemplate(database);
            var pair = new PairSync(
                    new PairDeclarationParser(settings::getProperty).parse("orders.yaml", yaml),
                    client,
                    jdbc,
                    new TransactionTemplate(new DataSourceTransactionManager(database)),
                    database,
                    mapper,
                    new SimpleMeterRegistry(),
                    Clock.systemUTC(),
                    Duration.ofMillis(1));
            // the first request and the first statement have made their connections
            pair.status();
            System.out.println("ready");
            var begun = System.nanoTime();
            var marked = new Semaphore(0);
            pair.onDirty(marked::release);
            var polled = CompletableFuture.supplyAsync(pair::poll);
            var done = false;
            do {
                done = polled.isDone();
                if (pair.drain(RowTransform.NONE) == 0 && !done) {
                    marked.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                    marked.drainPermits();
                }
            } while (!done);
            polled.join();
            while (pair.state().waiting() > 0) {
                // a process that was killed had the lease: it runs out 30 seconds after its last commit
                Thread.sleep(AGAIN.toMillis());
                pair.drain(RowTransform.NONE);
            }
            System.out.printf("linked %.2f%n", (System.nanoTime() - begun) / 1e9);
            for (var number = 4; number < arguments.length; number++) {
                var start = System.nanoTime();
                switch (arguments[number]) {
                    case "verify" -> {
                        var report = pair.verify();
                        System.out.printf("equal %d divergent %d%n", report.equal(), report.divergent());
                    }
                    case "heap" -> {}
                    case "poll" -> pair.poll();
                    case "probe" -> pair.probe(event -> {});
                    case "change" -> {
                        jdbc.update("update erp.orders set status = 'CANCELED' where order_id <= 'SO-0001000'");
                        pair.poll();
                        pair.drain(RowTransform.NONE);
                    }
                    default -> throw new IllegalArgumentException(arguments[number]);
                }
                System.out.printf("%s %.2f%n", arguments[number], (System.nanoTime() - start) / 1e9);
            }
        }
        System.out.println("heap " + heap.get());
        System.exit(0);
    }

    /** Keeps the most megabytes in use after a collection; one is made every two seconds. */
    private static void watch(AtomicLong most) {
        var memory = ManagementFactory.getMemoryMXBean();
        var collector = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "heap");
            thread.setDaemon(true);
            return thread;
        });
        collector.scheduleWithFixedDelay(
                () -> {
                    memory.gc();
                    most.accumulateAndGet(memory.getHeapMemoryUsage().getUsed() >> 20, Math::max);
                },
                1,
                2,
                TimeUnit.SECONDS);
    }
}
