package dev.camelfeishu.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short form of the benchmark's part {@code kill}. */
@DisplayName("Killed while events come as fast as they are taken, the packaged jar loses none and does none twice")
class JournalKillIT {

    @Test
    @Timeout(600)
    void two_kills() throws IOException {
        SealedEvents events = SealedEvents.make(3_000);
        try (DurablePostgres postgres = new DurablePostgres();
                Application application = new Application(postgres, true, true).start()) {
            KillRun.Report report = new KillRun(events, application, postgres, 2).run();
            System.out.println("kill: " + report);
            assertThat(report.stored()).isEqualTo(3_000);
            assertThat(report.effects()).isEqualTo(3_000);
            assertThat(report.deadLetters()).isZero();
            assertThat(report.redeliveries()).isPositive();
            assertThat(report.duplicates()).isPositive();
        }
    }
}
