package dev.camelfeishu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("What is written for people")
class DocumentsTest {

    private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");
    private static final Pattern CODE = Pattern.compile("`[^`\n]+`");
    private static final Pattern ROW = Pattern.compile("(?m)^ *\\|.*$");
    private static final Path ENGLISH = Path.of("README.md");
    private static final Path CHINESE = Path.of("README.zh-CN.md");
    private static final Path DECISIONS = Path.of("docs/decisions");

    static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            List<Path> documents =
                    new ArrayList<>(docs.filter(file -> file.toString().endsWith(".md"))
                            .sorted()
                            .toList());
            documents.addAll(List.of(ENGLISH, CHINESE, Path.of("CONTRIBUTING.md")));
            return documents;
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    @DisplayName("each link to a file of the project leads to one, and to a heading that is there")
    void links(Path document) throws IOException {
        for (String link : found(LINK, prose(document), 1)) {
            if (link.startsWith("https://") || link.startsWith("http://")) {
                continue;
            }
            int hash = link.indexOf('#');
            String file = hash < 0 ? link : link.substring(0, hash);
            Path target = file.isEmpty() ? document : document.resolveSibling(file);
            assertThat(target).as(link).exists();
            if (hash >= 0) {
                assertThat(found(HEADING, prose(target), 1).stream().map(DocumentsTest::anchor))
                        .as("headings of " + target)
                        .contains(link.substring(hash + 1));
            }
        }
    }

    @Test
    @DisplayName("every decision is in their list")
    void decisions() throws IOException {
        List<String> listed = found(LINK, prose(DECISIONS.resolve("README.md")), 1);
        try (Stream<Path> files = Files.list(DECISIONS)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> !name.equals("README.md")))
                    .containsExactlyInAnyOrderElementsOf(listed);
        }
    }

    @Test
    @DisplayName("every package says what lives there")
    void packages() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java/dev/camelfeishu"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".java"))
                            .map(Path::getParent)
                            .distinct())
                    .allSatisfy(folder ->
                            assertThat(folder.resolve("package-info.java")).exists());
        }
    }

    @Test
    @DisplayName("the English and the Chinese page name the same things in the same order")
    void twoLanguages() throws IOException {
        assertThat(pointedTo(CHINESE)).isEqualTo(pointedTo(ENGLISH));
        assertThat(code(CHINESE)).containsExactlyInAnyOrderElementsOf(code(ENGLISH));
        assertThat(levels(CHINESE)).isEqualTo(levels(ENGLISH));
        assertThat(found(ROW, prose(CHINESE), 0)).hasSameSizeAs(found(ROW, prose(ENGLISH), 0));
        assertThat(commands(CHINESE)).isEqualTo(commands(ENGLISH));
    }

    /** The files and sites linked, without the other language's page and headings, which have other names; pictures have both. */
    private static List<String> pointedTo(Path document) throws IOException {
        return found(LINK, prose(document), 1).stream()
                .filter(link -> !link.startsWith("README") && !link.startsWith("#"))
                .map(link -> link.replace(".zh-CN.png", ".png"))
                .sorted()
                .toList();
    }

    private static List<String> code(Path document) throws IOException {
        return found(CODE, prose(document), 0).stream()
                .filter(code -> code.chars().allMatch(letter -> letter < 128))
                .filter(code -> !code.startsWith("`/order <"))
                .toList();
    }

    private static List<Integer> levels(Path document) throws IOException {
        return found(HEADING, prose(document), 0).stream()
                .map(heading -> heading.indexOf(' '))
                .toList();
    }

    /** What is fenced, without comments. */
    private static List<String> commands(Path document) throws IOException {
        return found(FENCED, Files.readString(document), 0).stream()
                .map(fenced -> fenced.replaceAll(" +# .*", ""))
                .toList();
    }

    private static String prose(Path document) throws IOException {
        return FENCED.matcher(Files.readString(document)).replaceAll("");
    }

    private static List<String> found(Pattern pattern, String text, int group) {
        return pattern.matcher(text).results().map(match -> match.group(group)).toList();
    }

    /** The address that a heading gets where Markdown is shown. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}_\\- ]", "")
                .replace(' ', '-');
    }
}
