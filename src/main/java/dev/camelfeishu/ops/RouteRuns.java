package dev.camelfeishu.ops;

import dev.camelfeishu.event.Failure;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.springframework.stereotype.Component;

/** Remembers of each route when it last ran and what went wrong last, since this process began. Webhooks are left out: they are many. */
@Component
public class RouteRuns implements RoutePolicyFactory {

    private final Map<String, Runs> byRoute = new ConcurrentHashMap<>();

    /**
     * @param lastEnd null when it never ran
     * @param lastFailed whether the last run failed, handled or not
     * @param errorAt null when nothing ever failed
     * @param error one line without secrets
     */
    public record Last(Instant lastEnd, boolean lastFailed, long runs, long failures, Instant errorAt, String error) {}

    public Optional<Last> of(String routeId) {
        return Optional.ofNullable(byRoute.get(routeId)).map(Runs::last);
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext camel, String routeId, NamedNode route) {
        return routeId.startsWith("webhook-") ? null : byRoute.computeIfAbsent(routeId, id -> new Runs());
    }

    private static final class Runs extends RoutePolicySupport {

        private volatile Last last = new Last(null, false, 0, 0, null, null);

        private Last last() {
            return last;
        }

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            Throwable failure = exchange.getException() != null
                    ? exchange.getException()
                    : exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
            Instant now = Instant.now();
            synchronized (this) {
                last = failure == null
                        ? new Last(now, false, last.runs + 1, last.failures, last.errorAt, last.error)
                        : new Last(
                                now,
                                true,
                                last.runs + 1,
                                last.failures + 1,
                                now,
                                Failure.of(failure).cause());
            }
        }
    }
}
