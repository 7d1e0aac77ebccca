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
}
