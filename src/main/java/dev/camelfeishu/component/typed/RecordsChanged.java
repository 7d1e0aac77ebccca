package dev.camelfeishu.component.typed;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * {@code drive.file.bitable_record_changed_v1}: records of a Bitable table were added, edited or deleted.
 *
 * @param appToken the Base
 * @param revision of the table after the change
 * @see <a href="https://open.feishu.cn/document/docs/bitable-v1/events/bitable_record_changed">Record changed</a>
 */
public record RecordsChanged(
        String appToken, String tableId, long revision, Person operator, Instant updatedAt, List<Change> changes)
        implements TypedEvent {

    /**
     * One record.
     *
     * @param action {@code record_added}, {@code record_edited} or {@code record_deleted}
     * @param before field id to the value it had, as Feishu writes it: mostly JSON; only fields that changed
     * @param after field id to the value it has now, likewise
     */
    public record Change(String recordId, String action, Map<String, String> before, Map<String, String> after) {}

    static RecordsChanged of(JsonNode event) {
        return new RecordsChanged(
                event.path("file_token").asText(""),
                event.path("table_id").asText(""),
                event.path("revision").asLong(),
                Person.of(event.path("operator_id")),
                Times.of(event.path("update_time")),
                StreamSupport.stream(event.path("action_list").spliterator(), false)
                        .map(action -> new Change(
                                action.path("record_id").asText(""),
                                action.path("action").asText(""),
                                values(action.path("before_value")),
                                values(action.path("after_value"))))
                        .toList());
    }

    private static Map<String, String> values(JsonNode fields) {
        Map<String, String> values = new LinkedHashMap<>();
        fields.forEach(field -> values.put(
                field.path("field_id").asText(""), field.path("field_value").asText("")));
        return values;
    }
}
