package dev.camelfeishu;

import java.nio.charset.StandardCharsets;
import java.sql.Statement;
import java.util.Arrays;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/**
 * Migration V4: the tables of the Quartz job store, from the script in Quartz's own jar without its drops. Flyway's
 * connection has schema {@code feishu} first in its search path.
 */
@Component
class QuartzTables implements JavaMigration {

    @Override
    public MigrationVersion getVersion() {
        return MigrationVersion.fromVersion("4");
    }

    @Override
    public String getDescription() {
        return "quartz";
    }

    /** None: a newer Quartz may ship a script with another layout, which is no reason to refuse a start. */
    @Override
    public Integer getChecksum() {
        return null;
    }

    @Override
    public boolean canExecuteInTransaction() {
        return true;
    }

    @Override
    public void migrate(Context context) throws Exception {
        String script = new ClassPathResource("org/quartz/impl/jdbcjobstore/tables_postgres.sql")
                .getContentAsString(StandardCharsets.UTF_8)
                .replaceAll("(?m)^\\s*--.*$", "");
        try (Statement statement = context.getConnection().createStatement()) {
            for (String sql :
                    Arrays.stream(script.split(";")).map(String::strip).toList()) {
                if (sql.regionMatches(true, 0, "create", 0, "create".length())) {
                    statement.execute(sql);
                }
            }
        }
    }
}
