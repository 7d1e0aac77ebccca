package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

/**
 * The answers to a call made in parts, one after another: the items of each where it is a list, else the answer itself. A
 * part is sent when its first item is asked for. For one thread.
 */
final class Parts implements Iterator<JsonNode> {

    private final Iterator<JsonNode> parts;
    private final Function<JsonNode, Object> call;
    private Iterator<JsonNode> answered = Collections.emptyIterator();

    Parts(Iterator<JsonNode> parts, Function<JsonNode, Object> call) {
        this.parts = parts;
        this.call = call;
    }

    @Override
    public boolean hasNext() {
        while (!answered.hasNext() && parts.hasNext()) {
            answered = items(call.apply(parts.next()));
        }
        return answered.hasNext();
    }

    @Override
    public JsonNode next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return answered.next();
    }

    private static Iterator<JsonNode> items(Object answer) {
        JsonNode json = (JsonNode) answer;
        return json instanceof ArrayNode list ? list.elements() : List.of(json).iterator();
    }
}
