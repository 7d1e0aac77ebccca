package dev.camelfeishu.ops.console;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.event.DeadLetters;
import dev.camelfeishu.event.JournalState;
import dev.camelfeishu.event.PostgresEventJournal;
import dev.camelfeishu.ops.Flow;
import dev.camelfeishu.ops.PairOperations;
import dev.camelfeishu.ops.RouteList;
import dev.camelfeishu.ops.Vitals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The first page: whether anything needs a person, then the figures beside their targets, then the flows and pairs. */
@Controller
class OverviewController {

    /** A share of fewer calls says little. */
    private static final int ENOUGH_CALLS = 50;

    private final PostgresEventJournal journal;
    private final DeadLetters deadLetters;
    private final RouteList routes;
    private final PairOperations pairs;
    private final Vitals vitals;
    private final Targets targets;

    OverviewController(
            PostgresEventJournal journal,
            DeadLetters deadLetters,
            RouteList routes,
            PairOperations pairs,
            Vitals vitals,
            @Value("${ops.targets.lag:10s}") Duration lag,
            @Value("${ops.targets.api-success:99.5}") double apiSuccess,
            @Value("${ops.targets.token-hits:95}") double tokenHits,
            @Value("${ops.targets.quota:80}") double quota) {
        this.journal = journal;
        this.deadLetters = deadLetters;
        this.routes = routes;
        this.pairs = pairs;
        this.vitals = vitals;
        this.targets = new Targets(lag.toMillis() / 1000.0, apiSuccess / 100, tokenHits / 100, quota / 100);
    }

    /** In seconds and shares of one. */
    public record Targets(double lag, double apiSuccess, double tokenHits, double quota) {}

    /** What a person should look at; {@code need.<key>} says it. */
    public record Need(String key, Object what, String address) {}

    /**
     * @param state started, partly, stopped, or missing when a setting is
     * @param lag of its subscriptions, in seconds
     */
    public record FlowLine(
            Flow flow, String state, long routes, long stopped, long open, double lag, long failures, String error) {}

    @GetMapping("/console")
    String overview(Model model) {
        JournalState state = journal.state();
        List<RouteList.Item> all = routes.all();
        List<FlowLine> flows =
                routes.flows().stream().map(flow -> line(flow, all, state)).toList();
        JsonNode pairList = pairs.list().path("items");
        long dead = deadLetters
                .list(DeadLetters.Filter.of(DeadLetters.State.NEW), 0, 1)
                .total();
        model.addAttribute("needs", needs(state, all, flows, pairList, dead));
        model.addAttribute("flows", flows);
        model.addAttribute(
                "running",
                all.stream()
                        .filter(route -> route.state() == RouteList.State.STARTED)
                        .count());
        model.addAttribute("pairs", pairList);
        model.addAttribute("dead", dead);
        model.addAttribute("targets", targets);
        model.addAttribute("lag", state.lag().toMillis() / 1000.0);
        model.addAttribute("apiSuccess", vitals.callSuccess());
        model.addAttribute("tokenHits", vitals.tokenHits());
        model.addAttribute("quotas", vitals.quotas());
        List<Vitals.Minute> minutes = vitals.minutes();
        model.addAttribute(
                "perMinute",
                minutes.isEmpty() ? 0 : minutes.get(minutes.size() - 1).events());
        model.addAttribute("events", plot(minutes, Vitals.Minute::events));
        model.addAttribute("lags", plot(minutes, Vitals.Minute::lag));
        Plot calls = plot(minutes, Vitals.Minute::calls);
        model.addAttribute("calls", calls);
        model.addAttribute(
                "failedCalls",
                Plot.of(minutes.stream().map(Vitals.Minute::failedCalls).toList(), calls.top()));
        model.addAttribute(
                "few", minutes.stream().mapToDouble(Vitals.Minute::calls).sum() < ENOUGH_CALLS);
        model.addAttribute(
                "callsPerMinute",
                minutes.isEmpty() ? 0 : minutes.get(minutes.size() - 1).calls());
        return "console/overview";
    }

    private static Plot plot(List<Vitals.Minute> minutes, ToDoubleFunction<Vitals.Minute> value) {
        return Plot.of(minutes.stream().map(value::applyAsDouble).toList());
    }

    private static FlowLine line(Flow flow, List<RouteList.Item> all, JournalState state) {
        List<RouteList.Item> own =
                all.stream().filter(route -> flow.equals(route.flow())).toList();
        long stopped = own.stream()
                .filter(route -> route.state() != RouteList.State.STARTED)
                .count();
        Map<String, JournalState.SubscriptionState> subscriptions = state.subscriptions().stream()
                .collect(Collectors.toMap(JournalState.SubscriptionState::name, one -> one, (one, other) -> one));
        List<JournalState.SubscriptionState> subscribed = own.stream()
                .map(route -> subscriptions.get(route.id()))
                .filter(one -> one != null)
                .toList();
        return new FlowLine(
                flow,
                word(flow, own, stopped),
                own.size(),
                stopped,
                subscribed.stream()
                        .mapToLong(JournalState.SubscriptionState::open)
                        .sum(),
                subscribed.stream()
                        .mapToDouble(one -> one.lag().toMillis() / 1000.0)
                        .max()
                        .orElse(0),
                own.stream()
                        .filter(route -> route.last() != null)
                        .mapToLong(route -> route.last().failures())
                        .sum(),
                own.stream()
                        .filter(route -> route.last() != null && route.last().lastFailed())
                        .map(route -> route.last().error())
                        .findFirst()
                        .orElse(null));
    }

    private static String word(Flow flow, List<RouteList.Item> own, long stopped) {
        if (!flow.missing().isEmpty()) {
            return "missing";
        }
        if (own.isEmpty()) {
            return "shared";
        }
        return stopped == 0 ? "started" : stopped == own.size() ? "stopped" : "partly";
    }

    private List<Need> needs(
            JournalState state, List<RouteList.Item> all, List<FlowLine> flows, JsonNode pairList, long dead) {
        List<Need> needs = new ArrayList<>();
        if (state.measuredAt() == null) {
            needs.add(new Need("database", "", "/console"));
        }
        if (dead > 0) {
            needs.add(new Need("dead", dead, "/console/dead-letters?state=NEW"));
        }
        all.stream()
                .filter(route -> route.state() == RouteList.State.STOPPED)
                .forEach(route -> needs.add(new Need("stopped", route.id(), "/console/routes/" + route.id())));
        flows.stream()
                .filter(line -> line.state().equals("missing"))
                .forEach(line -> needs.add(new Need(
                        "missing",
                        line.flow().name() + ": "
                                + String.join(", ", line.flow().missing()),
                        "/console/routes")));
        if (state.lag().toMillis() / 1000.0 > targets.lag()) {
            needs.add(new Need("lag", "", "/console/events?state=OPEN"));
        }
        for (JsonNode pair : pairList) {
            String address = "/console/pairs/" + pair.path("name").asText();
            if (pair.path("pending_deletes").asLong() > 0) {
                needs.add(new Need("deletes", pair.path("pending_deletes").asLong(), address + "/deletes"));
            }
            if (pair.path("undecided").asLong() > 0) {
                needs.add(new Need("conflicts", pair.path("undecided").asLong(), address + "/conflicts"));
            }
            if (pair.at("/first_link/state").asText().equalsIgnoreCase("waiting")) {
                needs.add(new Need("first-link", pair.path("name").asText(), address));
            }
            if (pair.path("divergent").asLong() > 0) {
                needs.add(new Need("divergent", pair.path("divergent").asLong(), address));
            }
            pair.path("problems").forEach(problem -> needs.add(new Need("problem", problem.asText(), address)));
        }
        return needs;
    }
}
