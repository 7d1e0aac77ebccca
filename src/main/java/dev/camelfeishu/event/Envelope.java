package dev.camelfeishu.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The three shapes in which things arrive: the envelope of schema 2.0 ({@code header} and {@code event}), the old one
 * ({@code uuid}, {@code ts}, {@code event.type}) and the old card callback, a bare object.
 */
final class Envelope {

    static final String CARD = "card.action.trigger";
    static final String OLD_CARD = "card.action.trigger_v1";
    static final String LINK_PREVIEW = "url.preview.get";

    private static final String TICKET = "app_ticket";
    private static final String REFRESH_TOKEN = "X-Refresh-Token";
    private static final String MESSAGE = "im.message.receive_v1";
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
    private static final Pattern ID = Pattern.compile("[\\x21-\\x7e]{1,256}");
    private static final Pattern TIME = Pattern.compile("\\d+(\\.\\d+)?");
    private static final int MAX_KEY = 256;
    private static final int MAX_TIME = 32;

    private final ObjectNode payload;
    private final JsonNode event;
    private final String type;
    private final boolean old;

    private Envelope(ObjectNode payload, JsonNode event, String type, boolean old) {
        this.payload = payload;
        this.event = event;
        this.type = type;
        this.old = old;
    }

    static boolean isChallenge(JsonNode body) {
        return "url_verification".equals(body.path("type").textValue());
    }

    static boolean isBareCard(JsonNode body) {
        return body.path("open_message_id").isTextual()
                && body.path("action").isObject()
                && !body.has("schema")
                && !body.has("type")
                && !body.has("header");
    }

    /** Either envelope, or nothing when the body has neither's shape. */
    static Optional<Envelope> of(ObjectNode body) {
        JsonNode event = body.path("event");
        boolean old = !body.has("schema");
        String type = old
                ? event.path("type").textValue()
                : body.path("header").path("event_type").textValue();
        boolean shaped = old
                ? "event_callback".equals(body.path("type").textValue())
                : "2.0".equals(body.path("schema").textValue());
        if (!shaped || !event.isObject() || type == null || !TYPE.matcher(type).matches()) {
            return Optional.empty();
        }
        return Optional.of(new Envelope(body, event, type, old));
    }

    String type() {
        return type;
    }

    boolean isCallback() {
        return type.equals(CARD) || type.equals(LINK_PREVIEW);
    }

    boolean isTicket() {
        return type.equals(TICKET);
    }

    /** Takes the ticket out of the payload; null when it has none. */
    String takeTicket() {
        return ((ObjectNode) event).remove("app_ticket") instanceof TextNode ticket
                        && !ticket.textValue().isEmpty()
                ? ticket.textValue()
                : null;
    }

    /** The verification token, or null. */
    String token() {
        return (old ? payload : payload.path("header")).path("token").textValue();
    }

    /** The app it is meant for, or null when it names none. */
    JsonNode appId() {
        return (old ? event : payload.path("header")).get("app_id");
    }

    /** The event, or nothing when it cannot be told from others. Its payload no longer has the verification token. */
    Optional<FeishuEvent> event(String appId, Instant now, TraceContext trace) {
        String tenant =
                (old ? event : payload.path("header")).path("tenant_key").asText("");
        String id = id();
        if (id == null
                || !ID.matcher(id).matches()
                || !(tenant.isEmpty() || ID.matcher(tenant).matches())) {
            return Optional.empty();
        }
        ((ObjectNode) (old ? payload : payload.path("header"))).remove("token");
        return Optional.of(new FeishuEvent(appId, tenant, id, type, key(id), createdAt(now), payload, trace));
    }

    /** The old card callback. It carries no time. */
    static Optional<FeishuEvent> bareCard(
            ObjectNode body, Headers headers, String appId, Instant now, TraceContext trace) {
        String refreshToken = headers.first(REFRESH_TOKEN);
        String token = body.path("token").asText("");
        String click = refreshToken != null && ID.matcher(refreshToken).matches() ? refreshToken : token;
        String tenant = body.path("tenant_key").asText("");
        if (!ID.matcher(click).matches()
                || !(tenant.isEmpty() || ID.matcher(tenant).matches())) {
            return Optional.empty();
        }
        String key = body.path("open_message_id").textValue();
        return Optional.of(new FeishuEvent(
                appId,
                tenant,
                click,
                OLD_CARD,
                key.isEmpty() || key.length() > MAX_KEY ? click : key,
                now,
                body,
                trace));
    }

    private String id() {
        if (type.equals(MESSAGE)) {
            String message = event.path("message").path("message_id").textValue();
            if (message != null) {
                return message;
            }
        }
        JsonNode id = old ? payload.path("uuid") : payload.path("header").path("event_id");
        return id.isTextual() && !id.textValue().isEmpty() ? id.textValue() : transition();
    }

    /** Task events of the newer approval API have been seen without an id: what they tell identifies them. */
    private String transition() {
        String subject = first(event.path("task_id"), event.path("instance_code"));
        String status = first(event.path("status"));
        String time = first(event.path("operate_time"));
        return subject == null || status == null || time == null ? null : String.join("/", type, subject, status, time);
    }

    private String key(String id) {
        String key = switch (family()) {
            case "card.action", "url.preview" -> first(event.path("context").path("open_message_id"));
            case "drive.file" -> file();
            case "contact.user" -> person(event.path("object"));
            case "contact.department" ->
                first(
                        event.path("object").path("open_department_id"),
                        event.path("object").path("department_id"));
            default ->
                first(
                        event.path("instance_code"),
                        event.path("object").path("instance_code"),
                        event.path("message").path("chat_id"),
                        event.path("chat_id"),
                        event.path("operator").path("operator_id").path("open_id"));
        };
        return key == null || key.length() > MAX_KEY ? id : key;
    }

    private String family() {
        int second = type.indexOf('.', type.indexOf('.') + 1);
        return second < 0 ? type : type.substring(0, second);
    }

    private String file() {
        String file = first(event.path("file_token"));
        String table = first(event.path("table_id"));
        return file == null || table == null ? file : file + "/" + table;
    }

    private static String person(JsonNode person) {
        return first(person.path("open_id"), person.path("union_id"), person.path("user_id"));
    }

    private static String first(JsonNode... candidates) {
        for (JsonNode node : candidates) {
            String text = node.isTextual() || node.isIntegralNumber() ? node.asText() : "";
            if (!text.isEmpty()) {
                return text;
            }
        }
        return null;
    }

    private Instant createdAt(Instant now) {
        JsonNode header = payload.path("header");
        String time =
                old ? first(payload.path("ts")) : first(header.path("create_time"), header.path("event_create_time"));
        return time == null ? now : time(time).orElse(now);
    }

    /** Seconds with a fraction, milliseconds or microseconds since 1970, told apart by their size. */
    private static Optional<Instant> time(String text) {
        if (text.length() > MAX_TIME || !TIME.matcher(text).matches()) {
            return Optional.empty();
        }
        BigDecimal value = new BigDecimal(text);
        int digits = value.precision() - value.scale();
        int toMicros = digits <= 11 ? 6 : digits <= 14 ? 3 : 0;
        if (value.signum() == 0 || digits > 17) {
            return Optional.empty();
        }
        long micros =
                value.movePointRight(toMicros).setScale(0, RoundingMode.DOWN).longValueExact();
        return Optional.of(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
    }
}
