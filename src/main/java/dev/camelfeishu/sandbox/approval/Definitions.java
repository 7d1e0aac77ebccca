package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The stored approval definitions. */
public final class Definitions {
    private final SandboxDatabase database;

    public Definitions(SandboxDatabase database) {
        this.database = database;
    }

    Optional<Definition> find(String code) {
        return database
                .jdbc()
                .query(
                        "select * from sandbox.approval_definition where approval_code = ?",
                        (row, n) -> definition(row),
                        code)
                .stream()
                .findFirst();
    }

    /** @throws Refusal 1390002 */
    Definition get(String code) {
        return find(code).orElseThrow(() -> new Refusal(400, 1390002, "approval code not found"));
    }

    /** @return false when nothing changed */
    boolean setSubscribed(Definition definition, boolean subscribed) {
        return database.jdbc()
                        .update(
                                "update sandbox.approval_definition set subscribed = ?"
                                        + " where approval_code = ? and subscribed <> ?",
                                subscribed,
                                definition.code(),
                                subscribed)
                > 0;
    }

    private static Definition definition(ResultSet row) throws SQLException {
        List<Definition.Node> nodes = new ArrayList<>();
        for (JsonNode node : Json.read(row.getString("nodes"))) {
            List<String> approvers = new ArrayList<>();
            node.path("approvers").forEach(approver -> approvers.add(approver.asText()));
            nodes.add(new Definition.Node(
                    node.path("node_id").asText(),
                    node.path("custom_node_id").asText(),
                    node.path("name").asText(),
                    node.path("node_type").asText(),
                    node.path("need_approver").asBoolean(),
                    List.copyOf(approvers)));
        }
        return new Definition(
                row.getString("approval_code"),
                row.getString("name"),
                row.getString("status"),
                Json.read(row.getString("form")),
                List.copyOf(nodes),
                row.getBoolean("subscribed"));
    }
}
