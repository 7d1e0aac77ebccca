package dev.camelfeishu.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.camelfeishu.event.Retention.Purged;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Retention")
class RetentionTest {

    private static JournalDatabase database;

    private Retention retention;

    @BeforeAll
    static void start() throws IOException {
        database = new JournalDatabase();
    }

    @AfterAll
    static void stop() throws IOException {
        database.close();
    }

    @BeforeEach
    void empty() {
        database.truncate();
        retention = new Retention(database.dataSource());
    }

    private static void stored(String id, String age, String deliveryState, String letterState) {
        Long event = database.sql.queryForObject("""
                insert into feishu.event (app_id, tenant_key, event_id, type, lane_key, created_at, received_at, payload)
                values ('a', 't', ?, 'x', 'k', now(), now() - ?::interval, '{}') returning id""", Long.class, id, age);
        Long delivery = database.sql.queryForObject("""
                insert into feishu.delivery (event_id, subscription, lane_key, state) values (?, 's', 'k', ?) returning id""", Long.class, event, deliveryState);
        if (letterState != null) {
            database.sql.update("""
                    insert into feishu.dead_letter (delivery_id, flow, cause, fingerprint, attempts, state)
                    values (?, 's', 'c', 'c', 1, ?)""", delivery, letterState);
        }
    }

    private static List<String> left() {
        return database.sql.queryForList("select event_id from feishu.event order by id", String.class);
    }

    @Test
    void what_is_over_and_old_is_removed_with_its_deliveries() {
        stored("done", "31 days", "DONE", null);
        stored("open", "31 days", "OPEN", null);
        stored("new", "31 days", "DEAD", "NEW");
        stored("replaying", "31 days", "OPEN", "REPLAYING");
        stored("resolved", "31 days", "DONE", "RESOLVED");
        stored("discarded", "31 days", "DEAD", "DISCARDED");
        stored("young", "29 days", "DONE", null);
        assertThat(retention.purge(Duration.ofDays(30))).isEqualTo(new Purged(3, 0, 0, 0));
        assertThat(left()).containsExactly("open", "new", "replaying", "young");
        assertThat(database.sql.queryForObject("select count(*) from feishu.delivery", Integer.class))
                .isEqualTo(4);
        assertThat(database.sql.queryForObject("select count(*) from feishu.dead_letter", Integer.class))
                .isEqualTo(2);
    }

    @Test
    void an_event_tells_duplicates_for_24_hours_even_when_its_payload_is_gone() {
        stored("day", "25 hours", "DONE", null);
        stored("hours", "2 hours", "DONE", null);
        stored("open", "2 hours", "OPEN", null);
        stored("minutes", "2 minutes", "DONE", null);
        assertThat(retention.purge(Duration.ofHours(1))).isEqualTo(new Purged(1, 1, 0, 0));
        assertThat(left()).containsExactly("hours", "open", "minutes");
        assertThat(database.sql.queryForList("select event_id from feishu.event where payload is null", String.class))
                .containsExactly("hours");
    }

    @Test
    void more_than_a_batch_is_removed() {
        database.sql.update("""
                insert into feishu.event (app_id, tenant_key, event_id, type, lane_key, created_at, received_at, payload)
                select 'a', 't', 'e' || n, 'x', 'k', now(), now() - interval '40 days', '{}' from generate_series(1, 2500) n""");
        stored("young", "1 day", "DONE", null);
        assertThat(retention.purge(Duration.ofDays(30)).events()).isEqualTo(2_500);
        assertThat(left()).containsExactly("young");
    }

    @Test
    void scheduled_dead_letters_and_idempotent_keys_end_too() {
        database.sql.update("""
                insert into feishu.dead_letter (flow, business_key, cause, fingerprint, attempts, state, updated_at) values
                ('f', '1', 'c', 'c', 1, 'NEW', now() - interval '40 days'),
                ('f', '2', 'c', 'c', 1, 'RESOLVED', now() - interval '40 days'),
                ('f', '3', 'c', 'c', 1, 'DISCARDED', now())""");
        database.sql.update("""
                insert into feishu.idempotent (repository, key, state, node, owner, lease_until, updated_at) values
                ('r', 'old', 'DONE', 'n1', gen_random_uuid(), now() - interval '40 days', now() - interval '40 days'),
                ('r', 'young', 'DONE', 'n1', gen_random_uuid(), now() - interval '1 day', now() - interval '1 day')""");
        assertThat(retention.purge(Duration.ofDays(30))).isEqualTo(new Purged(0, 0, 1, 1));
        assertThat(database.sql.queryForList("select key from feishu.idempotent", String.class))
                .containsExactly("young");
    }
}
