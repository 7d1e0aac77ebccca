package dev.camelfeishu.ops.console;

import dev.camelfeishu.ops.doctor.Doctor;
import dev.camelfeishu.ops.doctor.Report;
import dev.camelfeishu.ops.doctor.Severity;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** What is wrong with the set-up, and how it is mended. */
@Controller
class DoctorPage {

    private static final Map<String, String> STATES =
            Map.of("OK", "good", "SKIPPED", "idle", "WARNING", "waiting", "ERROR", "bad");

    private final Doctor doctor;

    DoctorPage(Doctor doctor) {
        this.doctor = doctor;
    }

    @GetMapping("/console/doctor")
    String look(Model model) {
        Report report = doctor.look();
        model.addAttribute(
                "findings",
                report.findings().stream()
                        .map(finding -> finding.in(LocaleContextHolder.getLocale()))
                        .toList());
        model.addAttribute("errors", report.count(Severity.ERROR));
        model.addAttribute("warnings", report.count(Severity.WARNING));
        model.addAttribute("states", STATES);
        model.addAttribute(
                "millis",
                Duration.between(report.at(), Clock.systemUTC().instant()).toMillis());
        return "console/doctor";
    }
}
