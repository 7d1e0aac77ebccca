package dev.camelfeishu.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import dev.camelfeishu.event.JournalSettings;
import dev.camelfeishu.event.PostgresEventJournal;
import dev.camelfeishu.event.StoredEvents;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

@DisplayName("What an operator sees of the journal")
class JournalControllerTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static TestDatabase postgres;
    private static HikariDataSource pool;
    private static PostgresEventJournal journal;
    private static JournalHealthIndicator health;
    private static MockMvc mvc;

    @BeforeAll
    static void start() throws Exception {
        postgres = new TestDatabase();
        HikariConfig config = new HikariConfig();
        config.setDataSource(postgres.dataSource());
        config.setConnectionTimeout(1_000);
        pool = new HikariDataSource(config);
        journal = new PostgresEventJournal(pool, JournalSettings.of("n1"), new SimpleMeterRegistry());
        health = new JournalHealthIndicator(journal);
        journal.start();
        journal.subscribe("stopped", EventJournal.Options.DEFAULT, event -> false, delivery -> {})
                .pause();
        journal.open();
        for (int i = 0; i < 3; i++) {
            journal.append(new FeishuEvent(
                            "cli_x",
                            "t",
                            "e" + i,
                            "odd_v1",
                            "k",
                            Instant.parse("2024-05-01T08:00:00Z"),
                            JsonNodeFactory.instance.objectNode()))
                    .get(10, TimeUnit.SECONDS);
        }
        StaticListableBeanFactory beans = new StaticListableBeanFactory();
        beans.addBean("journal", journal);
        beans.addBean("events", new StoredEvents(pool));
        mvc = MockMvcBuilders.standaloneSetup(new JournalController(
                        beans.getBeanProvider(PostgresEventJournal.class), beans.getBeanProvider(StoredEvents.class)))
                .build();
    }

    @AfterAll
    static void stop() throws Exception {
        journal.close();
        pool.close();
        postgres.close();
    }

    private static MockHttpServletRequestBuilder backfill(String name, String body) {
        return post("/ops/api/subscriptions/" + name + "/backfill")
                .principal(() -> "olga")
                .contentType(MediaType.APPLICATION_JSON)
                .content(body);
    }

    @Test
    void events_that_no_route_has_asked_for() throws Exception {
        mvc.perform(get("/ops/api/events?type=odd_v1&unclaimed=true&size=2"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.items.length()").value(2))
                .andExpect(jsonPath("$.items[0].event_id").value("e2"))
                .andExpect(jsonPath("$.items[0].type").value("odd_v1"))
                .andExpect(jsonPath("$.items[0].deliveries").value(0));
    }

    @Test
    void past_events_for_a_route_that_came_later() throws Exception {
        var taken = new java.util.concurrent.CopyOnWriteArrayList<String>();
        journal.subscribe(
                "late",
                EventJournal.Options.DEFAULT,
                event -> true,
                delivery -> taken.add(delivery.event().eventId()));
        mvc.perform(backfill("late", "{\"since\": \"2020-01-01T00:00:00Z\", \"types\": [\"odd_v1\"]}"))
                .andExpect(status().isAccepted())
                .andExpect(jsonPath("$.state").value("WAITING"));
        await().atMost(SOON).untilAsserted(() -> assertThat(taken).containsExactly("e0", "e1", "e2"));
        await().atMost(SOON)
                .untilAsserted(() -> mvc.perform(get("/ops/api/subscriptions"))
                        .andExpect(
                                jsonPath("$.items[?(@.name == 'late')].takes").value(true))
                        .andExpect(jsonPath("$.items[?(@.name == 'late')].backfill.state")
                                .value("DONE"))
                        .andExpect(jsonPath("$.items[?(@.name == 'late')].backfill.given")
                                .value(3))
                        .andExpect(jsonPath("$.items[?(@.name == 'stopped')].takes")
                                .value(false)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"since\": \"yesterday\"}",
                "{\"since\": \"2024-01-01T00:00:00Z\", \"until\": \"2023-01-01T00:00:00Z\"}",
                "{\"since\": \"2024-01-01T00:00:00Z\", \"per_second\": 0}"
            })
    void refuses_bad_input_with_a_sentence(String body) throws Exception {
        mvc.perform(backfill("stopped", body))
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.error").isString());
    }

    @Test
    void knows_no_subscription_of_that_name() throws Exception {
        mvc.perform(backfill("nobody", "{\"since\": \"2024-01-01T00:00:00Z\"}"))
                .andExpect(status().isNotFound())
                .andExpect(jsonPath("$.error").value("no such subscription here"));
    }

    @Test
    void health_tells_how_far_each_subscription_is() {
        await().atMost(SOON).untilAsserted(() -> {
            Health now = health.health();
            assertThat(now.getStatus()).isEqualTo(Status.UP);
            assertThat(now.getDetails())
                    .containsKeys("measured_at", "oldest_undelivered_seconds", "dead_letters", "subscriptions");
            assertThat(now.getDetails().get("subscriptions")).asString().contains("stopped={");
        });
    }
}
