package dev.camelfeishu.card;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The cards of {@code config/cards/*.json}, filled from a route's values. A template is a card whose string values may hold
 *
 * <ul>
 *   <li>{@code ${name}}: a value; {@code ${order.id}} leads into a map; null reads "—"
 *   <li>{@code ${text:key}}: a text of the locale, its own placeholders filled from the same values
 * </ul>
 *
 * and two objects of its own:
 *
 * <ul>
 *   <li>an object with {@code "if": "name"} is left out while that value is absent, null, empty or false
 *   <li>{@code {"choose": "name", "when": {"A": …, "B": …}, "otherwise": …}} becomes what stands beside the value
 * </ul>
 *
 * A string that is one placeholder and nothing else keeps the value's JSON type (a button's {@code value}), except where a
 * card wants text. Values in {@code markdown} and {@code lark_md} are escaped; a value in part of an address is
 * percent-encoded; a value is never parsed as a template or as JSON. Immutable, thread safe.
 */
public final class CardTemplates {

    private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");
    private static final Set<String> MARKDOWN = Set.of("markdown", "lark_md");
    private static final Set<String> ADDRESSES = Set.of("url", "default_url", "android_url", "ios_url", "pc_url");
    private static final String TEXT = "text:";

    private final Map<String, JsonNode> cards;
    private final Texts texts;
    private final ObjectMapper json;
    private final ZoneId zone;

    /** Times are written in the zone of the machine. */
    public CardTemplates(Map<String, String> cards, Texts texts, ObjectMapper json) {
        this(cards, texts, json, ZoneId.systemDefault());
    }

    /**
     * @param cards name of a card, without {@code .json}, to its JSON text
     * @param zone in which a point in time is written
     * @throws IllegalArgumentException when a card is not JSON or names a text that does not exist
     */
    public CardTemplates(Map<String, String> cards, Texts texts, ObjectMapper json, ZoneId zone) {
        this.texts = Objects.requireNonNull(texts, "texts");
        this.json = Objects.requireNonNull(json, "json");
        this.zone = Objects.requireNonNull(zone, "zone");
        var parsed = new LinkedHashMap<String, JsonNode>();
        cards.forEach((name, text) -> parsed.put(name, parse(name, text)));
        this.cards = Map.copyOf(parsed);
    }

    public Set<String> names() {
        return new TreeSet<>(cards.keySet());
    }

    /**
     * The card with its placeholders replaced, not yet validated.
     *
     * @throws IllegalArgumentException when there is no such card, or a placeholder has no value: the message names the
     *     card, the path in it and the names that are known
     */
    public JsonNode fill(String name, Map<String, ?> values) {
        JsonNode template = cards.get(name);
        if (template == null) {
            throw new IllegalArgumentException("there is no card '" + name + "'; known are " + names());
        }
        return new Filling(name, values).node(template, "", Context.VALUE);
    }

    private JsonNode parse(String name, String text) {
        JsonNode card;
        try {
            card = json.reader()
                    .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .with(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(text);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw new IllegalArgumentException(
                    "card '" + name + "'"
                            + (at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr())
                            + ": " + e.getOriginalMessage(),
                    e);
        }
        if (!card.isObject()) {
            throw new IllegalArgumentException("card '" + name + "' is not a JSON object");
        }
        checkTexts(name, card);
        return card;
    }

    private void checkTexts(String name, JsonNode node) {
        if (node.isTextual()) {
            Placeholders.replace(node.textValue(), inside -> {
                if (inside.startsWith(TEXT) && !texts.keys().contains(inside.substring(TEXT.length()))) {
                    throw new IllegalArgumentException("card '" + name + "': there is no text '"
                            + inside.substring(TEXT.length()) + "' in the texts of " + texts.locale());
                }
                return "";
            });
        }
        node.forEach(child -> checkTexts(name, child));
    }

    /** What a string means to Feishu, and so what a value in it must not do. */
    private enum Context {
        VALUE,
        TEXT,
        MARKDOWN,
        ADDRESS
    }

    /** One card on its way. */
    private final class Filling {

        private final String card;
        private final Map<String, ?> values;

        Filling(String card, Map<String, ?> values) {
            this.card = card;
            this.values = values;
        }

        JsonNode node(JsonNode node, String path, Context context) {
            if (node instanceof ObjectNode object) {
                return object.has("choose") ? choice(object, path, context) : object(object, path, context);
            }
            if (node instanceof ArrayNode array) {
                return array(array, path, context);
            }
            return node.isTextual() ? string(node.textValue(), path, context) : node.deepCopy();
        }

        private ObjectNode object(ObjectNode object, String path, Context context) {
            ObjectNode filled = JsonNodeFactory.instance.objectNode();
            String tag = object.path("tag").asText();
            object.properties().forEach(property -> {
                String name = property.getKey();
                String at = path.isEmpty() ? name : path + "." + name;
                if (name.equals("if") || isLeftOut(property.getValue(), at)) {
                    return;
                }
                filled.set(
                        name,
                        name.equals("rows") && tag.equals("table")
                                ? rows(object, property.getValue(), at)
                                : node(property.getValue(), at, within(tag, name, context)));
            });
            return filled;
        }

        private ArrayNode array(ArrayNode array, String path, Context context) {
            ArrayNode filled = JsonNodeFactory.instance.arrayNode();
            for (int i = 0; i < array.size(); i++) {
                String at = path + "[" + i + "]";
                if (!isLeftOut(array.get(i), at)) {
                    filled.add(node(array.get(i), at, context));
                }
            }
            return filled;
        }

        /** Cells have no tag of their own: their column says whether they are Markdown. */
        private JsonNode rows(ObjectNode table, JsonNode rows, String path) {
            var contexts = new LinkedHashMap<String, Context>();
            table.path("columns").forEach(column -> {
                String type = column.path("data_type").asText();
                contexts.put(column.path("name").asText(), MARKDOWN.contains(type) ? Context.MARKDOWN : Context.VALUE);
            });
            ArrayNode filled = JsonNodeFactory.instance.arrayNode();
            for (int i = 0; i < rows.size(); i++) {
                String at = path + "[" + i + "]";
                ObjectNode row = filled.addObject();
                rows.get(i)
                        .properties()
                        .forEach(cell -> row.set(
                                cell.getKey(),
                                node(
                                        cell.getValue(),
                                        at + "." + cell.getKey(),
                                        contexts.getOrDefault(cell.getKey(), Context.MARKDOWN))));
            }
            return filled;
        }

        private Context within(String tag, String property, Context context) {
            if (property.equals("content") || property.equals("i18n_content")) {
                return MARKDOWN.contains(tag) ? Context.MARKDOWN : Context.TEXT;
            }
            if (ADDRESSES.contains(property)) {
                return Context.ADDRESS;
            }
            // the languages of i18n_content stand one object deeper
            return context == Context.TEXT || context == Context.MARKDOWN ? context : Context.VALUE;
        }

        private boolean isLeftOut(JsonNode node, String path) {
            JsonNode condition = node.path("if");
            if (condition.isMissingNode()) {
                return false;
            }
            if (!condition.isTextual()) {
                throw problem(path, "\"if\" is not the name of a value");
            }
            return !Placeholders.says(condition.textValue(), values);
        }

        private JsonNode choice(ObjectNode choice, String path, Context context) {
            Object value = valueOf(choice.path("choose").asText(), path);
            JsonNode chosen = choice.path("when").path(value == null ? "" : written(value));
            if (chosen.isMissingNode()) {
                chosen = choice.path("otherwise");
            }
            if (chosen.isMissingNode()) {
                throw problem(
                        path,
                        "\"choose\" has nothing for this value of '"
                                + choice.path("choose").asText() + "' and no \"otherwise\"");
            }
            return node(chosen, path, context);
        }

        private JsonNode string(String text, String path, Context context) {
            var whole = Placeholders.whole(text);
            if (whole.isPresent() && !whole.get().startsWith(TEXT)) {
                Object value = valueOf(whole.get(), path);
                if (context == Context.ADDRESS) {
                    return TextNode.valueOf(written(value));
                }
                if (context == Context.VALUE) {
                    return typed(value);
                }
            }
            try {
                return TextNode.valueOf(Placeholders.replace(
                        text,
                        inside -> inside.startsWith(TEXT)
                                ? texts.render(
                                        inside.substring(TEXT.length()),
                                        name -> safe(valueOf(name, path), path, context))
                                : safe(valueOf(inside, path), path, context)));
            } catch (CardProblem e) {
                throw e;
            } catch (IllegalArgumentException e) {
                throw e.getCause() instanceof CardProblem cause ? cause : problem(path, e.getMessage());
            }
        }

        private Object valueOf(String name, String path) {
            try {
                return Placeholders.value(name, values);
            } catch (IllegalArgumentException e) {
                throw problem(path, e.getMessage());
            }
        }

        private String safe(Object value, String path, Context context) {
            if (value instanceof Map
                    || value instanceof Collection
                    || value instanceof JsonNode node && node.isContainerNode()) {
                throw problem(path, "a map or list cannot stand in a text");
            }
            String text = written(value);
            return switch (context) {
                case MARKDOWN -> Markup.markdown(text);
                case ADDRESS -> URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
                case TEXT, VALUE -> text;
            };
        }

        private JsonNode typed(Object value) {
            if (value instanceof Number || value instanceof Boolean) {
                return json.valueToTree(value);
            }
            if (value instanceof Map
                    || value instanceof Collection
                    || value instanceof JsonNode node && node.isContainerNode()) {
                return json.valueToTree(value);
            }
            return TextNode.valueOf(written(value));
        }

        private IllegalArgumentException problem(String path, String message) {
            return new CardProblem("card '" + card + "', " + (path.isEmpty() ? "root" : path) + ": " + message);
        }
    }

    /** A value as people read it. */
    private String written(Object value) {
        if (value == null || value instanceof JsonNode node && (node.isNull() || node.isMissingNode())) {
            return Placeholders.NOTHING;
        }
        if (value instanceof JsonNode node) {
            return node.isNumber() ? written(node.numberValue()) : node.asText();
        }
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (value instanceof Timestamp time) {
            return MINUTES.format(time.toInstant().atZone(zone));
        }
        if (value instanceof Instant time) {
            return MINUTES.format(time.atZone(zone));
        }
        if (value instanceof OffsetDateTime time) {
            return MINUTES.format(time.atZoneSameInstant(zone));
        }
        if (value instanceof ZonedDateTime time) {
            return MINUTES.format(time.withZoneSameInstant(zone));
        }
        if (value instanceof LocalDateTime time) {
            return MINUTES.format(time);
        }
        return String.valueOf(value);
    }

    /** Already names the card and the path. */
    private static final class CardProblem extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        CardProblem(String message) {
            super(message);
        }
    }
}
