package dev.camelfeishu.openapi;

import java.util.List;
import java.util.Map;

/**
 * One endpoint of the Open Platform as its documentation describes it.
 *
 * @param method HTTP method, upper case
 * @param path path template, {@code :name} for a variable
 * @param rates published limits, all of which hold; empty when none is published
 * @param specialRate whether a limit exists that is only described on the endpoint's page
 * @param tokens token kinds it accepts: {@code tenant_access_token}, {@code user_access_token}, {@code app_access_token};
 *     empty when it takes none
 * @param scopes any one of these scopes suffices; empty when it needs none
 * @param fieldScopes scopes without which some fields are missing from the answer
 * @param documentedErrors message of each documented error code
 * @param documentation page it was read from, relative to the documentation's root
 * @param historic whether the documentation calls it superseded
 * @param reads whether it changes nothing, although it may be a POST (record search, for one)
 */
public record Endpoint(
        String method,
        String path,
        List<Rate> rates,
        boolean specialRate,
        List<String> tokens,
        List<String> scopes,
        List<String> fieldScopes,
        Map<Integer, String> documentedErrors,
        String documentation,
        boolean historic,
        boolean reads) {

    static final String TENANT_TOKEN = "tenant_access_token";
    static final String APP_TOKEN = "app_access_token";

    public Endpoint {
        rates = List.copyOf(rates);
        tokens = List.copyOf(tokens);
        scopes = List.copyOf(scopes);
        fieldScopes = List.copyOf(fieldScopes);
        documentedErrors = Map.copyOf(documentedErrors);
    }

    /** Method and template, the name under which metrics and messages speak of it. */
    public String name() {
        return method + " " + path;
    }
}
