package dev.camelfeishu.ops.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What the doctor says")
class SentenceTest {

    private static final Path CHECKS = Path.of("src/main/java/dev/camelfeishu/ops/doctor");
    private static final Path CHINESE = Path.of("src/main/resources/doctor/zh.json");
    private static final Pattern LITERAL =
            Pattern.compile("\"(?:[^\"\\\\\\n]|\\\\.)*\"(?:\\s*\\+\\s*\"(?:[^\"\\\\\\n]|\\\\.)*\")*");
    /** Each sentence of a finding ends with a full stop and stands in one literal, cut for its length. */
    private static final Pattern SAID = Pattern.compile("[A-Z{].*\\.");

    private static final Pattern PLACE = Pattern.compile("\\{\\d}");

    @Test
    @DisplayName("is there in Chinese, with the same places to fill")
    void chinese() throws IOException {
        Map<String, String> chinese =
                new ObjectMapper().readValue(CHINESE.toFile(), new TypeReference<Map<String, String>>() {});
        Set<String> said = new TreeSet<>();
        try (Stream<Path> files = Files.list(CHECKS)) {
            for (Path file : files.toList()) {
                Matcher literal = LITERAL.matcher(Files.readString(file));
                while (literal.find()) {
                    String text = literal.group().replaceAll("\"\\s*\\+\\s*\"|^\"|\"$", "");
                    if (SAID.matcher(text).matches()) {
                        said.add(text);
                    }
                }
            }
        }

        assertThat(said).hasSizeGreaterThan(80);
        assertThat(chinese.keySet()).containsAll(said);
        chinese.forEach((english, text) -> {
            assertThat(places(text)).as(english).isEqualTo(places(english));
            assertThat(text).as(english).containsPattern("[\\p{IsHan}、。：]");
        });
    }

    @Test
    @DisplayName("is said with what was found, and what others say stays in their words")
    void said() {
        Sentence sentence =
                Sentence.of("{0} is not reached: {1}.", Sentence.of("The ERP's database"), "Connection refused $1");

        assertThat(sentence.in(Locale.ENGLISH)).isEqualTo("The ERP's database is not reached: Connection refused $1.");
        assertThat(sentence.in(Locale.CHINA)).isEqualTo("无法连接 ERP 的数据库：Connection refused $1。");
        assertThat(sentence.in(Locale.GERMAN)).isEqualTo(sentence.in(Locale.ENGLISH));
    }

    private static Set<String> places(String text) {
        Set<String> places = new TreeSet<>();
        Matcher place = PLACE.matcher(text);
        while (place.find()) {
            places.add(place.group());
        }
        return places;
    }
}
