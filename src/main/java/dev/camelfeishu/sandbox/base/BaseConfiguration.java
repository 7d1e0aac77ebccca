package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.sandbox.Medias;
import dev.camelfeishu.sandbox.Pushes;
import java.time.Clock;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** The family of the Bases, to be imported by the sandbox's configuration. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BaseSettings.class)
public class BaseConfiguration {
    /** The endpoints, and what the rest of the sandbox wants to know of the Bases. */
    @Bean
    BaseFamily sandboxBaseFamily(
            @Qualifier("sandboxJdbc") JdbcTemplate jdbc,
            @Qualifier("sandboxTransactions") TransactionTemplate transactions,
            Pushes pushes,
            BaseSettings settings,
            ObjectProvider<Medias> medias) {
        return new BaseFamily(
                jdbc,
                transactions,
                pushes,
                new ObjectMapper(),
                Clock.systemUTC(),
                settings,
                medias.getIfAvailable(() -> token -> Optional.empty()));
    }
}
