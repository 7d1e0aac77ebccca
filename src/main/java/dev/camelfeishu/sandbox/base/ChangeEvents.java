package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Pushes;
import java.time.Clock;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The events of a subscribed base: {@code drive.file.bitable_record_changed_v1} and
 * {@code drive.file.bitable_field_changed_v1}. A large batch is told in several events, so that none grows beyond what a
 * receiver takes.
 */
final class ChangeEvents {
    static final int MOST_ACTIONS = 100;

    private static final int LONGEST = 200_000;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final JdbcTemplate jdbc;
    private final Pushes pushes;
    private final Directory directory;
    private final Clock clock;

    ChangeEvents(JdbcTemplate jdbc, Pushes pushes, Directory directory, Clock clock) {
        this.jdbc = jdbc;
        this.pushes = pushes;
        this.directory = directory;
        this.clock = clock;
    }

    /** Pushes what the draft changed, in the caller's transaction. */
    void tell(Draft draft) {
        List<String> subscribers = jdbc.queryForList(
                "select open_id from sandbox.base_subscription where file_token = ? order by open_id",
                String.class,
                draft.before().appToken());
        if (subscribers.isEmpty()) {
            return;
        }
        ArrayNode fieldActions = JSON.arrayNode();
        draft.fieldActions().forEach(action -> fieldActions.add(json(action)));
        if (!fieldActions.isEmpty()) {
            push("drive.file.bitable_field_changed_v1", draft, fieldActions, subscribers);
        }
        tellRecords(draft, subscribers);
    }

    private void tellRecords(Draft draft, List<String> subscribers) {
        List<Field> fields = draft.after().fields();
        ArrayNode actions = JSON.arrayNode();
        int length = 0;
        for (RecordAction action : draft.recordActions()) {
            ObjectNode json = json(action, fields);
            int size = json.toString().length();
            if (actions.size() == MOST_ACTIONS || (!actions.isEmpty() && length + size > LONGEST)) {
                push("drive.file.bitable_record_changed_v1", draft, actions, subscribers);
                actions = JSON.arrayNode();
                length = 0;
            }
            actions.add(json);
            length += size;
        }
        if (!actions.isEmpty()) {
            push("drive.file.bitable_record_changed_v1", draft, actions, subscribers);
        }
    }

    private void push(String type, Draft draft, ArrayNode actions, List<String> subscribers) {
        ObjectNode event = JSON.objectNode()
                .put("file_type", "bitable")
                .put("file_token", draft.before().appToken())
                .put("table_id", draft.before().id())
                .put("revision", draft.revision());
        event.set("operator_id", draft.author().ids());
        event.set("action_list", actions);
        ArrayNode to = event.putArray("subscriber_id_list");
        subscribers.forEach(openId -> to.add(directory.editor(openId).ids()));
        event.put("update_time", clock.instant().getEpochSecond());
        pushes.event(type, event);
    }

    private ObjectNode json(RecordAction action, List<Field> fields) {
        ObjectNode json = JSON.objectNode().put("record_id", action.recordId()).put("action", action.name());
        ArrayNode before = JSON.arrayNode();
        ArrayNode after = JSON.arrayNode();
        for (Field field : fields) {
            JsonNode old = cell(action.before(), field);
            JsonNode now = cell(action.after(), field);
            boolean same = old == null ? now == null : old.equals(now);
            if (!same) {
                before.add(value(old, field));
                after.add(value(now, field));
            }
        }
        if (action.before() != null) {
            json.set("before_value", before);
        }
        if (action.after() != null) {
            json.set("after_value", after);
        }
        return json;
    }

    private static JsonNode cell(Row row, Field field) {
        return row == null ? null : row.cells().get(field.id());
    }

    private ObjectNode value(JsonNode stored, Field field) {
        ObjectNode json = JSON.objectNode()
                .put("field_id", field.id())
                .put("field_value", stored == null ? "" : field.type().cell().eventValue(stored));
        if (field.type().people()) {
            ArrayNode users = json.putObject("field_identity_value").putArray("users");
            if (stored != null) {
                stored.forEach(openId -> users.add(identity(directory.editor(openId.textValue()))));
            }
        }
        return json;
    }

    private static ObjectNode identity(Person person) {
        ObjectNode json = JSON.objectNode();
        json.set("user_id", person.ids());
        return json.put("name", person.name()).put("en_name", person.name()).put("avatar_url", "");
    }

    private static ObjectNode json(FieldAction action) {
        ObjectNode json = JSON.objectNode().put("action", action.name()).put("field_id", action.fieldId());
        if (action.before() != null) {
            json.set("before_value", json(action.before()));
        }
        if (action.after() != null) {
            json.set("after_value", json(action.after()));
        }
        return json;
    }

    private static ObjectNode json(Field field) {
        ObjectNode json = JSON.objectNode()
                .put("id", field.id())
                .put("name", field.name())
                .put("type", field.type().code())
                .put(
                        "description",
                        field.description() == null
                                ? ""
                                : field.description().path("text").asText());
        ObjectNode property = field.propertyJson();
        json.set("property", property == null ? JSON.objectNode() : property);
        return json;
    }
}
