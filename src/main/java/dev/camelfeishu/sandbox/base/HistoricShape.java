package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * How the superseded list and get show records: text as a string unless {@code text_field_as_array}, numbers as strings,
 * links with their texts.
 */
final class HistoricShape {
    private final Reading reading;
    private final boolean textAsArray;

    HistoricShape(Reading reading, boolean textAsArray) {
        this.reading = reading;
        this.textAsArray = textAsArray;
    }

    ObjectNode json(Row row, List<Field> shown) {
        ObjectNode json =
                JsonNodeFactory.instance.objectNode().put("record_id", row.id()).put("id", row.id());
        ObjectNode fields = json.putObject("fields");
        for (Field field : shown) {
            JsonNode stored = field.type().value(row, field);
            if (stored != null) {
                fields.set(field.name(), value(stored, field));
            }
        }
        return json;
    }

    private JsonNode value(JsonNode stored, Field field) {
        Cell cell = field.type().cell();
        return switch (field.type()) {
            case TEXT -> textAsArray ? cell.read(stored, field, reading) : stored;
            case NUMBER -> JsonNodeFactory.instance.textNode(cell.text(stored, field));
            case LINK, DUPLEX_LINK -> link(stored, field);
            default -> cell.read(stored, field, reading);
        };
    }

    private static JsonNode link(JsonNode stored, Field field) {
        ObjectNode link = JsonNodeFactory.instance
                .objectNode()
                .put("table_id", field.property().path("table_id").asText())
                .put("text", field.type().cell().text(stored, field))
                .put("type", "text");
        link.set("record_ids", stored);
        link.set("text_arr", stored);
        return JsonNodeFactory.instance.arrayNode().add(link);
    }
}
