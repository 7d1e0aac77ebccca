package dev.camelfeishu.event.socket;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.lark.oapi.google.protobuf.ByteString;
import com.lark.oapi.ws.pb.Pbbp2.Frame;
import com.lark.oapi.ws.pb.Pbbp2.Header;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The frames of the protocol. */
final class Frames {

    static final int CONTROL = 0;
    static final int DATA = 1;

    private Frames() {}

    static Frame ping(int service) {
        return Frame.newBuilder()
                .setSeqID(0)
                .setLogID(0)
                .setService(service)
                .setMethod(CONTROL)
                .addHeaders(header("type", "ping"))
                .build();
    }

    /**
     * The acknowledgement: the frame itself with another payload and the time it took.
     *
     * @param data what a callback is answered with; null for an event
     */
    static Frame ack(Frame frame, int code, JsonNode data, long millis) {
        ObjectNode payload = JsonNodeFactory.instance.objectNode().put("code", code);
        if (data != null) {
            byte[] json = data.toString().getBytes(StandardCharsets.UTF_8);
            payload.put("data", Base64.getEncoder().encodeToString(json));
        }
        return frame.toBuilder()
                .addHeaders(header("biz_rt", Long.toString(millis)))
                .setPayload(ByteString.copyFromUtf8(payload.toString()))
                .build();
    }

    /** The header's value, "" when there is none. */
    static String header(Frame frame, String key) {
        return frame.getHeadersList().stream()
                .filter(header -> header.getKey().equals(key))
                .map(Header::getValue)
                .findFirst()
                .orElse("");
    }

    /** The header as a whole number from 0 on, {@code otherwise} when there is none, -1 when it is something else. */
    static int number(Frame frame, String key, int otherwise) {
        String value = header(frame, key);
        return value.isEmpty() ? otherwise : value.matches("\\d{1,9}") ? Integer.parseInt(value) : -1;
    }

    private static Header header(String key, String value) {
        return Header.newBuilder().setKey(key).setValue(value).build();
    }
}
