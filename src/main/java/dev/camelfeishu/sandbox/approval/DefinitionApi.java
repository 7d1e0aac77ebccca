package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.util.List;

/**
 * Approval definitions: make and overwrite, read, subscribe and unsubscribe the events of their instances.
 *
 * <p>Not documented, and so chosen: overwriting one that was made in the console is 1390009; the event of an overwritten one
 * goes to an app that has subscribed it.
 */
public final class DefinitionApi implements Api {
    private static final String APPROVALS = "/open-apis/approval/v4/approvals";
    private static final String APPROVAL = APPROVALS + "/:approval_code";

    /** The stored body remembers of what kind its ids are. */
    private static final String ID_TYPE = "user_id_type";

    private final SandboxDatabase database;
    private final Definitions definitions;
    private final Approvers approvers;
    private final ApprovalEvents events;

    public DefinitionApi(
            SandboxDatabase database, Definitions definitions, Approvers approvers, ApprovalEvents events) {
        this.database = database;
        this.definitions = definitions;
        this.approvers = approvers;
        this.events = events;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", APPROVALS, this::create);
        routes.on("GET", APPROVAL, this::get);
        routes.on("POST", APPROVAL + "/subscribe", call -> subscribe(call, true));
        routes.on("POST", APPROVAL + "/unsubscribe", call -> subscribe(call, false));
    }

    private Answer create(Call call) {
        ObjectNode body = call.json(1390001).deepCopy();
        body.put(ID_TYPE, Approvers.idType(call));
        String code = Given.optional(body, "approval_code");
        NewDefinition made = made(body);
        return database.inTransaction(() -> {
            Definition stored;
            if (code == null) {
                stored = definitions.add(made, body);
            } else {
                Definition before = definitions.get(code);
                if (before.source() == null) {
                    throw new Refusal(403, 1390009, "no operation permission");
                }
                stored = definitions.replace(before, made, body);
                events.definition(stored, System.currentTimeMillis());
            }
            return Answer.ok(Json.object().put("approval_code", stored.code()).put("approval_id", stored.approvalId()));
        });
    }

    private Answer get(Call call) {
        Definition definition = definitions.get(call.variable("approval_code"));
        if (definition.status().equals("DELETED")) {
            throw new Refusal(400, 1390016, "approval is deleted");
        }
        String idType = Approvers.idType(call);
        String name = definition.name();
        JsonNode form = definition.form();
        List<Definition.Node> steps = definition.nodes();
        if (definition.source() != null && call.query("locale", null) != null) {
            ObjectNode shown = made(definition.source()).in(definition.code(), call.query("locale", null));
            name = shown.path("name").asText();
            form = shown.path("form");
            steps = Definitions.nodes(shown.path("nodes"));
        }
        ObjectNode data = Json.object()
                .put("approval_name", name)
                .put("status", definition.status())
                .put("form", Json.write(form))
                .put("form_widget_relation", "");
        ArrayNode nodes = data.putArray("node_list");
        for (Definition.Node node : steps) {
            ObjectNode shown = nodes.addObject()
                    .put("name", node.name())
                    .put("need_approver", node.needApprover())
                    .put("node_id", node.id())
                    .put("custom_node_id", node.customId())
                    .put("node_type", node.type())
                    .put("approver_chosen_multi", node.needApprover())
                    .put("require_signature", false);
            ArrayNode range = shown.putArray("approver_chosen_range");
            if (node.needApprover()) {
                range.addObject().put("approver_range_type", 0).putArray("approver_range_ids");
            }
        }
        ArrayNode viewers = data.putArray("viewers");
        if (definition.source() == null) {
            viewers.addObject().put("type", "TENANT").put("id", "").put("user_id", "");
        } else {
            for (JsonNode viewer : definition.source().path("viewers")) {
                String user = viewer.path("viewer_user_id").asText("");
                viewers.addObject()
                        .put("type", viewer.path("viewer_type").asText())
                        .put("id", viewer.path("viewer_department_id").asText(""))
                        .put("user_id", user.isEmpty() ? "" : id(definition, user, idType));
            }
        }
        ArrayNode admins = data.putArray("approval_admin_ids");
        if (definition.source() != null && call.query("with_admin_id", "false").equals("true")) {
            definition
                    .source()
                    .path("process_manager_ids")
                    .forEach(id -> admins.add(id(definition, id.asText(), idType)));
        }
        return Answer.ok(data);
    }

    private NewDefinition made(JsonNode source) {
        return new NewDefinition(source, source.path(ID_TYPE).asText(), approvers);
    }

    private String id(Definition definition, String given, String idType) {
        return approvers.find(definition.source().path(ID_TYPE).asText(), given).id(idType);
    }

    private Answer subscribe(Call call, boolean wanted) {
        Definition definition = definitions.get(call.variable("approval_code"));
        if (!definitions.setSubscribed(definition, wanted)) {
            throw new Refusal(400, 1390007, wanted ? "subscription existed" : "subscription not existed");
        }
        return Answer.ok(Json.object());
    }
}
