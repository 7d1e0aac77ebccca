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
import dev.camelfeishu.sandbox.Routes;
import dev.camelfeishu.sandbox.contact.DirectoryShape.Ids;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The people of the directory and the app's range in it, read only. The app may see the whole tenant, and so may everybody
 * in it. The range is told by the departments below the root: how the platform tells "all members" is not documented.
 */
public final class ContactApi implements Api {
    private static final String USERS = "/open-apis/contact/v3/users";
    private static final int MOST_IDS = 50;

    private final People people;
    private final Departments departments;
    private final DirectoryShape shape;

    public ContactApi(People people, Departments departments, DirectoryShape shape) {
        this.people = people;
        this.departments = departments;
        this.shape = shape;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", USERS + "/:user_id", this::user);
        routes.on("GET", USERS + "/batch", this::batch);
        routes.on("GET", USERS + "/find_by_department", this::members);
        routes.on("POST", USERS + "/batch_get_id", this::ids);
        routes.on("GET", "/open-apis/contact/v3/scopes", this::scopes);
    }

    private Answer user(Call call) {
        Ids ids = Ids.of(call);
        Person person = people.find(ids.users(), call.variable("user_id")).orElseThrow(() -> new Denial(41012));
        if (!person.colleague()) {
            throw new Denial(41050);
        }
        ObjectNode data = Json.object();
        data.set("user", shape.shown(person, ids));
        return Answer.ok(data);
    }

    private Answer batch(Call call) {
        Ids ids = Ids.of(call);
        List<String> wanted = call.all("user_ids");
        if (wanted.isEmpty() || wanted.size() > MOST_IDS) {
            throw new Denial(40001, "user_ids: 1 to " + MOST_IDS);
        }
        ObjectNode data = Json.object();
        ArrayNode items = data.putArray("items");
        wanted.stream()
                .flatMap(id -> people.find(ids.users(), id).stream())
                .filter(Person::colleague)
                .forEach(person -> items.add(shape.shown(person, ids)));
        return Answer.ok(data);
    }

    private Answer members(Call call) {
        Ids ids = Ids.of(call);
        String id = call.query("department_id", "");
        if (!id.equals("0") && departments.find(ids.departments(), id).isEmpty()) {
            throw new Denial(40004);
        }
        String department = id.equals("0")
                ? "0"
                : departments.find(ids.departments(), id).orElseThrow().openId();
        return Answer.ok(ListPage.of(call, 10, 50, 40011, 40012)
                .of(people.in(department), "items", person -> shape.shown(person, ids)));
    }

    private Answer ids(Call call) {
        Ids ids = Ids.of(call);
        JsonNode body = call.json(40001);
        if (body.path("emails").size() > MOST_IDS || body.path("mobiles").size() > MOST_IDS) {
            throw new Denial(40001, "at most " + MOST_IDS + " emails and " + MOST_IDS + " mobiles");
        }
        ObjectNode data = Json.object();
        ArrayNode found = data.putArray("user_list");
        body.path("emails")
                .forEach(email -> found.add(entry("email", email.asText(), people.find("email", email.asText()), ids)));
        body.path("mobiles")
                .forEach(mobile -> found.add(
                        entry("mobile", mobile.asText(), people.find("mobile", international(mobile.asText())), ids)));
        return Answer.ok(data);
    }

    /** An unknown entry comes back without an id. */
    private static ObjectNode entry(String name, String value, Optional<Person> person, Ids ids) {
        ObjectNode item = Json.object();
        person.filter(Person::colleague).ifPresent(known -> item.put("user_id", known.id(ids.users())));
        return item.put(name, value);
    }

    private static String international(String mobile) {
        return mobile.startsWith("+") ? mobile : "+86" + mobile;
    }

    /** First the people, then the departments. */
    private Answer scopes(Call call) {
        Ids ids = Ids.of(call);
        List<String[]> range = Stream.concat(
                        people.in("0").stream().map(person -> new String[] {"user_ids", person.id(ids.users())}),
                        departments.below("0", false).stream()
                                .map(department -> new String[] {"department_ids", department.id(ids.departments())}))
                .toList();
        ObjectNode data = ListPage.of(call, 50, 100, 40011, 40012)
                .of(range, "range", entry -> Json.array().add(entry[0]).add(entry[1]));
        JsonNode page = data.remove("range");
        for (String name : List.of("department_ids", "user_ids", "group_ids")) {
            ArrayNode list = data.putArray(name);
            page.forEach(entry -> {
                if (entry.path(0).asText().equals(name)) {
                    list.add(entry.path(1).asText());
                }
            });
        }
        return Answer.ok(data);
    }
}
