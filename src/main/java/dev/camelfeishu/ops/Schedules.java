package dev.camelfeishu.ops;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.quartz.QuartzConstants;
import org.quartz.CronTrigger;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.listeners.TriggerListenerSupport;
import org.springframework.stereotype.Component;

/** What runs by the calendar (Quartz, once for all nodes) and what runs again and again (timers, on every node). */
@Component
public class Schedules {

    private final Scheduler scheduler;
    private final CamelContext camel;
    private final RouteRuns runs;

    Schedules(Scheduler scheduler, CamelContext camel, RouteRuns runs, JobRuns written) {
        this.scheduler = scheduler;
        this.camel = camel;
        this.runs = runs;
        quartz(() -> {
            scheduler.getListenerManager().addTriggerListener(new Missed(written));
            return null;
        });
    }

    /** Hears of a run that no node began in time, before it is decided by the trigger whether it is made up for. */
    private final class Missed extends TriggerListenerSupport {

        private final JobRuns written;

        Missed(JobRuns written) {
            this.written = written;
        }

        @Override
        public String getName() {
            return "missed runs";
        }

        @Override
        public void triggerMisfired(Trigger trigger) {
            JobKey key = trigger.getJobKey();
            JobDetail detail = quartz(() -> scheduler.getJobDetail(key));
            Route route = detail == null ? null : route(detail);
            written.miss(route == null ? key.getName() : route.getRouteId(), instant(trigger.getNextFireTime()));
        }
    }

    /**
     * @param cron null for one that is no cron
     * @param route null when no route of this process has it
     * @param previous null when it never fired, by the scheduler's own memory
     * @param next null when it does not fire any more
     * @param catchesUp whether a run that was missed is made up for, once, or else let pass
     * @param last what this process knows of its runs, or null
     */
    public record Job(
            String name,
            String group,
            String cron,
            String zone,
            String route,
            String description,
            Instant previous,
            Instant next,
            boolean paused,
            boolean catchesUp,
            RouteRuns.Last last) {}

    /** @param last what this process knows of its runs, or null */
    public record Repeated(String route, String description, String from, boolean started, RouteRuns.Last last) {}

    /** The next to fire first. */
    public List<Job> jobs() {
        return quartz(() -> {
            List<Job> jobs = new ArrayList<>();
            for (JobKey key : scheduler.getJobKeys(GroupMatcher.anyJobGroup())) {
                job(key).ifPresent(jobs::add);
            }
            jobs.sort(Comparator.comparing(Job::next, Comparator.nullsLast(Comparator.naturalOrder()))
                    .thenComparing(Job::name));
            return jobs;
        });
    }

    public Optional<Job> find(String name) {
        return jobs().stream().filter(job -> job.name().equals(name)).findFirst();
    }

    public List<Repeated> repeated() {
        return camel.getRoutes().stream()
                .filter(route -> route.getEndpoint().getEndpointUri().matches("(timer|sql|scheduler):.*"))
                .map(route -> new Repeated(
                        route.getRouteId(),
                        route.getDescription(),
                        RouteList.address(route.getEndpoint().getEndpointUri()),
                        camel.getRouteController()
                                .getRouteStatus(route.getRouteId())
                                .isStarted(),
                        runs.of(route.getRouteId()).orElse(null)))
                .sorted(Comparator.comparing(Repeated::route))
                .toList();
    }

    /** Fires it once, at once, on one of the nodes. */
    public void run(Job job) {
        quartz(() -> {
            scheduler.triggerJob(key(job));
            return null;
        });
    }

    /** On all nodes and over restarts, until {@link #resume}. */
    public void pause(Job job) {
        quartz(() -> {
            scheduler.pauseJob(key(job));
            return null;
        });
    }

    /** One run that was missed meanwhile is made up for at once. */
    public void resume(Job job) {
        quartz(() -> {
            scheduler.resumeJob(key(job));
            return null;
        });
    }

    private static JobKey key(Job job) {
        return JobKey.jobKey(job.name(), job.group());
    }

    private Optional<Job> job(JobKey key) throws SchedulerException {
        JobDetail detail = scheduler.getJobDetail(key);
        List<? extends Trigger> triggers = detail == null ? List.of() : scheduler.getTriggersOfJob(key);
        if (triggers.isEmpty()) {
            return Optional.empty();
        }
        Trigger trigger = triggers.get(0);
        CronTrigger cron = trigger instanceof CronTrigger by ? by : null;
        Route route = route(detail);
        return Optional.of(new Job(
                key.getName(),
                key.getGroup(),
                cron == null ? null : cron.getCronExpression(),
                cron == null ? null : cron.getTimeZone().getID(),
                route == null ? null : route.getRouteId(),
                route == null ? null : route.getDescription(),
                instant(trigger.getPreviousFireTime()),
                instant(trigger.getNextFireTime()),
                scheduler.getTriggerState(trigger.getKey()) == Trigger.TriggerState.PAUSED,
                trigger.getMisfireInstruction() != CronTrigger.MISFIRE_INSTRUCTION_DO_NOTHING,
                route == null ? null : runs.of(route.getRouteId()).orElse(null)));
    }

    private Route route(JobDetail job) {
        String uri = job.getJobDataMap().getString(QuartzConstants.QUARTZ_ENDPOINT_URI);
        return camel.getRoutes().stream()
                .filter(route -> route.getEndpoint().getEndpointUri().equals(uri))
                .findFirst()
                .orElse(null);
    }

    private static Instant instant(Date date) {
        return date == null ? null : date.toInstant();
    }

    @FunctionalInterface
    private interface Asking<T> {
        T ask() throws SchedulerException;
    }

    private static <T> T quartz(Asking<T> asking) {
        try {
            return asking.ask();
        } catch (SchedulerException e) {
            throw new IllegalStateException("The scheduler failed: " + e.getMessage(), e);
        }
    }
}
