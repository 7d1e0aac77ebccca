package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Routes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Roles of a Base and their members, while its advanced permissions are on; else 1254301. They are kept and not enforced: the
 * app, which owns its Bases, may do everything, and the page of the sandbox is not a Base's own page.
 *
 * <p>Not documented, and so chosen: a member that is there already stays as it is; deleting one that is not there is 1254048, in a
 * batch too.
 */
final class RoleApi implements Api {
    private static final int MOST_ROLES = 30;
    private static final int MOST_MEMBERS = 200;
    private static final int MOST_AT_ONCE = 100;
    private static final int LARGEST_PAGE = 100;
    private static final Set<Integer> TABLE_PERMISSIONS = Set.of(0, 1, 2, 4);
    private static final Set<Integer> BLOCK_PERMISSIONS = Set.of(0, 1);
    private static final String ROLES = "/open-apis/bitable/v1/apps/:app_token/roles";
    private static final String MEMBERS = ROLES + "/:role_id/members";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private record Member(String type, String id) {}

    private final Documented documented;
    private final Tables tables;
    private final Directory directory;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;

    RoleApi(
            Documented documented,
            Tables tables,
            Directory directory,
            JdbcTemplate jdbc,
            TransactionTemplate transactions) {
        this.documented = documented;
        this.tables = tables;
        this.directory = directory;
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    @Override
    public void register(Routes routes) {
        documented.on(routes, "GET", ROLES, this::list);
        documented.on(routes, "POST", ROLES, this::create);
        documented.on(routes, "PUT", ROLES + "/:role_id", this::update);
        documented.on(routes, "DELETE", ROLES + "/:role_id", this::delete);
        documented.on(routes, "GET", MEMBERS, this::members);
        documented.on(routes, "POST", MEMBERS, this::addMember);
        documented.on(routes, "DELETE", MEMBERS + "/:member_id", this::removeMember);
        documented.on(routes, "POST", MEMBERS + "/batch_create", call -> batch(call, true));
        documented.on(routes, "POST", MEMBERS + "/batch_delete", call -> batch(call, false));
    }

    /** The base, whose advanced permissions must be on. */
    private String advanced(Call call) {
        Base base = tables.base(call.variable("app_token"));
        if (!base.advanced()) {
            throw new Denied(1254301, "the advanced permissions of the base are off");
        }
        return base.appToken();
    }

    private Answer list(Call call) {
        String appToken = advanced(call);
        Page page = Page.of(call, 10, MOST_ROLES, appToken + "/roles");
        return Answer.ok(page.of(
                jdbc.query(
                        "select * from sandbox.base_role where app_token = ? order by position",
                        (rs, n) ->
                                shown(rs.getString("role_id"), rs.getString("name"), Json.read(rs.getString("rules"))),
                        appToken),
                role -> role));
    }

    private Answer create(Call call) {
        JsonNode body = call.json(1254000);
        String appToken = advanced(call);
        int roles = jdbc.queryForObject(
                "select count(*) from sandbox.base_role where app_token = ?", Integer.class, appToken);
        if (roles >= MOST_ROLES) {
            throw new Denied(1254110, "");
        }
        String id = Id.ROLE.fresh();
        ObjectNode rules = rules(appToken, body);
        try {
            jdbc.update(
                    "insert into sandbox.base_role (role_id, app_token, name, rules) values (?, ?, ?, ?::jsonb)",
                    id,
                    appToken,
                    name(body),
                    Json.write(rules));
        } catch (DuplicateKeyException e) {
            throw new Denied(1254033, "");
        }
        return role(id, name(body), rules);
    }

    private Answer update(Call call) {
        JsonNode body = call.json(1254000);
        String id = id(call);
        ObjectNode rules = rules(advanced(call), body);
        try {
            jdbc.update(
                    "update sandbox.base_role set name = ?, rules = ?::jsonb where role_id = ?",
                    name(body),
                    Json.write(rules),
                    id);
        } catch (DuplicateKeyException e) {
            throw new Denied(1254033, "");
        }
        return role(id, name(body), rules);
    }

    private Answer delete(Call call) {
        jdbc.update("delete from sandbox.base_role where role_id = ?", id(call));
        return Answer.ok(JSON.objectNode());
    }

    private String id(Call call) {
        List<String> found = jdbc.queryForList(
                "select role_id from sandbox.base_role where app_token = ? and role_id = ?",
                String.class,
                advanced(call),
                call.variable("role_id"));
        if (found.isEmpty()) {
            throw new Denied(1254047, "");
        }
        return found.get(0);
    }

    private static String name(JsonNode body) {
        String name = body.path("role_name").asText("");
        if (name.isBlank() || name.length() > 100 || name.matches("(?s).*[/\\\\?*:\\[\\]].*")) {
            throw new Denied(1254032, "");
        }
        return name;
    }

    private ObjectNode rules(String appToken, JsonNode body) {
        ObjectNode rules = JSON.objectNode();
        for (JsonNode rule : body.path("table_roles")) {
            if (!TABLE_PERMISSIONS.contains(rule.path("table_perm").asInt(-1))) {
                throw new Denied(1254010, "table_perm is 0, 1, 2 or 4");
            }
            if (tables.list(appToken).stream()
                    .noneMatch(table -> table.id().equals(rule.path("table_id").asText())
                            || table.name().equals(rule.path("table_name").asText()))) {
                throw new Denied(1254041, "");
            }
        }
        for (JsonNode rule : body.path("block_roles")) {
            if (!BLOCK_PERMISSIONS.contains(rule.path("block_perm").asInt(-1))) {
                throw new Denied(1254010, "block_perm is 0 or 1");
            }
        }
        rules.set("table_roles", body.path("table_roles").isArray() ? body.path("table_roles") : JSON.arrayNode());
        rules.set("block_roles", body.path("block_roles").isArray() ? body.path("block_roles") : JSON.arrayNode());
        return rules;
    }

    private static ObjectNode shown(String id, String name, JsonNode rules) {
        return JSON.objectNode().put("role_id", id).put("role_name", name).setAll((ObjectNode) rules);
    }

    private static Answer role(String id, String name, JsonNode rules) {
        return Answer.ok(JSON.objectNode().set("role", shown(id, name, rules)));
    }

    private Answer members(Call call) {
        String id = id(call);
        Page page = Page.of(call, 20, LARGEST_PAGE, id + "/members");
        return Answer.ok(page.of(of(id), this::shown));
    }

    private List<Member> of(String role) {
        return jdbc.query(
                "select type, member from sandbox.base_role_member where role_id = ? order by position",
                (rs, n) -> new Member(rs.getString(1), rs.getString(2)),
                role);
    }

    private JsonNode shown(Member member) {
        ObjectNode shown = JSON.objectNode().put("member_id", member.id()).put("member_type", member.type());
        switch (member.type()) {
            case "user" -> {
                var person = directory.editor(member.id());
                shown.put("open_id", person.openId())
                        .put("union_id", person.unionId())
                        .put("user_id", person.userId())
                        .put("member_name", person.name())
                        .put("member_en_name", person.name());
            }
            case "chat" ->
                shown.put("chat_id", member.id())
                        .put("member_name", directory.chatName(member.id()).orElse(""))
                        .put("member_en_name", "");
            default -> {
                Map<String, Object> department =
                        directory.department("open_department_id", member.id()).orElseThrow();
                shown.put("department_id", String.valueOf(department.get("department_id")))
                        .put("open_department_id", member.id())
                        .put("member_name", String.valueOf(department.get("name")))
                        .put("member_en_name", "");
            }
        }
        return shown;
    }

    private Answer addMember(Call call) {
        String memberId = call.json(1254000).path("member_id").asText("");
        add(id(call), List.of(member(call.query("member_id_type", "open_id"), memberId)));
        return Answer.ok(JSON.objectNode());
    }

    private Answer removeMember(Call call) {
        remove(id(call), List.of(member(call.query("member_id_type", "open_id"), call.variable("member_id"))));
        return Answer.ok(JSON.objectNode());
    }

    private Answer batch(Call call, boolean add) {
        JsonNode list = call.json(1254000).path("member_list");
        if (!list.isArray() || list.isEmpty() || list.size() > MOST_AT_ONCE) {
            throw new Denied(1254001, "member_list has 1 to " + MOST_AT_ONCE);
        }
        String role = id(call);
        List<Member> members = new java.util.ArrayList<>();
        list.forEach(entry -> members.add(
                member(entry.path("type").asText("open_id"), entry.path("id").asText(""))));
        if (add) {
            add(role, members);
        } else {
            remove(role, members);
        }
        return Answer.ok(JSON.objectNode());
    }

    private void add(String role, List<Member> members) {
        transactions.executeWithoutResult(status -> {
            members.forEach(member -> jdbc.update(
                    "insert into sandbox.base_role_member (role_id, type, member) values (?, ?, ?) on conflict do nothing",
                    role,
                    member.type(),
                    member.id()));
            if (of(role).size() > MOST_MEMBERS) {
                throw new Denied(1254111, "");
            }
        });
    }

    private void remove(String role, List<Member> members) {
        transactions.executeWithoutResult(status -> {
            for (Member member : members) {
                int removed = jdbc.update(
                        "delete from sandbox.base_role_member where role_id = ? and type = ? and member = ?",
                        role,
                        member.type(),
                        member.id());
                if (removed == 0) {
                    throw new Denied(1254048, "");
                }
            }
        });
    }

    private Member member(String idType, String id) {
        Optional<Member> found = switch (idType) {
            case "open_id", "union_id", "user_id" ->
                directory.person(IdType.of(idType), id).map(person -> new Member("user", person.openId()));
            case "chat_id" -> directory.chatName(id).map(name -> new Member("chat", id));
            case "department_id", "open_department_id" ->
                directory
                        .department(idType, id)
                        .map(department ->
                                new Member("department", String.valueOf(department.get("open_department_id"))));
            default -> throw new Denied(1254010, "the kind of the member's id");
        };
        return found.orElseThrow(() -> new Denied(1254048, ""));
    }
}
