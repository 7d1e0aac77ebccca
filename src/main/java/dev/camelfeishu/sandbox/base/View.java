package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A view of a table. Views here do not sort.
 *
 * @param property {@code filter_info}, {@code hidden_fields}, {@code hierarchy_config}; of a form {@code form} and {@code questions}
 */
record View(String id, String name, String type, ObjectNode property) {
    boolean form() {
        return type.equals("form");
    }

    View named(String other) {
        return new View(id, other, type, property);
    }

    View with(ObjectNode other) {
        return new View(id, name, type, other);
    }

    /** Whether it shows some records only. */
    boolean filtered() {
        return !property.path("filter_info").path("conditions").isEmpty();
    }

    boolean hides(Field field) {
        for (var hidden : property.path("hidden_fields")) {
            if (hidden.asText().equals(field.id())) {
                return true;
            }
        }
        return false;
    }

    /** As lists show it. */
    ObjectNode line() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("view_id", id)
                .put("view_name", name)
                .put("view_type", type)
                .put("view_public_level", "Public");
    }

    /** With its property. */
    ObjectNode json() {
        ObjectNode shown = property.deepCopy();
        shown.remove("form");
        shown.remove("questions");
        ObjectNode json = line();
        if (!shown.isEmpty()) {
            json.set("property", shown);
        }
        return json;
    }
}
