package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.LinkedHashSet;
import java.util.Set;

/** Types 18 and 21: a list of record_ids of the linked table. The other side of a two-way link is not kept. */
final class LinkCell implements Cell {
    static final int MOST = 500;

    private final int conversionError;

    LinkCell(int conversionError) {
        this.conversionError = conversionError;
    }

    @Override
    public JsonNode store(JsonNode written, Field field, Writing writing) {
        if (!written.isArray() || written.size() > MOST) {
            throw new Denied(conversionError, field.name() + " takes a list of up to " + MOST + " record ids");
        }
        Set<String> ids = new LinkedHashSet<>();
        for (JsonNode id : written) {
            if (!id.isTextual() || !writing.recordExists(field, id.textValue())) {
                throw new Denied(conversionError, field.name() + " takes ids of records of its table");
            }
            ids.add(id.textValue());
        }
        if (ids.size() > 1 && !field.flag("multiple")) {
            throw new Denied(conversionError, field.name() + " takes one record");
        }
        ArrayNode stored = JSON.arrayNode();
        ids.forEach(stored::add);
        return stored.isEmpty() ? EMPTY : stored;
    }

    @Override
    public JsonNode read(JsonNode stored, Field field, Reading reading) {
        return JSON.objectNode().set("link_record_ids", stored);
    }

    @Override
    public JsonNode rewrite(JsonNode stored, Field field) {
        return stored;
    }

    @Override
    public String text(JsonNode stored, Field field) {
        return String.join(",", ids(stored));
    }

    @Override
    public Set<String> choices(JsonNode stored, Field field, Reading reading) {
        return ids(stored);
    }

    private static Set<String> ids(JsonNode stored) {
        Set<String> ids = new LinkedHashSet<>();
        stored.forEach(id -> ids.add(id.textValue()));
        return ids;
    }
}
