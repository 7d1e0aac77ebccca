package dev.camelfeishu.event;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.camelfeishu.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** A PostgreSQL with the journal's tables. */
final class JournalDatabase implements AutoCloseable {

    private final TestDatabase postgres;
    private final HikariDataSource pool;
    final JdbcTemplate sql;

    JournalDatabase() throws IOException {
        postgres = new TestDatabase();
        pool = pool();
        sql = new JdbcTemplate(pool);
    }

    DataSource dataSource() {
        return pool;
    }

    /** Another pool, as another process has. */
    HikariDataSource pool() {
        HikariConfig config = new HikariConfig();
        config.setDataSource(postgres.dataSource());
        config.setMaximumPoolSize(16);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(2_000);
        return new HikariDataSource(config);
    }

    /** Ends a process' connections from the server's side, as a kill -9 of the process does from its own. */
    void sever(HikariDataSource process) {
        process.close();
    }

    void truncate() {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "truncate feishu.event, feishu.delivery, feishu.lease, feishu.dead_letter, feishu.idempotent");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    List<String> states() {
        return sql.queryForList("select state from feishu.delivery order by id", String.class);
    }

    static FeishuEvent event(String id, String key) {
        ObjectNode payload = JsonNodeFactory.instance.objectNode();
        payload.put("schema", "2.0").putObject("event").put("name", "事件 " + id);
        return new FeishuEvent("cli_x", "t", id, "a.b_v1", key, Instant.parse("2024-05-01T08:00:00.123456Z"), payload);
    }

    @Override
    public void close() throws IOException {
        pool.close();
        postgres.close();
    }
}
