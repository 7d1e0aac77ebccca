package dev.camelfeishu.ops.doctor;

import dev.camelfeishu.openapi.FeishuException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Carries the checks out, side by side and within a bound, whatever is wrong. Those that call Feishu as the app come second, and
 * only when the credentials are right: otherwise each would say the same.
 */
public final class Doctor {

    static final String CREDENTIALS = "credentials";
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Supplier<Patient> patients;
    private final Duration limit;
    private final Clock clock;

    /** @param patients what is looked at, anew for each report */
    public Doctor(Supplier<Patient> patients) {
        this(patients, LIMIT, Clock.systemUTC());
    }

    Doctor(Supplier<Patient> patients, Duration limit, Clock clock) {
        this.patients = patients;
        this.limit = limit;
        this.clock = clock;
    }

    /** Takes two times the limit at most. */
    public Report look() {
        Instant at = clock.instant();
        ExecutorService threads = Executors.newCachedThreadPool(Doctor::thread);
        try (Patient patient = patients.get()) {
            List<Check> checks = Checks.of(patient, clock);
            List<Finding> findings = new ArrayList<>(
                    carriedOut(checks.stream().filter(check -> !check.asApp()).toList(), threads));
            List<Check> asApp = checks.stream().filter(Check::asApp).toList();
            boolean usable = findings.stream()
                    .anyMatch(finding -> finding.check().equals(CREDENTIALS) && finding.severity() == Severity.OK);
            if (usable) {
                findings.addAll(carriedOut(asApp, threads));
            } else {
                asApp.forEach(check ->
                        findings.add(Finding.skipped(check.name(), "Not looked at: it needs the app's token.")));
            }
            findings.sort(Comparator.comparing(Finding::severity).reversed());
            return new Report(at, findings);
        } finally {
            threads.shutdownNow();
        }
    }

    private List<Finding> carriedOut(List<Check> checks, ExecutorService threads) {
        List<Finding> findings = new ArrayList<>();
        try {
            List<Future<List<Finding>>> answers = threads.invokeAll(
                    checks.stream()
                            .<Callable<List<Finding>>>map(
                                    check -> () -> check.look().findings())
                            .toList(),
                    limit.toMillis(),
                    TimeUnit.MILLISECONDS);
            for (int i = 0; i < checks.size(); i++) {
                findings.addAll(answer(checks.get(i).name(), answers.get(i)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The look was given up", e);
        }
        return findings;
    }

    private List<Finding> answer(String check, Future<List<Finding>> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (CancellationException late) {
            return List.of(Finding.error(
                    check,
                    Sentence.of("No answer within {0} s.", limit.toSeconds()),
                    "Look at the network between this machine and what is asked.",
                    ""));
        } catch (ExecutionException e) {
            return List.of(
                    e.getCause() instanceof FeishuException refused
                            ? Finding.of(check, "A call failed", refused)
                            : Finding.failed(check, e.getCause()));
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "doctor");
        thread.setDaemon(true);
        return thread;
    }
}
