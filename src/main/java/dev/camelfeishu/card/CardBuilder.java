package dev.camelfeishu.card;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Builds cards of JSON 2.0 in code, where a template of config/cards is too rigid:
 *
 * <pre>{@code
 * JsonNode card = CardBuilder.card("Order A-1", CardBuilder.Color.BLUE)
 *         .markdown("**Paid**, ships tomorrow")
 *         .columns(left -> left.text("Amount"), right -> right.text("12.00"))
 *         .line()
 *         .button("Release", CardBuilder.Style.PRIMARY, Map.of("action", "release", "order_id", "A-1"))
 *         .build();
 * }</pre>
 *
 * <p>Texts are taken as they are; in {@link CardElements#markdown} they are Markdown, so what people wrote belongs into {@link
 * CardElements#text}. What {@link #build} answers is valid.
 */
public final class CardBuilder extends CardElements<CardBuilder> {

    /** Color of a card's header. */
    public enum Color {
        BLUE,
        WATHET,
        TURQUOISE,
        GREEN,
        YELLOW,
        ORANGE,
        RED,
        CARMINE,
        VIOLET,
        PURPLE,
        INDIGO,
        GREY,
        DEFAULT;

        String json() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** How much a button stands out. */
    public enum Style {
        DEFAULT,
        PRIMARY,
        DANGER,
        TEXT,
        PRIMARY_FILLED,
        DANGER_FILLED;

        String json() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private final ObjectNode card;

    private CardBuilder(ObjectNode card, ArrayNode elements) {
        super(elements);
        this.card = card;
    }

    /** Begins a card with a title. */
    public static CardBuilder card(String title, Color color) {
        CardBuilder builder = card();
        ObjectNode header = builder.card.putObject("header");
        header.set("title", plain(title));
        header.put("template", color.json());
        return builder;
    }

    /** Begins a card without a header. */
    public static CardBuilder card() {
        ObjectNode card = JsonNodeFactory.instance.objectNode().put("schema", "2.0");
        card.putObject("config").put("update_multi", true);
        return new CardBuilder(card, card.putObject("body").putArray("elements"));
    }

    /** What the chat list shows of it. */
    public CardBuilder summary(String text) {
        ((ObjectNode) card.path("config")).putObject("summary").put("content", text);
        return this;
    }

    /** Lets text be streamed into it, once it is an entity. */
    public CardBuilder streaming() {
        ((ObjectNode) card.path("config")).put("streaming_mode", true);
        return this;
    }

    /**
     * Takes fields that people fill in and send together, at the end with a button.
     *
     * @param name of the form, different from every other of the card
     * @param submit text of the button
     * @param value what the button's click carries besides the fields
     */
    public CardBuilder form(String name, String submit, Map<String, ?> value, Consumer<CardForm> fields) {
        ObjectNode form = add("form").put("name", name);
        ArrayNode elements = form.putArray("elements");
        fields.accept(new CardForm(elements));
        ObjectNode button = elements.addObject().put("tag", "button").put("name", name + "_submit");
        button.set("text", plain(submit));
        button.put("type", "primary").put("form_action_type", "submit");
        callBack(button, value);
        return this;
    }

    /**
     * The card.
     *
     * @throws IllegalStateException when it has become too large, or names things twice; the message names the place
     */
    public JsonNode build() {
        List<Fault> faults = CardValidator.validate(card);
        if (!faults.isEmpty()) {
            throw new IllegalStateException("The card cannot be built: "
                    + faults.stream().map(Fault::toString).collect(Collectors.joining("; ")));
        }
        return card.deepCopy();
    }

    @Override
    CardBuilder self() {
        return this;
    }

    /** A button whose click comes back with the value. */
    public CardBuilder button(String text, Style style, Map<String, ?> value) {
        button(this, text, style, value);
        return this;
    }

    /** A button that opens a page. */
    public CardBuilder link(String text, URI address) {
        link(this, text, address);
        return this;
    }
}
