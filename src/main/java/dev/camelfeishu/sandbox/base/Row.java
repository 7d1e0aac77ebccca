package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * A record as stored.
 *
 * @param number rises with each record of the table, never used twice; orders the records and is what automatic numbers count
 * @param cells stored values by field_id, only those that are not empty
 * @param createdTime epoch milliseconds
 * @param createdBy open_id
 * @param modifiedTime epoch milliseconds
 * @param modifiedBy open_id
 * @param revision the table's revision that made this version
 */
record Row(
        String id,
        long number,
        Map<String, JsonNode> cells,
        long createdTime,
        String createdBy,
        long modifiedTime,
        String modifiedBy,
        long revision) {
    Row {
        cells = Map.copyOf(cells);
    }

    Row with(Map<String, JsonNode> other) {
        return new Row(id, number, other, createdTime, createdBy, modifiedTime, modifiedBy, revision);
    }

    Row modified(Map<String, JsonNode> other, long time, String by, long newRevision) {
        return new Row(id, number, other, createdTime, createdBy, time, by, newRevision);
    }
}
