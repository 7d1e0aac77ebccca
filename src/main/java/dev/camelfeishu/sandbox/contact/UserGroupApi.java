package dev.camelfeishu.sandbox.contact;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.ListPage;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Ordinary user groups, which have people as members. Dynamic groups and departments as members are not simulated. How long
 * a name (100) and a description (500) may be is not documented.
 */
public final class UserGroupApi implements Api {
    private static final String GROUP = "/open-apis/contact/v3/group";
    private static final Set<String> ID_TYPES = Set.of("open_id", "union_id", "user_id");
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_DESCRIPTION = 500;
    private static final int MOST_MEMBERS = 100;

    private record Group(String id, String name, String description, int type, int members) {
        ObjectNode json() {
            return Json.object()
                    .put("id", id)
                    .put("name", name)
                    .put("description", description)
                    .put("member_user_count", members)
                    .put("member_department_count", 0)
                    .put("type", type);
        }
    }

    private final SandboxDatabase database;
    private final People people;

    public UserGroupApi(SandboxDatabase database, People people) {
        this.database = database;
        this.people = people;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", GROUP, this::create);
        routes.on("GET", GROUP + "/:group_id", this::get);
        routes.on("PATCH", GROUP + "/:group_id", this::update);
        routes.on("DELETE", GROUP + "/:group_id", this::delete);
        routes.on("GET", GROUP + "/simplelist", this::list);
        routes.on("GET", GROUP + "/member_belong", this::belongings);
        routes.on("POST", GROUP + "/:group_id/member/add", this::add);
        routes.on("POST", GROUP + "/:group_id/member/remove", this::remove);
        routes.on("POST", GROUP + "/:group_id/member/batch_add", this::addAll);
        routes.on("POST", GROUP + "/:group_id/member/batch_remove", this::removeAll);
        routes.on("GET", GROUP + "/:group_id/member/simplelist", this::members);
    }

    private Answer create(Call call) {
        JsonNode body = call.json(40001);
        String name = name(body.path("name").asText());
        String description = description(body.path("description").asText(""));
        int type = body.path("type").asInt(1);
        if (type != 1) {
            throw type == 2 ? new Denial(42024) : new Denial(42003);
        }
        String id = body.path("group_id").asText("");
        if (id.isEmpty()) {
            id = "g" + UUID.randomUUID().toString().substring(0, 8);
        } else if (!id.matches("[A-Za-z0-9][A-Za-z0-9_\\-@.]{0,63}")) {
            throw new Denial(42002);
        }
        String groupId = id;
        return database.inTransaction(() -> {
            if (!groups("where g.group_id = ?", groupId).isEmpty()) {
                throw new Denial(47005);
            }
            freeName(name, groupId);
            database.jdbc()
                    .update(
                            "insert into sandbox.user_group (group_id, name, description, type) values (?, ?, ?, 1)",
                            groupId,
                            name,
                            description);
            return Answer.ok(Json.object().put("group_id", groupId));
        });
    }

    private Answer get(Call call) {
        ObjectNode data = Json.object();
        data.set("group", group(call).json());
        return Answer.ok(data);
    }

    private Answer update(Call call) {
        JsonNode body = call.json(40001);
        return database.inTransaction(() -> {
            Group group = group(call);
            String name = body.has("name") ? name(body.path("name").asText()) : group.name();
            freeName(name, group.id());
            database.jdbc()
                    .update(
                            "update sandbox.user_group set name = ?, description = ? where group_id = ?",
                            name,
                            description(body.path("description").asText(group.description())),
                            group.id());
            return Answer.ok(Json.object());
        });
    }

    private Answer delete(Call call) {
        return database.inTransaction(() -> {
            Group group = group(call);
            if (group.members() > 0) {
                throw new Denial(42017);
            }
            database.jdbc().update("delete from sandbox.user_group where group_id = ?", group.id());
            return Answer.ok(Json.object());
        });
    }

    private Answer list(Call call) {
        int type = call.query("type", "1").equals("2") ? 2 : 1;
        return Answer.ok(ListPage.of(call, 50, 100, 40011, 40012)
                .of(groups("where g.type = ?", type), "grouplist", Group::json));
    }

    private Answer belongings(Call call) {
        Person person = person(call.query("member_id_type", "open_id"), call.query("member_id", ""));
        List<Group> groups = groups(
                "where exists (select from sandbox.user_group_member m where m.group_id = g.group_id and m.member_id = ?)",
                person.openId());
        return Answer.ok(ListPage.of(call, 500, 1000, 40011, 40012)
                .of(groups, "group_list", group -> Json.MAPPER.valueToTree(group.id())));
    }

    private Answer add(Call call) {
        Group group = group(call);
        if (!join(group, member(call.json(40001)))) {
            throw new Denial(42005);
        }
        return Answer.ok(Json.object());
    }

    private Answer remove(Call call) {
        leave(group(call), member(call.json(40001)));
        return Answer.ok(Json.object());
    }

    private Answer addAll(Call call) {
        Group group = group(call);
        JsonNode members = many(call);
        ObjectNode data = Json.object();
        ArrayNode results = data.putArray("results");
        for (JsonNode member : members) {
            int code;
            try {
                code = join(group, member(member)) ? 0 : 42005;
            } catch (Denial denial) {
                code = denial.code();
            }
            results.addObject()
                    .put("member_id", member.path("member_id").asText())
                    .put("code", code);
        }
        return Answer.ok(data);
    }

    private Answer removeAll(Call call) {
        Group group = group(call);
        JsonNode members = many(call);
        return database.inTransaction(() -> {
            members.forEach(member -> leave(group, member(member)));
            return Answer.ok(Json.object());
        });
    }

    private Answer members(Call call) {
        String type = call.query("member_id_type", "open_id");
        checkMember(type, call.query("member_type", "user"));
        Group group = group(call);
        List<String> openIds = database.jdbc()
                .queryForList(
                        "select member_id from sandbox.user_group_member where group_id = ? order by position",
                        String.class,
                        group.id());
        return Answer.ok(ListPage.of(call, 50, 100, 40011, 40012)
                .of(
                        openIds,
                        "memberlist",
                        openId -> Json.object()
                                .put(
                                        "member_id",
                                        people.byOpenId(openId).orElseThrow().id(type))
                                .put("member_type", "user")
                                .put("member_id_type", type)));
    }

    private static JsonNode many(Call call) {
        JsonNode members = call.json(40001).path("members");
        if (!members.isArray() || members.isEmpty() || members.size() > MOST_MEMBERS) {
            throw new Denial(40001, "members: 1 to " + MOST_MEMBERS);
        }
        return members;
    }

    private Person member(JsonNode member) {
        String type = member.path("member_id_type").asText("open_id");
        checkMember(type, member.path("member_type").asText());
        return person(type, member.path("member_id").asText());
    }

    private static void checkMember(String idType, String type) {
        if (type.equals("department")) {
            throw new Refusal(501, 501, "not simulated: departments as members of a user group");
        }
        if (!type.equals("user")) {
            throw new Denial(41074);
        }
        if (!ID_TYPES.contains(idType)) {
            throw new Denial(41071);
        }
    }

    private Person person(String type, String id) {
        if (!ID_TYPES.contains(type)) {
            throw new Denial(41071);
        }
        Person person = people.find(type, id).orElseThrow(() -> new Denial(41073));
        if (!person.colleague()) {
            throw new Denial(41050);
        }
        return person;
    }

    private boolean join(Group group, Person person) {
        return database.jdbc()
                        .update(
                                "insert into sandbox.user_group_member (group_id, member_id) values (?, ?)"
                                        + " on conflict do nothing",
                                group.id(),
                                person.openId())
                > 0;
    }

    private void leave(Group group, Person person) {
        database.jdbc()
                .update(
                        "delete from sandbox.user_group_member where group_id = ? and member_id = ?",
                        group.id(),
                        person.openId());
    }

    private Group group(Call call) {
        return groups("where g.group_id = ?", call.variable("group_id")).stream()
                .findFirst()
                .orElseThrow(() -> new Denial(42002));
    }

    private void freeName(String name, String id) {
        if (groups("where g.name = ?", name).stream()
                .anyMatch(group -> !group.id().equals(id))) {
            throw new Denial(47009);
        }
    }

    private static String name(String name) {
        if (name.isBlank()) {
            throw new Denial(42001);
        }
        if (name.length() > LONGEST_NAME) {
            throw new Denial(42013);
        }
        return name;
    }

    private static String description(String description) {
        if (description.length() > LONGEST_DESCRIPTION) {
            throw new Denial(42014);
        }
        return description;
    }

    private List<Group> groups(String where, Object value) {
        return database.jdbc()
                .query(
                        "select g.*, (select count(*) from sandbox.user_group_member m where m.group_id = g.group_id) members"
                                + " from sandbox.user_group g " + where + " order by g.position",
                        (row, n) -> group(row),
                        value);
    }

    private static Group group(ResultSet row) throws SQLException {
        return new Group(
                row.getString("group_id"),
                row.getString("name"),
                row.getString("description"),
                row.getInt("type"),
                row.getInt("members"));
    }
}
