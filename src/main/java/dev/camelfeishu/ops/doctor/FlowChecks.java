package dev.camelfeishu.ops.doctor;

import dev.camelfeishu.ops.Flow;
import dev.camelfeishu.ops.RouteList;
import dev.camelfeishu.sync.PairDeclaration;
import dev.camelfeishu.sync.PairSync;
import dev.camelfeishu.sync.ReportKeys;
import java.util.ArrayList;
import java.util.List;

/** Whether routes and pairs run. */
final class FlowChecks {

    private static final String ROUTES = "routes";
    private static final String PAIRS = "pairs";
    private static final String REPORTS = "reports";

    private final Patient patient;

    FlowChecks(Patient patient) {
        this.patient = patient;
    }

    List<Check> all() {
        return List.of(
                Check.here(ROUTES, this::routes), Check.here(PAIRS, this::pairs), Check.here(REPORTS, this::reports));
    }

    private List<Finding> routes() {
        List<Finding> findings = new ArrayList<>();
        for (Flow flow : patient.flows()) {
            if (!flow.missing().isEmpty()) {
                // perhaps it is not wanted: not every shipped flow is
                findings.add(Finding.of(
                        ROUTES,
                        Severity.SKIPPED,
                        Sentence.of(
                                flow.missing().size() == 1
                                        ? "The flow {0} does not start: {1} is not set."
                                        : "The flow {0} does not start: {1} are not set.",
                                flow.name(),
                                String.join(", ", flow.missing())),
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
                    patient.running() == null ? "{0} flows would start." : "{0} flows run.",
                    patient.flows().size()));
        }
        return findings;
    }

    private static Finding stopped(RouteList.Item route) {
        String where = "/console/routes/" + route.id();
        return route.notStarted() == null
                ? Finding.warning(ROUTES, Sentence.of("The route {0} is stopped.", route.id()), "Start it.", where)
                : Finding.error(
                        ROUTES,
                        Sentence.of("The route {0} did not start: {1}.", route.id(), route.notStarted()),
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
                                    Sentence.of("The pair {0}: {1}.", pair.name(), problem.replaceFirst("\\.$", "")),
                                    "Mend what it names; docs/pairs.md tells how.",
                                    "/console/pairs/" + pair.name())));
                }
            }
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(PAIRS, "{0} are declared without mistakes.", declared.size()));
        }
        return findings;
    }

    private List<Finding> reports() {
        try {
            String key = ReportKeys.of(patient.setting("sync.report-key")).signing();
            return List.of(
                    key == null
                            ? Finding.ok(
                                    REPORTS,
                                    "SYNC_REPORT_KEY is not set: verification reports are chained, not signed.")
                            : Finding.ok(REPORTS, "Verification reports are signed with the key {0}.", key));
        } catch (IllegalArgumentException wrong) {
            return List.of(Finding.error(
                    REPORTS,
                    "SYNC_REPORT_KEY is no Ed25519 private key, or holds more than two.",
                    "Make one with openssl genpkey -algorithm ed25519, and set it as PEM or as its Base64 part.",
                    "the variable SYNC_REPORT_KEY"));
        }
    }
}
