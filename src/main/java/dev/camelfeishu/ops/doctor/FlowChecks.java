package dev.camelfeishu.ops.doctor;

import dev.camelfeishu.ops.Flow;
import dev.camelfeishu.ops.RouteList;
import dev.camelfeishu.sync.PairDeclaration;
import dev.camelfeishu.sync.PairSync;
import java.util.ArrayList;
import java.util.List;

/** Whether routes and pairs run. */
final class FlowChecks {

    private static final String ROUTES = "routes";
    private static final String PAIRS = "pairs";

    private final Patient patient;

    FlowChecks(Patient patient) {
        this.patient = patient;
    }

    List<Check> all() {
        return List.of(Check.here(ROUTES, this::routes), Check.here(PAIRS, this::pairs));
    }

    private List<Finding> routes() {
        List<Finding> findings = new ArrayList<>();
        for (Flow flow : patient.flows()) {
            if (!flow.missing().isEmpty()) {
                // perhaps it is not wanted: not every shipped flow is
                findings.add(new Finding(
                        ROUTES,
                        Severity.SKIPPED,
                        "The flow " + flow.name() + " does not start: " + String.join(", ", flow.missing())
                                + (flow.missing().size() == 1 ? " is" : " are") + " not set.",
                        "Set what is missing when the flow is wanted.",
                        "config/application.yaml"));
            }
        }
        if (patient.running() != null) {
            patient.running().routes().all().stream()
                    .filter(route -> route.state() == RouteList.State.STOPPED)
                    .forEach(route -> findings.add(stopped(route)));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(
                    ROUTES,
                    patient.flows().size() + (patient.running() == null ? " flows would start." : " flows run.")));
        }
        return findings;
    }

    private static Finding stopped(RouteList.Item route) {
        String where = "/console/routes/" + route.id();
        return route.notStarted() == null
                ? Finding.warning(ROUTES, "The route " + route.id() + " is stopped.", "Start it.", where)
                : Finding.error(
                        ROUTES,
                        "The route " + route.id() + " did not start: " + route.notStarted() + ".",
                        "Mend what it names and start it.",
                        where);
    }

    private List<Finding> pairs() {
        List<PairDeclaration> declared = patient.pairs().get();
        List<Finding> findings = new ArrayList<>();
        if (patient.running() != null) {
            for (PairSync pair : patient.running().pairs().all()) {
                if (pair.unavailable().isEmpty()) {
                    pair.problems()
                            .forEach(problem -> findings.add(Finding.warning(
                                    PAIRS,
                                    "The pair " + pair.name() + ": " + problem.replaceFirst("\\.$", "") + ".",
                                    "Mend what it names; docs/pairs.md tells how.",
                                    "/console/pairs/" + pair.name())));
                }
            }
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(PAIRS, declared.size() + " are declared without mistakes."));
        }
        return findings;
    }
}
