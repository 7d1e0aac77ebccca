package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;

/** Type 5, and how the times of creation and change read: epoch milliseconds as an integer. */
final class DateCell implements Cell {
    @Override
    public JsonNode store(JsonNode written, Field field, Writing writing) {
        if (!written.isIntegralNumber() || !written.canConvertToLong()) {
            throw new Denied(1254064, field.name() + " takes epoch milliseconds as an integer");
        }
        return JSON.numberNode(written.longValue());
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
