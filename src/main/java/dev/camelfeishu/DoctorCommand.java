package dev.camelfeishu;

import dev.camelfeishu.ops.doctor.Doctor;
import dev.camelfeishu.ops.doctor.Finding;
import dev.camelfeishu.ops.doctor.Report;
import dev.camelfeishu.ops.doctor.Severity;
import java.io.PrintStream;
import java.util.Locale;

/**
 * {@code doctor}: prints what is wrong with the set-up and how to mend it. It serves nothing, writes nothing and takes ten seconds
 * at most; it needs neither a database nor credentials to be right. Findings are Chinese where the machine speaks Chinese.
 */
final class DoctorCommand {

    private DoctorCommand() {}

    /** @return the process's exit status: 0, or 1 when there is an error */
    static int run(String[] args, PrintStream out) {
        return run(args, out, Locale.getDefault(Locale.Category.DISPLAY));
    }

    static int run(String[] args, PrintStream out, Locale language) {
        try (var context = SettingsOnly.open(args)) {
            var environment = context.getEnvironment();
            HomeFiles files = new HomeFiles(HomeFolder.of(environment));
            var flows = RouteFiles.choose(files, environment).flows();
            Report report = new Doctor(() -> Patients.of(environment, files, flows, null)).look();
            report.findings().forEach(finding -> print(finding.in(language), out));
            out.println();
            out.println(report.count(Severity.ERROR) + " errors, " + report.count(Severity.WARNING) + " warnings, "
                    + report.count(Severity.OK) + " all right, " + report.count(Severity.SKIPPED) + " not looked at");
            return report.hasErrors() ? 1 : 0;
        }
    }

    private static void print(Finding.Told finding, PrintStream out) {
        out.printf("%-8s%-22s%s%n", finding.severity(), finding.check(), finding.what());
        if (!finding.mend().isEmpty()) {
            out.printf("%-30s-> %s%n", "", finding.mend());
        }
        if (!finding.where().isEmpty()) {
            out.printf("%-30s   %s%n", "", finding.where());
        }
    }
}
