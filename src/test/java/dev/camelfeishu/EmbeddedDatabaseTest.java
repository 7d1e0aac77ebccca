package dev.camelfeishu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedDatabaseTest {

    @TempDir
    Path folder;

    @Test
    void isDurableAndKeepsItsDataOverARestart() throws SQLException {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            assertThat(value(database.url(), "show fsync")).isEqualTo("on");
            assertThat(value(database.url(), "show synchronous_commit")).isEqualTo("on");
            assertThat(value(database.url(), "show full_page_writes")).isEqualTo("on");
            execute(database.url(), "create table kept as select '订单' as name");
        }
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            assertThat(value(database.url(), "select name from kept")).isEqualTo("订单");
        }
    }

    @Test
    void aRestoredFolderThatIsOpenToOthersIsClosedAgain() throws Exception {
        EmbeddedDatabase.start(folder).close();
        Files.setPosixFilePermissions(folder.resolve("postgres"), PosixFilePermissions.fromString("rwxr-xr-x"));
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            assertThat(value(database.url(), "select 1")).isEqualTo("1");
        }
    }

    @Test
    void afterAKillItStopsTheOrphanAndHasTheData() throws Exception {
        Process killed = fork();
        String url = url(killed);
        execute(url, "create table kept as select 42 as answer");
        ProcessHandle orphan = server();

        killed.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        assertThat(orphan.isAlive()).as("the server outlives the kill").isTrue();

        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            assertThat(orphan.isAlive()).isFalse();
            assertThat(value(database.url(), "select answer from kept")).isEqualTo("42");
        }
    }

    @Test
    void twoApplicationsInOneFolderAreRefused() throws Exception {
        Process first = fork();
        try {
            String url = url(first);
            assertThatThrownBy(() -> EmbeddedDatabase.start(folder))
                    .isInstanceOf(NotStartedException.class)
                    .hasMessageContaining("Another application is running")
                    .hasMessageContaining(folder.toString());
            assertThat(value(url, "select 1")).as("the first one is unharmed").isEqualTo("1");
        } finally {
            first.getOutputStream().close();
            assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void theSameApplicationTwiceInOneProcessIsRefused() {
        try (EmbeddedDatabase first = EmbeddedDatabase.start(folder)) {
            assertThat(first.url()).isNotEmpty();
            assertThatThrownBy(() -> EmbeddedDatabase.start(folder)).isInstanceOf(NotStartedException.class);
        }
    }

    private Process fork() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EmbeddedDatabaseProcess.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String url(Process process) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("url=")) {
                return line.substring("url=".length());
            }
        }
        throw new AssertionError("The process ended before its database had started");
    }

    private ProcessHandle server() throws IOException {
        String pid =
                Files.readAllLines(folder.resolve("postgres/postmaster.pid")).get(0);
        return ProcessHandle.of(Long.parseLong(pid.trim())).orElseThrow();
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "postgres");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String value(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "postgres");
                var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
