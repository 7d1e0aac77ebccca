package dev.camelfeishu.ops.routetest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.event.DeadLetters;
import dev.camelfeishu.event.FeishuEvent;
import dev.camelfeishu.ops.lint.Finding;
import dev.camelfeishu.ops.lint.Home;
import dev.camelfeishu.ops.lint.Outside;
import dev.camelfeishu.ops.lint.Refusal;
import dev.camelfeishu.ops.lint.RouteFile;
import dev.camelfeishu.ops.lint.ScratchContext;
import dev.camelfeishu.ops.lint.Settings;
import dev.camelfeishu.ops.lint.SourceFile;
import dev.camelfeishu.ops.lint.Yaml;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.StreamCache;

/**
 * Runs the tests that travel with routes. All routes are built once, in a scratch context; each test gives one of them an event or a
 * body, answers for Feishu and the database, and says what must have been sent and written. Nothing leaves the process. Not thread
 * safe.
 */
public final class RouteTests implements AutoCloseable {

    private static final String TENANT = "tenant-of-the-test";
    private static final String APP = "cli_default";
    private static final String PERSON = "ou_person";
    private static final String CHAT = "oc_test";

    private final ObjectMapper json = new ObjectMapper().findAndRegisterModules();
    private final Stage stage = new Stage();
    private final StagedJournal journal = new StagedJournal(stage);
    private final Steps steps = new Steps(stage, json);
    private final Difference difference = new Difference(json);
    private final Map<String, SourceFile> files = new HashMap<>();
    private final ScratchContext scratch;
    private final ProducerTemplate producer;
    private int count;

    /**
     * @param statements sees each SQL statement of a route, such as to have a real database read it; what it throws fails the test
     * @throws IllegalArgumentException when a file of routes cannot be built; the message names file and line
     */
    public RouteTests(Home home, Settings settings, Consumer<String> statements) {
        Outside outside =
                new Outside(new StagedFeishu(stage), journal, deadLetters(), new StagedDatabase(stage, statements));
        scratch = ScratchContext.running(home, settings, outside, steps);
        List<SourceFile> routes = new ArrayList<>(home.kamelets());
        // what other files name comes first
        home.routes().stream()
                .sorted(Comparator.comparing((SourceFile file) -> !file.text().contains("routeConfiguration:")))
                .forEach(routes::add);
        for (SourceFile file : routes) {
            files.put(file.name(), file);
            try {
                scratch.load(file);
            } catch (Exception e) {
                scratch.close();
                throw new IllegalArgumentException(Refusal.of(e, file).toString(), e);
            }
        }
        producer = scratch.camel().createProducerTemplate();
    }

    /** Runs all tests of a file, in order. */
    public List<Result> run(SourceFile file) {
        List<Finding> wrong = new ArrayList<>();
        List<Result> results = new ArrayList<>();
        Yaml yaml = Yaml.read(file, wrong::add).orElse(null);
        if (yaml == null || !wrong.isEmpty()) {
            RouteTest none = new RouteTest(file.name(), 1, "the file", JsonNodeFactory.instance.objectNode());
            return List.of(
                    new Result(none, wrong.stream().map(Finding::toString).toList()));
        }
        for (int i = 0; i < yaml.root().size(); i++) {
            JsonNode spec = yaml.root().get(i);
            RouteTest test = new RouteTest(
                    file.name(), yaml.line("/" + i), spec.path("test").asText("a test"), spec);
            results.add(new Result(test, run(test)));
        }
        return results;
    }

    private List<String> run(RouteTest test) {
        JsonNode spec = test.spec();
        stage.begin(spec);
        scratch.forget();
        count++;
        Exception failure = null;
        JsonNode result = JsonNodeFactory.instance.missingNode();
        List<String> found = new ArrayList<>();
        try {
            result = given(test, found);
        } catch (Exception e) {
            failure = e;
        }
        found.addAll(stage.unanswered());
        if (!found.isEmpty()) {
            return found;
        }
        failure(spec.path("fails"), failure, found);
        found.addAll(difference.sends(spec.path("sends"), stage.sent()));
        found.addAll(difference.writes(spec.path("writes"), stage.written()));
        for (String member : List.of("result", "answer")) {
            if (spec.has(member)) {
                difference.part(member, spec.get(member), result, found);
            }
        }
        return found;
    }

    private static void failure(JsonNode expected, Exception failure, List<String> found) {
        if (failure == null) {
            if (expected.isTextual()) {
                found.add("the route does not fail; expected: " + expected.asText());
            }
            return;
        }
        StringBuilder messages = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            messages.append(cause).append("; ");
        }
        if (!expected.isTextual()) {
            found.add("the route fails: " + messages);
        } else if (messages.indexOf(expected.asText()) < 0) {
            found.add("the route fails, but not with \"" + expected.asText() + "\": " + messages);
        }
    }

    /** Gives the route what the test says; answers what comes out. */
    private JsonNode given(RouteTest test, List<String> found) throws Exception {
        JsonNode spec = test.spec();
        if (spec.has("route")) {
            return begin(spec, found);
        }
        FeishuEvent event;
        if (spec.has("message")) {
            event = message(spec.get("message"));
        } else if (spec.has("click")) {
            event = click(spec.get("click"));
        } else if (spec.has("event")) {
            event = event(spec.at("/event/type").asText(), (ObjectNode) plain(spec.at("/event/event")));
        } else {
            found.add("the test gives nothing: write message, click, event, or route with a body");
            return JsonNodeFactory.instance.missingNode();
        }
        Set<String> routes = routes(test.file());
        var answers = scratch.platform().answers();
        answers.expect(event);
        try {
            if (journal.deliver(event, routes).isEmpty()) {
                found.add("no route of " + beside(test.file()) + " takes this " + event.type());
            }
        } finally {
            stage.operation(null);
        }
        return answers.take(event).orElse(JsonNodeFactory.instance.missingNode());
    }

    private static JsonNode plain(JsonNode node) {
        return node.isObject() ? node : JsonNodeFactory.instance.objectNode();
    }

    private static String beside(String testFile) {
        return testFile.substring(0, testFile.length() - ".test.yaml".length()) + ".camel.yaml";
    }

    private Set<String> routes(String testFile) {
        Set<String> ids = new LinkedHashSet<>();
        SourceFile file = files.get(beside(testFile));
        if (file != null) {
            RouteFile.read(file).ifPresent(read -> {
                read.routes().forEach(route -> ids.add(route.id()));
                ids.addAll(read.namedKamelets());
            });
        }
        return ids;
    }

    private JsonNode begin(JsonNode spec, List<String> found) throws Exception {
        String id = spec.get("route").asText();
        var route = scratch.camel().getRoute(id);
        if (route == null) {
            found.add("there is no route " + id);
            return JsonNodeFactory.instance.missingNode();
        }
        String uri = route.getEndpoint().getEndpointUri();
        if (!uri.startsWith("direct:")) {
            found.add("the route " + id + " begins with an event: write message, click or event in place of route");
            return JsonNodeFactory.instance.missingNode();
        }
        Exchange done = producer.request(uri, exchange -> {
            exchange.getMessage().setBody(json.convertValue(spec.path("body"), Object.class));
            spec.path("headers")
                    .properties()
                    .forEach(header -> exchange.getMessage()
                            .setHeader(header.getKey(), header.getValue().asText()));
            spec.path("variables")
                    .properties()
                    .forEach(variable -> exchange.setVariable(
                            variable.getKey(), json.convertValue(variable.getValue(), Object.class)));
        });
        stage.operation(null);
        if (done.getException() != null) {
            throw done.getException();
        }
        return result(done);
    }

    /** A body that is a stream of JSON reads as that JSON. */
    private JsonNode result(Exchange done) {
        Object body = done.getMessage().getBody();
        if (!(body instanceof InputStream) && !(body instanceof StreamCache) && !(body instanceof byte[])) {
            return json.valueToTree(body);
        }
        String text = done.getMessage().getBody(String.class);
        try {
            return json.readTree(text);
        } catch (JsonProcessingException e) {
            // any other text
            return JsonNodeFactory.instance.textNode(text);
        }
    }

    private FeishuEvent message(JsonNode given) {
        JsonNode spec =
                given.isTextual() ? JsonNodeFactory.instance.objectNode().set("text", given) : given;
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        ObjectNode sender = event.putObject("sender").put("sender_type", "user").put("tenant_key", TENANT);
        sender.putObject("sender_id").put("open_id", spec.path("sender").asText(PERSON));
        ObjectNode message = event.putObject("message")
                .put("message_id", "om_test")
                .put("chat_id", spec.path("chat").asText(CHAT))
                .put("chat_type", spec.path("mention").asBoolean() ? "group" : "p2p")
                .put("message_type", "text");
        String text = spec.path("text").asText();
        if (spec.path("mention").asBoolean()) {
            message.putArray("mentions")
                    .addObject()
                    .put("key", "@_user_1")
                    .putObject("id")
                    .put("open_id", StagedFeishu.BOT);
            text = "@_user_1 " + text;
        }
        message.put(
                "content",
                JsonNodeFactory.instance.objectNode().put("text", text).toString());
        return event("im.message.receive_v1", event);
    }

    private FeishuEvent click(JsonNode spec) {
        ObjectNode event = JsonNodeFactory.instance.objectNode().put("token", "c-test-" + count);
        event.putObject("operator").put("open_id", spec.path("operator").asText(PERSON));
        ObjectNode action = event.putObject("action").put("tag", "button");
        action.set("value", spec.path("value"));
        if (spec.has("form_value")) {
            action.set("form_value", spec.get("form_value"));
        }
        event.putObject("context").put("open_message_id", "om_card").put("open_chat_id", CHAT);
        return event("card.action.trigger", event);
    }

    private FeishuEvent event(String type, ObjectNode event) {
        String id = "ev_test_" + count;
        ObjectNode payload = JsonNodeFactory.instance.objectNode().put("schema", "2.0");
        payload.putObject("header").put("event_id", id).put("event_type", type);
        payload.set("event", event);
        return new FeishuEvent(APP, TENANT, id, type, "key", Instant.now(), payload);
    }

    private DeadLetters deadLetters() {
        return (DeadLetters) Proxy.newProxyInstance(
                RouteTests.class.getClassLoader(), new Class<?>[] {DeadLetters.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "add" -> {
                            ObjectNode values = JsonNodeFactory.instance
                                    .objectNode()
                                    .put("flow", (String) arguments[0])
                                    .put("key", (String) arguments[1])
                                    .put("cause", String.valueOf(((Throwable) arguments[3]).getMessage()));
                            stage.sent().add(new Sent("dead-letter", values));
                            return 1L;
                        }
                        case "resolve" -> {
                            return 0;
                        }
                        default ->
                            throw new UnsupportedOperationException(
                                    "a route test has no dead letters: answer the operation under feishu, as {call: …, body: …}");
                    }
                });
    }

    /** Which steps have run since the beginning. */
    public Coverage coverage() {
        return Coverage.of(steps.ran());
    }

    @Override
    public void close() {
        scratch.close();
    }
}
