package dev.camelfeishu.event;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** How long a delivery waits after its n-th failure: doubled each time, up to a bound, spread by a quarter either way. */
record BackOff(Duration first, Duration longest, DoubleSupplier random) {

    private static final int MAX_DOUBLINGS = 20;

    Duration after(int attempts) {
        long doubled = first.toMillis() << Math.min(Math.max(attempts, 1) - 1, MAX_DOUBLINGS);
        long bounded = Math.min(doubled, longest.toMillis());
        long spread = Math.round(bounded * (0.75 + 0.5 * random.getAsDouble()));
        return Duration.ofMillis(Math.min(spread, longest.toMillis()));
    }
}
