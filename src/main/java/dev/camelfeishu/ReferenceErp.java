package dev.camelfeishu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes and fills schema {@code erp} where it is not there yet. What is there is never touched. */
final class ReferenceErp implements InitializingBean {

    private static final Logger LOG = LoggerFactory.getLogger(ReferenceErp.class);

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;

    ReferenceErp(DataSource erp) {
        this.jdbc = new JdbcTemplate(erp);
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(erp));
    }

    @Override
    public void afterPropertiesSet() throws IOException {
        String schema = script("schema.sql");
        String seed = script("seed.sql");
        transaction.executeWithoutResult(status -> {
            // two applications may start at once on one database
            jdbc.execute("select pg_advisory_xact_lock(hashtext('camel-feishu reference erp'))");
            Boolean exists = jdbc.queryForObject("select to_regnamespace('erp') is not null", Boolean.class);
            if (Boolean.FALSE.equals(exists)) {
                jdbc.execute(schema);
                jdbc.execute(seed);
                LOG.info("Made the reference ERP: schema erp with its seed");
            }
        });
    }

    /** An order that a person may try things with; empty when somebody deleted them all. */
    Optional<String> anyOrder() {
        List<String> ids = jdbc.queryForList("select order_id from erp.orders order by order_id limit 1", String.class);
        return ids.stream().findFirst();
    }

    private static String script(String name) throws IOException {
        return new ClassPathResource("db/erp/" + name).getContentAsString(StandardCharsets.UTF_8);
    }
}
