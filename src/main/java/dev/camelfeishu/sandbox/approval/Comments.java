package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * Comments of instances: write and change, list, delete one, delete all. An unknown instance or comment is 1390001.
 *
 * <p>Not documented, and so chosen: only its author changes or deletes a comment; deleted ones stay in the list with
 * {@code is_delete} 1 and without their content; page tokens are places in the list.
 */
public final class Comments implements Api {
    private static final String COMMENTS = "/open-apis/approval/v4/instances/:instance_id/comments";
    private static final int MOST = 1_000;

    private record Comment(
            String id,
            String parent,
            String openId,
            String content,
            String atInfo,
            String extra,
            boolean deleted,
            long createMs,
            long updateMs) {}

    private final SandboxDatabase database;
    private final Instances instances;
    private final Approvers approvers;
    private final SecureRandom random = new SecureRandom();

    public Comments(SandboxDatabase database, Instances instances, Approvers approvers) {
        this.database = database;
        this.instances = instances;
        this.approvers = approvers;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", COMMENTS, this::write);
        routes.on("GET", COMMENTS, this::list);
        routes.on("DELETE", COMMENTS + "/:comment_id", this::delete);
        routes.on("POST", COMMENTS + "/remove", this::remove);
    }

    private Answer write(Call call) {
        JsonNode body = call.json(1390001);
        Instance instance = instance(call);
        Person author = author(call);
        JsonNode content = Json.parse(Given.text(body, "content"));
        if (content == null || !content.path("text").isTextual()) {
            throw Given.invalid("content is a string that holds {\"text\",\"files\"}");
        }
        for (JsonNode at : body.path("at_info_list")) {
            approvers.find(Approvers.idType(call), Given.text(at, "user_id"));
            Given.text(at, "name");
            Given.text(at, "offset");
        }
        String atInfo = body.path("at_info_list").isArray() ? Json.write(body.path("at_info_list")) : "[]";
        String extra = body.path("extra").asText("");
        String id = Given.optional(body, "comment_id");
        long now = System.currentTimeMillis();
        if (id != null) {
            own(instance, id, author);
            database.jdbc()
                    .update(
                            "update sandbox.approval_comment set content = ?, at_info = ?, extra = ?, update_ms = ?"
                                    + " where comment_id = ?",
                            Json.write(content),
                            atInfo,
                            extra,
                            now,
                            id);
            return Answer.ok(Json.object().put("comment_id", id));
        }
        String parent = Given.optional(body, "parent_comment_id");
        if (parent != null && find(instance, parent).parent() != null) {
            throw Given.invalid("parent_comment_id is itself a reply");
        }
        String made = "7" + String.format("%018d", Math.floorMod(random.nextLong(), 1_000_000_000_000_000_000L));
        database.jdbc()
                .update(
                        "insert into sandbox.approval_comment (comment_id, instance_code, parent, open_id, content, at_info,"
                                + " extra, create_ms, update_ms) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        made,
                        instance.code(),
                        parent,
                        author.openId(),
                        Json.write(content),
                        atInfo,
                        extra,
                        now,
                        now);
        return Answer.ok(Json.object().put("comment_id", made));
    }

    private Answer list(Call call) {
        Instance instance = instance(call);
        author(call);
        int size = Given.size(call, 10, 1, MOST);
        int from = (int) Math.min(Given.number(call.query("page_token", "0")), Integer.MAX_VALUE / 2);
        String idType = Approvers.idType(call);
        List<Comment> all = of(instance);
        ObjectNode data = Json.object();
        ArrayNode comments = data.putArray("comments");
        all.stream()
                .filter(comment -> comment.parent() == null)
                .skip(from)
                .limit(size)
                .forEach(comment -> {
                    ObjectNode shown = shown(comment, idType);
                    comments.add(shown);
                    ArrayNode replies = shown.putArray("replies");
                    all.stream()
                            .filter(reply -> comment.id().equals(reply.parent()))
                            .forEach(reply -> replies.add(shown(reply, idType)));
                });
        return Answer.ok(data);
    }

    private ObjectNode shown(Comment comment, String idType) {
        ObjectNode shown = Json.object()
                .put("id", comment.id())
                .put("content", comment.deleted() ? "" : comment.content())
                .put("create_time", Long.toString(comment.createMs()))
                .put("update_time", Long.toString(comment.updateMs()))
                .put("is_delete", comment.deleted() ? 1 : 0)
                .put("commentator", approvers.find("open_id", comment.openId()).id(idType))
                .put("extra", comment.extra());
        shown.set("at_info_list", Json.read(comment.atInfo()));
        return shown;
    }

    private Answer delete(Call call) {
        Instance instance = instance(call);
        String id = call.variable("comment_id");
        own(instance, id, author(call));
        database.jdbc()
                .update(
                        "update sandbox.approval_comment set deleted = true, update_ms = ? where comment_id = ?",
                        System.currentTimeMillis(),
                        id);
        return Answer.ok(Json.object().put("comment_id", id));
    }

    private Answer remove(Call call) {
        Instance instance = instance(call);
        author(call);
        database.jdbc().update("delete from sandbox.approval_comment where instance_code = ?", instance.code());
        return Answer.ok(Json.object().put("instance_id", instance.code()).put("external_id", ""));
    }

    /** The comments as an instance shows them. */
    ArrayNode shown(Instance instance) {
        ArrayNode list = Json.array();
        of(instance).stream().filter(comment -> !comment.deleted()).forEach(comment -> {
            JsonNode content = Json.read(comment.content());
            ObjectNode shown = list.addObject()
                    .put("id", comment.id())
                    .put("user_id", instances.userId(comment.openId()))
                    .put("open_id", comment.openId())
                    .put("comment", content.path("text").asText())
                    .put("create_time", Long.toString(comment.createMs()));
            ArrayNode files = shown.putArray("files");
            content.path("files")
                    .forEach(file -> files.addObject()
                            .put("url", file.path("url").asText())
                            .put("file_size", file.path("fileSize").asLong())
                            .put("title", file.path("title").asText())
                            .put("type", file.path("type").asText()));
        });
        return list;
    }

    private Instance instance(Call call) {
        return instances.find(call.variable("instance_id")).orElseThrow(() -> Given.invalid("instance_id is unknown"));
    }

    private Person author(Call call) {
        return approvers.find(Approvers.idType(call), call.query("user_id", ""));
    }

    private void own(Instance instance, String id, Person author) {
        Comment comment = find(instance, id);
        if (comment.deleted() || !comment.openId().equals(author.openId())) {
            throw Given.invalid("the comment is deleted, or another person's");
        }
    }

    private Comment find(Instance instance, String id) {
        return of(instance).stream()
                .filter(comment -> comment.id().equals(id))
                .findFirst()
                .orElseThrow(() -> Given.invalid("comment_id is unknown"));
    }

    private List<Comment> of(Instance instance) {
        return database.jdbc()
                .query(
                        "select * from sandbox.approval_comment where instance_code = ? order by seq",
                        (row, n) -> comment(row),
                        instance.code());
    }

    private static Comment comment(ResultSet row) throws SQLException {
        return new Comment(
                row.getString("comment_id"),
                row.getString("parent"),
                row.getString("open_id"),
                row.getString("content"),
                row.getString("at_info"),
                row.getString("extra"),
                row.getBoolean("deleted"),
                row.getLong("create_ms"),
                row.getLong("update_ms"));
    }
}
