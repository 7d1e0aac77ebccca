package dev.camelfeishu.openapi;

import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    /** Paths of the platform's third host (FEISHU_WWW_URL); all others are on the first (FEISHU_BASE_URL). */
    static final String WWW_ROOT = "/approval/openapi/";

    static final String TENANT_TOKEN = "tenant_access_token";
    static final String USER_TOKEN = "user_access_token";
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

    /** Whether it takes a call in this name; an endpoint that takes no token takes the app's. */
    public boolean accepts(Identity identity) {
        return identity instanceof Identity.User
                ? tokens.contains(USER_TOKEN)
                : tokens.isEmpty() || tokens.contains(TENANT_TOKEN) || tokens.contains(APP_TOKEN);
    }

    /** Why it does not take a call in this name and what to do, in one sentence; empty when it does. */
    public Optional<String> refusal(Identity identity) {
        if (accepts(identity)) {
            return Optional.empty();
        }
        return Optional.of(
                identity instanceof Identity.User
                        ? name() + " accepts only the app's own token (" + String.join(", ", tokens)
                                + "): leave the person out."
                        : name() + " accepts only the token of a person (" + USER_TOKEN
                                + "): name the person who authorised the app.");
    }
}
