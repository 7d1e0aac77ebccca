package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;

/** Type 15: {@code {"text","link"}}. Without a text the link is shown. */
final class UrlCell implements Cell {
    @Override
    public JsonNode store(JsonNode written, Field field, Writing writing) {
        JsonNode link = written.path("link");
        JsonNode text = written.path("text");
        if (!written.isObject()
                || !link.isTextual()
                || link.textValue().isEmpty()
                || !(text.isTextual() || text.isMissingNode() || text.isNull())) {
            throw new Denied(1254068, field.name() + " takes {\"text\",\"link\"}");
        }
        String shown = text.asText("").isEmpty() || text.isNull() ? link.textValue() : text.textValue();
        return JSON.objectNode().put("text", shown).put("link", link.textValue());
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
        return stored.path("text").textValue();
    }
}
