package dev.camelfeishu.ops.doctor;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** All checks of one look. */
final class Checks {

    private Checks() {}

    static List<Check> of(Patient patient, Clock clock) {
        List<Check> checks = new ArrayList<>();
        checks.addAll(new PlatformChecks(patient, clock).all());
        checks.addAll(new AppChecks(patient).all());
        checks.addAll(new BaseChecks(patient).all());
        checks.addAll(new DatabaseChecks(patient, clock).all());
        checks.addAll(new MachineChecks(patient).all());
        checks.addAll(new FlowChecks(patient).all());
        return checks;
    }
}
