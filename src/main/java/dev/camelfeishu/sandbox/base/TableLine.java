package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A table in the list of its base. */
record TableLine(String id, String name, long revision) {
    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("table_id", id)
                .put("revision", revision)
                .put("name", name);
    }
}
