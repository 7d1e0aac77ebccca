package dev.camelfeishu.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.ops.JobRuns.Outcome;
import dev.camelfeishu.ops.JobRuns.Run;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.quartz.SchedulerFactoryBean;

class JobRunsTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private static TestDatabase postgres;

    private JdbcTemplate jdbc;
    private JobRuns runs;

    @BeforeAll
    static void database() throws IOException {
        postgres = new TestDatabase();
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @BeforeEach
    void empty() {
        jdbc = new JdbcTemplate(postgres.dataSource());
        jdbc.execute("truncate feishu.job_run");
        runs = new JobRuns(jdbc, "node-1");
    }

    @Test
    void each_run_is_a_row_with_its_outcome() throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.addRoutePolicyFactory(runs);
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("timer:good?repeatCount=1&delay=0").routeId("good").setBody(constant(12));
                    from("timer:bad?repeatCount=1&delay=0").routeId("bad").process(exchange -> {
                        throw new IllegalStateException("the ERP is away");
                    });
                    from("direct:asked").routeId("asked").log("nothing scheduled");
                }
            });
            camel.start();
            camel.createProducerTemplate().sendBody("direct:asked", "x");
            await().atMost(SOON)
                    .until(() -> runs.list("", 0, 10).items().stream()
                                    .filter(run -> run.ended() != null)
                                    .count()
                            == 2);
        }
        Run good = one("good");
        assertThat(good.outcome()).isEqualTo(Outcome.DONE);
        assertThat(good.result()).isEqualTo("12");
        assertThat(good.node()).isEqualTo("node-1");
        assertThat(good.overlaps()).isFalse();
        Run bad = one("bad");
        assertThat(bad.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(bad.error()).contains("the ERP is away");
        assertThat(runs.list("asked", 0, 10).total()).isZero();
    }

    @Test
    void a_run_beside_one_that_goes_on_elsewhere_is_noticed() throws Exception {
        CountDownLatch ends = new CountDownLatch(1);
        try (DefaultCamelContext here = context("slow", ends);
                DefaultCamelContext there = context("slow", ends)) {
            here.start();
            await().atMost(SOON).until(() -> runs.list("slow", 0, 10).total() == 1);
            there.start();
            await().atMost(SOON).until(() -> runs.list("slow", 0, 10).total() == 2);
            ends.countDown();
        }
        assertThat(runs.list("slow", 0, 10).items()).extracting(Run::overlaps).containsExactly(true, false);
        assertThat(runs.overlapping(Instant.now().minusSeconds(600))).isEqualTo(List.of("slow"));
    }

    @Test
    void a_run_that_was_missed_is_noticed_and_made_up_for_or_let_pass_as_its_job_says() throws Exception {
        Instant due = Instant.now().minus(Duration.ofHours(5)).truncatedTo(ChronoUnit.SECONDS);
        try (NodeWithJobs before = new NodeWithJobs()) {
            assertThat(before.schedules.find("made-up").orElseThrow().catchesUp())
                    .isTrue();
            assertThat(before.schedules.find("passed").orElseThrow().catchesUp())
                    .isFalse();
        }
        // as if nobody had been up since
        jdbc.update("update feishu.qrtz_triggers set next_fire_time = ?", due.toEpochMilli());

        try (NodeWithJobs after = new NodeWithJobs()) {
            await().atMost(SOON)
                    .until(() -> runs.list("", 0, 10).items().stream()
                                    .filter(run -> run.ended() != null)
                                    .count()
                            == 3);
            assertThat(after.schedules.find("passed").orElseThrow().next()).isAfter(Instant.now());
        }
        assertThat(runs.list("made-up", 0, 10).items())
                .extracting(Run::outcome)
                .containsExactly(Outcome.DONE, Outcome.MISSED);
        Run missed = one("passed");
        assertThat(missed.outcome()).isEqualTo(Outcome.MISSED);
        assertThat(missed.due()).isEqualTo(due);
        assertThat(missed.late()).isGreaterThan(Duration.ofHours(4));
        assertThat(runs.missed(Instant.now().minusSeconds(600))).containsExactly("passed");
    }

    /** A node whose scheduler keeps its jobs in the database, as the application's does. */
    private final class NodeWithJobs implements AutoCloseable {

        private final DefaultCamelContext camel = new DefaultCamelContext();
        private final SchedulerFactoryBean factory = new SchedulerFactoryBean();
        private final Schedules schedules;

        NodeWithJobs() throws Exception {
            Properties settings = new Properties();
            settings.put("org.quartz.jobStore.driverDelegateClass", PostgreSQLDelegate.class.getName());
            settings.put("org.quartz.jobStore.tablePrefix", "feishu.qrtz_");
            settings.put("org.quartz.jobStore.misfireThreshold", "60000");
            settings.put("org.quartz.jobStore.isClustered", "true");
            settings.put("org.quartz.scheduler.instanceId", "AUTO");
            settings.put("org.quartz.threadPool.threadCount", "2");
            factory.setDataSource(postgres.dataSource());
            factory.setQuartzProperties(settings);
            factory.setAutoStartup(false);
            factory.afterPropertiesSet();
            camel.getCamelContextExtension().setName("jobs");
            camel.addRoutePolicyFactory(runs);
            QuartzComponent quartz = camel.getComponent("quartz", QuartzComponent.class);
            quartz.setScheduler(factory.getObject());
            schedules = new Schedules(factory.getObject(), camel, new RouteRuns(), runs);
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("quartz:made-up?cron=0 0 0 1 1 ?&trigger.misfireInstruction=1")
                            .routeId("made-up")
                            .log("made up for");
                    from("quartz:passed?cron=0 0 0 1 1 ?&trigger.misfireInstruction=2")
                            .routeId("passed")
                            .log("not let pass");
                }
            });
            camel.start();
        }

        @Override
        public void close() throws Exception {
            camel.close();
            factory.destroy();
        }
    }

    private DefaultCamelContext context(String id, CountDownLatch ends) throws Exception {
        DefaultCamelContext camel = new DefaultCamelContext();
        camel.addRoutePolicyFactory(runs);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("timer:" + id + "?repeatCount=1&delay=0").routeId(id).process(exchange -> ends.await());
            }
        });
        return camel;
    }

    private Run one(String job) {
        List<Run> found = runs.list(job, 0, 10).items();
        assertThat(found).hasSize(1);
        return found.get(0);
    }
}
