package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.LinkedHashSet;
import java.util.Set;

/** Type 23: group chats as {@code [{"id":"oc_…"}]}, stored as their ids. */
final class ChatCell implements Cell {
    static final int MOST = 10;

    @Override
    public JsonNode store(JsonNode written, Field field, Writing writing) {
        if (!written.isArray() || written.size() > MOST) {
            throw new Denied(1254015, field.name() + " takes a list of up to " + MOST + " {\"id\"}");
        }
        Set<String> ids = new LinkedHashSet<>();
        for (JsonNode entry : written) {
            String id = entry.path("id").asText("");
            if (!entry.isObject() || !writing.chatExists(id)) {
                throw new Denied(1254015, field.name() + " names an unknown group");
            }
            ids.add(id);
        }
        if (ids.size() > 1 && !field.flag("multiple")) {
            throw new Denied(1254015, field.name() + " takes one group");
        }
        ArrayNode stored = JSON.arrayNode();
        ids.forEach(stored::add);
        return stored.isEmpty() ? EMPTY : stored;
    }

    @Override
    public JsonNode read(JsonNode stored, Field field, Reading reading) {
        ArrayNode chats = JSON.arrayNode();
        stored.forEach(id -> chats.addObject()
                .put("id", id.textValue())
                .put("name", reading.directory().chatName(id.textValue()).orElse(""))
                .put("avatar_url", ""));
        return chats;
    }

    @Override
    public JsonNode rewrite(JsonNode stored, Field field) {
        ArrayNode chats = JSON.arrayNode();
        stored.forEach(id -> chats.addObject().set("id", id));
        return chats;
    }

    @Override
    public String text(JsonNode stored, Field field) {
        return String.join(",", choices(stored, field, null));
    }

    @Override
    public String eventValue(JsonNode stored) {
        return rewrite(stored, null).toString();
    }

    @Override
    public Set<String> choices(JsonNode stored, Field field, Reading reading) {
        Set<String> ids = new LinkedHashSet<>();
        stored.forEach(id -> ids.add(id.textValue()));
        return ids;
    }
}
