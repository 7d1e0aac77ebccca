package dev.camelfeishu;

import dev.camelfeishu.event.Headers;
import dev.camelfeishu.event.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The first span of an event: Feishu's request for it was accepted. What routes do with the event, seconds or days later
 * and perhaps in another process, follows from it in the same trace.
 */
final class ReceivedSpans implements Function<Headers, TraceContext> {

    private static final TextMapGetter<Headers> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Headers headers) {
            return List.of();
        }

        @Override
        public String get(Headers headers, String name) {
            return headers.first(name);
        }
    };

    private final Tracer tracer;
    private final TextMapPropagator propagator;

    ReceivedSpans(Tracer tracer, TextMapPropagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    @Override
    public TraceContext apply(Headers headers) {
        // nothing of the request is read that is not well formed
        Headers checked = TraceContext.named(headers)
                .map(named -> Headers.of(Map.of("traceparent", named.parent(), "tracestate", named.state())))
                .orElse(Headers.NONE);
        Span span = tracer.spanBuilder("feishu receive")
                .setSpanKind(SpanKind.SERVER)
                .setParent(propagator.extract(Context.root(), checked, HEADERS))
                .startSpan();
        span.end();
        Map<String, String> carried = new TreeMap<>();
        propagator.inject(Context.root().with(span), carried, Map::put);
        return TraceContext.of(Headers.of(carried));
    }
}
