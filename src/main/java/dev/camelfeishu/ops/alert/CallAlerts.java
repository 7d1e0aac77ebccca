package dev.camelfeishu.ops.alert;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tokens that are refused, and calls that fail, as this node's meters have counted them over the window. */
final class CallAlerts implements AlertSource {

    private static final String TOKENS = "/open-apis/auth/";
    private static final int FAILED_TOKENS = 3;

    private final MeterRegistry meters;
    private final AlertSettings settings;
    private final String node;
    private final Clock clock;
    private final Deque<Count> counts = new ArrayDeque<>();

    CallAlerts(MeterRegistry meters, AlertSettings settings, String node, Clock clock) {
        this.meters = meters;
        this.settings = settings;
        this.node = node;
        this.clock = clock;
    }

    /** Counts since the process began. {@code codes}: how often each code was the answer. */
    private record Count(
            Instant at, long calls, long failed, long tokensGranted, long tokensRefused, Map<String, Long> codes) {}

    @Override
    public List<Alert> firing() {
        Count now = count();
        Instant since = now.at.minus(settings.window());
        while (counts.size() > 1 && !second().at.isAfter(since)) {
            counts.removeFirst();
        }
        Count then = counts.isEmpty() ? now : counts.getFirst();
        counts.addLast(now);

        List<Alert> alerts = new ArrayList<>();
        long refused = now.tokensRefused - then.tokensRefused;
        // where few tokens are asked for, one that is refused and none that is granted is enough
        if (refused >= FAILED_TOKENS || refused > 0 && now.tokensGranted == then.tokensGranted) {
            alerts.add(new Alert(
                    AlertKind.TOKEN, node, Map.of("value", Long.toString(refused), "code", worst(then, now))));
        }
        long calls = now.calls - then.calls;
        long failed = now.failed - then.failed;
        if (calls >= settings.fewestCalls() && failed * 100 > calls * settings.errorPercent()) {
            alerts.add(new Alert(
                    AlertKind.CALLS,
                    node,
                    Map.of("value", Long.toString(failed), "calls", Long.toString(calls), "code", worst(then, now))));
        }
        return alerts;
    }

    private Count second() {
        var all = counts.iterator();
        all.next();
        return all.next();
    }

    private Count count() {
        long calls = 0;
        long failed = 0;
        long granted = 0;
        long refused = 0;
        Map<String, Long> codes = new HashMap<>();
        for (Timer timer : meters.find("feishu.api.calls").timers()) {
            boolean success = "success".equals(timer.getId().getTag("outcome"));
            boolean token = timer.getId().getTag("endpoint").contains(TOKENS);
            long count = timer.count();
            calls += token ? 0 : count;
            failed += token || success ? 0 : count;
            granted += token && success ? count : 0;
            refused += token && !success ? count : 0;
            if (!success) {
                codes.merge(timer.getId().getTag("code"), count, Long::sum);
            }
        }
        return new Count(clock.instant(), calls, failed, granted, refused, codes);
    }

    /** The code that came most often between two counts; 0 stands for no answer. */
    private static String worst(Count then, Count now) {
        return now.codes.keySet().stream()
                .max(Comparator.comparingLong(code -> now.codes.get(code) - then.codes.getOrDefault(code, 0L)))
                .orElse("0");
    }
}
