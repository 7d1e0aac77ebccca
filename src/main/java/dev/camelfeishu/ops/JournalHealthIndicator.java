package dev.camelfeishu.ops;

import dev.camelfeishu.event.JournalState;
import dev.camelfeishu.event.PostgresEventJournal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * How far each subscription is. DOWN only while the journal cannot ask the database: work that waits, or fails, is no reason to
 * take events away. Costs nothing: it tells what was measured last.
 */
@Component("journalHealthIndicator")
class JournalHealthIndicator implements HealthIndicator {

    private final PostgresEventJournal journal;

    JournalHealthIndicator(PostgresEventJournal journal) {
        this.journal = journal;
    }

    @Override
    public Health health() {
        JournalState state = journal.state();
        if (state.measuredAt() == null) {
            return Health.down()
                    .withDetail("error", "the database does not answer")
                    .build();
        }
        Map<String, Object> subscriptions = new LinkedHashMap<>();
        state.subscriptions().forEach(one -> subscriptions.put(one.name(), detail(one)));
        return Health.up()
                .withDetail("measured_at", state.measuredAt())
                .withDetail("oldest_undelivered_seconds", state.lag().toSeconds())
                .withDetail("dead_letters", state.deadLetters())
                .withDetail("subscriptions", subscriptions)
                .build();
    }

    private static Map<String, Object> detail(JournalState.SubscriptionState one) {
        return Map.of(
                "state",
                one.takes() ? "takes" : one.here() ? "stopped" : "no route here",
                "open",
                one.open() < JournalState.MOST_COUNTED ? one.open() : JournalState.MOST_COUNTED + " or more",
                "lag_seconds",
                one.lag().toSeconds());
    }
}
