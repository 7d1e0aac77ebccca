package dev.camelfeishu.component;

import dev.camelfeishu.openapi.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * An operation that is more than one endpoint of the catalog: code, with its page beside it.
 *
 * @param action makes what it does, for one endpoint
 */
record ProgrammedOperation(
        String name,
        String description,
        List<Endpoint> endpoints,
        List<Parameter> parameters,
        List<String> requiredOptions,
        List<String> options,
        List<String> headersIn,
        List<String> headersOut,
        String bodyIn,
        String bodyOut,
        String errors,
        Supplier<Action> action)
        implements Operation {

    ProgrammedOperation {
        endpoints = List.copyOf(endpoints);
        parameters = List.copyOf(parameters);
        requiredOptions = List.copyOf(requiredOptions);
        options = List.copyOf(options);
        headersIn = List.copyOf(headersIn);
        headersOut = List.copyOf(headersOut);
    }

    /** Begins one; {@link Page#runs} ends it. */
    static Page operation(String name, String description) {
        return new Page(name, description);
    }

    @Override
    public Action bind(FeishuConfiguration configuration) {
        for (String option : requiredOptions) {
            if (configuration.lacks(option)) {
                throw new IllegalArgumentException("feishu:" + name + " needs the option " + option);
            }
        }
        Parameter.check(name, parameters, configuration);
        return action.get();
    }

    /** What the page of an operation says. */
    static final class Page {

        private final String name;
        private final String description;
        private final List<Endpoint> endpoints = new ArrayList<>();
        private final List<Parameter> parameters = new ArrayList<>();
        private List<String> requiredOptions = List.of();
        private final List<String> options = new ArrayList<>();
        private List<String> headersIn = List.of();
        private List<String> headersOut = List.of();
        private String bodyIn = "Not read.";
        private String bodyOut = "Unchanged.";
        private String errors = "";

        private Page(String name, String description) {
            this.name = name;
            this.description = description;
        }

        /** An endpoint of the catalog that it calls. */
        Page calls(String method, String path) {
            endpoints.add(DeclaredCall.endpoint(method, path));
            return this;
        }

        /** A parameter that it reads. */
        Page takes(Parameter parameter) {
            parameters.add(parameter);
            return this;
        }

        /** The options that it cannot do without. */
        Page needs(String... names) {
            requiredOptions = List.of(names);
            return this;
        }

        /** The options that it reads and can do without. */
        Page reads(String... names) {
            options.addAll(List.of(names));
            return this;
        }

        /** It calls by {@link FeishuPlatform#client(org.apache.camel.Exchange, FeishuConfiguration)}. */
        Page callsAsAsked() {
            options.addAll(CALLING);
            return this;
        }

        Page readsHeaders(String... names) {
            headersIn = List.of(names);
            return this;
        }

        Page setsHeaders(String... names) {
            headersOut = List.of(names);
            return this;
        }

        Page body(String in, String out) {
            bodyIn = in;
            bodyOut = out;
            return this;
        }

        /** What goes wrong besides the documented codes of its endpoints. */
        Page errors(String sentences) {
            errors = sentences;
            return this;
        }

        ProgrammedOperation runs(Action action) {
            return runsOneEach(() -> action);
        }

        /** Each endpoint has an action of its own, which may remember something. */
        ProgrammedOperation runsOneEach(Supplier<Action> action) {
            return new ProgrammedOperation(
                    name,
                    description,
                    endpoints,
                    parameters,
                    requiredOptions,
                    options,
                    headersIn,
                    headersOut,
                    bodyIn,
                    bodyOut,
                    errors,
                    action);
        }
    }
}
