package dev.camelfeishu;

import dev.camelfeishu.component.FeishuPlatform;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.ops.RouteRuns;
import dev.camelfeishu.ops.apply.ChangeLog;
import dev.camelfeishu.ops.apply.RouteChanges;
import dev.camelfeishu.ops.apply.RouteWatch;
import dev.camelfeishu.ops.lint.Linter;
import java.time.Clock;
import org.apache.camel.CamelContext;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.jdbc.core.JdbcTemplate;

/** Changes of routes while the application runs. */
@Configuration(proxyBeanMethods = false)
class RouteChangeBeans {

    @Bean
    Linter linter(ConfigurableEnvironment environment) {
        return new Linter(new EnvironmentSettings(environment));
    }

    @Bean
    ChangeLog changeLog(JdbcTemplate jdbc) {
        return new ChangeLog(jdbc);
    }

    @Bean
    RouteChanges routeChanges(
            CamelContext camel,
            HomeFiles files,
            ConfigurableEnvironment environment,
            Linter linter,
            ChangeLog log,
            EventJournal journal,
            FeishuPlatform platform,
            RouteRuns runs,
            @Value("${feishu.node}") String node) {
        return new RouteChanges(
                camel,
                new HomeRouteFolder(files, environment),
                linter,
                log,
                journal,
                platform.commandNames(),
                runs,
                node,
                Clock.systemUTC());
    }

    @Bean
    @ConditionalOnProperty("feishu.routes.watch")
    RouteWatch routeWatch(RouteChanges changes) {
        return new RouteWatch(changes);
    }

    /** When all routes are there. */
    @Bean
    @ConditionalOnProperty("feishu.routes.watch")
    ApplicationListener<ApplicationReadyEvent> watching(RouteWatch watch) {
        return ready -> watch.start();
    }
}
