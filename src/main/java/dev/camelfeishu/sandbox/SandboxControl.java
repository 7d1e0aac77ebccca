package dev.camelfeishu.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Control calls on the platform as a whole: what it knows, the calls it had, faults, tokens. */
final class SandboxControl implements Api {
    private final SandboxInfo info;
    private final CallLog log;
    private final Faults faults;
    private final Tokens tokens;

    SandboxControl(SandboxInfo info, CallLog log, Faults faults, Tokens tokens) {
        this.info = info;
        this.log = log;
        this.faults = faults;
        this.tokens = tokens;
    }

    @Override
    public void register(Routes routes) {
        routes.on("GET", "/sandbox/info", call -> Answer.of(200, info.describe()));
        routes.on("GET", "/sandbox/calls", this::calls);
        routes.on("GET", "/sandbox/calls/totals", call -> Answer.of(200, totals()));
        routes.on("GET", "/sandbox/faults", call -> Answer.of(200, listed()));
        routes.on("POST", "/sandbox/faults", this::fault);
        routes.on(
                "DELETE",
                "/sandbox/faults",
                call -> Answer.of(200, Json.object().put("deleted", faults.clear())));
        routes.on(
                "POST",
                "/sandbox/tokens/expire",
                call -> Answer.of(200, Json.object().put("expired", tokens.expire())));
    }

    private Answer calls(Call call) {
        String method = call.query("method", null);
        String path = call.query("path", null);
        String code = call.query("code", null);
        int page = Control.number(call, "page", 0, 0, 1_000_000);
        int size = Control.number(call, "size", 50, 1, 5000);
        List<CallLog.Entry> found = log.find(entry -> (method == null || method.equalsIgnoreCase(entry.method()))
                && (path == null || entry.path().startsWith(path) || path.equals(entry.template()))
                && (code == null || code.equals(String.valueOf(entry.code()))));
        ObjectNode answer = Json.object();
        ArrayNode items = answer.putArray("items");
        found.stream()
                .skip((long) page * size)
                .limit(size)
                .forEach(entry -> items.addObject()
                        .put("at", entry.at().toString())
                        .put("method", entry.method())
                        .put("path", entry.path())
                        .put("query", entry.query())
                        .put("template", entry.template())
                        .put("status", entry.status())
                        .put("code", entry.code())
                        .put("log_id", entry.logId())
                        .put("duration_ms", entry.durationMs())
                        .put("request", entry.request())
                        .put("response", entry.response()));
        answer.put("total", found.size());
        return Answer.of(200, answer);
    }

    /** {@code {"items":[{"method","template","code","count"}]}}: all calls since the start. */
    private ObjectNode totals() {
        ObjectNode answer = Json.object();
        ArrayNode items = answer.putArray("items");
        log.totals()
                .forEach(total -> items.addObject()
                        .put("method", total.method())
                        .put("template", total.template())
                        .put("code", total.code())
                        .put("count", total.count()));
        return answer;
    }

    private Answer fault(Call call) {
        JsonNode body = Control.body(call);
        String path = Control.text(body, "path");
        if (!path.startsWith("/open-apis")) {
            throw Control.bad("path must begin with /open-apis.");
        }
        Faults.Kind kind;
        try {
            kind = Faults.Kind.valueOf(
                    Control.text(body, "kind").toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw Control.bad("kind must be status, code, drop, delay or after-drop.");
        }
        double probability = body.path("probability").asDouble(1);
        if (!(probability > 0 && probability <= 1)) {
            throw Control.bad("probability must be above 0 and at most 1.");
        }
        Map<String, String> headers = new HashMap<>();
        body.path("headers").properties().forEach(field -> {
            String value = field.getValue().asText();
            if (!field.getKey().matches("[A-Za-z0-9-]{1,64}") || !value.matches("[\\x20-\\x7e]{0,500}")) {
                throw Control.bad("headers must be names and values of printable ASCII characters.");
            }
            headers.put(field.getKey(), value);
        });
        Faults.Fault fault = new Faults.Fault(
                faults.nextId(),
                body.hasNonNull("method") ? Control.text(body, "method").toUpperCase(Locale.ROOT) : null,
                path,
                kind,
                Control.number(body, "status", kind == Faults.Kind.STATUS ? 500 : 400, 200, 599),
                Control.number(body, "code", kind == Faults.Kind.STATUS ? 2200 : 1390001, 0, Integer.MAX_VALUE),
                body.path("msg").asText("injected fault"),
                Control.number(body, "delay_ms", 0, 0, 600_000),
                probability,
                new AtomicInteger(Control.number(body, "times", 1, 1, Integer.MAX_VALUE)),
                Map.copyOf(headers));
        faults.add(fault);
        return Answer.of(200, shown(fault));
    }

    private ObjectNode listed() {
        ObjectNode answer = Json.object();
        ArrayNode items = answer.putArray("items");
        faults.all().forEach(fault -> items.add(shown(fault)));
        return answer;
    }

    private static ObjectNode shown(Faults.Fault fault) {
        ObjectNode shown = Json.object()
                .put("id", fault.id())
                .put("method", fault.method())
                .put("path", fault.path())
                .put("kind", fault.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("status", fault.status())
                .put("code", fault.code())
                .put("msg", fault.msg())
                .put("delay_ms", fault.delayMs())
                .put("probability", fault.probability())
                .put("left", fault.left().get());
        shown.set("headers", Json.MAPPER.valueToTree(fault.headers()));
        return shown;
    }
}
