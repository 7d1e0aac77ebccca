package dev.camelfeishu.component;

import dev.camelfeishu.openapi.Endpoint;
import java.util.List;

/** A row of the table of {@link Operations}: what a producer does, and all that its page in the documentation says. */
sealed interface Operation permits DeclaredCall, ProgrammedOperation, AnyCall {

    /** Options that everything that calls the platform reads. */
    List<String> CALLING = List.of("deadline", "identity", "priority", "appName");

    /** Group and verb: {@code message/recall}. */
    String name();

    /** One sentence. */
    String description();

    /** What it calls, in order; empty when it calls nothing. */
    List<Endpoint> endpoints();

    /** What an endpoint with these options calls. */
    default List<Endpoint> endpoints(FeishuConfiguration options) {
        return endpoints();
    }

    /** Values of the call that are no part of the body. */
    List<Parameter> parameters();

    /** Endpoint options it reads besides those of its parameters, in the order of its page. */
    List<String> options();

    /** Those of its options that it cannot do without. */
    List<String> requiredOptions();

    /** Headers it reads besides those of its parameters. */
    List<String> headersIn();

    /** Headers it sets. */
    List<String> headersOut();

    String bodyIn();

    String bodyOut();

    /** What goes wrong besides the documented codes of its endpoints; a sentence or two, or "". */
    String errors();

    /**
     * Looks at the endpoint's options when the route starts.
     *
     * @throws IllegalArgumentException when they cannot be right; the message names the fix
     */
    Action bind(FeishuConfiguration options);
}
