package dev.camelfeishu.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresAppTicketsTest {

    private static JournalDatabase database;

    @BeforeAll
    static void start() throws IOException {
        database = new JournalDatabase();
    }

    @AfterAll
    static void stop() throws IOException {
        database.close();
    }

    @Test
    void the_newest_ticket_of_each_app_is_kept_whatever_comes_late() {
        PostgresAppTickets tickets = new PostgresAppTickets(database.dataSource());
        assertThat(tickets.ticket("cli_a")).isEmpty();
        Instant noon = Instant.parse("2024-05-01T12:00:00Z");
        tickets.keep("cli_a", "first", noon);
        tickets.keep("cli_a", "second", noon.plusSeconds(3600));
        tickets.keep("cli_a", "first", noon);
        tickets.keep("cli_b", "other", noon);
        assertThat(tickets.ticket("cli_a")).contains("second");
        assertThat(tickets.ticket("cli_b")).contains("other");
        tickets.keep("cli_a", "now");
        assertThat(new PostgresAppTickets(database.dataSource()).ticket("cli_a"))
                .contains("now");
    }
}
