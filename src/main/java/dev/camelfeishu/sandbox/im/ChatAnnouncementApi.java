package dev.camelfeishu.sandbox.im;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;

/**
 * A group's announcement, a document of the old kind. Blocks can be inserted at its end; other changes of the document are
 * answered as not simulated.
 *
 * <p>Not documented, and so chosen: a group has an empty announcement of revision 0 from its beginning; a change names the
 * current revision, else 232018.
 */
public final class ChatAnnouncementApi implements Api {
    private static final String ANNOUNCEMENT = "/open-apis/im/v1/chats/:chat_id/announcement";
    private static final String INSERT = "InsertBlocksRequestType";

    private final SandboxDatabase database;
    private final Chats chats;
    private final ChatAccess access;
    private final People people;

    public ChatAnnouncementApi(SandboxDatabase database, Chats chats, ChatAccess access, People people) {
        this.database = database;
        this.chats = chats;
        this.access = access;
        this.people = people;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", ANNOUNCEMENT, this::get);
        routes.on("PATCH", ANNOUNCEMENT, this::update);
    }

    private Answer get(Call call) {
        String idType = ChatAccess.idType(call, "user_id_type");
        Chat chat = database.inTransaction(() -> group(call));
        ObjectNode data = Json.object();
        if (stored(chat) == null) {
            return Answer.ok(data.put("content", document(Json.array())).put("revision", "0"));
        }
        database.jdbc()
                .query(
                        "select * from sandbox.chat_announcement where chat_id = ?",
                        row -> {
                            data.put("content", document((ArrayNode) Json.read(row.getString("blocks"))))
                                    .put("revision", Long.toString(row.getLong("revision")))
                                    .put("create_time", Long.toString(row.getLong("created_ms") / 1000))
                                    .put("update_time", Long.toString(row.getLong("modified_ms") / 1000));
                            people.byOpenId(row.getString("modifier"))
                                    .ifPresentOrElse(
                                            person -> data.put("modifier_id_type", idType)
                                                    .put("modifier_id", person.id(idType)),
                                            () -> data.put("modifier_id_type", "app_id")
                                                    .put("modifier_id", access.appId()));
                        },
                        chat.id());
        people.byOpenId(chat.owner())
                .ifPresent(owner -> data.put("owner_id_type", idType).put("owner_id", owner.id(idType)));
        return Answer.ok(data);
    }

    private Answer update(Call call) {
        JsonNode body = call.json(232001);
        String revision = body.path("revision").asText();
        if (!revision.matches("\\d{1,18}") || !body.path("requests").isArray()) {
            throw new Denial(232001, "revision and requests");
        }
        return database.inTransaction(() -> {
            Chat chat = group(call);
            ChatOperator operator = access.operator(call);
            if (chat.setting("edit_permission").equals("only_owner") && !operator.manages(chat, chats)) {
                throw new Denial(232002);
            }
            JsonNode before = stored(chat);
            long current = before == null ? 0 : before.path("revision").asLong();
            if (Long.parseLong(revision) != current) {
                throw new Denial(232018);
            }
            ArrayNode blocks = before == null ? Json.array() : (ArrayNode) before.path("blocks");
            body.path("requests").forEach(request -> insert(Json.parse(request.asText()), blocks));
            long now = System.currentTimeMillis();
            database.jdbc()
                    .update(
                            "insert into sandbox.chat_announcement values (?, ?, ?, ?, ?, ?) on conflict (chat_id) do update"
                                    + " set revision = excluded.revision, blocks = excluded.blocks,"
                                    + " modified_ms = excluded.modified_ms, modifier = excluded.modifier",
                            chat.id(),
                            current + 1,
                            Json.write(blocks),
                            now,
                            now,
                            operator.isBot() ? null : operator.person().openId());
            return Answer.ok(Json.object());
        });
    }

    private static void insert(JsonNode request, ArrayNode blocks) {
        if (request == null || !request.path("requestType").isTextual()) {
            throw new Denial(232001, "requests: texts of JSON objects with a requestType");
        }
        if (!request.path("requestType").asText().equals(INSERT)) {
            throw new Refusal(501, 501, "not simulated: changes of an announcement other than " + INSERT);
        }
        JsonNode payload =
                Json.parse(request.path("insertBlocksRequest").path("payload").asText());
        if (payload == null || !payload.path("blocks").isArray()) {
            throw new Denial(232001, "insertBlocksRequest.payload: a text of a JSON object with blocks");
        }
        payload.path("blocks").forEach(blocks::add);
    }

    private Chat group(Call call) {
        Chat chat = access.entered(call);
        if (chat.p2p()) {
            throw new Denial(232003);
        }
        return chat;
    }

    /** The stored announcement, or null. */
    private JsonNode stored(Chat chat) {
        return database
                .jdbc()
                .query(
                        "select revision, blocks from sandbox.chat_announcement where chat_id = ?",
                        (row, n) -> {
                            ObjectNode stored = Json.object().put("revision", row.getLong(1));
                            stored.set("blocks", Json.read(row.getString(2)));
                            return stored;
                        },
                        chat.id())
                .stream()
                .findFirst()
                .orElse(null);
    }

    private static String document(ArrayNode blocks) {
        ObjectNode document = Json.object();
        document.putObject("title").putArray("elements");
        document.putObject("body").set("blocks", blocks);
        return Json.write(document);
    }
}
