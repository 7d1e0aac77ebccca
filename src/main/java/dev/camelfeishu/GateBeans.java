package dev.camelfeishu;

import dev.camelfeishu.openapi.AppCredentials;
import dev.camelfeishu.openapi.AppTickets;
import dev.camelfeishu.openapi.BaseUrl;
import dev.camelfeishu.openapi.EndpointCatalog;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuClients;
import dev.camelfeishu.openapi.MonthlyBudget;
import dev.camelfeishu.openapi.PlatformUrls;
import dev.camelfeishu.openapi.PostgresCallCounter;
import dev.camelfeishu.openapi.SdkFeishuClients;
import dev.camelfeishu.openapi.UserTokens;
import dev.camelfeishu.ops.AppSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The gate: the clients of the configured apps and the budget of their calls. */
@Configuration(proxyBeanMethods = false)
class GateBeans {

    /** Its warnings are events of the application. */
    @Bean
    @DependsOnDatabaseInitialization
    MonthlyBudget monthlyBudget(
            @Value("${feishu.monthly-budget}") long limit,
            DataSource dataSource,
            ApplicationEventPublisher events,
            MeterRegistry meters) {
        return new MonthlyBudget(
                limit, new PostgresCallCounter(dataSource), events::publishEvent, meters, Clock.systemDefaultZone());
    }

    @Bean
    FeishuClients feishuClients(
            @Value("${feishu.base-url}") String baseUrl,
            @Value("${feishu.www-url}") String wwwUrl,
            Environment environment,
            AppTickets tickets,
            ObjectProvider<UserTokens> people,
            MonthlyBudget budget,
            MeterRegistry meters) {
        return new SdkFeishuClients(
                new PlatformUrls(new BaseUrl(baseUrl), new BaseUrl(wwwUrl)),
                AppSettings.read(environment).stream().collect(Collectors.toMap(AppSettings::name, GateBeans::app)),
                tickets,
                people.getIfAvailable(UserTokens::none),
                budget,
                EndpointCatalog.packed(),
                meters);
    }

    private static AppCredentials app(AppSettings app) {
        return new AppCredentials(
                app.appId(),
                app.appSecret(),
                app.isStore() ? AppCredentials.Kind.STORE : AppCredentials.Kind.SELF_BUILT);
    }

    /** The client of the app {@code default}. */
    @Bean
    FeishuClient feishuClient(FeishuClients clients) {
        return clients.client(FeishuClients.DEFAULT);
    }
}
