package dev.camelfeishu.ops.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.net.httpserver.HttpServer;
import dev.camelfeishu.component.RouteNeeds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;

@DisplayName("The doctor")
class DoctorTest {

    @TempDir
    Path home;

    private final MockEnvironment environment = new MockEnvironment();

    static Stream<Arguments> clocks() {
        return Stream.of(
                arguments(
                        Duration.ofSeconds(360),
                        Severity.ERROR,
                        "This machine's clock is 3[56]\\d s ahead of Feishu's\\."),
                arguments(
                        Duration.ofSeconds(-120),
                        Severity.WARNING,
                        "This machine's clock is 1[12]\\d s behind Feishu's\\."),
                arguments(
                        Duration.ofSeconds(20), Severity.OK, "This machine's clock is [12]\\d s ahead of Feishu's\\."));
    }

    @ParameterizedTest
    @MethodSource("clocks")
    @DisplayName("a clock that is off by a minute is a warning, by five an error")
    void clock(Duration ahead, Severity severity, String what) throws IOException {
        HttpServer platform = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        platform.createContext("/", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        platform.start();
        try {
            Finding finding = only("clock", look(platform.getAddress().getPort(), Duration.ofSeconds(5), ahead));

            assertThat(finding.severity()).isEqualTo(severity);
            assertThat(finding.in(Locale.ENGLISH).what()).matches(what);
        } finally {
            platform.stop(0);
        }
    }

    @Test
    @DisplayName("what does not answer is said so within the limit, and the other checks are not held up")
    void silence() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Instant start = Instant.now();

            Report report = look(silent.getLocalPort(), Duration.ofSeconds(1), Duration.ZERO);

            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(10));
            Finding platform = only("platform", report);
            assertThat(platform.severity()).isEqualTo(Severity.ERROR);
            assertThat(platform.in(Locale.ENGLISH).what()).isEqualTo("No answer within 1 s.");
            assertThat(only("disk", report).in(Locale.ENGLISH).what()).contains(home.toString());
            assertThat(only("scopes", report).severity()).isEqualTo(Severity.SKIPPED);
            assertThat(report.findings().get(0).severity()).isEqualTo(Severity.ERROR);
        }
    }

    @Test
    @DisplayName("after a start the log has a line for each thing that is wrong, and none for what is right")
    @ExtendWith(OutputCaptureExtension.class)
    void startingLook(CapturedOutput log) {
        new StartingLook(doctor(1, Duration.ofSeconds(5), Duration.ZERO)).logged();

        assertThat(log.getOut())
                .containsPattern(
                        "doctor: ERROR platform: 127\\.0\\.0\\.1 is not reached: .* Let this machine reach it .*"
                                + " \\[config/application\\.yaml, feishu\\.base-url]")
                .contains("doctor: ERROR credentials: FEISHU_APP_ID and FEISHU_APP_SECRET are not set.")
                .doesNotContain("OK ", "SKIPPED");
    }

    @Test
    @DisplayName("says whether verification reports are signed, and what is no key")
    void reports() {
        assertThat(reports("").what())
                .isEqualTo("SYNC_REPORT_KEY is not set: verification reports are chained, not signed.");
        assertThat(reports("MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g")
                        .what())
                .matches("Verification reports are signed with the key [0-9a-f]{16}\\.");
        Finding.Told wrong = reports("secret");
        assertThat(wrong.severity()).isEqualTo(Severity.ERROR);
        assertThat(wrong.what()).contains("SYNC_REPORT_KEY").doesNotContain("secret");
    }

    private Finding.Told reports(String key) {
        environment.withProperty("sync.report-key", key);
        return only("reports", look(1, Duration.ofSeconds(5), Duration.ZERO)).in(Locale.ENGLISH);
    }

    private Report look(int port, Duration limit, Duration ahead) {
        return doctor(port, limit, ahead).look();
    }

    private Doctor doctor(int port, Duration limit, Duration ahead) {
        environment
                .withProperty("feishu.base-url", "http://127.0.0.1:" + port)
                .withProperty("feishu.event-mode", "webhook");
        RouteNeeds nothing = new RouteNeeds(List.of(), List.of());
        return new Doctor(
                () -> new Patient(environment, home, Map.of(), () -> nothing, List.of(), List::of, null, null, null),
                limit,
                Clock.offset(Clock.systemUTC(), ahead));
    }

    private static Finding only(String check, Report report) {
        return report.findings().stream()
                .filter(finding -> finding.check().equals(check))
                .findFirst()
                .orElseThrow();
    }
}
