package dev.camelfeishu.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** The last hour of this process in a few figures, read from its meters every ten seconds. */
@Component
public class Vitals implements InitializingBean, DisposableBean {

    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final int PER_MINUTE = (int) (60 / PERIOD.toSeconds());
    private static final int MINUTES = 60;

    private final MeterRegistry meters;
    private final Clock clock;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "vitals");
        thread.setDaemon(true);
        return thread;
    });

    @Autowired
    Vitals(MeterRegistry meters) {
        this(meters, Clock.systemUTC());
    }

    Vitals(MeterRegistry meters, Clock clock) {
        this.meters = meters;
        this.clock = clock;
    }

    /** Counts since the process began, but for the lag, which is that of the moment. */
    private record Sample(
            Instant at, double events, double calls, double succeeded, double hits, double tokens, double lag) {}

    /**
     * What one minute brought.
     *
     * @param lag the longest, in seconds
     */
    public record Minute(Instant end, double events, double calls, double failedCalls, double lag) {}

    /** Calls of this month. A limit of 0 is unknown. */
    public record Quota(String account, long used, long limit) {}

    @Override
    public void afterPropertiesSet() {
        reader.scheduleAtFixedRate(this::read, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void destroy() {
        reader.shutdownNow();
    }

    synchronized void read() {
        samples.addLast(sample());
        if (samples.size() > MINUTES * PER_MINUTE + 1) {
            samples.removeFirst();
        }
    }

    private Sample sample() {
        Collection<Timer> calls = meters.find("feishu.api.calls").timers();
        Collection<Counter> tokens = meters.find("feishu.token.cache").counters();
        return new Sample(
                clock.instant(),
                sum(
                        meters.find("feishu.events.appended")
                                .tag("duplicate", "false")
                                .counters(),
                        Counter::count),
                sum(calls, Timer::count),
                sum(meters.find("feishu.api.calls").tag("outcome", "success").timers(), Timer::count),
                sum(meters.find("feishu.token.cache").tag("result", "hit").counters(), Counter::count),
                sum(tokens, Counter::count),
                sum(meters.find("feishu.delivery.lag").gauges(), Gauge::value));
    }

    private static <T> double sum(Collection<T> meters, ToDoubleFunction<T> value) {
        return meters.stream().mapToDouble(value).sum();
    }

    /** The last hour minute by minute, the earliest first; shorter when the process is younger. The last one ends now. */
    public synchronized List<Minute> minutes() {
        List<Sample> all = new ArrayList<>(samples);
        List<Minute> minutes = new ArrayList<>();
        for (int end = all.size() - 1; end > 0; end -= PER_MINUTE) {
            int begin = Math.max(0, end - PER_MINUTE);
            Sample first = all.get(begin);
            Sample last = all.get(end);
            // a first minute that is not whole is counted up to one
            double whole = (double) PER_MINUTE / (end - begin);
            double calls = last.calls - first.calls;
            double failed = calls - (last.succeeded - first.succeeded);
            double lag = all.subList(begin + 1, end + 1).stream()
                    .mapToDouble(Sample::lag)
                    .max()
                    .orElse(0);
            minutes.add(0, new Minute(last.at, (last.events - first.events) * whole, calls, failed, lag));
        }
        return minutes;
    }

    /** Successful attempts among all calls of the last hour, 0 to 1; NaN when there was none. */
    public synchronized double callSuccess() {
        return share(Sample::succeeded, Sample::calls);
    }

    /** Calls of the last hour that found a token in the cache, 0 to 1; NaN when there was none. */
    public synchronized double tokenHits() {
        return share(Sample::hits, Sample::tokens);
    }

    private double share(ToDoubleFunction<Sample> part, ToDoubleFunction<Sample> whole) {
        if (samples.isEmpty()) {
            return Double.NaN;
        }
        // of a young process all that it has counted
        boolean young = samples.size() <= MINUTES * PER_MINUTE;
        Sample last = sample();
        double parts = part.applyAsDouble(last) - (young ? 0 : part.applyAsDouble(samples.getFirst()));
        double all = whole.applyAsDouble(last) - (young ? 0 : whole.applyAsDouble(samples.getFirst()));
        return all == 0 ? Double.NaN : parts / all;
    }

    /** Age of the oldest open delivery, in seconds. */
    public double lag() {
        return sum(meters.find("feishu.delivery.lag").gauges(), Gauge::value);
    }

    public List<Quota> quotas() {
        return meters.find("feishu.api.budget.used").gauges().stream()
                .map(used -> {
                    String account = used.getId().getTag("account");
                    Gauge limit = meters.find("feishu.api.budget.limit")
                            .tag("account", account)
                            .gauge();
                    return new Quota(account, (long) used.value(), limit == null ? 0 : (long) limit.value());
                })
                .toList();
    }
}
