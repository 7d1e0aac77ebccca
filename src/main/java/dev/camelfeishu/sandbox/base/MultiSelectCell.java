package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.LinkedHashSet;
import java.util.Set;

/** Type 4. Like the single select, in a list. The same new name twice in one cell adds two options, as documented. */
final class MultiSelectCell implements Cell {
    static final int MOST = 1_000;

    @Override
    public JsonNode store(JsonNode written, Field field, Writing writing) {
        if (!written.isArray() || written.size() > MOST) {
            throw new Denied(1254063, field.name() + " takes a list of up to " + MOST + " names of options");
        }
        Options known = writing.options(field);
        Set<String> ids = new LinkedHashSet<>();
        for (JsonNode name : written) {
            if (!name.isTextual() || name.textValue().isEmpty()) {
                throw new Denied(1254063, field.name() + " takes names of options");
            }
            Option option = known.named(name.textValue());
            ids.add((option == null ? writing.addOption(field, name.textValue()) : option).id());
        }
        ArrayNode stored = JSON.arrayNode();
        ids.forEach(stored::add);
        return stored.isEmpty() ? EMPTY : stored;
    }

    @Override
    public JsonNode read(JsonNode stored, Field field, Reading reading) {
        return rewrite(stored, field);
    }

    @Override
    public JsonNode rewrite(JsonNode stored, Field field) {
        ArrayNode names = JSON.arrayNode();
        names(stored, field).forEach(names::add);
        return names;
    }

    @Override
    public String text(JsonNode stored, Field field) {
        return String.join(",", names(stored, field));
    }

    @Override
    public Set<String> choices(JsonNode stored, Field field, Reading reading) {
        return names(stored, field);
    }

    private static Set<String> names(JsonNode stored, Field field) {
        Set<String> names = new LinkedHashSet<>();
        stored.forEach(id -> names.add(field.options().withId(id.textValue()).name()));
        return names;
    }
}
