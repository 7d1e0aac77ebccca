package dev.camelfeishu.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Sends events and callbacks to the application. Events are stored before they are sent, in the caller's transaction when
 * there is one, and sent after it commits.
 */
public interface Pushes {
    /**
     * Pushes an event in the envelope of schema 2.0.
     *
     * @param type for example {@code drive.file.bitable_record_changed_v1}
     * @param event the content of {@code event}
     */
    void event(String type, ObjectNode event);

    /** Pushes an event in the old envelope. {@code event} carries its {@code type} itself. */
    void eventV1(ObjectNode event);

    /**
     * Sends a callback in the envelope of schema 2.0 and waits up to 3 s for its answer; it is never sent again.
     *
     * @return the answer's JSON body, or {@code {"error_code":n,"error_msg":…}} with the code the client would show (200341
     *     for no answer in time, 200342 no connection, 200671 another status than 200, 200672 not JSON)
     */
    JsonNode callback(String type, ObjectNode event);
}
