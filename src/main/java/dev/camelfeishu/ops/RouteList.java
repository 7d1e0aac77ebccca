package dev.camelfeishu.ops;

import dev.camelfeishu.event.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.spi.Resource;
import org.apache.camel.spi.RouteError;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriUtils;

/** The routes of this process, as an operator sees them. */
@Component
public class RouteList {

    private final CamelContext camel;
    private final ObjectProvider<Flows> flows;
    private final RouteRuns runs;

    RouteList(CamelContext camel, ObjectProvider<Flows> flows, RouteRuns runs) {
        this.camel = camel;
        this.flows = flows;
        this.runs = runs;
    }

    public enum State {
        STARTED,
        STOPPED,
        /** Between the two. */
        CHANGING
    }

    /**
     * @param from the address it begins with, without parameters
     * @param flow the flow it is part of, null for a route of the application itself
     * @param line where it begins in its file, 0 when that is not known
     * @param notStarted why its last start or stop failed, or null
     * @param last null when it is not watched
     */
    public record Item(
            String id,
            String description,
            String from,
            Flow flow,
            int line,
            State state,
            String notStarted,
            RouteRuns.Last last) {}

    /** In the order of flows and lines, those of the application itself at the end. */
    public List<Item> all() {
        return camel.getRoutes().stream()
                .map(this::item)
                .sorted(Comparator.comparing((Item item) -> item.flow() == null)
                        .thenComparing(
                                item -> item.flow() == null ? "" : item.flow().name())
                        .thenComparing(Item::line)
                        .thenComparing(Item::id))
                .toList();
    }

    public Optional<Item> find(String id) {
        return Optional.ofNullable(camel.getRoute(id)).map(this::item);
    }

    /** Every flow that was found at start-up, also those that were not loaded. */
    public List<Flow> flows() {
        Flows found = flows.getIfAvailable();
        return found == null ? List.of() : found.all();
    }

    /** The file a route was read from, as it is written; empty for one that is written in Java. */
    public Optional<String> source(String id) {
        Resource resource = Optional.ofNullable(camel.getRoute(id))
                .map(Route::getSourceResource)
                .orElse(null);
        if (resource == null || !resource.exists() || !resource.getLocation().endsWith(".yaml")) {
            return Optional.empty();
        }
        try (InputStream text = resource.getInputStream()) {
            return Optional.of(new String(text.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Item item(Route route) {
        ServiceStatus status = camel.getRouteController().getRouteStatus(route.getRouteId());
        RouteError error = route.getLastError();
        return new Item(
                route.getRouteId(),
                route.getDescription(),
                address(route.getEndpoint().getEndpointUri()),
                flowOf(route),
                Math.max(0, line(route)),
                status == null ? State.STOPPED : state(status),
                error == null || error.getException() == null
                        ? null
                        : Failure.of(error.getException()).cause(),
                runs.of(route.getRouteId()).orElse(null));
    }

    private static State state(ServiceStatus status) {
        if (status.isStarted()) {
            return State.STARTED;
        }
        return status.isStopped() || status.isSuspended() ? State.STOPPED : State.CHANGING;
    }

    private static int line(Route route) {
        String location = route.getSourceLocationShort();
        String line = location == null ? "" : location.substring(location.lastIndexOf(':') + 1);
        return line.matches("\\d{1,6}") ? Integer.parseInt(line) : 0;
    }

    /** The scheme and the path of an endpoint's address, as a person writes it. */
    static String address(String uri) {
        int query = uri.indexOf('?');
        String address = (query < 0 ? uri : uri.substring(0, query)).replace("://", ":");
        return UriUtils.decode(address.replaceAll("%(?![0-9a-fA-F]{2})", "%25"), StandardCharsets.UTF_8);
    }

    private Flow flowOf(Route route) {
        if (route.getSourceResource() == null) {
            return null;
        }
        String location = route.getSourceResource().getLocation().replace('\\', '/');
        return flows().stream()
                .filter(flow -> location.endsWith(flow.file()))
                .findFirst()
                .orElse(null);
    }
}
