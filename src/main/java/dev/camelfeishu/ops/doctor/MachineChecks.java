package dev.camelfeishu.ops.doctor;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;

/** This machine, its JVM and the operator's account. */
final class MachineChecks {

    private static final int OLDEST_JAVA = 17;
    private static final long MEBIBYTE = 1024L * 1024;
    private static final long SMALLEST_HEAP = 256;
    private static final int SHORTEST_PASSWORD = 12;

    private final Patient patient;

    MachineChecks(Patient patient) {
        this.patient = patient;
    }

    List<Check> all() {
        return List.of(
                Check.here("disk", () -> List.of(Disk.room("disk", patient.home()))),
                Check.here("time zone", () -> List.of(zone())),
                Check.here("java", () -> List.of(java())),
                Check.here("operators", () -> List.of(password())));
    }

    private Finding zone() {
        String zone = patient.setting("TZ");
        try {
            ZoneId id = zone.isEmpty() ? ZoneId.systemDefault() : ZoneId.of(zone.replaceFirst("^:", ""));
            return Finding.ok(
                    "time zone",
                    zone.isEmpty() ? "Schedules run in {0}, the machine's." : "Schedules run in {0}, by TZ.",
                    id);
        } catch (DateTimeException e) {
            return Finding.error(
                    "time zone",
                    "TZ is not the name of a time zone.",
                    "Set it to one, such as Asia/Shanghai.",
                    "the variable TZ");
        }
    }

    private static Finding java() {
        int version = Runtime.version().feature();
        long heap = Runtime.getRuntime().maxMemory() / MEBIBYTE;
        Sentence what = Sentence.of("Java {0} with a heap of up to {1} MiB.", version, heap);
        if (version < OLDEST_JAVA) {
            return Finding.error("java", what, "Run it with Java 17 or newer.", "");
        }
        return heap >= SMALLEST_HEAP
                ? Finding.of("java", Severity.OK, what, "", "")
                : Finding.warning("java", what, "Give it -Xmx512m or a larger container.", "JAVA_TOOL_OPTIONS");
    }

    private Finding password() {
        String password = patient.setting("ops.password");
        if (password.isEmpty()) {
            return Finding.ok(
                    "operators", "OPS_PASSWORD is not set: the operator's interface and the console are off.");
        }
        return password.length() >= SHORTEST_PASSWORD
                ? Finding.ok("operators", "OPS_PASSWORD is long enough.")
                : Finding.warning(
                        "operators",
                        Sentence.of(
                                "OPS_PASSWORD is shorter than {0} characters: it can be guessed.", SHORTEST_PASSWORD),
                        "Set a longer one, or its bcrypt hash.",
                        "the variable OPS_PASSWORD");
    }
}
