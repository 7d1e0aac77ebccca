package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a card content names instead of saying: a published template with variables, or a card entity. In the sandbox's own
 * templates {@code {{name}}} stands for a variable; one that is not given is empty.
 */
public final class CardSources {
    private static final Pattern VARIABLE = Pattern.compile("\\{\\{([A-Za-z0-9_]+)}}");

    private final SandboxDatabase database;
    private final CardEntities entities;

    public CardSources(SandboxDatabase database, CardEntities entities) {
        this.database = database;
        this.entities = entities;
    }

    /**
     * The card itself, checked.
     *
     * @throws Refusal 230099 with its sub-code
     */
    String card(String content) {
        String card = resolved(content);
        Optional<CardCheck.Fault> fault = CardCheck.check(card);
        if (fault.isPresent()) {
            throw refused(fault.get());
        }
        return card;
    }

    /** As {@link #card}, empty when it is refused. */
    Optional<String> find(String content) {
        try {
            return Optional.of(card(content));
        } catch (Refusal refusal) {
            return Optional.empty();
        }
    }

    /** Says that a message shows what the content names; an entity can be sent once. */
    void sent(String content, Message message) {
        JsonNode card = Json.parse(content);
        if (isReference(card, "card")) {
            entities.sent(card.path("data").path("card_id").asText(), message);
        }
    }

    private String resolved(String content) {
        JsonNode card = Json.parse(content);
        if (isReference(card, "template")) {
            return template(card.path("data"));
        }
        if (isReference(card, "card")) {
            return entities.find(card.path("data").path("card_id").asText())
                    .filter(entity -> !entity.expired())
                    .map(entity -> Json.write(entity.card()))
                    .orElse(content);
        }
        return content;
    }

    private static boolean isReference(JsonNode card, String type) {
        return card != null
                && !card.has("schema")
                && card.path("type").asText().equals(type)
                && card.path("data").isObject();
    }

    private String template(JsonNode data) {
        record Template(boolean granted, JsonNode variables, JsonNode card) {}
        Template template = database
                .jdbc()
                .query(
                        "select * from sandbox.card_template where template_id = ? and (? = '' or version = ?)"
                                + " order by position desc limit 1",
                        (row, n) -> new Template(
                                row.getBoolean("granted"),
                                Json.read(row.getString("variables")),
                                Json.read(row.getString("card"))),
                        data.path("template_id").asText(),
                        data.path("template_version_name").asText(""),
                        data.path("template_version_name").asText(""))
                .stream()
                .findFirst()
                .orElseThrow(() -> refused(new CardCheck.Fault(200380, "template does not exist or is not published")));
        if (!template.granted()) {
            throw refused(new CardCheck.Fault(200381, "the app has no permission on the template"));
        }
        JsonNode given = data.path("template_variable");
        template.variables().properties().forEach(variable -> {
            JsonNode value = given.path(variable.getKey());
            if (!value.isMissingNode() && !fits(value, variable.getValue().asText())) {
                throw refused(new CardCheck.Fault(200732, "variable " + variable.getKey() + " has the wrong type"));
            }
        });
        return Json.write(filled(template.card(), given));
    }

    private static boolean fits(JsonNode value, String type) {
        return switch (type) {
            case "number" -> value.isNumber();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            default -> value.isTextual();
        };
    }

    private static JsonNode filled(JsonNode node, JsonNode values) {
        if (node.isObject()) {
            ObjectNode filled = Json.object();
            node.properties().forEach(field -> filled.set(field.getKey(), filled(field.getValue(), values)));
            return filled;
        }
        if (node.isArray()) {
            ArrayNode filled = Json.array();
            node.forEach(item -> filled.add(filled(item, values)));
            return filled;
        }
        if (!node.isTextual()) {
            return node;
        }
        Matcher whole = VARIABLE.matcher(node.asText());
        if (whole.matches() && values.path(whole.group(1)).isContainerNode()) {
            return values.path(whole.group(1));
        }
        return TextNode.valueOf(VARIABLE.matcher(node.asText())
                .replaceAll(found ->
                        Matcher.quoteReplacement(values.path(found.group(1)).asText(""))));
    }

    private static Refusal refused(CardCheck.Fault fault) {
        return new Refusal(400, 230099, fault.text());
    }
}
