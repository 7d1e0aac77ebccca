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
 * @param path template of its path; the variables are those of the catalog, but for {@code feishu:api}
 * @param body what is sent
 * @param answer what comes back
 * @param key what makes a second call with it have no second effect, or null
 * @param ownOptions endpoint options that its shape reads
 * @param notes what goes wrong besides the documented codes, or ""
 */
record DeclaredCall(
        String name,
        String description,
        Endpoint endpoint,
        String path,
        List<Parameter> parameters,
        RequestBody body,
        AnswerBody answer,
        Key key,
        List<String> ownOptions,
        String notes)
        implements Operation {

    /**
     * A query parameter of the platform: calls with the same value have one effect.
     *
     * @param delivery whether a delivery that is tried again sends the same value; else each call has its own, which makes
     *     the gate's retries safe
     */
    record Key(String name, boolean delivery) {}

    static final EndpointCatalog CATALOG = EndpointCatalog.packed();

    DeclaredCall {
        parameters = List.copyOf(parameters);
        ownOptions = List.copyOf(ownOptions);
    }

    /** @throws IllegalArgumentException when the catalog has no such endpoint */
    static DeclaredCall call(String name, String description, String method, String path) {
        Endpoint endpoint = endpoint(method, path);
        return of(name, description, endpoint, endpoint.path());
    }

    /**
     * A call of an endpoint by a path of one's own.
     *
     * @param path its template, in which variables may have other names or be filled already
     */
    static DeclaredCall of(String name, String description, Endpoint endpoint, String path) {
        List<Parameter> variables = new ArrayList<>();
        for (String segment : path.split("/")) {
            if (segment.startsWith(":")) {
                variables.add(Parameter.of(segment.substring(1), Parameter.Place.PATH, true));
            }
        }
        return new DeclaredCall(
                name,
                description,
                endpoint,
                path,
                variables,
                new RequestBody.None(),
                new AnswerBody.Data("The answer's `data`, a JSON tree."),
                null,
                List.of(),
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
        return with(new Parameter(parameter, Parameter.Place.QUERY, true, meaning, null));
    }

    /** An optional query parameter. */
    DeclaredCall optional(String parameter, String meaning) {
        return with(new Parameter(parameter, Parameter.Place.QUERY, false, meaning, null));
    }

    /** A required query parameter that is repeated: a list, or its values with commas between them. */
    DeclaredCall repeated(String parameter, String meaning) {
        return with(new Parameter(parameter, Parameter.Place.REPEATED, true, meaning, null));
    }

    /** As {@link #repeated}, but there may be none. */
    DeclaredCall optionalRepeated(String parameter) {
        return with(Parameter.of(parameter, Parameter.Place.REPEATED, false));
    }

    /** A query parameter that the platform requires and that has a natural value. */
    DeclaredCall usually(String parameter, String value, String meaning) {
        return with(new Parameter(parameter, Parameter.Place.QUERY, false, meaning, value));
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
        return with(new Parameter(parameter, Parameter.Place.MEMBER, true, meaning, null));
    }

    /** An optional member of the JSON body that is given as a parameter; it wins over the exchange's body. */
    DeclaredCall optionalMember(String parameter, String meaning) {
        return with(new Parameter(parameter, Parameter.Place.MEMBER, false, meaning, null));
    }

    /** The exchange's body is the request body as the platform documents it: a map, a JSON tree or JSON text. */
    DeclaredCall json(String meaning) {
        return with(new RequestBody.Json(meaning, RequestBody.Json.Empty.REFUSED));
    }

    /** As {@link #json}, but there may be none: then an empty object is sent. */
    DeclaredCall optionalJson(String meaning) {
        return with(new RequestBody.Json(meaning, RequestBody.Json.Empty.AN_OBJECT));
    }

    /** As {@link #json}, but there may be none: then none is sent. */
    DeclaredCall whateverJson(String meaning) {
        return with(new RequestBody.Json(meaning, RequestBody.Json.Empty.NONE));
    }

    /** The exchange's body is a list; it is sent as one member, {@code most} items a call. */
    DeclaredCall items(String member, int most, String meaning) {
        return with(new RequestBody.Items(member, most, meaning));
    }

    /** The exchange's body is a list, or one item; it is sent as one member of one call. */
    DeclaredCall list(String member, String meaning) {
        return items(member, Integer.MAX_VALUE, meaning);
    }

    /** The exchange's body is a file; it is sent as a part of a form, after the parts that are parameters. */
    DeclaredCall upload(String part, String meaning) {
        return with(new RequestBody.File(part, meaning));
    }

    /** A required text part of the form that carries the file. */
    DeclaredCall part(String parameter, String meaning) {
        return with(new Parameter(parameter, Parameter.Place.PART, true, meaning, null));
    }

    /** A text part of the form that the platform requires and that has a natural value. */
    DeclaredCall usualPart(String parameter, String value, String meaning) {
        return with(new Parameter(parameter, Parameter.Place.PART, false, meaning, value));
    }

    /** An optional text part of the form that carries the file. */
    DeclaredCall optionalPart(String parameter, String meaning) {
        return with(new Parameter(parameter, Parameter.Place.PART, false, meaning, null));
    }

    /** The exchange's body becomes the file that comes back, a stream that Camel closes when the exchange is done. */
    DeclaredCall download() {
        return with(new AnswerBody.File("The file, a stream; the headers `" + Exchange.FILE_NAME + "`, `"
                + Exchange.CONTENT_TYPE + "` and `" + Exchange.FILE_LENGTH + "` where the platform tells them."));
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

    /** Names the query parameter that takes a random UUID (version 4): the gate's retries have one effect. */
    DeclaredCall once(String queryParameter) {
        return with(new Key(queryParameter, false));
    }

    /** Names the query parameter that takes a key: a delivery that is tried again has one effect. */
    DeclaredCall oncePerDelivery(String queryParameter) {
        return with(new Key(queryParameter, true));
    }

    /** Names the endpoint options that its shape reads. */
    DeclaredCall reads(String... options) {
        return new DeclaredCall(
                name, description, endpoint, path, parameters, body, answer, key, List.of(options), notes);
    }

    /** What goes wrong besides the documented codes. */
    DeclaredCall errors(String sentences) {
        return new DeclaredCall(
                name, description, endpoint, path, parameters, body, answer, key, ownOptions, sentences);
    }

    private DeclaredCall with(Parameter parameter) {
        List<Parameter> more = new ArrayList<>(parameters);
        more.add(parameter);
        return new DeclaredCall(name, description, endpoint, path, more, body, answer, key, ownOptions, notes);
    }

    private DeclaredCall with(Key other) {
        return new DeclaredCall(name, description, endpoint, path, parameters, body, answer, other, ownOptions, notes)
                .optional(
                        other.name(), "Key of the call, at most 50 characters; made from the delivery when not given");
    }

    private DeclaredCall with(RequestBody other) {
        return new DeclaredCall(name, description, endpoint, path, parameters, other, answer, key, ownOptions, notes);
    }

    private DeclaredCall with(AnswerBody other) {
        return new DeclaredCall(name, description, endpoint, path, parameters, body, other, key, ownOptions, notes);
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(endpoint);
    }

    @Override
    public List<String> options() {
        List<String> options = new ArrayList<>(ownOptions);
        if (answer instanceof AnswerBody.Paged) {
            options.add("pageSize");
        }
        options.addAll(CALLING);
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
        ApiRequest request = ApiRequest.of(endpoint.method(), path);
        ObjectNode members = JsonNodeFactory.instance.objectNode();
        for (Parameter parameter : parameters) {
            request = place(parameter, request, members, exchange, options);
        }
        if (answer instanceof AnswerBody.Paged paged) {
            int size = options.getPageSize() == null ? paged.pageSize() : options.getPageSize();
            request = request.query("page_size", String.valueOf(size));
        }
        if (body instanceof RequestBody.File file) {
            request = request.file(file.part(), UploadedFile.of(exchange, fileName(exchange, options)));
        }
        Iterator<JsonNode> bodies = body.of(exchange, options, platform, members);
        FeishuClient client = platform.client(exchange, options);
        exchange.getMessage()
                .setBody(
                        body instanceof RequestBody.Items items && !items.whole()
                                ? inParts(client, request, bodies, exchange)
                                : answer.of(client, sent(request, bodies.next(), exchange), exchange));
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
        if (parameter.place() == Parameter.Place.REPEATED) {
            List<String> values = parameter.texts(exchange, options);
            require(parameter, values.isEmpty() ? null : values);
            return request.repeated(parameter.name(), values);
        }
        String value = parameter.text(exchange, options);
        if (value == null && namesTheFile(parameter)) {
            value = UploadedFile.name(exchange, options);
        }
        require(parameter, value);
        if (value == null) {
            return request;
        }
        return switch (parameter.place()) {
            case PATH -> request.with(parameter.name(), value);
            case PART -> request.part(parameter.name(), value);
            default -> request.query(parameter.name(), value);
        };
    }

    /** Whether a part of the form is the file's name; some endpoints call it {@code name}. */
    private static boolean namesTheFile(Parameter parameter) {
        return parameter.name().equals(UploadedFile.NAME)
                || parameter.place() == Parameter.Place.PART && parameter.name().equals("name");
    }

    private String fileName(Exchange exchange, FeishuConfiguration options) {
        String name = UploadedFile.name(exchange, options);
        for (Parameter parameter : parameters) {
            if (name == null && namesTheFile(parameter)) {
                name = parameter.text(exchange, options);
            }
        }
        return name;
    }

    private void require(Parameter parameter, Object value) {
        if (parameter.required() && value == null) {
            throw new IllegalArgumentException(
                    "feishu:" + name + " has no " + parameter.name() + ": set " + parameter.ways());
        }
    }

    private ApiRequest sent(ApiRequest request, JsonNode json, Exchange exchange) {
        ApiRequest sent = json == null ? request : request.body(json);
        if (key == null || request.query().containsKey(key.name())) {
            return sent;
        }
        String value = key.delivery()
                ? DeliveryKey.of(
                        exchange,
                        name,
                        sent.pathVariables().toString(),
                        sent.repeated().toString(),
                        json)
                : UUID.randomUUID().toString();
        return sent.query(key.name(), value);
    }

    /** All items of all answers; a listing that only reads goes on while its items are asked for. */
    private Object inParts(FeishuClient client, ApiRequest request, Iterator<JsonNode> bodies, Exchange exchange) {
        Parts parts = new Parts(bodies, part -> answer.of(client, sent(request, part, exchange), exchange));
        if (endpoint.reads()) {
            return parts;
        }
        List<JsonNode> all = new ArrayList<>();
        parts.forEachRemaining(all::add);
        return all;
    }
}
