package dev.camelfeishu.ops.routetest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.StreamCache;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/** Around every step: which ran, which operation it is, and whether the test answers in its place. */
final class Steps implements InterceptStrategy {

    /** A step as the file has it. */
    record Step(String file, int line, String name) implements Comparable<Step> {
        @Override
        public int compareTo(Step other) {
            int byFile = file.compareTo(other.file);
            return byFile != 0 ? byFile : line != other.line ? line - other.line : name.compareTo(other.name);
        }

        @Override
        public String toString() {
            return file + ":" + line + " " + name;
        }
    }

    private static final String FEISHU = "feishu:";

    private final Stage stage;
    private final ObjectMapper json;
    private final Map<Step, Boolean> ran = new LinkedHashMap<>();
    private final Set<Step> running = ConcurrentHashMap.newKeySet();

    Steps(Stage stage, ObjectMapper json) {
        this.stage = stage;
        this.json = json;
    }

    /** Every step of the routes that were loaded, and whether it has run. */
    Map<Step, Boolean> ran() {
        ran.replaceAll((step, before) -> before || running.contains(step));
        return ran;
    }

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
        String location = String.valueOf(definition.getLocation()).replaceFirst("^[a-z]+:", "");
        Step step = new Step(location, definition.getLineNumber(), definition.getShortName());
        boolean ours = step.line() > 0 && location.endsWith(".camel.yaml");
        if (ours) {
            ran.putIfAbsent(step, false);
        }
        String uri = definition instanceof SendDefinition<?> send ? send.getUri() : "";
        String operation = uri.startsWith(FEISHU)
                ? uri.substring(FEISHU.length()).replaceFirst("^//", "").split("\\?")[0]
                : null;
        return new DelegateAsyncProcessor(target) {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                if (ours) {
                    running.add(step);
                }
                if (operation == null || !stage.isOn()) {
                    return super.process(exchange, callback);
                }
                JsonNode answer = stage.feishu(operation::equals);
                if (answer.has("body")) {
                    stage.sent().add(new Sent(operation, values(uri, exchange)));
                    exchange.getMessage().setBody(json.convertValue(answer.get("body"), Object.class));
                    callback.done(true);
                    return true;
                }
                stage.operation(operation);
                return super.process(exchange, done -> {
                    stage.operation(null);
                    callback.done(done);
                });
            }
        };
    }

    /** The options and the body of an operation that did not run. */
    private ObjectNode values(String uri, Exchange exchange) {
        ObjectNode values = JsonNodeFactory.instance.objectNode();
        int question = uri.indexOf('?');
        if (question >= 0) {
            for (String option : uri.substring(question + 1).split("&")) {
                String[] parts = option.split("=", 2);
                String value = parts.length < 2 ? "" : parts[1].replaceFirst("^RAW\\((.*)\\)$", "$1");
                values.put(parts[0], exchange.getContext().resolvePropertyPlaceholders(value));
            }
        }
        values.set("body", body(exchange));
        return values;
    }

    private JsonNode body(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        return body instanceof InputStream || body instanceof StreamCache
                ? json.getNodeFactory().textNode(exchange.getMessage().getBody(String.class))
                : json.valueToTree(body);
    }
}
