package dev.camelfeishu;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.opentelemetry2.OpenTelemetryTracer;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Traces over OTLP, from the webhook through the journal to what routes call. Off until {@code OTEL_EXPORTER_OTLP_ENDPOINT}
 * says where they go; all other <a
 * href="https://opentelemetry.io/docs/languages/java/configuration/">variables of OpenTelemetry</a> are followed too.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(TracingBeans.Wanted.class)
class TracingBeans {

    /** Metrics and logs have ways of their own; a person's settings win over these. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "otel.service.name", "camel-feishu",
            "otel.exporter.otlp.protocol", "http/protobuf",
            "otel.metrics.exporter", "none",
            "otel.logs.exporter", "none");

    static final class Wanted implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return StringUtils.hasText(context.getEnvironment().getProperty("OTEL_EXPORTER_OTLP_ENDPOINT"));
        }
    }

    /** Sends what it still holds when it is closed. */
    @Bean(destroyMethod = "close")
    OpenTelemetrySdk openTelemetry(@Value("${OTEL_EXPORTER_OTLP_ENDPOINT}") String endpoint) {
        Map<String, String> settings = new TreeMap<>(DEFAULTS);
        settings.put("otel.exporter.otlp.endpoint", endpoint);
        return AutoConfiguredOpenTelemetrySdk.builder()
                .addPropertiesSupplier(() -> settings)
                .disableShutdownHook()
                .build()
                .getOpenTelemetrySdk();
    }

    @Bean
    Tracer tracer(OpenTelemetry telemetry) {
        return telemetry.getTracer("dev.camelfeishu");
    }

    /** Camel's tracer finds it in the registry, as it does the {@link Tracer}. */
    @Bean
    ContextPropagators contextPropagators(OpenTelemetry telemetry) {
        return telemetry.getPropagators();
    }

    @Bean
    ReceivedSpans receivedSpans(Tracer tracer, ContextPropagators propagators) {
        return new ReceivedSpans(tracer, propagators.getTextMapPropagator());
    }

    /** The routes of the webhooks have none: their span is that of {@link ReceivedSpans}, which the event keeps. */
    @Bean
    CamelContextConfiguration camelTracing() {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext context) {
                OpenTelemetryTracer tracer = new OpenTelemetryTracer();
                tracer.setExcludePatterns("netty-http:*");
                tracer.init(context);
            }

            @Override
            public void afterApplicationStart(CamelContext context) {
                // nothing is left to do
            }
        };
    }
}
