package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

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

    /** Stores a definition made by API. */
    Definition add(NewDefinition made, JsonNode source) {
        String code = UUID.randomUUID().toString().toUpperCase(Locale.ROOT);
        ObjectNode shown = made.in(code, null);
        database.jdbc()
                .update(
                        "insert into sandbox.approval_definition (approval_code, name, status, form, nodes, approval_id,"
                                + " source, settings) values (?, ?, 'ACTIVE', ?, ?, ?, ?, ?)",
                        code,
                        shown.path("name").asText(),
                        Json.write(shown.path("form")),
                        Json.write(shown.path("nodes")),
                        Long.toString(7_000_000_000_000_000_000L
                                + Math.floorMod(
                                        UUID.fromString(code).getMostSignificantBits(), 100_000_000_000_000_000L)),
                        Json.write(source),
                        Json.write(source.path("settings").isObject() ? source.path("settings") : Json.object()));
        return get(code);
    }

    /** Writes a definition made by API anew. */
    Definition replace(Definition definition, NewDefinition made, JsonNode source) {
        ObjectNode shown = made.in(definition.code(), null);
        database.jdbc()
                .update(
                        "update sandbox.approval_definition set name = ?, form = ?, nodes = ?, source = ?, settings = ?,"
                                + " version = version + 1 where approval_code = ?",
                        shown.path("name").asText(),
                        Json.write(shown.path("form")),
                        Json.write(shown.path("nodes")),
                        Json.write(source),
                        Json.write(source.path("settings").isObject() ? source.path("settings") : Json.object()),
                        definition.code());
        return get(definition.code());
    }

    private static Definition definition(ResultSet row) throws SQLException {
        String source = row.getString("source");
        return new Definition(
                row.getString("approval_code"),
                row.getString("name"),
                row.getString("status"),
                Json.read(row.getString("form")),
                nodes(Json.read(row.getString("nodes"))),
                row.getBoolean("subscribed"),
                row.getString("approval_id"),
                source == null ? null : Json.read(source),
                Json.read(row.getString("settings")),
                row.getInt("version"));
    }

    /** The nodes from their JSON. */
    static List<Definition.Node> nodes(JsonNode stored) {
        List<Definition.Node> nodes = new ArrayList<>();
        for (JsonNode node : stored) {
            nodes.add(new Definition.Node(
                    node.path("node_id").asText(),
                    node.path("custom_node_id").asText(),
                    node.path("name").asText(),
                    node.path("node_type").asText(),
                    node.path("need_approver").asBoolean(),
                    rules(node.path("approvers"), node.path("rules")),
                    rules(node.path("copied"), node.path("copy_rules")),
                    node.path("starter_assignee").asText("STARTER")));
        }
        return List.copyOf(nodes);
    }

    private static List<Definition.Rule> rules(JsonNode people, JsonNode rules) {
        List<Definition.Rule> all = new ArrayList<>();
        people.forEach(person -> all.add(new Definition.Rule("Personal", person.asText(), 1)));
        rules.forEach(rule -> all.add(new Definition.Rule(
                rule.path("type").asText(), null, rule.path("level").asInt(1))));
        return List.copyOf(all);
    }
}
