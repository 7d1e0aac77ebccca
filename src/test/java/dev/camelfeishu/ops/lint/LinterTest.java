package dev.camelfeishu.ops.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The linter")
class LinterTest {

    private static final Path MISTAKES = Path.of("src/test/resources/lint");
    private static final Path PAGE = Path.of("docs/routes.md");

    private static List<String> found;

    /** All mistakes at once, beside what is shipped. */
    @BeforeAll
    static void lint() throws IOException {
        List<SourceFile> files = new ArrayList<>();
        try (Stream<Path> mistakes = Files.list(MISTAKES)) {
            for (Path file : mistakes.filter(path -> path.toString().endsWith(".camel.yaml"))
                    .toList()) {
                files.add(new SourceFile(file.getFileName().toString(), Files.readString(file)));
            }
        }
        Set<String> names = files.stream().map(SourceFile::name).collect(Collectors.toSet());
        found = new Linter(HomeOfTheProject.settings())
                .lint(HomeOfTheProject.home().with(files), names::contains).stream()
                        .map(Finding::toString)
                        .toList();
    }

    static List<String> mistakes() throws IOException {
        return Files.readAllLines(MISTAKES.resolve("expected.txt"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    @DisplayName("names each mistake once, with its line and its mend")
    void namesTheMistake(String expected) {
        String file = expected.substring(0, expected.indexOf(':') + 1);
        assertThat(found.stream().filter(line -> line.startsWith(file))).containsExactly(expected);
    }

    @Test
    @DisplayName("has a mistake for each line of the page's table, with the message that the table shows")
    void thePageShowsTheMessages() throws IOException {
        String page = Files.readString(PAGE);
        for (String mistake : mistakes()) {
            String message =
                    mistake.substring(mistake.indexOf("error: ") + "error: ".length(), mistake.lastIndexOf(" ["));
            assertThat(page).contains("`" + message.replace("|", "\\|") + "`");
        }
    }

    @Test
    @DisplayName("says on its page what each rule demands")
    void thePageShowsTheRules() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(Arrays.stream(Rule.values()))
                .allSatisfy(rule -> assertThat(page).contains("| `" + rule.id() + "` | " + rule.demand()));
    }

    @Test
    @DisplayName("finds nothing wrong in what is shipped")
    void nothingIsWrongInWhatIsShipped() {
        assertThat(new Linter(HomeOfTheProject.settings()).lint(HomeOfTheProject.home()))
                .isEmpty();
    }

    @Test
    @DisplayName("does not repeat a secret that it has found")
    void secretsAreNotRepeated() {
        assertThat(found).noneMatch(line -> line.contains("8f2c9a1e77d04b5d"));
    }

    @Test
    @DisplayName("looks at cards, texts and pairs too, each with its line")
    void config() {
        List<SourceFile> files = List.of(
                new SourceFile("config/cards/order.json", """
                        {
                          "schema": "2.0",
                          "body": {"elements": [
                            {"tag": "markdown", "content": "${text:card.nothing}"}
                          ]}
                        }"""),
                new SourceFile("config/cards/help.json", """
                        {
                          "schema": "2.0",
                          "body": {"elements": [
                            {"tag": "buton"}
                          ]}
                        }"""),
                new SourceFile("config/texts/en-US.yaml", "bot.help: yes it can\nbot.welcome: 5\n"),
                new SourceFile(
                        "config/pairs/orders.yaml", "pair: orders\nsql:\n  table: erp.orders\n  kee: order_id\n"),
                new SourceFile("config/connectors/orders.yaml", "connector: orders\ntitle: a/b\n"));
        Set<String> names = files.stream().map(SourceFile::name).collect(Collectors.toSet());

        List<Finding> findings = new Linter(HomeOfTheProject.settings())
                .lint(HomeOfTheProject.home().with(files), names::contains);

        assertThat(findings)
                .extracting(finding -> finding.file() + ":" + finding.line() + " "
                        + finding.rule().id())
                .contains(
                        "config/cards/order.json:4 card",
                        "config/cards/help.json:3 card",
                        "config/texts/en-US.yaml:2 texts",
                        "config/pairs/orders.yaml:4 pair",
                        "config/connectors/orders.yaml:1 connector");
    }

    @Test
    @DisplayName("looks at kamelets: their steps and the settings they name")
    void kamelets() {
        SourceFile shipped = HomeOfTheProject.home().kamelets().stream()
                .filter(file -> file.name().endsWith("feishu-card-sink.kamelet.yaml"))
                .findFirst()
                .orElseThrow();
        SourceFile wrong = new SourceFile(
                shipped.name(),
                shipped.text()
                        .replace("card: \"{{card}}\"", "card: \"{{crad}}\"")
                        .replace("receiveId:", "recieveId:"));

        assertThat(new Linter(HomeOfTheProject.settings())
                        .lint(HomeOfTheProject.home().with(List.of(wrong)), wrong.name()::equals))
                .extracting(finding -> finding.rule().id(), Finding::mend)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("unknown-option", "Did you mean receiveId?"),
                        org.assertj.core.groups.Tuple.tuple("placeholder", "Did you mean {{card}}?"));
    }
}
