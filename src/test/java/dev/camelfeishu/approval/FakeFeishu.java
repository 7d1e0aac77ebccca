package dev.camelfeishu.approval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.ApiResponse;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.openapi.FeishuRejectedException;
import dev.camelfeishu.openapi.FeishuRetryableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The approval endpoints, after Feishu's pages: refuses a body with a field that is not documented, of another JSON type,
 * or with a widget in the read shape.
 */
final class FakeFeishu implements FeishuClient {

    static final String APPROVAL = "7C468A54-8745-2245-9675-08B7C63E7A85";
    private static final String ROOT = "/open-apis/approval/v4";

    final List<ApiRequest> calls = new ArrayList<>();
    final Map<String, ObjectNode> instances = new LinkedHashMap<>();
    private final Map<String, String> codesByUuid = new HashMap<>();
    private final ObjectMapper json = new ObjectMapper();
    private final List<FeishuException> before = new ArrayList<>();
    private final List<FeishuException> after = new ArrayList<>();
    private boolean subscribed;
    private String form = "[]";
    private boolean hidden;

    void form(String form) {
        this.form = form.replace('\'', '"');
    }

    /** The next call fails without an effect. */
    void failNext(FeishuException failure) {
        before.add(failure);
    }

    /** The next call that changes something has its effect, and its answer is lost. */
    void loseNextAnswer() {
        after.add(new FeishuRetryableException("no answer", 0, 0, null, null, true, null));
    }

    /** Instances cannot be read, as in the moment after they were created. */
    void hideInstances(boolean hidden) {
        this.hidden = hidden;
    }

    static FeishuException refusal(int code) {
        return new FeishuRejectedException("refused " + code, 400, code, "log", null, false, null);
    }

    long calls(String method, String path) {
        return calls.stream()
                .filter(call -> call.method().equals(method) && call.path().equals(ROOT + path))
                .count();
    }

    /** The widgets of the instance that was created last. */
    JsonNode submitted() {
        ObjectNode[] all = instances.values().toArray(ObjectNode[]::new);
        return read(all[all.length - 1].path("form").asText());
    }

    @Override
    public ApiResponse call(ApiRequest request) {
        calls.add(request);
        if (!before.isEmpty()) {
            throw before.remove(0);
        }
        JsonNode data = switch (request.method() + " " + request.path()) {
            case "GET " + ROOT + "/approvals/:approval_code" -> definition(request);
            case "POST " + ROOT + "/approvals/:approval_code/subscribe" -> subscribe(request);
            case "POST " + ROOT + "/instances" -> create(request);
            case "GET " + ROOT + "/instances/:instance_id" -> instance(request);
            case "POST " + ROOT + "/tasks/approve" -> decide(request, "APPROVED");
            case "POST " + ROOT + "/tasks/reject" -> decide(request, "REJECTED");
            default -> throw new AssertionError("no such endpoint: " + request);
        };
        if (!request.method().equals("GET") && !after.isEmpty()) {
            throw after.remove(0);
        }
        return new ApiResponse(data, json.createObjectNode().set("data", data), 200, "log");
    }

    private JsonNode definition(ApiRequest request) {
        assertThat(request.pathVariables()).containsOnlyKeys("approval_code");
        if (!request.pathVariables().get("approval_code").equals(APPROVAL)) {
            throw refusal(1390002);
        }
        return json.createObjectNode()
                .put("approval_name", "Purchase")
                .put("status", "ACTIVE")
                .put("form", form);
    }

    private JsonNode subscribe(ApiRequest request) {
        assertThat(request.pathVariables()).containsOnlyKeys("approval_code");
        if (subscribed) {
            throw refusal(1390007);
        }
        subscribed = true;
        return json.createObjectNode();
    }

    private JsonNode create(ApiRequest request) {
        JsonNode body = request.body();
        assertThat(body.fieldNames()).toIterable().isSubsetOf(Set.of("approval_code", "open_id", "form", "uuid"));
        body.forEach(value -> assertThat(value.isTextual()).as(body.toString()).isTrue());
        String uuid = body.path("uuid").asText();
        assertThat(uuid).hasSizeBetween(1, 64);
        if (codesByUuid.containsKey(uuid.toUpperCase(java.util.Locale.ROOT))) {
            throw refusal(60012);
        }
        read(body.path("form").asText()).forEach(this::checkWidget);
        return json.createObjectNode()
                .put(
                        "instance_code",
                        add(uuid, body.path("form").asText())
                                .path("instance_code")
                                .asText());
    }

    ObjectNode add(String uuid, String form) {
        String code = "81D31358-93AF-92D6-7425-%012d".formatted(instances.size() + 1);
        ObjectNode instance = json.createObjectNode()
                .put("approval_name", "Purchase")
                .put("approval_code", APPROVAL)
                .put("instance_code", code)
                .put("uuid", uuid)
                .put("serial_number", "202503010001")
                .put("open_id", "ou_applicant")
                .put("status", "PENDING")
                .put("start_time", "1740794584000")
                .put("end_time", "0")
                .put("reverted", false)
                .put("form", form);
        instance.putArray("task_list")
                .addObject()
                .put("id", "7100000000000000001")
                .put("open_id", "ou_manager")
                .put("user_id", "lilei")
                .put("status", "PENDING")
                .put("node_name", "Manager");
        instance.withArray("task_list")
                .addObject()
                .put("id", "7100000000000000002")
                .put("status", "DONE")
                .put("node_name", "Automatic");
        instances.put(code, instance);
        codesByUuid.put(uuid.toUpperCase(java.util.Locale.ROOT), code);
        return instance;
    }

    private void checkWidget(JsonNode widget) {
        assertThat(widget.path("id").asText()).startsWith("widget");
        Set<String> fields = switch (widget.path("type").asText()) {
            case "amount" -> Set.of("id", "type", "value", "currency");
            case "contact" -> Set.of("id", "type", "value", "open_ids");
            default -> Set.of("id", "type", "value");
        };
        assertThat(widget.fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(fields);
        JsonNode value = widget.path("value");
        boolean fits = switch (widget.path("type").asText()) {
            case "input", "textarea", "radioV2" -> value.isTextual();
            case "number", "amount" -> value.isNumber();
            case "date" -> value.asText().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[+-]\\d\\d:\\d\\d");
            case "contact", "checkboxV2" -> value.isArray();
            default -> !value.isMissingNode();
        };
        assertThat(fits).as(widget.toString()).isTrue();
    }

    private JsonNode instance(ApiRequest request) {
        assertThat(request.pathVariables()).containsOnlyKeys("instance_id");
        String id = request.pathVariables().get("instance_id");
        String code = codesByUuid.getOrDefault(id.toUpperCase(java.util.Locale.ROOT), id);
        if (hidden || !instances.containsKey(code)) {
            throw refusal(1390003);
        }
        return instances.get(code).deepCopy();
    }

    private JsonNode decide(ApiRequest request, String outcome) {
        JsonNode body = request.body();
        assertThat(request.query()).isEqualTo(Map.of("user_id_type", "open_id"));
        assertThat(body.fieldNames())
                .toIterable()
                .contains("approval_code", "instance_code", "user_id", "task_id")
                .isSubsetOf(Set.of("approval_code", "instance_code", "user_id", "task_id", "comment"));
        body.forEach(value -> assertThat(value.isTextual()).as(body.toString()).isTrue());
        ObjectNode instance = instances.get(body.path("instance_code").asText());
        if (instance == null) {
            throw refusal(1390003);
        }
        for (JsonNode task : instance.path("task_list")) {
            if (task.path("id").asText().equals(body.path("task_id").asText())
                    && task.path("open_id").asText().equals(body.path("user_id").asText())
                    && task.path("status").asText().equals("PENDING")) {
                ((ObjectNode) task).put("status", outcome);
                return json.createObjectNode();
            }
        }
        throw refusal(1390010);
    }

    private JsonNode read(String text) {
        try {
            return json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }
}
