package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Type 1: text, barcode and e-mail. Written as a string, read as segments. */
final class TextCell implements Cell {
    static final int LONGEST = 100_000;

    @Override
    public JsonNode store(JsonNode written, Field field, Writing writing) {
        if (!written.isTextual()) {
            throw new Denied(1254060, field.name() + " takes a string");
        }
        if (written.textValue().length() > LONGEST) {
            throw new Denied(1254130, field.name() + " holds at most " + LONGEST + " characters");
        }
        return written.textValue().isEmpty() ? EMPTY : written;
    }

    @Override
    public JsonNode read(JsonNode stored, Field field, Reading reading) {
        ObjectNode segment = JSON.objectNode();
        if (field.uiType().equals("Email")) {
            segment.put("type", "url").put("text", stored.textValue()).put("link", "mailto:" + stored.textValue());
        } else {
            segment.put("type", "text").put("text", stored.textValue());
        }
        return JSON.arrayNode().add(segment);
    }

    @Override
    public JsonNode rewrite(JsonNode stored, Field field) {
        return stored;
    }

    @Override
    public String text(JsonNode stored, Field field) {
        return stored.textValue();
    }

    @Override
    public String eventValue(JsonNode stored) {
        return stored.textValue();
    }
}
