package dev.camelfeishu.ops;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;

/**
 * Slows down guessing: so many failures from one address in a quarter of an hour, fewer for one name, and nothing is compared any
 * more until that time is over. Counted in this process.
 */
final class LoginAttempts {

    static final int FOR_ONE_NAME = 5;
    static final int FROM_ONE_ADDRESS = 30;
    static final Duration PERIOD = Duration.ofMinutes(15);

    private static final int MOST_REMEMBERED = 20_000;

    private record Source(String address, String name) {}

    private final Cache<Source, Integer> failures;

    LoginAttempts(Ticker ticker) {
        this.failures = Caffeine.newBuilder()
                .ticker(ticker)
                .maximumSize(MOST_REMEMBERED)
                .expireAfterWrite(PERIOD)
                .build();
    }

    boolean tooMany(String address, String name) {
        return count(address, name) >= FOR_ONE_NAME || count(address, null) >= FROM_ONE_ADDRESS;
    }

    void failed(String address, String name) {
        failures.asMap().merge(new Source(address, name), 1, Integer::sum);
        failures.asMap().merge(new Source(address, null), 1, Integer::sum);
    }

    void succeeded(String address, String name) {
        failures.invalidate(new Source(address, name));
    }

    private int count(String address, String name) {
        Integer count = failures.getIfPresent(new Source(address, name));
        return count == null ? 0 : count;
    }
}
