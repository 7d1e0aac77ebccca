package dev.camelfeishu;

import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.Ingresses;
import dev.camelfeishu.event.socket.CallbackResponder;
import dev.camelfeishu.event.socket.LongConnection;
import dev.camelfeishu.openapi.AppCredentials;
import dev.camelfeishu.openapi.BaseUrl;
import dev.camelfeishu.ops.AppSettings;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The second way in, where {@code FEISHU_EVENT_MODE} is {@code socket} or {@code both}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnExpression("{'socket', 'both'}.contains('${feishu.event-mode:webhook}'.trim())")
class LongConnectionBeans {

    /** One for each app that may have one: store apps may not. {@code socket} in the health view. */
    @Bean
    LongConnections socketHealthIndicator(
            @Value("${feishu.base-url}") String baseUrl,
            Environment environment,
            Ingresses ingresses,
            EventJournal journal,
            CallbackResponder callbacks,
            MeterRegistry meters) {
        return new LongConnections(AppSettings.read(environment).stream()
                .filter(app -> !app.isStore())
                .map(app -> new LongConnection(
                        app.name(),
                        new BaseUrl(baseUrl),
                        new AppCredentials(app.appId(), app.appSecret()),
                        ingresses.of(app.name()),
                        journal,
                        callbacks,
                        meters))
                .toList());
    }
}
