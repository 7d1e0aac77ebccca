package dev.camelfeishu.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code docs/feishu-component.md} says what the component is, {@code docs/feishu} what each operation does. Tables and
 * pages are written from the generated metadata and the declarations of the operations:
 * {@code mvn test -Dtest=ComponentDocumentationTest -Dupdate.docs=true} writes them anew.
 */
class ComponentDocumentationTest {

    private static final Path PAGE = Path.of("docs/feishu-component.md");
    private static final Path PAGES = Path.of("docs/feishu");
    private static final Path METADATA =
            Path.of("src/generated/resources/META-INF/dev/camelfeishu/component/feishu.json");

    private static JsonNode metadata;
    private static String page;

    @BeforeAll
    static void read() throws IOException {
        metadata = new ObjectMapper().readTree(METADATA.toFile());
        page = Files.readString(PAGE);
        if (Boolean.getBoolean("update.docs")) {
            String updated = page;
            for (Map.Entry<String, String> table : tables().entrySet()) {
                updated = updated.replace(between(updated, table.getKey()), table.getValue());
            }
            Files.writeString(PAGE, updated);
            page = updated;
            written().forEach(ComponentDocumentationTest::delete);
            for (Map.Entry<Path, String> file : pages().entrySet()) {
                Files.createDirectories(file.getKey().getParent());
                Files.writeString(file.getKey(), file.getValue());
            }
        }
    }

    @Test
    void everyOperationHasItsPageAndEveryPageIsFresh() {
        Map<Path, String> present = new TreeMap<>();
        written().forEach(file -> present.put(file, text(file)));
        Map<Path, String> wanted = pages();

        assertThat(present.keySet())
                .as("pages under %s; write them anew with -Dupdate.docs=true", PAGES)
                .isEqualTo(wanted.keySet());
        wanted.forEach((file, text) -> assertThat(present.get(file))
                .as("%s is stale; write it anew with -Dupdate.docs=true", file)
                .isEqualTo(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"path", "common", "consumer", "producer", "component", "headers"})
    void theTablesAreThoseOfTheMetadata(String table) {
        assertThat(between(page, table))
                .as("table %s of %s; write it anew with -Dupdate.docs=true", table, PAGE)
                .isEqualTo(tables().get(table));
    }

    /** An option that is in no table would be one that nobody finds. */
    @Test
    void everyOptionIsInATable() {
        List<String> options = names("properties").toList();
        assertThat(options).isNotEmpty().allSatisfy(option -> assertThat(page).contains("| `" + option + "` |"));
    }

    @Test
    void everySourceHasItsSection() {
        assertThat(sections("## Receive from")).containsExactlyInAnyOrderElementsOf(sources());
    }

    @Test
    void everySectionSaysWhatGoesInAndOutAndWhatGoesWrong() {
        bodies("## Receive from")
                .forEach((name, text) -> assertThat(text)
                        .as("section %s", name)
                        .contains("**Body:**", "**Options:**", "**Headers:**", "**Errors:**"));
    }

    /** An example that names an option the component does not have would teach a mistake. */
    @Test
    void sectionsNameOnlyOptionsThatExist() {
        List<String> options = names("properties").toList();
        Pattern line = Pattern.compile("\\*\\*Options:\\*\\*(.*)");
        bodies("## Receive from").values().stream()
                .flatMap(text -> line.matcher(text).results())
                .flatMap(match ->
                        Pattern.compile("`([A-Za-z]+)`").matcher(match.group(1)).results())
                .forEach(named -> assertThat(options).contains(named.group(1)));
    }

    private static Map<Path, String> pages() {
        return new OperationPages(metadata, ExercisedOperations.find()).pages();
    }

    private static List<Path> written() {
        if (!Files.exists(PAGES)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(PAGES)) {
            return files.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> sources() {
        FeishuComponent component = new FeishuComponent();
        component.setCamelContext(new DefaultCamelContext());
        FeishuEndpoint endpoint = new FeishuEndpoint("feishu:no-such-thing", component, new FeishuConfiguration());
        endpoint.setGroup("no-such-thing");
        endpoint.setName("");
        return listed(
                catchThrowableOfType(IllegalArgumentException.class, () -> Sources.consumer(endpoint, exchange -> {})));
    }

    /** The refusal of a wrong name lists the right ones. */
    private static List<String> listed(IllegalArgumentException refusal) {
        String list =
                refusal.getMessage().substring(refusal.getMessage().indexOf("There are:") + "There are:".length());
        return Stream.of(list.split(",")).map(String::strip).toList();
    }

    private static List<String> sections(String part) {
        return List.copyOf(bodies(part).keySet());
    }

    /** The sections {@code ### `feishu:…`} of one part of the page. */
    private static Map<String, String> bodies(String part) {
        int start = page.indexOf("\n" + part + "\n");
        assertThat(start).as("the page has a part %s", part).isNotNegative();
        int end = page.indexOf("\n## ", start + part.length());
        String text = page.substring(start, end < 0 ? page.length() : end);
        Map<String, String> bodies = new TreeMap<>();
        Matcher heading = Pattern.compile("(?m)^### `feishu:(.+)`$").matcher(text);
        List<MatchResult> headings = heading.results().toList();
        for (int i = 0; i < headings.size(); i++) {
            int next = i + 1 < headings.size() ? headings.get(i + 1).start() : text.length();
            bodies.put(headings.get(i).group(1), text.substring(headings.get(i).end(), next));
        }
        return bodies;
    }

    private static String between(String text, String table) {
        String begin = "<!-- table: " + table + " -->\n";
        String end = "<!-- end -->";
        int from = text.indexOf(begin);
        assertThat(from).as("the page has a place for the table %s", table).isNotNegative();
        return text.substring(from, text.indexOf(end, from) + end.length());
    }

    private static Map<String, String> tables() {
        Map<String, String> tables = new TreeMap<>();
        tables.put("path", options("path", "properties", kind("path")));
        for (String group : List.of("common", "consumer", "producer")) {
            tables.put(group, options(group, "properties", kind("parameter").and(group(group))));
        }
        tables.put(
                "component",
                options(
                        "component",
                        "componentProperties",
                        option -> !option.path("configurationClass").isTextual()));
        tables.put("headers", headers());
        return tables;
    }

    private static Predicate<JsonNode> kind(String kind) {
        return option -> option.path("kind").asText().equals(kind);
    }

    /** Advanced options stand with those of their side: few have a reason to change one. */
    private static Predicate<JsonNode> group(String group) {
        return option -> option.path("group").asText().startsWith(group)
                || group.equals("common") && option.path("group").asText().equals("advanced");
    }

    private static String options(String table, String member, Predicate<JsonNode> chosen) {
        var text = new StringBuilder("<!-- table: " + table + " -->\n")
                .append("| Option | Type | Default | What it is |\n| --- | --- | --- | --- |\n");
        names(member).forEach(name -> {
            JsonNode option = metadata.path(member).path(name);
            if (chosen.test(option)) {
                text.append("| `")
                        .append(name)
                        .append("` | ")
                        .append(type(option))
                        .append(" | ")
                        .append(fixed(option.path("defaultValue").asText("")))
                        .append(" | ")
                        .append(option.path("required").asBoolean() ? "**Required.** " : "")
                        .append(cell(option.path("description").asText()))
                        .append(values(option))
                        .append(" |\n");
            }
        });
        return text.append("<!-- end -->").toString();
    }

    private static String headers() {
        var text = new StringBuilder("<!-- table: headers -->\n")
                .append("| Header | Type | Side | What it is |\n| --- | --- | --- | --- |\n");
        names("headers").forEach(name -> {
            JsonNode header = metadata.path("headers").path(name);
            text.append("| `")
                    .append(name)
                    .append("` | ")
                    .append(header.path("javaType").asText())
                    .append(" | ")
                    .append(header.path("group").asText())
                    .append(" | ")
                    .append(cell(header.path("description").asText()))
                    .append(" |\n");
        });
        return text.append("<!-- end -->").toString();
    }

    private static Stream<String> names(String member) {
        return metadata.path(member).properties().stream().map(Map.Entry::getKey);
    }

    private static String type(JsonNode option) {
        String type = option.path("javaType").asText().replaceAll("<.*", "");
        return type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1);
    }

    private static String values(JsonNode option) {
        return option.path("enum").isArray() && !option.path("enum").isEmpty()
                ? (option.path("description").asText().endsWith(".") ? " One of: " : ". One of: ")
                        + String.join(
                                ", ",
                                option.path("enum")
                                        .valueStream()
                                        .map(value -> fixed(value.asText()))
                                        .toList())
                : "";
    }

    private static String fixed(String value) {
        return value.isEmpty() ? "" : "`" + value + "`";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace('\n', ' ');
    }
}
