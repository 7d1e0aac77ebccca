package dev.camelfeishu.ops.doctor;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The operator's interface to the doctor. */
@RestController
class DoctorController {

    private final Doctor doctor;

    DoctorController(Doctor doctor) {
        this.doctor = doctor;
    }

    record Item(String check, String severity, String what, String mend, String where) {}

    record Answer(Instant at, long errors, long warnings, List<Item> findings) {}

    /** Looks anew; takes ten seconds at most. In the language of the caller when it is Chinese. */
    @GetMapping("/ops/api/doctor")
    Answer look(HttpServletRequest request) {
        Locale language = request.getHeader(HttpHeaders.ACCEPT_LANGUAGE) == null ? Locale.ENGLISH : request.getLocale();
        Report report = doctor.look();
        return new Answer(
                report.at(),
                report.count(Severity.ERROR),
                report.count(Severity.WARNING),
                report.findings().stream()
                        .map(finding -> item(finding.in(language)))
                        .toList());
    }

    private static Item item(Finding.Told finding) {
        return new Item(
                finding.check(),
                finding.severity().name().toLowerCase(Locale.ROOT),
                finding.what(),
                finding.mend(),
                finding.where());
    }
}
