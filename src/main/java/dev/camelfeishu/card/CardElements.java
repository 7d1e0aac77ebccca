package dev.camelfeishu.card;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.Map;
import java.util.function.Consumer;

/** What stands below one another, in a card or in a column. */
public abstract sealed class CardElements<T> permits CardBuilder, CardColumn, CardForm {

    private final ArrayNode elements;

    CardElements(ArrayNode elements) {
        this.elements = elements;
    }

    abstract T self();

    ObjectNode add(String tag) {
        return elements.addObject().put("tag", tag);
    }

    /** Markdown. */
    public T markdown(String markdown) {
        add("markdown").put("content", markdown);
        return self();
    }

    /** Markdown that can be changed by its id, once the card is an entity. */
    public T markdown(String elementId, String markdown) {
        add("markdown").put("element_id", elementId).put("content", markdown);
        return self();
    }

    /** Text as it is. */
    public T text(String text) {
        add("div").set("text", plain(text));
        return self();
    }

    /** A line across. */
    public T line() {
        add("hr");
        return self();
    }

    /** An image that this app has uploaded. */
    public T image(String imageKey, String alternative) {
        add("img").put("img_key", imageKey).set("alt", plain(alternative));
        return self();
    }

    /** Columns of the same width, side by side. */
    @SafeVarargs
    public final T columns(Consumer<CardColumn>... columns) {
        ArrayNode list = add("column_set").put("flex_mode", "bisect").putArray("columns");
        for (Consumer<CardColumn> column : columns) {
            ObjectNode node = list.addObject()
                    .put("tag", "column")
                    .put("width", "weighted")
                    .put("weight", 1);
            column.accept(new CardColumn(node.putArray("elements")));
        }
        return self();
    }

    static ObjectNode plain(String text) {
        return JsonNodeFactory.instance.objectNode().put("tag", "plain_text").put("content", text);
    }

    static void callBack(ObjectNode element, Map<String, ?> value) {
        ObjectNode behavior = element.putArray("behaviors").addObject().put("type", "callback");
        ObjectNode data = behavior.putObject("value");
        value.forEach((name, given) -> data.set(name, JsonNodeFactory.instance.textNode(String.valueOf(given))));
    }

    static void button(CardElements<?> where, String text, CardBuilder.Style style, Map<String, ?> value) {
        ObjectNode button = where.add("button").put("type", style.json());
        button.set("text", plain(text));
        callBack(button, value);
    }

    static void link(CardElements<?> where, String text, URI address) {
        ObjectNode button = where.add("button").put("type", "default");
        button.set("text", plain(text));
        button.putArray("behaviors").addObject().put("type", "open_url").put("default_url", address.toString());
    }
}
