package dev.camelfeishu.ops;

import dev.camelfeishu.event.Failure;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Writes down each run of the routes that begin with {@code quartz:} or {@code timer:}: when it was due, when it ran, on which
 * node, what came of it, and whether it overlapped an earlier one; and each run that was missed. A run that cannot be written
 * down runs all the same.
 */
@Component
public class JobRuns implements RoutePolicyFactory {

    private static final Logger LOG = LoggerFactory.getLogger(JobRuns.class);

    /** Of each job. */
    private static final int KEPT = 1_000;

    private static final int BETWEEN_PURGES = 100;
    private static final int LONGEST_RESULT = 500;
    /** A process that was killed leaves its run open; after that long it is no run any more. */
    private static final Duration LONGEST_RUN = Duration.ofHours(12);

    private static final String RUN = "feishu.job.run";

    private final JdbcTemplate jdbc;
    private final String node;

    JobRuns(JdbcTemplate jdbc, @Value("${feishu.node}") String node) {
        this.jdbc = jdbc;
        this.node = node;
    }

    public enum Outcome {
        /** For good when the process ended meanwhile. */
        RUNNING,
        DONE,
        FAILED,
        /** It never began; whether it is made up for is for its schedule to say. */
        MISSED
    }

    /**
     * @param job the id of its route
     * @param ended null while it runs
     * @param overlaps whether an earlier run of the job was still going on
     * @param result what the route answered, null when that is no short text
     * @param error one line without secrets, null when it did not fail
     */
    public record Run(
            long id,
            String job,
            String node,
            Instant due,
            Instant started,
            Instant ended,
            Outcome outcome,
            boolean overlaps,
            String result,
            String error) {

        /** How long after its time it began. */
        public Duration late() {
            return Duration.between(due, started);
        }
    }

    public record Page(List<Run> items, long total) {}

    /**
     * The latest first.
     *
     * @param job "" for all
     */
    public Page list(String job, int page, int size) {
        String where = " from feishu.job_run where (? = '' or job = ?)";
        List<Run> runs = jdbc.query(
                "select *" + where + " order by id desc limit ? offset ?",
                (row, number) -> new Run(
                        row.getLong("id"),
                        row.getString("job"),
                        row.getString("node"),
                        row.getObject("due", OffsetDateTime.class).toInstant(),
                        row.getObject("started", OffsetDateTime.class).toInstant(),
                        row.getTimestamp("ended") == null
                                ? null
                                : row.getTimestamp("ended").toInstant(),
                        Outcome.valueOf(row.getString("outcome")),
                        row.getBoolean("overlapping"),
                        row.getString("result"),
                        row.getString("error")),
                job,
                job,
                size,
                (long) page * size);
        return new Page(runs, jdbc.queryForObject("select count(*)" + where, Long.class, job, job));
    }

    /** Jobs of which a run began while an earlier one was going on. */
    public List<String> overlapping(Instant since) {
        return jdbc.queryForList(
                "select distinct job from feishu.job_run where overlapping and started > ? order by job",
                String.class,
                Timestamp.from(since));
    }

    /** Jobs of which a run was missed and none has succeeded since. */
    public List<String> missed(Instant since) {
        return jdbc.queryForList(
                "select distinct job from feishu.job_run missed where outcome = 'MISSED' and started > ? and not exists"
                        + " (select 1 from feishu.job_run later where later.job = missed.job and later.id > missed.id"
                        + " and later.outcome = 'DONE') order by job",
                String.class,
                Timestamp.from(since));
    }

    /** Writes down that a run did not begin at its time. */
    void miss(String job, Instant due) {
        try {
            jdbc.update(
                    "insert into feishu.job_run (job, node, due, started, ended, outcome, overlapping) values (?, ?, ?, now(),"
                            + " now(), 'MISSED', false)",
                    job,
                    node,
                    Timestamp.from(due));
            LOG.warn("The run of {} that was due at {} was missed", job, due);
        } catch (DataAccessException e) {
            LOG.warn("The run of {} that was due at {} was missed; it could not be written down", job, due, e);
        }
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext camel, String routeId, NamedNode route) {
        return new Writing();
    }

    private long begin(String job, Instant due, Instant now) {
        return jdbc.queryForObject(
                "insert into feishu.job_run (job, node, due, started, overlapping) values (?, ?, ?, ?, exists (select 1 from"
                        + " feishu.job_run where job = ? and outcome = 'RUNNING' and started > ?)) returning id",
                Long.class,
                job,
                node,
                Timestamp.from(due),
                Timestamp.from(now),
                job,
                Timestamp.from(now.minus(LONGEST_RUN)));
    }

    private void end(long id, Throwable failure, String result) {
        jdbc.update(
                "update feishu.job_run set ended = now(), outcome = ?, result = ?, error = ? where id = ?",
                (failure == null ? Outcome.DONE : Outcome.FAILED).name(),
                result,
                failure == null ? null : Failure.of(failure).cause(),
                id);
    }

    private void purge(String job) {
        jdbc.update(
                "delete from feishu.job_run where job = ? and id <= (select id from feishu.job_run where job = ? order by id"
                        + " desc offset ? limit 1)",
                job,
                job,
                KEPT);
    }

    private final class Writing extends RoutePolicySupport {

        private final AtomicInteger runs = new AtomicInteger();
        private boolean scheduled;

        @Override
        public void onInit(Route route) {
            scheduled = route.getEndpoint().getEndpointUri().matches("(quartz|timer):.*");
        }

        @Override
        public void onExchangeBegin(Route route, Exchange exchange) {
            if (!scheduled || !route.getRouteId().equals(exchange.getFromRouteId())) {
                return;
            }
            Instant now = Instant.now();
            try {
                exchange.setProperty(RUN, begin(route.getRouteId(), due(exchange, now), now));
            } catch (DataAccessException e) {
                LOG.warn("The run of {} could not be written down: {}", route.getRouteId(), e.getMessage());
            }
        }

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            Long id = exchange.getProperty(RUN, Long.class);
            if (id == null || !route.getRouteId().equals(exchange.getFromRouteId())) {
                return;
            }
            Throwable failure = exchange.getException() != null
                    ? exchange.getException()
                    : exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
            try {
                end(id, failure, result(exchange));
                if (runs.incrementAndGet() % BETWEEN_PURGES == 0) {
                    purge(route.getRouteId());
                }
            } catch (DataAccessException e) {
                LOG.warn("The end of a run of {} could not be written down: {}", route.getRouteId(), e.getMessage());
            }
        }

        private static Instant due(Exchange exchange, Instant now) {
            Date due = exchange.getMessage().getHeader("scheduledFireTime", Date.class);
            return due == null ? now : due.toInstant();
        }

        private static String result(Exchange exchange) {
            Object body = exchange.getMessage().getBody();
            boolean counts = body instanceof Number || body instanceof Record || body instanceof CharSequence;
            String text = counts ? body.toString().replaceAll("\\p{Cntrl}+", " ") : null;
            return text == null || text.length() > LONGEST_RESULT ? null : text;
        }
    }
}
