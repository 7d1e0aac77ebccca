package dev.camelfeishu.openapi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * So many calls in so long a time, per endpoint, app and tenant.
 *
 * @param permits calls allowed, at least 1
 * @param period the time in which they are counted
 */
public record Rate(int permits, Duration period) {

    private static final Pattern PUBLISHED = Pattern.compile("(\\d+) per (second|minute)");

    public Rate {
        if (permits < 1 || period.isZero() || period.isNegative()) {
            throw new IllegalArgumentException("a rate needs at least one call in a positive time");
        }
    }

    /** Reads the catalog's text, such as {@code 1000 per minute、50 per second}; none where no figure is published. */
    static List<Rate> parse(String published) {
        var rates = new ArrayList<Rate>();
        var found = PUBLISHED.matcher(published);
        while (found.find()) {
            var period = found.group(2).equals("second") ? Duration.ofSeconds(1) : Duration.ofMinutes(1);
            rates.add(new Rate(Integer.parseInt(found.group(1)), period));
        }
        return List.copyOf(rates);
    }

    @Override
    public String toString() {
        return permits + " per " + (period.equals(Duration.ofSeconds(1)) ? "second" : period.toSeconds() + " seconds");
    }
}
