package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.openapi.ApiRequest;
import dev.camelfeishu.openapi.Endpoint;
import dev.camelfeishu.openapi.EndpointCatalog;
import dev.camelfeishu.openapi.FeishuClient;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Exchange;

/**
 * An operation that is one endpoint of the catalog, declared and not programmed. A family reads as a list:
 *
 * <pre>{@code
 * call("message/recall", "Withdraws a message.", "DELETE", "/open-apis/im/v1/messages/:message_id"),
 * call("message/list", "Lists the messages of a chat or thread, oldest first.", "GET", "/open-apis/im/v1/messages")
 *         .query("container_id_type", "chat or thread").query("container_id", "The chat or thread")
 *         .optional("start_time", "end_time")
 *         .paged("items", 50),
 * call("bitable/create-records", "Creates records.", "POST", "/open-apis/bitable/…/records/batch_create")
 *         .items("records", 500, "Records, each {\"fields\": {…}}").answers("records", "The records as they are now.")
 * }</pre>
 *
 * <p>The variables of the path are required parameters. Without more, the exchange's body is not read and becomes the
 * answer's {@code data}.
 *
 * @param body what is sent
 * @param answer what comes back
 * @param token query parameter that takes a random UUID, which makes the gate's retries safe; null for none
 * @param notes what goes wrong besides the documented codes, or ""
 */
record DeclaredCall(
        String name,
        String description,
        Endpoint endpoint,
        List<Parameter> parameters,
        RequestBody body,
        AnswerBody answer,
        String token,
        String notes)
        implements Operation {

    private static final EndpointCatalog CATALOG = EndpointCatalog.packed();

    DeclaredCall {
        parameters = List.copyOf(parameters);
    }

    /** @throws IllegalArgumentException when the catalog has no such endpoint */
    static DeclaredCall call(String name, String description, String method, String path) {
        Endpoint endpoint = endpoint(method, path);
        List<Parameter> variables = new ArrayList<>();
        for (String segment : endpoint.path().split("/")) {
            if (segment.startsWith(":")) {
                variables.add(Parameter.of(segment.substring(1), Parameter.Place.PATH, true));
            }
        }
        return new DeclaredCall(
                name,
                description,
                endpoint,
                variables,
                new RequestBody.None(),
                new AnswerBody.Data("The answer's `data`, a JSON tree."),
                null,
                "");
    }

    static Endpoint endpoint(String method, String path) {
        return CATALOG.match(method, path)
                .map(EndpointCatalog.Match::endpoint)
                .orElseThrow(() -> new IllegalArgumentException("The catalog has no " + method + " " + path
                        + "; the nearest is " + CATALOG.nearest(method, path)));
    }

    /** A required query parameter. */
    DeclaredCall query(String parameter, String meaning) {
        return with(new Parameter(parameter, Parameter.Place.QUERY, true, meaning));
    }

    /** An optional query parameter. */
    DeclaredCall optional(String parameter, String meaning) {
        return with(new Parameter(parameter, Parameter.Place.QUERY, false, meaning));
    }

    /** Optional query parameters that need no explanation. */
    DeclaredCall optional(String... names) {
        DeclaredCall call = this;
        for (String parameter : names) {
            call = call.with(Parameter.of(parameter, Parameter.Place.QUERY, false));
        }
        return call;
    }

    /** A required member of the JSON body that is given as a parameter; it wins over the exchange's body. */
    DeclaredCall member(String parameter, String meaning) {
        return with(new Parameter(parameter, Parameter.Place.MEMBER, true, meaning));
    }

    /** An optional member of the JSON body that is given as a parameter; it wins over the exchange's body. */
    DeclaredCall optionalMember(String parameter, String meaning) {
        return with(new Parameter(parameter, Parameter.Place.MEMBER, false, meaning));
    }

    /** The exchange's body is the request body as the platform documents it: a map, a JSON tree or JSON text. */
    DeclaredCall json(String meaning) {
        return with(new RequestBody.Json(meaning, true));
    }

    /** As {@link #json}, but there may be none: then an empty object is sent. */
    DeclaredCall optionalJson(String meaning) {
        return with(new RequestBody.Json(meaning, false));
    }

    /** The exchange's body is a list; it is sent as one member, {@code most} items a call. */
    DeclaredCall items(String member, int most, String meaning) {
        return with(new RequestBody.Items(member, most, meaning));
    }

    /** A function makes the request body. */
    DeclaredCall shaped(String meaning, RequestBody.Shape shape) {
        return with(new RequestBody.Shaped(meaning, shape));
    }

    /** The exchange's body becomes a member of {@code data}; of a call made in parts, the list of all its items. */
    DeclaredCall answers(String member, String meaning) {
        return with(new AnswerBody.Member(member, meaning));
    }

    /**
     * The exchange's body becomes an iterator over the items of all pages, which are read on the way.
     *
     * @param pageSize how many items a page has, unless the option pageSize says otherwise: the most that is documented
     */
    DeclaredCall paged(String member, int pageSize) {
        return with(new AnswerBody.Paged(
                member,
                pageSize,
                "An iterator over `" + member + "` of all pages, for `split` with `streaming`; a page is read when its"
                        + " first item is asked for."));
    }

    /** Names the query parameter that takes a random UUID (version 4), which makes the gate's retries safe. */
    DeclaredCall once(String queryParameter) {
        return new DeclaredCall(name, description, endpoint, parameters, body, answer, queryParameter, notes);
    }

    /** What goes wrong besides the documented codes. */
    DeclaredCall errors(String sentences) {
        return new DeclaredCall(name, description, endpoint, parameters, body, answer, token, sentences);
    }

    private DeclaredCall with(Parameter parameter) {
        List<Parameter> more = new ArrayList<>(parameters);
        more.add(parameter);
        return new DeclaredCall(name, description, endpoint, more, body, answer, token, notes);
    }

    private DeclaredCall with(RequestBody other) {
        return new DeclaredCall(name, description, endpoint, parameters, other, answer, token, notes);
    }

    private DeclaredCall with(AnswerBody other) {
        return new DeclaredCall(name, description, endpoint, parameters, body, other, token, notes);
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(endpoint);
    }

    @Override
    public List<String> options() {
        List<String> options = new ArrayList<>();
        if (answer instanceof AnswerBody.Paged) {
            options.add("pageSize");
        }
        options.add("deadline");
        return options;
    }

    @Override
    public List<String> requiredOptions() {
        return List.of();
    }

    @Override
    public List<String> headersIn() {
        return List.of();
    }

    @Override
    public List<String> headersOut() {
        return List.of();
    }

    @Override
    public String bodyIn() {
        return body.description();
    }

    @Override
    public String bodyOut() {
        return answer.description();
    }

    @Override
    public String errors() {
        return notes;
    }

    @Override
    public Action bind(FeishuConfiguration options) {
        Parameter.check(name, parameters, options);
        return this::run;
    }

    private void run(Exchange exchange, FeishuConfiguration options, FeishuPlatform platform) {
        ApiRequest request = ApiRequest.of(endpoint.method(), endpoint.path()).within(options.deadlineDuration());
        ObjectNode members = JsonNodeFactory.instance.objectNode();
        for (Parameter parameter : parameters) {
            request = place(parameter, request, members, exchange, options);
        }
        if (answer instanceof AnswerBody.Paged paged) {
            int size = options.getPageSize() == null ? paged.pageSize() : options.getPageSize();
            request = request.query("page_size", String.valueOf(size));
        }
        Iterator<JsonNode> bodies = body.of(exchange, options, platform, members);
        FeishuClient client = platform.client();
        exchange.getMessage()
                .setBody(
                        body instanceof RequestBody.Items
                                ? inParts(client, request, bodies)
                                : answer.of(client, sent(request, bodies.next())));
    }

    private ApiRequest place(
            Parameter parameter,
            ApiRequest request,
            ObjectNode members,
            Exchange exchange,
            FeishuConfiguration options) {
        if (parameter.place() == Parameter.Place.MEMBER) {
            JsonNode value = parameter.json(exchange, options);
            require(parameter, value);
            if (value != null) {
                members.set(parameter.name(), value);
            }
            return request;
        }
        String value = parameter.text(exchange, options);
        require(parameter, value);
        if (value == null) {
            return request;
        }
        return parameter.place() == Parameter.Place.PATH
                ? request.with(parameter.name(), value)
                : request.query(parameter.name(), value);
    }

    private void require(Parameter parameter, Object value) {
        if (parameter.required() && value == null) {
            throw new IllegalArgumentException(
                    "feishu:" + name + " has no " + parameter.name() + ": set " + parameter.ways());
        }
    }

    private ApiRequest sent(ApiRequest request, JsonNode json) {
        ApiRequest sent = json == null ? request : request.body(json);
        return token == null ? sent : sent.query(token, UUID.randomUUID().toString());
    }

    /** All items of all answers; a listing that only reads goes on while its items are asked for. */
    private Object inParts(FeishuClient client, ApiRequest request, Iterator<JsonNode> bodies) {
        Parts parts = new Parts(bodies, part -> answer.of(client, sent(request, part)));
        if (endpoint.reads()) {
            return parts;
        }
        List<JsonNode> all = new ArrayList<>();
        parts.forEachRemaining(all::add);
        return all;
    }
}
