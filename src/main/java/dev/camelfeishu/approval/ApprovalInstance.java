package dev.camelfeishu.approval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An approval instance as Feishu answered it.
 *
 * @param code instance code
 * @param uuid what its creator gave it, null when it was made by hand
 * @param serialNumber as people see it, null when there is none
 * @param starterOpenId who asked
 * @param tasks in Feishu's order
 * @param form value by the widget's custom id, or by its id where it has none; in the read shape of its type (a choice
 *     reads as its text)
 * @param startedAt null when Feishu names none
 * @param endedAt null while it is open
 */
public record ApprovalInstance(
        String code,
        String uuid,
        String approvalCode,
        String approvalName,
        String serialNumber,
        String starterOpenId,
        InstanceStatus status,
        List<ApprovalTask> tasks,
        Map<String, JsonNode> form,
        Instant startedAt,
        Instant endedAt) {

    public ApprovalInstance {
        tasks = List.copyOf(tasks);
        form = Collections.unmodifiableMap(new LinkedHashMap<>(form));
    }

    public Optional<ApprovalTask> task(String taskId) {
        return tasks.stream().filter(task -> task.id().equals(taskId)).findFirst();
    }

    static ApprovalInstance of(JsonNode data, ObjectMapper json) {
        var tasks = new ArrayList<ApprovalTask>();
        data.path("task_list")
                .forEach(task -> tasks.add(new ApprovalTask(
                        task.path("id").asText(),
                        textOf(task, "open_id"),
                        textOf(task, "user_id"),
                        task.path("status").asText(),
                        textOf(task, "node_name"))));
        return new ApprovalInstance(
                Ids.instanceCode(textOf(data, "instance_code")),
                textOf(data, "uuid"),
                Ids.approvalCode(textOf(data, "approval_code")),
                textOf(data, "approval_name"),
                textOf(data, "serial_number"),
                textOf(data, "open_id"),
                InstanceStatus.of(data),
                tasks,
                formOf(data.path("form"), json),
                time(data.path("start_time")),
                time(data.path("end_time")));
    }

    private static Map<String, JsonNode> formOf(JsonNode form, ObjectMapper json) {
        JsonNode widgets = form;
        if (form.isTextual()) {
            try {
                widgets = json.readTree(form.textValue());
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("Feishu answered an approval instance whose form is not JSON", e);
            }
        }
        var values = new LinkedHashMap<String, JsonNode>();
        widgets.forEach(widget -> {
            String name = Optional.ofNullable(textOf(widget, "custom_id")).orElseGet(() -> textOf(widget, "id"));
            if (name != null) {
                values.put(name, widget.path("value"));
            }
        });
        return values;
    }

    private static String textOf(JsonNode node, String name) {
        String text = node.path(name).asText("");
        return text.isEmpty() ? null : text;
    }

    /** Milliseconds, as text; "0" while there is none. */
    private static Instant time(JsonNode millis) {
        long value = millis.asLong(0);
        return value == 0 ? null : Instant.ofEpochMilli(value);
    }
}
