package dev.camelfeishu.ops.doctor;

import java.time.Instant;
import java.util.List;

/** All that was found at one look, the worst first. */
public record Report(Instant at, List<Finding> findings) {

    public Report {
        findings = List.copyOf(findings);
    }

    public long count(Severity severity) {
        return findings.stream()
                .filter(finding -> finding.severity() == severity)
                .count();
    }

    public boolean hasErrors() {
        return count(Severity.ERROR) > 0;
    }
}
