package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Type 11, and how creators and editors read. Written as {@code [{"id":…}]} in the call's user_id_type, stored as open_ids. */
final class PersonCell implements Cell {
    static final int MOST = 1_000;

    @Override
    public JsonNode store(JsonNode written, Field field, Writing writing) {
        if (!written.isArray() || written.size() > MOST) {
            throw new Denied(1254066, field.name() + " takes a list of {\"id\"}");
        }
        Set<String> people = new LinkedHashSet<>();
        for (JsonNode entry : written) {
            if (!entry.isObject() || !entry.path("id").isTextual()) {
                throw new Denied(1254066, field.name() + " takes a list of {\"id\"}");
            }
            people.add(writing.person(entry.path("id").textValue())
                    .orElseThrow(() -> new Denied(1254066, field.name() + " names an unknown person"))
                    .openId());
        }
        if (people.size() > 1 && !field.flag("multiple")) {
            throw new Denied(1254066, field.name() + " takes one person");
        }
        ArrayNode stored = JSON.arrayNode();
        people.forEach(stored::add);
        return stored.isEmpty() ? EMPTY : stored;
    }

    @Override
    public JsonNode read(JsonNode stored, Field field, Reading reading) {
        ArrayNode people = JSON.arrayNode();
        stored.forEach(openId -> people.add(reading.person(openId.textValue())));
        return people;
    }

    @Override
    public JsonNode rewrite(JsonNode stored, Field field) {
        ArrayNode people = JSON.arrayNode();
        stored.forEach(openId -> people.addObject().set("id", openId));
        return people;
    }

    @Override
    public String text(JsonNode stored, Field field) {
        Set<String> ids = new LinkedHashSet<>();
        stored.forEach(id -> ids.add(id.textValue()));
        return String.join(",", ids);
    }

    @Override
    public String eventValue(JsonNode stored) {
        return rewrite(stored, null).toString();
    }

    @Override
    public Set<String> choices(JsonNode stored, Field field, Reading reading) {
        Set<String> ids = new LinkedHashSet<>();
        stored.forEach(id -> ids.add(id.textValue()));
        return ids.stream()
                .map(id -> reading.idType().idOf(reading.directory().editor(id)))
                .collect(Collectors.toSet());
    }
}
