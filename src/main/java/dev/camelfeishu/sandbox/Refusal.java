package dev.camelfeishu.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** An endpoint's refusal; answered as {@code {"code":…,"msg":…,"error":{"log_id":…}}} with its HTTP status. */
public class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int httpStatus;
    private final int code;
    private final transient ObjectNode error;
    private final transient Map<String, String> headers;

    public Refusal(int httpStatus, int code, String msg) {
        this(httpStatus, code, msg, null, Map.of());
    }

    /**
     * @param error further members of {@code error}, or null
     * @param headers further header fields
     */
    public Refusal(int httpStatus, int code, String msg, ObjectNode error, Map<String, String> headers) {
        super(msg, null, false, false);
        this.httpStatus = httpStatus;
        this.code = code;
        this.error = error == null ? null : error.deepCopy();
        this.headers = Map.copyOf(headers);
    }

    public int httpStatus() {
        return httpStatus;
    }

    public int code() {
        return code;
    }

    /** Further members of {@code error}, or null. */
    public ObjectNode error() {
        return error;
    }

    public Map<String, String> headers() {
        return headers;
    }
}
