package dev.camelfeishu.ops.routetest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.ApiResponse;
import dev.camelfeishu.openapi.FeishuClient;
import dev.camelfeishu.openapi.FeishuRejectedException;
import java.util.Map;

/** Answers calls as the test says, and notes those that change something. */
final class StagedFeishu implements FeishuClient {

    static final String BOT = "ou_bot";

    /** What every test would say alike. */
    private static final Map<String, String> USUAL = Map.of(
            "GET /open-apis/bot/v3/info", "{\"bot\": {\"open_id\": \"" + BOT + "\", \"app_name\": \"Bot\"}}",
            "POST /open-apis/im/v1/messages", "{\"message_id\": \"om_sent\"}",
            "POST /open-apis/im/v1/messages/:message_id/reply", "{\"message_id\": \"om_reply\"}",
            "POST /open-apis/approval/v4/approvals/:approval_code/subscribe", "{}");

    private final ObjectMapper json = new ObjectMapper();
    private final Stage stage;

    StagedFeishu(Stage stage) {
        this.stage = stage;
    }

    @Override
    public ApiResponse call(ApiRequest request) {
        String call = request.method() + " " + request.path();
        if (!stage.isOn()) {
            return response(USUAL.getOrDefault(call, "{}"));
        }
        String operation = stage.operation();
        JsonNode answer = stage.feishu(name -> name.equals(call) || name.equals(operation));
        if (!request.reading()) {
            stage.sent().add(new Sent(operation == null ? call : operation, values(request)));
        }
        JsonNode error = answer.path("error");
        if (error.isObject()) {
            throw new FeishuRejectedException(
                    call + ": " + error.path("message").asText("refused"),
                    error.path("status").asInt(400),
                    error.path("code").asInt(1),
                    "log-of-the-test",
                    null,
                    false,
                    null);
        }
        if (answer.has("data")) {
            return response(answer.get("data").toString());
        }
        if (answer.isMissingNode() && !USUAL.containsKey(call)) {
            String asked = "the route calls " + call
                    + ", and the test does not say what Feishu answers: add it under feishu, as" + " {call: "
                    + (operation == null ? call : operation) + ", data: {...}}";
            stage.unanswered().add(asked);
            throw new IllegalStateException(asked);
        }
        return response(USUAL.getOrDefault(call, "{}"));
    }

    private ApiResponse response(String data) {
        try {
            ObjectNode root =
                    JsonNodeFactory.instance.objectNode().put("code", 0).put("msg", "success");
            JsonNode tree = json.readTree(data);
            root.set("data", tree);
            if (tree.isObject()) {
                // some endpoints answer beside data
                tree.properties().forEach(member -> root.set(member.getKey(), member.getValue()));
            }
            return new ApiResponse(tree, root, 200, "log-of-the-test");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer of this class is not JSON", e);
        }
    }

    private ObjectNode values(ApiRequest request) {
        ObjectNode values = JsonNodeFactory.instance.objectNode();
        request.pathVariables().forEach(values::put);
        request.query().forEach(values::put);
        if (request.body() != null && request.body().isObject()) {
            request.body().properties().forEach(member -> values.set(member.getKey(), opened(member.getValue())));
        } else if (request.body() != null) {
            values.set("body", request.body());
        }
        return values;
    }

    /** A message's content is JSON inside a text. */
    private JsonNode opened(JsonNode value) {
        if (value.isTextual()
                && (value.asText().startsWith("{") || value.asText().startsWith("["))) {
            try {
                return json.readTree(value.asText());
            } catch (JsonProcessingException e) {
                // a text that begins like JSON
                return value;
            }
        }
        return value;
    }
}
