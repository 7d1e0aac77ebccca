package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;

/** Type 7. A box that was once set to false reads false; one never touched is absent. */
final class CheckboxCell implements Cell {
    @Override
    public JsonNode store(JsonNode written, Field field, Writing writing) {
        if (!written.isBoolean()) {
            throw new Denied(1254065, field.name() + " takes true or false");
        }
        return written;
    }

    @Override
    public JsonNode read(JsonNode stored, Field field, Reading reading) {
        return stored;
    }

    @Override
    public JsonNode rewrite(JsonNode stored, Field field) {
        return stored;
    }

    @Override
    public String text(JsonNode stored, Field field) {
        return stored.asText();
    }
}
