package dev.camelfeishu.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@DisplayName("The idempotent repository")
class LeasedIdempotentRepositoryTest {

    private static JournalDatabase database;

    private LeasedIdempotentRepository here;
    private LeasedIdempotentRepository there;

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
        here = repository("flow", "n1");
        there = repository("flow", "n2");
    }

    private static LeasedIdempotentRepository repository(String name, String node) {
        return new LeasedIdempotentRepository(database.dataSource(), name, node, Duration.ofMinutes(5));
    }

    private static void endLeases() {
        database.sql.update("update feishu.idempotent set lease_until = now() - interval '1 second'");
    }

    @Test
    void a_key_is_taken_once() {
        assertThat(here.add("a")).isTrue();
        assertThat(here.add("a")).isFalse();
        assertThat(there.add("a")).isFalse();
        assertThat(there.contains("a")).isTrue();
        assertThat(repository("other", "n1").add("a")).isTrue();
    }

    @Test
    void a_key_whose_process_died_is_free_when_its_lease_ends() {
        assertThat(here.add("a")).isTrue();
        endLeases();
        assertThat(there.contains("a")).isFalse();
        assertThat(there.add("a")).isTrue();
        assertThat(here.add("a")).isFalse();
    }

    @Test
    void a_node_that_starts_again_frees_what_it_had_in_progress_and_nothing_else() {
        here.add("in progress");
        here.add("done");
        here.confirm("done");
        there.add("elsewhere");
        LeasedIdempotentRepository again = repository("flow", "n1");
        again.start();
        assertThat(again.add("in progress")).isTrue();
        assertThat(again.add("done")).isFalse();
        assertThat(again.add("elsewhere")).isFalse();
        again.stop();
    }

    @Test
    void a_confirmed_key_is_never_free_again() {
        here.add("a");
        assertThat(here.confirm("a")).isTrue();
        endLeases();
        assertThat(here.add("a")).isFalse();
        assertThat(there.add("a")).isFalse();
        assertThat(there.contains("a")).isTrue();
    }

    @Test
    void removal_frees_a_key_but_not_one_that_another_took_over() {
        here.add("a");
        assertThat(here.remove("a")).isTrue();
        assertThat(there.add("a")).isTrue();
        assertThat(here.remove("a")).as("it is there's now").isFalse();
        assertThat(here.add("a")).isFalse();
        there.confirm("a");
        assertThat(there.remove("a")).isTrue();
        assertThat(there.add("a")).isTrue();
    }

    @Test
    void of_many_at_once_one_gets_the_key() {
        for (int round = 0; round < 20; round++) {
            String key = "k" + round;
            assertThat(IntStream.range(0, 16)
                            .parallel()
                            .filter(i -> (i % 2 == 0 ? here : there).add(key))
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void of_many_at_once_one_takes_over_an_expired_key() {
        here.add("a");
        endLeases();
        assertThat(IntStream.range(0, 16).parallel().filter(i -> there.add("a")).count())
                .isEqualTo(1);
    }

    @Test
    void a_duplicate_does_not_abort_the_surrounding_transaction() {
        here.add("a");
        TransactionTemplate transaction =
                new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
        Integer one = transaction.execute(status -> {
            JdbcTemplate sql = new JdbcTemplate(database.dataSource());
            sql.queryForObject("select 1", Integer.class);
            assertThat(there.add("a")).isFalse();
            return sql.queryForObject("select 1", Integer.class);
        });
        assertThat(one).isEqualTo(1);
    }

    @Test
    void the_cache_spares_the_database_a_duplicate() throws Exception {
        here.add("a");
        here.confirm("a");
        try (Connection locked = database.dataSource().getConnection()) {
            locked.setAutoCommit(false);
            locked.createStatement().execute("lock table feishu.idempotent in access exclusive mode");
            assertThat(here.add("a")).isFalse();
            assertThat(here.contains("a")).isTrue();
            locked.rollback();
        }
    }

    @Test
    void any_text_is_a_key() {
        String longer = "x".repeat(100_000);
        assertThat(here.add(longer + "1")).isTrue();
        assertThat(here.add(longer + "2")).isTrue();
        assertThat(there.add(longer + "1")).isFalse();
        assertThat(here.add("a\u0000b")).isTrue();
        assertThat(there.add("a\u0000b")).isFalse();
    }

    @Test
    void clearing_forgets_this_repository_only() {
        LeasedIdempotentRepository other = repository("other", "n1");
        here.add("a");
        here.confirm("a");
        other.add("a");
        here.clear();
        assertThat(here.add("a")).isTrue();
        assertThat(other.add("a")).isFalse();
    }
}
