package dev.camelfeishu.ops.lint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.camelfeishu.card.CardTemplates;
import dev.camelfeishu.card.CardValidator;
import dev.camelfeishu.card.Fault;
import dev.camelfeishu.card.Texts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cards, texts, pairs and connectors. */
final class ConfigRules {

    private static final Pattern TEXT = Pattern.compile("\\$\\{text:([^}]+)}");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(?!text:)([^}]+)}");
    /** It may stand in a text and in an address. */
    private static final String SAMPLE = "https://example.com/sample";

    private static final Pattern LINE = Pattern.compile("line (\\d+)");

    private ConfigRules() {}

    static List<Finding> check(Home home, Settings settings, Predicate<String> chosen) {
        List<Finding> findings = new ArrayList<>();
        for (SourceFile file : home.texts()) {
            if (chosen.test(file.name())) {
                texts(file, findings);
            }
        }
        Texts texts = ScratchContext.texts(home, settings.value("feishu.locale"));
        for (SourceFile file : home.cards()) {
            if (chosen.test(file.name())) {
                card(file, texts, findings);
            }
        }
        for (SourceFile file : home.pairs()) {
            if (chosen.test(file.name())) {
                Linter.pair(file, settings).ifPresent(findings::add);
            }
        }
        for (SourceFile file : home.connectors()) {
            if (chosen.test(file.name())) {
                Linter.connector(file).ifPresent(findings::add);
            }
        }
        return findings;
    }

    private static void texts(SourceFile file, List<Finding> findings) {
        int before = findings.size();
        Yaml.read(file, findings::add);
        if (findings.size() > before) {
            return;
        }
        try {
            Texts.read(Home.stem(file.name()), file.text());
        } catch (IllegalArgumentException e) {
            Matcher quoted = Pattern.compile("'([^']+)'").matcher(e.getMessage());
            int line = quoted.find() ? lineOf(file.text(), quoted.group(1)) : 1;
            findings.add(new Finding(
                    file.name(),
                    line,
                    Rule.TEXTS,
                    Linter.withoutStop(e.getMessage()),
                    "Write key: \"text\", one on a line."));
        }
    }

    private static void card(SourceFile file, Texts texts, List<Finding> findings) {
        ObjectMapper json = new ObjectMapper();
        String name = Home.stem(file.name());
        CardTemplates templates;
        try {
            templates = new CardTemplates(Map.of(name, file.text()), texts, json);
        } catch (IllegalArgumentException e) {
            Matcher line = LINE.matcher(e.getMessage());
            Matcher text = Pattern.compile("there is no text '([^']+)'").matcher(e.getMessage());
            int at = line.find()
                    ? Integer.parseInt(line.group(1))
                    : text.find() ? lineOf(file.text(), "text:" + text.group(1)) : 1;
            findings.add(new Finding(
                    file.name(),
                    at,
                    Rule.CARD,
                    Linter.withoutStop(e.getMessage()),
                    "Correct the JSON or the key; texts lie in config/texts."));
            return;
        }
        Set<Fault> faults = new LinkedHashSet<>();
        try {
            for (Map<String, Object> values : samples(json.readTree(file.text()), texts)) {
                faults.addAll(CardValidator.validate(templates.fill(name, values)));
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a card that was read a moment ago", e);
        }
        for (Fault fault : faults) {
            findings.add(new Finding(
                    file.name(),
                    lineOfMember(file.text(), fault.path()),
                    Rule.CARD,
                    "The card " + name + ", " + Linter.withoutStop(fault.toString()),
                    "See Feishu's card builder, or the cards that are shipped."));
        }
    }

    /** Values for every placeholder of a card, once for each branch of its choices. */
    private static List<Map<String, Object>> samples(JsonNode card, Texts texts) {
        Map<String, Object> one = new LinkedHashMap<>();
        StringBuilder filled = new StringBuilder(card.toString());
        // the texts that it holds have placeholders of their own
        TEXT.matcher(card.toString())
                .results()
                .map(text -> texts.raw(text.group(1)))
                .filter(Objects::nonNull)
                .forEach(filled::append);
        Matcher placeholder = PLACEHOLDER.matcher(filled);
        while (placeholder.find()) {
            put(one, placeholder.group(1), SAMPLE);
        }
        card.findValues("if").forEach(name -> put(one, name.asText(), SAMPLE));
        List<Map<String, Object>> all = new ArrayList<>(List.of(one));
        for (JsonNode choice : card.findParents("choose")) {
            String name = choice.path("choose").asText();
            put(one, name, SAMPLE);
            choice.path("when").fieldNames().forEachRemaining(branch -> {
                Map<String, Object> other = copy(one);
                put(other, name, branch);
                all.add(other);
            });
        }
        return all;
    }

    private static Map<String, Object> copy(Map<String, Object> values) {
        Map<String, Object> copy = new LinkedHashMap<>(values);
        copy.replaceAll((name, value) -> value instanceof Map<?, ?> map ? new LinkedHashMap<>(map) : value);
        return copy;
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, Object> values, String name, Object value) {
        int dot = name.indexOf('.');
        if (dot < 0) {
            values.put(name, value);
            return;
        }
        Object inner = values.get(name.substring(0, dot));
        if (!(inner instanceof Map<?, ?>)) {
            inner = new LinkedHashMap<String, Object>();
            values.put(name.substring(0, dot), inner);
        }
        put((Map<String, Object>) inner, name.substring(dot + 1), value);
    }

    private static int lineOf(String text, String part) {
        int at = text.indexOf(part);
        return at < 0
                ? 1
                : (int) text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
    }

    /** The line on which the last member of a path begins, looked for in the order of the path. */
    private static int lineOfMember(String text, String path) {
        int at = 0;
        for (String member : path.split("[./\\[\\]]+")) {
            int next = member.isEmpty() || member.matches("\\d+") ? -1 : text.indexOf("\"" + member + "\"", at);
            at = next < 0 ? at : next;
        }
        return (int) text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
    }
}
