package dev.camelfeishu.route;

import java.net.InetSocketAddress;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.web.embedded.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Puts the webhooks on {@code WEBHOOK_PORT}, or on the main port where there is none. */
@Configuration(proxyBeanMethods = false)
class WebhookServing {

    private static final String HAS_OWN_PORT = "!'${feishu.webhook-port:}'.isBlank()";

    private static final String HAS_NO_PORT = "!(" + HAS_OWN_PORT + ")";

    @Bean
    @ConditionalOnExpression(HAS_OWN_PORT)
    WebhookListener webhookListener(
            AppWebhooks webhooks,
            @Value("${feishu.webhook-port}") String port,
            @Value("${server.address:}") String address) {
        int number = Integer.parseInt(port.strip());
        return new WebhookListener(
                webhooks.byPath(),
                address.isBlank() ? new InetSocketAddress(number) : new InetSocketAddress(address.strip(), number));
    }

    /** The first filter of all: what other requests need, such as accounts and parameters, webhooks have no use for. */
    @Bean
    @ConditionalOnExpression(HAS_NO_PORT)
    FilterRegistrationBean<WebhookFilter> webhookFilter(AppWebhooks webhooks) {
        FilterRegistrationBean<WebhookFilter> registration =
                new FilterRegistrationBean<>(new WebhookFilter(webhooks.byPath()));
        registration.addUrlPatterns(webhooks.byPath().keySet().toArray(String[]::new));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        // without a path of its own it would be everybody's
        registration.setEnabled(!webhooks.byPath().isEmpty());
        return registration;
    }

    /** Nobody else's: what asks for any executor gets the application's. */
    @Bean(defaultCandidate = false)
    @ConditionalOnExpression(HAS_NO_PORT)
    RequestThreads requestThreads(@Value("${server.tomcat.threads.max}") int most) {
        return new RequestThreads(2 * Runtime.getRuntime().availableProcessors(), most);
    }

    /** Of the main port only: health and metrics have a server of their own. */
    @Bean
    @ConditionalOnExpression(HAS_NO_PORT)
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> mainPort(
            @Qualifier("requestThreads") RequestThreads threads) {
        return server -> server.addProtocolHandlerCustomizers(protocol -> protocol.setExecutor(threads));
    }
}
