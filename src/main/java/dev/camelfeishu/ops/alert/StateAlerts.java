package dev.camelfeishu.ops.alert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.event.JournalState;
import dev.camelfeishu.event.PostgresEventJournal;
import dev.camelfeishu.ops.JobRuns;
import dev.camelfeishu.ops.PairOperations;
import dev.camelfeishu.ops.Schedules;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** What can be read off the state of journal, pairs, jobs, budget and long connections. */
@Configuration(proxyBeanMethods = false)
class StateAlerts {

    private static final Duration OVERDUE = Duration.ofMinutes(2);
    private static final Duration OVERLAPS = Duration.ofMinutes(15);
    private static final Duration MISSED = Duration.ofMinutes(15);
    /** A connection that is opened again meanwhile is no alert. */
    private static final int LOOKS_WITHOUT_CONNECTION = 3;

    @Bean
    AlertSettings alertSettings(Environment environment) {
        return Binder.get(environment).bindOrCreate("feishu.alerts", AlertSettings.class);
    }

    @Bean
    AlertSource journalAlerts(ObjectProvider<PostgresEventJournal> journals, AlertSettings settings) {
        return () -> {
            PostgresEventJournal journal = journals.getIfAvailable();
            return journal == null ? List.of() : journal(journal.state(), settings);
        };
    }

    static List<Alert> journal(JournalState state, AlertSettings settings) {
        List<Alert> alerts = new ArrayList<>();
        state.subscriptions().stream()
                .filter(one -> one.lag().compareTo(settings.lag()) > 0)
                .forEach(one -> alerts.add(new Alert(
                        AlertKind.LAG,
                        one.name(),
                        Map.of("value", Long.toString(one.lag().toSeconds()), "open", Long.toString(one.open())))));
        if (state.deadLetters() >= settings.deadLetters()) {
            alerts.add(new Alert(AlertKind.DEAD_LETTERS, "", Map.of("value", Long.toString(state.deadLetters()))));
        }
        return alerts;
    }

    @Bean
    AlertSource pairAlerts(ObjectProvider<PairOperations> pairs) {
        return () -> pairs.stream()
                .flatMap(all -> StreamSupport.stream(all.list().path("items").spliterator(), false))
                .flatMap(StateAlerts::pair)
                .toList();
    }

    static Stream<Alert> pair(JsonNode pair) {
        String name = pair.path("name").asText();
        List<String> problems = new ArrayList<>();
        pair.path("problems").forEach(problem -> problems.add(problem.asText()));
        long divergent = pair.path("divergent").asLong();
        if (divergent == 0 && problems.isEmpty()) {
            return Stream.empty();
        }
        return Stream.of(new Alert(
                AlertKind.PAIR,
                name,
                Map.of("value", Long.toString(divergent), "problems", String.join("; ", problems))));
    }

    @Bean
    AlertSource scheduleAlerts(Schedules schedules, JobRuns runs) {
        Clock clock = Clock.systemUTC();
        return () -> {
            Instant now = clock.instant();
            List<Alert> alerts = schedules.jobs().stream()
                    .filter(job -> !job.paused() && job.route() != null)
                    .flatMap(job -> schedule(job, now))
                    .collect(Collectors.toCollection(ArrayList::new));
            runs.overlapping(now.minus(OVERLAPS))
                    .forEach(job -> alerts.add(new Alert(
                            AlertKind.SCHEDULE,
                            job,
                            Map.of("due", "", "error", "a run began before the last one had ended"))));
            runs.missed(now.minus(MISSED))
                    .forEach(job -> alerts.add(new Alert(
                            AlertKind.SCHEDULE,
                            job,
                            Map.of("due", "", "error", "a run was missed, and none has succeeded since"))));
            return alerts;
        };
    }

    static Stream<Alert> schedule(Schedules.Job job, Instant now) {
        if (job.next() != null && job.next().isBefore(now.minus(OVERDUE))) {
            return Stream.of(new Alert(
                    AlertKind.SCHEDULE, job.route(), Map.of("due", job.next().toString(), "error", "")));
        }
        if (job.last() != null && job.last().lastFailed()) {
            return Stream.of(new Alert(
                    AlertKind.SCHEDULE,
                    job.route(),
                    Map.of("due", "", "error", job.last().error())));
        }
        return Stream.empty();
    }

    @Bean
    AlertSource quotaAlerts(MeterRegistry meters, AlertSettings settings) {
        return () -> meters.find("feishu.api.budget.used").gauges().stream()
                .flatMap(used -> quota(used, meters, settings))
                .toList();
    }

    private static Stream<Alert> quota(Gauge used, MeterRegistry meters, AlertSettings settings) {
        String account = used.getId().getTag("account");
        Gauge limit =
                meters.find("feishu.api.budget.limit").tag("account", account).gauge();
        if (limit == null || limit.value() <= 0 || used.value() * 100 < limit.value() * settings.quotaPercent()) {
            return Stream.empty();
        }
        return Stream.of(new Alert(
                AlertKind.QUOTA,
                account,
                Map.of("value", Long.toString((long) used.value()), "limit", Long.toString((long) limit.value()))));
    }

    @Bean
    AlertSource connectionAlerts(MeterRegistry meters) {
        Map<String, Integer> without = new HashMap<>();
        return () -> {
            List<Alert> alerts = new ArrayList<>();
            for (Gauge state : meters.find("feishu.socket.state").gauges()) {
                String app = state.getId().getTag("app");
                int looks = state.value() > 0 ? 0 : without.getOrDefault(app, 0) + 1;
                without.put(app, looks);
                if (looks >= LOOKS_WITHOUT_CONNECTION) {
                    alerts.add(new Alert(AlertKind.SUBSCRIPTION, app, Map.of()));
                }
            }
            return alerts;
        };
    }
}
