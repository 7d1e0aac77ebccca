package dev.camelfeishu.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * A verified event or callback, whichever envelope it came in.
 *
 * @param appId the app it was sent to
 * @param tenantKey the tenant it comes from, "" when the envelope names none
 * @param eventId what tells it from every other event of that app and tenant: {@code message_id} for
 *     {@code im.message.receive_v1}, else {@code header.event_id}, else the outer {@code uuid}
 * @param type {@code header.event_type}, or {@code event.type} of the old envelope
 * @param key what must stay in order: instance, table, chat or user; the event id where nothing must
 * @param createdAt when it happened, by Feishu's clock
 * @param payload the whole decrypted body, envelope included, without its verification token
 * @param trace the trace it is part of
 */
public record FeishuEvent(
        String appId,
        String tenantKey,
        String eventId,
        String type,
        String key,
        Instant createdAt,
        JsonNode payload,
        TraceContext trace) {

    /** An event that begins a trace of its own. */
    public FeishuEvent(
            String appId,
            String tenantKey,
            String eventId,
            String type,
            String key,
            Instant createdAt,
            JsonNode payload) {
        this(appId, tenantKey, eventId, type, key, createdAt, payload, TraceContext.fresh());
    }

    /**
     * An event that never came, as asking the platform has shown that it happened.
     *
     * @param eventId what the event would have been known by; else anything that is the same whenever it is found
     * @param event its member {@code event}
     * @throws IllegalArgumentException when the type or the identity cannot be one of an event
     */
    public static FeishuEvent missed(
            String appId, String tenantKey, String eventId, String type, ObjectNode event, Instant createdAt) {
        ObjectNode envelope = JsonNodeFactory.instance.objectNode().put("schema", "2.0");
        envelope.putObject("header")
                .put("event_id", eventId)
                .put("event_type", type)
                .put("create_time", Long.toString(createdAt.toEpochMilli()))
                .put("app_id", appId)
                .put("tenant_key", tenantKey);
        envelope.set("event", event);
        return Envelope.of(envelope)
                .flatMap(shaped -> shaped.event(appId, createdAt, TraceContext.fresh()))
                .orElseThrow(
                        () -> new IllegalArgumentException("An event has a type such as im.message.receive_v1 and an"
                                + " identity of 1 to 256 printable characters without spaces"));
    }

    /** The member {@code event}: the same place in both envelopes; the whole payload of an old card callback. */
    public JsonNode event() {
        return payload.has("event") ? payload.get("event") : payload;
    }
}
