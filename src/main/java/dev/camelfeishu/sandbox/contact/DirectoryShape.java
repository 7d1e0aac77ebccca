package dev.camelfeishu.sandbox.contact;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Denial;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.SandboxProperties;
import java.util.Set;

/** How people and departments are shown. A field whose scope the app lacks is silently absent. */
public final class DirectoryShape {
    private static final Set<String> USER_IDS = Set.of("open_id", "union_id", "user_id");
    private static final Set<String> DEPARTMENT_IDS = Set.of("open_department_id", "department_id");

    /** The kinds of id that a call wants. */
    record Ids(String users, String departments) {
        static Ids of(Call call) {
            return new Ids(
                    type(call, "user_id_type", "open_id", USER_IDS),
                    type(call, "department_id_type", "open_department_id", DEPARTMENT_IDS));
        }

        private static String type(Call call, String name, String otherwise, Set<String> allowed) {
            String type = call.query(name, otherwise);
            if (!allowed.contains(type)) {
                throw new Denial(40001, name);
            }
            return type;
        }
    }

    private final People people;
    private final Departments departments;
    private final SandboxProperties properties;

    public DirectoryShape(People people, Departments departments, SandboxProperties properties) {
        this.people = people;
        this.departments = departments;
        this.properties = properties;
    }

    ObjectNode shown(Person person, Ids ids) {
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
        if (person.mobile() != null && granted("contact:user.phone:readonly")) {
            user.put("mobile", person.mobile()).put("mobile_visible", true);
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
            user.putArray("department_ids").add(department.id(ids.departments()));
            people.byOpenId(department.leader())
                    .filter(leader -> !leader.equals(person))
                    .ifPresent(leader -> user.put("leader_user_id", leader.id(ids.users())));
        }
        return user;
    }

    ObjectNode shown(Department department, Ids ids) {
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
                    .map(above -> above.id(ids.departments()))
                    .orElse("0");
            shown.put("parent_department_id", parent);
            people.byOpenId(department.leader()).ifPresent(leader -> {
                shown.put("leader_user_id", leader.id(ids.users()));
                shown.putArray("leaders").addObject().put("leaderType", 1).put("leaderID", leader.id(ids.users()));
            });
        }
        shown.putObject("status").put("is_deleted", false);
        return shown;
    }

    boolean granted(String scope) {
        return !properties.deniedScopes().contains(scope);
    }
}
