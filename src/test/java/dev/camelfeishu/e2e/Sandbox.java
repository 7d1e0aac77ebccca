package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sandbox's control interface: what people do in Feishu, and what an operator of the sandbox does. */
final class Sandbox {

    /** A group of all people of the tenant and the bot. */
    static final String PURCHASING = "oc_group0000000000000000000000001";

    /** The group of operators: LI_LEI, DAVID and the bot. */
    static final String OPS = "oc_group0000000000000000000000002";

    static final String BOT = "ou_b0700000000000000000000000000001";
    static final String TENANT = "sandbox0tenant001";

    private static final String MESSAGES = "/sandbox/messages";
    private static final int PAGE = 200;

    private final Http http;
    private final JsonNode info;

    Sandbox(Http http) {
        this.http = http;
        this.info = http.get("/sandbox/info").json();
    }

    JsonNode info() {
        return info;
    }

    private JsonNode done(Http.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    // ---- chats

    /**
     * @param from {@code user} for people, {@code app} for the bot
     * @param text of a text message; the whole content of any other
     */
    record Message(
            long seq,
            String id,
            String from,
            String type,
            String parent,
            String text,
            JsonNode content,
            boolean updated,
            long createdMs) {}

    /** A person writes in the direct chat with the bot. Answers the message's id. */
    String tell(Person person, String text) {
        return write(message(person.chat(), person).put("text", text));
    }

    /** A person mentions the bot in a group. */
    String mention(String chat, Person person, String text) {
        return write(message(chat, person).put("text", text).put("mention_bot", true));
    }

    static ObjectNode message(String chat, Person sender) {
        return Http.JSON.createObjectNode().put("chat_id", chat).put("sender", sender.openId());
    }

    String write(ObjectNode message) {
        return done(http.post(MESSAGES, message)).path("message_id").asText();
    }

    /** All messages of a chat, newest first. */
    List<Message> messages(String chat) {
        List<Message> messages = new ArrayList<>();
        String before = "";
        while (true) {
            JsonNode items = done(http.get(MESSAGES + "?size=" + PAGE + "&chat_id=" + chat + before))
                    .path("items");
            items.forEach(item -> messages.add(read(item)));
            if (items.size() < PAGE) {
                return messages;
            }
            before = "&before=" + messages.get(messages.size() - 1).seq();
        }
    }

    private static Message read(JsonNode item) {
        JsonNode content = item.path("content");
        String type = item.path("msg_type").asText();
        return new Message(
                item.path("seq").asLong(),
                item.path("message_id").asText(),
                item.path("sender_type").asText(),
                type,
                item.path("parent_id").asText(null),
                type.equals("text") ? content.path("text").asText() : content.toString(),
                content,
                item.path("updated").asBoolean(),
                item.path("create_time").asLong());
    }

    /** What the bot has replied to a message, oldest first. */
    List<Message> replies(String chat, String message) {
        List<Message> replies = new ArrayList<>();
        for (Message candidate : messages(chat)) {
            if (message.equals(candidate.parent()) && candidate.from().equals("app")) {
                replies.add(0, candidate);
            }
        }
        return replies;
    }

    /** The bot's cards in a chat that hold a text, newest first. */
    List<Message> cards(String chat, String text) {
        return messages(chat).stream()
                .filter(message -> message.from().equals("app")
                        && message.type().equals("interactive")
                        && message.text().contains(text))
                .toList();
    }

    void bot(String chat, boolean added) {
        done(http.post(
                "/sandbox/chats/" + chat + "/bot", Http.JSON.createObjectNode().put("added", added)));
    }

    /**
     * What a client shows after a click.
     *
     * @param code 0, or what the client shows as an error
     * @param toast type and content of the toast, missing when there is none
     */
    record Click(int code, JsonNode toast, Duration took) {

        String toastType() {
            return toast.path("type").asText();
        }

        String toastText() {
            return toast.path("content").asText();
        }
    }

    Click click(String message, Person operator, JsonNode value) {
        return click(message, operator, value, "new");
    }

    /**
     * @param format {@code new} or {@code old}
     */
    Click click(String message, Person operator, JsonNode value, String format) {
        ObjectNode body =
                Http.JSON.createObjectNode().put("operator", operator.openId()).put("format", format);
        body.set("value", value);
        Http.Answer answer = http.post("/sandbox/cards/" + message + "/click", body);
        JsonNode json = done(answer);
        return new Click(json.path("code").asInt(), json.path("toast"), answer.took());
    }

    // ---- approvals

    /** The instances of a request. */
    List<JsonNode> instances(String requestId) {
        List<JsonNode> found = new ArrayList<>();
        for (int page = 0; ; page++) {
            JsonNode items = done(http.get("/sandbox/instances?size=" + PAGE + "&page=" + page))
                    .path("items");
            for (JsonNode item : items) {
                for (JsonNode widget : item.path("form")) {
                    if (widget.path("value").asText().equals(requestId)) {
                        found.add(item);
                    }
                }
            }
            if (items.size() < PAGE) {
                return found;
            }
        }
    }

    /**
     * @param action approve (by everybody), reject, cancel, delete or revert
     */
    void instance(String code, String action) {
        done(http.post("/sandbox/instances/" + code + "/" + action, Http.JSON.createObjectNode()));
    }

    void approveAs(String code, Person person) {
        done(http.post(
                "/sandbox/instances/" + code + "/approve",
                Http.JSON.createObjectNode().put("open_id", person.openId())));
    }

    // ---- the Base

    /** A record's cells by field name, texts as plain strings. */
    record Row(String id, JsonNode fields) {

        /** A cell as text, "" when it is empty. */
        String text(String field) {
            JsonNode cell = fields.path(field);
            if (!cell.isArray()) {
                return cell.isNull() ? "" : cell.asText("");
            }
            StringBuilder text = new StringBuilder();
            cell.forEach(part -> text.append(part.isObject() ? part.path("text").asText() : part.asText()));
            return text.toString();
        }
    }

    private String table() {
        return "/sandbox/bases/" + info.at("/base/app_token").asText() + "/tables/"
                + info.at("/base/table_id").asText();
    }

    /** All records of the table of orders. */
    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (int page = 1; ; page++) {
            JsonNode answer = done(http.get(table() + "?size=1000&page=" + page));
            answer.path("records")
                    .forEach(row -> rows.add(new Row(row.path("record_id").asText(), row.path("fields"))));
            if (rows.size() >= answer.path("total").asInt()) {
                return rows;
            }
        }
    }

    /** The records with an order id. */
    List<Row> rows(String orderId) {
        return rows().stream()
                .filter(row -> row.text("Order ID").equals(orderId))
                .toList();
    }

    /** The one record of an order. */
    Row row(String orderId) {
        List<Row> rows = rows(orderId);
        assertThat(rows).as("records of %s", orderId).hasSize(1);
        return rows.get(0);
    }

    /** A person edits cells. A null empties one. */
    void edit(String record, Map<String, ?> cells) {
        done(http.send(
                "PUT",
                table() + "/records/" + record,
                cells(cells).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8),
                Map.of("Content-Type", "application/json")));
    }

    String insert(Map<String, ?> cells) {
        return done(http.post(table() + "/records", cells(cells)))
                .at("/record/record_id")
                .asText();
    }

    String copy(String record) {
        return done(http.post(
                        table() + "/records/" + record + "/copy",
                        Http.JSON.createObjectNode().put("operator", Person.ZHAO_MIN.openId())))
                .at("/record/record_id")
                .asText();
    }

    void delete(String record) {
        done(http.send(
                "DELETE",
                table() + "/records/" + record + "?operator=" + Person.ZHAO_MIN.openId(),
                new byte[0],
                Map.of()));
    }

    private static ObjectNode cells(Map<String, ?> cells) {
        ObjectNode body = Http.JSON.createObjectNode().put("operator", Person.ZHAO_MIN.openId());
        body.set("fields", Http.JSON.valueToTree(new LinkedHashMap<>(cells)));
        return body;
    }

    // ---- pushes, faults, calls

    /** Pushes of a type, newest first: {@code event_id}, {@code state}, {@code body}, {@code attempts}. */
    JsonNode pushes(String type) {
        return done(http.get("/sandbox/pushes?size=500&type=" + type)).path("items");
    }

    /** Sends a push again: the same bytes. */
    JsonNode redeliver(String push, int times) {
        return done(http.post(
                        "/sandbox/pushes/" + push + "/redeliver",
                        Http.JSON.createObjectNode().put("times", times)))
                .path("attempts");
    }

    /** How often each event is delivered beyond the first time. */
    void duplicates(int times) {
        pushSettings(Http.JSON.createObjectNode().put("duplicates", times));
    }

    /** Whether deliveries are lost on their way. */
    void lost(boolean lost) {
        pushSettings(Http.JSON.createObjectNode().put("drop_probability", lost ? 1 : 0));
    }

    private void pushSettings(ObjectNode settings) {
        done(http.post("/sandbox/push-settings", settings));
    }

    JsonNode verifyUrl(String path) {
        return done(http.post(
                "/sandbox/url-verification", Http.JSON.createObjectNode().put("path", path)));
    }

    /** The next calls that fit get this Feishu code. */
    void refuse(String method, String path, int code, int times) {
        fault(fault(method, path, "code").put("code", code).put("times", times));
    }

    void delay(String method, String path, Duration delay, int times) {
        fault(fault(method, path, "delay").put("delay_ms", delay.toMillis()).put("times", times));
    }

    /** The next calls that fit get HTTP 500. */
    void breakDown(String method, String path, int times) {
        fault(fault(method, path, "status").put("times", times));
    }

    /** The next calls that fit do their work, but their answers are lost. */
    void dropAnswer(String method, String path, int times) {
        fault(fault(method, path, "after-drop").put("times", times));
    }

    private static ObjectNode fault(String method, String path, String kind) {
        return Http.JSON
                .createObjectNode()
                .put("method", method)
                .put("path", path)
                .put("kind", kind);
    }

    private void fault(ObjectNode fault) {
        done(http.post("/sandbox/faults", fault));
    }

    void mend() {
        done(http.send("DELETE", "/sandbox/faults", new byte[0], Map.of()));
    }

    /** The newest calls of the Open Platform by a template of its catalog, or the beginning of a path. */
    JsonNode calls(String method, String path) {
        return done(http.get("/sandbox/calls?size=5000&method=" + method + "&path=" + path))
                .path("items");
    }
}
