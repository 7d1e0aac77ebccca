package dev.camelfeishu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Routes that are changed while the application runs")
@ExtendWith(RunningApplication.Extension.class)
class RouteChangeIT {

    private static final String FILE = "routes/changes/greeting.camel.yaml";
    private static final String QUEUE = "routes/changes/queue.camel.yaml";
    private static final int ROUNDS = 4;

    private final RunningApplication application;
    private final Sandbox sandbox;

    RouteChangeIT(RunningApplication application) {
        this.application = application;
        this.sandbox = application.sandbox();
    }

    @AfterEach
    void takeAway() {
        post("remove", FILE, null);
        post("remove", QUEUE, null);
    }

    @Test
    @DisplayName(
            "a broken file changes nothing and names file and line, a good one replaces its routes, and no event is lost")
    void underTraffic() {
        assertThat(post("apply", FILE, Greeting.from("zero")).status()).isEqualTo(200);
        Map<String, Person> asked = new LinkedHashMap<>();
        List<String> refusals = new ArrayList<>();
        for (int round = 1; round <= ROUNDS; round++) {
            ask(asked);
            Http.Answer refused = post("apply", FILE, Greeting.from("broken").replace("deadline", "deadlin"));
            assertThat(refused.status()).as(refused.body()).isEqualTo(422);
            refusals.add(refused.json().path("message").asText());
            ask(asked);
            Http.Answer applied = post("apply", FILE, Greeting.from("round " + round));
            assertThat(applied.status()).as(applied.body()).isEqualTo(200);
            ask(asked);
        }

        assertThat(refusals)
                .allSatisfy(message ->
                        assertThat(message).startsWith(FILE + ":18: error: ").contains("Did you mean deadline?"));
        asked.forEach((message, person) -> {
            String text = application.answer(person.chat(), message).text();
            assertThat(text).startsWith("Hello from ").doesNotContain("broken");
        });
        Person last = Person.LI_LEI;
        assertThat(application
                        .answer(last.chat(), sandbox.tell(last, "/greeting"))
                        .text())
                .isEqualTo("Hello from round " + ROUNDS);
        assertThat(routeStates()).isNotEmpty().allMatch("started"::equals);
    }

    @Test
    @DisplayName(
            "routes that do not start are taken back, a roll-back brings the last ones, and all of it is written down")
    void takenBack() {
        apply(Greeting.from("one"));
        apply(Greeting.from("two"));
        assertThat(post("apply", QUEUE, """
                - route:
                    id: greeting-queue
                    routeConfigurationId: keep-failures
                    from:
                      uri: seda:greeting-queue
                      parameters:
                        size: 5
                      steps:
                        - log: "x"
                """).status()).isEqualTo(200);
        // each file is right by itself; that the queue has another size shows when both run
        String taken = Greeting.from("three") + """
                - route:
                    id: greeting-enqueue
                    from:
                      uri: direct:greeting-enqueue
                      steps:
                        - to:
                            uri: seda:greeting-queue
                            parameters:
                              size: 7
                """;
        Http.Answer refused = post("apply", FILE, taken);
        assertThat(refused.status()).as(refused.body()).isEqualTo(422);
        assertThat(refused.json().path("outcome").asText()).as(refused.body()).isEqualTo("TAKEN_BACK");
        assertThat(greet()).isEqualTo("Hello from two");

        assertThat(post("rollback", FILE, null).status()).isEqualTo(200);
        assertThat(greet()).isEqualTo("Hello from one");

        JsonNode changes = application.ops("routes/changes?subject=" + FILE).path("items");
        assertThat(changes.findValuesAsText("outcome").subList(0, 4))
                .containsExactly("DONE", "TAKEN_BACK", "DONE", "DONE");
        assertThat(changes.findValuesAsText("operator")).containsOnly("operator");
    }

    @Test
    @DisplayName("a command is free again when its route is taken away")
    void theCommandIsFree() {
        apply(Greeting.from("one"));
        assertThat(greet()).isEqualTo("Hello from one");
        assertThat(post("remove", FILE, null).status()).isEqualTo(200);

        assertThat(greet()).contains("/help");
    }

    @Test
    @DisplayName("a route is stopped and started, and what came meanwhile is worked off")
    void stoppedAndStarted() {
        apply(Greeting.from("one"));
        assertThat(application.ops("POST", "routes/greeting/stop", null).status())
                .isEqualTo(200);
        assertThat(routeStates()).containsExactly("stopped");
        String message = sandbox.tell(Person.LI_LEI, "/greeting");
        assertThat(application.ops("POST", "routes/greeting/start", null).status())
                .isEqualTo(200);

        assertThat(application.answer(Person.LI_LEI.chat(), message).text()).isEqualTo("Hello from one");
    }

    @Test
    @DisplayName("what is no file of routes is refused")
    void names() {
        for (String name : List.of(
                "routes/../config/x.camel.yaml",
                "/etc/x.camel.yaml",
                "config/application.yaml",
                "routes/.x.camel.yaml")) {
            assertThat(post("apply", name, Greeting.from("x")).status())
                    .as(name)
                    .isEqualTo(400);
        }
        assertThat(post("apply", "routes/no-such.camel.yaml", null).status()).isEqualTo(404);
        assertThat(application.ops("POST", "routes/no-such/stop", null).status())
                .isEqualTo(404);
    }

    private String greet() {
        return application
                .answer(Person.LI_LEI.chat(), sandbox.tell(Person.LI_LEI, "/greeting"))
                .text();
    }

    private void ask(Map<String, Person> asked) {
        for (Person person : Person.values()) {
            if (person != Person.GUEST) {
                asked.put(sandbox.tell(person, "/greeting"), person);
            }
        }
    }

    private List<String> routeStates() {
        return application.ops("routes/file?name=" + FILE).path("routes").findValuesAsText("state");
    }

    private void apply(String source) {
        Http.Answer applied = post("apply", FILE, source);
        assertThat(applied.status()).as(applied.body()).isEqualTo(200);
    }

    private Http.Answer post(String verb, String file, String source) {
        return application.ops(
                "POST",
                "routes/" + verb,
                Http.JSON.createObjectNode().put("file", file).put("source", source));
    }
}
