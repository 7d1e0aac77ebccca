package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Answer;
import dev.camelfeishu.sandbox.Api;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.Json;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Refusal;
import dev.camelfeishu.sandbox.Routes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Searches of instances, copies and tasks, and the lists of a person. Results are up to date here; the platform's lag.
 *
 * <p>Not documented, and so chosen: page tokens are places in the result; titles are found by a part of them, and a task has
 * its instance's; the numbers of {@code status} and {@code process_status} in a person's lists are those of the official SDK.
 */
public final class SearchApi implements Api {
    private static final String V4 = "/open-apis/approval/v4";
    private static final long WINDOW = Duration.ofDays(30).toMillis();
    private static final Set<String> INSTANCE_STATES =
            Set.of("PENDING", "RECALL", "REJECT", "DELETED", "APPROVED", "ALL");
    private static final Set<String> TASK_STATES =
            Set.of("PENDING", "REJECTED", "APPROVED", "TRANSFERRED", "DONE", "RM_REPEAT", "PROCESSED", "ALL");
    private static final Set<String> TOPICS = Set.of("1", "2", "3", "17", "18");
    private static final int COUNTED = 999;

    private final Definitions definitions;
    private final Instances instances;
    private final Copies copies;
    private final Externals externals;
    private final Approvers approvers;

    public SearchApi(
            Definitions definitions, Instances instances, Copies copies, Externals externals, Approvers approvers) {
        this.definitions = definitions;
        this.instances = instances;
        this.copies = copies;
        this.externals = externals;
        this.approvers = approvers;
    }

    @Override
    public void register(Routes routes) {
        routes.on("POST", V4 + "/instances/query", this::instances);
        routes.on("POST", V4 + "/instances/search_cc", this::copies);
        routes.on("POST", V4 + "/tasks/search", this::tasks);
        routes.on("GET", V4 + "/tasks/query", this::mine);
    }

    private Answer instances(Call call) {
        JsonNode body = call.json(1390001);
        int size = Given.size(call, 10, 5, 200);
        String state = Given.oneOf(body, "instance_status", INSTANCE_STATES, "ALL");
        String wanted = switch (state) {
            case "RECALL" -> "CANCELED";
            case "REJECT" -> "REJECTED";
            default -> state;
        };
        Window window = Window.of(body, "instance_start_time");
        String user = user(call, body);
        String title = body.path("instance_title").asText("");
        List<Hit> found = hits(body)
                .filter(hit -> user == null || user.equals(hit.openId()))
                .filter(hit -> state.equals("ALL") || hit.status().equals(wanted))
                .filter(hit -> window.holds(hit.startMs()) && hit.title().contains(title))
                .toList();
        return page(call, size, "instance_list", found, hit -> hit.json(id(call, hit.openId())));
    }

    private Answer copies(Call call) {
        JsonNode body = call.json(1390001);
        int size = Given.size(call, 10, 5, 200);
        String state = Given.oneOf(body, "read_status", Set.of("READ", "UNREAD", "ALL"), "ALL");
        Window window = Window.of(body, "cc_create_time");
        String user = user(call, body);
        String title = body.path("cc_title").asText("");
        List<ObjectNode> found = new ArrayList<>();
        for (Hit hit : hits(body).toList()) {
            if (!hit.title().contains(title)) {
                continue;
            }
            for (Told told : told(hit)) {
                if ((user == null || user.equals(told.openId()))
                        && (state.equals("ALL") || state.equals("READ") == told.read())
                        && window.holds(told.createMs())) {
                    ObjectNode item = hit.json(id(call, hit.openId()));
                    item.putObject("cc")
                            .put("user_id", id(call, told.openId()))
                            .put("create_time", Long.toString(told.createMs()))
                            .put("read_status", told.read() ? "READ" : "UNREAD")
                            .put("title", hit.title())
                            .put("extra", "")
                            .set("link", hit.links());
                    found.add(item);
                }
            }
        }
        return page(call, size, "cc_list", found, item -> item);
    }

    private record Told(String openId, boolean read, long createMs) {}

    private List<Told> told(Hit hit) {
        if (!hit.external()) {
            return copies.all().stream()
                    .filter(copy -> copy.instanceCode().equals(hit.code()))
                    .map(copy -> new Told(copy.openId(), copy.read(), copy.createMs()))
                    .toList();
        }
        List<Told> told = new ArrayList<>();
        externals
                .instance(hit.externalId())
                .ifPresent(instance -> instance.body()
                        .path("cc_list")
                        .forEach(copy -> told.add(new Told(
                                person(copy),
                                copy.path("read_status").asText().equals("READ"),
                                copy.path("create_time").asLong()))));
        return told;
    }

    private Answer tasks(Call call) {
        JsonNode body = call.json(1390001);
        int size = Given.size(call, 10, 5, 200);
        Set<String> states = new HashSet<>();
        if (Given.optional(body, "task_status") != null) {
            states.add(Given.oneOf(body, "task_status", TASK_STATES, null));
        }
        if (body.path("task_status_list").size() > 0) {
            states.addAll(Given.texts(body, "task_status_list", TASK_STATES.size()));
            if (!TASK_STATES.containsAll(states)) {
                throw Given.invalid("task_status_list");
            }
        }
        int order = body.path("order").asInt(0);
        if (order < 0 || order > 3) {
            throw Given.invalid("order is 0, 1, 2 or 3");
        }
        Window window = Window.of(body, "task_start_time");
        String user = user(call, body);
        String title = body.path("task_title").asText("");
        record Found(Hit hit, Hit.Step step) {}
        Comparator<Found> by = order < 2
                ? Comparator.comparingLong(found -> found.step().updateMs())
                : Comparator.comparingLong(found -> found.step().startMs());
        List<Found> found = hits(body)
                .flatMap(hit -> hit.steps().stream().map(step -> new Found(hit, step)))
                .filter(one -> user == null || user.equals(one.step().openId()))
                .filter(one -> states.isEmpty()
                        || states.contains("ALL")
                        || fits(states, one.step().status()))
                .filter(one ->
                        window.holds(one.step().startMs()) && one.step().title().contains(title))
                .sorted(order % 2 == 0 ? by.reversed() : by)
                .toList();
        return page(call, size, "task_list", found, one -> {
            ObjectNode item = one.hit().json(id(call, one.hit().openId()));
            item.putObject("task")
                    .put("user_id", id(call, one.step().openId()))
                    .put("start_time", Long.toString(one.step().startMs()))
                    .put("end_time", Long.toString(one.step().endMs()))
                    .put("status", one.step().status().toLowerCase(Locale.ROOT))
                    .put("title", one.step().title())
                    .put("extra", "")
                    .put("task_id", one.step().id())
                    .put("update_time", Long.toString(one.step().updateMs()))
                    .put("task_external_id", one.step().externalId())
                    .set("link", one.step().links());
            return item;
        });
    }

    private static boolean fits(Set<String> states, String status) {
        return states.contains(status) || states.contains("PROCESSED") && !status.equals("PENDING");
    }

    private Answer mine(Call call) {
        String topic = call.query("topic", "");
        if (!TOPICS.contains(topic)) {
            throw Given.invalid("topic is one of " + String.join(", ", new java.util.TreeSet<>(TOPICS)));
        }
        Person user = approvers.find(Approvers.idType(call), call.query("user_id", ""));
        int size = Given.size(call, 100, 1, 200);
        List<ObjectNode> found = new ArrayList<>();
        for (Hit hit : all()) {
            switch (topic) {
                case "1", "2" ->
                    hit.steps().stream()
                            .filter(step -> user.openId().equals(step.openId()))
                            .filter(step -> topic.equals("1") == step.status().equals("PENDING"))
                            .filter(step -> !step.status().equals("DONE"))
                            .forEach(step -> found.add(listed(call, hit, step, topic, user)));
                case "3" -> {
                    if (user.openId().equals(hit.openId())) {
                        found.add(listed(call, hit, null, topic, user));
                    }
                }
                default ->
                    told(hit).stream()
                            .filter(told -> user.openId().equals(told.openId()) && topic.equals("18") == told.read())
                            .forEach(told -> found.add(listed(call, hit, null, topic, user)));
            }
        }
        int from = from(call);
        boolean more = found.size() > from + size;
        ObjectNode data = Json.object();
        ArrayNode tasks = data.putArray("tasks");
        found.stream().skip(from).limit(size).forEach(tasks::add);
        data.put("page_token", more ? Integer.toString(from + size) : "").put("has_more", more);
        data.putObject("count").put("total", Math.min(found.size(), COUNTED)).put("has_more", found.size() > COUNTED);
        return Answer.ok(data);
    }

    private ObjectNode listed(Call call, Hit hit, Hit.Step step, String topic, Person user) {
        ObjectNode listed = Json.object()
                .put("topic", topic)
                .put("user_id", user.id(Approvers.idType(call)))
                .put("title", hit.title())
                .put("process_external_id", hit.externalId())
                .put("task_external_id", step == null ? "" : step.externalId())
                .put("status", topic.equals("3") ? hit.status().equals("PENDING") ? "33" : "2" : topic)
                .put("process_status", process(hit.status()))
                .put("definition_code", hit.approvalCode())
                .put("definition_name", hit.approvalName())
                .put("definition_id", hit.approvalId())
                .put("definition_group_id", hit.group().path("external_id").asText())
                .put("definition_group_name", hit.group().path("name").asText())
                .put("task_id", step == null ? "" : step.id())
                .put("process_id", hit.external() ? hit.externalId() : hit.code())
                .put("process_code", hit.code());
        listed.putArray("initiators").add(id(call, hit.openId()));
        listed.putArray("initiator_names")
                .add(approvers.find("open_id", hit.openId()).name());
        listed.putObject("urls")
                .put("helpdesk", "")
                .put("mobile", hit.links().path("mobile_link").asText())
                .put("pc", hit.links().path("pc_link").asText());
        return listed;
    }

    private static String process(String status) {
        return switch (status) {
            case "PENDING" -> "1";
            case "APPROVED" -> "2";
            case "REJECTED" -> "3";
            case "CANCELED" -> "4";
            case "DELETED", "TERMINATED" -> "5";
            default -> "0";
        };
    }

    /** The instances that a search's body narrows down to, newest first. */
    private Stream<Hit> hits(JsonNode body) {
        String approvalCode = Given.optional(body, "approval_code");
        String code = Given.optional(body, "instance_code");
        String externalId = Given.optional(body, "instance_external_id");
        String group = Given.optional(body, "group_external_id");
        if (approvalCode == null
                && code == null
                && externalId == null
                && group == null
                && Given.optional(body, "user_id") == null) {
            throw Given.invalid("one of user_id, approval_code, instance_code and the external ids is required");
        }
        if (approvalCode != null && externals.find(approvalCode).isEmpty()) {
            definitions.get(approvalCode);
        }
        if (code != null && instances.find(code).isEmpty()) {
            throw new Refusal(400, 1390003, "instance code not found");
        }
        return all().stream()
                .filter(hit -> approvalCode == null || approvalCode.equals(hit.approvalCode()))
                .filter(hit -> code == null || code.equals(hit.code()))
                .filter(hit -> externalId == null || externalId.equals(hit.externalId()))
                .filter(hit -> group == null
                        || group.equals(hit.group().path("external_id").asText()));
    }

    private List<Hit> all() {
        List<Hit> all = new ArrayList<>();
        instances
                .find(null, null, null, null, 0, Long.MAX_VALUE, 0, Integer.MAX_VALUE)
                .forEach(instance -> all.add(hit(instance)));
        externals.all().forEach(instance -> all.add(hit(instance)));
        all.sort(Comparator.comparingLong(Hit::startMs).reversed());
        return all;
    }

    private Hit hit(Instance instance) {
        Definition definition = definitions.get(instance.approvalCode());
        String title = Optional.ofNullable(instance.title()).orElse(definition.name());
        ObjectNode links = Json.object().put("pc_link", "").put("mobile_link", "");
        return new Hit(
                definition.code(),
                definition.name(),
                definition.approvalId(),
                false,
                Json.object().put("external_id", "").put("name", ""),
                instance.code(),
                "",
                instance.openId(),
                instance.startMs(),
                instance.endMs(),
                instance.status(),
                title,
                instance.serialNumber(),
                links,
                instances.tasks(instance).stream()
                        .filter(task -> task.openId() != null)
                        .map(task -> new Hit.Step(
                                task.id(),
                                "",
                                task.openId(),
                                task.status(),
                                title,
                                task.startMs(),
                                task.endMs(),
                                task.updateMs(),
                                links))
                        .toList());
    }

    private Hit hit(ExternalInstance instance) {
        ExternalDefinition definition = externals.get(instance.approvalCode());
        JsonNode body = instance.body();
        List<Hit.Step> steps = new ArrayList<>();
        body.path("task_list")
                .forEach(task -> steps.add(new Hit.Step(
                        "",
                        task.path("task_id").asText(),
                        person(task),
                        task.path("status").asText(),
                        task.path("title").asText(),
                        task.path("create_time").asLong(),
                        task.path("end_time").asLong(),
                        task.path("update_time").asLong(),
                        task.path("links").isObject() ? task.path("links") : body.path("links"))));
        return new Hit(
                definition.code(),
                definition.name(),
                definition.approvalId(),
                true,
                Json.object()
                        .put("external_id", definition.body().path("group_code").asText())
                        .put("name", definition.body().path("group_name").asText()),
                "",
                instance.id(),
                person(body),
                body.path("start_time").asLong(),
                body.path("end_time").asLong(),
                body.path("status").asText(),
                body.path("title").asText(),
                "",
                body.path("links"),
                steps);
    }

    /** The open_id of the person whom a third party names. */
    private String person(JsonNode holder) {
        String userId = Given.optional(holder, "user_id");
        return userId == null
                ? holder.path("open_id").asText()
                : approvers.find("user_id", userId).openId();
    }

    private String user(Call call, JsonNode body) {
        String user = Given.optional(body, "user_id");
        return user == null
                ? null
                : approvers.find(Approvers.idType(call), user).openId();
    }

    private String id(Call call, String openId) {
        return approvers.find("open_id", openId).id(Approvers.idType(call));
    }

    private static int from(Call call) {
        return (int) Math.min(Given.number(call.query("page_token", "0")), Integer.MAX_VALUE / 2);
    }

    private static <T> Answer page(Call call, int size, String name, List<T> found, Function<T, JsonNode> json) {
        int from = from(call);
        boolean more = found.size() > from + size;
        List<T> shown = found.stream().skip(from).limit(size).toList();
        ObjectNode data = Json.object().put("count", shown.size());
        ArrayNode list = data.putArray(name);
        shown.forEach(one -> list.add(json.apply(one)));
        data.put("page_token", more ? Integer.toString(from + size) : "");
        return Answer.ok(data.put("has_more", more));
    }

    /** A span of time that a body gives with both ends or with none. */
    private record Window(long from, long to) {
        static Window of(JsonNode body, String name) {
            boolean begins = body.hasNonNull(name + "_from");
            if (begins != body.hasNonNull(name + "_to")) {
                throw Given.invalid(name + "_from and _to are given both or not at all");
            }
            if (!begins) {
                return new Window(0, Long.MAX_VALUE);
            }
            long from = Given.number(body.path(name + "_from").asText());
            long to = Given.number(body.path(name + "_to").asText());
            if (to < from || to - from > WINDOW) {
                throw Given.invalid(name + "_from and _to must be at most 30 days apart");
            }
            return new Window(from, to);
        }

        boolean holds(long time) {
            return time >= from && time <= to;
        }
    }
}
