package dev.camelfeishu.e2e;

import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The short form of {@code mvn -Pbench verify -Dbench=chaos}. Repeat one with {@code -Dchaos.seed=number}.
 */
@DisplayName(
        "Two-way sync while everything goes wrong: both sides end equal, nothing is lost silently, nothing is made twice")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("processes that are killed")
class SyncChaosIT {

    /** It watches processes of its own; a thread of another test in this JVM is none of its business. */
    @BeforeAll
    static void mindOwnThreadsOnly() {
        Awaitility.doNotCatchUncaughtExceptionsByDefault();
    }

    @Test
    void short_form(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws InterruptedException {
        long seed = Long.getLong("chaos.seed", System.nanoTime() & 0xffffff);
        ChaosRun.run(
                new ChaosRun.Plan(
                        Duration.ofSeconds(Integer.getInteger("chaos.seconds", 25)),
                        Integer.getInteger("chaos.kills", 1),
                        Integer.getInteger("chaos.nodes", 1),
                        Duration.ofMillis(250),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(2),
                        0,
                        seed),
                folder);
    }
}
