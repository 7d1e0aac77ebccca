package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/**
 * Types that the platform fills in: writing one is refused. The value comes from the record ({@link FieldType#value}) and
 * reads as the type {@code shown} does.
 */
final class ComputedCell implements Cell {
    private final Cell shown;

    ComputedCell(Cell shown) {
        this.shown = shown;
    }

    @Override
    public JsonNode store(JsonNode written, Field field, Writing writing) {
        throw new Denied(1254015, field.name() + " is read-only");
    }

    @Override
    public JsonNode read(JsonNode stored, Field field, Reading reading) {
        return shown.read(stored, field, reading);
    }

    @Override
    public JsonNode rewrite(JsonNode stored, Field field) {
        return shown.rewrite(stored, field);
    }

    @Override
    public String text(JsonNode stored, Field field) {
        return shown.text(stored, field);
    }

    @Override
    public Set<String> choices(JsonNode stored, Field field, Reading reading) {
        return shown.choices(stored, field, reading);
    }
}
