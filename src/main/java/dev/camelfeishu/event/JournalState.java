package dev.camelfeishu.event;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How far the journal is, as it was measured last.
 *
 * @param measuredAt null before the first time, and when the last attempt failed: the database is away
 * @param deadLetters that nobody has decided
 */
public record JournalState(Instant measuredAt, List<SubscriptionState> subscriptions, long deadLetters) {

    /** Of open deliveries no more than that many are counted. */
    public static final int MOST_COUNTED = 10_000;

    public JournalState {
        subscriptions = List.copyOf(subscriptions);
    }

    /**
     * One subscription, of this process or found with open deliveries.
     *
     * @param here whether a route of this process has it
     * @param takes whether that route is started
     * @param open deliveries, {@link #MOST_COUNTED} for that many or more
     * @param lag the age of the oldest open delivery, zero when there is none
     */
    public record SubscriptionState(String name, boolean here, boolean takes, long open, Duration lag) {}

    /** The age of the oldest delivery that is not made, zero when all are. */
    public Duration lag() {
        return subscriptions.stream()
                .map(SubscriptionState::lag)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }
}
