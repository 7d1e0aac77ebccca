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
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.contact.DirectoryShape.Ids;
import java.util.List;

/** The departments of the directory, read only. */
public final class DepartmentApi implements Api {
    private static final String DEPARTMENTS = "/open-apis/contact/v3/departments";
    private static final int MOST = 50;

    private final Departments departments;
    private final DirectoryShape shape;

    public DepartmentApi(Departments departments, DirectoryShape shape) {
        this.departments = departments;
        this.shape = shape;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", DEPARTMENTS + "/:department_id", this::department);
        routes.on("GET", DEPARTMENTS + "/:department_id/children", this::children);
        routes.on("GET", DEPARTMENTS + "/parent", this::parents);
        routes.on("GET", DEPARTMENTS + "/batch", this::batch);
        routes.on("POST", DEPARTMENTS + "/search", this::search);
    }

    private Answer department(Call call) {
        Ids ids = Ids.of(call);
        ObjectNode data = Json.object();
        data.set("department", shape.shown(find(call.variable("department_id"), ids), ids));
        return Answer.ok(data);
    }

    private Answer children(Call call) {
        Ids ids = Ids.of(call);
        String id = call.variable("department_id");
        String parent = id.equals("0") ? "0" : find(id, ids).openId();
        boolean all = Boolean.parseBoolean(call.query("fetch_child", "false"));
        return list(call, departments.below(parent, all), ids, 10);
    }

    private Answer parents(Call call) {
        Ids ids = Ids.of(call);
        return list(call, departments.above(find(call.query("department_id", ""), ids)), ids, 20);
    }

    private Answer batch(Call call) {
        Ids ids = Ids.of(call);
        List<String> wanted = call.all("department_ids");
        if (wanted.isEmpty() || wanted.size() > MOST) {
            throw new Denial(40001, "department_ids: 1 to " + MOST);
        }
        ObjectNode data = Json.object();
        ArrayNode items = data.putArray("items");
        wanted.stream()
                .flatMap(id -> departments.find(ids.departments(), id).stream())
                .forEach(department -> items.add(shape.shown(department, ids)));
        return Answer.ok(data);
    }

    /** Which names a query finds is not documented: those that contain it. */
    private Answer search(Call call) {
        Ids ids = Ids.of(call);
        JsonNode query = call.json(40001).path("query");
        if (!query.isTextual() || query.asText().isBlank()) {
            throw new Denial(40001, "query");
        }
        return list(
                call,
                departments.below("0", true).stream()
                        .filter(department -> department.name().contains(query.asText()))
                        .toList(),
                ids,
                20);
    }

    private Answer list(Call call, List<Department> found, Ids ids, int size) {
        return Answer.ok(ListPage.of(call, size, MOST, 40011, 40012)
                .of(found, "items", department -> shape.shown(department, ids)));
    }

    private Department find(String id, Ids ids) {
        return departments
                .find(ids.departments(), id)
                .orElseThrow(() -> new Refusal(400, 40015, "department not exist"));
    }
}
