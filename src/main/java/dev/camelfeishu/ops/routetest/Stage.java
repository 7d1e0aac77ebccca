package dev.camelfeishu.ops.routetest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The test that runs: what it answers and what it has seen. One at a time, on one thread; what other threads do belongs to no
 * test.
 */
final class Stage {

    private final Thread thread = Thread.currentThread();
    private JsonNode spec = JsonNodeFactory.instance.objectNode();
    private List<Sent> sent = new ArrayList<>();
    private List<Written> written = new ArrayList<>();
    private List<String> unanswered = new ArrayList<>();
    private String operation;

    void begin(JsonNode test) {
        spec = test;
        sent = new ArrayList<>();
        written = new ArrayList<>();
        unanswered = new ArrayList<>();
        operation = null;
    }

    boolean isOn() {
        return Thread.currentThread() == thread;
    }

    List<Sent> sent() {
        return sent;
    }

    List<Written> written() {
        return written;
    }

    /** What the routes asked and the test did not answer. */
    List<String> unanswered() {
        return unanswered;
    }

    /** The operation of the step that runs, null outside of one. */
    String operation() {
        return operation;
    }

    void operation(String name) {
        operation = name;
    }

    /** The first answer to one of these names; a missing node where the test gives none. */
    JsonNode feishu(Predicate<String> named) {
        return first("feishu", "call", named);
    }

    JsonNode sql(String statement) {
        String one = statement.replaceAll("\\s+", " ");
        return first("sql", "match", part -> one.contains(part.replaceAll("\\s+", " ")));
    }

    private JsonNode first(String list, String member, Predicate<String> named) {
        for (JsonNode answer : spec.path(list)) {
            if (named.test(answer.path(member).asText())) {
                return answer;
            }
        }
        return JsonNodeFactory.instance.missingNode();
    }
}
