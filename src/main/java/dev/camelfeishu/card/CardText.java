package dev.camelfeishu.card;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a card says, in words: for a card that cannot be shown. */
public final class CardText {

    private static final int MOST = 3000;

    /** Free data of the app, and what a component says only when somebody acts on it. */
    private static final Set<String> SILENT = Set.of(
            "value", "chart_spec", "confirm", "hover_tips", "disabled_tips", "behaviors", "config", "placeholder");

    private CardText() {}

    /** The title and every text of a card in its order, a line each, at most 3000 characters; "" when it says nothing. */
    public static String of(JsonNode card) {
        List<String> lines = new ArrayList<>();
        collect(card.path("header"), lines);
        card.properties().stream()
                .filter(property -> !property.getKey().equals("header") && !SILENT.contains(property.getKey()))
                .forEach(property -> collect(property.getValue(), lines));
        String text = String.join("\n", lines);
        return text.length() <= MOST ? text : text.substring(0, MOST) + "…";
    }

    /** A card of the same version with nothing but that text. It is valid whatever the text says. */
    public static JsonNode card(String text, JsonNode likeness) {
        ObjectNode card = JsonNodeFactory.instance.objectNode();
        ObjectNode body = card;
        if (likeness.path("schema").asText().equals("1.0") || likeness.has("elements")) {
            card.putObject("config").put("update_multi", true);
        } else {
            body = card.put("schema", "2.0").putObject("body");
        }
        body.putArray("elements")
                .addObject()
                .put("tag", "div")
                .putObject("text")
                .put("tag", "plain_text")
                .put("content", text);
        return card;
    }

    private static void collect(JsonNode node, List<String> lines) {
        if (node.isArray()) {
            node.forEach(item -> collect(item, lines));
            return;
        }
        node.properties().forEach(property -> {
            JsonNode value = property.getValue();
            if (property.getKey().equals("content") && value.isTextual()) {
                if (!value.textValue().isBlank()) {
                    lines.add(value.textValue().strip());
                }
            } else if (value.isContainerNode() && !SILENT.contains(property.getKey())) {
                collect(value, lines);
            }
        });
    }
}
