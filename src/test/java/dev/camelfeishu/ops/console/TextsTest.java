package dev.camelfeishu.ops.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The console's texts")
class TextsTest {

    private static final Path FOLDER = Path.of("src/main/resources/console");
    private static final Path PAGES = Path.of("src/main/resources/templates/console");
    private static final Pattern KEY = Pattern.compile("#\\{([a-z][\\w.-]*)");

    @Test
    @DisplayName("are there in both languages, with the same places to fill")
    void languages() throws IOException {
        Properties english = read("texts.properties");
        Properties chinese = read("texts_zh.properties");

        assertThat(chinese.stringPropertyNames()).isEqualTo(english.stringPropertyNames());
        for (String key : english.stringPropertyNames()) {
            assertThat(places(chinese.getProperty(key))).as(key).isEqualTo(places(english.getProperty(key)));
            // a single quote is a sign of its own in a text with places
            assertThat(english.getProperty(key) + chinese.getProperty(key))
                    .as(key)
                    .doesNotContain("'");
        }
    }

    @Test
    @DisplayName("are all that the pages ask for")
    void asked() throws IOException {
        Set<String> known = read("texts.properties").stringPropertyNames();
        try (Stream<Path> pages = Files.list(PAGES)) {
            for (Path page : pages.toList()) {
                Matcher key = KEY.matcher(Files.readString(page));
                while (key.find()) {
                    assertThat(known).as(page.toString()).contains(key.group(1));
                }
            }
        }
    }

    @Test
    @DisplayName("stand in pages without inline scripts and styles, and with nothing from elsewhere")
    void strict() throws IOException {
        try (Stream<Path> pages = Files.list(PAGES)) {
            for (Path page : pages.toList()) {
                assertThat(Files.readString(page))
                        .as(page.toString())
                        .doesNotContainPattern("<style|\\sstyle=|\\son[a-z]+=|hx-on|th:utext")
                        .doesNotContainPattern("(?:src|href)=\"(?:https?:)?//");
            }
        }
    }

    private static Set<String> places(String text) {
        Set<String> places = new TreeSet<>();
        Matcher place = Pattern.compile("\\{\\d}").matcher(text);
        while (place.find()) {
            places.add(place.group());
        }
        return places;
    }

    private static Properties read(String name) throws IOException {
        Properties texts = new Properties();
        try (Reader reader = Files.newBufferedReader(FOLDER.resolve(name))) {
            texts.load(reader);
        }
        return texts;
    }
}
