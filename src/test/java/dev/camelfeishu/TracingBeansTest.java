package dev.camelfeishu;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.camelfeishu.event.Headers;
import dev.camelfeishu.event.TraceContext;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class TracingBeansTest {

    private static final String CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final SdkTracerProvider provider = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(exporter))
            .build();
    private final Tracer tracer = provider.get("test");
    private final ReceivedSpans received = new ReceivedSpans(tracer, W3CTraceContextPropagator.getInstance());

    @Test
    void an_event_goes_on_with_the_trace_of_its_request() {
        TraceContext trace = received.apply(Headers.of(Map.of("TraceParent", CALLER, "tracestate", "vendor=1")));

        SpanData span = exporter.getFinishedSpanItems().get(0);
        assertThat(span.getParentSpanId()).isEqualTo("00f067aa0ba902b7");
        assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(trace.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(trace.parent()).contains(span.getSpanId());
        assertThat(trace.state()).isEqualTo("vendor=1");
    }

    @Test
    void what_is_not_well_formed_begins_a_trace() {
        TraceContext trace = received.apply(Headers.of(Map.of("traceparent", "00-<script>")));

        SpanData span = exporter.getFinishedSpanItems().get(0);
        assertThat(span.getParentSpanContext().isValid()).isFalse();
        assertThat(trace.parent()).contains(span.getTraceId()).contains(span.getSpanId());
    }

    @Test
    void what_a_route_calls_is_in_the_trace_of_the_event() throws Exception {
        TraceContext trace = received.apply(Headers.NONE);
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.getRegistry().bind("tracer", Tracer.class, tracer);
            camel.getRegistry()
                    .bind(
                            "propagators",
                            ContextPropagators.class,
                            ContextPropagators.create(W3CTraceContextPropagator.getInstance()));
            new TracingBeans().camelTracing().beforeApplicationStart(camel);
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:event").to("direct:erp");
                    from("direct:erp").log("booked");
                }
            });
            camel.start();
            camel.createProducerTemplate().sendBodyAndHeader("direct:event", "{}", "traceparent", trace.parent());
        }

        List<SpanData> spans = exporter.getFinishedSpanItems();
        assertThat(spans).hasSizeGreaterThanOrEqualTo(3);
        assertThat(spans).extracting(SpanData::getTraceId).containsOnly(trace.traceId());
        String root = spans.get(0).getSpanId();
        assertThat(spans)
                .filteredOn(span -> span.getParentSpanId().equals(root))
                .isNotEmpty();
    }

    @Test
    void spans_go_to_the_endpoint_that_the_variable_names_and_nothing_is_there_without_it() throws Exception {
        var paths = new ConcurrentLinkedQueue<String>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            paths.add(exchange.getRequestURI().getPath());
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        try {
            ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(TracingBeans.class);
            runner.run(context -> assertThat(context).doesNotHaveBean(OpenTelemetry.class));
            runner.withPropertyValues("OTEL_EXPORTER_OTLP_ENDPOINT=")
                    .run(context -> assertThat(context).doesNotHaveBean(OpenTelemetry.class));
            runner.withPropertyValues("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:"
                            + collector.getAddress().getPort())
                    .run(context -> context.getBean(ReceivedSpans.class).apply(Headers.NONE));
        } finally {
            collector.stop(0);
        }
        assertThat(paths).containsExactly("/v1/traces");
    }
}
