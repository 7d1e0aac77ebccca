package dev.camelfeishu.card;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * The texts of one locale, as {@code config/texts/<locale>.yaml} holds them: a flat map from a key such as
 * {@code bot.order-not-found} to a text with {@code ${name}} placeholders. Immutable.
 */
public final class Texts {

    private final String locale;
    private final Map<String, String> texts;

    public Texts(String locale, Map<String, String> texts) {
        this.locale = Objects.requireNonNull(locale, "locale");
        this.texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    }

    /**
     * Reads a file's content.
     *
     * @param locale {@code zh-CN} or {@code en-US}; only named in errors
     * @throws IllegalArgumentException when it is not YAML, or not a flat map of texts
     */
    public static Texts read(String locale, String yaml) {
        Object content;
        try {
            content = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
        } catch (YAMLException e) {
            throw new IllegalArgumentException("texts of " + locale + ": " + e.getMessage(), e);
        }
        if (!(content instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("texts of " + locale + " are not a map from key to text");
        }
        var texts = new LinkedHashMap<String, String>();
        map.forEach((key, text) -> {
            if (!(text instanceof String string)) {
                throw new IllegalArgumentException(
                        "texts of " + locale + ": '" + key + "' is not a text; put it in quotes");
            }
            texts.put(String.valueOf(key), string);
        });
        return new Texts(locale, texts);
    }

    /** These texts, and those of {@code others} where these have none: an older file on disk lacks newer keys. */
    public Texts orElse(Texts others) {
        var both = new LinkedHashMap<>(others.texts);
        both.putAll(texts);
        return new Texts(locale, both);
    }

    public String locale() {
        return locale;
    }

    public Set<String> keys() {
        return texts.keySet();
    }

    /**
     * The text with its placeholders replaced, fit for a text message, a toast or a {@code plain_text}: what looks like a
     * tag in a value is made harmless, so that nobody can make the bot mention people. A null value reads "—".
     *
     * @throws IllegalArgumentException when there is no such key, or no value for a placeholder
     */
    public String text(String key, Map<String, ?> values) {
        return render(key, name -> {
            Object value = Placeholders.value(name, values);
            return value == null ? Placeholders.NOTHING : Markup.message(String.valueOf(value));
        });
    }

    /** The text of a key that has no placeholder. */
    public String text(String key) {
        return text(key, Map.of());
    }

    String render(String key, UnaryOperator<String> value) {
        String text = texts.get(key);
        if (text == null) {
            throw new IllegalArgumentException("there is no text '" + key + "' in the texts of " + locale);
        }
        try {
            return Placeholders.replace(text, value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("text '" + key + "' of " + locale + ": " + e.getMessage(), e);
        }
    }

    /** The text as it is written, for checks; null when there is none. */
    public String raw(String key) {
        return texts.get(key);
    }
}
