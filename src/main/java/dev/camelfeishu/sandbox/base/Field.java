package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * A field of a table.
 *
 * @param property the property without a select's options, or null for types that have none; not to be changed
 * @param options of a select, none for other types
 * @param description {@code {"text","disable_sync"}} or null; not to be changed
 */
record Field(
        String id,
        String name,
        FieldType type,
        String uiType,
        ObjectNode property,
        Options options,
        ObjectNode description,
        boolean primary) {
    Field with(Options other) {
        return new Field(id, name, type, uiType, property, other, description, primary);
    }

    /** A link to a table has another one in its place. */
    Field linkedTo(Map<String, String> tables) {
        if (!type.link()) {
            return this;
        }
        ObjectNode linked = property.deepCopy();
        linked.put("table_id", tables.get(property.path("table_id").asText()));
        return new Field(id, name, type, uiType, linked, options, description, primary);
    }

    Field named(String other) {
        return new Field(id, other, type, uiType, property, options, description, primary);
    }

    /** A property that is a flag, false when it is not set. */
    boolean flag(String name) {
        return property != null && property.path(name).asBoolean(false);
    }

    /** The property as answered and as events carry it, or null. */
    ObjectNode propertyJson() {
        if (!type.select()) {
            return property == null ? null : property.deepCopy();
        }
        ObjectNode json = property == null ? JsonNodeFactory.instance.objectNode() : property.deepCopy();
        json.set("options", options.json());
        return json;
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("field_id", id)
                .put("field_name", name)
                .put("type", type.code())
                .put("ui_type", uiType)
                .put("is_primary", primary)
                .put("is_hidden", false);
        json.set("property", propertyJson());
        if (description != null) {
            json.set("description", description.deepCopy());
        }
        return json;
    }
}
