package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One message to many people and departments. The work is done when the call is answered, so that the progress is always
 * complete; refusals of the sending are HTTP 200, as with other endpoints of that age.
 *
 * <p>Not documented, and so chosen: a content that is not well-formed is 10003; the day of the quota is the last 24 hours; a
 * batch is recalled whole, once.
 */
public final class BatchApi implements Api {
    private static final String BATCH = "/open-apis/im/v1/batch_messages/:batch_message_id";
    private static final int MOST = 200;
    private static final int QUOTA = 500_000;
    private static final Duration RECALL = Duration.ofDays(1);
    private static final Duration KNOWN = Duration.ofDays(30);
    private static final Set<String> TYPES = Set.of("text", "image", "post", "share_chat", "interactive");
    /** The batch's own codes for what a content is refused with. */
    private static final Map<Integer, Integer> CODES =
            Map.of(230017, 11227, 230055, 11227, 230002, 11231, 230015, 11231);

    private record Batch(String id, int valid, int sent, long createdMs, Integer recalled) {
        boolean olderThan(Duration age) {
            return createdMs + age.toMillis() < System.currentTimeMillis();
        }
    }

    private final SandboxDatabase database;
    private final Messages messages;
    private final Chats chats;
    private final People people;
    private final Conversations conversations;
    private final Content contents;
    private final Recalls recalls;

    public BatchApi(
            SandboxDatabase database,
            Messages messages,
            Chats chats,
            People people,
            Conversations conversations,
            Content contents,
            Recalls recalls) {
        this.database = database;
        this.messages = messages;
        this.chats = chats;
        this.people = people;
        this.conversations = conversations;
        this.contents = contents;
        this.recalls = recalls;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", "/open-apis/message/v4/batch_send/", this::send);
        routes.on("GET", BATCH + "/get_progress", this::progress);
        routes.on("GET", BATCH + "/read_user", this::read);
        routes.on("DELETE", BATCH, this::recall);
    }

    private Answer send(Call call) {
        JsonNode body = call.json(10003);
        String type = body.path("msg_type").asText();
        if (!TYPES.contains(type)) {
            throw invalid("msg_type must be one of text, image, post, share_chat, interactive");
        }
        Content.Sent sent = content(type, body);
        ObjectNode data = Json.object();
        Set<Person> receivers = new LinkedHashSet<>();
        boolean named = departments(body, receivers, data);
        named |= persons(body, "open_ids", "open_id", receivers, data);
        named |= persons(body, "user_ids", "user_id", receivers, data);
        named |= persons(body, "union_ids", "union_id", receivers, data);
        if (!named) {
            throw invalid("one of department_ids, open_ids, user_ids and union_ids must be given");
        }
        List<Chat> open = receivers.stream()
                .filter(Person::colleague)
                .map(chats::direct)
                .flatMap(Optional::stream)
                .toList();
        String batch = "bm-" + Messages.hex();
        database.inTransaction(() -> {
            quota(open.size());
            open.forEach(chat -> messages.add(
                    Messages.Draft.of(chat, conversations.bot(), type, sent).inBatch(batch)));
            return database.jdbc()
                    .update(
                            "insert into sandbox.batch (batch_id, valid, sent, created_ms) values (?, ?, ?, ?)",
                            batch,
                            receivers.size(),
                            open.size(),
                            System.currentTimeMillis());
        });
        return Answer.ok(data.put("message_id", batch));
    }

    private Content.Sent content(String type, JsonNode body) {
        JsonNode content = Content.fromObject(type, body);
        if (!content.isObject()) {
            throw invalid(type.equals("interactive") ? "card is missing" : "content is missing");
        }
        if (type.equals("post") && content.findValuesAsText("tag").contains("md")) {
            throw invalid("a post of a batch has no md");
        }
        try {
            return contents.check(type, TextNode.valueOf(Json.write(content)));
        } catch (Denial denial) {
            throw new Refusal(200, CODES.getOrDefault(denial.code(), 10002), "Create or send message fail.");
        } catch (Refusal refusal) {
            throw new Refusal(200, refusal.code() == 230099 ? 11246 : 10003, refusal.getMessage());
        }
    }

    private boolean persons(JsonNode body, String list, String idType, Set<Person> receivers, ObjectNode data) {
        ArrayNode invalid = data.putArray("invalid_" + list);
        for (JsonNode id : listed(body, list)) {
            people.find(idType, id.asText()).ifPresentOrElse(receivers::add, () -> invalid.add(id.asText()));
        }
        return !body.path(list).isEmpty();
    }

    /** Everybody in the departments, given by either kind of id, and in those below them. */
    private boolean departments(JsonNode body, Set<Person> receivers, ObjectNode data) {
        ArrayNode invalid = data.putArray("invalid_department_ids");
        for (JsonNode id : listed(body, "department_ids")) {
            List<String> inside = database.jdbc().queryForList("""
                    with recursive inside as (
                        select open_department_id from sandbox.department where open_department_id = ? or department_id = ?
                        union select d.open_department_id from sandbox.department d
                              join inside i on d.parent = i.open_department_id)
                    select open_department_id from inside
                    """, String.class, id.asText(), id.asText());
            if (inside.isEmpty()) {
                invalid.add(id.asText());
            }
            inside.forEach(department -> receivers.addAll(people.in(department)));
        }
        return !body.path("department_ids").isEmpty();
    }

    private static JsonNode listed(JsonNode body, String list) {
        JsonNode ids = body.path(list);
        if (ids.size() > MOST || !(ids.isArray() || ids.isMissingNode() || ids.isNull())) {
            throw invalid(list + " must be a list of at most " + MOST);
        }
        return ids;
    }

    private void quota(int more) {
        Integer used = database.jdbc()
                .queryForObject(
                        "select coalesce(sum(sent), 0) from sandbox.batch where created_ms > ?",
                        Integer.class,
                        System.currentTimeMillis() - Duration.ofDays(1).toMillis());
        if (used + more > QUOTA) {
            throw new Refusal(200, 11247, "Internal send message trigger rate limit.");
        }
    }

    private Answer progress(Call call) {
        Batch batch = batch(call);
        ObjectNode data = Json.object();
        data.putObject("batch_message_send_progress")
                .put("valid_user_ids_count", batch.valid())
                .put("success_user_ids_count", batch.sent())
                .put("read_user_ids_count", readers(batch));
        data.putObject("batch_message_recall_progress")
                .put("recall", batch.recalled() != null)
                .put("recall_count", batch.recalled() == null ? 0 : batch.recalled());
        return Answer.ok(data);
    }

    private Answer read(Call call) {
        Batch batch = batch(call);
        ObjectNode data = Json.object();
        data.putObject("read_user")
                .put("read_count", Integer.toString(readers(batch)))
                .put("total_count", Integer.toString(batch.sent()));
        return Answer.ok(data);
    }

    private int readers(Batch batch) {
        return database.jdbc()
                .queryForObject(
                        "select count(distinct r.open_id) from sandbox.message_read r join sandbox.message m using"
                                + " (message_id) where m.batch_id = ?",
                        Integer.class,
                        batch.id());
    }

    private Answer recall(Call call) {
        return database.inTransaction(() -> {
            Batch batch = batch(call);
            if (batch.olderThan(RECALL)) {
                throw new Denial(230009);
            }
            List<Message> left = messages.ofBatch(batch.id()).stream()
                    .filter(message -> !message.deleted())
                    .toList();
            left.forEach(message -> recalls.delete(conversations.chat(message), message, "message_owner"));
            database.jdbc()
                    .update(
                            "update sandbox.batch set recalled = coalesce(recalled, 0) + ? where batch_id = ?",
                            left.size(),
                            batch.id());
            return Answer.ok(Json.object());
        });
    }

    private Batch batch(Call call) {
        return database
                .jdbc()
                .query(
                        "select * from sandbox.batch where batch_id = ?",
                        (row, n) -> new Batch(
                                row.getString("batch_id"),
                                row.getInt("valid"),
                                row.getInt("sent"),
                                row.getLong("created_ms"),
                                row.getObject("recalled", Integer.class)),
                        call.variable("batch_message_id"))
                .stream()
                .filter(batch -> !batch.olderThan(KNOWN))
                .findFirst()
                .orElseThrow(() -> new Denial(230030));
    }

    private static Refusal invalid(String detail) {
        return new Refusal(200, 10003, "Invalid parameter: " + detail);
    }
}
