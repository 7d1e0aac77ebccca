package dev.camelfeishu.sandbox.drive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who may see and change a document. The sandbox keeps it; it does not act on it.
 *
 * <p>Not documented in what the sandbox follows, and so chosen: the values of member types, permissions and public settings;
 * changing the right of somebody who has none is 1063003; the owner is not among the members.
 */
public final class PermissionApi implements Api {
    private static final String PERMISSIONS = "/open-apis/drive/v1/permissions/:token";
    private static final Set<String> ACTIONS =
            Set.of("view", "edit", "share", "comment", "export", "copy", "print", "manage_public");
    private static final String PUBLIC = "/open-apis/drive/v2/permissions/:token/public";
    private static final Set<String> PERMS = Set.of("view", "edit", "full_access");
    private static final int MOST = 10;
    /** The ids of people by kind of member. */
    private static final Map<String, String> PEOPLE =
            Map.of("openid", "open_id", "unionid", "union_id", "userid", "user_id", "email", "email");
    /** The statement that finds another kind of member. */
    private static final Map<String, String> OTHERS = Map.of(
            "openchat", "select count(*) from sandbox.chat where chat_id = ? and chat_mode = 'group'",
            "opendepartmentid", "select count(*) from sandbox.department where open_department_id = ?",
            "groupid", "select count(*) from sandbox.user_group where group_id = ?");

    private static final Map<String, List<String>> SETTINGS = Map.of(
            "external_access_entity", List.of("closed", "open", "allow_share_partner_tenant"),
            "security_entity", List.of("anyone_can_view", "anyone_can_edit", "only_full_access"),
            "comment_entity", List.of("anyone_can_view", "anyone_can_edit"),
            "share_entity", List.of("anyone", "same_tenant"),
            "manage_collaborator_entity",
                    List.of("collaborator_can_view", "collaborator_can_edit", "collaborator_full_access"),
            "link_share_entity",
                    List.of(
                            "closed",
                            "tenant_readable",
                            "tenant_editable",
                            "partner_tenant_readable",
                            "partner_tenant_editable",
                            "anyone_readable",
                            "anyone_editable"),
            "copy_entity", List.of("anyone_can_view", "anyone_can_edit", "only_full_access"));

    private final SandboxDatabase database;
    private final Documents documents;
    private final People people;

    public PermissionApi(SandboxDatabase database, Documents documents, People people) {
        this.database = database;
        this.documents = documents;
        this.people = people;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", PERMISSIONS + "/members", this::list);
        routes.on("POST", PERMISSIONS + "/members", this::add);
        routes.on("POST", PERMISSIONS + "/members/batch_create", this::addAll);
        routes.on("PUT", PERMISSIONS + "/members/:member_id", this::change);
        routes.on("DELETE", PERMISSIONS + "/members/:member_id", this::remove);
        routes.on("GET", PERMISSIONS + "/members/auth", this::may);
        routes.on("GET", PUBLIC, this::shared);
        routes.on("PATCH", PUBLIC, this::share);
    }

    private Answer list(Call call) {
        String token = document(call);
        ObjectNode data = Json.object();
        ArrayNode items = data.putArray("items");
        database.jdbc()
                .query(
                        "select * from sandbox.drive_member where token = ? order by position",
                        row -> {
                            ObjectNode item = items.addObject()
                                    .put("member_type", row.getString("member_type"))
                                    .put("member_id", row.getString("member_id"))
                                    .put("perm", row.getString("perm"))
                                    .put("perm_type", "container")
                                    .put("type", row.getString("type"));
                            String idType = PEOPLE.get(row.getString("member_type"));
                            if (idType != null) {
                                people.find(idType, row.getString("member_id"))
                                        .ifPresent(person -> item.put("name", person.name())
                                                .put("external_label", !person.colleague()));
                            }
                        },
                        token);
        return Answer.ok(data);
    }

    private Answer add(Call call) {
        String token = document(call);
        ObjectNode data = Json.object();
        data.set("member", added(token, call.json(1063001)));
        return Answer.ok(data);
    }

    private Answer addAll(Call call) {
        String token = document(call);
        JsonNode members = call.json(1063001).path("members");
        if (!members.isArray() || members.isEmpty() || members.size() > MOST) {
            throw new Denial(1063001, "members: 1 to " + MOST);
        }
        return database.inTransaction(() -> {
            ObjectNode data = Json.object();
            ArrayNode added = data.putArray("members");
            members.forEach(member -> added.add(added(token, member)));
            return Answer.ok(data);
        });
    }

    private ObjectNode added(String token, JsonNode body) {
        String type = body.path("member_type").asText();
        String id = body.path("member_id").asText();
        known(type, id);
        String perm = perm(body);
        String kind = body.path("type").asText(PEOPLE.containsKey(type) ? "user" : "");
        database.jdbc()
                .update(
                        "insert into sandbox.drive_member (token, member_type, member_id, type, perm) values (?, ?, ?, ?, ?)"
                                + " on conflict (token, member_type, member_id) do update set perm = excluded.perm",
                        token,
                        type,
                        id,
                        kind,
                        perm);
        return shown(type, id, kind, perm);
    }

    private Answer change(Call call) {
        String token = document(call);
        JsonNode body = call.json(1063001);
        String type = body.path("member_type").asText();
        String id = call.variable("member_id");
        known(type, id);
        int changed = database.jdbc()
                .update(
                        "update sandbox.drive_member set perm = ? where token = ? and member_type = ? and member_id = ?",
                        perm(body),
                        token,
                        type,
                        id);
        if (changed == 0) {
            throw new Denial(1063003);
        }
        ObjectNode data = Json.object();
        data.set("member", shown(type, id, body.path("type").asText("user"), perm(body)));
        return Answer.ok(data);
    }

    private Answer remove(Call call) {
        String token = document(call);
        int removed = database.jdbc()
                .update(
                        "delete from sandbox.drive_member where token = ? and member_type = ? and member_id = ?",
                        token,
                        call.query("member_type", ""),
                        call.variable("member_id"));
        if (removed == 0) {
            throw new Denial(1063003);
        }
        return Answer.ok(Json.object());
    }

    private Answer shared(Call call) {
        return Answer.ok(settings(document(call)));
    }

    private Answer share(Call call) {
        String token = document(call);
        JsonNode body = call.json(1063001);
        List<String> wrong = new ArrayList<>();
        SETTINGS.forEach((name, values) -> {
            if (body.hasNonNull(name) && !values.contains(body.path(name).asText())) {
                wrong.add(name);
            }
        });
        if (!wrong.isEmpty()) {
            throw new Denial(1063001, String.join(",", wrong));
        }
        return database.inTransaction(() -> {
            ObjectNode settings = (ObjectNode) settings(token).path("permission_public");
            SETTINGS.keySet().stream().filter(body::hasNonNull).forEach(name -> settings.set(name, body.path(name)));
            database.jdbc()
                    .update(
                            "insert into sandbox.drive_public values (?, ?)"
                                    + " on conflict (token) do update set settings = excluded.settings",
                            token,
                            Json.write(settings));
            return Answer.ok(settings(token));
        });
    }

    private ObjectNode settings(String token) {
        ObjectNode settings = Json.object();
        SETTINGS.forEach((name, values) -> settings.put(name, values.get(0)));
        settings.put("lock_switch", false);
        database.jdbc()
                .queryForList("select settings from sandbox.drive_public where token = ?", String.class, token)
                .forEach(stored -> settings.setAll((ObjectNode) Json.read(stored)));
        return Json.object().set("permission_public", settings);
    }

    private static ObjectNode shown(String type, String id, String kind, String perm) {
        return Json.object()
                .put("member_type", type)
                .put("member_id", id)
                .put("perm", perm)
                .put("perm_type", "container")
                .put("type", kind);
    }

    private static String perm(JsonNode body) {
        if (!PERMS.contains(body.path("perm").asText())) {
            throw new Denial(1063001, "perm");
        }
        return body.path("perm").asText();
    }

    private void known(String type, String id) {
        boolean known = PEOPLE.containsKey(type)
                ? people.find(PEOPLE.get(type), id).isPresent()
                : OTHERS.containsKey(type)
                        && Integer.valueOf(1)
                                .equals(database.jdbc().queryForObject(OTHERS.get(type), Integer.class, id));
        if (!known) {
            throw new Denial(1063001, "member_type and member_id");
        }
    }

    /** The app owns what it sees here, so it may do everything. */
    private Answer may(Call call) {
        document(call);
        if (!ACTIONS.contains(call.query("action", ""))) {
            throw new Denial(1063001, "action");
        }
        return Answer.ok(Json.object().put("auth_result", true));
    }

    /** The token, if there is such a document of the type that the call names. */
    private String document(Call call) {
        String type = call.query("type", "");
        if (type.isEmpty()) {
            throw new Denial(1063001, "type");
        }
        return documents
                .find(type, call.variable("token"))
                .orElseThrow(() -> new Denial(1063005))
                .token();
    }
}
