package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;

/** Type 3. Written and read by the option's name, stored and told in events by its id. An unknown name adds an option. */
final class SingleSelectCell implements Cell {
    @Override
    public JsonNode store(JsonNode written, Field field, Writing writing) {
        if (!written.isTextual() || written.textValue().isEmpty()) {
            throw new Denied(1254062, field.name() + " takes the name of an option");
        }
        Option option = writing.options(field).named(written.textValue());
        return JSON.textNode((option == null ? writing.addOption(field, written.textValue()) : option).id());
    }

    @Override
    public JsonNode read(JsonNode stored, Field field, Reading reading) {
        return JSON.textNode(text(stored, field));
    }

    @Override
    public JsonNode rewrite(JsonNode stored, Field field) {
        return JSON.textNode(text(stored, field));
    }

    @Override
    public String text(JsonNode stored, Field field) {
        return field.options().withId(stored.textValue()).name();
    }
}
