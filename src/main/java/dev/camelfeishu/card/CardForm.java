package dev.camelfeishu.card;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Fields that people fill in. */
public final class CardForm extends CardElements<CardForm> {
    CardForm(ArrayNode elements) {
        super(elements);
    }

    @Override
    CardForm self() {
        return this;
    }

    /** A line of text; its value is {@code form_value.<name>} of the click. */
    public CardForm input(String name, String label, boolean required) {
        ObjectNode input = add("input").put("name", name).put("required", required);
        input.set("label", plain(label));
        return this;
    }

    /** One of several options, value to text. */
    public CardForm select(String name, String placeholder, Map<String, String> options) {
        ObjectNode select = add("select_static").put("name", name);
        select.set("placeholder", plain(placeholder));
        ArrayNode list = select.putArray("options");
        options.forEach((value, text) -> list.addObject().put("value", value).set("text", plain(text)));
        return this;
    }

    /** A day, {@code yyyy-MM-dd}. */
    public CardForm date(String name, String placeholder) {
        add("date_picker").put("name", name).set("placeholder", plain(placeholder));
        return this;
    }
}
