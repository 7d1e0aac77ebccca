package dev.camelfeishu.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The published frequency limits: each of an endpoint's limits counts in windows that begin with the first call after the
 * previous window. Where nothing is published nothing is limited.
 */
public final class RateLimits {
    private static final Pattern LIMIT = Pattern.compile("(\\d+) per (minute|second)");

    private static final class Window {
        final int limit;
        final long length;
        long begin;
        int used;

        Window(int limit, long length) {
            this.limit = limit;
            this.length = length;
        }
    }

    /**
     * A call over a limit.
     *
     * @param limit the ceiling of the window
     * @param resetSeconds seconds until it ends, rounded up
     */
    public record Exceeded(int limit, long resetSeconds) {}

    private final Map<String, List<Window>> windows = new ConcurrentHashMap<>();
    private final LongSupplier millis;

    /** @param millis a clock that never goes back, in milliseconds */
    public RateLimits(LongSupplier millis) {
        this.millis = millis;
    }

    /**
     * Counts a call.
     *
     * @param key what is limited
     * @param rate for example {@code 1000 per minute、50 per second}
     * @return null if the call is within the limits
     */
    public Exceeded count(String key, String rate) {
        List<Window> limits = windows.computeIfAbsent(key, any -> parse(rate));
        synchronized (limits) {
            long now = millis.getAsLong();
            for (Window window : limits) {
                if (window.used == 0 || now - window.begin >= window.length) {
                    window.begin = now;
                    window.used = 0;
                }
            }
            for (Window window : limits) {
                if (window.used >= window.limit) {
                    long left = window.begin + window.length - now;
                    return new Exceeded(window.limit, (left + 999) / 1000);
                }
            }
            limits.forEach(window -> window.used++);
            return null;
        }
    }

    private static List<Window> parse(String rate) {
        List<Window> limits = new ArrayList<>();
        Matcher matcher = LIMIT.matcher(rate);
        while (matcher.find()) {
            limits.add(new Window(
                    Integer.parseInt(matcher.group(1)), matcher.group(2).equals("minute") ? 60_000 : 1_000));
        }
        return limits;
    }
}
