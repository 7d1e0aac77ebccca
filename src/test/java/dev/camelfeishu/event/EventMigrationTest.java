package dev.camelfeishu.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;

@DisplayName("Events that were stored before the payload became text")
class EventMigrationTest {

    private static final String INSERT =
            "insert into feishu.event (app_id, tenant_key, event_id, type, lane_key, created_at, payload)"
                    + " values ('cli_x', 't', ?, 'a.b_v1', 'k', now(), %s)";

    @Test
    void stay_as_they_are_and_are_known_again() throws Exception {
        String payload = "{\"event\":{\"name\":\"订单 \\\"7\\\" 😀\",\"amount\":12.50,\"none\":null}}";
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
            JdbcTemplate sql = new JdbcTemplate(postgres.getPostgresDatabase());
            migrate(postgres, "13");
            sql.update(INSERT.formatted("?::jsonb"), "one", payload);
            sql.update(INSERT.formatted("null"), "purged");
            migrate(postgres, "latest");
            ObjectMapper json = new ObjectMapper();
            assertThat(json.readTree(payload(sql, "one"))).isEqualTo(json.readTree(payload));
            assertThat(payload(sql, "purged")).isNull();
            for (String known : new String[] {"one", "purged"}) {
                assertThatThrownBy(() -> sql.update(INSERT.formatted("'{}'"), known))
                        .isInstanceOf(DuplicateKeyException.class);
            }
            assertThat(sql.update(INSERT.formatted("'{}'"), "other")).isOne();
        }
    }

    private static String payload(JdbcTemplate sql, String event) {
        return sql.queryForObject("select payload from feishu.event where event_id = ?", String.class, event);
    }

    private static void migrate(EmbeddedPostgres postgres, String target) {
        Flyway.configure()
                .dataSource(postgres.getPostgresDatabase())
                .schemas("feishu")
                .locations("classpath:db/migration")
                .target(target)
                .load()
                .migrate();
    }
}
