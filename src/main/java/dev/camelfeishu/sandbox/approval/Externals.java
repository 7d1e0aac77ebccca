package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** The stored approvals of third parties. */
public final class Externals {
    private final SandboxDatabase database;

    public Externals(SandboxDatabase database) {
        this.database = database;
    }

    /** @throws Refusal 1390002 */
    ExternalDefinition get(String code) {
        return find(code).orElseThrow(() -> new Refusal(400, 1390002, "approval code not found"));
    }

    Optional<ExternalDefinition> find(String code) {
        return database
                .jdbc()
                .query(
                        "select * from sandbox.external_definition where approval_code = ?",
                        (row, n) -> new ExternalDefinition(
                                row.getString("approval_code"),
                                row.getString("approval_id"),
                                Json.read(row.getString("body"))),
                        code)
                .stream()
                .findFirst();
    }

    /** Stores a definition under its code; one with a known code is written anew. */
    void put(String code, JsonNode body) {
        database.jdbc()
                .update(
                        "insert into sandbox.external_definition (approval_code, approval_id, body) values (?, ?, ?)"
                                + " on conflict (approval_code) do update set body = excluded.body",
                        code,
                        UUID.randomUUID().toString().toUpperCase(Locale.ROOT),
                        Json.write(body));
    }

    Optional<ExternalInstance> instance(String id) {
        return all().stream().filter(instance -> instance.id().equals(id)).findFirst();
    }

    /** All instances, newest first. */
    List<ExternalInstance> all() {
        return database.jdbc()
                .query(
                        "select * from sandbox.external_instance order by seq desc",
                        (row, n) -> new ExternalInstance(
                                row.getString("instance_id"),
                                row.getString("approval_code"),
                                Json.read(row.getString("body")),
                                row.getLong("pushed_ms")));
    }

    /** Lets one push of an instance go on at a time. */
    void lock(String id) {
        database.jdbc().query("select pg_advisory_xact_lock(hashtext(?))", row -> {}, "external " + id);
    }

    void put(String id, String approvalCode, ObjectNode body, long now) {
        database.jdbc()
                .update(
                        "insert into sandbox.external_instance (instance_id, approval_code, body, pushed_ms)"
                                + " values (?, ?, ?, ?) on conflict (instance_id) do update set body = excluded.body,"
                                + " pushed_ms = excluded.pushed_ms",
                        id,
                        approvalCode,
                        Json.write(body),
                        now);
    }
}
