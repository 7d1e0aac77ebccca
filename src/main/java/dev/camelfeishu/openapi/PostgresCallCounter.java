package dev.camelfeishu.openapi;

import java.sql.SQLException;
import java.time.YearMonth;
import javax.sql.DataSource;

/** Counts calls in {@code feishu.api_budget}, together with all other processes. */
public final class PostgresCallCounter implements MonthlyBudget.Counter {

    private static final String ADD = "insert into feishu.api_budget (account, month, calls) values (?, ?, ?) "
            + "on conflict (account, month) do update set calls = api_budget.calls + excluded.calls returning calls";

    private final DataSource dataSource;

    public PostgresCallCounter(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** @throws IllegalStateException when the database does not take them */
    @Override
    public long add(String account, YearMonth month, long calls) {
        try (var connection = dataSource.getConnection();
                var statement = connection.prepareStatement(ADD)) {
            statement.setString(1, account);
            statement.setObject(2, month.atDay(1));
            statement.setLong(3, calls);
            try (var counted = statement.executeQuery()) {
                counted.next();
                return counted.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("feishu.api_budget cannot be written", e);
        }
    }
}
