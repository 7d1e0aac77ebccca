package dev.camelfeishu.sandbox;

import java.util.function.Supplier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The schema {@code sandbox}.
 *
 * @param jdbc SQL on it
 * @param transactions transactions on it
 */
public record SandboxDatabase(JdbcTemplate jdbc, TransactionTemplate transactions) {
    /** Does all of the work or none; a push made in it is sent after it commits. */
    public <T> T inTransaction(Supplier<T> work) {
        return transactions.execute(status -> work.get());
    }
}
