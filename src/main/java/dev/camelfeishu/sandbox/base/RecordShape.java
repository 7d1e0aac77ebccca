package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** How search and batch_get show records. */
final class RecordShape {
    private final Reading reading;

    RecordShape(Reading reading) {
        this.reading = reading;
    }

    /** {@code {"record_id","fields"}} and, with {@code automatic}, who made and changed it and when. */
    ObjectNode json(Row row, List<Field> shown, boolean automatic) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("record_id", row.id());
        json.set("fields", fields(row, shown));
        if (automatic) {
            automatic(json, row);
        }
        return json;
    }

    void automatic(ObjectNode json, Row row) {
        json.set("created_by", reading.person(row.createdBy()));
        json.put("created_time", row.createdTime());
        json.set("last_modified_by", reading.person(row.modifiedBy()));
        json.put("last_modified_time", row.modifiedTime());
    }

    /** The cells that are not empty, by field name. */
    ObjectNode fields(Row row, List<Field> shown) {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        for (Field field : shown) {
            JsonNode stored = field.type().value(row, field);
            if (stored != null) {
                fields.set(field.name(), field.type().cell().read(stored, field, reading));
            }
        }
        return fields;
    }
}
