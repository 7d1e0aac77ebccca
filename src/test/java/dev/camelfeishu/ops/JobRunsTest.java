package dev.camelfeishu.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.ops.JobRuns.Outcome;
import dev.camelfeishu.ops.JobRuns.Run;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

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
