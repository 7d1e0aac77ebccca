package dev.camelfeishu.ops.alert;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.TestDatabase;
import dev.camelfeishu.card.Texts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class AlertsTest {

    private static final AlertSettings SETTINGS = new AlertSettings(
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            Duration.ofSeconds(30),
            Duration.ofMinutes(10),
            Duration.ofHours(1),
            2,
            20,
            Duration.ofMinutes(1),
            10,
            80);

    private static TestDatabase postgres;
    private static DataSource database;

    private final HandClock clock = new HandClock();
    private final List<Alert> wrong = new ArrayList<>();
    private boolean blind;
    private Alerts alerts;
    private Alerts otherNode;

    @BeforeAll
    static void database() throws IOException {
        postgres = new TestDatabase();
        database = postgres.dataSource();
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @BeforeEach
    void empty() throws IOException {
        new JdbcTemplate(database).execute("truncate feishu.alert_card cascade");
        alerts = node();
        otherNode = node();
    }

    private Alerts node() throws IOException {
        return new Alerts(
                List.of(this::wrong),
                new AlertCards(
                        new JdbcTemplate(database),
                        new TransactionTemplate(new DataSourceTransactionManager(database)),
                        new ObjectMapper(),
                        SETTINGS),
                Texts.read("en-US", Files.readString(Path.of("config/texts/en-US.yaml"))),
                SETTINGS,
                clock);
    }

    private List<Alert> wrong() {
        if (blind) {
            throw new IllegalStateException("the database is away");
        }
        return List.copyOf(wrong);
    }

    @ParameterizedTest
    @EnumSource(AlertKind.class)
    void a_fault_of_each_kind_is_told_once_and_taken_back_once(AlertKind kind) {
        wrong.add(new Alert(kind, "x", values()));
        Map<String, Object> first = one(alerts.look());
        assertThat(first).containsEntry("state", "open").containsEntry("message_id", null);
        assertThat((String) first.get("lines")).isNotBlank().doesNotContain("${");
        alerts.told(first, "om_1");
        for (int look = 0; look < 20; look++) {
            assertThat(later(Duration.ofSeconds(10))).isEmpty();
        }

        wrong.clear();
        assertThat(later(Duration.ofSeconds(10))).isEmpty();
        Map<String, Object> last = one(later(Duration.ofSeconds(30)));
        assertThat(last).containsEntry("state", "closed").containsEntry("message_id", "om_1");
        assertThat((String) last.get("lines")).startsWith("✓ ");
        alerts.told(last, "om_1");
        assertThat(later(Duration.ofMinutes(1))).isEmpty();
    }

    @Test
    void another_subject_is_a_line_on_the_same_card() {
        wrong.add(new Alert(AlertKind.LAG, "orders", values()));
        alerts.told(one(alerts.look()), "om_1");
        wrong.add(new Alert(AlertKind.LAG, "purchase", values()));

        Map<String, Object> card = one(later(Duration.ofSeconds(10)));

        assertThat(card).containsEntry("message_id", "om_1");
        assertThat((String) card.get("lines")).contains("orders").contains("purchase");
    }

    @Test
    void what_comes_back_soon_is_the_same_card_and_later_a_new_one() {
        wrong.add(new Alert(AlertKind.PAIR, "orders", values()));
        alerts.told(one(alerts.look()), "om_1");
        wrong.clear();
        alerts.told(one(later(Duration.ofMinutes(1))), "om_1");

        wrong.add(new Alert(AlertKind.PAIR, "orders", values()));
        Map<String, Object> again = one(later(Duration.ofMinutes(5)));
        assertThat(again).containsEntry("message_id", "om_1").containsEntry("state", "open");
        alerts.told(again, "om_1");

        wrong.clear();
        alerts.told(one(later(Duration.ofMinutes(1))), "om_1");
        wrong.add(new Alert(AlertKind.PAIR, "orders", values()));
        assertThat(one(later(Duration.ofMinutes(11)))).containsEntry("message_id", null);
    }

    @Test
    void a_muted_kind_is_quiet_for_an_hour_and_told_again_if_it_is_still_wrong() {
        wrong.add(new Alert(AlertKind.QUOTA, "cli_1", values()));
        Map<String, Object> card = one(alerts.look());
        alerts.told(card, "om_1");
        assertThat(alerts.mute((long) card.get("id"))).isTrue();
        Map<String, Object> muted = one(later(Duration.ofSeconds(10)));
        assertThat(muted).containsEntry("state", "muted").containsEntry("mutes", false);
        alerts.told(muted, "om_1");

        assertThat(later(Duration.ofMinutes(30))).isEmpty();
        assertThat(one(later(Duration.ofMinutes(31))))
                .containsEntry("state", "open")
                .containsEntry("message_id", "om_1");
    }

    @Test
    void a_new_card_of_a_muted_kind_waits_and_is_never_sent_when_its_cause_goes_away() {
        wrong.add(new Alert(AlertKind.LAG, "orders", values()));
        Map<String, Object> card = one(alerts.look());
        alerts.told(card, "om_1");
        alerts.mute((long) card.get("id"));
        alerts.told(one(later(Duration.ofSeconds(10))), "om_1");
        wrong.clear();
        alerts.told(one(later(Duration.ofMinutes(1))), "om_1");

        wrong.add(new Alert(AlertKind.LAG, "orders", values()));
        assertThat(later(Duration.ofMinutes(15))).isEmpty();
        wrong.clear();
        assertThat(later(Duration.ofMinutes(1))).isEmpty();
        assertThat(later(Duration.ofMinutes(60))).isEmpty();
    }

    @Test
    void two_nodes_tell_it_once_and_one_keeps_alive_what_the_other_does_not_see() {
        wrong.add(new Alert(AlertKind.CALLS, "a", values()));
        assertThat(alerts.look()).hasSize(1);
        assertThat(otherNode.look()).isEmpty();

        // the first node died before it could say that it was told
        clock.now = clock.now.plusSeconds(21);
        assertThat(otherNode.look()).hasSize(1);
    }

    @Test
    void what_could_not_be_told_is_tried_at_the_next_look_and_told_although_it_has_ended() {
        wrong.add(new Alert(AlertKind.TOKEN, "a", values()));
        alerts.untold(one(alerts.look()));
        alerts.untold(one(later(Duration.ofSeconds(1))));

        wrong.clear();
        Map<String, Object> card = one(later(Duration.ofSeconds(30)));
        assertThat(card).containsEntry("state", "closed").containsEntry("message_id", null);
        alerts.told(card, "om_1");
        assertThat(later(Duration.ofMinutes(1))).isEmpty();
    }

    @Test
    void what_cannot_be_looked_for_does_not_end() {
        wrong.add(new Alert(AlertKind.TOKEN, "a", values()));
        alerts.told(one(alerts.look()), "om_1");
        blind = true;
        assertThat(later(Duration.ofMinutes(5))).isEmpty();
        blind = false;
        assertThat(later(Duration.ofSeconds(10))).isEmpty();
        assertThat(alerts.list(0, 10))
                .singleElement()
                .satisfies(card -> assertThat(card.closedAt()).isNull());
    }

    private List<Map<String, Object>> later(Duration duration) {
        clock.now = clock.now.plus(duration);
        return alerts.look();
    }

    private static Map<String, Object> one(List<Map<String, Object>> cards) {
        assertThat(cards).hasSize(1);
        return cards.get(0);
    }

    /** Of every kind's text. */
    private static Map<String, String> values() {
        return Map.of(
                "value",
                "12",
                "calls",
                "40",
                "code",
                "99991672",
                "open",
                "3",
                "limit",
                "100",
                "due",
                "",
                "error",
                "timeout",
                "problems",
                "");
    }

    private static final class HandClock extends Clock {
        private Instant now = Instant.parse("2026-01-05T08:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
