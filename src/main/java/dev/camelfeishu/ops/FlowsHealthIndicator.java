package dev.camelfeishu.ops;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Lists the flows with their state. Always UP: a flow that does not start leaves the others running, and is no reason to
 * take events away from them.
 */
@Component
public class FlowsHealthIndicator implements HealthIndicator {

    private final ObjectProvider<Flows> flows;
    private final CamelContext camel;

    FlowsHealthIndicator(ObjectProvider<Flows> flows, CamelContext camel) {
        this.flows = flows;
        this.camel = camel;
    }

    @Override
    public Health health() {
        Map<String, Object> details = new LinkedHashMap<>();
        flows.ifAvailable(found -> found.all().forEach(flow -> details.put(flow.name(), detail(flow))));
        return Health.up().withDetails(details).build();
    }

    private Map<String, Object> detail(Flow flow) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("state", state(flow));
        detail.put("file", flow.file());
        detail.put("copy", flow.fromDisk() ? "disk" : "packed");
        return detail;
    }

    private String state(Flow flow) {
        if (!flow.missing().isEmpty()) {
            return "not started: " + String.join(", ", flow.missing()) + " not set";
        }
        List<String> stopped = camel.getRoutes().stream()
                .filter(route -> belongs(route, flow))
                .map(Route::getRouteId)
                .filter(id -> camel.getRouteController().getRouteStatus(id) != ServiceStatus.Started)
                .toList();
        return stopped.isEmpty() ? "started" : "not started: route " + String.join(", ", stopped);
    }

    private static boolean belongs(Route route, Flow flow) {
        return route.getSourceResource() != null
                && route.getSourceResource().getLocation().replace('\\', '/').endsWith(flow.file());
    }
}
