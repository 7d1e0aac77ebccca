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

@DisplayName("The command test")
class TestCommandTest {

    @TempDir
    Path home;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream complained = new ByteArrayOutputStream();

    @AfterAll
    static void logAgain() {
        ScopesCommandTest.logAgain();
    }

    @Test
    @DisplayName("runs the tests beside a file of routes, says what differed and which steps ran, and exits with 1")
    void aFileOfRoutes() throws IOException {
        Path folder = Files.createDirectories(home.resolve("routes"));
        Path routes = Files.writeString(folder.resolve("mine.camel.yaml"), """
                - route:
                    id: mine
                    from:
                      uri: feishu:command/mine
                      steps:
                        - choice:
                            when:
                              - simple: "${variable.arg} == 'card'"
                                steps:
                                  - to: feishu:message/reply?card=help
                            otherwise:
                              steps:
                                - to: feishu:message/reply?text=bot.unknown-command
                """);
        Path tests = Files.writeString(folder.resolve("mine.test.yaml"), """
                - test: the card
                  message: /mine card
                  sends:
                    - message/reply: {msg_type: interactive}
                """);

        assertThat(test(List.of(routes.toString(), tests.toString()))).isZero();
        assertThat(output(printed)).isEqualTo("""
                ok      routes/mine.test.yaml:1: the card

                routes/mine.camel.yaml: 2 of 3 steps ran
                    not routes/mine.camel.yaml:13 to
                1 tests, 0 failed; 2 of 3 steps ran
                """);

        Files.writeString(tests, Files.readString(tests).replace("interactive", "text"));
        printed.reset();
        assertThat(test(List.of(tests.toString()))).isEqualTo(1);
        assertThat(output(printed))
                .startsWith("FAILED  routes/mine.test.yaml:1: the card\n"
                        + "        message/reply: msg_type is \"interactive\" and not \"text\"\n");
    }

    @Test
    @DisplayName("names file and line of routes that cannot be built, and exits with 1")
    void brokenRoutes() throws IOException {
        Files.writeString(Files.createDirectories(home.resolve("routes")).resolve("mine.camel.yaml"), """
                - route:
                    id: mine
                    from:
                      uri: feishu:command/mine
                      steps:
                        - to: feishu:message/reply?crad=help
                """);
        assertThat(test(List.of())).isEqualTo(1);
        assertThat(output(complained)).startsWith("routes/mine.camel.yaml:").contains("crad");
    }

    private int test(List<String> paths) {
        return TestCommand.run(
                new String[] {"--CAMEL_FEISHU_HOME=" + home},
                paths,
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                new PrintStream(complained, true, StandardCharsets.UTF_8));
    }

    private static String output(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
