package dev.camelfeishu.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * What the sandbox answers.
 *
 * @param status HTTP status
 * @param body the whole JSON body, or a {@link BinaryNode} with the bytes of another type
 * @param headers header fields besides X-Tt-Logid, which every answer has; Content-Type for other bodies than JSON
 */
public record Answer(int status, JsonNode body, Map<String, String> headers) {
    public Answer {
        headers = Map.copyOf(headers);
    }

    /** HTTP 200 with the platform's envelope: {@code {"code":0,"msg":"success","data":…}}. */
    public static Answer ok(JsonNode data) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("code", 0).put("msg", "success").set("data", data);
        return new Answer(200, body, Map.of());
    }

    /** A body without the envelope. */
    public static Answer of(int status, JsonNode body) {
        return new Answer(status, body, Map.of());
    }

    /** A body that is not JSON, under the {@code Content-Type} of the header fields. */
    public static Answer file(int status, byte[] bytes, Map<String, String> headers) {
        return new Answer(status, BinaryNode.valueOf(bytes), headers);
    }
}
