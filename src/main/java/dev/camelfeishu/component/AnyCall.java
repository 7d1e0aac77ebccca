package dev.camelfeishu.component;

import dev.camelfeishu.openapi.Endpoint;
import dev.camelfeishu.openapi.EndpointCatalog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * {@code api}: an endpoint of the catalog that no operation declares, by its method and path. Each {@code param.} option that
 * is no variable of the path is a query parameter; one that is there several times is repeated.
 */
record AnyCall() implements Operation {

    @Override
    public String name() {
        return "api";
    }

    @Override
    public String description() {
        return "Calls any endpoint of the catalog, with the same tokens, quotas, retries and errors as every other operation.";
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of();
    }

    @Override
    public List<Endpoint> endpoints(FeishuConfiguration options) {
        return List.of(endpoint(options));
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public List<String> options() {
        List<String> options = new ArrayList<>(List.of("param"));
        options.addAll(CALLING);
        return options;
    }

    @Override
    public List<String> requiredOptions() {
        return List.of("method", "path");
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
        return "The request body as the platform documents it: a map, a JSON tree or JSON text; none is sent with GET, nor where"
                + " the exchange has none. A variable of the path, such as `:message_id`, is given by `param.message_id` or the"
                + " header `CamelFeishuMessageId`; every other `param.` option is a query parameter, which may be"
                + " there several times.";
    }

    @Override
    public String bodyOut() {
        return "The answer's `data`, a JSON tree.";
    }

    @Override
    public String errors() {
        return "A method and path that the catalog does not have stop the route's start; the message names the nearest.";
    }

    @Override
    public Action bind(FeishuConfiguration options) {
        for (String option : requiredOptions()) {
            if (options.lacks(option)) {
                throw new IllegalArgumentException("feishu:api needs the option " + option);
            }
        }
        DeclaredCall call = DeclaredCall.of(name(), description(), endpoint(options), options.getPath());
        if (!options.getMethod().equals("GET")) {
            call = call.whateverJson(bodyIn());
        }
        for (Map.Entry<String, Object> given : options.getParam().entrySet()) {
            String parameter = given.getKey();
            if (call.parameters().stream().noneMatch(known -> known.name().equals(parameter))) {
                call = given.getValue() instanceof Collection
                        ? call.optionalRepeated(parameter)
                        : call.optional(parameter);
            }
        }
        return call.bind(options);
    }

    private static Endpoint endpoint(FeishuConfiguration options) {
        EndpointCatalog catalog = DeclaredCall.CATALOG;
        return catalog.match(options.getMethod(), options.getPath())
                .map(EndpointCatalog.Match::endpoint)
                .orElseThrow(() -> new IllegalArgumentException(
                        "feishu:api: the catalog has no " + options.getMethod() + " " + options.getPath()
                                + "; the nearest is " + catalog.nearest(options.getMethod(), options.getPath())));
    }
}
