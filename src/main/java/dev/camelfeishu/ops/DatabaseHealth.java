package dev.camelfeishu.ops;

import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.jdbc.DataSourceHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/** The two databases' health. Readiness asks the integration's own only: without the ERP events are still stored. */
@Configuration(proxyBeanMethods = false)
class DatabaseHealth {

    /** UP when events can be stored: the database answers, takes writes and is migrated. */
    @Bean
    HealthIndicator dbHealthIndicator(JdbcTemplate jdbc) {
        return () -> {
            try {
                Boolean migrated = jdbc.queryForObject(
                        "select count(*) > 0 and bool_and(success) from feishu.flyway_schema_history", Boolean.class);
                Boolean readOnly =
                        jdbc.queryForObject("select current_setting('transaction_read_only')::boolean", Boolean.class);
                Health.Builder health =
                        Boolean.TRUE.equals(migrated) && Boolean.FALSE.equals(readOnly) ? Health.up() : Health.down();
                return health.withDetail("migrated", migrated)
                        .withDetail("read_only", readOnly)
                        .build();
            } catch (DataAccessException e) {
                return Health.down().withDetail("error", reason(e)).build();
            }
        };
    }

    @Bean
    HealthIndicator erpHealthIndicator(@Qualifier("erp") DataSource erp) {
        return new DataSourceHealthIndicator(erp);
    }

    private static String reason(DataAccessException e) {
        return e.getMostSpecificCause().getClass().getSimpleName();
    }
}
