package dev.camelfeishu.event;

import dev.camelfeishu.openapi.AppTickets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import javax.sql.DataSource;

/** Tickets of store apps on PostgreSQL, so that every process of the integration has the newest one. */
public final class PostgresAppTickets implements AppTickets {

    private final Database database;

    public PostgresAppTickets(DataSource dataSource) {
        this.database = new Database(dataSource);
    }

    @Override
    public Optional<String> ticket(String appId) {
        return database.unchecked(connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("select ticket from feishu.app_ticket where app_id = ?")) {
                statement.setString(1, appId);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
                }
            }
        });
    }

    @Override
    public void keep(String appId, String ticket) {
        keep(appId, ticket, Instant.now());
    }

    /**
     * Keeps a ticket unless there is a newer one: Feishu sends again what was not acknowledged, up to seven hours later.
     *
     * @param pushedAt when Feishu made it
     * @throws IllegalStateException when the database does not answer
     */
    public void keep(String appId, String ticket, Instant pushedAt) {
        database.unchecked(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("""
                    insert into feishu.app_ticket as kept (app_id, ticket, pushed_at) values (?, ?, ?)
                    on conflict (app_id) do update set ticket = excluded.ticket, pushed_at = excluded.pushed_at
                    where kept.pushed_at <= excluded.pushed_at""")) {
                statement.setString(1, appId);
                statement.setString(2, ticket);
                statement.setObject(3, pushedAt.atOffset(ZoneOffset.UTC));
                return statement.executeUpdate();
            }
        });
    }
}
