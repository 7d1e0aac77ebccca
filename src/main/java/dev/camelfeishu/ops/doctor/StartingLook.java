package dev.camelfeishu.ops.doctor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Looks once after every start, beside the work, and logs what is wrong: one line each. It waits until routes and pairs have
 * had the time to do what they do first.
 */
@Component
class StartingLook {

    private static final Logger LOG = LoggerFactory.getLogger(StartingLook.class);

    private static final int SETTLING_SECONDS = 30;

    private final Doctor doctor;

    StartingLook(Doctor doctor) {
        this.doctor = doctor;
    }

    @EventListener(ApplicationReadyEvent.class)
    void look() {
        CompletableFuture.delayedExecutor(SETTLING_SECONDS, TimeUnit.SECONDS).execute(this::logged);
    }

    void logged() {
        try {
            doctor.look().findings().stream()
                    .filter(Finding::isWrong)
                    .forEach(finding -> LOG.warn("doctor: {}", finding.line()));
        } catch (RuntimeException e) {
            LOG.warn("The doctor could not look at the set-up", e);
        }
    }
}
