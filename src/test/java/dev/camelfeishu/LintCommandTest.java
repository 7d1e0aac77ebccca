package dev.camelfeishu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The command lint")
class LintCommandTest {

    @TempDir
    Path home;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream complained = new ByteArrayOutputStream();

    @AfterAll
    static void logAgain() {
        ScopesCommandTest.logAgain();
    }

    @Test
    @DisplayName("finds nothing wrong in what is packed, without a database or credentials, and exits with 0")
    void whatIsPacked() {
        assertThat(lint(List.of())).isZero();
        assertThat(output(printed)).isEqualTo("Nothing is wrong\n");
    }

    @Test
    @DisplayName("names file and line of a mistake in a file that is given, and exits with 1")
    void aFile() throws IOException {
        Path file = Files.createDirectories(home.resolve("routes")).resolve("mine.camel.yaml");
        Files.writeString(file, """
                - route:
                    id: mine
                    from:
                      uri: feishu:command/mine
                      steps:
                        - to:
                            uri: feishu:message/reply
                            parameters:
                              crad: help
                """);
        assertThat(lint(List.of(file.toString()))).isEqualTo(1);
        assertThat(output(printed))
                .startsWith("routes/mine.camel.yaml:9: error: ")
                .contains("Did you mean card?")
                .endsWith("1 error, 0 warnings\n");
    }

    @Test
    @DisplayName("says which path leads nowhere, and exits with 2")
    void nowhere() {
        assertThat(lint(List.of("no/such/folder"))).isEqualTo(2);
        assertThat(output(complained)).isEqualTo("There is no file or folder no/such/folder\n");
    }

    private int lint(List<String> paths) {
        return LintCommand.run(
                new String[] {"--CAMEL_FEISHU_HOME=" + home},
                paths,
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                new PrintStream(complained, true, StandardCharsets.UTF_8));
    }

    private static String output(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
