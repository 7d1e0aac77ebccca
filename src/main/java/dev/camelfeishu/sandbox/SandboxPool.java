package dev.camelfeishu.sandbox;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Connections of the sandbox's own to the application's database. Feishu does not share its connections with anyone: the
 * application may hold all of its own while it waits for the sandbox's answer.
 */
final class SandboxPool implements AutoCloseable {
    private static final int SIZE = 8;

    private final DataSource source;
    private final HikariDataSource own;

    SandboxPool(DataSource application) {
        own = ownPool(application);
        source = own == null ? application : own;
    }

    DataSource source() {
        return source;
    }

    @Override
    public void close() {
        if (own != null) {
            own.close();
        }
    }

    /** Null where the application's connections are not pooled, or not by address. */
    private static HikariDataSource ownPool(DataSource application) {
        try {
            if (!application.isWrapperFor(HikariDataSource.class)) {
                return null;
            }
            HikariDataSource pool = application.unwrap(HikariDataSource.class);
            if (pool.getJdbcUrl() == null) {
                return null;
            }
            HikariDataSource own = new HikariDataSource();
            own.setPoolName("sandbox");
            own.setJdbcUrl(pool.getJdbcUrl());
            own.setUsername(pool.getUsername());
            own.setPassword(pool.getPassword());
            own.setMaximumPoolSize(SIZE);
            own.setMinimumIdle(1);
            return own;
        } catch (SQLException e) {
            throw new IllegalStateException("the application's database cannot be looked at", e);
        }
    }
}
