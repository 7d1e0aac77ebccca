package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Control;
import dev.camelfeishu.sandbox.Routes;
import java.util.Set;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Dashboards, to be listed and copied, and automations, to be listed and switched on and off. People make them in the Base's own
 * page: {@code POST /sandbox/bases/:app_token/dashboards {"name"}} and {@code …/workflows {"title"}}.
 */
final class BlockApi implements Api {
    private static final int LARGEST_PAGE = 100;
    private static final int MOST_BLOCKS = 100;
    private static final Set<String> STATES = Set.of("Enable", "Disable");
    private static final String APP = "/open-apis/bitable/v1/apps/:app_token";
    private static final String PAGE = "/sandbox/bases/:app_token";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Documented documented;
    private final Tables tables;
    private final JdbcTemplate jdbc;

    BlockApi(Documented documented, Tables tables, JdbcTemplate jdbc) {
        this.documented = documented;
        this.tables = tables;
        this.jdbc = jdbc;
    }

    @Override
    public void register(Routes routes) {
        documented.on(routes, "GET", APP + "/dashboards", this::dashboards);
        documented.on(routes, "POST", APP + "/dashboards/:block_id/copy", this::copy);
        documented.on(routes, "GET", APP + "/workflows", this::workflows);
        documented.on(routes, "PUT", APP + "/workflows/:workflow_id", this::update);
        documented.on(
                routes,
                "POST",
                PAGE + "/dashboards",
                call -> Answer.of(200, dashboard(call, Control.text(Control.body(call), "name"))));
        documented.on(routes, "POST", PAGE + "/workflows", this::workflow);
    }

    private Answer dashboards(Call call) {
        String appToken = tables.base(call.variable("app_token")).appToken();
        Page page = Page.of(call, 20, LARGEST_PAGE, appToken + "/dashboards");
        ObjectNode data = page.of(
                jdbc.query(
                        "select * from sandbox.base_dashboard where app_token = ? order by position",
                        (rs, n) -> JSON.objectNode()
                                .put("block_id", rs.getString("block_id"))
                                .put("name", rs.getString("name")),
                        appToken),
                line -> line);
        JsonNode items = data.remove("items");
        data.remove("total");
        return Answer.ok(data.set("dashboards", items));
    }

    private Answer copy(Call call) {
        String name = call.json(1254000).path("name").asText("");
        String appToken = tables.base(call.variable("app_token")).appToken();
        if (jdbc.queryForList(
                        "select 1 from sandbox.base_dashboard where app_token = ? and block_id = ?",
                        appToken,
                        call.variable("block_id"))
                .isEmpty()) {
            throw new Denied(1254050, "");
        }
        return Answer.ok(dashboard(call, name));
    }

    private ObjectNode dashboard(Call call, String name) {
        String appToken = tables.base(call.variable("app_token")).appToken();
        if (name.isBlank() || name.length() > 100 || name.matches("(?s).*[/\\\\?*:\\[\\]].*")) {
            throw new Denied(1254038, "");
        }
        int blocks = tables.list(appToken).size()
                + jdbc.queryForObject(
                        "select count(*) from sandbox.base_dashboard where app_token = ?", Integer.class, appToken);
        if (blocks >= MOST_BLOCKS) {
            throw new Denied(1254100, "");
        }
        String id = Id.BLOCK.fresh();
        try {
            jdbc.update(
                    "insert into sandbox.base_dashboard (block_id, app_token, name) values (?, ?, ?)",
                    id,
                    appToken,
                    name);
        } catch (DuplicateKeyException e) {
            throw new Denied(1254039, "");
        }
        return JSON.objectNode().put("block_id", id).put("name", name);
    }

    private Answer workflows(Call call) {
        String appToken = tables.base(call.variable("app_token")).appToken();
        ObjectNode data = JSON.objectNode();
        ArrayNode list = data.putArray("workflows");
        jdbc.query(
                "select * from sandbox.base_workflow where app_token = ? order by position",
                rs -> {
                    list.addObject()
                            .put("workflow_id", rs.getString("workflow_id"))
                            .put("status", rs.getString("status"))
                            .put("title", rs.getString("title"));
                },
                appToken);
        return Answer.ok(data);
    }

    private Answer update(Call call) {
        String state = call.json(1254000).path("status").asText("");
        if (!STATES.contains(state)) {
            throw new Denied(1254010, "status is Enable or Disable");
        }
        int updated = jdbc.update(
                "update sandbox.base_workflow set status = ? where app_token = ? and workflow_id = ?",
                state,
                tables.base(call.variable("app_token")).appToken(),
                call.variable("workflow_id"));
        if (updated == 0) {
            throw new Denied(1254010, "workflow_id");
        }
        return Answer.ok(JSON.objectNode());
    }

    private Answer workflow(Call call) {
        String title = Control.text(Control.body(call), "title");
        String id = Long.toString(7_000_000_000_000_000_000L + Math.abs(title.hashCode()) + System.nanoTime());
        jdbc.update(
                "insert into sandbox.base_workflow (workflow_id, app_token, title, status) values (?, ?, ?, 'Disable')",
                id,
                tables.base(call.variable("app_token")).appToken(),
                title);
        return Answer.of(200, JSON.objectNode().put("workflow_id", id));
    }
}
