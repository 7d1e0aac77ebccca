package dev.camelfeishu.ops.alert;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.event.JournalState;
import dev.camelfeishu.event.JournalState.SubscriptionState;
import dev.camelfeishu.ops.RouteRuns;
import dev.camelfeishu.ops.Schedules;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.mock.env.MockEnvironment;

class SourcesTest {

    private static final Instant NOW = Instant.parse("2026-01-05T08:00:00Z");
    private static final AlertSettings SETTINGS =
            Binder.get(new MockEnvironment()).bindOrCreate("feishu.alerts", AlertSettings.class);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);

    @Test
    void calls_are_judged_over_the_window_and_tokens_apart_from_them() {
        CallAlerts calls = new CallAlerts(meters, SETTINGS, "node", clock());
        called("POST /open-apis/im/v1/messages", "success", "0", 1_000);
        assertThat(calls.firing()).isEmpty();

        called("POST /open-apis/im/v1/messages", "success", "0", 30);
        assertThat(calls.firing()).isEmpty();
        called("POST /open-apis/im/v1/messages", "rejected", "230001", 2);
        assertThat(calls.firing()).singleElement().satisfies(alert -> {
            assertThat(alert.kind()).isEqualTo(AlertKind.CALLS);
            assertThat(alert.values())
                    .containsEntry("value", "2")
                    .containsEntry("calls", "32")
                    .containsEntry("code", "230001");
        });

        called("POST /open-apis/auth/v3/tenant_access_token/internal", "rejected", "10014", 1);
        assertThat(calls.firing()).extracting(Alert::kind).containsExactly(AlertKind.TOKEN, AlertKind.CALLS);
        called("POST /open-apis/auth/v3/tenant_access_token/internal", "success", "0", 1);
        assertThat(calls.firing()).extracting(Alert::kind).containsExactly(AlertKind.CALLS);

        now.set(NOW.plus(Duration.ofMinutes(6)));
        assertThat(calls.firing()).extracting(Alert::kind).doesNotContain(AlertKind.TOKEN);
        now.set(NOW.plus(Duration.ofMinutes(12)));
        assertThat(calls.firing()).isEmpty();
    }

    @Test
    void a_late_subscription_and_many_dead_letters() {
        JournalState calm = new JournalState(NOW, List.of(state("bot", 3, 59)), 9);
        assertThat(StateAlerts.journal(calm, SETTINGS)).isEmpty();
        JournalState late = new JournalState(NOW, List.of(state("bot", 3, 61), state("orders", 0, 0)), 10);
        assertThat(StateAlerts.journal(late, SETTINGS))
                .extracting(Alert::kind, Alert::subject)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(AlertKind.LAG, "bot"),
                        org.assertj.core.groups.Tuple.tuple(AlertKind.DEAD_LETTERS, ""));
    }

    @Test
    void a_pair_that_differs_or_has_a_problem() throws Exception {
        assertThat(StateAlerts.pair(pair(0, ""))).isEmpty();
        assertThat(StateAlerts.pair(pair(2, "")))
                .singleElement()
                .satisfies(alert -> assertThat(alert.values()).containsEntry("value", "2"));
        assertThat(StateAlerts.pair(pair(0, "\"the Base could not be subscribed\"")))
                .singleElement()
                .satisfies(alert ->
                        assertThat(alert.values()).containsEntry("problems", "the Base could not be subscribed"));
    }

    @Test
    void a_job_that_did_not_run_or_failed() {
        assertThat(StateAlerts.schedule(job(NOW.minusSeconds(60), false), NOW)).isEmpty();
        assertThat(StateAlerts.schedule(job(NOW.minusSeconds(180), false), NOW))
                .singleElement()
                .satisfies(alert -> assertThat(alert.values()).containsEntry("error", ""));
        assertThat(StateAlerts.schedule(job(NOW.plusSeconds(180), true), NOW))
                .singleElement()
                .satisfies(alert -> assertThat(alert.values()).containsEntry("error", "the ERP is away"));
    }

    @Test
    void four_fifths_of_the_months_calls() {
        AlertSource quota = new StateAlerts().quotaAlerts(meters, SETTINGS);
        AtomicReference<Double> used = new AtomicReference<>(7_999.0);
        Gauge.builder("feishu.api.budget.used", used::get)
                .tag("account", "cli_1")
                .register(meters);
        Gauge.builder("feishu.api.budget.limit", () -> 10_000)
                .tag("account", "cli_1")
                .register(meters);
        Gauge.builder("feishu.api.budget.used", () -> 5)
                .tag("account", "unknown")
                .register(meters);
        Gauge.builder("feishu.api.budget.limit", () -> 0)
                .tag("account", "unknown")
                .register(meters);
        assertThat(quota.firing()).isEmpty();
        used.set(8_000.0);
        assertThat(quota.firing())
                .singleElement()
                .satisfies(alert -> assertThat(alert.subject()).isEqualTo("cli_1"));
    }

    @Test
    void a_long_connection_that_stays_closed() {
        AlertSource connections = new StateAlerts().connectionAlerts(meters);
        AtomicReference<Double> state = new AtomicReference<>(0.0);
        Gauge.builder("feishu.socket.state", state::get).tag("app", "default").register(meters);
        assertThat(connections.firing()).isEmpty();
        assertThat(connections.firing()).isEmpty();
        assertThat(connections.firing()).extracting(Alert::kind).containsExactly(AlertKind.SUBSCRIPTION);
        state.set(1.0);
        assertThat(connections.firing()).isEmpty();
    }

    private void called(String endpoint, String outcome, String code, int times) {
        for (int i = 0; i < times; i++) {
            meters.timer("feishu.api.calls", "endpoint", endpoint, "outcome", outcome, "code", code)
                    .record(1, TimeUnit.MILLISECONDS);
        }
    }

    private static SubscriptionState state(String name, long open, long lag) {
        return new SubscriptionState(name, true, true, open, Duration.ofSeconds(lag));
    }

    private static JsonNode pair(int divergent, String problem) throws Exception {
        return new ObjectMapper()
                .readTree("{\"name\":\"orders\",\"divergent\":" + divergent + ",\"problems\":[" + problem + "]}");
    }

    private static Schedules.Job job(Instant next, boolean failed) {
        RouteRuns.Last last =
                new RouteRuns.Last(NOW, failed, 1, failed ? 1 : 0, NOW, failed ? "the ERP is away" : null);
        return new Schedules.Job(
                "retention", "Camel", "0 0 3 * * ?", "UTC", "retention", null, null, next, false, true, last);
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public java.time.ZoneId getZone() {
                return java.time.ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        };
    }
}
