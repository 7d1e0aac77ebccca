package dev.camelfeishu.route;

import org.apache.camel.CamelContext;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the webhooks on the main port, unless they have a port of their own. */
@Configuration(proxyBeanMethods = false)
class WebhookServing {

    @Bean
    @ConditionalOnExpression("'${feishu.webhook-port:}'.isBlank()")
    ServletRegistrationBean<WebhookServlet> webhookServlet(CamelContext camel, AppWebhooks webhooks) {
        ServletRegistrationBean<WebhookServlet> registration = new ServletRegistrationBean<>(
                new WebhookServlet(camel, webhooks.all()),
                webhooks.all().stream().map(AppWebhooks.Webhook::path).toArray(String[]::new));
        registration.setName("webhooks");
        // without a path of its own it would be everybody's
        registration.setEnabled(!webhooks.all().isEmpty());
        return registration;
    }
}
