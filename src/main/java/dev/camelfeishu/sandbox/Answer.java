package dev.camelfeishu.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * What the sandbox answers.
 *
 * @param status HTTP status
 * @param body the whole JSON body; a missing node where there is {@code content}
 * @param headers header fields besides X-Tt-Logid, which every answer has; Content-Type for other bodies than JSON
 * @param content a body of another type, or null
 */
public record Answer(int status, JsonNode body, Map<String, String> headers, Content content) {
    /** Bytes that are written as they are read. */
    public interface Content {
        /** In bytes. */
        long length();

        void writeTo(OutputStream out) throws IOException;
    }

    private record Bytes(byte[] bytes) implements Content {
        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(bytes);
        }
    }

    public Answer {
        headers = Map.copyOf(headers);
    }

    /** A JSON body. */
    public Answer(int status, JsonNode body, Map<String, String> headers) {
        this(status, body, headers, null);
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
        return file(status, new Bytes(bytes), headers);
    }

    /** A body that is not JSON, under the {@code Content-Type} of the header fields. */
    public static Answer file(int status, Content content, Map<String, String> headers) {
        return new Answer(status, MissingNode.getInstance(), headers, content);
    }
}
