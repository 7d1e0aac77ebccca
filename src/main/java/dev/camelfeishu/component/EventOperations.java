package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.event.EventJournal;
import dev.camelfeishu.event.FeishuEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;

/** Events that Feishu never delivered, found by asking: they go through the same journal as those that came. */
final class EventOperations {

    private EventOperations() {}

    /**
     * {@code event/append}: the body is the member {@code event} of an event, the option {@code eventType} its type, the
     * header {@code CamelFeishuEventId} what tells it from all others: an event appended with it before has no second effect.
     * The body becomes a map with {@code id} and {@code duplicate}.
     */
    static void append(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        JsonNode event = FeishuConverters.toJson(exchange.getMessage().getBody());
        String id = exchange.getMessage().getHeader(FeishuConstants.EVENT_ID, String.class);
        if (!event.isObject() || id == null || id.isBlank()) {
            throw new IllegalArgumentException(
                    "feishu:event/append takes the event as a JSON object, and its identity as the" + " header "
                            + FeishuConstants.EVENT_ID);
        }
        var appended = append(platform, options.getAppName(), options.getEventType(), id, (ObjectNode) event);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", appended.id());
        body.put("duplicate", appended.duplicate());
        exchange.getMessage().setBody(body);
    }

    /** {@code message/missed}: see {@link MissedMessages}. */
    static void missedMessages(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        int appended = new MissedMessages(platform, platform.apps().id(options.getAppName()))
                .look(Instant.now(), options.periodDuration(), options.lookBackDuration());
        exchange.getMessage().setBody(appended);
    }

    /** Returns after it is stored. */
    static EventJournal.Appended append(
            FeishuPlatform platform, String appName, String type, String id, ObjectNode event) {
        return platform.journal()
                .append(FeishuEvent.missed(platform.apps().id(appName), "", id, type, event, Instant.now()))
                .join();
    }
}
