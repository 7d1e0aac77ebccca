package dev.camelfeishu;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Profile;
import org.springframework.util.StringUtils;

/** The two databases: the integration's own, which everything uses unless it says otherwise, and the ERP's. */
@Configuration(proxyBeanMethods = false)
class DataSources {

    /** The integration's database: schema {@code feishu}. */
    @Bean
    @Primary
    @ConfigurationProperties("spring.datasource.hikari")
    HikariDataSource dataSource(DataSourceProperties properties) {
        HikariDataSource pool = properties
                .initializeDataSourceBuilder()
                .type(HikariDataSource.class)
                .build();
        pool.setPoolName("feishu");
        return pool;
    }

    /**
     * The ERP's database: schema {@code erp}; {@code dataSource=#erp} in a route. Its limits leave time to answer a person
     * within 10 s when it hangs, and it may be away when the application starts.
     *
     * @param connectionTimeout how long a route waits for a connection
     * @param queryTimeout how long a statement may take
     */
    @Bean(defaultCandidate = false)
    HikariDataSource erp(
            DataSourceProperties primary,
            @Value("${erp.datasource.url:}") String url,
            @Value("${erp.datasource.username:}") String username,
            @Value("${erp.datasource.password:}") String password,
            @Value("${erp.datasource.maximum-pool-size:6}") int size,
            @Value("${erp.datasource.connection-timeout:2s}") Duration connectionTimeout,
            @Value("${erp.datasource.query-timeout:6s}") Duration queryTimeout) {
        HikariDataSource pool = new HikariDataSource();
        pool.setPoolName("erp");
        pool.setJdbcUrl(StringUtils.hasText(url) ? url : primary.determineUrl());
        pool.setUsername(StringUtils.hasText(username) ? username : primary.determineUsername());
        pool.setPassword(StringUtils.hasText(password) ? password : primary.determinePassword());
        pool.setMaximumPoolSize(size);
        pool.setMinimumIdle(1);
        pool.setConnectionTimeout(connectionTimeout.toMillis());
        pool.setValidationTimeout(Math.min(1000, connectionTimeout.toMillis()));
        pool.setInitializationFailTimeout(-1);
        if (pool.getJdbcUrl().startsWith("jdbc:postgresql:")) {
            pool.addDataSourceProperty("ApplicationName", "camel-feishu");
            pool.addDataSourceProperty("connectTimeout", seconds(connectionTimeout));
            // the server ends a slow statement; the socket's limit is for a server that no longer answers at all
            pool.addDataSourceProperty("options", "-c statement_timeout=" + queryTimeout.toMillis());
            pool.addDataSourceProperty("socketTimeout", seconds(queryTimeout.plusSeconds(1)));
            pool.addDataSourceProperty("tcpKeepAlive", "true");
        }
        return pool;
    }

    private static String seconds(Duration duration) {
        return Long.toString(Math.max(1, duration.toSeconds()));
    }

    /** The reference ERP, for trying only: in production the schema is the customer's own. */
    @Bean
    @Profile("sandbox")
    ReferenceErp referenceErp(@Qualifier("erp") DataSource erp) {
        return new ReferenceErp(erp);
    }
}
