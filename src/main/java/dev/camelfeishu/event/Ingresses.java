package dev.camelfeishu.event;

import java.util.Map;

/**
 * What decides on requests to each app: every app has secrets of its own, and another's are worth nothing to it.
 *
 * @param byApp by the app's name
 */
public record Ingresses(Map<String, Ingress> byApp) {

    public Ingresses {
        byApp = Map.copyOf(byApp);
    }

    /** @throws IllegalArgumentException when there is no such app */
    public Ingress of(String app) {
        Ingress ingress = byApp.get(app);
        if (ingress == null) {
            throw new IllegalArgumentException("There is no app " + app + "; there are: " + byApp.keySet());
        }
        return ingress;
    }
}
