package dev.camelfeishu.sandbox.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Approval instances, as the page shows them.
 *
 * <ul>
 *   <li>{@code GET /sandbox/ui/instances?status=&page=&size=}: {@code {"items":[{"instance_code","serial_number",
 *       "definition","open_id","title","status","start_ms","end_ms","form","pending":[open_id]}],"total",
 *       "counts":{status:n}}}, newest first; {@code status} REVERTED are the reverted ones, APPROVED the others
 *   <li>{@code GET /sandbox/ui/instances/:code}: one of them with {@code "nodes"}, {@code "tasks"} and
 *       {@code "timeline"}
 * </ul>
 */
public final class InstanceReads implements Api {
    private static final String SHOWN = "case when i.reverted then 'REVERTED' else i.status end";
    private static final String ROWS = "select i.*, " + SHOWN + " shown, d.name definition_name, d.nodes,"
            + " array(select t.open_id from sandbox.approval_task t where t.instance_code = i.instance_code"
            + " and t.status = 'PENDING' order by t.seq) pending"
            + " from sandbox.approval_instance i join sandbox.approval_definition d on d.approval_code = i.approval_code";

    private final SandboxDatabase database;

    public InstanceReads(SandboxDatabase database) {
        this.database = database;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", "/sandbox/ui/instances", this::list);
        routes.on("GET", "/sandbox/ui/instances/:code", this::one);
    }

    private Answer list(Call call) {
        String status = call.query("status", null);
        int page = Control.number(call, "page", 0, 0, 1_000_000);
        int size = Control.number(call, "size", 50, 1, 200);
        ObjectNode answer = Json.object();
        ArrayNode items = answer.putArray("items");
        database.jdbc()
                .query(
                        ROWS + " where ?::text is null or " + SHOWN + " = ? order by i.seq desc limit ? offset ?",
                        row -> {
                            items.add(instance(row));
                        },
                        status,
                        status,
                        size,
                        (long) page * size);
        ObjectNode counts = answer.putObject("counts");
        database.jdbc()
                .query("select " + SHOWN + ", count(*) from sandbox.approval_instance i group by 1 order by 1", row -> {
                    counts.put(row.getString(1), row.getLong(2));
                });
        long total = 0;
        for (var count : counts.properties()) {
            total += status == null || status.equals(count.getKey())
                    ? count.getValue().asLong()
                    : 0;
        }
        return Answer.of(200, answer.put("total", total));
    }

    private Answer one(Call call) {
        String code = call.variable("code");
        ObjectNode instance = database
                .jdbc()
                .query(
                        ROWS + " where i.instance_code = ?",
                        (row, n) -> instance(row).<ObjectNode>set("nodes", Json.read(row.getString("nodes"))),
                        code)
                .stream()
                .findFirst()
                .orElseThrow(() -> new Refusal(404, 404, "There is no instance with this code."));
        ArrayNode tasks = instance.putArray("tasks");
        database.jdbc()
                .query(
                        "select * from sandbox.approval_task where instance_code = ? order by seq",
                        row -> {
                            tasks.addObject()
                                    .put("task_id", row.getString("task_id"))
                                    .put("open_id", row.getString("open_id"))
                                    .put("node", row.getInt("node"))
                                    .put("status", row.getString("status"))
                                    .put("start_ms", row.getLong("start_ms"))
                                    .put("end_ms", row.getLong("end_ms"));
                        },
                        code);
        ArrayNode timeline = instance.putArray("timeline");
        database.jdbc()
                .query(
                        "select * from sandbox.approval_timeline where instance_code = ? order by seq",
                        row -> {
                            timeline.addObject()
                                    .put("type", row.getString("type"))
                                    .put("create_ms", row.getLong("create_ms"))
                                    .put("open_id", row.getString("open_id"))
                                    .put("target", row.getString("target"))
                                    .put("comment", row.getString("comment"));
                        },
                        code);
        return Answer.of(200, instance);
    }

    private static ObjectNode instance(ResultSet row) throws SQLException {
        ObjectNode instance = Json.object()
                .put("instance_code", row.getString("instance_code"))
                .put("serial_number", row.getString("serial_number"))
                .put("definition", row.getString("definition_name"))
                .put("open_id", row.getString("open_id"))
                .put("title", row.getString("title"))
                .put("status", row.getString("shown"))
                .put("start_ms", row.getLong("start_ms"))
                .put("end_ms", row.getLong("end_ms"));
        instance.set("form", Json.read(row.getString("form")));
        ArrayNode pending = instance.putArray("pending");
        for (String openId : (String[]) row.getArray("pending").getArray()) {
            pending.add(openId);
        }
        return instance;
    }
}
