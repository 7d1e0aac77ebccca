package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Messages of the approval bot, which is another one than the app's. {@code GET /sandbox/approval-messages} lists them, newest
 * first; {@code POST /sandbox/approval-messages/:message_id/act} with {@code {"action_type","reason"}} is a person's quick action.
 *
 * <p>Not documented, and so chosen: a uuid that is used again within its hour answers the first message and sends none; the
 * codes of refusals, 1390001 and 1390004.
 */
public final class BotMessageApi implements Api {
    private static final String MESSAGES = "/open-apis/approval/v1/message";
    private static final String CONTROL = "/sandbox/approval-messages";
    private static final long UUID_LIFE = Duration.ofHours(1).toMillis();
    private static final long LONGEST = Duration.ofDays(30).toMillis();
    private static final String TASK_WAITS = "1008";
    private static final String CUSTOM = "1021";
    private static final Set<String> TEMPLATES = Set.of(
            "1001",
            "1002",
            "1003",
            "1004",
            "1005",
            "1006",
            "1007",
            TASK_WAITS,
            "1009",
            "1010",
            "1011",
            "1012",
            "1013",
            "1015",
            "1016",
            "1017",
            "1018",
            "1019",
            "1020",
            CUSTOM,
            "1024",
            "1026",
            "1027",
            "1028");
    private static final Set<String> STATES = Set.of(
            "APPROVED", "REJECTED", "CANCELLED", "FORWARDED", "ROLLBACK", "ADD", "DELETED", "PROCESSED", "CUSTOM");
    private static final Set<String> ACTIONS = Set.of("APPROVE", "REJECT", "KEY");

    private final SandboxDatabase database;
    private final Approvers approvers;
    private final ActionCallback callback;

    public BotMessageApi(SandboxDatabase database, Approvers approvers, ActionCallback callback) {
        this.database = database;
        this.approvers = approvers;
        this.callback = callback;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", MESSAGES + "/send", this::send);
        routes.on("POST", MESSAGES + "/update", this::update);
        routes.on("GET", CONTROL, this::list);
        routes.on("POST", CONTROL + "/:message_id/act", this::act);
    }

    private Answer send(Call call) {
        JsonNode body = call.json(1390001);
        String template = Given.oneOf(body, "template_id", TEMPLATES, null);
        Person receiver = Given.optional(body, "user_id") != null
                ? approvers.find("user_id", Given.text(body, "user_id"))
                : approvers.find("open_id", Given.text(body, "open_id"));
        String uuid = Given.text(body, "uuid");
        if (uuid.length() > 64) {
            throw Given.invalid("uuid is longer than 64 characters");
        }
        if (template.equals(CUSTOM)) {
            Given.text(body, "custom_title");
            Given.text(body, "custom_content");
        } else {
            Given.text(body, "approval_name");
        }
        if (body.path("content").path("summaries").size() > 5) {
            throw Given.invalid("content.summaries are at most 5");
        }
        JsonNode actions = body.path("actions");
        if (!actions.isMissingNode() && (!actions.isArray() || actions.isEmpty() || actions.size() > 2)) {
            throw Given.invalid("actions are 1 or 2");
        }
        for (JsonNode action : body.path("action_configs")) {
            Given.oneOf(action, "action_type", ACTIONS, null);
        }
        for (JsonNode resource : body.path("i18n_resources")) {
            if (!resource.path("texts").isObject()) {
                throw Given.invalid("i18n_resources.texts is a map");
            }
        }
        long now = System.currentTimeMillis();
        String id = database.inTransaction(() -> {
            database.jdbc().query("select pg_advisory_xact_lock(hashtext(?))", row -> {}, uuid);
            List<String> known = database.jdbc()
                    .queryForList(
                            "select message_id from sandbox.approval_message where uuid = ? and created_ms > ?",
                            String.class,
                            uuid,
                            now - UUID_LIFE);
            return known.isEmpty() ? add(receiver, template, uuid, body, now) : known.get(0);
        });
        return Answer.ok(Json.object().put("message_id", id));
    }

    private String add(Person receiver, String template, String uuid, JsonNode body, long now) {
        String id = UUID.randomUUID().toString();
        database.jdbc()
                .update(
                        "insert into sandbox.approval_message (message_id, uuid, open_id, template_id, body, created_ms)"
                                + " values (?, ?, ?, ?, ?, ?)",
                        id,
                        uuid,
                        receiver.openId(),
                        template,
                        Json.write(body),
                        now);
        return id;
    }

    private Answer update(Call call) {
        JsonNode body = call.json(1390001);
        String id = Given.text(body, "message_id");
        String state = Given.oneOf(body, "status", STATES, null);
        if (state.equals("CUSTOM")) {
            Given.text(body, "status_name");
        }
        int updated = database.jdbc()
                .update(
                        "update sandbox.approval_message set status = ? where message_id = ? and template_id = ? and created_ms > ?",
                        state,
                        id,
                        TASK_WAITS,
                        System.currentTimeMillis() - LONGEST);
        if (updated == 0) {
            throw Given.invalid("message_id is of no message of template " + TASK_WAITS + " of the last 30 days");
        }
        return Answer.ok(Json.object().put("message_id", id));
    }

    private Answer list(Call call) {
        ObjectNode answer = Json.object();
        ArrayNode items = answer.putArray("items");
        database.jdbc().query("select * from sandbox.approval_message order by seq desc limit 200", row -> {
            items.addObject()
                    .put("message_id", row.getString("message_id"))
                    .put("open_id", row.getString("open_id"))
                    .put("template_id", row.getString("template_id"))
                    .put("status", row.getString("status"))
                    .put("created_ms", row.getLong("created_ms"))
                    .set("body", Json.read(row.getString("body")));
        });
        return Answer.of(200, answer);
    }

    private Answer act(Call call) {
        JsonNode asked = Control.body(call);
        String type = Control.text(asked, "action_type");
        String id = call.variable("message_id");
        ObjectNode message = database
                .jdbc()
                .query(
                        "select * from sandbox.approval_message where message_id = ?",
                        (row, n) -> Json.object()
                                .put("open_id", row.getString("open_id"))
                                .<ObjectNode>set("body", Json.read(row.getString("body"))),
                        id)
                .stream()
                .findFirst()
                .orElseThrow(() -> Control.bad("There is no message with this id."));
        JsonNode body = message.path("body");
        JsonNode to = body.path("action_callback");
        boolean offered = false;
        for (JsonNode action : body.path("action_configs")) {
            offered |= action.path("action_type").asText().equals(type);
        }
        if (!offered || !to.path("action_callback_url").isTextual()) {
            throw Control.bad("The message offers no such action.");
        }
        Person person = approvers.find("open_id", message.path("open_id").asText());
        ObjectNode content = Json.object()
                .put("action_type", type)
                .put("action_context", to.path("action_context").asText(""))
                .put("user_id", person.userId())
                .put("message_id", id)
                .put("id", UUID.randomUUID().toString())
                .put("reason", asked.path("reason").asText(""));
        content.putArray("attachments");
        return callback.send(
                to.path("action_callback_url").asText(),
                to.path("action_callback_token").asText(""),
                to.path("action_callback_key").asText(""),
                content);
    }
}
