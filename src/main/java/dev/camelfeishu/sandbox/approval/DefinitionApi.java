package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;

/** Approval definitions: read, subscribe and unsubscribe the events of their instances. */
public final class DefinitionApi implements Api {
    private static final String APPROVAL = "/open-apis/approval/v4/approvals/:approval_code";

    private final Definitions definitions;

    public DefinitionApi(Definitions definitions) {
        this.definitions = definitions;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", APPROVAL, this::get);
        routes.on("POST", APPROVAL + "/subscribe", call -> subscribe(call, true));
        routes.on("POST", APPROVAL + "/unsubscribe", call -> subscribe(call, false));
    }

    private Answer get(Call call) {
        Definition definition = definitions.get(call.variable("approval_code"));
        if (definition.status().equals("DELETED")) {
            throw new Refusal(400, 1390016, "approval is deleted");
        }
        ObjectNode data = Json.object()
                .put("approval_name", definition.name())
                .put("status", definition.status())
                .put("form", Json.write(definition.form()))
                .put("form_widget_relation", "");
        ArrayNode nodes = data.putArray("node_list");
        for (Definition.Node node : definition.nodes()) {
            ObjectNode shown = nodes.addObject()
                    .put("name", node.name())
                    .put("need_approver", node.needApprover())
                    .put("node_id", node.id())
                    .put("custom_node_id", node.customId())
                    .put("node_type", node.type())
                    .put("approver_chosen_multi", false)
                    .put("require_signature", false);
            shown.putArray("approver_chosen_range");
        }
        data.putArray("viewers").addObject().put("type", "TENANT").put("id", "").put("user_id", "");
        data.putArray("approval_admin_ids");
        return Answer.ok(data);
    }

    private Answer subscribe(Call call, boolean wanted) {
        Definition definition = definitions.get(call.variable("approval_code"));
        if (!definitions.setSubscribed(definition, wanted)) {
            throw new Refusal(400, 1390007, wanted ? "subscription existed" : "subscription not existed");
        }
        return Answer.ok(Json.object());
    }
}
