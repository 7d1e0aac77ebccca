package dev.camelfeishu.card;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds what Feishu would refuse in a card, before it is sent: versions, required and unknown properties, placement, limits
 * and formats of card JSON 2.0, and the main rules of 1.0. Whether a file key, a user id or a template exists cannot be
 * decided here.
 */
public final class CardValidator {

    /** Of the card as UTF-8. */
    private static final int MOST_BYTES = 30 * 1024;

    private static final int MOST_ELEMENTS = 200;
    private static final int MOST_TABLES = 5;

    /** What may hold an object with a {@code tag} that is no element. */
    private static final Set<String> OPAQUE = Set.of("value", "chart_spec", "rows");

    private CardValidator() {}

    /** The faults of a card, in the order of the card; none means that it can be sent. */
    public static List<Fault> validate(JsonNode card) {
        if (card == null || !card.isObject()) {
            return List.of(new Fault("", "is not a JSON object"));
        }
        if (card.isEmpty()) {
            return List.of();
        }
        var findings = new Findings(ownColors(card));
        String kind = card.path("type").asText();
        if (!card.has("schema") && (kind.equals("template") || kind.equals("card"))) {
            reference(kind, card, Spot.root(CardSchema.V2, findings));
            return findings.faults();
        }
        String schema = card.has("schema") ? card.get("schema").asText() : "1.0";
        switch (schema) {
            case "2.0" -> check(CardSchema.V2, card, findings);
            case "1.0" -> {
                if (card.has("body") && !card.has("elements")) {
                    findings.add(new Fault("schema", "is missing: a card with a 'body' needs \"schema\": \"2.0\""));
                } else {
                    check(CardSchema.V1, card, findings);
                }
            }
            default -> findings.add(new Fault("schema", "is neither \"2.0\" nor \"1.0\""));
        }
        return findings.faults();
    }

    private static void check(CardSchema schema, JsonNode card, Findings findings) {
        Spot root = Spot.root(schema, findings);
        schema.root().check(card, root);
        if (findings.number("audio") > 0 && !isFalse(card.path("config").path("enable_forward"))) {
            root.property("config").property("enable_forward").fault("must be false in a card with audio (300220)");
        }
        if (findings.number("table") > MOST_TABLES) {
            root.fault("has " + findings.number("table") + " tables, " + MOST_TABLES + " are allowed");
        }
        int elements = elements(card);
        if (schema == CardSchema.V2 && elements > MOST_ELEMENTS) {
            root.fault("has " + elements + " elements, texts included; " + MOST_ELEMENTS + " are allowed (11310)");
        }
        int bytes = card.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MOST_BYTES) {
            root.fault("has " + bytes + " bytes, " + MOST_BYTES + " are allowed");
        }
    }

    /** A card that lives at Feishu: a published template, or a card entity. */
    private static void reference(String kind, JsonNode card, Spot root) {
        String id = kind.equals("template") ? "template_id" : "card_id";
        if (card.path("data").path(id).asText().isBlank()) {
            root.property("data").fault("needs '" + id + "'");
        }
    }

    private static int elements(JsonNode node) {
        int count = node.path("tag").isTextual() ? 1 : 0;
        if (node.isObject()) {
            for (var property : node.properties()) {
                count += OPAQUE.contains(property.getKey()) ? 0 : elements(property.getValue());
            }
        } else {
            for (JsonNode item : node) {
                count += elements(item);
            }
        }
        return count;
    }

    private static Set<String> ownColors(JsonNode card) {
        var names = new LinkedHashSet<String>();
        card.path("config").path("style").path("color").fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static boolean isFalse(JsonNode node) {
        return node.isBoolean() && !node.booleanValue();
    }
}
