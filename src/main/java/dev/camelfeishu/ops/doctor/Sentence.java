package dev.camelfeishu.ops.doctor;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a finding says: English as the checks write it, with places such as {@code {0}}, and Chinese by {@code doctor/zh.json}.
 * What others say, such as a database, stays in their words.
 *
 * @param values of the places; one may be a sentence itself
 */
record Sentence(String pattern, List<Object> values) {

    private static final Pattern PLACE = Pattern.compile("\\{(\\d)}");
    private static final Map<String, String> CHINESE = chinese();

    static Sentence of(String pattern, Object... values) {
        return new Sentence(pattern, Arrays.asList(values));
    }

    String in(Locale language) {
        String text = language.getLanguage().equals("zh") ? CHINESE.getOrDefault(pattern, pattern) : pattern;
        return PLACE.matcher(text).replaceAll(place -> {
            Object value = values.get(Integer.parseInt(place.group(1)));
            return Matcher.quoteReplacement(
                    value instanceof Sentence sentence ? sentence.in(language) : String.valueOf(value));
        });
    }

    private static Map<String, String> chinese() {
        try (InputStream texts = Sentence.class.getResourceAsStream("/doctor/zh.json")) {
            return Map.copyOf(new ObjectMapper().readValue(texts, new TypeReference<Map<String, String>>() {}));
        } catch (IOException e) {
            throw new UncheckedIOException("doctor/zh.json cannot be read", e);
        }
    }
}
