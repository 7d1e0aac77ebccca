package dev.camelfeishu.card;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.net.URI;
import java.util.Map;

/** One of several columns. */
public final class CardColumn extends CardElements<CardColumn> {
    CardColumn(ArrayNode elements) {
        super(elements);
    }

    @Override
    CardColumn self() {
        return this;
    }

    /** As {@link CardBuilder#button}. */
    public CardColumn button(String text, CardBuilder.Style style, Map<String, ?> value) {
        button(this, text, style, value);
        return this;
    }

    /** As {@link CardBuilder#link}. */
    public CardColumn link(String text, URI address) {
        link(this, text, address);
        return this;
    }
}
