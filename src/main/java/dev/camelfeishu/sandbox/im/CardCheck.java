package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.Json;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the platform refuses of a card, as far as it can be known without its image keys, templates and charts.
 *
 * <p>Which sub-code an unknown property of a 2.0 card, a misplaced component or a card without elements gets is not
 * documented: 200621, the one for a card that cannot be parsed.
 */
public final class CardCheck {
    private static final int MAX_TAGS = 200;
    private static final Set<String> ROOT = Set.of("schema", "config", "card_link", "header", "body");
    /** Free data of the app, in which a member called tag means nothing. */
    private static final Set<String> DATA = Set.of("value", "chart_spec", "rows");

    private static final Set<String> TAGS = Set.of(
            "column_set",
            "column",
            "form",
            "interactive_container",
            "collapsible_panel",
            "div",
            "markdown",
            "img",
            "img_combination",
            "person",
            "person_list",
            "chart",
            "table",
            "hr",
            "audio",
            "button",
            "input",
            "overflow",
            "select_static",
            "multi_select_static",
            "select_person",
            "multi_select_person",
            "date_picker",
            "picker_time",
            "picker_datetime",
            "select_img",
            "checker",
            "plain_text",
            "lark_md",
            "text_tag",
            "standard_icon",
            "custom_icon",
            "fallback_text",
            "avatar",
            "video",
            "collapse_divider",
            "emoji");
    private static final Set<String> WRAPPED = Set.of(
            "button", "select_static", "select_person", "overflow", "date_picker", "picker_time", "picker_datetime");

    /** A reason to refuse a card: a sub-code of 230099 and its message. */
    public record Fault(int code, String message) {
        /** The message of 230099. */
        String text() {
            return "Failed to create card content, ext=ErrCode: " + code + "; ErrMsg: " + message + "; ErrorValue: ;";
        }
    }

    private CardCheck() {}

    /** Looks at a card's JSON. */
    public static Optional<Fault> check(String content) {
        JsonNode card = Json.parse(content);
        if (card == null || !card.isObject()) {
            return fault(200621, "parse card json err, please check whether the card json is correct");
        }
        if (card.path("type").asText().equals("template") && card.has("data")) {
            return fault(200380, "template does not exist or is not published");
        }
        if (card.path("type").asText().equals("card") && card.has("data")) {
            return fault(200740, "card entity does not exist");
        }
        if (card.isEmpty()) {
            return Optional.empty();
        }
        return switch (card.path("schema").asText("1.0")) {
            case "2.0" -> second(card);
            case "1.0" -> first(card);
            default -> fault(200621, "unknown schema, ErrPath: ROOT -> schema");
        };
    }

    /** Whether everybody sees the same card, which a later update by the app needs. */
    static boolean shared(JsonNode card) {
        return isSecond(card) || card.path("config").path("update_multi").asBoolean(false);
    }

    static boolean isSecond(JsonNode card) {
        return card.path("schema").asText().equals("2.0");
    }

    private static Optional<Fault> second(JsonNode card) {
        for (Iterator<String> names = card.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!ROOT.contains(name)) {
                return fault(200621, "unknown property, ErrPath: ROOT -> " + name);
            }
        }
        if (!card.path("body").path("elements").isArray()) {
            return fault(200621, "elements are missing, ErrPath: ROOT -> body -> elements");
        }
        if (card.path("config").path("update_multi").isBoolean()
                && !card.path("config").path("update_multi").asBoolean()) {
            return fault(200621, "update_multi must be true in schema 2.0, ErrPath: ROOT -> config -> update_multi");
        }
        Optional<Fault> unsupported = unsupported(card, "ROOT");
        if (unsupported.isPresent()) {
            return unsupported;
        }
        return tags(card) > MAX_TAGS ? fault(11310, "element exceeds the limit") : Optional.empty();
    }

    private static Optional<Fault> first(JsonNode card) {
        boolean elements =
                card.path("elements").isArray() || card.path("i18n_elements").isObject();
        if (!elements) {
            return fault(200621, "elements are missing, ErrPath: ROOT -> elements");
        }
        int index = 0;
        for (JsonNode element : card.path("elements")) {
            String tag = element.path("tag").asText();
            if (tag.isEmpty() || WRAPPED.contains(tag)) {
                return fault(
                        200621,
                        (tag.isEmpty() ? "tag is missing" : tag + " must stand in an action")
                                + ", ErrPath: ROOT -> elements -> [" + index + "](tag: " + tag + ")");
            }
            index++;
        }
        return Optional.empty();
    }

    private static Optional<Fault> unsupported(JsonNode node, String path) {
        if (node.isObject()) {
            String tag = node.path("tag").asText("");
            if (!tag.isEmpty() && !TAGS.contains(tag)) {
                return fault(
                        200861,
                        "cards of schema V2 no longer support this capability; unsupported tag " + tag + ", ErrPath: "
                                + path + "(tag: " + tag + ")");
            }
        }
        int index = 0;
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!DATA.contains(field.getKey())) {
                Optional<Fault> below = unsupported(field.getValue(), path + " -> " + field.getKey());
                if (below.isPresent()) {
                    return below;
                }
            }
        }
        for (JsonNode item : node.isArray() ? node : Json.array()) {
            Optional<Fault> below = unsupported(item, path + " -> [" + index++ + "]");
            if (below.isPresent()) {
                return below;
            }
        }
        return Optional.empty();
    }

    private static int tags(JsonNode node) {
        int count = node.isObject() && node.path("tag").isTextual() ? 1 : 0;
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            count += DATA.contains(field.getKey()) ? 0 : tags(field.getValue());
        }
        if (node.isArray()) {
            for (JsonNode item : node) {
                count += tags(item);
            }
        }
        return count;
    }

    private static Optional<Fault> fault(int code, String message) {
        return Optional.of(new Fault(code, message));
    }
}
