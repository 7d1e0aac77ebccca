package dev.camelfeishu.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One call of the Open Platform, not yet sent. The path is a template of the catalog, such as
 * {@code /open-apis/im/v1/messages/:message_id/reply}; its variables are encoded by the gate, so an id that comes from a
 * message can never reach another path. Instances are immutable: every method answers a changed copy.
 */
public final class ApiRequest {

    /** The longest the gate retries a call when its caller names no deadline of its own. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);

    /** The same for a call that carries a file. */
    public static final Duration UPLOAD_DEADLINE = Duration.ofMinutes(2);

    /** One part of a form (multipart/form-data). */
    sealed interface Part {
        /** A text. */
        record Text(String name, String value) implements Part {}

        /** A file. */
        record File(String name, Upload upload) implements Part {}
    }

    /** How to find out whether a call whose outcome is unknown was carried out. */
    record LookUp(ApiRequest reading, Function<ApiResponse, Optional<JsonNode>> found) {}

    private final String method;
    private final String path;
    private Map<String, String> pathVariables = Map.of();
    private Map<String, List<String>> query = Map.of();
    private JsonNode body;
    private List<Part> parts = List.of();
    private boolean reading;
    private Duration deadline;
    private Identity identity = Identity.tenant();
    private Priority priority = Priority.NORMAL;
    private String chat;
    private LookUp lookUp;
    private BooleanSupplier wanted = () -> true;

    private ApiRequest(String method, String path) {
        this.method = Objects.requireNonNull(method, "method");
        this.path = Objects.requireNonNull(path, "path");
        this.reading = method.equals("GET");
    }

    private ApiRequest changed(Consumer<ApiRequest> change) {
        var copy = new ApiRequest(method, path);
        copy.pathVariables = pathVariables;
        copy.query = query;
        copy.body = body;
        copy.parts = parts;
        copy.reading = reading;
        copy.deadline = deadline;
        copy.identity = identity;
        copy.priority = priority;
        copy.chat = chat;
        copy.lookUp = lookUp;
        copy.wanted = wanted;
        change.accept(copy);
        return copy;
    }

    public static ApiRequest of(String method, String path) {
        return new ApiRequest(method, path);
    }

    public static ApiRequest get(String path) {
        return of("GET", path);
    }

    public static ApiRequest post(String path) {
        return of("POST", path);
    }

    /** Gives a path variable its value, not yet encoded. */
    public ApiRequest with(String variable, String value) {
        return changed(copy -> copy.pathVariables = and(pathVariables, variable, value));
    }

    /** Adds a query parameter; a null value leaves it out. */
    public ApiRequest query(String name, String value) {
        return value == null ? this : repeated(name, List.of(value));
    }

    /** Adds a query parameter that is repeated, once for each value; none leaves it out. */
    public ApiRequest repeated(String name, Collection<String> values) {
        return values.isEmpty() ? this : changed(copy -> copy.query = and(query, name, List.copyOf(values)));
    }

    /** Gives it a JSON body, or null for none; a JSON null inside it is sent (it clears a Bitable cell). */
    public ApiRequest body(JsonNode json) {
        return changed(copy -> copy.body = json);
    }

    /** Adds a text to the form that is sent in place of a JSON body; a null value leaves it out. */
    public ApiRequest part(String name, String value) {
        return value == null ? this : changed(copy -> copy.parts = and(parts, new Part.Text(name, value)));
    }

    /**
     * Adds a file to the form that is sent in place of a JSON body. It is streamed; the platform wants most text parts
     * before it. The deadline becomes {@link #UPLOAD_DEADLINE} unless one was named.
     */
    public ApiRequest file(String name, Upload file) {
        return changed(copy -> copy.parts = and(parts, new Part.File(name, Objects.requireNonNull(file, "file"))));
    }

    /** Says in whose name it is made; the app's own ({@link Identity#tenant()}) unless said. */
    public ApiRequest as(Identity identity) {
        return changed(copy -> copy.identity = Objects.requireNonNull(identity, "identity"));
    }

    /** Says how soon it is wanted when calls wait; {@link Priority#NORMAL} unless said. */
    public ApiRequest priority(Priority priority) {
        return changed(copy -> copy.priority = Objects.requireNonNull(priority, "priority"));
    }

    /** Names the chat it speaks in where the call itself does not (a reply), so that the chat's own limit is kept. */
    public ApiRequest chat(String chatId) {
        return changed(copy -> copy.chat = chatId);
    }

    /** Marks a POST that changes nothing, so that it may be retried like a GET. */
    public ApiRequest onlyReads() {
        return changed(copy -> copy.reading = true);
    }

    /** Says how long the caller waits in all, retries and waiting for a turn included. */
    public ApiRequest within(Duration deadline) {
        return changed(copy -> copy.deadline = Objects.requireNonNull(deadline, "deadline"));
    }

    /**
     * Says how to find out whether it was carried out, for a call without a key of its own. When an answer is lost or says
     * that the effect may be there already, the gate sends the other call first and repeats this one only when the effect is
     * not found.
     *
     * @param reading a call that changes nothing
     * @param found what this call would have answered as {@code data}, when the look-up shows its effect; else empty
     */
    public ApiRequest lookUp(ApiRequest reading, Function<ApiResponse, Optional<JsonNode>> found) {
        var look = new LookUp(Objects.requireNonNull(reading, "reading").onlyReads(), Objects.requireNonNull(found));
        return changed(copy -> copy.lookUp = look);
    }

    /**
     * Says how to find out, at the last moment before each attempt, whether it is wanted still: when its turn to write has come
     * and, once it was refused, again before it is repeated. What is not wanted any more is not sent, and its caller gets a
     * {@link FeishuRetryableException}. It may make calls that only read.
     */
    public ApiRequest onlyWhile(BooleanSupplier wanted) {
        return changed(copy -> copy.wanted = Objects.requireNonNull(wanted, "wanted"));
    }

    /** Whether it is wanted still; asked before each attempt. */
    public boolean isWanted() {
        return wanted.getAsBoolean();
    }

    /** HTTP method, upper case. */
    public String method() {
        return method;
    }

    /** Path template, {@code :name} for a variable. */
    public String path() {
        return path;
    }

    /** Value of each path variable, not encoded. */
    public Map<String, String> pathVariables() {
        return pathVariables;
    }

    /** Query parameters, not encoded, in order; the first value of each. */
    public Map<String, String> query() {
        var first = new LinkedHashMap<String, String>();
        query.forEach((name, values) -> first.put(name, values.get(0)));
        return Collections.unmodifiableMap(first);
    }

    /** All values of each query parameter, not encoded, in order. */
    public Map<String, List<String>> repeated() {
        return query;
    }

    /** The JSON body, or null. */
    public JsonNode body() {
        return body;
    }

    /** Whether it only reads, although it may be a POST. */
    public boolean reading() {
        return reading;
    }

    /** How long its caller waits in all. */
    public Duration deadline() {
        if (deadline != null) {
            return deadline;
        }
        return parts.isEmpty() ? DEFAULT_DEADLINE : UPLOAD_DEADLINE;
    }

    /** In whose name it is made. */
    public Identity identity() {
        return identity;
    }

    /** How soon it is wanted. */
    public Priority priority() {
        return priority;
    }

    /** The chat it speaks in, or null where the call itself says it or it speaks in none. */
    String chat() {
        return chat;
    }

    List<Part> parts() {
        return parts;
    }

    /** Or null. */
    LookUp lookUp() {
        return lookUp;
    }

    @Override
    public String toString() {
        return method + " " + path;
    }

    private static <V> Map<String, V> and(Map<String, V> known, String name, V value) {
        var more = new LinkedHashMap<>(known);
        more.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, name));
        return Collections.unmodifiableMap(more);
    }

    private static List<Part> and(List<Part> known, Part part) {
        var more = new ArrayList<>(known);
        more.add(part);
        return List.copyOf(more);
    }
}
