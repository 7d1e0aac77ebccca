package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Denial;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Changes the elements of a card, found by their {@code element_id}. */
final class CardTree {
    /** An element and the list it stands in; no list when it is the value of a property. */
    private record Place(ObjectNode element, ArrayNode list, int index, ObjectNode parent, String property) {}

    private final ObjectNode card;

    CardTree(ObjectNode card) {
        this.card = card;
    }

    ObjectNode card() {
        return card;
    }

    Optional<ObjectNode> element(String id) {
        return find(card, id, null, -1, null, null).map(Place::element);
    }

    /** @param type insert_before, insert_after or append */
    void add(String type, String target, JsonNode elements) {
        if (target.isEmpty()) {
            if (!type.equals("append")) {
                throw new Denial(10002, "target_element_id");
            }
            elements.forEach(((ObjectNode) card.path("body")).withArray("elements")::add);
            return;
        }
        Place place = find(card, target, null, -1, null, null).orElseThrow(() -> new Denial(300315));
        if (type.equals("append")) {
            if (!place.element().path("elements").isArray()) {
                throw new Denial(300315, "the target holds no elements");
            }
            elements.forEach(place.element().withArray("elements")::add);
            return;
        }
        if (place.list() == null) {
            throw new Denial(300315, "the target stands in no list");
        }
        int at = place.index() + (type.equals("insert_after") ? 1 : 0);
        for (JsonNode element : elements) {
            place.list().insert(at++, element);
        }
    }

    void delete(String id) {
        Place place = find(card, id, null, -1, null, null).orElseThrow(() -> new Denial(300314));
        if (place.list() == null) {
            throw new Denial(300314, "the element cannot be left out");
        }
        place.list().remove(place.index());
    }

    void replace(String id, ObjectNode element) {
        Place place = find(card, id, null, -1, null, null).orElseThrow(() -> new Denial(300121));
        if (place.list() == null) {
            place.parent().set(place.property(), element);
        } else {
            place.list().set(place.index(), element);
        }
    }

    /** Changes some properties; the tag stays. */
    void change(String id, JsonNode properties) {
        ObjectNode element = element(id).orElseThrow(() -> new Denial(300313));
        if (properties.has("tag") && !properties.path("tag").equals(element.path("tag"))) {
            throw new Denial(300312);
        }
        merge(element, properties);
    }

    static void merge(ObjectNode into, JsonNode from) {
        for (Map.Entry<String, JsonNode> field : from.properties()) {
            if (field.getValue().isObject() && into.path(field.getKey()) instanceof ObjectNode deeper) {
                merge(deeper, field.getValue());
            } else {
                into.set(field.getKey(), field.getValue());
            }
        }
    }

    /** Whether two elements have one id. */
    static boolean repeatsId(JsonNode node) {
        return repeatsId(node, new HashSet<>());
    }

    private static boolean repeatsId(JsonNode node, Set<String> seen) {
        if (node.path("element_id").isTextual()
                && !seen.add(node.path("element_id").asText())) {
            return true;
        }
        for (JsonNode child : node) {
            if (repeatsId(child, seen)) {
                return true;
            }
        }
        return false;
    }

    private static Optional<Place> find(
            JsonNode node, String id, ArrayNode list, int index, ObjectNode parent, String property) {
        if (node instanceof ObjectNode object) {
            if (object.path("element_id").asText("").equals(id)) {
                return Optional.of(new Place(object, list, index, parent, property));
            }
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                Optional<Place> found = find(field.getValue(), id, null, -1, object, field.getKey());
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                Optional<Place> found = find(array.get(i), id, array, i, parent, property);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }
}
