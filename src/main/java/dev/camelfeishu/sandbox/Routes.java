package dev.camelfeishu.sandbox;

/** Takes the endpoints of the families. */
public interface Routes {
    /**
     * @param method HTTP method in capitals
     * @param template path as the catalog spells it, a variable being a segment that begins with a colon:
     *     {@code /open-apis/bitable/v1/apps/:app_token/tables}
     * @throws IllegalArgumentException if the catalog has no such Open Platform endpoint, or it was added before
     */
    void on(String method, String template, Endpoint endpoint);

    /**
     * An endpoint of the platform that the catalog does not list, such as the webhook of a custom bot. The gate asks it for no
     * token, counts no calls of it and knows no scopes of it.
     *
     * @throws IllegalArgumentException if it was added before
     */
    default void beyondCatalog(String method, String template, Endpoint endpoint) {
        on(method, template, endpoint);
    }
}
