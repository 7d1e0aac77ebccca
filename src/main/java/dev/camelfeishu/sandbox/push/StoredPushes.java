package dev.camelfeishu.sandbox.push;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Pushes;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Wraps what happened in the platform's envelopes, stores it and has it sent. */
public final class StoredPushes implements Pushes {
    private final PushStore store;
    private final PushSender sender;
    private final Delivery delivery;
    private final SandboxProperties properties;

    public StoredPushes(PushStore store, PushSender sender, Delivery delivery, SandboxProperties properties) {
        this.store = store;
        this.sender = sender;
        this.delivery = delivery;
        this.properties = properties;
    }

    @Override
    public void event(String type, ObjectNode event) {
        if (properties.unsubscribed().contains(type)) {
            return;
        }
        String id = id();
        ObjectNode envelope = envelope(id, type, Long.toString(Instant.now().toEpochMilli()), event);
        store.add(Push.EVENT, id, type, shuffled() ? null : stream(type, event), false, envelope, delay());
        wakeAfterCommit();
    }

    @Override
    public void eventV1(ObjectNode event) {
        Instant now = Instant.now();
        String id = id();
        String type = event.path("type").asText();
        if (properties.unsubscribed().contains(type)) {
            return;
        }
        ObjectNode envelope = Json.object()
                .put("ts", String.format(Locale.ROOT, "%d.%07d", now.getEpochSecond(), now.getNano() / 100))
                .put("uuid", id)
                .put("token", properties.verificationToken())
                .put("type", "event_callback");
        envelope.set("event", event);
        // The platform orders approval events by instance and type, and holds the next until this one is acknowledged.
        boolean ordered = event.hasNonNull("instance_code");
        String stream = ordered ? type + ":" + event.path("instance_code").asText() : null;
        store.add(Push.EVENT, id, type, stream, ordered, envelope, delay());
        wakeAfterCommit();
    }

    @Override
    public JsonNode callback(String type, ObjectNode event) {
        return callbackAnswer(type, event).body();
    }

    /**
     * The answer to a callback.
     *
     * @param status HTTP status, 0 when there was none
     * @param code 0, or the code that the client shows
     * @param body the JSON answered, or {@code {"error_code":n,"error_msg":…}}
     */
    public record CallbackAnswer(int status, int code, JsonNode body) {}

    /** As {@link #callback}, with the HTTP status. */
    public CallbackAnswer callbackAnswer(String type, ObjectNode event) {
        if (properties.unsubscribed().contains(type)) {
            return new CallbackAnswer(
                    0, 200340, Json.object().put("error_code", 200340).put("error_msg", "no callback is configured"));
        }
        String id = id();
        Instant now = Instant.now();
        String micros = Long.toString(now.getEpochSecond() * 1_000_000 + now.getNano() / 1000);
        return exchange(
                store.add(Push.CALLBACK, id, type, null, false, envelope(id, type, micros, event), Duration.ZERO));
    }

    /** Sends the old card callback, a bare object. */
    public CallbackAnswer oldCardCallback(ObjectNode callback) {
        return exchange(store.addOldCard(id(), callback));
    }

    private CallbackAnswer exchange(Push push) {
        Attempt attempt = delivery.send(push);
        store.record(push, attempt);
        if (attempt.acknowledged()) {
            JsonNode body = Json.parse(attempt.answer());
            return body != null && body.isObject()
                    ? new CallbackAnswer(attempt.status(), 0, body)
                    : failed(attempt, 200672, "the answer's body is malformed");
        }
        return switch (attempt.outcome()) {
            case "no connection" -> failed(attempt, 200342, "the connection failed");
            case "status" -> failed(attempt, 200671, "the answer's status is not 200");
            default -> failed(attempt, 200341, "no answer in time");
        };
    }

    private static CallbackAnswer failed(Attempt attempt, int code, String msg) {
        return new CallbackAnswer(
                attempt.status(), code, Json.object().put("error_code", code).put("error_msg", msg));
    }

    private ObjectNode envelope(String id, String type, String createTime, ObjectNode event) {
        ObjectNode envelope = Json.object().put("schema", "2.0");
        envelope.putObject("header")
                .put("event_id", id)
                .put("event_type", type)
                .put("create_time", createTime)
                .put("token", properties.verificationToken())
                .put("app_id", properties.appId())
                .put("tenant_key", SandboxProperties.TENANT_KEY);
        envelope.set("event", event);
        return envelope;
    }

    /** What one person did in one place goes out in its order, though the platform promises none. */
    private static String stream(String type, ObjectNode event) {
        for (JsonNode place : new JsonNode[] {
            event.path("message").path("chat_id"),
            event.path("chat_id"),
            event.path("table_id"),
            event.path("file_token")
        }) {
            if (place.isTextual()) {
                return type + ":" + place.asText();
            }
        }
        return null;
    }

    private Duration delay() {
        PushSettings now = sender.settings();
        return Duration.ofMillis(now.delayMs() + ThreadLocalRandom.current().nextLong(now.jitterMs() + 1));
    }

    private boolean shuffled() {
        return sender.settings().jitterMs() > 0;
    }

    private void wakeAfterCommit() {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            sender.wake();
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                sender.wake();
            }
        });
    }

    private static String id() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}
