package dev.camelfeishu.openapi;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many calls each app may make in each tenant in a month, and how many it has made. Feishu allows some editions so many
 * and refuses the rest with 99991403. At 80 and at 95 percent there is a warning; above 95 percent jobs ({@link Priority#BULK})
 * are refused here, so that people are still answered.
 *
 * <p>Calls are counted in memory and added to the lasting count every few seconds, so that a call costs no SQL; a process that
 * is killed forgets those of the last seconds. Every attempt counts; requests for tokens and custom bots do not. Months are
 * those of the clock's zone. Meters: gauges {@code feishu.api.budget.used} and {@code feishu.api.budget.limit} (account).
 */
public final class MonthlyBudget implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MonthlyBudget.class);

    private static final Duration BETWEEN_SAVES = Duration.ofSeconds(5);
    private static final int WARNING = 80;
    private static final int LAST_WARNING = 95;

    /** The lasting count, shared by all processes. */
    @FunctionalInterface
    public interface Counter {
        /**
         * Adds calls to the count of a month.
         *
         * @param account app and tenant
         * @return the whole count of that month
         */
        long add(String account, YearMonth month, long calls);
    }

    /**
     * A budget is nearly used up.
     *
     * @param account app and tenant
     * @param used calls so far
     * @param limit calls allowed
     * @param percent the level that was reached: 80 or 95
     */
    public record Warning(String account, YearMonth month, long used, long limit, int percent) {}

    private final long limit;
    private final Counter counter;
    private final Consumer<Warning> listener;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Map<String, Account> accounts = new ConcurrentHashMap<>();
    private final ScheduledExecutorService saver = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "feishu-budget");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param limit calls in a month for each app and tenant; 0 when unknown: they are counted only
     * @param counter keeps the counts over restarts
     * @param listener hears each warning, on a thread of this object
     */
    public MonthlyBudget(long limit, Counter counter, Consumer<Warning> listener, MeterRegistry meters, Clock clock) {
        if (limit < 0) {
            throw new IllegalArgumentException("feishu.monthly-budget is negative; 0 says that it is unknown");
        }
        this.limit = limit;
        this.counter = Objects.requireNonNull(counter, "counter");
        this.listener = Objects.requireNonNull(listener, "listener");
        this.meters = Objects.requireNonNull(meters, "meters");
        this.clock = clock;
        saver.scheduleWithFixedDelay(
                this::save, BETWEEN_SAVES.toMillis(), BETWEEN_SAVES.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The calls of one app in one tenant. */
    final class Account {
        private final String name;
        private final AtomicLong unsaved = new AtomicLong();
        private volatile YearMonth month;
        private volatile long saved;
        private int warned;

        private Account(String name) {
            this.name = name;
            this.month = YearMonth.now(clock);
            Gauge.builder("feishu.api.budget.used", this, Account::used)
                    .description("calls of this month")
                    .tag("account", name)
                    .register(meters);
            Gauge.builder("feishu.api.budget.limit", () -> limit)
                    .description("calls allowed in a month, 0 when unknown")
                    .tag("account", name)
                    .register(meters);
        }

        long used() {
            return saved + unsaved.get();
        }

        /**
         * Counts a call that is about to be sent.
         *
         * @return null, or why it must not be sent
         */
        String spend(Priority priority) {
            if (limit > 0 && priority == Priority.BULK && percent() >= LAST_WARNING) {
                return "the month's budget of " + limit + " calls (feishu.monthly-budget) is used to " + percent()
                        + " percent, and jobs do not get the rest";
            }
            unsaved.incrementAndGet();
            return null;
        }

        private int percent() {
            return (int) Math.min(1000, used() * 100 / limit);
        }

        /** By one thread at a time. */
        private void save() {
            var present = YearMonth.now(clock);
            var calls = unsaved.get();
            var total = counter.add(name, present, calls);
            unsaved.addAndGet(-calls);
            saved = total;
            if (!present.equals(month)) {
                month = present;
                warned = 0;
            }
            if (limit > 0) {
                var level = percent() >= LAST_WARNING ? LAST_WARNING : percent() >= WARNING ? WARNING : 0;
                if (level > warned) {
                    warned = level;
                    LOG.warn(
                            "{} has made {} of the {} calls of {} (feishu.monthly-budget): {} percent{}",
                            name,
                            used(),
                            limit,
                            month,
                            percent(),
                            level == LAST_WARNING ? "; jobs are refused now" : "");
                    listener.accept(new Warning(name, month, used(), limit, level));
                }
            }
        }
    }

    /** Calls allowed in a month for each app and tenant, 0 when unknown. */
    public long limit() {
        return limit;
    }

    /** Calls of an app in its own tenant in this month. */
    public long used(String appId) {
        return account(appId, null).used();
    }

    Account account(String appId, String tenantKey) {
        var name = tenantKey == null ? appId : appId + "/" + tenantKey;
        return accounts.computeIfAbsent(name, n -> {
            var account = new Account(n);
            saver.execute(() -> save(account));
            return account;
        });
    }

    /** Adds what was counted since the last time to the lasting counts; what cannot be added is kept. */
    void save() {
        accounts.values().forEach(MonthlyBudget::save);
    }

    private static void save(Account account) {
        try {
            synchronized (account) {
                account.save();
            }
        } catch (RuntimeException e) {
            LOG.warn("The calls of {} could not be counted, they are kept: {}", account.name, e.getMessage());
        }
    }

    /** Saves the last calls. */
    @Override
    public void close() {
        saver.shutdownNow();
        save();
    }
}
