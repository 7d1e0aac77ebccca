package dev.camelfeishu.sandbox.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * People and chats, as the page shows them.
 *
 * <ul>
 *   <li>{@code GET /sandbox/ui/people}: {@code {"bot":{"open_id","app_id","name"},"people":[{"open_id","user_id","name",
 *       "department","colleague"}]}}
 *   <li>{@code GET /sandbox/ui/chats}: {@code {"items":[{"chat_id","chat_mode","name","bot","members":[open_id],
 *       "last":null|{"sender","sender_type","msg_type","preview","created_ms"}}]}}
 * </ul>
 */
public final class ChatReads implements Api {
    private static final int PREVIEW = 80;

    private final SandboxDatabase database;
    private final SandboxProperties properties;

    public ChatReads(SandboxDatabase database, SandboxProperties properties) {
        this.database = database;
        this.properties = properties;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", "/sandbox/ui/people", call -> Answer.of(200, people()));
        routes.on("GET", "/sandbox/ui/chats", call -> Answer.of(200, chats()));
    }

    private ObjectNode people() {
        ObjectNode answer = Json.object();
        answer.putObject("bot")
                .put("open_id", SandboxProperties.BOT_OPEN_ID)
                .put("app_id", properties.appId())
                .put("name", SandboxProperties.BOT_NAME);
        ArrayNode people = answer.putArray("people");
        database.jdbc()
                .query(
                        "select p.*, d.name department_name from sandbox.person p left join sandbox.department d"
                                + " on d.open_department_id = p.department order by p.position",
                        row -> {
                            people.addObject()
                                    .put("open_id", row.getString("open_id"))
                                    .put("user_id", row.getString("user_id"))
                                    .put("name", row.getString("name"))
                                    .put("department", row.getString("department_name"))
                                    .put("colleague", SandboxProperties.TENANT_KEY.equals(row.getString("tenant_key")));
                        });
        return answer;
    }

    private ObjectNode chats() {
        Map<String, ArrayNode> members = new HashMap<>();
        database.jdbc()
                .query(
                        "select m.chat_id, m.open_id from sandbox.chat_member m join sandbox.person p"
                                + " on p.open_id = m.open_id order by p.position",
                        row -> {
                            members.computeIfAbsent(row.getString(1), id -> Json.array())
                                    .add(row.getString(2));
                        });
        ObjectNode answer = Json.object();
        ArrayNode items = answer.putArray("items");
        database.jdbc().query("""
                        select c.chat_id chat, c.chat_mode, c.name, c.bot, m.* from sandbox.chat c
                        left join lateral (select * from sandbox.message where chat_id = c.chat_id
                                           order by seq desc limit 1) m on true
                        order by c.position
                        """, row -> {
            String id = row.getString("chat");
            ObjectNode item = items.addObject()
                    .put("chat_id", id)
                    .put("chat_mode", row.getString("chat_mode"))
                    .put("name", row.getString("name"))
                    .put("bot", row.getBoolean("bot"));
            item.set("members", members.getOrDefault(id, Json.array()));
            item.set("last", row.getString("message_id") == null ? null : line(row));
        });
        return answer;
    }

    /** The content as JSON, or as text when it is none. */
    private static JsonNode content(ResultSet row) throws SQLException {
        String text = row.getString("content");
        JsonNode content = Json.parse(text);
        return content == null ? Json.object().textNode(text) : content;
    }

    private static ObjectNode line(ResultSet row) throws SQLException {
        return Json.object()
                .put("sender", row.getString("sender"))
                .put("sender_type", row.getString("sender_type"))
                .put("msg_type", row.getString("msg_type"))
                .put("deleted", row.getBoolean("deleted"))
                .put("preview", row.getBoolean("deleted") ? "" : preview(row))
                .put("created_ms", row.getLong("created_ms"));
    }

    /** The beginning of a text, the title of a card or post; empty when there is none. */
    private static String preview(ResultSet row) throws SQLException {
        JsonNode content = content(row);
        String text = switch (row.getString("msg_type")) {
            case "text" -> content.path("text").asText();
            case "interactive" ->
                content.path("header").path("title").path("content").asText();
            case "post" -> postText(content);
            default -> "";
        };
        JsonNode mentions = Json.parse(row.getString("mentions"));
        if (mentions != null) {
            for (JsonNode mention : mentions) {
                text = text.replace(
                        mention.path("key").asText(), "@" + mention.path("name").asText());
            }
        }
        text = text.replaceAll("\\s+", " ").strip();
        return text.length() <= PREVIEW ? text : text.substring(0, PREVIEW) + "…";
    }

    private static String postText(JsonNode content) {
        JsonNode post = content.has("content") || !content.elements().hasNext()
                ? content
                : content.elements().next();
        StringBuilder text = new StringBuilder(post.path("title").asText());
        post.path("content")
                .forEach(line -> line.forEach(
                        part -> text.append(' ').append(part.path("text").asText())));
        return text.toString();
    }
}
