package dev.camelfeishu.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Subscriptions whose routes are replaced")
class SubscribersTest {

    private final Subscribers subscribers = new Subscribers(() -> {});

    @Test
    @DisplayName("go on accepting while nobody takes them, until another of the name comes")
    void keepTheirPlace() {
        EventJournal.Subscription old = subscribe();
        try (var hold = subscribers.hold(List.of("bot"))) {
            old.cancel();
            assertThat(subscribers.names()).containsExactly("bot");
            assertThat(subscribers.taking()).isEmpty();
            subscribe();
        }
        assertThat(subscribers.taking()).containsExactly("bot");
    }

    @Test
    @DisplayName("end when nobody has come by the end of the hold")
    void endWithTheHold() {
        EventJournal.Subscription old = subscribe();
        try (var hold = subscribers.hold(List.of("bot"))) {
            old.cancel();
        }
        assertThat(subscribers.names()).isEmpty();
    }

    @Test
    @DisplayName("are not taken from a route that runs")
    void areNotTakenAway() {
        subscribe();
        try (var hold = subscribers.hold(List.of("bot"))) {
            assertThatThrownBy(this::subscribe).hasMessageContaining("'bot' already");
        }
        assertThat(subscribers.taking()).containsExactly("bot");
    }

    private EventJournal.Subscription subscribe() {
        return subscribers.add("bot", EventJournal.Options.DEFAULT, event -> true, delivery -> {});
    }
}
