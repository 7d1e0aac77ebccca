package dev.camelfeishu.sandbox.contact;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.util.List;
import java.util.Set;

/** The directory: people and departments, read only. A field whose scope the app lacks is silently absent. */
public final class ContactApi implements Api {
    private static final Set<String> USER_IDS = Set.of("open_id", "union_id", "user_id");
    private static final Set<String> DEPARTMENT_IDS = Set.of("open_department_id", "department_id");

    private final People people;
    private final Departments departments;
    private final SandboxProperties properties;

    public ContactApi(People people, Departments departments, SandboxProperties properties) {
        this.people = people;
        this.departments = departments;
        this.properties = properties;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", "/open-apis/contact/v3/users/:user_id", this::user);
        routes.on("GET", "/open-apis/contact/v3/users/find_by_department", this::members);
        routes.on("POST", "/open-apis/contact/v3/users/batch_get_id", this::ids);
        routes.on("GET", "/open-apis/contact/v3/departments/:department_id", this::department);
        routes.on("GET", "/open-apis/contact/v3/departments/:department_id/children", this::children);
        routes.on("GET", "/open-apis/contact/v3/departments/parent", this::parents);
    }

    private Answer user(Call call) {
        String userIds = type(call, "user_id_type", "open_id", USER_IDS);
        String departmentIds = type(call, "department_id_type", "open_department_id", DEPARTMENT_IDS);
        Person person = people.find(userIds, call.variable("user_id"))
                .orElseThrow(() -> new Refusal(400, 41012, "user id invalid error"));
        if (!person.colleague()) {
            throw new Refusal(400, 41050, "no user authority error");
        }
        ObjectNode data = Json.object();
        data.set("user", shown(person, userIds, departmentIds));
        return Answer.ok(data);
    }

    private Answer members(Call call) {
        String userIds = type(call, "user_id_type", "open_id", USER_IDS);
        String departmentIds = type(call, "department_id_type", "open_department_id", DEPARTMENT_IDS);
        Department department = find(call.query("department_id", ""), departmentIds);
        ObjectNode data = Json.object().put("has_more", false).put("page_token", "");
        ArrayNode items = data.putArray("items");
        people.in(department.openId()).forEach(person -> items.add(shown(person, userIds, departmentIds)));
        return Answer.ok(data);
    }

    private Answer ids(Call call) {
        String userIds = type(call, "user_id_type", "open_id", USER_IDS);
        JsonNode body = call.json(40001);
        ObjectNode data = Json.object();
        ArrayNode found = data.putArray("user_list");
        if (body.path("emails").size() > 50 || body.path("mobiles").size() > 50) {
            throw new Refusal(400, 40001, "invalid parameter: at most 50 emails and 50 mobiles");
        }
        for (JsonNode email : body.path("emails")) {
            ObjectNode item = found.addObject();
            people.find("email", email.asText())
                    .filter(Person::colleague)
                    .ifPresent(person -> item.put("user_id", person.id(userIds)));
            item.put("email", email.asText());
        }
        body.path("mobiles").forEach(mobile -> found.addObject().put("mobile", mobile.asText()));
        return Answer.ok(data);
    }

    private Answer department(Call call) {
        String userIds = type(call, "user_id_type", "open_id", USER_IDS);
        String departmentIds = type(call, "department_id_type", "open_department_id", DEPARTMENT_IDS);
        ObjectNode data = Json.object();
        data.set("department", shown(find(call.variable("department_id"), departmentIds), userIds, departmentIds));
        return Answer.ok(data);
    }

    private Answer children(Call call) {
        String departmentIds = type(call, "department_id_type", "open_department_id", DEPARTMENT_IDS);
        String id = call.variable("department_id");
        String parent = id.equals("0") ? "0" : find(id, departmentIds).openId();
        return list(call, departments.below(parent, Boolean.parseBoolean(call.query("fetch_child", "false"))));
    }

    private Answer parents(Call call) {
        String departmentIds = type(call, "department_id_type", "open_department_id", DEPARTMENT_IDS);
        return list(call, departments.above(find(call.query("department_id", ""), departmentIds)));
    }

    private Answer list(Call call, List<Department> found) {
        String userIds = type(call, "user_id_type", "open_id", USER_IDS);
        String departmentIds = type(call, "department_id_type", "open_department_id", DEPARTMENT_IDS);
        ObjectNode data = Json.object().put("has_more", false).put("page_token", "");
        ArrayNode items = data.putArray("items");
        found.forEach(department -> items.add(shown(department, userIds, departmentIds)));
        return Answer.ok(data);
    }

    private Department find(String id, String type) {
        return departments.find(type, id).orElseThrow(() -> new Refusal(400, 40015, "department not exist"));
    }

    private ObjectNode shown(Person person, String userIds, String departmentIds) {
        ObjectNode user = Json.object().put("union_id", person.unionId()).put("open_id", person.openId());
        if (granted("contact:user.employee_id:readonly")) {
            user.put("user_id", person.userId());
        }
        if (granted("contact:user.base:readonly")) {
            user.put("name", person.name());
            user.putObject("avatar")
                    .put("avatar_72", "")
                    .put("avatar_240", "")
                    .put("avatar_640", "")
                    .put("avatar_origin", "");
        }
        if (granted("contact:user.email:readonly")) {
            user.put("email", person.email());
        }
        if (granted("contact:user.employee:readonly")) {
            user.putObject("status")
                    .put("is_frozen", false)
                    .put("is_resigned", false)
                    .put("is_activated", true)
                    .put("is_exited", false)
                    .put("is_unjoin", false);
            user.put("is_tenant_manager", false).put("employee_type", 1);
        }
        Department department =
                departments.find("open_department_id", person.department()).orElse(null);
        if (department != null && granted("contact:user.department:readonly")) {
            user.putArray("department_ids").add(department.id(departmentIds));
            people.byOpenId(department.leader())
                    .filter(leader -> !leader.equals(person))
                    .ifPresent(leader -> user.put("leader_user_id", leader.id(userIds)));
        }
        return user;
    }

    private ObjectNode shown(Department department, String userIds, String departmentIds) {
        ObjectNode shown = Json.object()
                .put("department_id", department.departmentId())
                .put("open_department_id", department.openId())
                .put("order", Integer.toString(department.position()))
                .put("member_count", people.in(department.openId()).size());
        if (granted("contact:department.base:readonly")) {
            shown.put("name", department.name());
        }
        if (granted("contact:department.organize:readonly")) {
            String parent = departments
                    .find("open_department_id", department.parent())
                    .map(above -> above.id(departmentIds))
                    .orElse("0");
            shown.put("parent_department_id", parent);
            people.byOpenId(department.leader()).ifPresent(leader -> {
                shown.put("leader_user_id", leader.id(userIds));
                shown.putArray("leaders").addObject().put("leaderType", 1).put("leaderID", leader.id(userIds));
            });
        }
        shown.putObject("status").put("is_deleted", false);
        return shown;
    }

    private boolean granted(String scope) {
        return !properties.deniedScopes().contains(scope);
    }

    private static String type(Call call, String name, String otherwise, Set<String> allowed) {
        String type = call.query(name, otherwise);
        if (!allowed.contains(type)) {
            throw new Refusal(400, 40001, "invalid parameter: " + name);
        }
        return type;
    }
}
